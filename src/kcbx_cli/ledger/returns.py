"""Sheets that come back, in rows: what is known of the cases that they name, and what one collection adds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kcbx_cli.decide.answers import Finding, Standing
from kcbx_cli.decide.cases import EVENTS
from kcbx_cli.ledger import identities, rows, watch
from kcbx_cli.ledger.numbers import case_id, case_number, first_of
from kcbx_cli.tables import WATCH_EVENTS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Collected:
    """One file of a collection; `as_of` is yyyymmdd."""

    sha256: str
    file: str
    kind: str
    place: str
    as_of: int


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """A child who was written in by hand: the case, the digest of the row, and who it is where the case is new.

    `person` is the position of the row in the PEOPLE frame of the collection; `opens` says that the number is new. With
    `watch` the child goes on the watch list, and no case is opened.
    """

    case_id: str
    digest: str
    as_of: int
    person: int
    opens: bool
    watch: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What was filled in on a sheet of data problems: where the problem is, the right value and a remark."""

    as_of: int
    file: str
    sheet: str
    row: int
    field: str
    corrected: str
    remark: str


@dataclass(frozen=True)
class Collection:
    """All that one collection adds. `people` are the PEOPLE who were written in, `answers` ANSWERS about pairs.

    `events` are (what, kind, finding), in order; `watch` are WATCH_EVENTS.
    """

    as_of: int
    files: Sequence[Collected]
    people: pd.DataFrame
    written_in: Sequence[WrittenIn] = ()
    events: Sequence[tuple[str, str, Finding]] = ()
    corrections: Sequence[Correction] = ()
    answers: pd.DataFrame = field(default_factory=rows.ANSWERS.frame)
    watch: pd.DataFrame = field(default_factory=WATCH_EVENTS.frame)


_HELD = "SELECT as_of / 100, sender, run, disposition, digest FROM findings WHERE number = ?"


def standings(connection: sqlite3.Connection, cases: Iterable[str]) -> dict[str, Standing]:
    """Where these cases stand; those that the ledger does not have are left out."""
    found = {}
    for case in dict.fromkeys(cases):
        number = _number(case)
        state = connection.execute("SELECT open, month FROM states WHERE number = ?", (number,)).fetchone()
        if state is None:
            continue
        reopened = connection.execute(
            "SELECT COALESCE(MAX(as_of), 0) FROM events WHERE number = ? AND what = 'reopened'", (number,)
        ).fetchone()[0]
        held = connection.execute(
            f"{_HELD} AND NOT (sender LIKE 'office:%' AND {rows.TAKEN_BACK}) ORDER BY finding", (number,)
        ).fetchall()
        found[case] = Standing(bool(state[0]), state[1], reopened, len(held), tuple(held))
    return found


def _number(case: str) -> int:
    try:
        return case_number(case)
    except ValueError:
        return 0


def next_cases(connection: sqlite3.Connection, year: int, count: int) -> list[str]:
    """The case numbers that the next new cases of the year will have."""
    bounds = (first_of(year, 0), first_of(year + 1, 0))
    used = connection.execute(
        "SELECT COALESCE(MAX(number), 0) FROM cases WHERE number >= ? AND number < ?", bounds
    ).fetchone()[0]
    out = []
    for _ in range(count):
        used = first_of(year, used)
        out.append(case_id(used))
    return out


def months(connection: sqlite3.Connection) -> dict[int, int]:
    """The months that were run (yyyymm), each with its newest date (yyyymmdd)."""
    query = "SELECT as_of / 100, MAX(as_of) FROM runs WHERE command = 'reconcile' GROUP BY as_of / 100 ORDER BY 1"
    return dict(connection.execute(query).fetchall())


def add(connection: sqlite3.Connection, collection: Collection, run: int) -> None:
    """Add a collection; inside a transaction."""
    opened = [w for w in collection.written_in if w.opens]
    connection.executemany("INSERT INTO cases VALUES (?)", [(case_number(w.case_id),) for w in opened if w.watch])
    rows.add_events(connection, _openings([w for w in opened if not w.watch], collection.people), run)
    who = identities.records(collection.people, [w.person for w in opened])
    identities.add(
        connection,
        [
            (case_number(w.case_id), w.as_of, [one[c] for c in identities.COLUMNS])
            for w, one in zip(opened, who, strict=True)
        ],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO written_in VALUES (?, ?, ?)",
        [(w.digest, case_number(w.case_id), run) for w in collection.written_in],
    )
    rows.add_events(connection, _events(collection.events), run)
    _add_findings(connection, [f for what, _, f in collection.events if what == "answered"], run)
    connection.executemany(
        "INSERT OR IGNORE INTO corrections (as_of, file, sheet, row, field, corrected, remark, run)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(c.as_of, c.file, c.sheet, c.row, c.field, c.corrected, c.remark, run) for c in collection.corrections],
    )
    watch.add(connection, collection.watch, (), run)
    rows.add_answers(connection, collection.answers, run)
    connection.executemany(
        "INSERT OR IGNORE INTO collected VALUES (?, ?, ?, ?, ?, ?)",
        [(f.sha256, f.file, f.kind, f.place, f.as_of, run) for f in collection.files],
    )


def _openings(opened: Sequence[WrittenIn], people: pd.DataFrame) -> pd.DataFrame:
    origin = {c: [people[c].iat[w.person] for w in opened] for c in ("file", "sheet", "row")}
    return EVENTS.frame(
        {
            "case_id": [w.case_id for w in opened],
            "what": ["opened"] * len(opened),
            "as_of": [w.as_of for w in opened],
            "kind": ["written_in"] * len(opened),
            **origin,
        }
    )


def _events(events: Sequence[tuple[str, str, Finding]]) -> pd.DataFrame:
    """As EVENTS; one that withdraws has no disposition."""
    data: dict[str, Any] = {"what": [what for what, _, _ in events], "kind": [kind for _, kind, _ in events]}
    for column in ("case_id", "as_of", "file", "sheet", "row"):
        data[column] = [getattr(f, column) for _, _, f in events]
    data["who"] = [f.place for _, _, f in events]
    for column, blank in (("disposition", ""), ("closes", False), ("deceased", False), ("expires", 0)):
        data[column] = [getattr(f, column) if what == "answered" else blank for what, _, f in events]
    return EVENTS.frame(data)


def _add_findings(connection: sqlite3.Connection, findings: Sequence[Finding], run: int) -> None:
    files = [(f.file, f.sheet) for f in findings]
    connection.executemany(
        "INSERT INTO findings (number, as_of, sender, disposition, stage, checked_on, method, whereabouts, evidence,"
        " persuasion, checker, checker_phone, digest, source, row, run)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                case_number(f.case_id), f.as_of, f.sender, f.disposition, f.stage, f.said.checked_on, *f.said.texts,
                f.said.digest, source, f.row, run,
            )
            for f, source in zip(findings, rows.sources(connection, files), strict=True)
        ],
    )  # fmt: skip

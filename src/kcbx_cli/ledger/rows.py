"""Frames into rows and rows into frames; every row that is added names its source and its run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kcbx_cli.decide.cases import CASES, EVENTS, EVIDENCE, awaits_roll_call
from kcbx_cli.ledger.database import now
from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.tables import CASELOAD, ORIGIN, Column, Table

if TYPE_CHECKING:
    import pandas as pd

#: Pairs that a person has decided.
ANSWERS = Table(
    "answers",
    (
        Column("left", "text", "digest of the listed child, see `decide.pairs`"),
        Column("right", "text", "digest of the registry child"),
        Column("same", "text", "yes or no"),
        Column("as_of", "int", "the month's date, yyyymmdd"),
        Column("who", "text", "who decided it"),
        *ORIGIN,
    ),
)

_EVENTS = """
    SELECT number, what, events.as_of, kind, reason, disposition, closes, deceased, expires, who, file, sheet, row
    FROM events JOIN sources USING (source)
"""
_ADD_EVENTS = """
    INSERT INTO events
    (number, what, as_of, kind, reason, disposition, closes, deceased, expires, who, source, row, run)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ANSWERS = """
    SELECT left_digest, right_digest, same, as_of, who, file, sheet, row FROM answers JOIN sources USING (source)
    WHERE answer IN (SELECT MAX(answer) FROM answers GROUP BY left_digest, right_digest)
    ORDER BY answer
"""
_ADD_ANSWERS = """
    INSERT INTO answers (left_digest, right_digest, same, as_of, who, source, row, run)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_KINDS = ", ".join(f"'{kind}'" for kind in EVIDENCE)
_CASES = f"""
    SELECT COALESCE((SELECT MAX(identity) FROM identities WHERE identities.number = states.number), 0),
        number, open, first, month, months, kind, reason, disposition, closes, deceased, expires,
        disposition <> '' AND (expires = 0 OR expires >= ?),
        COALESCE((SELECT NULLIF(checked_on, 0) FROM findings WHERE findings.number = states.number
            AND findings.disposition = states.disposition ORDER BY finding DESC LIMIT 1), answered),
        CASE WHEN open AND kind NOT IN ({_KINDS}) THEN COALESCE((
            SELECT kind || '|' || reason FROM events WHERE events.number = states.number AND kind IN ({_KINDS})
            AND what IN ('opened', 'carried', 'reopened') ORDER BY event DESC LIMIT 1
        ), '|') ELSE kind || '|' || reason END
    FROM states ORDER BY number
"""  # noqa: S608
#: Of a row of `findings`: it closed the case, and the office took the closing back.
TAKEN_BACK = """EXISTS (
    SELECT 1 FROM events w JOIN events a USING (number) WHERE w.number = findings.number AND w.what = 'withdrawn'
    AND w.kind = 'office' AND w.run > findings.run AND a.run = findings.run AND a.what = 'answered' AND a.closes
)"""
_CASELOAD = f"""
    SELECT s.number, CASE s.open WHEN 1 THEN 'open' ELSE 'closed' END, i.township_code, i.township, i.village, f.school, f.grade,
        f.groups, s.kind, s.reason, f.sentence, s.first, s.month, s.months, s.disposition, s.expires, v.stage, f.category,
        f.valid_until, f.responsible
    FROM states s
    LEFT JOIN identities i ON i.identity = (SELECT MAX(identity) FROM identities WHERE number = s.number)
    LEFT JOIN facts f ON f.fact = (SELECT MAX(fact) FROM facts WHERE number = s.number)
    LEFT JOIN findings v ON v.finding = (SELECT MAX(finding) FROM findings WHERE number = s.number AND NOT {TAKEN_BACK})
"""  # noqa: S608
_WATCHED_ONLY = """
    SELECT COALESCE((SELECT MAX(identity) FROM identities WHERE identities.number = cases.number), 0),
        number, 0, 0, 0, 0, '', '', '', 0, 0, 0, 0, 0, '|'
    FROM cases WHERE number NOT IN (SELECT number FROM states)
"""


def read_events(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> pd.DataFrame:
    """EVENTS that satisfy an SQL condition, in the order in which they were recorded."""
    rows = connection.execute(f"{_EVENTS} WHERE {where} ORDER BY event", values).fetchall()
    return _frame(EVENTS, rows, "case_id")


def read_cases(connection: sqlite3.Connection, day: int) -> pd.DataFrame:
    """CASES in the order of case numbers; `in_force` is told for the day.

    A child who is only watched has a number and no case: not open, and `first` 0.
    """
    found = connection.execute(_CASES, (day,)).fetchall() + connection.execute(_WATCHED_ONLY).fetchall()
    told = [(*row[:-1], _absence(row)) for row in sorted(found, key=lambda row: row[1])]
    return _frame(CASES, told, "case_id")


def _absence(row: tuple[Any, ...]) -> str:
    """The column `absence` of a row that ends with the newest evidence, kind|reason."""
    said = dict(zip(CASES.names, row, strict=True))
    kind, _, reason = said["absence"].partition("|")
    found = said["disposition"] != "" and not said["closes"]
    return kind if said["open"] and awaits_roll_call(kind, reason, found) else ""


def read_caseload(connection: sqlite3.Connection, case: str = "") -> list[Any]:
    """Rows of CASELOAD in the order of case numbers, or the one of this case."""
    where, values = (" WHERE s.number = ?", (case_number(case),)) if case else (" ORDER BY s.number", ())
    blank = CASELOAD.row()
    return CASELOAD.rows(
        (case_id(said[0]), *(b if s is None else s for s, b in zip(said[1:], blank[1:], strict=True)))
        for said in connection.execute(_CASELOAD + where, values)
    )


def read_answers(connection: sqlite3.Connection) -> pd.DataFrame:
    """ANSWERS: the newest answer of each pair."""
    return _frame(ANSWERS, connection.execute(_ANSWERS).fetchall())


def _frame(table: Table, rows: list[tuple[Any, ...]], numbered: str = "") -> pd.DataFrame:
    columns = dict(zip(table.names, zip(*rows, strict=True) if rows else [()] * len(table.names), strict=True))
    data: dict[str, Any] = {name: list(values) for name, values in columns.items()}
    if numbered:
        data[numbered] = [case_id(number) for number in data[numbered]]
    return table.frame(data)


def add_run(connection: sqlite3.Connection, command: str, as_of: int, files: str = "", who: str = "") -> int:
    """A run of a command; returns its number."""
    row = connection.execute(
        "INSERT INTO runs (command, as_of, files, who, recorded_at) VALUES (?, ?, ?, ?, ?) RETURNING run",
        (command, as_of, files, who, now()),
    ).fetchone()
    return int(row[0])


def add_events(connection: sqlite3.Connection, events: pd.DataFrame, run: int) -> None:
    """Add EVENTS; the cases of those that open one are made first.

    Raises:
        sqlite3.IntegrityError: an event of no case, of no kind, or a second opening.
    """
    numbers = [case_number(case) for case in events["case_id"]]
    opened = [(number,) for number, what in zip(numbers, events["what"], strict=True) if what == "opened"]
    connection.executemany("INSERT OR IGNORE INTO cases VALUES (?)", opened)
    middle = [events[name].tolist() for name in EVENTS.names[1:10]]
    rows = zip(
        numbers, *middle, sources(connection, files(events)), events["row"].tolist(), [run] * len(events), strict=True
    )
    connection.executemany(_ADD_EVENTS, list(rows))


def add_answers(connection: sqlite3.Connection, answers: pd.DataFrame, run: int) -> None:
    """Add ANSWERS.

    Raises:
        sqlite3.IntegrityError: an answer that is neither yes nor no.
    """
    columns = [answers[name].tolist() for name in ("left", "right", "same", "as_of", "who")]
    rows = zip(
        *columns, sources(connection, files(answers)), answers["row"].tolist(), [run] * len(answers), strict=True
    )
    connection.executemany(_ADD_ANSWERS, list(rows))


def files(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """File and sheet of each row of a frame."""
    return list(zip(frame["file"], frame["sheet"], strict=True))


def sources(connection: sqlite3.Connection, pairs: Sequence[tuple[str, str]]) -> list[int]:
    """The number of each file and sheet; new ones are added."""
    wanted = sorted(set(pairs))
    connection.executemany("INSERT OR IGNORE INTO sources (file, sheet) VALUES (?, ?)", wanted)
    query = "SELECT source FROM sources WHERE file = ? AND sheet = ?"
    number = {pair: connection.execute(query, pair).fetchone()[0] for pair in wanted}
    return [number[pair] for pair in pairs]

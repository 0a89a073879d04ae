"""What a month does to the cases: numbers, events, corrected identities. Nothing is written here."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from kcbx_cli.decide.cases import AWAY, EVENTS, UNSEEN, CaseMonth, happens
from kcbx_cli.ledger import earlier, identities
from kcbx_cli.ledger.facts import Fact
from kcbx_cli.ledger.numbers import case_id, case_number, first_of
from kcbx_cli.ledger.rows import read_events
from kcbx_cli.ledger.watch import WatchPlan
from kcbx_cli.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from kcbx_cli.decide.carried import Unseen

#: What a row of work needs to know of its case.
ROWS = Table(
    "case_rows",
    (
        Column("case_id", "text", "case number"),
        Column("change", "text", "in this month: opened, reopened or carried"),
        Column("first", "int", "date of the month in which the case was opened"),
        Column("months", "int", "months in which it was open, this one included"),
    ),
)


@dataclass(frozen=True)
class CasePlan:
    """What `Ledger.record` will store, and what the month's files say about its cases.

    `rows` are ROWS, one a row of the work frame, in its order. `events` are the new EVENTS; none when the month has
    been recorded before. `month` are all EVENTS of the month, old and new: those of a second run equal the first's.
    `changes` are CHANGES since the newest month that was run before this one; `identity` is left at -1.
    `unlisted` are open cases whose child is not on the work and whom nothing accounts for: on no list, or waiting; `superseded` those that an
    earlier run of the month opened and that the corrected lists do not bear out. `report` is what the month's report adds, see
    `reports.add`.
    """

    as_of: int
    rows: pd.DataFrame
    events: pd.DataFrame
    month: pd.DataFrame
    changes: pd.DataFrame
    unlisted: tuple[str, ...]
    superseded: tuple[str, ...]
    identities: list[tuple[int, int, list[Any]]] = field(repr=False)
    new_month: bool = False
    facts: list[Fact] = field(default_factory=list, repr=False)
    watch: WatchPlan = field(default_factory=WatchPlan)
    report: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def changes_nothing(self) -> bool:
        """The ledger has all this already."""
        return not (
            len(self.events) or self.identities or self.new_month or self.facts or len(self.watch.events) or self.report
        )


@dataclass(frozen=True)
class Work:
    """A month's work as the ledger needs it.

    `frame` is WORK in its final order; `known` holds the case number of each of its rows, empty for a child whom the
    ledger does not know; `resolved` names the cases whose child the month accounts for, with the verdict; `doubtful` are
    cases whose child waits for a person to compare, `unseen` those that wait for a roll call; `listed` and `registry` are the PEOPLE that the work's positions
    point into.
    """

    frame: pd.DataFrame
    known: Sequence[str]
    resolved: Mapping[str, str]
    listed: pd.DataFrame
    registry: pd.DataFrame
    doubtful: Collection[str] = ()
    unseen: Mapping[str, Unseen] = field(default_factory=dict)


class _State(NamedTuple):
    open: bool
    first: int
    month: int


def plan(connection: sqlite3.Connection, seen: sqlite3.Connection, as_of: date, work: Work) -> CasePlan:
    """The month's plan. `seen` is the ledger that it starts from: for a month that is run again as its list saw it, see
    `earlier.as_listed`.

    Raises:
        ValueError: `known` or `resolved` names a case that the ledger does not have.
    """
    day = as_of.year * 10000 + as_of.month * 100 + as_of.day
    states = {n: _State(bool(o), f, m) for n, o, f, m in seen.execute("SELECT number, open, first, month FROM states")}
    newest = connection.execute("SELECT COALESCE(MAX(as_of), 0) FROM runs WHERE command = 'reconcile'").fetchone()[0]
    numbers = _numbers(connection, as_of.year, work.known)
    resolved = {case_number(case): verdict for case, verdict in work.resolved.items()}
    children = {row[0] for row in connection.execute("SELECT number FROM cases")}
    if unknown := (set(map(case_number, filter(None, work.known))) | set(resolved)) - children:
        raise ValueError(f"the ledger has no case {case_id(min(unknown))}")
    at_work = dict(reversed(list(zip(numbers, range(len(numbers)), strict=True))))
    opened = {row[0] for row in connection.execute("SELECT number FROM states")}
    fresh, untold = _fresh(connection, day), _untold(connection, day)
    late = {n for (n,) in connection.execute("SELECT number FROM states WHERE month / 100 < ?", (day // 100,))}
    happened = []
    for number in sorted((states.keys() - untold) | at_work.keys()):
        state = states.get(number)
        what = happens(
            CaseMonth(
                month=day // 100,
                newest=newest // 100,
                last=state.month // 100 if state and number not in untold else 0,
                known=number in opened,
                open=state is not None and state.open,
                at_work=number in at_work,
                resolved=number in resolved,
                fresh=number in fresh and case_id(number) not in work.unseen,
                late=number in late,
            )
        )
        if what:
            happened.append((number, what))
    events = _events(day, happened, at_work, resolved, work)
    month = EVENTS.concat([read_events(seen, "events.as_of / 100 = ?", (day // 100,)), events])
    counted = _counted(seen, day)
    last_said = _last_said(month, {case_id(number) for number in at_work})
    past = day // 100 < newest // 100
    gone = resolved.keys() | at_work.keys() | {number for number, what in happened if what == "superseded"}
    still = {number for number, state in states.items() if state.open} - gone - untold
    return CasePlan(
        as_of=day,
        rows=_rows(day, numbers, states, month, counted),
        events=events,
        month=month,
        changes=_changes(seen, day, month, counted),
        unlisted=last_said["unlisted"] if past else tuple(case_id(number) for number in sorted(still)),
        superseded=last_said["superseded"],
        identities=_identities(connection, day, at_work, states, work, past=past),
        new_month=not connection.execute(
            "SELECT 1 FROM runs WHERE command = 'reconcile' AND as_of / 100 = ?", (day // 100,)
        ).fetchone(),
    )


def _numbers(connection: sqlite3.Connection, year: int, known: Sequence[str]) -> list[int]:
    """A case number for each row; new ones follow the year's greatest, in the order of the rows."""
    bounds = (first_of(year, 0), first_of(year + 1, 0))
    used = connection.execute(
        "SELECT COALESCE(MAX(number), 0) FROM cases WHERE number >= ? AND number < ?", bounds
    ).fetchone()[0]
    out = []
    for case in known:
        if not case:
            used = first_of(year, used)
        out.append(case_number(case) if case else used)
    return out


def _events(
    day: int, happened: list[tuple[int, str]], at_work: dict[int, int], resolved: dict[int, str], work: Work
) -> pd.DataFrame:
    """The new EVENTS, in the order of case numbers, each with the row that it comes from."""
    import numpy as np

    rows = np.array([at_work.get(number, -1) for number, _ in happened], dtype=np.int64)
    on = rows >= 0
    kinds = [
        work.frame["kind"].iat[at] if at >= 0 else _absent_kind(number, what, resolved, work)
        for (number, what), at in zip(happened, rows, strict=True)
    ]
    data: dict[str, Any] = {
        "case_id": [case_id(number) for number, _ in happened],
        "what": ["closed" if what == "superseded" else what for _, what in happened],
        "as_of": [day] * len(happened),
        "kind": kinds,
        "reason": [
            work.frame["reason"].iat[at] if at >= 0 else _absent_reason(number, what, work)
            for (number, what), at in zip(happened, rows, strict=True)
        ],
    }
    for column, blank in (("file", ""), ("sheet", ""), ("row", 0)):
        values = np.full(len(rows), blank, dtype=object)
        values[on] = _origin(work, column)[rows[on]]
        data[column] = values
    return EVENTS.frame(data)


def _absent_kind(number: int, what: str, resolved: dict[int, str], work: Work) -> str:
    """Why something happens to a case whose child is not on the work."""
    if what == "superseded":
        return what
    case = case_id(number)
    waits = work.unseen[case].kind if case in work.unseen else "review" if case in work.doubtful else "unlisted"
    return resolved.get(number) or waits


def _absent_reason(number: int, what: str, work: Work) -> str:
    waits = work.unseen.get(case_id(number))
    return waits.reason if waits is not None and what == "carried" else ""


def _fresh(connection: sqlite3.Connection, day: int) -> set[int]:
    """Cases that a run of this month opened and about which nobody has said anything."""
    rows = connection.execute(
        "SELECT number FROM states WHERE first / 100 = ?1 AND answered = 0"
        " AND EXISTS (SELECT 1 FROM events e WHERE e.number = states.number AND what = 'opened' AND kind <> 'written_in')"
        " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.number = states.number AND what IN ('answered', 'withdrawn'))",
        (day // 100,),
    )
    return {row[0] for row in rows}


def _untold(connection: sqlite3.Connection, day: int) -> set[int]:
    """Cases that were opened by hand after the month's list was written, and that no run of the month has told yet."""
    told = connection.execute(
        "SELECT DISTINCT number FROM events JOIN runs USING (run) WHERE command = 'reconcile' AND runs.as_of / 100 = ?",
        (day // 100,),
    )
    return earlier.written_in_since(connection, day // 100) - {row[0] for row in told}


def _origin(work: Work, column: str) -> Any:
    """Where each row of the work comes from: its list row, else its registry row."""
    import numpy as np

    person, registry = work.frame["person"].to_numpy(), work.frame["registry"].to_numpy()
    out = np.full(len(work.frame), "" if column != "row" else 0, dtype=object)
    inside = (person < 0) & (registry >= 0)
    out[inside] = work.registry[column].to_numpy()[registry[inside]]
    out[person >= 0] = work.listed[column].to_numpy()[person[person >= 0]]
    return out


def _counted(connection: sqlite3.Connection, day: int) -> dict[str, tuple[int, int]]:
    """For each case its first date and the months before this one in which it was open."""
    rows = connection.execute(
        "SELECT number, MIN(as_of), COUNT(DISTINCT as_of / 100) FROM events"
        " WHERE as_of / 100 < ? AND what IN ('opened', 'carried', 'reopened') GROUP BY number",
        (day // 100,),
    )
    return {case_id(number): (first, months) for number, first, months in rows}


def _changes(
    connection: sqlite3.Connection, day: int, month: pd.DataFrame, counted: dict[str, tuple[int, int]]
) -> pd.DataFrame:
    """CHANGES between the newest month that was run before this one and this one."""
    from kcbx_cli.decide.changes import changes

    former = connection.execute(
        "SELECT COALESCE(MAX(as_of), 0) / 100 FROM runs WHERE command = 'reconcile' AND as_of / 100 < ?", (day // 100,)
    ).fetchone()[0]
    span = "events.as_of / 100 >= ? AND events.as_of / 100 < ?"
    before = read_events(connection, span, (former, day // 100)) if former else EVENTS.frame()
    return changes(EVENTS.concat([before, month]), former, counted)


def _rows(
    day: int,
    numbers: list[int],
    states: dict[int, _State],
    month: pd.DataFrame,
    counted: dict[str, tuple[int, int]],
) -> pd.DataFrame:
    changes = dict.fromkeys(numbers, "carried")
    for case, what in zip(month["case_id"], month["what"], strict=True):
        number = case_number(case)
        if what in ("opened", "reopened") and changes.get(number) != "opened":
            changes[number] = what
    return ROWS.frame(
        {
            "case_id": [case_id(number) for number in numbers],
            "change": [changes[number] for number in numbers],
            "first": [states[number].first if number in states else day for number in numbers],
            "months": [counted.get(case_id(number), (day, 0))[1] + 1 for number in numbers],
        }
    )


def _last_said(month: pd.DataFrame, at_work: set[str]) -> dict[str, tuple[str, ...]]:
    """Cases that are not on the work, by what their newest monthly event says: unlisted (or waiting) or superseded."""
    monthly = month[~month["what"].isin(("answered", "withdrawn"))]
    waits = monthly["kind"].eq("review") | monthly["reason"].isin((UNSEEN, AWAY))
    newest = dict(zip(monthly["case_id"], monthly["kind"].mask(waits, "unlisted"), strict=True))
    absent = sorted((case for case in newest if case not in at_work), key=case_number)
    return {said: tuple(case for case in absent if newest[case] == said) for said in ("unlisted", "superseded")}


def _identities(
    connection: sqlite3.Connection, day: int, at_work: dict[int, int], states: dict[int, _State], work: Work, past: bool
) -> list[tuple[int, int, list[Any]]]:
    """What the month adds to what is known of the children; a past month adds new children only."""
    given = identities.of_work(work.frame, work.listed, work.registry)
    held = identities.newest(connection)
    out = []
    for number, at in sorted(at_work.items()):
        if past and number in states:
            continue
        who = identities.merged(given[at], held[number]) if number in held else given[at]
        if who != held.get(number):
            out.append((number, day, [who[column] for column in identities.COLUMNS]))
    return out

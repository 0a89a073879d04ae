"""What the lists said of each case's child, month by month: stored when it changes, and read back for the office."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kcbx_cli.ledger.database import now
from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.tables import FACTS, ORIGIN, Column, Table

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = tuple(name for name in FACTS.names if name not in ("case_id", "since"))
#: Rows move from month to month without anything having changed.
_COMPARED = [i for i, name in enumerate(_COLUMNS) if name not in ("listed", "registered")]
_NEWEST = "SELECT MAX(fact) FROM facts GROUP BY number"
Fact = tuple[int, int, list[Any]]

#: What was entered on a checklist, or by the office, about a case.
VISITS = Table(
    "visits",
    (
        Column("case_id", "text", "case number"),
        Column("as_of", "int", "the month that it answers for, yyyymmdd"),
        Column("sender", "text", "township:name, school:name or office:name"),
        Column("disposition", "text", "what was found"),
        Column("stage", "text", "the step of 三访一验"),
        Column("checked_on", "int", "date of the visit, yyyymmdd, 0 for none"),
        Column("method", "text", "核查方式"),
        Column("whereabouts", "text", "去向/就读学校"),
        Column("evidence", "text", "佐证材料"),
        Column("persuasion", "text", "劝返记录"),
        Column("checker", "text", "核查人"),
        Column("checker_phone", "text", "联系电话"),
        *ORIGIN,
    ),
)
#: One step of a case's history: an event, or a remark (`what` is noted, `reason` its text).
HISTORY = Table(
    "history",
    (
        Column("what", "text", "the event, or noted"),
        Column("as_of", "int", "the month's date, yyyymmdd"),
        Column("kind", "text", "verdict, finding, or where an answer came from"),
        Column("reason", "text", "ASCII codes; the text of a remark"),
        Column("disposition", "text", "what was found"),
        Column("expires", "int", "the last day on which it holds"),
        Column("who", "text", "who said so; empty for the program"),
        *ORIGIN,
        Column("command", "text", "the command that recorded it"),
        Column("recorded_at", "text", "wall clock, UTC"),
    ),
)
_VISITS = """
    SELECT number, as_of, sender, disposition, stage, checked_on, method, whereabouts, evidence, persuasion, checker,
        checker_phone, file, sheet, row
    FROM findings JOIN sources USING (source) WHERE number = ? ORDER BY finding
"""
_HISTORY = """
    SELECT what, e.as_of, kind, reason, disposition, expires, e.who, file, sheet, row, command, recorded_at, run, event
    FROM events e JOIN sources USING (source) JOIN runs USING (run) WHERE number = ?1
    UNION ALL
    SELECT what, w.as_of, 'watch', reason, '', 0, w.who, file, sheet, row, command, recorded_at, run, 500000000 + event
    FROM watch_events w JOIN sources USING (source) JOIN runs USING (run) WHERE number = ?1
    UNION ALL
    SELECT 'noted', n.as_of, '', text, '', 0, n.who, '', '', 0, command, recorded_at, run, 1000000000 + note
    FROM notes n JOIN runs USING (run) WHERE number = ?1
    ORDER BY 13, 14
"""


def newest(connection: sqlite3.Connection) -> list[Any]:
    """Rows of FACTS: the newest of each case that has any, by case number."""
    query = f"SELECT number, since, {', '.join(_COLUMNS)} FROM facts WHERE fact IN ({_NEWEST}) ORDER BY number"  # noqa: S608
    return FACTS.rows(_numbered(connection.execute(query)))


def of_case(connection: sqlite3.Connection, case: str) -> list[Any]:
    """Rows of FACTS: all of one case, in the order in which they were recorded."""
    query = f"SELECT number, since, {', '.join(_COLUMNS)} FROM facts WHERE number = ? ORDER BY fact"  # noqa: S608
    return FACTS.rows(_numbered(connection.execute(query, (case_number(case),))))


def changed(connection: sqlite3.Connection, day: int, facts: pd.DataFrame) -> list[Fact]:
    """Those FACTS that differ from the newest ones held; none for a month that is past."""
    past = connection.execute("SELECT COALESCE(MAX(as_of), 0) / 100 FROM runs WHERE command = 'reconcile'").fetchone()[
        0
    ]
    if day // 100 < past:
        return []
    held = {row[0]: row[2:] for row in newest(connection)}
    out = []
    for row in facts.itertuples(index=False, name=None):
        known = held.get(row[0])
        if known is None or any(known[i] != row[2:][i] for i in _COMPARED):
            out.append((case_number(row[0]), day, list(row[2:])))
    return out


def add(connection: sqlite3.Connection, facts: Iterable[Sequence[Any]]) -> None:
    """Store facts: case number, since when (yyyymmdd), values in the order of the columns."""
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    connection.executemany(
        f"INSERT INTO facts (number, since, {', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608
        [(number, since, *values) for number, since, values in facts],
    )


def history(connection: sqlite3.Connection, case: str) -> list[Any]:
    """Rows of HISTORY of a case: its events and remarks, in the order in which they were recorded."""
    return HISTORY.rows(row[:-2] for row in connection.execute(_HISTORY, (case_number(case),)))


def visits(connection: sqlite3.Connection, case: str) -> list[Any]:
    """Rows of VISITS of a case, in the order in which they were recorded."""
    return VISITS.rows(_numbered(connection.execute(_VISITS, (case_number(case),))))


def annotate(connection: sqlite3.Connection, cases: Iterable[str], as_of: int, who: str, text: str) -> None:
    """Add the same remark to some cases; inside a transaction."""
    run = connection.execute(
        "INSERT INTO runs (command, as_of, files, who, recorded_at) VALUES ('cases annotate', ?, '', ?, ?) RETURNING run",
        (as_of, who, now()),
    ).fetchone()[0]
    connection.executemany(
        "INSERT INTO notes (number, as_of, who, text, run) VALUES (?, ?, ?, ?, ?)",
        [(case_number(case), as_of, who, text, run) for case in cases],
    )


def _numbered(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """The rows with their case number as it is printed."""
    return ((case_id(number), *rest) for number, *rest in rows)

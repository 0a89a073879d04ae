"""The watch list in rows: who is on it, what a month or a person adds to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kcbx_cli.decide.watching import OFF, STATES
from kcbx_cli.ledger import identities, rows
from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.tables import WATCH_EVENTS, WATCHED

if TYPE_CHECKING:
    import pandas as pd

Identity = tuple[int, int, list[Any]]
_NEWEST = """
    SELECT number, what, as_of, reason,
        COALESCE((SELECT MAX(identity) FROM identities i WHERE i.number = w.number), 0),
        COALESCE((SELECT GROUP_CONCAT(reason, ';') FROM watch_events r
            WHERE r.number = w.number AND r.what IN ('declined', 'taken_off')), '')
    FROM watch_events w
    WHERE event = (SELECT MAX(event) FROM watch_events x WHERE x.number = w.number AND x.what <> 'paired')
    ORDER BY number
"""
_HELPERS = (
    "SELECT number, name, phone, help FROM helpers WHERE helper IN (SELECT MAX(helper) FROM helpers GROUP BY number)"
)
_PAST = """
    SELECT number, MAX(as_of) FROM events WHERE what = 'reopened' AND as_of > ?1 GROUP BY number
"""


@dataclass(frozen=True)
class WatchPlan:
    """What a month adds: WATCH_EVENTS, and who the children are that get a number."""

    events: pd.DataFrame = field(default_factory=WATCH_EVENTS.frame)
    people: Sequence[Identity] = field(default=(), repr=False)


def watched(connection: sqlite3.Connection) -> pd.DataFrame:
    """WATCHED: everybody who was ever proposed or put on, by number."""
    helpers = {number: told for number, *told in connection.execute(_HELPERS)}
    found = []
    for number, what, as_of, reason, identity, refused in connection.execute(_NEWEST):
        helper = helpers.get(number, ("", "", ""))
        found.append((case_id(number), identity, STATES[what], as_of, reason, refused, *helper))
    columns = zip(*found, strict=True) if found else [()] * len(WATCHED.names)
    return WATCHED.frame({name: list(values) for name, values in zip(WATCHED.names, columns, strict=True)})


def state(connection: sqlite3.Connection, case: str) -> str:
    """Where the child stands: proposed, on or off."""
    row = connection.execute(
        "SELECT what FROM watch_events WHERE number = ? AND what <> 'paired' ORDER BY event DESC LIMIT 1",
        (case_number(case),),
    ).fetchone()
    return STATES[row[0]] if row else OFF


def past(connection: sqlite3.Connection, since: int, returned: Sequence[str]) -> tuple[set[str], set[str]]:
    """Cases with a finding of these dispositions after that day, and cases opened again after it."""
    marks = ", ".join("?" * len(returned))
    query = f"SELECT DISTINCT number FROM findings WHERE as_of > ? AND disposition IN ({marks})"  # noqa: S608
    back = {case_id(row[0]) for row in connection.execute(query, (since, *returned))}
    return back, {case_id(row[0]) for row in connection.execute(_PAST, (since,))}


def add(connection: sqlite3.Connection, events: pd.DataFrame, people: Iterable[Sequence[Any]], run: int) -> None:
    """Add WATCH_EVENTS, with numbers and identities for those who have none; inside a transaction."""
    new = [(int(number), int(since), values) for number, since, values in people]
    connection.executemany("INSERT OR IGNORE INTO cases VALUES (?)", [(number,) for number, _, _ in new])
    identities.add(connection, new)
    for event, source in zip(events.itertuples(index=False), rows.sources(connection, rows.files(events)), strict=True):
        told: Any = event
        number = case_number(told.case_id)
        made = connection.execute(
            "INSERT INTO watch_events (number, as_of, what, reason, who, source, row, run)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING event",
            (number, told.as_of, told.what, told.reason, told.who, source, told.row, run),
        ).fetchone()[0]
        if told.helper or told.helper_phone or told.help:
            connection.execute(
                "INSERT INTO helpers (number, event, name, phone, help) VALUES (?, ?, ?, ?, ?)",
                (number, made, told.helper, told.helper_phone, told.help),
            )

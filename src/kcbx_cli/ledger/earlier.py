"""The ledger as it was when a month's list was first written: what a run of that month again starts from.

A list that went out is not changed by what comes back of it. So a month that is run again does not see what people have
said since its first run, nor what later months did; they belong to the next month's difference. It sees what earlier
runs of the month itself did.
"""

from __future__ import annotations

import sqlite3

from kcbx_cli.ledger import database

#: Events that the first run of the month (?1, yyyymm) could see, and those of the runs of this month and of months before
#: it, for these may have been run again since; of a child who
#: was written in since, everything up to the month: its case must keep its number if a corrected list has the child.
_SEEN = """
    SELECT e.* FROM events e JOIN runs r USING (run)
    WHERE e.run < ?2 OR (r.command = 'reconcile' AND r.as_of / 100 <= ?1) OR e.number IN (
        SELECT number FROM events WHERE what = 'opened' AND kind = 'written_in' AND run > ?2 AND as_of / 100 <= ?1
    ) AND e.as_of / 100 <= ?1
    ORDER BY event
"""
#: What is the same whenever it is looked at.
_COPIED = ("cases", "identities", "sources", "runs")
#: The findings of the answers that it may see.
_FOUND = """
    SELECT * FROM findings WHERE run < ?2 OR as_of / 100 <= ?1 AND number IN (
        SELECT number FROM events WHERE what = 'opened' AND kind = 'written_in' AND run > ?2 AND as_of / 100 <= ?1
    )
"""


def first_run(connection: sqlite3.Connection, month: int) -> int:
    """The run that first wrote the list of this month (yyyymm); 0 where there is none."""
    query = "SELECT COALESCE(MIN(run), 0) FROM runs WHERE command = 'reconcile' AND as_of / 100 = ?"
    return int(connection.execute(query, (month,)).fetchone()[0])


def as_listed(connection: sqlite3.Connection, month: int) -> sqlite3.Connection:
    """The ledger to run this month (yyyymm) from: itself for a new month, else a copy in memory, with the events that the
    month may see. Where cases stand in it follows from these by the ledger's own triggers.
    """
    first = first_run(connection, month)
    if not first:
        return connection
    seen = database.in_memory()
    seen.execute("PRAGMA foreign_keys = OFF")
    with database.transaction(seen):
        for name in _COPIED:
            _insert(seen, name, connection.execute(f"SELECT * FROM {name}"))  # noqa: S608
        _insert(seen, "findings", connection.execute(_FOUND, (month, first)))
        _insert(seen, "events", connection.execute(_SEEN, (month, first)))
    return seen


def written_in_since(connection: sqlite3.Connection, month: int) -> set[int]:
    """Cases that were opened by hand after the month's list was first written; none for a new month."""
    query = "SELECT number FROM events WHERE what = 'opened' AND kind = 'written_in' AND run > ?1 AND ?1 > 0"
    return {row[0] for row in connection.execute(query, (first_run(connection, month),))}


def said_since(connection: sqlite3.Connection, month: int) -> int:
    """Of how many cases people have said something after the month's list was first written."""
    query = "SELECT COUNT(DISTINCT number) FROM events WHERE what IN ('answered', 'withdrawn') AND run > ?1 AND ?1 > 0"
    return int(connection.execute(query, (first_run(connection, month),)).fetchone()[0])


def _insert(connection: sqlite3.Connection, name: str, rows: sqlite3.Cursor) -> None:
    marks = ", ".join("?" * len(rows.description))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608

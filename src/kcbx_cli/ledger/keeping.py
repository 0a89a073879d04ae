"""What the ledger may forget and must hand out: purges, all that is held on one child, anchors of the use log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from kcbx_cli.ledger import database, rows
from kcbx_cli.ledger.file import CaseFiles
from kcbx_cli.ledger.numbers import case_id, case_number

#: Everything about a case, table by table; `sources` and `runs` stand beside what comes from them.
_HELD = {
    "identities": "SELECT * FROM identities WHERE number = ? ORDER BY identity",
    "facts": "SELECT * FROM facts WHERE number = ? ORDER BY fact",
    "events": "SELECT events.*, file, sheet, command, recorded_at FROM events JOIN sources USING (source)"
    " JOIN runs USING (run) WHERE number = ? ORDER BY event",
    "findings": "SELECT findings.*, file, sheet, recorded_at FROM findings JOIN sources USING (source)"
    " JOIN runs USING (run) WHERE number = ? ORDER BY finding",
    "notes": "SELECT notes.*, recorded_at FROM notes JOIN runs USING (run) WHERE number = ? ORDER BY note",
    "written_in": "SELECT * FROM written_in WHERE number = ? ORDER BY digest",
    "state": "SELECT * FROM states WHERE number = ?",
    "watch": "SELECT watch_events.*, file, sheet, recorded_at FROM watch_events JOIN sources USING (source)"
    " JOIN runs USING (run) WHERE number = ? ORDER BY event",
    "helpers": "SELECT name, phone, help FROM helpers WHERE number = ? ORDER BY helper",
}
#: Numbers of rows that mean nothing outside the ledger.
_INNER = frozenset(("identity", "fact", "event", "finding", "note", "source", "run", "number"))
#: Tables that hold what was said of a child, and may forget it.
_FORGOTTEN = ("identities", "facts", "notes", "written_in", "helpers")
_BLANKED = (
    "UPDATE findings SET whereabouts = '', evidence = '', persuasion = '', checker = '', checker_phone = '', digest = ''"
    " WHERE number = ? AND digest <> ''"
)
Row = dict[str, Any]


class Keeping(CaseFiles):
    """The part of a ledger that deletes, hands out and remembers the use log; see `book.Ledger`."""

    def held(self, case: str) -> dict[str, list[Row]]:
        """All that is held on a case, by table, as it stands; an empty dictionary for no such case."""
        with database.told(self.path):
            if not self._connection.execute("SELECT 1 FROM cases WHERE number = ?", (case_number(case),)).fetchone():
                return {}
            return {name: _rows(self._connection, query, case_number(case)) for name, query in _HELD.items()}

    def closed_before(self, day: date) -> list[str]:
        """Closed cases, and children who were only watched, of whom nothing was heard since before that day and of whom
        personal data is held still.
        """
        number = day.year * 10000 + day.month * 100 + day.day
        query = """
            SELECT number FROM states WHERE open = 0 AND max(month, answered, first) < ?1
            AND number NOT IN (SELECT number FROM purged) AND NOT EXISTS (
                SELECT 1 FROM events WHERE events.number = states.number AND events.as_of >= ?1
            )
            UNION SELECT number FROM cases WHERE number NOT IN (SELECT number FROM states)
            AND number NOT IN (SELECT number FROM purged) AND NOT EXISTS (
                SELECT 1 FROM watch_events w WHERE w.number = cases.number AND (w.as_of >= ?1 OR w.event = (
                    SELECT MAX(event) FROM watch_events x WHERE x.number = cases.number AND x.what <> 'paired'
                ) AND w.what IN ('put_on', 'proposed'))
            ) ORDER BY number
        """
        with database.told(self.path):
            return [case_id(n) for (n,) in self._connection.execute(query, (number,))]

    def purged(self, case: str = "") -> dict[str, str]:
        """Cases whose personal data was deleted, with the reason; of all, or of this one."""
        which = "WHERE number = ?" if case else ""
        query = f"SELECT number, why FROM purged {which} ORDER BY number"  # noqa: S608
        with database.told(self.path):
            found = self._connection.execute(query, (case_number(case),) if case else ())
            return {case_id(n): why for n, why in found}

    def forgettable(self, cases: Sequence[str], before: date | None) -> dict[str, int]:
        """How many rows `purge` would delete or blank, by table."""
        with database.told(self.path):
            return _counted(self._connection, [case_number(case) for case in cases], before)

    def purge(self, cases: Sequence[str], before: date | None, why: str, who: str) -> dict[str, int]:
        """Delete what identifies the children of these cases; events, dispositions and counts stay.

        Args:
            cases: their numbers.
            before: corrections, decided pairs, and the case numbers and responsible people of reports of months before
                this day go too; None keeps them.
            why: the reason, without personal data.
            who: who orders it.

        Raises:
            KcbxError: `ledger_busy`, `ledger_locked`, `disk_full`, `ledger_not_writable`; nothing is deleted.
        """
        numbers = [case_number(case) for case in cases]
        with self._writing():
            self._refuse_pending()
            gone = _counted(self._connection, numbers, before)
            today = database.now()[:10]
            run = rows.add_run(self._connection, "purge", int(today.replace("-", "")), who=who)
            for number in numbers:
                for table in _FORGOTTEN:
                    self._connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608
                self._connection.execute(_BLANKED, (number,))
                self._connection.execute(
                    "INSERT OR IGNORE INTO purged VALUES (?, ?, ?, ?)",
                    (number, int(today.replace("-", "")), why, run),
                )
            if before is not None:
                for table in ("corrections", "answers"):
                    self._connection.execute(f"DELETE FROM {table} WHERE as_of < ?", (_day(before),))  # noqa: S608
                self._connection.execute("DELETE FROM issued_detail WHERE month < ?", (_day(before) // 100,))
        return gone

    # -- the use log ---------------------------------------------------------------------------------------------

    def anchors(self) -> list[tuple[int, str]]:
        """Entries of the use log (number, hash) that were the newest when a run had changed the ledger."""
        with database.told(self.path):
            return [(n, h) for n, h in self._connection.execute("SELECT entry, hash FROM anchors ORDER BY run")]

    def anchor(self, entry: int, hash_: str) -> None:
        """Remember this entry for the newest run; nothing when that run has one already."""
        query = "SELECT MAX(run) FROM runs WHERE run NOT IN (SELECT run FROM anchors)"
        newest = "SELECT MAX(run) FROM runs"
        with database.told(self.path):
            run = self._connection.execute(query).fetchone()[0]
            if run is None or run != self._connection.execute(newest).fetchone()[0]:
                return
        with self._writing():
            self._connection.execute("INSERT INTO anchors VALUES (?, ?, ?)", (run, entry, hash_))


def _rows(connection: sqlite3.Connection, query: str, number: int) -> list[Row]:
    found = connection.execute(query, (number,))
    names = [column[0] for column in found.description]
    return [
        {name: value for name, value in zip(names, values, strict=True) if name not in _INNER}
        for values in found.fetchall()
    ]


def _counted(connection: sqlite3.Connection, numbers: Sequence[int], before: date | None) -> dict[str, int]:
    """Rows that go, by table; `findings` are blanked, not deleted."""
    count = dict.fromkeys((*_FORGOTTEN, "findings", "corrections", "answers", "issued_detail"), 0)
    for number in numbers:
        for table in _FORGOTTEN:
            query = f"SELECT COUNT(*) FROM {table} WHERE number = ?"  # noqa: S608
            count[table] += connection.execute(query, (number,)).fetchone()[0]
        query = "SELECT COUNT(*) FROM findings WHERE number = ? AND digest <> ''"
        count["findings"] += connection.execute(query, (number,)).fetchone()[0]
    if before is not None:
        for table in ("corrections", "answers"):
            query = f"SELECT COUNT(*) FROM {table} WHERE as_of < ?"  # noqa: S608
            count[table] = connection.execute(query, (_day(before),)).fetchone()[0]
        query = "SELECT COUNT(*) FROM issued_detail WHERE month < ?"
        count["issued_detail"] = connection.execute(query, (_day(before) // 100,)).fetchone()[0]
    return count


def _day(when: date) -> int:
    return when.year * 10000 + when.month * 100 + when.day

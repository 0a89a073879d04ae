"""Reports that were issued, month by month, and the registry problems that schools have yet to mend."""

from __future__ import annotations

import sqlite3
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kcbx_cli.ledger import database
from kcbx_cli.ledger.plan import CasePlan
from kcbx_cli.ledger.store import Store
from kcbx_cli.tables import OPEN_FLAWS, Issued

if TYPE_CHECKING:
    import pandas as pd

_THERE = "first <= ?1 AND (gone = 0 OR gone > ?1)"


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a month's checklists: the places whose sheet was collected, by kind (township or school) and name;
    and by kind and code (the name of a place without one) how many children each has told a finding of."""

    sheets: frozenset[tuple[str, ...]]
    answered: Mapping[tuple[str, ...], int]


class Reports(Store):
    """The part of a ledger that keeps reports; see `book.Ledger`."""

    def issued(self, month: int) -> Issued | None:
        """The report of this month (yyyymm) as it was issued last; None where there is none."""
        query = (
            "SELECT counts, COALESCE(d.content, x''), t.content FROM issued JOIN templates t ON t.sha256 = template"
            " LEFT JOIN issued_detail d USING (month) WHERE month = ?"
        )
        with database.told(self.path):
            row = self._connection.execute(query, (month,)).fetchone()
        return Issued.unpacked(*row) if row else None

    def issued_months(self) -> list[int]:
        """The months (yyyymm) of which a report was issued, in order."""
        with database.told(self.path):
            return [row[0] for row in self._connection.execute("SELECT month FROM issued ORDER BY month")]

    def issued_before(self, month: int) -> Issued | None:
        """The newest report of a month before this one (yyyymm)."""
        earlier = [m for m in self.issued_months() if m < month]
        return self.issued(earlier[-1]) if earlier else None

    def flaws_before(self, month: int) -> pd.DataFrame:
        """OPEN_FLAWS: the registry problems of the newest month that was run before this one (yyyymm)."""
        query = "SELECT COALESCE(MAX(as_of), 0) / 100 FROM runs WHERE command = 'reconcile' AND as_of / 100 < ?"
        with database.told(self.path):
            former = self._connection.execute(query, (month,)).fetchone()[0]
            rows = self._connection.execute(f"SELECT digest, school, code FROM flaws WHERE {_THERE}", (former,))  # noqa: S608
            return _frame(rows.fetchall())

    def returned(self, month: int) -> Returned:
        """What came back of the checklists of this month (yyyymm)."""
        kinds = "kind IN ('township', 'school')"
        with database.told(self.path):
            places = self._connection.execute(
                f"SELECT DISTINCT kind, place FROM collected WHERE as_of / 100 = ? AND {kinds}",  # noqa: S608
                (month,),
            ).fetchall()
            answers = self._connection.execute(
                "SELECT sender, COUNT(DISTINCT number) FROM findings WHERE as_of / 100 = ? GROUP BY sender", (month,)
            ).fetchall()
        by_sender = {tuple(sender.split(":", 1)): count for sender, count in answers}
        return Returned(frozenset(map(tuple, places)), by_sender)

    def with_report(self, month: CasePlan, report: Issued, flaws: pd.DataFrame) -> CasePlan:
        """The plan with what this report and these OPEN_FLAWS add to what is held. Nothing is written."""
        counts, detail = report.packed()
        digest = sha256(report.template).hexdigest()
        content: dict[str, Any] = {}
        with database.told(self.path):
            if not self._holds(month.as_of // 100, counts, detail, digest):
                content = {
                    "counts": b64encode(counts).decode(), "detail": b64encode(detail).decode(), "template": digest,
                    "document": b64encode(report.template).decode(),
                }  # fmt: skip
            content |= self._changed(month.as_of // 100, flaws)
        return replace(month, report=content)

    def _holds(self, month: int, counts: bytes, detail: bytes, template: str) -> bool:
        query = "SELECT counts, COALESCE(d.content, x''), template FROM issued LEFT JOIN issued_detail d USING (month) WHERE month = ?"
        row = self._connection.execute(query, (month,)).fetchone()
        if row is None or row[2] != template:
            return False
        return all(_same(held, new) for held, new in zip(row[:2], (counts, detail), strict=True))

    def _changed(self, month: int, flaws: pd.DataFrame) -> dict[str, Any]:
        """Which problems are new and which are gone; nothing for a month that is past."""
        newest = self._connection.execute("SELECT COALESCE(MAX(as_of), 0) / 100 FROM runs WHERE command = 'reconcile'")
        if month < newest.fetchone()[0]:
            return {}
        held = {row[0] for row in self._connection.execute(f"SELECT digest FROM flaws WHERE {_THERE}", (month,))}  # noqa: S608
        told = {d: (s, c) for d, s, c in flaws.itertuples(index=False, name=None)}
        added = [[d, *told[d]] for d in sorted(told.keys() - held)]
        gone = sorted(held - told.keys())
        return {"added": added, "gone": gone} if added or gone else {}


def _same(held: bytes, new: bytes) -> bool:
    """Equal content; how it was compressed does not count."""
    return held == new or (bool(held) and zlib.decompress(held) == zlib.decompress(new))


def add(connection: sqlite3.Connection, as_of: int, content: Mapping[str, Any], run: int) -> None:
    """Store what `Reports.with_report` planned; inside a transaction."""
    month = as_of // 100
    if "counts" in content:
        template = content["template"], b64decode(content["document"])
        connection.execute("INSERT OR IGNORE INTO templates VALUES (?, ?)", template)
        connection.execute(
            "INSERT INTO issued VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (month) DO UPDATE SET"
            " as_of = ?2, counts = ?3, template = ?4, run = ?5",
            (month, as_of, b64decode(content["counts"]), content["template"], run),
        )
        connection.execute(
            "INSERT INTO issued_detail VALUES (?1, ?2) ON CONFLICT (month) DO UPDATE SET content = ?2",
            (month, b64decode(content["detail"])),
        )
    gone = [(month, digest) for digest in content.get("gone", [])]
    connection.executemany("DELETE FROM flaws WHERE first = ? AND digest = ?", gone)
    connection.executemany("UPDATE flaws SET gone = ? WHERE digest = ? AND gone = 0", gone)
    back = {row[0] for row in connection.execute("SELECT digest FROM flaws WHERE gone = ?", (month,))}
    added = content.get("added", [])
    again = [(digest, month) for digest, _, _ in added if digest in back]
    new = [(digest, month, school, code) for digest, school, code in added if digest not in back]
    connection.executemany("UPDATE flaws SET gone = 0 WHERE digest = ? AND gone = ?", again)
    connection.executemany("INSERT INTO flaws VALUES (?, ?, 0, ?, ?)", new)


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(OPEN_FLAWS.names)
    return OPEN_FLAWS.frame(dict(zip(OPEN_FLAWS.names, map(list, columns), strict=True)))

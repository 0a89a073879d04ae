"""What is on file about each case: its history, visits, remarks, and what the lists said of the child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from kcbx_cli.ledger import database, facts
from kcbx_cli.ledger.numbers import case_id
from kcbx_cli.ledger.plan import CasePlan
from kcbx_cli.ledger.store import Store


class CaseFiles(Store):
    """The part of a ledger that is read case by case; see `book.Ledger`."""

    def told(self, case: str) -> pd.DataFrame:
        """HISTORY of a case: events and remarks, with the command and the hour that recorded each."""
        with database.told(self.path):
            return facts.history(self._connection, case)

    def visits(self, case: str) -> pd.DataFrame:
        """VISITS of a case: what was entered on checklists about it."""
        with database.told(self.path):
            return facts.visits(self._connection, case)

    def stages(self) -> dict[str, str]:
        """The newest step of 三访一验 of each case that was visited."""
        query = (
            "SELECT number, stage FROM findings WHERE finding IN (SELECT MAX(finding) FROM findings GROUP BY number)"
        )
        with database.told(self.path):
            return {case_id(number): step for number, step in self._connection.execute(query)}

    def facts(self, case: str = "") -> pd.DataFrame:
        """FACTS: all of one case in order, or the newest of every case."""
        with database.told(self.path):
            return facts.of_case(self._connection, case) if case else facts.newest(self._connection)

    def annotate(self, cases: Sequence[str], as_of: date, who: str, text: str) -> None:
        """Add a remark to some cases, in one transaction.

        Raises:
            KcbxError: `ledger_busy`, `ledger_locked`, `disk_full`, `ledger_not_writable`.
        """
        with self._writing():
            self._refuse_pending()
            facts.annotate(self._connection, cases, as_of.year * 10000 + as_of.month * 100 + as_of.day, who, text)

    def with_facts(self, month: CasePlan, told: pd.DataFrame) -> CasePlan:
        """The plan with what these FACTS add to those that are held. Nothing is written."""
        with database.told(self.path):
            return replace(month, facts=facts.changed(self._connection, month.as_of, told))

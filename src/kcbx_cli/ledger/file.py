"""What is on file about each case: its history, visits, remarks, and what the lists said of the child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kcbx_cli.ledger import database, facts, identities, rows, watch
from kcbx_cli.ledger.numbers import case_number
from kcbx_cli.ledger.plan import CasePlan
from kcbx_cli.ledger.reports import Reports
from kcbx_cli.ledger.watch import WatchPlan

if TYPE_CHECKING:
    import pandas as pd


class CaseFiles(Reports):
    """The part of a ledger that is read case by case; see `book.Ledger`."""

    def caseload(self, case: str = "") -> list[Any]:
        """Rows of CASELOAD: where every case stands, in the order of case numbers; or this one."""
        with database.told(self.path):
            return rows.read_caseload(self._connection, case)

    def persons(self, case: str = "") -> dict[str, Any]:
        """Whom each case is about, or this one, as rows of PEOPLE by case number; those that were purged are missing."""
        with database.told(self.path):
            return identities.persons(self._connection, case)

    def told(self, case: str) -> list[Any]:
        """Rows of HISTORY of a case: events and remarks, with the command and the hour that recorded each."""
        with database.told(self.path):
            return facts.history(self._connection, case)

    def visits(self, case: str) -> list[Any]:
        """Rows of VISITS of a case: what was entered on checklists about it."""
        with database.told(self.path):
            return facts.visits(self._connection, case)

    def facts(self, case: str) -> list[Any]:
        """Rows of FACTS of a case: what the lists said of the child, in the order in which they said it."""
        with database.told(self.path):
            return facts.of_case(self._connection, case)

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

    # -- the watch list ------------------------------------------------------------------------------------------

    def watched(self) -> pd.DataFrame:
        """WATCHED: everybody who was ever proposed for the watch list or put on it."""
        with database.told(self.path):
            return watch.watched(self._connection)

    def past_cases(self, since: int, returned: Sequence[str]) -> tuple[set[str], set[str]]:
        """Cases with a finding of these dispositions after that day (yyyymmdd), and cases opened again after it."""
        with database.told(self.path):
            return watch.past(self._connection, since, returned)

    def plan_watch(
        self, events: pd.DataFrame, fresh: pd.DataFrame, frames: tuple[pd.DataFrame, pd.DataFrame]
    ) -> WatchPlan:
        """WATCH_EVENTS with who the `fresh` children are (WATCH rows without an identity), from lists and registry."""
        who = identities.of_work(fresh, *frames)
        since = int(events["as_of"].max()) if len(events) else 0
        people = [
            (case_number(case), since, [one[column] for column in identities.COLUMNS])
            for case, one in zip(fresh["case_id"], who, strict=True)
        ]
        return WatchPlan(events, people)

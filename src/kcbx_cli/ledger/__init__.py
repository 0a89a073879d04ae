"""The case ledger: one SQLite file with cases, append-only events, identities and decided pairs, in transactions."""

from kcbx_cli.ledger.book import Ledger, digests, open_ledger
from kcbx_cli.ledger.cipher import convert
from kcbx_cli.ledger.numbers import unknown_cases
from kcbx_cli.ledger.plan import ROWS, CasePlan, Work
from kcbx_cli.ledger.reports import Returned
from kcbx_cli.ledger.returns import Collected, Collection, Correction, WrittenIn
from kcbx_cli.ledger.rows import ANSWERS
from kcbx_cli.ledger.watch import WatchPlan

__all__ = [
    "ANSWERS", "ROWS", "CasePlan", "Collected", "Collection", "Correction", "Ledger", "Returned", "WatchPlan", "Work",
    "WrittenIn", "convert", "digests", "open_ledger", "unknown_cases",
]  # fmt: skip

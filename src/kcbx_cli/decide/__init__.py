"""Core: what a link, or its absence, means.

What stands here is loaded when it is first asked for: a command that only reads the ledger does not pay for the month's
rules, which work on whole columns.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcbx_cli.decide.accounted import pupil_verdicts, unseen_of
    from kcbx_cli.decide.age import ages, expected_grade, school_year, window
    from kcbx_cli.decide.carried import Doubt, Unseen, carried_over
    from kcbx_cli.decide.compared import LOW_INCOME, OVERLAP
    from kcbx_cli.decide.facts import Inputs
    from kcbx_cli.decide.presence import Roll
    from kcbx_cli.decide.reasons import REASONS
    from kcbx_cli.decide.verdict import Decided, tally, verdicts, with_abroad

__all__ = [
    "LOW_INCOME", "OVERLAP", "REASONS", "Decided", "Doubt", "Inputs", "Roll", "Unseen", "ages", "carried_over",
    "expected_grade", "pupil_verdicts", "school_year", "tally", "unseen_of", "verdicts", "window", "with_abroad",
]  # fmt: skip
_WHERE = {
    "LOW_INCOME": "compared", "OVERLAP": "compared", "REASONS": "reasons", "Decided": "verdict", "Doubt": "carried", "Unseen": "carried", "pupil_verdicts": "accounted", "unseen_of": "accounted",
    "Inputs": "facts", "Roll": "presence", "ages": "age", "carried_over": "carried", "expected_grade": "age",
    "school_year": "age", "tally": "verdict", "verdicts": "verdict", "window": "age", "with_abroad": "verdict",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"kcbx_cli.decide.{_WHERE[name]}"), name)

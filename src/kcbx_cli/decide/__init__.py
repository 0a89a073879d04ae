"""Core: what a link, or its absence, means."""

from kcbx_cli.decide.age import ages, expected_grade, school_year, window
from kcbx_cli.decide.carried import Doubt, carried_over
from kcbx_cli.decide.compared import LOW_INCOME, OVERLAP
from kcbx_cli.decide.duties import Home, duties
from kcbx_cli.decide.facts import Inputs
from kcbx_cli.decide.presence import Roll
from kcbx_cli.decide.reasons import REASONS
from kcbx_cli.decide.verdict import Decided, tally, verdicts

__all__ = [
    "LOW_INCOME",
    "OVERLAP",
    "REASONS",
    "Decided",
    "Doubt",
    "Home",
    "Inputs",
    "Roll",
    "ages",
    "carried_over",
    "duties",
    "expected_grade",
    "school_year",
    "tally",
    "verdicts",
    "window",
]

"""The story of the matching itself, told apart from the month's: fit it, measure it, explain it."""

from kcbx_cli.assess.fitting import train
from kcbx_cli.assess.measuring import evaluate
from kcbx_cli.assess.reasons import Explained, Question, explain

__all__ = ["Explained", "Question", "evaluate", "explain", "train"]

"""Edge: runs the kernel on this machine."""

from kcbx_cli.run.cases import Owners, owners
from kcbx_cli.run.local import Ints, Lists, Matched, load_model, match_month
from kcbx_cli.run.rollcall import RollCall, roll_call
from kcbx_cli.run.written import Recognised, recognise

__all__ = [
    "Ints", "Lists", "Matched", "Owners", "Recognised", "RollCall", "load_model", "match_month", "owners", "recognise", "roll_call",
]  # fmt: skip

"""Edge: plan, check, commit: workbooks and machine-readable files."""

from kcbx_cli.write.plan import plan_month
from kcbx_cli.write.planned import Planned
from kcbx_cli.write.single import save

__all__ = ["Planned", "plan_month", "save"]

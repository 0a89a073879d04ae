"""Edge: plan, check, commit: workbooks and machine-readable files."""

from kcbx_cli.write.given import exports, give, sealed
from kcbx_cli.write.plan import plan_month
from kcbx_cli.write.planned import Planned
from kcbx_cli.write.report import report_files
from kcbx_cli.write.single import save

__all__ = ["Planned", "exports", "give", "plan_month", "report_files", "save", "sealed"]

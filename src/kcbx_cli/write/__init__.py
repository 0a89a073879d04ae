"""Edge: plan, check, commit: workbooks and machine-readable files.

What stands here is loaded when it is first asked for: a command that prints a line does not pay for every workbook.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcbx_cli.write.given import exports, give, sealed
    from kcbx_cli.write.plan import plan_month
    from kcbx_cli.write.planned import Planned
    from kcbx_cli.write.report import report_files
    from kcbx_cli.write.single import save

__all__ = ["Planned", "exports", "give", "plan_month", "report_files", "save", "sealed"]
_WHERE = {
    "Planned": "planned", "exports": "given", "give": "given", "plan_month": "plan", "report_files": "report", "save": "single",
    "sealed": "given",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"kcbx_cli.write.{_WHERE[name]}"), name)

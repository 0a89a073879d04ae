"""The monthly report: what a month is counted into, and how a past month's report is written again."""

from kcbx_cli.reporting.month import of_month
from kcbx_cli.reporting.publish import publish
from kcbx_cli.reporting.rebuild import Asked, rebuild
from kcbx_cli.reporting.since import since

__all__ = ["Asked", "of_month", "publish", "rebuild", "since"]

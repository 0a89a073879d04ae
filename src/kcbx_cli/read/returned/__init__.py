"""Sheets that kcbx printed and that come back filled in: checklists, review sheets, sheets of data problems."""

from kcbx_cli.read.returned.entries import Entry
from kcbx_cli.read.returned.load import Returned, returned

__all__ = ["Entry", "Returned", "returned"]

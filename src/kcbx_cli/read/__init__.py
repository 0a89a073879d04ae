"""Edge: bytes to cells to rows with their origin; nothing is cleaned here.

`find` and `settle` say which files are meant, `load` reads one of them, `describe` and `as_data` tell what it was.
"""

from kcbx_cli.read.load import load
from kcbx_cli.read.report import ColumnReport, Loaded, SheetReport, Source, as_data, describe
from kcbx_cli.read.sources import EXTENSIONS, find, overlooked, safe, settle

__all__ = [
    "EXTENSIONS", "ColumnReport", "Loaded", "SheetReport", "Source", "as_data", "describe", "find", "load", "overlooked",
    "safe", "settle",
]  # fmt: skip

"""Filling in what kcbx printed, as an office does: by the words of the header, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl


class Sheet:
    """A printed workbook that is being filled in."""

    def __init__(self, path: Path, title: str = "") -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book[title] if title else self.book.worksheets[0]
        self.head = next(
            r for r in range(1, 30) if "序号" in [str(c.value or "").replace("\n", "") for c in self.sheet[r]]
        )

    @property
    def columns(self) -> dict[str, int]:
        """Header without line breaks -> column, from 1."""
        return {str(c.value).replace("\n", ""): c.column for c in self.sheet[self.head] if c.value}

    def row_of(self, name: str, column: str = "姓名") -> int:
        """The row in which this name is printed."""
        at = self.columns[column]
        (found,) = [r for r in range(self.head + 1, self.sheet.max_row + 1) if self.sheet.cell(r, at).value == name]
        return found

    @property
    def blank_row(self) -> int:
        """The first free row for a child who was found door to door."""
        band = next(
            r for r in range(1, self.sheet.max_row + 1)
            if str(self.sheet.cell(r, 1).value or "").startswith("摸排发现")
        )  # fmt: skip
        return next(r for r in range(band + 1, band + 30) if not self.sheet.cell(r, self.columns["姓名"]).value)

    def fill(self, row: int, **cells: Any) -> Sheet:
        """Writes into the row, by header."""
        for word, value in cells.items():
            self.sheet.cell(row, self.columns[word]).value = value
        return self

    def save(self, path: Path | None = None) -> Path:
        """Saves it, elsewhere if a path is given."""
        target = path or self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.book.properties.description = target.name
        self.book.save(target)
        return target

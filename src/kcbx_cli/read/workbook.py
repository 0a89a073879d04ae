"""Workbooks through calamine, opened by content; rows and columns stay where the file has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from io import BytesIO
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kcbx_cli.read.grid import HEAD, Cells, Range, Row, array

_HIDDEN = ((SheetVisibleEnum.Hidden, "hidden"), (SheetVisibleEnum.VeryHidden, "very hidden"))


class CalamineGrid:
    """One sheet of a workbook, parsed when it is first looked at."""

    def __init__(self, book: CalamineWorkbook, name: str, hidden: str) -> None:
        self._book = book
        self.name = name
        self.hidden = hidden

    @cached_property
    def _sheet(self) -> CalamineSheet:
        return self._book.get_sheet_by_name(self.name)

    @cached_property
    def merged(self) -> Sequence[Range]:
        """Merged cells, where the format tells."""
        return self._sheet.merged_cell_ranges or []

    @cached_property
    def _head(self) -> list[Row]:
        if self._sheet.start is None:
            return []
        left: Row = [""] * self._sheet.start[1]
        return [left + row if len(row) < self._width else row for row in islice(self._sheet.iter_rows(), HEAD)]

    @property
    def _width(self) -> int:
        return self._sheet.end[1] + 1 if self._sheet.end else 0

    def head(self) -> list[Row]:
        """The first rows."""
        return self._head

    def columns(self, wanted: Sequence[int]) -> list[Cells]:
        """The whole of the wanted columns. Rows pass one by one, so that the other cells never pile up in memory."""
        if not wanted or self._sheet.start is None:
            return [array([]) for _ in wanted]
        left = self._sheet.start[1]
        places = [c - left for c in wanted if c >= left]
        if not places:
            return [array([""] * (self._sheet.end or (0, 0))[0]) for _ in wanted]
        pick = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
        picked = iter(zip(*[pick(row) for row in self._sheet.iter_rows()], strict=True))
        made = [array(next(picked)) if c >= left else None for c in wanted]
        length = next(len(m) for m in made if m is not None)
        return [array([""] * length) if m is None else m for m in made]

    def numbers(self) -> NDArray[np.int64] | None:
        """Rows are numbered from 1 without gaps."""
        return None


def open_book(data: bytes) -> CalamineWorkbook:
    """The workbook. Raises what calamine raises."""
    return CalamineWorkbook.from_filelike(BytesIO(data))


def grids(book: CalamineWorkbook) -> list[CalamineGrid]:
    """The worksheets, charts and macro sheets left out."""
    kept: list[Any] = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    return [CalamineGrid(book, m.name, next((word for seen, word in _HIDDEN if m.visible == seen), "")) for m in kept]


def _hidden(sheet: Any) -> str:
    return next((word for state, word in _HIDDEN if sheet.visible == state), "")

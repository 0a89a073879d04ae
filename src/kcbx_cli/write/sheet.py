"""XlsxWriter's worksheet with a shorter way for rows of text, which are nearly all that is written: the same bytes.

A county has some two hundred workbooks with a hundred thousand cells, and the library asks of each cell ten times what a
cell of text answers once. `tests/write/test_book.py` sets both ways side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet

#: Longer texts go the library's way, which cuts them at a cell's limit.
_LONG = 10_000


class Sheet(Worksheet):  # type: ignore[misc,unused-ignore]
    """A worksheet to which rows of text can be added at once."""

    def texts(self, row: int, cells: Sequence[str], styles: Sequence[Any]) -> None:
        """Text from column A on, each cell with its style; an empty text is a blank cell."""
        if any(len(text) > _LONG for text in cells):
            for column, (text, style) in enumerate(zip(cells, styles, strict=True)):
                self.write_string(row, column, text, style) if text else self.write_blank(row, column, None, style)
            return
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(cells) - 1)
        number, line = self.str_table._get_shared_string_index, self.table[row]
        for column, (text, style) in enumerate(zip(cells, styles, strict=True)):
            line[column] = CellStringTuple(number(text), style) if text else CellBlankTuple(style)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell)
        if cell.format and kind is CellStringTuple:
            style = cell.format._get_xf_index()
            self.fh.write(f'<c r="{_letter(col)}{row + 1}" s="{style}" t="s"><v>{cell.string}</v></c>')
        elif cell.format and kind is CellBlankTuple:
            self.fh.write(f'<c r="{_letter(col)}{row + 1}" s="{cell.format._get_xf_index()}"/>')
        else:
            super()._write_cell(row, col, cell)


#: The letters of a column, counted from 0.
_letter = cache(xl_col_to_name)

"""XlsxWriter with a shorter way for rows of text, which are nearly all that is written: the same bytes.

A county has some two hundred workbooks with a hundred thousand cells, and the library asks of each cell ten times what a
cell of text answers once. `tests/write/test_book.py` sets both ways side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet

#: What of a text is not written as it stands: markup, what XML or Excel escapes, space at either end.
_ODD = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x|^\s|\s$")
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

    def _write_rows(self) -> None:
        self._calculate_spans()
        styles: dict[Any, int] = {None: 0}
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            line, about, span = self.table.get(row), self.row_info.get(row), self.row_spans.get(row // 16)
            if line:
                self._write_row(row, span, about)
                self._write_cells(row, line, styles)
                self._xml_end_tag("row")
            elif about or row in self.comments:
                self._write_empty_row(row, span, about)

    def _write_cells(self, row: int, line: dict[int, Any], styles: dict[Any, int]) -> None:
        """The cells of a row; `styles` remembers the number of each style."""
        number, write = row + 1, self.fh.write
        for column in sorted(line):
            cell = line[column]
            kind = type(cell)
            style = styles.get(cell.format)
            if style is None:
                style = styles[cell.format] = cell.format._get_xf_index()
            if style and kind is CellStringTuple:
                write(f'<c r="{_letter(column)}{number}" s="{style}" t="s"><v>{cell.string}</v></c>')
            elif style and kind is CellBlankTuple:
                write(f'<c r="{_letter(column)}{number}" s="{style}"/>')
            else:
                self._write_cell(row, column, cell)


class _Texts(SharedStrings):  # type: ignore[misc,unused-ignore]
    """The table of all texts."""

    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            self._write_si(text) if _ODD.search(text) else self.fh.write(f"<si><t>{text}</t></si>")


class _Parts(Packager):  # type: ignore[misc,unused-ignore]
    """The parts of a workbook."""

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            texts = _Texts()
            texts.string_table = self.workbook.str_table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class Texts(Workbook):  # type: ignore[misc,unused-ignore]
    """A workbook of such sheets."""

    def _get_packager(self) -> Packager:
        return _Parts()


#: The letters of a column, counted from 0.
_letter = cache(xl_col_to_name)

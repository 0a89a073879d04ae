"""XlsxWriter's worksheet with a shorter way for rows of text, which are nearly all that is written: the same bytes.

A county has some two hundred workbooks with a hundred thousand cells, and the library asks of each cell ten times what a
row of text answers once. `tests/write/test_book.py` sets both ways side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from io import StringIO
from itertools import zip_longest
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet

#: So many rows share one span.
_SPAN_ROWS = 16
#: The numbers of a row's texts among all texts of the workbook; None is a blank cell.
_Line = list[int | None]
_Start = tuple[str, str, str]


class _Rows(NamedTuple):
    """Rows below each other: the first one's number, the texts, each column's style, each row's height in points."""

    first: int
    lines: list[_Line]
    styles: Sequence[Any] | None
    heights: Sequence[float] | None
    width: int

    def filled(self, line: _Line) -> bool:
        """Whether that row of them has a cell."""
        return self.styles is not None or line.count(None) < len(line)


class Sheet(Worksheet):  # type: ignore[misc,unused-ignore]
    """A worksheet that is written in rows of text, from above; single cells may be written over afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[_Rows] = []
        #: widths of the columns from A on, in pixels
        self.widths: tuple[int, ...] = ()

    def texts(
        self,
        first: int,
        rows: Sequence[Sequence[str]],
        styles: Sequence[Any] | None = None,
        heights: Sequence[float] | None = None,
    ) -> None:
        """Rows of clean text from row `first` and column A on, with each column's style and each row's height in points.

        An empty text is a blank cell; without styles it is none.
        """
        if not rows:
            return
        self._check_dimensions(first, 0)
        width = max(map(len, rows))
        self._check_dimensions(first + len(rows) - 1, width - 1)
        self._texts.append(_Rows(first, [self.str_table.numbers(cells) for cells in rows], styles, heights, width))

    def lists(self, columns: Sequence[Sequence[str]]) -> None:
        """Texts below each other from the first row on, a column each and numbered in that order, without a style."""
        numbered = [self.str_table.numbers(texts) for texts in columns]
        lines = list(map(list, zip_longest(*numbered)))
        self._check_dimensions(0, 0)
        self._check_dimensions(len(lines) - 1, len(columns) - 1)
        self._texts.append(_Rows(0, lines, None, None, len(columns)))

    def across(self, row: int, last: int, text: str, style: Any, height: float) -> None:
        """One clean text across a row, from column A to the last."""
        self.texts(row, [[text, *[""] * last]], [style] * (last + 1), [height])
        self.merge.append([row, 0, row, last])

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """The formula of a rule, which the library searches for fifty functions; most sheets have the same few."""
        return _prepared(formula, expand_future_functions)

    def _write_cols(self) -> None:
        self.fh.write(_columns(self.widths))

    def _write_rows(self) -> None:
        spans = self._spans()
        for rows in self._texts:
            starts: list[_Start] = []
            for n, line in enumerate(rows.lines):
                if not rows.filled(line):
                    continue
                row = rows.first + n
                height = _height_words(rows.heights[n], self.default_row_height) if rows.heights else ""
                self.fh.write(f'<row r="{row + 1}" spans="{spans[row // _SPAN_ROWS]}"{height}>')
                if row in self.table:
                    self._write_mixed(row, line, rows.styles or ())
                else:
                    starts = starts or _starts(rows)
                    self.fh.write(_cells(row + 1, line, starts))
                self.fh.write("</row>")

    def _write_mixed(self, row: int, line: _Line, styles: Sequence[Any]) -> None:
        """A row of which single cells were written over."""
        over = self.table[row]
        for column, (text, style) in enumerate(zip(line, styles, strict=True)):
            own = CellBlankTuple(style) if text is None else CellStringTuple(text, style)
            self._write_cell(row, column, over.get(column, own))

    def _spans(self) -> dict[int, str]:
        """The first and the last column, counted from 1, of each block of rows."""
        reach: dict[int, tuple[int, int]] = {}
        for rows in self._texts:
            for row, line in enumerate(rows.lines, start=rows.first):
                if not rows.filled(line):
                    continue
                full = rows.styles or None not in line
                columns = range(len(line)) if full else [c for c, text in enumerate(line) if text is not None]
                first, last = reach.get(row // _SPAN_ROWS, (columns[0], columns[-1]))
                reach[row // _SPAN_ROWS] = min(first, columns[0]), max(last, columns[-1])
        return {block: f"{first + 1}:{last + 1}" for block, (first, last) in reach.items()}


@lru_cache(maxsize=256)
def _prepared(formula: str, expand_future_functions: bool) -> str:
    prepared: str = Worksheet()._prepare_formula(formula, expand_future_functions)
    return prepared


@lru_cache(maxsize=64)
def _columns(widths: tuple[int, ...]) -> str:
    """The columns of these widths, as the library writes them."""
    sheet = Worksheet()
    for column, pixels in enumerate(widths):
        sheet.set_column_pixels(column, column, pixels)
    sheet.fh = written = StringIO()
    sheet._write_cols()
    return written.getvalue()


def _starts(rows: _Rows) -> list[_Start]:
    styles = [style._get_xf_index() for style in rows.styles] if rows.styles else [0] * rows.width
    return [_start(column, style) for column, style in enumerate(styles)]


@cache
def _start(column: int, style: int) -> _Start:
    """How the cells of a column go on: up to the row's number, from there to a text's number, or else for a blank."""
    letter, styled = f'<c r="{xl_col_to_name(column)}', f'" s="{style}"' if style else '"'
    return letter, f'{styled} t="s"><v>', f"{styled}/>" if style else ""


def _cells(number: int, line: _Line, starts: Sequence[_Start]) -> str:
    """The cells of the row with this number, counted from 1."""
    return "".join([
        f"{letter}{number}{begun}{text}</v></c>" if text is not None else blank and f"{letter}{number}{blank}"
        for text, (letter, begun, blank) in zip(line, starts, strict=False)
    ])  # fmt: skip


def _height_words(points: float, usual: int) -> str:
    """The height of a row, which the library keeps in pixels; nothing where it is the `usual` one."""
    pixels = int(points * 4.0 / 3.0 + 0.5)
    return "" if pixels == usual else f' ht="{pixels * 0.75:.16g}" customHeight="1"'

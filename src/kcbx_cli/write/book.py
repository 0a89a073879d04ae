"""A workbook made in memory, the same bytes each time: formats, tables that print well, drop-downs, the hidden stamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from kcbx_cli.stamps import SHEET, Stamp
from kcbx_cli.write.cells import FULL, clean, lines
from kcbx_cli.write.mark import mark

#: Width of an A4 page lying down inside its margins, in pixels of 1/96 inch: at this total nothing is scaled.
PAGE_PX = 1080
FONT = "宋体"
SIZE = 9
#: Column widths count digits of the workbook's normal font. Verdana's are as wide as those of the fonts that take its
#: place where it is missing, so that columns come out equally wide, and the print unscaled, on any machine.
_NORMAL = {"font_name": "Verdana", "font_size": 8}
_LINE_PT = 13.0
_PAGE_PT = 527.0
_PAD_PX = 6
_EM_PX = SIZE * 96 / 72
_MAX_ROW_PT = 400.0
_BASE = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "text_wrap": True}
_GRID = _BASE | {"border": 1, "num_format": "@"}
_STYLES: dict[str, dict[str, Any]] = {
    "text": _GRID,
    "centre": _GRID | {"align": "center"},
    "date": _GRID | {"align": "center", "num_format": "yyyy-mm-dd"},
    "head": _GRID | {"align": "center", "bold": True, "bg_color": "#E8EEF4"},
    "fill_head": _GRID | {"align": "center", "bold": True, "bg_color": "#FCEFD8"},
    "differs": _GRID | {"bg_color": "#FBE3E0"},
    "band": _GRID | {"bold": True, "bg_color": "#F2F2F2"},
    "title": _BASE | {"font_name": "黑体", "font_size": 16, "align": "center", "text_wrap": False},
    "note": _BASE | {"valign": "top"},
    "line": _BASE | {"font_size": 11, "text_wrap": False},
    "zero": _BASE | {"font_size": 14, "align": "center", "border": 1},
    "red": {"font_name": FONT, "font_size": SIZE, "bold": True, "font_color": "#C00000"},
    "black": {"font_name": FONT, "font_size": SIZE},
    "todo": {"bg_color": "#FFF4C2"},
}


@dataclass(frozen=True, slots=True)
class Col:
    """One column of a printed table: its key, header, width in pixels, style, and whether it is to be filled in."""

    key: str
    header: str
    px: int
    style: str = "text"
    blank: bool = False

    @property
    def room(self) -> int:
        """What stands on a line, in hundredths of an em."""
        return max(FULL, int((self.px - _PAD_PX) * 100 / _EM_PX))


class Book:
    """One workbook in memory. The creation date is the month's, so that equal content makes equal bytes."""

    def __init__(self, title: str, as_of: date) -> None:
        from kcbx_cli.write.package import Texts
        from kcbx_cli.write.sheet import Sheet

        self._sheet = Sheet
        options = {
            "default_format_properties": dict(_NORMAL),  # the library adds to it, and the next workbook differs
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = Texts(options)
        created = datetime(as_of.year, as_of.month, as_of.day)
        self._about: dict[str, Any] = {"title": clean(title), "author": "kcbx", "created": created}
        self._printed = sha256(clean(title).encode())
        self._people = 0
        #: heights of the rows written to the present sheet, in points
        self.heights: list[float] = []
        self._columns: Sequence[Col] = ()
        self._styles: dict[str, Any] = {}
        self._choices: list[tuple[str, ...]] = []

    def style(self, name: str) -> Any:
        """The format of that name, made when it is first used."""
        if name not in self._styles:
            self._styles[name] = self._book.add_format(_STYLES[name])
        return self._styles[name]

    def sheet(self, name: str, columns: Sequence[Col], footer: str) -> Any:
        """A new worksheet for A4 lying down, one page wide, with these column widths and page numbers in the footer."""
        sheet = self._book.add_worksheet(name, self._sheet)
        self.heights = []
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.2, right=0.2, top=0.4, bottom=0.5)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        mark = clean(footer).replace("\n", " ").replace("&", "&&")[:80]
        sheet.set_footer(f"&L&8{mark}&C&8第 &P 页 共 &N 页&R&8内含个人信息，注意保密", {"margin": 0.2})
        sheet.widths = tuple(c.px for c in columns)
        self._columns = columns
        return sheet

    def heading(self, sheet: Any, title: str, notes: Sequence[str], last: int) -> int:
        """A title and small lines above the table, each across columns 0 to `last`; returns the next free row."""
        self.strip(sheet, (0, last), title, "title", 26)
        for i, note in enumerate(notes, start=1):
            self.strip(sheet, (i, last), note, "note", 16)
        return 1 + len(notes)

    def strip(self, sheet: Any, at: tuple[int, int], text: str, style: str, height: float) -> None:
        """One text across a row, from column 0 to the last; `at` is the row and that column.

        The row is at least so many points high; where the style breaks lines, high enough for all of them.
        """
        row, last = at
        room = Col("", "", sum(c.px for c in self._columns[: last + 1])).room
        wraps = _STYLES[style].get("text_wrap") and lines(clean(text), room) > 1
        self.heights.append(_heights([[clean(text)]], [room], height)[0] if wraps else height)
        self._printed.update(text.encode("utf-8", "surrogatepass"))
        sheet.across(row, last, clean(text), self.style(style), self.heights[-1])

    def header(self, sheet: Any, row: int, columns: Sequence[Col], frozen: int) -> None:
        """The header row: repeated on each page, frozen with `frozen` columns at its left."""
        headers = [c.header for c in columns]
        self.heights.append(row_height(headers, columns, 28.0))
        styles = [self.style("fill_head" if c.blank else "head") for c in columns]
        sheet.texts(row, [headers], styles, self.heights[-1:])
        sheet.repeat_rows(row)
        sheet.freeze_panes(row + 1, frozen)

    def row(self, sheet: Any, row: int, columns: Sequence[Col], cells: Sequence[str], least: float) -> None:
        """One row of text, at least `least` points high and high enough for all of it."""
        self.rows(sheet, row, columns, [cells], least)

    def rows(self, sheet: Any, first: int, columns: Sequence[Col], rows: Sequence[Sequence[str]], least: float) -> None:
        """Rows of text from row `first` on, each at least `least` points high and high enough for all of it."""
        styles = [self.style(c.style) for c in columns]
        heights = _heights(rows, [c.room for c in columns], least)
        self._printed.update("".join(map("\x1f".join, rows)).encode("utf-8", "surrogatepass"))
        self._people += sum(any(cells[1:]) for cells in rows)
        self.heights += heights
        sheet.texts(first, rows, styles, heights)

    def choices(self, values: Sequence[str]) -> str:
        """A reference to these values on the hidden sheet of choices (a list inside a rule holds 255 characters only)."""
        values = tuple(clean(v) for v in values)
        if values not in self._choices:
            self._choices.append(values)
        letter = chr(ord("A") + self._choices.index(values))
        return f"=选项!${letter}$1:${letter}${max(1, len(values))}"

    def drop_down(self, sheet: Any, where: tuple[int, int, int, int], values: Sequence[str], title: str) -> None:
        """A list to choose from in these cells; another text is accepted after a question."""
        rule = {
            "validate": "list", "source": self.choices(values), "error_type": "warning",
            "error_title": title, "error_message": "不在选项中。确要这样填写，请选「是」。",
        }  # fmt: skip
        sheet.data_validation(*where, rule)

    def date_rule(self, sheet: Any, where: tuple[int, int, int, int], title: str) -> None:
        """A date is expected in these cells; text is accepted after a notice."""
        rule = {
            "validate": "date", "criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31),
            "error_type": "information", "error_title": title, "error_message": "请填日期，例如 2021-10-15。",
        }  # fmt: skip
        sheet.data_validation(*where, rule)

    def finish(self, stamp: Stamp) -> bytes:
        """The workbook with its mark on every page and its hidden sheets, as bytes."""
        marked = mark(stamp, self._printed.hexdigest(), self._people)
        for sheet in self._book.worksheets():
            sheet.set_header(marked.header, {"margin": 0.15})
        self._book.set_properties({**self._about, **marked.properties})
        if self._choices:
            hidden = self._book.add_worksheet("选项", self._sheet)
            hidden.lists(self._choices)
            hidden.hide()
        known = self._book.add_worksheet(SHEET, self._sheet)
        known.texts(0, [[clean(text) for text in cells] for cells in stamp.cells()])
        known.very_hidden()
        packed: bytes = self._book.packed()
        return packed


def last_starts_page(heights: Sequence[float], repeated: float) -> bool:
    """Does the last of these rows begin a page? `repeated` is the height of the header on each page after the first."""
    used, fresh = 0.0, False
    for height in heights:
        fresh = used > 0 and used + height > _PAGE_PT
        used = repeated + height if fresh else used + height
    return fresh


def row_height(cells: Sequence[str], columns: Sequence[Col], least: float) -> float:
    """The height in points that shows every line of the cells."""
    return _heights([cells], [c.room for c in columns], least)[0]


def _heights(rows: Sequence[Sequence[str]], rooms: Sequence[int], least: float) -> list[float]:
    """The height of each row in points."""
    surely = [room // FULL for room in rooms]  # so many characters stand on a line, whichever they are
    heights = []
    for cells in rows:
        most = 1
        for text, few, room in zip(cells, surely, rooms, strict=True):
            if len(text) > few or "\n" in text:
                most = max(most, lines(text, room))
        most += most // 6  # a long text is broken a little worse than counted
        heights.append(min(_MAX_ROW_PT, max(least, most * _LINE_PT + 4)))
    return heights

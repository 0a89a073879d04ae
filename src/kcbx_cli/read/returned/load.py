"""One returned file: its stamp, or what its heading says where the stamp is lost, and its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from kcbx_cli.normalise.text import text
from kcbx_cli.read.formats import Opened, open_file
from kcbx_cli.read.grid import Grid, Row
from kcbx_cli.read.guard import bounded
from kcbx_cli.read.report import Source
from kcbx_cli.read.returned import columns
from kcbx_cli.read.returned.entries import Entry, entries
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import CHECKLISTS, FILLED, HEADERS, SHEET, Stamp

_AS_OF = re.compile(r"数据截至[:：]\s*(\d{4}-\d{2}-\d{2})")
_PLACE = re.compile(r"(乡镇（街道）|学校)：([^\s　（]+)(?:（([0-9A-Za-z]+)）)?")
#: The heading stands within so many rows from the top.
_HEADING = 6
_WORDS = frozenset(word for headers in HEADERS.values() for words in headers.values() for word in words)


@dataclass(frozen=True)
class Returned:
    """A returned file. `stamp` is None where the hidden sheet is lost: then `as_of` and `place` are what the heading
    says, or None and empty. `missing` counts printed rows that are not there any more. `sheets` are all sheets as they
    stand: name, whether they are hidden, rows. `content` is the .xlsx without its password, empty for other formats.
    """

    source: Source
    format: str
    kind: str
    stamp: Stamp | None
    as_of: date | None
    place: str
    place_code: str
    entries: list[Entry]
    missing: int
    sheets: tuple[tuple[str, bool, list[Row]], ...]
    content: bytes = field(repr=False)
    password: str = field(repr=False)

    @property
    def sender(self) -> str:
        """Who sent it: kind and place; a file without either speaks for itself."""
        return f"{self.kind}:{self.place_code or self.place}" if self.place else f"file:{self.source.name}"


def returned(source: Source, settings: Settings, passwords: Sequence[str]) -> Returned | None:
    """The file as a returned sheet; None when it is not one.

    Raises:
        KcbxError: it cannot be read, is protected, or is too large.
    """
    with bounded(source.name, settings.limits):
        return _returned(open_file(source, settings.limits, passwords, _WORDS), source)


def _returned(opened: Opened, source: Source) -> Returned | None:
    sheets = [(grid, _rows(grid)) for grid in opened.grids]
    stamp = _stamp(rows for _, rows in sheets)
    if stamp is not None and stamp.kind not in HEADERS:
        return None
    shown = [(grid, rows, columns.find(rows, stamp)) for grid, rows in sheets if not grid.hidden]
    ours = [(grid, rows, found) for grid, rows, found in shown if found is not None]
    if not ours:
        return None
    read: list[Entry] = []
    for grid, rows, found in ours:
        read += entries(grid.name, rows, found, stamp, _broken(opened, grid) | _zeros(opened, rows, found))
    heading = [text(cell) for _, rows, _ in ours for row in rows[:_HEADING] for cell in row if isinstance(cell, str)]
    kind, as_of, place, code = _told(stamp, heading, ours[0][2].kind)
    there = {entry.id for entry in read}
    return Returned(
        source=source,
        format=opened.kind,
        kind=kind,
        stamp=stamp,
        as_of=as_of,
        place=place,
        place_code=code,
        entries=read,
        missing=sum(mark[0] not in there for mark in stamp.rows) if stamp else 0,
        sheets=tuple((grid.name, bool(grid.hidden), rows) for grid, rows in sheets),
        content=opened.raw.data if opened.raw else b"",
        password=opened.password,
    )


def _rows(grid: Grid) -> list[Row]:
    """All cells of a sheet: the lists that people fill in are short."""
    width = max(map(len, grid.head()), default=0)
    return [list(row) for row in zip(*grid.columns(range(width)), strict=True)]


def _stamp(sheets: Any) -> Stamp | None:
    for rows in sheets:
        if rows and text(rows[0][0]) == "schema":
            try:
                return Stamp.parse([[text(cell) for cell in row] for row in rows])
            except ValueError:
                return None
    return None


def _told(stamp: Stamp | None, heading: Sequence[str], kind: str) -> tuple[str, date | None, str, str]:
    """Kind, date and place: by the stamp, else by title and small line above the table."""
    if stamp:
        return stamp.kind, stamp.as_of, stamp.place, stamp.place_code
    line = "\n".join(heading)
    day, place = _AS_OF.search(line), _PLACE.search(line)
    if kind in CHECKLISTS and place:
        kind = "school" if place[1] == "学校" else "township"
    return kind, _date(day[1]) if day else None, _name(place[2], line) if place else "", (place and place[3]) or ""


def _name(place: str, heading: str) -> str:
    """The place with what stands behind its name in the title: the code of a school that shares its name."""
    title = re.search(re.escape(place) + r"（\S*?）(?=控辍保学核查表)", heading)
    return title[0] if title else place


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # no such day: somebody has written over it
        return None


def _zeros(opened: Opened, rows: Sequence[Row], found: columns.Columns) -> set[tuple[int, int]]:
    """Blanks of an .xls that hold the number 0: so calamine shows a formula whose value is a text."""
    if opened.kind != "xls":
        return set()
    filled = [column for key, column in found.at.items() if key in FILLED]
    return {
        (number, column)
        for number, row in enumerate(rows)
        for column in filled
        if column < len(row) and isinstance(row[column], float) and row[column] == 0
    }


def _broken(opened: Opened, grid: Grid) -> set[tuple[int, int]]:
    """Cells of an .xlsx that hold an error or a formula that was never calculated: calamine shows them as empty."""
    if opened.raw is None or grid.name == SHEET:
        return set()
    signs = opened.raw.signs(grid.name)
    if not (signs.errors or signs.formulas):
        return set()
    import openpyxl

    data = opened.raw.data
    formulas, values = (openpyxl.load_workbook(BytesIO(data), data_only=only)[grid.name] for only in (False, True))
    return {
        (at[0] - 1, at[1] - 1)
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type in ("f", "e") and (at := (cell.row or 0, cell.column or 0))
        if str(values.cell(*at).value or "#").startswith("#")
    }

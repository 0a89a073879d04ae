"""Editing a workbook that exists (openpyxl): a row repeated with everything that hangs on it, and stable bytes."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class _Merge:
    """Merged cells that were taken off a sheet, with the look of each."""

    first: int
    last: int
    columns: range
    looks: dict[tuple[int, int], Any]

    @classmethod
    def take(cls, sheet: Any, area: Any) -> _Merge:
        """The merge, taken off the sheet."""
        columns = range(area.min_col, area.max_col + 1)
        rows = range(area.min_row, area.max_row + 1)
        looks = {(r, c): copy(sheet.cell(r, c)._style) for r in rows for c in columns}
        sheet.unmerge_cells(area.coord)
        return cls(area.min_row, area.max_row, columns, looks)

    def put(self, sheet: Any, down: int) -> None:
        """The merge, put on again so many rows further down."""
        first, last = self.first + down, self.last + down
        sheet.merge_cells(
            start_row=first, end_row=last, start_column=self.columns[0], end_column=self.columns[-1]
        )  # fmt: skip
        for (r, c), look in self.looks.items():
            sheet.cell(r + down, c)._style = copy(look)


def write_text(cell: Any, text: str) -> None:
    """The text into the cell as text: never a formula, a number or a link."""
    cell.value = text or None
    if text:
        cell.data_type = "s"
        if cell.number_format == "General":
            cell.number_format = "@"


def repeat_row(sheet: Any, row: int, count: int) -> None:
    """The row `count` times, one below the other; all that stands below moves down, formats and merges with it."""
    added = count - 1
    last, height = sheet.max_row, sheet.row_dimensions[row].height
    heights = {r: sheet.row_dimensions[r].height for r in range(row + 1, last + 1)}
    merged = [_Merge.take(sheet, area) for area in list(sheet.merged_cells.ranges) if area.min_row >= row]
    if added and last > row:
        sheet.move_range(
            f"A{row + 1}:{sheet.cell(row, sheet.max_column).column_letter}{last}", rows=added, translate=True
        )
    for r in range(row + 1, row + count):
        _copy_row(sheet, row, r)
        sheet.row_dimensions[r].height = height
    for r, points in heights.items():
        sheet.row_dimensions[r + added].height = points
    for merge in merged:
        copies = range(count) if merge.first == merge.last == row else (added,)
        for down in copies:
            merge.put(sheet, down)
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = _stretched(rule.sqref, row, added)
    _stretch_colours(sheet, row, added)


def fixed_bytes(book: Any, as_of: date) -> bytes:
    """The workbook as bytes that depend on its content alone: the dates in it are the month's."""
    moment = datetime(as_of.year, as_of.month, as_of.day)
    book.properties.created = moment
    first, second = BytesIO(), BytesIO()
    book.save(first)
    with ZipFile(first) as source, ZipFile(second, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{moment:%Y-%m-%dT00:00:00Z}".encode(), content)
            part = ZipInfo(name, _NO_DATE)
            part.compress_type = ZIP_DEFLATED
            target.writestr(part, content)
    return second.getvalue()


def _copy_row(sheet: Any, source: int, target: int) -> None:
    for cell in sheet[source]:
        other = sheet.cell(target, cell.column)
        other._style = copy(cell._style)
        other.value = cell.value


def _stretched(cells: Any, row: int, added: int) -> Any:
    """A rule's cells: a part that holds the row grows, a part below moves down."""
    from openpyxl.worksheet.cell_range import MultiCellRange

    parts = []
    for part in cells.ranges:
        area = copy(part)
        if area.min_row > row:
            area.shift(row_shift=added)
        elif area.max_row >= row:
            area.expand(down=added)
        parts.append(area)
    return MultiCellRange(parts)


def _stretch_colours(sheet: Any, row: int, added: int) -> None:
    from openpyxl.formatting.formatting import ConditionalFormattingList

    stretched = ConditionalFormattingList()
    for colours in sheet.conditional_formatting:
        for rule in colours.rules:
            stretched.add(str(_stretched(colours.sqref, row, added)), rule)
    sheet.conditional_formatting = stretched

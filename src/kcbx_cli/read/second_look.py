"""What calamine cannot show, looked up in the raw XML of an .xlsx: exact digits of numbers, error texts, formulas
that were never calculated, rows that are hidden or filtered away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from kcbx_cli.problems import Problem
from kcbx_cli.read.archive import Package
from kcbx_cli.read.body import Body
from kcbx_cli.read.grid import Cells, column_number, letter
from kcbx_cli.tables import FIELDS

#: Fields that hold numbers of 18 digits.
_NUMBERS = (
    "id_number",
    "head_id",
    "member1_id",
    "member2_id",
    "disability_number",
    "auxiliary_number",
    "registry_number",
)
#: From here on a number has more digits than Excel keeps.
_TOO_LONG = 1e15
_VALUE = re.compile(rb"<(?:\w+:)?v>\s*([^<]*?)\s*</")
_DIGITS = re.compile(r"\d{16,20}")
_PLACE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\shidden="(?:1|true)"')
#: A cell is no longer than this before its value, but for its formula.
_WINDOW = 2000


def second_look(
    package: Package | None, file: str, sheet: str, body: Body, columns: Mapping[str, int]
) -> tuple[Body, list[Problem]]:
    """The rows with cells mended from the raw XML, and what was found there and in half-empty key columns.

    Args:
        package: the .xlsx; None for other formats, of which only the columns are looked at.
        file, sheet: where this is, for the problems.
        body: the data rows.
        columns: field -> column, counted from 0.
    """
    problems = _half_empty(file, sheet, body)
    if package is None or not package.part_of(sheet):
        return body, problems
    signs = package.signs(sheet)
    rounded = _rounded(body)
    if not (rounded or signs.errors or signs.formulas or signs.hidden):
        return body, problems
    xml = package.read(package.part_of(sheet))
    cells = dict(body.columns)
    here = _Sheet(file, sheet, body, columns)
    if rounded:
        problems += here.exact(xml, rounded, cells)
    if signs.errors:
        problems += here.errors(xml, cells)
    if signs.formulas:
        problems += here.uncalculated(xml)
    if signs.hidden and (count := sum(_hidden_rows(xml))):
        problems.append(Problem("K107", file, sheet, detail=f"共 {count} 行"))
    return replace(body, columns=cells), problems


def _hidden_rows(xml: bytearray) -> Iterator[bool]:
    """For each thing that is hidden, whether it is a row."""
    at = xml.find(b'hidden="')
    while at >= 0:
        yield _HIDDEN_ROW.match(xml, max(xml.rfind(b"<", 0, at), 0)) is not None
        at = xml.find(b'hidden="', at + 1)


def _half_empty(file: str, sheet: str, body: Body) -> list[Problem]:
    """Key columns of which more than half is empty."""
    found = []
    for field in ("name", "id_number", "head_name"):
        cells = body.columns.get(field)
        if cells is None or len(cells) < 10:
            continue
        empty = int(pd.isna(cells).sum())
        if empty * 2 > len(cells):
            found.append(
                Problem("K111", file, sheet, 0, field, f"{FIELDS[field]}列 {len(cells)} 行中有 {empty} 行是空的")
            )
    return found


def _rounded(body: Body) -> dict[str, list[int]]:
    """Field -> positions of the numbers that have more digits than a number keeps."""
    found = {}
    for field in _NUMBERS:
        if field in body.columns and any(t in (float, int) for t in set(map(type, body.columns[field]))):
            cells = body.columns[field]
            found[field] = [i for i, c in enumerate(cells) if isinstance(c, (float, int)) and c >= _TOO_LONG]
    return {field: places for field, places in found.items() if places}


class _Sheet:
    """One sheet, and how its rows and columns are called in the XML."""

    def __init__(self, file: str, sheet: str, body: Body, columns: Mapping[str, int]) -> None:
        self._file = file
        self._sheet = sheet
        self._body = body
        self._columns = columns

    def exact(self, xml: bytearray, rounded: Mapping[str, list[int]], cells: dict[str, Cells]) -> list[Problem]:
        """Numbers whose digits all stand in the file become text.

        A program that keeps numbers as binary fractions writes 18 digits too, and the last ones are wrong then. Such
        numbers are all multiples of a power of two; only when some number in the sheet is not are the digits believed.
        """
        texts = {field: list(self._digits(xml, field, places)) for field, places in rounded.items()}
        if not any(t and int(t) != int(float(t)) for written in texts.values() for t in written):
            return []
        problems = []
        for field, places in rounded.items():
            column = cells[field].copy()
            for place, text in zip(places, texts[field], strict=True):
                if text:
                    column[place] = text
                    problems.append(self._problem("K104", place, field))
            cells[field] = column
        return problems

    def _digits(self, xml: bytearray, field: str, places: list[int]) -> Iterator[str]:
        """For each place the digits as they are written, empty when they are not all written."""
        name = letter(self._columns[field])
        at = 0
        for place in places:
            mark = b'r="%s%d"' % (name.encode(), self._body.numbers[place])
            found = xml.find(mark, at)
            value = _VALUE.search(xml, found, found + _WINDOW) if found >= 0 else None
            text = value[1].decode("ascii", "replace").removesuffix(".0") if value else ""
            at = max(found, at)
            yield text if _DIGITS.fullmatch(text) else ""

    def errors(self, xml: bytearray, cells: dict[str, Cells]) -> list[Problem]:
        """Cells that show an error get the text that is shown."""
        problems = []
        for field, place, start in self._marked(xml, b't="e"'):
            value = _VALUE.search(xml, start, start + _WINDOW)
            text = value[1].decode("utf-8", "replace") if value else "#N/A"
            cells[field] = cells[field].copy() if cells[field] is self._body.columns[field] else cells[field]
            cells[field][place] = text
            problems.append(self._problem("K105", place, field, text))
        return problems

    def uncalculated(self, xml: bytearray) -> list[Problem]:
        """Cells whose formula was never calculated."""
        marks = (b"</f></", b"<v></v>")
        found = {(field, place) for mark in marks for field, place, _ in self._marked(xml, mark)}
        empty = [(p, f) for f, p in found if self._body.columns[f][p] is None]
        return [self._problem("K106", place, field) for place, field in sorted(empty)]

    def _marked(self, xml: bytearray, mark: bytes) -> Iterator[tuple[str, int, int]]:
        """Field, position and place in the XML of the mapped cells that contain a mark."""
        fields = {column: field for field, column in self._columns.items()}
        rows = {int(number): place for place, number in enumerate(self._body.numbers)}
        at = xml.find(mark)
        while at >= 0:
            start = max(xml.rfind(b"<c ", 0, at), xml.rfind(b":c ", 0, at))
            place = _PLACE.search(xml, max(start, 0), at + len(mark) + 100)
            if place:
                field, row = fields.get(column_number(place[1].decode())), rows.get(int(place[2]))
                if field is not None and row is not None:
                    yield field, row, start
            at = xml.find(mark, at + len(mark))

    def _problem(self, code: str, place: int, field: str, detail: str = "") -> Problem:
        return Problem(code, self._file, self._sheet, int(self._body.numbers[place]), field, detail)

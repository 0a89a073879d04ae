"""Who a row is about: name, ID number, birth date, with what is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kcbx_cli.normalise import dates, idcolumn, names, shared, words
from kcbx_cli.normalise.columns import (
    Cells,
    Flags,
    Raw,
    Whole,
    distinct,
    empty,
    fill,
    filled,
    first_of,
    numbered,
    objects,
    only,
    strings,
)
from kcbx_cli.normalise.dates import DateValue
from kcbx_cli.normalise.idcolumn import IdColumn
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.shapes import Shapes, all_digits, digits
from kcbx_cli.normalise.text import label, text

#: Problem and detail for each state or note of an ID number.
_BY_STATE = {"numeric": "K201", "bad_check": "K202", "malformed": "K203", "masked": "K205", "fifteen": "K207"}
_DETAILS = {
    "length": "位数不对", "letters": "含有不该有的字母或符号", "date": "其中的出生日期不存在", "scientific": "显示成了科学计数法",
    "resaved": "后三位已丢失,又存成了文本", "registry": "填的是学籍号",
}  # fmt: skip
_REGISTRY_NUMBER = re.compile(r"[GLJ]\d{17}[\dX]")
_REGISTRY_LETTERS = tuple(map(ord, "GLJ"))
_DATE_PROBLEMS = {"unreadable": "K220", "impossible": "K221", "two_digit": "K223", "order": "K223", "lunar": "K223",
                  "no_year": "K223", "third": "K223", "term": "K223"}  # fmt: skip
_DATE_DETAILS = {"two_digit": "年份只有两位", "order": "分不清月和日,只取年份", "lunar": "写明是农历,未换算",
                 "no_year": "没有年份,按本学年算", "third": "只写到旬,按这一旬的第一天算", "term": "按 9 月 1 日开学算"}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """A column of names, in the parts of names.NameValue."""

    name: Cells
    note: Cells
    former: Cells


def name_column(raw: Raw, field: str, reports: Reports) -> Names:
    """The names of a column, its problems reported."""
    codes, values = raw.distinct(field)
    parts = objects(values), *(empty(len(values)) for _ in range(3))
    fill(parts, values, names.plain(Shapes(values)), names.parse)
    name, note, former, flaw = (part[codes] for part in parts)
    reports.add("K232", flaw == "damaged", field)
    reports.add("K234", flaw == "no_name", field)
    reports.add("K233", filled(note), field)
    if raw.has("former_name"):
        former = first_of(raw.mapped("former_name", names.clean, names.plain), former)
    return Names(name, note, former)


def date_column(
    raw: Raw, field: str, reports: Reports, as_of: int = 0, parse: Callable[[Any], DateValue] = dates.parse
) -> Whole:
    """The dates of a column as yyyymmdd; what cannot be read, and what lies after `as_of` (0: no limit), is reported."""
    if not raw.has(field):
        return np.zeros(raw.length, dtype=np.int64)
    codes, values = raw.distinct(field)
    days, notes = dates.plain(Shapes(values)), empty(len(values))
    fill((days, notes), values, days > 0, parse)
    value, note = days[codes], notes[codes]
    for kind, code in _DATE_PROBLEMS.items():
        reports.add(code, note == kind, field, _DATE_DETAILS.get(kind, ""))
    if as_of:
        reports.add("K222", value > as_of, field)
    return value


def id_column(raw: Raw, birth: Whole) -> IdColumn:
    """The people's own numbers as their column has them; an empty cell is filled from 残疾证号 or a G number."""
    ids = idcolumn.parse(raw.distinct("id_number"))
    if raw.has("id_type"):
        other = raw.flags("id_type", words.other_document)
        ids = ids.without(other & np.isin(ids.state, ("malformed", "masked")), "foreign")
    for field, note in (("disability_number", "disability"), ("registry_number", "g_number")):
        if raw.has(field) and (ids.state == "absent").any():
            ids = _filled_from(ids, only(raw.cells(field), ids.state == "absent"), birth, note)
    return ids


def _filled_from(ids: IdColumn, cells: Cells, birth: Whole, note: str) -> IdColumn:
    """Only a valid number that the birth date does not contradict; an L or J number never holds one."""
    other = idcolumn.parse(distinct(cells))
    agrees = (birth == 0) | (other.birth == birth) | ((birth % 10000 == 0) & (birth // 10000 == other.birth // 10000))
    agrees |= (birth % 100 == 0) & (birth // 100 == other.birth // 100)
    right_kind = other.note == ("registry" if note == "g_number" else note)
    return ids.filled_from(other, other.valid() & agrees & right_kind, note)


def report_numbers(ids: IdColumn, raw: Raw, reports: Reports, field: str = "id_number") -> None:
    """What is wrong with each number of a column by itself."""
    if not raw.has(field):
        reports.column("K206", np.ones(raw.length, dtype=np.bool_), np.ones(raw.length, dtype=np.bool_), field)
        return
    there = (ids.state != "absent") | (ids.note == "placeholder")
    for state, code in _BY_STATE.items():
        where = ids.state == state
        for note in dict.fromkeys(ids.note[where].tolist()):
            reports.column(code, where & (ids.note == note), there, field, _DETAILS.get(note, ""))
    reports.add("K204", (ids.state == "absent") & (ids.note == "placeholder"), field)
    reports.column("K206", (ids.state == "absent") & (ids.note == ""), np.ones(raw.length, dtype=np.bool_), field)
    reports.add("K219", ids.note == "g_number", field)
    reports.column("K208", ids.valid() & (ids.note == "disability"), there, field)
    reports.add("K210", ids.valid() & (ids.note == "area"), field)


def report_shared(ids: IdColumn, name: Cells, role: str, reports: Reports) -> None:
    """Numbers on several people, people on several rows, numbers that count up."""
    if not filled(ids.pattern).any():
        return
    number = numbered(ids.numbers())
    reports.add("K212", shared.several_names(number, name), "id_number")
    reports.add("K213", shared.dragged(ids), "id_number")
    if role != "registry":
        reports.add("K218", shared.repeated(number, name))


def report_contradictions(ids: IdColumn, sex: Cells, birth: Whole, as_of: int, reports: Reports) -> None:
    """Sex or birth date at odds with a valid number; a number whose date lies in the future."""
    valid = ids.valid()
    if not valid.any():
        return
    reports.column("K214", valid & filled(sex) & (sex != ids.sex), valid & filled(sex), "sex")
    year, month, day = birth // 10000, birth // 100 % 100, birth % 100
    id_year, id_month, id_day = ids.birth // 10000, ids.birth // 100 % 100, ids.birth % 100
    both = valid & (birth > 0)
    odd_year = both & (year != id_year)
    odd_month = both & (month > 0) & (month != id_month)
    odd_day = both & (day > 0) & (day != id_day)
    swapped = odd_month & odd_day & ~odd_year & (month == id_day) & (day == id_month)
    reports.add("K215", odd_year, "birth_date", "年份不同")
    reports.add("K215", swapped, "birth_date", "月和日颠倒")
    reports.add("K215", (odd_month | odd_day) & ~odd_year & ~swapped, "birth_date", "月或日不同")
    reports.add("K216", valid & (ids.birth > as_of), "id_number")


def written(raw: Raw, ids: IdColumn) -> Cells:
    """The number's cell as it stands, for the rows whose number is neither valid nor absent."""
    odd = ~np.isin(ids.state, ("valid", "absent"))
    return strings(only(raw.cells("id_number"), odd), text) if odd.any() else empty(raw.length)


def sexes(raw: Raw, reports: Reports) -> Cells:
    """The sex column as 男 and 女."""
    reports.column("K251", raw.flags("sex", words.sex_unreadable), filled(raw.text("sex")), "sex")
    return raw.mapped("sex", words.sex)


def usable(name: Cells, ids: IdColumn, reports: Reports) -> Flags:
    """Rows by which a person can be known: a name, or a number with its first 15 digits at least."""
    numbered = np.isin(ids.state, ("valid", "bad_check", "fifteen", "numeric"))
    found = filled(name) | (numbered & filled(ids.pattern))
    reports.add("K230", ~filled(name) & found, "name")
    reports.add("K231", ~found)
    return found


def plain_registry_number(cells: Shapes) -> Flags:
    """Which cells are a 学籍号 as it should be written: not odd, and as `registry_number` gives it."""
    found = cells.none()
    at, letters = cells.of_length(19)
    numbers = digits(letters[1:])
    last = (numbers[17] <= 9) | (letters[18] == ord("X"))
    found[at] = np.isin(letters[0], _REGISTRY_LETTERS) & all_digits(numbers[:17]) & last
    return found


def registry_number(cell: Any) -> tuple[str, bool]:
    """A 学籍号 in capitals without spaces (`""` for none), and whether it is odd: not one letter (G, L or J) and 18
    characters. Pure."""
    number = label(cell).upper()
    return number, number != "" and _REGISTRY_NUMBER.fullmatch(number) is None

"""How long a pupil has been away, and since when, as teachers write it: 一个半月, 约40天, 9月20日, 开学至今. Pure functions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kcbx_cli.normalise import dates
from kcbx_cli.normalise.dates import DateValue
from kcbx_cli.normalise.text import label

#: The month with which a school year begins: a day in it belongs to the year to come.
_NEW_YEAR = 8
#: The first of September opens the term until January is over.
_TERM = (9, 10, 11, 12, 1)
_FIGURE = (
    r"(\d{1,4}|[一二两三四五六七八九]|[二三四五六七八九]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?)(?:\.\d+)?"
)
_BEFORE = r"(?:[约超逾已共满]|大约|超过|已经|累计|连续|共计|缺[勤课]|旷课|[未没]到校)*"
_AFTER = r"(?:以上|左右|有余|[余多])?"
_DAYS = re.compile(f"{_BEFORE}{_FIGURE}[余多]?(?:个?[天日])?{_AFTER}")
_WEEKS = re.compile(f"{_BEFORE}{_FIGURE}[余多]?(?:周|个?星期|个?礼拜){_AFTER}")
_MONTHS = re.compile(f"{_BEFORE}(?:{_FIGURE}[余多]?个[余多]?(半)?月|(半)个?月){_AFTER}(?:零?{_FIGURE}[天日])?")
_WRAPPED = re.compile("^(?:[自从]|大?约)+|(?:[至到]今|以?来|[开起]?始|起|左右|未[到来]校?|没[到来]校?)+$")
_BARE = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")
_TENTH = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月份?([上中下])旬")
_TENTHS = {"上": 1, "中": 11, "下": 21}

#: A month in the name of a sheet, file or folder: 2021年10月, 2021-10, 202110.
_NAMED = re.compile(r"(?<!\d)(20\d\d)\s*[年.\-_]?\s*(1[0-2]|0?[1-9])(?!\d)")


def month_named(text: str) -> int:
    """The first month that a title or the name of a file tells, as yyyymm; 0 for none."""
    found = _NAMED.search(text)
    return int(found[1]) * 100 + int(found[2]) if found else 0


def days(cell: Any) -> int:
    """Days of absence, at least so many where the cell says about (约, 余); a month has 30. -1 for none that is clear."""
    line = label(cell)
    if found := _DAYS.fullmatch(line):
        return _count(found[1])
    if found := _WEEKS.fullmatch(line):
        return 7 * _count(found[1])
    if found := _MONTHS.fullmatch(line):
        whole = 30 * _count(found[1]) if found[1] else 0
        return whole + 15 * bool(found[2] or found[3]) + (_count(found[4]) if found[4] else 0)
    return -1


def _count(figure: str) -> int:
    return int(figure) if figure.isdigit() else dates.small(figure.replace("两", "二"))


def day(cell: Any, as_of: date) -> DateValue:
    """A date, that may lack its year (the school year's) or name a third of a month (its first day) or the term's begin.

    The last three have the notes `no_year`, `third` and `term`.
    """
    plain = dates.parse(cell)
    if plain.note != "unreadable" or type(cell) is not str:
        return plain
    line = label(cell)
    if line.startswith("开学") and _WRAPPED.sub("", line) in ("开学", "开学后", "开学日"):
        return DateValue(day_of(None, 9, 1, as_of), "term") if as_of.month in _TERM else plain
    line = _WRAPPED.sub("", line)
    if found := _TENTH.fullmatch(line):
        return _noted(day_of(found[1], int(found[2]), _TENTHS[found[3]], as_of), "third")
    if found := _BARE.fullmatch(line):
        return _noted(day_of(None, int(found[1]), int(found[2]), as_of), "no_year")
    return dates.parse(line)


def _noted(value: int, note: str) -> DateValue:
    return DateValue(value, note) if value else DateValue(0, "impossible")


def day_of(year: str | None, month: int, day: int, as_of: date) -> int:
    """The day as yyyymmdd; without a year that of the school year of `as_of`, which begins with August. 0: no such day."""
    begun = as_of.year - (as_of.month < _NEW_YEAR)
    return dates.joined(int(year) if year else begun + (month < _NEW_YEAR), month, day) if month and day else 0

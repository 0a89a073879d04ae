"""One date: every spelling that is met, as a whole number yyyymmdd with 00 for what is not known."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise.shapes import Letters, Shapes, digits
from kcbx_cli.normalise.text import nothing, text

FIRST_YEAR, LAST_YEAR = 1900, 2100
#: Serial numbers that are read as dates: five digits, 1927 to 2099.
_SERIALS = (10_000, 73_050)
_MONTH_DAYS = (31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_DAYS = np.array(_MONTH_DAYS, dtype=np.int64)
#: What stands for 长期 (no end) in a date of expiry.
OPEN_ENDED = 99991231

#: 2012-3-4, 2012/3/4, 2012.3.4, 2012年3月4日 and what is mixed of them.
_USUAL = re.compile("([12][0-9]{3})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_TIME = re.compile(r"(?<=\d)(?:T| +)\d{1,2}[:时点].*$")
_WRAPPING = re.compile(r"^[(\[{<'\"]+|[)\]}>'\"]+$|(?<=[\d月日号])(?:出生|生)$")
_LUNAR = re.compile("农历|阴历|旧历")
_SEPARATOR = re.compile(r"[\s./\\。．,，、·\-‐-―−年月]+")
_CHINESE = re.compile(
    "([〇零○oO一二三四五六七八九]{4}|[0-9]{4})年(?:([正元〇零一二三四五六七八九十0-9]{1,3})月(?:初?([〇零一二三四五六七八九十廿卅0-9]{1,3})[日号]?)?)?"
)
_DASH = ord("-")
_NUMERALS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "o": "0", "O": "0"}
_RANGE = re.compile(r"\s*(?:至|到|~|～|——|—|–)\s*|(?<=[日月\d])\s*-\s*(?=\d{4})")


class DateValue(NamedTuple):
    """A date as yyyymmdd (0 for none) and a note.

    Notes: `unreadable`, `impossible` (no such day), `two_digit` (the century is a guess), `order` (day and month cannot
    be told apart, so only the year is kept), `lunar` (the cell says 农历; not converted), or empty.
    """

    value: int
    note: str = ""


NO_DATE = DateValue(0)
_UNREADABLE = DateValue(0, "unreadable")
_IMPOSSIBLE = DateValue(0, "impossible")


def joined(year: int, month: int, day: int) -> int:
    """Year, month and day as yyyymmdd; 0 when there is no such day or it is outside 1900 to 2100.

    Month 0 (with day 0) and day 0 say that they are not known.
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 0 <= month <= 12 and 0 <= day <= _MONTH_DAYS[month]):
        return 0
    if month == 0 and day:
        return 0
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return 0
    return year * 10000 + month * 100 + day


def real_days(places: Letters) -> NDArray[np.int64]:
    """Many dates of eight digits each (a row for each place) as yyyymmdd; 0 where there is no such day, or what stands
    there is no digit, or it is outside 1900 to 2100."""
    d = places.astype(np.int64)
    year, month, day = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[4] * 10 + d[5], d[6] * 10 + d[7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    real = (d <= 9).all(axis=0) & (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    real &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= _LAST_DAYS[np.clip(month, 0, 12)])
    real &= leap | (month != 2) | (day != 29)
    return np.where(real, year * 10000 + month * 100 + day, 0)


def plain(cells: Shapes) -> NDArray[np.int64]:
    """The days that are written as 20120304 or 2012-03-04, as `parse` gives them; 0 for every other cell."""
    found = np.zeros(len(cells.none()), dtype=np.int64)
    at, letters = cells.of_length(8)
    found[at] = real_days(digits(letters))
    at, letters = cells.of_length(10)
    dashed = (letters[4] == _DASH) & (letters[7] == _DASH)
    found[at] = np.where(dashed, real_days(digits(letters[[0, 1, 2, 3, 5, 6, 8, 9]])), 0)
    return found


def parse(cell: Any) -> DateValue:
    """The date in a cell of any type, with a note where it needs one. Never raises."""
    if type(cell) is str:
        return _text(cell)
    if cell is None or cell != cell:
        return NO_DATE
    if isinstance(cell, date):
        return _valid(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        return _UNREADABLE
    if isinstance(cell, (int, float)):
        return _number(cell)
    return _text(text(cell))


def expiry(cell: Any) -> DateValue:
    """The end of a validity: a date, the end of a period (2021年9月—2022年8月), or `OPEN_ENDED` for 长期."""
    plain = parse(cell)
    if plain.note != "unreadable" or type(cell) is not str:
        return plain
    if text(cell) in ("长期", "永久", "长期有效", "永久有效"):
        return DateValue(OPEN_ENDED)
    ends = _RANGE.split(text(cell).strip("()（）"))
    if len(ends) != 2:
        return plain
    first, last = parse(ends[0]), parse(ends[1])
    if first.value and not last.value and ends[1][:1].isdigit():  # 2021年9月至12月: the year stands once
        last = parse(f"{first.value // 10000}年{ends[1]}")
    return last if first.value else plain


def _valid(year: int, month: int, day: int, note: str = "") -> DateValue:
    value = joined(year, month, day)
    return DateValue(value, note) if value else _IMPOSSIBLE


def _number(cell: float) -> DateValue:
    if cell == 0:
        return NO_DATE
    if not 0 < cell < 1e15:
        return _UNREADABLE
    if cell == int(cell):
        return _run_of_digits(str(int(cell)))
    if _SERIALS[0] <= cell <= _SERIALS[1]:
        return _serial(int(cell))
    return _year_and_fraction(f"{cell:.6g}") if FIRST_YEAR <= cell < LAST_YEAR + 1 else _UNREADABLE


def _year_and_fraction(shown: str) -> DateValue:
    """2012.3 typed as a number: March, or nothing sure for 2012.1, which 2012.10 turns into."""
    year, _, rest = shown.partition(".")
    if rest == "1":
        return DateValue(int(year) * 10000, "order")
    return _valid(int(year), int(rest), 0) if len(rest) <= 2 else _UNREADABLE


def _serial(days: int) -> DateValue:
    day = date(1899, 12, 30) + timedelta(days=days)
    return DateValue(day.year * 10000 + day.month * 100 + day.day)


def _run_of_digits(line: str) -> DateValue:
    n = len(line)
    if n in (8, 14):
        return _valid(int(line[:4]), int(line[4:6]), int(line[6:8]))
    if n == 6 and FIRST_YEAR <= int(line[:4]) <= LAST_YEAR and 1 <= int(line[4:]) <= 12:
        return DateValue(int(line) * 100)
    if n == 6:
        return _two_digit_year(int(line[:2]), int(line[2:4]), int(line[4:]))
    if n == 5 and _SERIALS[0] <= int(line) <= _SERIALS[1]:
        return _serial(int(line))
    if n == 4:
        return _valid(int(line), 0, 0)
    return _UNREADABLE


def _two_digit_year(year: int, month: int, day: int) -> DateValue:
    """Only where the century is hardly in doubt: 00 to 29 is 20xx, 50 to 99 is 19xx."""
    if 30 <= year < 50 or not (month and day):
        return _UNREADABLE
    return _valid(year + (2000 if year < 30 else 1900), month, day, "two_digit")


def _text(cell: str) -> DateValue:
    plain = cell[:4] + cell[5:7] + cell[8:] if len(cell) == 10 and cell[4] == cell[7] == "-" else cell
    if len(plain) == 8 and plain.isascii() and plain.isdigit() and plain != "00000000":
        return _valid(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if usual := _USUAL.fullmatch(cell):
        year, month, day = map(int, usual.groups())
        return _valid(year, month, day)
    line = _WRAPPING.sub("", unicodedata.normalize("NFKC", text(cell))).strip()
    if nothing(line) or not line.strip("0-/. "):
        return NO_DATE
    lunar = _LUNAR.search(line) is not None
    found = _spelled(_LUNAR.sub("", line).strip(" :()"))
    return DateValue(found.value, "lunar") if lunar and found.value else found


def _spelled(line: str) -> DateValue:
    line = _TIME.sub("", line)
    if found := _CHINESE.fullmatch(line):
        year, month, day = found.groups()
        digits = "".join(_NUMERALS.get(c, c) for c in year)
        return _valid(int(digits), small(month or "") or 0, small(day or "") or 0)
    if re.fullmatch(r"\d+\.0+", line, re.ASCII):
        line = line.partition(".")[0]
    parts = _SEPARATOR.sub("-", line.rstrip("日号")).strip("-").split("-")
    if not all(p.isascii() and p.isdigit() for p in parts):
        return _UNREADABLE
    return _parts(parts)


def small(numeral: str) -> int:
    """A Chinese or Arabic number up to 99: 十二, 二十, 廿五, 三十一, 12."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十").replace("元", "一").replace("正", "一")
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int("".join(_NUMERALS.get(c, c) for c in numeral) or 0)
    return 10 * (small(tens) or 1) + small(ones)


def _parts(parts: list[str]) -> DateValue:
    sizes = tuple(map(len, parts))
    if len(parts) == 1:
        return _run_of_digits(parts[0])
    if max(sizes[1:]) > 2 and sizes[-1:] != (4,):
        return _UNREADABLE
    if sizes[0] == 4 and len(parts) in (2, 3):
        if sizes == (4, 4):
            return _valid(int(parts[0]), int(parts[1][:2]), int(parts[1][2:]))
        return (
            _valid(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 0)
            if max(sizes[1:]) < 3
            else _UNREADABLE
        )
    if len(parts) == 3 and sizes[2] == 4 and sizes[0] < 3:
        return _year_last(int(parts[0]), int(parts[1]), int(parts[2]))
    if len(parts) == 3 and sizes[0] == 2 and max(sizes) == 2:
        return _two_digit_year(int(parts[0]), int(parts[1]), int(parts[2]))
    return _UNREADABLE


def _year_last(first: int, second: int, year: int) -> DateValue:
    """5/3/2012: kept whole only when one of the two numbers can be no month, or both are the same."""
    if first > 12 or first == second:
        return _valid(year, second, first)
    if second > 12:
        return _valid(year, first, second)
    return _valid(year, 0, 0, "order")

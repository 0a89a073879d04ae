"""Birth dates: readings in the other calendar and how two dates agree.

Dates are whole numbers yyyymmdd with 00 for an unknown month or day and 0 for no date.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: How two dates agree, from best to worst. `by_id` is set by the caller, who knows the ID numbers' dates.
LEVELS = (
    "identical", "by_id", "lunar", "swapped", "partial", "one_digit", "year_off", "same_month", "same_year",
    "different", "missing",
)  # fmt: skip
_AT = {name: n for n, name in enumerate(LEVELS)}
_FIRST_YEAR, _LAST_YEAR = 1930, 2060
_EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=1)
def _lunar_months() -> tuple[Ints, Ints]:
    """First day (ordinal) of each lunar month, [year, 2 * month + leap], and the number of its days; 0 for none."""
    from lunardate import LunarDate

    starts = np.zeros((_LAST_YEAR - _FIRST_YEAR + 1, 26), dtype=np.int64)
    for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
        leap = LunarDate.leap_month_for_year(year)
        for month in range(1, 13):
            starts[year - _FIRST_YEAR, 2 * month] = LunarDate(year, month, 1).to_solar_date().toordinal()
            if month == leap:
                starts[year - _FIRST_YEAR, 2 * month + 1] = LunarDate(year, month, 1, True).to_solar_date().toordinal()
    order = np.argsort(np.where(starts == 0, np.iinfo(np.int64).max, starts), axis=None, kind="stable")
    flat = starts.ravel()
    days = np.zeros_like(flat)
    known = order[flat[order] > 0]
    days[known[:-1]] = np.diff(flat[known])
    days[known[-1:]] = 29
    return starts, days.reshape(starts.shape)


def as_lunar(dates: Ints) -> tuple[Ints, Ints]:
    """The solar dates that are meant when each date is read as a lunar one: in the common and in the leap month.

    0 where there is no such lunar day. Each distinct date is converted once.
    """
    distinct, back = np.unique(dates, return_inverse=True)
    year, month, day = distinct // 10000, distinct // 100 % 100, distinct % 100
    fit = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 30)
    found = []
    starts, days = _lunar_months()
    for leap in (0, 1):
        solar = np.zeros(len(distinct), dtype=np.int64)
        at = np.flatnonzero(fit)
        row, col = year[at] - _FIRST_YEAR, 2 * month[at] + leap
        good = (starts[row, col] > 0) & (day[at] <= days[row, col])
        days_on = (starts[row, col] + day[at] - 1 - _EPOCH)[good].astype("datetime64[D]")
        months = days_on.astype("datetime64[M]")
        y, m = np.divmod(months.astype(np.int64), 12)
        solar[at[good]] = (1970 + y) * 10000 + (m + 1) * 100 + (days_on - months).astype(np.int64) + 1
        found.append(solar[back])
    return found[0], found[1]


def compare(
    left: Ints, right: Ints, left_lunar: tuple[Ints, Ints], right_lunar: tuple[Ints, Ints]
) -> npt.NDArray[np.int8]:
    """Levels (positions in LEVELS) of aligned dates; `*_lunar` are the readings that `as_lunar` gives of each side."""
    ly, lm, ld = left // 10000, left // 100 % 100, left % 100
    ry, rm, rd = right // 10000, right // 100 % 100, right % 100
    same_year = ly == ry
    lunar = np.zeros(len(left), dtype=bool)
    unknown = (ld == 0) | (rd == 0)
    month_open = (lm == 0) | (rm == 0)
    partial = same_year & unknown & (month_open | (lm == rm))
    for reading, other in ((left_lunar, right), (right_lunar, left)):
        for converted in reading:
            lunar |= (converted > 0) & (converted == other)
            partial |= (converted > 0) & (other % 100 == 0) & (converted // 100 == other // 100)
    rules = (
        ("missing", (left == 0) | (right == 0)),
        ("partial", partial),
        ("identical", left == right),
        ("lunar", lunar),
        ("swapped", same_year & (lm == rd) & (ld == rm)),
        ("one_digit", (_digits_apart(left, right) == 1) & same_year),
        ("year_off", (np.abs(ly - ry) == 1) & (lm == rm) & (ld == rd)),
        ("one_digit", _digits_apart(left, right) == 1),
        ("same_month", same_year & (lm == rm)),
        ("same_year", same_year),
    )
    chosen = np.select([r[1] for r in rules], [_AT[r[0]] for r in rules], _AT["different"])
    return chosen.astype(np.int8)


def _digits_apart(left: Ints, right: Ints) -> Ints:
    """In how many of the eight places two dates differ."""
    apart = np.zeros(len(left), dtype=np.int64)
    for place in range(8):
        apart += left // 10**place % 10 != right // 10**place % 10
    return apart

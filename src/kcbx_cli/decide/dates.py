"""Whole columns of dates as whole numbers yyyymmdd, with 00 for a part that is not known and 0 for no date."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def number(day: date) -> int:
    """The date as yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day


def earliest(dates: Ints) -> Ints:
    """The first day that each date may mean: an unknown month is January, an unknown day the first."""
    month = dates // 100 % 100
    return np.where(month == 0, dates // 10000 * 10000 + 101, np.where(dates % 100 == 0, dates + 1, dates))


def latest(dates: Ints) -> Ints:
    """The last day that each date may mean: an unknown month is December, an unknown day the 31st."""
    month = dates // 100 % 100
    return np.where(month == 0, dates // 10000 * 10000 + 1231, np.where(dates % 100 == 0, dates + 31, dates))


def ages_on(dates: Ints, as_of: date) -> Ints:
    """Whole years from each complete date to `as_of`, counted at the birthday."""
    today = number(as_of)
    return (today // 10000 - dates // 10000 - (today % 10000 < dates % 10000)).astype(np.int64)


def days(dates: Ints) -> Ints:
    """Each complete date as a count of days since 1970-01-01; a day past the month's end runs on into the next."""
    months = (dates // 10000 - 1970) * 12 + dates // 100 % 100 - 1
    starts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(starts + dates % 100 - 1, dtype=np.int64)


def later(dates: Ints, months: int) -> Ints:
    """The dates some months on; a day that the month does not have becomes its last (29 February: 28 a year on)."""
    count = dates // 10000 * 12 + dates // 100 % 100 - 1 + months
    start = (count - 1970 * 12).astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)
    return np.asarray(count // 12 * 10000 + (count % 12 + 1) * 100 + np.minimum(dates % 100, length), dtype=np.int64)

"""How a date is spelled in a cell."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from kcbx_cli.sample.families import day_number
from kcbx_cli.sample.spec import Ints, Mask, Text

#: Spellings, as formats of year, month, day; the second of each pair is for year and month only.
SPELLINGS: tuple[tuple[str, str], ...] = (
    ("{0}-{1:02d}-{2:02d}", "{0}-{1:02d}"),
    ("{0}/{1}/{2}", "{0}/{1}"),
    ("{0}.{1}.{2}", "{0}.{1:02d}"),
    ("{0}年{1}月{2}日", "{0}年{1}月"),
    ("{0}{1:02d}{2:02d}", "{0}{1:02d}"),
    ("{0}。{1}。{2}", "{0}。{1}"),
    ("{0}—{1}—{2}", "{0}—{1}"),
)
#: Forms that are no spellings: a number's text, Excel's serial number, a date cell.
FLOAT, SERIAL, CELL = 91, 92, 93
_EXCEL_DAY_ZERO = 25569  # 1970-01-01 as a serial number


def spell(date: Ints, form: Ints, default: int, as_text: Any) -> Text:
    """The cells: text, an int (serial) or a `datetime.date`; "" for no date.

    Form 0 is spelling number `default` (counted from 1). Text files hold text only. A date that no calendar has
    (29 or 30 of a lunar February) is text in any form.
    """
    out = np.full(len(date), "", dtype=object)
    form = np.where(form == 0, default, form)
    real = is_date(date)
    special = (form == SERIAL) | (form == CELL)
    form = np.where(special & ~real, 1, form)
    form = np.where((form == FLOAT) & (date % 100 == 0), 5, form)
    for number in np.unique(form).tolist():
        rows = np.flatnonzero((form == number) & (date > 0))
        values, places = np.unique(date[rows], return_inverse=True)
        spelled = np.empty(len(values), dtype=object)
        spelled[:] = [_one(int(v), number) for v in values]
        out[rows] = spelled[places]
    texts = np.flatnonzero(np.asarray(as_text) & ((form == SERIAL) | (form == CELL)))
    out[texts] = [
        v if v == "" else (str(v) if isinstance(v, int) else f"{v.year}/{v.month}/{v.day}") for v in out[texts]
    ]
    return out


def is_date(date: Ints) -> Mask:
    """Which of these yyyymmdd numbers are days of the calendar."""
    month, day = date // 100 % 100, date % 100
    fits = (date > 0) & (month >= 1) & (month <= 12) & (day >= 1)
    safe = np.where(fits, date, 19700101)
    last = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[(safe // 100 % 100) - 1]
    leap = (safe // 100 % 100 == 2) & (safe // 10000 % 4 == 0)
    return np.asarray(fits & (safe % 100 <= last + leap))


def _one(value: int, form: int) -> Any:
    year, month, day = value // 10000, value // 100 % 100, value % 100
    if form == FLOAT:
        return f"{value}.0"
    if form == SERIAL:
        return int(day_number(np.array([value]))[0]) + _EXCEL_DAY_ZERO
    if form == CELL:
        return datetime.date(year, month, day)
    whole, month_only = SPELLINGS[form - 1]
    return (month_only if day == 0 else whole).format(year, month, day)

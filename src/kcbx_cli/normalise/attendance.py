"""Roll calls and reports of long absence: who is in class, who is not, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.normalise import rollmarks, spells
from kcbx_cli.normalise.columns import Cells, Flags, Raw, Whole, filled, flags, only, strings
from kcbx_cli.normalise.identity import date_column
from kcbx_cli.normalise.people import person_columns
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.sheets import Sheet, cleaned
from kcbx_cli.normalise.text import label
from kcbx_cli.settings import Settings
from kcbx_cli.tables import ATTENDANCE, RawTable

_REPORT = "absence_report"
#: A sign that nobody knows is the sheet's own tick when so many rows, and so large a share of all, have it.
_OWN_ROWS, _OWN_SHARE = 5, 0.8


def attendance(sheets: Sequence[RawTable], settings: Settings, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheets' rows as ATTENDANCE, one for each raw row and in the same order, and what is wrong as PROBLEMS.

    A row of a roll call is in class unless it says otherwise, a row of an absence report is not, unless it says that
    the child is back. Where a sheet ticks those who are there, a cell without a tick says that the child is not. A mark
    that nobody can read says neither: it clears nobody, and makes nobody absent.
    """
    return cleaned(sheets, ATTENDANCE, lambda sheet: _columns(sheet, settings, as_of))


def _columns(sheet: Sheet, settings: Settings, as_of: date) -> dict[str, Any]:
    table, raw, reports = sheet
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    person = person_columns(sheet, settings, as_of)
    since, back_on = (
        date_column(raw, field, reports, today, lambda cell: spells.day(cell, as_of))
        for field in ("absent_since", "returned_on")
    )
    days = _days(raw, reports)
    report = table.layout == _REPORT
    says = _says(raw, report, (since, days), reports)
    says[_back(raw, reports, (since, back_on), as_of)] = "back"
    granted = settings.attendance.leave
    leave = raw.flags("absence_reason", lambda c: rollmarks.leave(c, granted))
    leave |= raw.flags("present", lambda c: rollmarks.leave(c, (*granted, "假")))
    leave |= raw.flags("note", lambda c: rollmarks.gone(c) and rollmarks.leave(c, (*granted, "假")))
    return person | {
        "report": np.full(raw.length, report, dtype=np.bool_), "says": says, "days": days, "leave": leave,
        "since": np.where(since > today, 0, since), "day": _day(raw, table, reports, today),
        "title": np.full(raw.length, table.title, dtype=object),
    }  # fmt: skip


def _says(raw: Raw, report: bool, absence: tuple[Whole, Whole], reports: Reports) -> Cells:
    """in, out or unread for each row."""
    cells, remark = raw.cells("present"), raw.flags("note", rollmarks.gone)
    said = strings(cells, rollmarks.present)
    unread = np.isin(said, (rollmarks.UNREAD, rollmarks.STROKE))
    if own := "" if report else _own_tick(cells, unread):
        mine = unread & flags(cells, lambda c: rollmarks.symbol(c) == own)
        said = np.where(mine, "in", said)
        reports.once("K227", "present", f"「{own}」{int(mine.sum())} 行")
    ticked = (said == "in").sum() * 2 >= raw.length and raw.length > 0 and raw.has("present")
    if ticked and not own:
        said = np.where(said == rollmarks.STROKE, "", said)
    unread = np.isin(said, (rollmarks.UNREAD, rollmarks.STROKE))
    reports.column("K226", unread | ((said == "in") & remark), filled(said), "present")
    says = np.where(said == "", "out" if report or ticked else "in", said).astype(object)
    since, days = absence
    away = (since > 0) | (days > 0)
    says[(said == "") & (days == 0) & (since == 0)] = "in"
    says[(said == "in") & remark] = "unread"
    says[unread] = "out" if report else "unread"
    says[((said == "") | unread) & away | (said == "") & remark] = "out"
    return says


def _back(raw: Raw, reports: Reports, spell: tuple[Whole, Whole], as_of: date) -> Flags:
    """Whose return is told, and by nothing denied: 是否返校 and 返校日期 may stand alone, but not against each other.

    `spell`: the first day of the absence and that of the return, 0 for none.
    """
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    since, on = spell
    said = strings(raw.cells("returned"), lambda c: rollmarks.returned(c, as_of))
    due = on > today
    early = (on % 100 > 0) & (on < since)
    against = (said == "away") & (on > 0) & ~due | (said == "back") & due
    reports.add("K228", said == rollmarks.UNREAD, "returned", "认不出来")
    reports.add("K228", against, "returned", "与返校日期相反")
    reports.add("K228", early & ~against, "returned_on", "返校日期早于缺勤起始日期")
    back: Flags = ((said == "back") | ((said == "") & (on > 0))) & ~due & ~early
    return back


def _own_tick(cells: Cells, unread: Flags) -> str:
    """The sign by which this sheet, and perhaps no other, says that a pupil is in class; empty for none."""
    signs = strings(only(cells, unread), rollmarks.symbol)
    codes, values = pd.factorize(signs[filled(signs)])
    counts = np.bincount(codes, minlength=1)
    most = int(counts.max())
    enough = most >= _OWN_ROWS and most >= _OWN_SHARE * len(cells)
    return str(values[counts.argmax()]) if enough else ""


def _days(raw: Raw, reports: Reports) -> Whole:
    """The days of absence as the list counts them, -1 for none; what is not clear is reported."""
    codes, values = raw.distinct("absent_days")
    found = np.array([spells.days(v) for v in values], dtype=np.int64)[codes]
    reports.add("K224", filled(raw.mapped("absent_days", label)) & (found < 0), "absent_days")
    return found


def _day(raw: Raw, table: RawTable, reports: Reports, today: int) -> Whole:
    """The day of each row: of its own column, else the month that the name of the sheet or file tells; 0 unknown."""
    own = date_column(raw, "roll_date", reports)
    for name in (table.sheet, table.file):
        if month := spells.month_named(name):
            return np.where(own > 0, own, month * 100)
    return own

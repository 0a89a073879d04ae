"""Roll calls and reports of long absence: who is in class, who is not, and since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.normalise import words
from kcbx_cli.normalise.columns import Cells, Raw, Whole, filled, flags, strings
from kcbx_cli.normalise.identity import date_column
from kcbx_cli.normalise.people import person_columns
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.sheets import Sheet, cleaned
from kcbx_cli.normalise.text import label, nothing, squeezed
from kcbx_cli.settings import Settings
from kcbx_cli.tables import ATTENDANCE, RawTable

_REPORT = "absence_report"
_OUT = re.compile("未|没|不在|不到|缺|旷|辍|失学|失联|走失|外出|离校|流失|休学|请假|病假|事假|转出|退学")
_IN = re.compile("在校|在班|在读|到校|到班|出勤|正常|返校|复学|复课|到$|^在$")
#: A month in the name of a sheet or file: 2021年10月, 2021-10, 202110.
_MONTH = re.compile(r"(20\d\d)\s*[年.\-_]?\s*(1[0-2]|0?[1-9])(?!\d)")


def attendance(sheets: Sequence[RawTable], settings: Settings, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheets' rows as ATTENDANCE, one for each raw row and in the same order, and what is wrong as PROBLEMS.

    A row of a roll call is in class unless it says otherwise, a row of an absence report is not, unless it says that
    the child is back. Where a sheet ticks those who are there, a cell without a tick says that the child is not.
    """
    return cleaned(sheets, ATTENDANCE, lambda sheet: _columns(sheet, settings, as_of))


def _columns(sheet: Sheet, settings: Settings, as_of: date) -> dict[str, Any]:
    table, raw, reports = sheet
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    person = person_columns(sheet, settings, as_of)
    since = date_column(raw, "absent_since", reports, today)
    back_on = date_column(raw, "returned_on", reports, today)
    days = _days(raw, reports)
    report = table.layout == _REPORT
    says = _says(raw, report, (since, days))
    back = ((back_on > 0) & (back_on <= today)) | flags(raw.cells("returned"), lambda c: words.yes(c, "返校"))
    says[back] = "back"
    reason = raw.mapped("absence_reason", squeezed)
    leave = flags(reason, lambda r: any(w in (r or "") for w in settings.attendance.leave))
    leave |= flags(raw.cells("present"), lambda c: "假" in squeezed(c))
    return person | {
        "report": np.full(raw.length, report, dtype=np.bool_), "says": says, "days": days, "leave": leave,
        "since": np.where(since > today, 0, since), "day": _day(raw, table, reports, today),
    }  # fmt: skip


def _says(raw: Raw, report: bool, absence: tuple[Whole, Whole]) -> Cells:
    """in or out for each row."""
    said = strings(raw.cells("present"), present)
    blank = ~filled(said)
    ticked = (said == "in").sum() * 2 >= raw.length and raw.length > 0
    fallback = "out" if report or (ticked and raw.has("present")) else "in"
    says = np.where(blank, fallback, said).astype(object)
    since, days = absence
    gone = (since > 0) | (days > 0)
    says[blank & gone] = "out"
    says[blank & (days == 0) & (since == 0)] = "in"
    return says


def present(cell: Any) -> str:
    """in, out, or empty for a cell of 是否到校. Pure."""
    line = squeezed(cell)
    if nothing(line) and line not in ("/", "\\", "×"):
        return ""
    if line.upper() in ("×", "X", "否", "0", "N", "NO", "/", "\\") or _OUT.search(line):
        return "out"
    return "in" if words.yes(cell, "在校") or _IN.search(line) else ""


def _days(raw: Raw, reports: Reports) -> Whole:
    """The days of absence as the list counts them, -1 for none; what is no number is reported."""
    cells = raw.mapped("absent_days", label)
    found = strings(cells, lambda c: m[1] if (m := re.match(r"(\d{1,4})(?:\.\d+)?\s*(?:天|日)?$", c or "")) else "")
    reports.add("K224", filled(cells) & ~filled(found), "absent_days")
    return np.array([int(v) if v else -1 for v in found], dtype=np.int64)


def _day(raw: Raw, table: RawTable, reports: Reports, today: int) -> Whole:
    """The day of each row: of its own column, else the month that the name of the sheet or file tells; 0 unknown."""
    own = date_column(raw, "roll_date", reports)
    for name in (table.sheet, table.file):
        if found := _MONTH.search(name):
            return np.where(own > 0, own, int(found[1]) * 10000 + int(found[2]) * 100)
    return own

"""What people write into the blanks of a sheet: a choice that was overwritten, a day in any spelling, yes or no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from kcbx_cli.normalise.dates import joined, parse
from kcbx_cli.normalise.text import label, something, squeezed

_FOLD = re.compile(r"[\W_]+")
_REMARK = re.compile(r"[(（\[【].*$")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[./\-、])(\d{1,2})[日号]?")
_SAME = {
    "是": "yes", "同一人": "yes", "是同一人": "yes", "相同": "yes", "y": "yes", "yes": "yes", "√": "yes", "✓": "yes",
    "否": "no", "不是": "no", "不是同一人": "no", "非同一人": "no", "不同": "no", "n": "no", "no": "no", "×": "no",
    "不确定": "unsure", "不清楚": "unsure", "待定": "unsure", "待核实": "unsure", "?": "unsure",
}  # fmt: skip


def choice(cell: Any, labels: Sequence[str]) -> str:
    """The one label that the cell means, empty where it means none or more than one.

    Width, blanks and punctuation do not count; a label's remark in brackets may be left out where that leaves no doubt.
    """
    said = _folded(squeezed(cell))
    if not said:
        return ""
    whole, short = _spellings(tuple(labels))
    found = whole.get(said) or short.get(said, [])
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=8)
def _spellings(labels: tuple[str, ...]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The labels by what they are folded to, whole and without their remark."""
    whole: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    for one in labels:
        whole.setdefault(_folded(one), []).append(one)
        short.setdefault(_folded(_REMARK.sub("", one)), []).append(one)
    return whole, short


def _folded(text: str) -> str:
    return _FOLD.sub("", squeezed(text)).lower()


def day(cell: Any, near: date) -> int:
    """A visit's day as yyyymmdd, 00 for a day that is not said; 0 for an empty cell, -1 for what is no sure date.

    A month and a day without a year (10月15日, 10.15) are those nearest to `near`. So is 10.15 typed as a number; 10.1
    is not, for 10.10 turns into it.
    """
    if isinstance(cell, float) and not cell.is_integer() and 1 <= cell < 13:
        line = f"{cell:.4g}"
        return _nearest(line, near) if re.fullmatch(r"\d{1,2}\.(?:\d\d|[2-9])", line) else -1
    if not something(cell):
        return 0
    found = parse(cell)
    if found.note in ("", "two_digit") and found.value // 100 % 100:
        return found.value
    return _nearest(squeezed(cell), near) if isinstance(cell, str) else -1


def _nearest(line: str, near: date) -> int:
    said = _MONTH_DAY.fullmatch(line)
    if said is None:
        return -1
    days = [
        joined(near.year + shift, int(said[1]), int(said[2])) for shift in (-1, 0, 1) if int(said[1]) and int(said[2])
    ]
    real = [date(n // 10000, n // 100 % 100, n % 100) for n in days if n]
    if not real:
        return -1
    best = min(real, key=lambda d: abs((d - near).days))
    return best.year * 10000 + best.month * 100 + best.day


def same(cell: Any) -> str:
    """The answer to whether two records are one person: yes, no, unsure; empty for no answer, `?` for another text."""
    said = squeezed(cell).lower().rstrip("。.!")
    return _SAME.get(said, "?") if said else ""


def words(cell: Any) -> str:
    """Free text; empty where it only says that there is nothing."""
    return something(cell)


def number(cell: Any) -> str:
    """A telephone number or the like, as text."""
    return label(cell)

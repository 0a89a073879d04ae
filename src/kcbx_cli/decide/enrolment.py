"""What the registry says of each pupil: in class, suspended, gone, or an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kcbx_cli.decide.dates import Flags, Ints, earliest, later, number
from kcbx_cli.decide.fold import Groups, best, sheets
from kcbx_cli.decide.words import by_value, is_senior
from kcbx_cli.settings import Settings

#: What a 学生当前状态 means, with 休学 told apart by its date.
ATTENDING, SUSPENDED, OVERDUE, UNDATED, FUTURE, LEFT, ALARM, UNREADABLE, BLANK = range(9)
_GROUPS = {"attending": ATTENDING, "suspended": SUSPENDED, "left": LEFT, "alarm": ALARM}
#: Left before the nine years were over. Compulsory Education Law, art. 27: no school may expel; nobody may be let go.
_GONE_EARLY = ("退学", "开除")


@dataclass(frozen=True)
class Standing:
    """One entry for each registry row.

    `state` is ATTENDING … BLANK. `last` is the last day of a 休学, 0 where there is none. `senior`: past the nine
    years by its grade. `gone_early`: 退学 or 开除. `dead`: 死亡.
    """

    state: Ints
    last: Ints
    senior: Flags
    gone_early: Flags
    dead: Flags


def standings(registry: pd.DataFrame, as_of: date, settings: Settings) -> Standing:
    """The standing of each registry row.

    休学 holds for less than `status.suspension_months` from 状态日期; with no date or a date yet to come nobody can
    say that it holds. A blank status means in class where the sheet leaves most of them blank, else it is a gap.
    """
    state = by_value(registry["status_group"], lambda g: _GROUPS.get(g, UNREADABLE), np.int64)
    state[(state == UNREADABLE) & (registry["status"] == "").to_numpy()] = BLANK
    if (state == BLANK).any():
        state[(state == BLANK) & _mostly_blank(registry, state == BLANK)] = ATTENDING

    since, today = registry["status_date"].to_numpy(), number(as_of)
    last = later(earliest(np.where(since > 0, since, 20000101)), settings.status.suspension_months) - 1
    suspended = state == SUSPENDED
    state[suspended & (last < today)] = OVERDUE
    state[suspended & (earliest(since) > today)] = FUTURE
    state[suspended & (since == 0)] = UNDATED
    gone = by_value(registry["status"], lambda s: any(w in s for w in _GONE_EARLY), np.bool_) & (state == LEFT)
    return Standing(
        state=state,
        last=np.where(state == SUSPENDED, last, 0),
        senior=by_value(registry["grade"], is_senior, np.bool_),
        gone_early=gone,
        dead=(registry["status"] == "死亡").to_numpy(),
    )


def named(pupils: Groups, standing: Standing) -> Ints:
    """The registry row that stands for each pupil: the attending one, then the earliest."""
    return best(pupils.of, pupils.count, standing.state != ATTENDING)


def _mostly_blank(registry: pd.DataFrame, blank: Flags) -> Flags:
    """Rows of sheets in which at least half of the statuses are blank."""
    sheet = sheets(registry)
    rows = np.bincount(sheet, minlength=1)
    return (np.bincount(sheet, weights=blank, minlength=1) * 2 >= rows)[sheet]

"""Who is in class: what roll calls and absence reports say of each child and each pupil.

Basis: the ministry's second comparison, 学籍×在校: registered and not attending (名在人不在, 空挂), attending without a
registry entry. From which day on an absence counts is `settings.attendance`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kcbx_cli.decide.dates import Flags, Ints, days, earliest
from kcbx_cli.decide.fold import Groups, flags, take
from kcbx_cli.settings import Attendance
from kcbx_cli.tables import ATTENDANCE, SEEN

#: What is known of somebody: nothing; not on a roll call that should have the name; in class; out for too few days to
#: count, or on leave; out for days that make a suspect; out for days that make a dropout.
UNTOLD, NOT_SEEN, IN_CLASS, SHORT, ABSENT, DROPOUT = range(6)
#: What the rows of pupils in class say. A row that is unread says nothing of its pupil.
INSIDE = ("in", "back")


@dataclass(frozen=True)
class Roll:
    """What the attendance lists say. `rows` is ATTENDANCE, `seen` (SEEN) says whose each row is.

    `covered` marks the registry rows whose class handed in a roll call.
    """

    rows: pd.DataFrame
    seen: pd.DataFrame
    covered: Flags

    @classmethod
    def none(cls, registry: int = 0) -> Roll:
        """No attendance lists."""
        return cls(ATTENDANCE.frame(), SEEN.frame(), np.zeros(registry, dtype=np.bool_))


@dataclass(frozen=True)
class Presence:
    """`state` is UNTOLD … DROPOUT, `days` of absence (-1 untold), `leave`: absent with leave; `at`, `against`: the
    attendance row that decides, and one that contradicts it, -1 for none; `begun` is the first day of the latest absence, as
    `dates.days` counts, -1 where nobody says that the child is out.
    """

    state: Ints
    days: Ints
    leave: Flags
    at: Ints
    against: Ints
    begun: Ints

    def taken(self, at: Ints) -> Presence:
        """That of others, by their positions; UNTOLD at -1."""
        return Presence(
            take(self.state, at, UNTOLD), take(self.days, at, -1), take(self.leave, at, False), take(self.at, at, -1),
            take(self.against, at, -1), take(self.begun, at, -1),
        )  # fmt: skip


def missed(rows: pd.DataFrame, as_of: int, rule: Attendance) -> Ints:
    """Days of absence of each row, the first and the day of the count included; -1 where nobody says.

    Counted from the first day on, in calendar days or, with `attendance.school_days`, without weekends and holidays;
    the list's own count holds where it is larger or stands alone.
    """
    since, told = rows["since"].to_numpy(), rows["days"].to_numpy()
    first, last = days(earliest(np.where(since > 0, since, 20000101))), int(days(np.array([as_of]))[0])
    if rule.school_days:
        one, end = first.astype("datetime64[D]"), np.datetime64(last + 1, "D")
        counted = np.busday_count(one, np.full(len(one), end), holidays=holidays(rule.holidays)).astype(np.int64)
    else:
        counted = last + 1 - first
    counted = np.where(since > 0, np.maximum(counted, 0), -1)
    out: Ints = np.where(rows["says"].to_numpy() == "out", np.maximum(counted, told), -1)
    return out


def first_days(rows: pd.DataFrame, as_of: int) -> Ints:
    """The first day of each row's absence, as `dates.days` counts: the day that the list gives, else counted back from the
    day of the list, which is the day of the count where it bears none.
    """
    since, told, day = (rows[name].to_numpy() for name in ("since", "days", "day"))
    listed = np.where(day > 0, day, as_of)
    counted: Ints = days(earliest(np.where(since > 0, since, listed)))
    return counted - np.where((since <= 0) & (told > 0), told - 1, 0)


def holidays(spans: tuple[str, ...]) -> np.ndarray:
    """The days of dates (2021-10-01) and spans (2021-10-01/2021-10-07)."""
    found: list[np.datetime64] = []
    for span in spans:
        first, _, last = span.partition("/")
        found += list(np.arange(np.datetime64(first), np.datetime64(last or first) + 1))
    return np.array(found, dtype="datetime64[D]")


def presence(roll: Roll, owner: Ints, count: int, as_of: int, rule: Attendance) -> Presence:
    """What the rows say of each of `count` owners; `owner` is that of each row of `roll.seen`, -1 for nobody's.

    A row that nobody can read tells nothing. A row that says out goes before one that says in, unless the roll call is of a later day: that child is back.
    """
    rows = roll.rows.iloc[roll.seen["attendance"].to_numpy()]
    says, day, leave = rows["says"].to_numpy(), rows["day"].to_numpy(), rows["leave"].to_numpy()
    lost = missed(rows, as_of, rule)
    out = says == "out"
    mine = (owner >= 0) & (out | np.isin(says, INSIDE))

    def newest(where: Flags) -> Ints:
        found = np.full(count, -1, dtype=np.int64)
        np.maximum.at(found, owner[where], day[where])
        return found

    day_in, day_out = newest(mine & ~out), newest(mine & out)
    back = (day_in > day_out) & (day_out > 0)
    shown = (day_out < 0) | back
    most = np.full(count, -1, dtype=np.int64)
    np.maximum.at(most, owner[mine & out], lost[mine & out])
    unexcused = np.zeros(count, dtype=np.bool_)
    unexcused[owner[mine & out & ~leave]] = True
    on_leave = ~shown & ~unexcused
    gone = np.select(
        [
            on_leave & (most >= rule.dropout_days),
            on_leave,
            most >= rule.dropout_days,
            (most >= rule.suspected_days) | (most < 0),
        ],
        [ABSENT, SHORT, DROPOUT, ABSENT],
        SHORT,
    )
    state = np.where(day_in + day_out == -2, UNTOLD, np.where(shown, IN_CLASS, gone)).astype(np.int64)
    inside = take(shown, owner, False)
    decides = _first(owner, count, mine & (out != inside))
    against = _first(owner, count, mine & (out == inside))
    begun = np.full(count, -1, dtype=np.int64)
    np.maximum.at(begun, owner[mine & out], first_days(rows, as_of)[mine & out])
    return Presence(state, np.where(shown, -1, most), on_leave, take(roll.seen["attendance"].to_numpy(), decides, -1),
                    take(roll.seen["attendance"].to_numpy(), against, -1), np.where(shown, -1, begun))  # fmt: skip


def of_pupils(roll: Roll, pupils: Groups, on_roll: Flags, of_child: Ints, given: tuple[int, Attendance]) -> Presence:
    """Of each pupil, by rows put to its registry rows and those of the listed child that is linked to it.

    Args:
        roll: the attendance lists.
        pupils: the registry's rows by pupil.
        on_roll: registry rows of pupils who should be in class.
        of_child: the pupil of each row of `roll.seen` by way of a listed child, -1 for none.
        given: the day of the count (yyyymmdd), and the rule.
    """
    registry = roll.seen["registry"].to_numpy()
    owner = np.where(registry >= 0, take(pupils.of, registry, -1), of_child)
    found = presence(roll, owner, pupils.count, *given)
    expected = ~pupils.any(on_roll & ~roll.covered) & pupils.any(on_roll & roll.covered)
    # Whose row nobody can read stands on the list: what it says of him is not known, and is told as K226.
    listed = np.zeros(pupils.count, dtype=np.bool_)
    listed[owner[owner >= 0]] = True
    state = np.where((found.state == UNTOLD) & expected & ~listed, NOT_SEEN, found.state)
    return replace(found, state=state)


def better(first: Presence, second: Presence) -> Presence:
    """The first where it tells something, else the second."""
    told = first.state != UNTOLD
    return Presence(*(np.where(told, a, b) for a, b in zip(_parts(first), _parts(second), strict=True)))


def missing(state: Ints) -> Flags:
    """States of those who should be in class and are not, so that somebody has to look."""
    return np.isin(state, (NOT_SEEN, ABSENT, DROPOUT))


def _first(owner: Ints, count: int, where: Flags) -> Ints:
    found = np.full(count, -1, dtype=np.int64)
    at = np.flatnonzero(where)[::-1]
    found[owner[at]] = at
    return found


def _parts(one: Presence) -> tuple[np.ndarray, ...]:
    return one.state, one.days, flags(one.leave), one.at, one.against, one.begun

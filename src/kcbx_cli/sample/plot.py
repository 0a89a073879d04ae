"""What happens to the children of a made-up county from month to month, and what the townships answer."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np

from kcbx_cli.sample.cells import World
from kcbx_cli.sample.families import CHILD
from kcbx_cli.sample.schooling import MISSING, Roll, Standing
from kcbx_cli.sample.spec import Dice, Ints, Mask, Text

#: What can happen to one child, once, in a month after the first: share of those to whom it can happen, and how many at
#: the least.
HAPPENS: dict[str, tuple[float, int]] = {
    "leaves": (0.006, 3),  # in class, then 流失 in the registry
    "vanishes": (0.006, 3),  # in class, then no registry row any more
    "persuaded": (0.35, 3),  # out of school with a registry row, then in class again
    "enters": (0.25, 3),  # never registered, then in class
    "listed": (0.02, 3),  # the family comes on the lists (twins first)
    "unlisted": (0.03, 3),  # the family goes off the lists
    "moves": (0.03, 3),  # the family moves to another township
    "mis_keyed": (0.03, 4),  # for one month the name or the number is wrong on the list
}
#: Parts of those whose case is open who are answered for in a month, by what is true of them, with the answer.
ANSWERS: dict[str, tuple[tuple[float, str], ...]] = {
    "missing": ((0.20, "劝返中"), (0.08, "确认辍学"), (0.05, "失联")),
    "outside_unknown": ((0.35, "在校无学籍(省外)"),),
    "transferred_away": ((0.35, "在校无学籍(省内)"),),
    "vanished": ((0.40, "信息错误(证号/姓名)"),),
    "papers": ((0.30, "休学"),),
    "moved": ((0.50, "户籍问题(重户/空挂/迁出/注销/查无此人)"),),
}
#: States of papers that run out, and of those whose paper has run out.
_RUNS_OUT = {
    "outside_papers": "outside_papers_expired", "outside_but_registered": "outside_papers_expired",
    "suspension_papers": "suspension_papers_expired", "home_teaching": "home_teaching_expired",
    "exempt": "exempt_expired", "deferred": "deferred_expired", "suspended": "suspended_overdue",
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """For each kind of event the month (1 …) in which it happens to each person, 0 for never."""

    months: tuple[date, ...]
    when: dict[str, Ints]

    def happened(self, kind: str, month: int) -> Mask:
        """To whom it has happened by that month."""
        mask: Mask = (self.when[kind] > 0) & (self.when[kind] <= month)
        return mask

    def happens(self, kind: str, month: int) -> Mask:
        """To whom it happens in that month."""
        mask: Mask = (self.when[kind] > 0) & (self.when[kind] == month)
        return mask


def month_ends(first: date, count: int) -> tuple[date, ...]:
    """The first date, then the last days of the months that follow."""
    found = [first]
    for n in range(1, count):
        month = first.month - 1 + n
        year, month = first.year + month // 12, month % 12 + 1
        found.append(date(year, month, calendar.monthrange(year, month)[1]))
    return tuple(found)


def plot(dice: Dice, world: World, now: Standing, roll: Roll, months: tuple[date, ...]) -> Plot:
    """Draws what happens. Nothing happens twice to one child."""
    people = world.people
    n, last = len(people), len(months) - 1
    child = (people.part == CHILD) & now.listed & (now.nominal >= 1) & (now.nominal <= 8)
    registered = np.zeros(n, dtype=bool)
    registered[roll.person[~roll.second]] = True
    twin = child & (people.twin >= 0)
    eligible = {
        "leaves": child & (now.state == "attending") & registered & ~twin,
        "vanishes": child & (now.state == "attending") & registered & ~twin,
        "persuaded": child & (now.state == "dropped_out") & registered & ~twin,
        "enters": child & (now.state == "never_registered") & ~registered & ~twin,
        "listed": child,
        "unlisted": child & ~twin,
        "moves": child,
        "mis_keyed": child & (people.number != "") & ~twin,
    }
    free, when = child.copy(), {}
    for kind, (share, least) in HAPPENS.items():
        rng = dice.stream(f"months {kind}")
        draw = rng.random(n)
        if kind == "listed":
            draw = np.where(twin & (draw < 0.3), draw / 100, draw)
        can = eligible[kind] & free
        struck = can & (draw < share)
        if last and struck.sum() < least:
            order = np.argsort(np.where(can, draw, 2.0), kind="stable")
            struck[order[: min(least, int(can.sum()))]] = True
        when[kind] = np.where(struck, rng.integers(1, max(2, last + 1), n), 0).astype(np.int64) * (last > 0)
        if kind in ("listed", "unlisted", "moves"):
            when[kind] = _whole_families(people.family, when[kind])
        free &= when[kind] == 0
        if kind == "listed":  # twins come on the lists together, and so do their brothers and sisters
            free &= ~np.isin(people.family, people.family[when[kind] > 0])
    return Plot(months, when)


def _whole_families(family: Ints, when: Ints) -> Ints:
    """What happens to one of a family happens to all of it, in the earliest of its months."""
    earliest = np.full(int(family.max()) + 1, 10**6)
    struck = when > 0
    np.minimum.at(earliest, family[struck], when[struck])
    return np.where(earliest[family] < 10**6, earliest[family], 0).astype(np.int64)


def states_of(now: Standing, story: Plot, month: int, ends: Ints) -> Text:
    """What is true of each person at that month's end; `ends` is the last day of a paper or suspension, 0 for none."""
    state: Text = now.state.copy()
    day = int(story.months[month].strftime("%Y%m%d"))
    for before, after in _RUNS_OUT.items():
        state[(now.state == before) & (ends > 0) & (ends < day)] = after
    state[story.happened("leaves", month)] = "dropped_out"
    state[story.happened("vanishes", month)] = "never_registered"
    state[story.happened("persuaded", month) | story.happened("enters", month)] = "attending"
    return state


def rolls_of(roll: Roll, story: Plot, month: int) -> tuple[Roll, Mask]:
    """The registry at that month's end: every row that there ever is, and which of them stand in it."""
    person = roll.person
    status, day = roll.status.copy(), roll.status_day.copy()
    for kind, word in (("leaves", "流失"), ("persuaded", "在读"), ("enters", "在读")):
        rows = story.happened(kind, month)[person]
        status[rows] = word
        since = np.array([np.datetime64(story.months[m]).astype(int) - 12 for m in story.when[kind][person][rows]])
        day[rows] = since
    there = ~story.happened("vanishes", month)[person]
    there &= ~((story.when["enters"] > month)[person])
    return Roll(person, roll.grade, roll.school, status, day, roll.second), there


def answered(dice: Dice, story: Plot, month: int, state: Text, is_open: Mask) -> dict[int, str]:
    """What the townships answer after that month about open cases: person -> disposition."""
    rng = dice.stream(f"months answers {month}")
    draw = rng.random(len(state))
    said: dict[int, str] = {}
    for person in np.flatnonzero(is_open).tolist():
        kind = _kind(str(state[person]), bool(story.happened("vanishes", month)[person]))
        if story.happens("persuaded", month + 1)[person] and draw[person] < 0.7:
            said[person] = "已劝返复学"
            continue
        at = 0.0
        for share, disposition in ANSWERS.get(kind, ()):
            at += share
            if draw[person] < at:
                said[person] = disposition
                break
    return said


def _kind(state: str, vanished: bool) -> str:
    if vanished:
        return "vanished"
    if state in MISSING:
        return "missing"
    return "papers" if state.endswith(("_expired", "_overdue", "_undated")) else state

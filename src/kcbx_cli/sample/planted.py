"""What the further lists of a county have to find: children planted for one comparison each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kcbx_cli.sample.families import CHILD, People
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Dice, Ints, Mask, Text

#: Children who stand neither in the registry nor on a low-income list: how many at scale 1, and the verdict under which
#: the lists must find each. Their state is the name.
OUTSIDERS: dict[str, tuple[int, str]] = {
    "hukou_only": (60, "suspected"),  # out of school, known to the register of residents alone
    "hukou_moves_later": (8, "suspected"),  # 迁出, but only after the day of the count
    "hukou_moved": (25, "elsewhere"),  # 迁出
    "hukou_cancelled": (12, "elsewhere"),  # 注销
    "hukou_dead": (8, "deceased"),
    "disabled_unplaced": (20, "suspected"),  # on the list of disabled children, 待安置 or nothing
    "disabled_placed": (8, "suspected"),  # the list says that there is a place, and no school knows of it
    "attends_unregistered": (40, "attending"),  # sits in class, no registry entry
}
#: Registered pupils in class by the registry: how many at scale 1, on a low-income list and not, and their verdict.
ABSENCES: dict[str, tuple[int, int, str]] = {
    "not_on_roll": (10, 24, "absent"),  # the class's roll call lacks them
    "says_out": (4, 10, "absent"),  # the roll call says 否
    "out_week": (8, 16, "absent"),  # report: 7 to 29 days
    "out_month": (8, 16, "dropout"),  # report: 30 days or more
    "out_few": (4, 12, "enrolled"),  # report: fewer than 7 days
    "on_leave": (3, 8, "enrolled"),  # report: ill, 7 to 29 days
    "leave_long": (3, 8, "absent"),  # report: ill, 30 days or more
    "came_back": (3, 8, "enrolled"),  # report: was out for long, is back
}
#: Of the registered who are on no low-income list, so many live here without being on the register of residents.
_ELSEWHERE = 0.04


@dataclass(frozen=True)
class Planted:
    """By person: `absence` is one of ABSENCES or empty, `resident`: on the register of residents."""

    absence: Text
    resident: Mask

    @property
    def missing(self) -> Mask:
        """Who must never be told to be enrolled."""
        verdicts = {name: verdict for name, (_, _, verdict) in ABSENCES.items()}
        out: Mask = np.array([verdicts.get(a, "enrolled") != "enrolled" for a in self.absence], dtype=bool)
        return out


def plant(dice: Dice, people: People, now: Standing, roll: Roll) -> Planted:
    """Draws them; the states of `now` are changed for OUTSIDERS."""
    rng = dice.stream("planted")
    child, registered = people.part == CHILD, np.zeros(len(people), dtype=bool)
    registered[roll.person] = True
    years = child & (now.nominal >= 1) & (now.nominal <= 9)
    single = (people.twin < 0) & (people.number != "") & ~people.rare
    pool = years & ~now.listed & ~registered & single & (now.state == "attending") & (now.grade == now.nominal)
    outsiders = rng.permutation(np.flatnonzero(pool))
    start = 0
    for name, (count, _) in OUTSIDERS.items():
        taken = outsiders[start : start + _scaled(dice, count)]
        now.state[taken] = name
        start += len(taken)
    once = np.bincount(roll.person, minlength=len(people)) == 1
    attends = years & registered & once & single & (now.state == "attending")
    absence = np.full(len(people), "", dtype=object)
    for side, mask in ((0, now.listed), (1, ~now.listed)):
        drawn, start = rng.permutation(np.flatnonzero(attends & mask)), 0
        for name, counts in ABSENCES.items():
            taken = drawn[start : start + _scaled(dice, counts[:2][side])]
            absence[taken] = name
            start += len(taken)
    young = child & ~now.listed & ~registered & (now.nominal <= 0) & (now.nominal >= -1) & (people.number != "")
    resident = child & (now.age <= 17) & ((registered & (now.nominal <= 10)) | (now.listed & (now.nominal >= 0)))
    resident &= ~(registered & ~now.listed & (rng.random(len(people)) < _ELSEWHERE))
    resident |= young | np.isin(now.state, list(OUTSIDERS))
    strangers = np.flatnonzero(now.state == "attends_unregistered")
    resident[strangers[::3]] = False
    return Planted(absence, resident)


def _scaled(dice: Dice, count: int) -> int:
    """So many at this scale, and at least two of each."""
    return max(2, round(count * dice.spec.scale))


def expected_of(state: str, absence: str) -> str:
    """The verdict of a planted child; empty for others."""
    if absence:
        return ABSENCES[absence][2]
    return OUTSIDERS[state][1] if state in OUTSIDERS else ""


def of_class(now: Standing, roll: Roll, planted: Planted) -> Ints:
    """The registry rows of pupils who truly sit in class: their roll call has them."""
    gone = np.isin(planted.absence, ("not_on_roll", "out_week", "out_month", "on_leave", "leave_long"))
    inside = np.isin(now.state, ("attending", "inclusive", "outside_years"))
    return np.flatnonzero((roll.status == "在读") & ~roll.second & inside[roll.person] & ~gone[roll.person])

"""Who stands on which low-income list, in which order."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from kcbx_cli.sample.families import CHILD, FATHER, GRANDFATHER, GRANDMOTHER, MOTHER, Families, People, day_number
from kcbx_cli.sample.places import TOWNSHIPS
from kcbx_cli.sample.spec import Dice, Ints, Mask

LIST_ROWS = 14_000
THIRD, SECOND, HAND = range(3)  # generations of the poverty-monitoring list, and the hand-kept list
#: Which list a township's families stand on: the first townships the third generation, one the hand-kept list.
LIST_OF_TOWNSHIP = np.array([THIRD] * 13 + [SECOND] * (len(TOWNSHIPS) - 13))
LIST_OF_TOWNSHIP[5] = HAND


@dataclass
class Roster:
    """One entry of each array a list row: list, township under which it stands, household and person."""

    which: Ints
    township: Ints
    household: Ints  # number of the family
    person: Ints
    again: Mask  # the person stands on this list before
    elsewhere: Mask  # the person stands on another list too, and this row is the second

    def __len__(self) -> int:
        return len(self.person)


def listed_people(dice: Dice, families: Families, people: People) -> Mask:
    """Which persons stand on a low-income list: whole households, about LIST_ROWS persons at scale 1."""
    rng = dice.stream("listing")
    living = _living_together(dice, families, people)
    size = np.bincount(people.family[living], minlength=len(families))
    poor = rng.random(len(families)) / (1.0 + 0.6 * np.maximum(families.children - 1, 0))
    poor[families.children == 0] = -1.0
    order = np.argsort(poor, kind="stable")
    wanted = max(60, round(LIST_ROWS * dice.spec.scale))
    taken = np.zeros(len(families), dtype=bool)
    taken[order[: int(np.searchsorted(np.cumsum(size[order]), wanted)) + 1]] = True
    if dice.spec.every_trap:
        _one_of_each(people, families, taken)
    listed: Mask = living & taken[people.family]
    return listed


def _living_together(dice: Dice, families: Families, people: People) -> Mask:
    """Who belongs to the household: parents unless they left, some grandparents, children up to about 22."""
    draw = dice.stream("living together").random(len(people))
    part, family = people.part, people.family
    today = np.datetime64(dice.spec.as_of).astype("datetime64[D]").astype(np.int64)
    grown = (today - day_number(people.birth)) // 365 >= 19
    old_couple = families.children[family] == 0
    grandparent = (part == GRANDFATHER) | (part == GRANDMOTHER)
    stays = np.where(families.left_behind[family], 0.6, 0.3)
    return np.asarray(
        ((part == FATHER) & (draw < 0.95))
        | ((part == MOTHER) & (draw < 0.95) & ~families.one_parent[family])
        | (grandparent & (draw < np.where(old_couple, 0.25, stays)))
        | ((part == CHILD) & (~grown | (draw < 0.6)))
    )


def _one_of_each(people: People, families: Families, taken: Mask) -> None:
    """A small county lists at least two families of each kind that a trap needs: twins, rare characters, dots, ..."""
    child = people.part == CHILD
    school_age = child & (people.birth > 20070000) & (people.birth < 20150000)
    kinds = (
        school_age & (people.twin >= 0), school_age & people.rare, school_age & (people.former != ""),
        school_age & (people.number == ""), school_age & (families.clan[people.family] != ""),
    )  # fmt: skip
    for kind in kinds:
        taken[people.family[np.flatnonzero(kind)[:6]]] = True


def roster(dice: Dice, families: Families, people: People, listed: Mask) -> Roster:
    """The rows of all person-level lists: townships in order, within them villages, households, members."""
    rng = dice.stream("roster")
    person = np.flatnonzero(listed)
    family = people.family[person]
    which = LIST_OF_TOWNSHIP[families.township[family]]
    twice = np.flatnonzero(dice.trap("row_twice", "list", np.ones(len(person), dtype=bool)))
    with_children = np.zeros(len(families), dtype=bool)
    with_children[family] = families.children[family] > 0
    with_children &= LIST_OF_TOWNSHIP[families.township] != HAND
    hand_too = np.flatnonzero(dice.trap("row_two_lists", "list", with_children)[family])
    source = np.concatenate([np.arange(len(person)), twice, hand_too])
    kind = np.repeat([0, 1, 2], [len(person), len(twice), len(hand_too)])
    whole = Roster(
        which=np.where(kind == 2, HAND, which[source]),
        township=np.where(kind == 2, _HAND_TOWNSHIP, families.township[family[source]]),
        household=family[source],
        person=person[source],
        again=kind == 1,
        elsewhere=kind == 2,
    )
    part = people.part[whole.person]
    place = np.where(part == CHILD, 10 + people.birth[whole.person] / 1e8, part)
    mixed_in = rng.random(len(families))
    order = np.lexsort((place, mixed_in[whole.household], families.village[whole.household], whole.again,
                        whole.township, whole.which))  # fmt: skip
    return Roster(**{f.name: getattr(whole, f.name)[order] for f in fields(Roster)})


_HAND_TOWNSHIP = int(np.flatnonzero(LIST_OF_TOWNSHIP == HAND)[0])

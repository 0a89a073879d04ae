"""Families and their members, as columns: no object per person, so that a province fits in memory."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from kcbx_cli.sample import idnumbers, places
from kcbx_cli.sample.names import NameBook
from kcbx_cli.sample.spec import Dice, Ints, Mask, Text, pick

FATHER, MOTHER, GRANDFATHER, GRANDMOTHER, CHILD = range(5)
#: Ages of the eldest child at the day of the lists, in years, and how often: older cohorts are larger.
_ELDEST = np.arange(0, 23)
_ELDEST_WEIGHT = np.array([1, 1, 1, 1.2, 1.5, 2, 3.5, 4.5, 5, 5, 5.5, 6, 7, 8.5, 10.5, 11, 9, 5, 3, 2, 1.5, 1, 1])


@dataclass
class Families:
    """One entry of each array a family."""

    township: Ints
    village: Ints
    hamlet: Ints
    surname: Text
    nation: Text
    area: Ints
    children: Ints
    phone: Text
    left_behind: Mask
    one_parent: Mask
    clan: Text  # "" for a name without a middle dot

    def __len__(self) -> int:
        return len(self.township)


@dataclass
class People:
    """One entry of each array a person. `twin` is the twin's position or -1; `former` is "" for most."""

    family: Ints
    part: Ints
    male: Mask
    birth: Ints  # yyyymmdd
    name: Text
    former: Text
    rare: Mask
    number: Text  # ID number, "" for none
    twin: Ints

    def __len__(self) -> int:
        return len(self.family)

    def take(self, where: Ints) -> People:
        """The persons at these positions (twin positions still mean the whole)."""
        return People(**{f.name: getattr(self, f.name)[where] for f in fields(self)})


def draw(dice: Dice, book: NameBook, with_children: int, childless: int) -> tuple[Families, People]:
    """So many families, those with children first, and all their members: parents, grandparents, children."""
    families = _families(dice, book, with_children, childless)
    family, twin, birth, male = _children(dice, families, with_children)
    people = _members(dice, book, families, (family, twin, birth, male))
    return families, people


def day_number(date: Ints) -> Ints:
    """Days since 1970 of yyyymmdd dates."""
    months = (date // 10000 - 1970) * 12 + date // 100 % 100 - 1
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + date % 100 - 1


def date_number(day: Ints) -> Ints:
    """yyyymmdd of days since 1970."""
    days = day.astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    of_month = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    out: Ints = (months // 12 + 1970) * 10000 + (months % 12 + 1) * 100 + of_month
    return out


def _families(dice: Dice, book: NameBook, with_children: int, childless: int) -> Families:
    n = with_children + childless
    rng = dice.stream("families")
    has_children = np.arange(n) < with_children
    surname = book.surnames(rng, n)
    extra = dice.fact("compound_surname_extra", has_children)
    surname[extra] = pick(rng, [s for s, _ in book.compound], [w for _, w in book.compound], int(extra.sum()))
    minority = dice.fact("minority", has_children)
    nation = np.where(minority, pick(rng, ["土家族", "苗族"], [3, 2], n), "汉族").astype(object)
    dotted = dice.fact("dotted_name", minority)
    children = np.where(has_children, pick(rng, [1, 2, 3, 4], [0.33, 0.47, 0.16, 0.04], n), 0).astype(np.int64)
    children[has_children & dice.fact("twins", has_children)] += 100  # one more child, the twin of the first
    homes = max(1, int(np.ceil(dice.spec.scale / 10)))
    areas = np.array([int(a) for a in places.PROVINCE[:homes]])
    return Families(
        township=pick(rng, range(len(places.TOWNSHIPS)), places.WEIGHTS, n).astype(np.int64),
        village=rng.integers(0, places.VILLAGES_EACH, n),
        hamlet=rng.integers(1, 10, n),
        surname=surname,
        nation=nation,
        area=areas[rng.integers(0, len(areas), n)],
        children=children,
        phone=_phones(rng, n),
        left_behind=dice.fact("left_behind", has_children),
        one_parent=dice.fact("one_parent", has_children),
        clan=np.where(dotted, book.clans(rng, n), "").astype(object),
    )


def _phones(rng: np.random.Generator, n: int) -> Text:
    heads = pick(rng, ["130", "132", "135", "136", "138", "139", "150", "152", "158", "159", "178", "182", "183", "187"],
                 np.ones(14), n)  # fmt: skip
    out: Text = heads + rng.integers(10**7, 10**8, n).astype("U8").astype(object)
    return out


def _children(dice: Dice, families: Families, with_children: int) -> tuple[Ints, Ints, Ints, Mask]:
    """Family, number of the twin within all children (or -1), birth and sex of each child, eldest first."""
    rng = dice.stream("children")
    twins = families.children >= 100
    families.children = families.children % 100 + twins
    family = np.repeat(np.arange(len(families)), families.children)
    starts = np.cumsum(families.children) - families.children
    place = np.arange(len(family)) - starts[family]
    today = np.datetime64(dice.spec.as_of).astype("datetime64[D]").astype(np.int64)
    eldest_age = pick(rng, _ELDEST, _ELDEST_WEIGHT, len(families)).astype(np.int64)
    eldest = today - eldest_age * 365 - rng.integers(20, 385, len(families))
    gap = np.where(place == 0, 0, np.clip(rng.gamma(3.0, 420.0, len(family)) + 330, 330, 4800)).astype(np.int64)
    gap[(place == 1) & twins[family]] = 0
    total = np.cumsum(gap)
    born = eldest[family] + total - total[starts[family]]
    male = rng.random(len(family)) < 0.535
    same = rng.random(len(family)) < 0.66
    twin = np.full(len(family), -1)
    first = starts[np.flatnonzero(twins)]
    twin[first], twin[first + 1] = first + 1, first
    male[first + 1] = np.where(same[first], male[first], ~male[first])
    kept = born <= today - 20
    twin = np.where(twin >= 0, (np.cumsum(kept) - 1)[twin], -1)
    families.children = np.bincount(family[kept], minlength=len(families))
    return family[kept], twin[kept], date_number(born[kept]), male[kept]


def _members(dice: Dice, book: NameBook, families: Families, children: tuple[Ints, Ints, Ints, Mask]) -> People:
    """Everyone: for each family father, mother, grandfather, grandmother, then its children."""
    rng = dice.stream("members")
    family, twin, birth, male = children
    n, k = len(families), len(family)
    eldest = np.full(n, 0)
    eldest[family[::-1]] = day_number(birth[::-1])
    alone = families.children == 0
    today = np.datetime64(dice.spec.as_of).astype("datetime64[D]").astype(np.int64)
    eldest[alone] = today - rng.integers(18 * 365, 42 * 365, int(alone.sum()))
    father = eldest - rng.integers(21 * 365, 33 * 365, n)
    mother = np.minimum(father + rng.integers(-400, 1800, n), eldest - 19 * 365)
    grandfather = father - rng.integers(20 * 365, 30 * 365, n)
    grandmother = grandfather + rng.integers(-200, 1500, n)
    who = np.concatenate([np.tile(np.arange(n), 4), family])
    part = np.concatenate([np.repeat(np.arange(4), n), np.full(k, CHILD)])
    births = np.concatenate([date_number(d) for d in (father, mother, grandfather, grandmother)] + [birth])
    sexes = np.concatenate([np.repeat([True, False, True, False], n), male])
    people = People(
        family=who, part=part, male=sexes, birth=births,
        name=np.full(len(who), "", dtype=object), former=np.full(len(who), "", dtype=object),
        rare=np.zeros(len(who), dtype=bool), number=np.full(len(who), "", dtype=object),
        twin=np.concatenate([np.full(4 * n, -1), np.where(twin >= 0, twin + 4 * n, -1)]),
    )  # fmt: skip
    _name(dice, book, families, people)
    _number(dice, families, people)
    return people


def _name(dice: Dice, book: NameBook, families: Families, people: People) -> None:
    rng = dice.stream("names")
    given = book.given(rng, people.male, people.birth // 10000)
    child = people.part == CHILD
    together = dice.fact("generation_character", families.children > 0)
    sisters_too = together & (rng.random(len(families)) < 1 / 3)
    shared = book.generation(rng, len(families))[people.family]
    bears = child & together[people.family] & (people.male | sisters_too[people.family])
    given = np.where(bears, shared + book.second(rng, people.male), given)
    alike = dice.fact("twins_alike", families.children > 0)[people.family] & (people.twin >= 0)
    given = np.where(alike, book.generation(rng, len(families))[people.family] + book.second(rng, people.male), given)
    people.rare = dice.fact("rare_character", child)
    rare = pick(rng, book.rare, np.ones(len(book.rare)), len(people))
    kept = np.array([g[0] for g in given[people.rare]], dtype=object)
    given[people.rare] = kept + rare[people.rare]
    own = book.surnames(rng, len(people))
    takes = (people.part == MOTHER) | (people.part == GRANDMOTHER)
    surname = np.where(takes, own, families.surname[people.family])
    people.name = (surname + given).astype(object)
    clan = families.clan[people.family]
    dotted = clan != ""
    people.name[dotted] = book.dotted(rng, people.male[dotted], clan[dotted])
    people.rare &= ~dotted
    _distinct_siblings(book, rng, people, surname)
    former = dice.fact("former_name", child & ~dotted & ~people.rare)
    other = book.given(rng, people.male[former], people.birth[former] // 10000)
    people.former[former] = np.where(other == given[former], other + other, surname[former] + other)


def _distinct_siblings(book: NameBook, rng: np.random.Generator, people: People, surname: Text) -> None:
    """Brothers and sisters never share a whole name: the later ones get another."""
    for _ in range(20):
        children = np.flatnonzero(people.part == CHILD)
        both = pd.DataFrame({"family": people.family[children], "name": people.name[children]})
        double = children[both.duplicated().to_numpy()]
        if not len(double):
            return
        fresh = book.given(rng, people.male[double], people.birth[double] // 10000)
        people.name[double] = surname[double] + fresh
        people.rare[double] = False


def _number(dice: Dice, families: Families, people: People) -> None:
    rng = dice.stream("numbers")
    year = people.birth // 10000
    home = families.area[people.family]
    area = np.where(home != int(places.COUNTY_CODE), home, 0)
    for first, last, code in places.COUNTY_CODES:
        area[(area == 0) & (first <= year) & (year <= last)] = code
    away = dice.fact("born_elsewhere", people.twin < 0)
    for first, last, codes in places.ELSEWHERE:
        moved = away & (first <= year) & (year <= last)
        area[moved] = pick(rng, codes, np.ones(len(codes)), int(moved.sum()))
    people.number = idnumbers.numbers(rng, area, people.birth, people.male, families.township[people.family])
    people.number[dice.fact("no_id", (people.part == CHILD) & (people.twin < 0))] = ""

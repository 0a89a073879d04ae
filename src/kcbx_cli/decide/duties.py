"""四包责任制: which people answer for which child. Basis: 领导包片、职工包校、校长包村、教师包户.

A person answers for a child when everything that the roster's row names is the child's: township, village, school,
household (its number, or its head's name). A row that names nothing is for the whole county. Any number of people may
answer for a child; they are told from the widest layer to the household.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kcbx_cli.tables import DUTIES

#: The layers, the widest first.
LAYERS = ("county", "area", "school", "village", "household")
_VILLAGE_ENDS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a child belongs: as the lists and the registry have it."""

    township: str
    village: str
    school: str
    household: str
    head_name: str


def village_key(name: str) -> str:
    """A village's name without what it is called after: 石门村, 石门村委会 and 石门 are one."""
    short = name
    for end in _VILLAGE_ENDS:
        if short.endswith(end) and len(short) > len(end):
            short = short.removesuffix(end)
    return short


def answers(person: Any, home: Home) -> bool:
    """Does this row of RESPONSIBLE name nothing that is not the child's?"""
    household = not (person.household or person.head_name) or (
        (person.household != "" and person.household == home.household)
        or (not person.household and person.head_name == home.head_name)
        or (bool(person.household and person.head_name) and not home.household and person.head_name == home.head_name)
    )
    return (
        household
        and person.township in ("", home.township)
        and (not person.village or village_key(person.village) == village_key(home.village))
        and (not person.school or _same_school(person.school, home.school))
    )


def _same_school(one: str, other: str) -> bool:
    """Is this the school, with or without the county's name in front?"""
    return bool(other) and (one == other or one.endswith(other) or other.endswith(one))


def duties(roster: pd.DataFrame, homes: Sequence[Home]) -> pd.DataFrame:
    """DUTIES: for each home, in order, the positions in RESPONSIBLE of those who answer for it, widest layer first."""
    by_key: dict[tuple[str, str], list[tuple[int, Any]]] = defaultdict(list)
    people: list[Any] = list(roster.itertuples(index=False, name="Row"))
    for at, person in enumerate(people):
        by_key[_key(person)].append((at, person))
    child, found = [], []
    for n, home in enumerate(homes):
        keys = [
            ("household", home.household), ("head", home.head_name), ("village", village_key(home.village)),
            ("area", home.township), ("", ""),
        ]  # fmt: skip
        near = [pair for key in dict.fromkeys(keys) for pair in by_key.get(key, [])]
        mine = sorted((LAYERS.index(person.layer), at) for at, person in near if answers(person, home))
        child += [n] * len(mine)
        found += [at for _, at in mine]
    return DUTIES.frame({"home": child, "person": found})


def _key(person: Any) -> tuple[str, str]:
    """Where the row is looked up: by the narrowest thing that it names and that has one spelling."""
    if person.household and not person.head_name:
        return "household", person.household
    if person.head_name:
        return "head", person.head_name
    if person.village:
        return "village", village_key(person.village)
    return ("area", person.township) if person.township else ("", "")

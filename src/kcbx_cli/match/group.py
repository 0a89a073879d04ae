"""Rows of one list that are one child: registered at two schools, on two lists, or twice on one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import context, dates, numbers
from kcbx_cli.match.block import candidates
from kcbx_cli.match.contradict import contradicting
from kcbx_cli.match.model import FAMILY_LEVELS, NAME_LEVELS, SEX_LEVELS, Model
from kcbx_cli.match.records import Ints, Records, encode
from kcbx_cli.match.sieve import score_likely

#: Up to this level two names are one name.
_ONE_NAME = NAME_LEVELS.index("variant")
#: Up to this level two names may be one name in two spellings; a shorter name may be a brother's, or a twin's.
_SPELLING, _SHORTER = NAME_LEVELS.index("wildcard"), NAME_LEVELS.index("one_missing")
_ONE_EDIT, _NO_NUMBER = numbers.FULL_LEVELS.index("one_edit"), numbers.FULL_LEVELS.index("missing")
#: One name that was damaged or whose characters changed places.
_DAMAGED = [NAME_LEVELS.index("swapped"), _SPELLING]
_OTHER_SEX = SEX_LEVELS.index("different")
#: Up to this level two names have the surname in common.
_SURNAME = NAME_LEVELS.index("surname_same")
#: Up to this level two numbers are one valid number.
_SHARED = numbers.FULL_LEVELS.index("shared")

#: The blocking keys within a list: rows of one child are nearer to each other than those of two lists.
_KEYS = (
    "id", "id_fifteen", "id_day_sequence", "number_in_registry", "name_sound_year", "name_fuzzy_month", "birth_surname",
    "birth_given",
)  # fmt: skip


def group(records: pd.DataFrame, model: Model) -> Ints:
    """The child of each row: rows of one child share a number, the position of its first row.

    Twins and siblings are never joined: a pair must be beyond the link threshold against every kind of other people,
    and no group may come to hold two valid ID numbers.
    """
    return group_records(context.with_shares(encode(records)), context.households(records), model)


def group_records(records: Records, household: Ints, model: Model) -> Ints:
    """The same for encoded records with shares; `household` numbers each row's household, 0 for none."""
    child = np.arange(len(records))
    if len(records) < 2:
        return child
    pairs = candidates(records, records, within=True, only=_KEYS)

    def telling(levels: npt.NDArray[np.int8], a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
        """Pairs with one number, of one household, or with one birth date and name: they say who may be a twin."""
        at_home = (household[a] == household[b]) & (household[a] != 0)
        told: npt.NDArray[np.bool_] = (levels[:, 1] <= _SHARED) | _one_birth(levels) & (
            at_home | (levels[:, 0] <= _SPELLING)
        )
        return told

    within = model.for_rows(len(records)).for_groups()
    likely, scored = score_likely(records, records, (pairs.left, pairs.right), within, model.link, telling)
    i, j = pairs.left[likely], pairs.right[likely]
    twice = same_person(scored.levels) | _across(scored.levels, household, i, j)
    same = ((scored.weight >= model.link) | twice) & ~contradicting(scored.levels)
    same &= ~two_of_a_household(scored.levels, household, i, j)
    same &= ~_other_bodies(scored.levels, records, i, j)
    same &= ~_perhaps_twins(scored.levels, household, i, j)
    at = np.flatnonzero(same)
    rank = context.ranks(records)
    first = np.minimum(rank[i[at]], rank[j[at]])
    last = np.maximum(rank[i[at]], rank[j[at]])
    order = at[np.lexsort((last, first, -scored.weight[at].round(6)))]
    return join(child, i[order], j[order], context.own_numbers(records))


def same_person(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Pairs that bear one valid number, and names that are one, or may be one in two spellings if the birth dates agree."""
    birth = np.isin(levels[:, 3], [dates.LEVELS.index(level) for level in ("different", "same_year", "same_month")])
    name = np.where(birth, _ONE_NAME, _SPELLING)
    same: npt.NDArray[np.bool_] = (levels[:, 1] <= _SHARED) & (levels[:, 0] <= name) & (levels[:, 0] != _SHORTER)
    return same


def _other_bodies(levels: npt.NDArray[np.int8], records: Records, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Pairs whose numbers differ, one of them told by a registry number alone, and whose families have nothing in common.

    A registry number may carry an older number of the child; but namesakes born on one day have two numbers as well.
    """
    a, b = records.number[i], records.number[j]
    family = np.isin(levels[:, 6], [FAMILY_LEVELS.index(level) for level in ("different", "missing")])
    found: npt.NDArray[np.bool_] = (a != b) & (a > 0) & (b > 0) & (records.stand_in[i] | records.stand_in[j]) & family
    return found


def _across(levels: npt.NDArray[np.int8], household: Ints, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Pairs of different households or lists that bear one valid number, one surname and one birth date."""
    apart = (household[i] != household[j]) | (household[i] == 0)
    found: npt.NDArray[np.bool_] = apart & _one_birth(levels) & (levels[:, 1] <= _SHARED) & (levels[:, 0] <= _SURNAME)
    return found


def _perhaps_twins(levels: npt.NDArray[np.int8], household: Ints, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Pairs under two names of which one may be a twin with the other's number.

    That is so where one of them has the name and birth date of somebody with another number, or a household with
    another child born on that day.
    """
    other_number = (levels[:, 1] > _ONE_EDIT) & (levels[:, 1] < _NO_NUMBER)
    namesake = _one_birth(levels) & (levels[:, 0] <= _SPELLING) & other_number
    at_home = (household[i] == household[j]) & (household[i] != 0)
    namesake |= _one_birth(levels) & at_home & (levels[:, 0] > _ONE_NAME)
    twin = np.unique(np.concatenate([i[namesake], j[namesake]]))
    away: npt.NDArray[np.bool_] = ~at_home & (levels[:, 0] > _ONE_NAME)
    return away & (np.isin(i, twin) | np.isin(j, twin))


def _one_birth(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    return np.isin(levels[:, 3], [dates.LEVELS.index(level) for level in ("identical", "lunar", "partial")])


def two_of_a_household(levels: npt.NDArray[np.int8], household: Ints, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Pairs of one household of one list under two names: two children, however much they agree.

    Unless they bear one valid number and the names are one but for damage or for the order of characters.
    """
    same = (household[i] == household[j]) & (household[i] != 0)
    one = same_person(levels) & np.isin(levels[:, 0], _DAMAGED) & (levels[:, 4] != _OTHER_SEX)
    two: npt.NDArray[np.bool_] = same & (levels[:, 0] > _ONE_NAME) & ~one
    return two


def one_sound(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Pairs whose names sound the same or are one name with characters exchanged, of one sex as far as it is told."""
    name = np.isin(levels[:, 0], [NAME_LEVELS.index(n) for n in ("identical", "variant", "same_sound", "swapped")])
    alike: npt.NDArray[np.bool_] = name & (levels[:, 4] != _OTHER_SEX)
    return alike


def join(child: Ints, left: Ints, right: Ints, number: Ints) -> Ints:
    """`child` with the rows left[k] and right[k] joined, best pair first, unless a child came to bear two numbers.

    `number` is each row's valid ID number, 0 for none. Children are numbered by their first row.
    """
    parent = child.tolist()
    borne = np.zeros(len(child), dtype=np.int64)
    np.maximum.at(borne, child, number)
    bears = borne.tolist()
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        x, y = _root(parent, a), _root(parent, b)
        if x == y or (bears[x] and bears[y] and bears[x] != bears[y]):
            continue
        x, y = min(x, y), max(x, y)
        parent[y] = x
        bears[x] = max(bears[x], bears[y])
    roots = np.array(parent, dtype=np.int64)
    while (roots[roots] != roots).any():
        roots = roots[roots]
    return roots


def _root(parent: list[int], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row

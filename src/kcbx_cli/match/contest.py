"""Who gets which right child: edges between children, rows that are probably one child, competition."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import context, numbers
from kcbx_cli.match.assign import assign
from kcbx_cli.match.contradict import contradicting
from kcbx_cli.match.exchange import exchanged, twins_alike
from kcbx_cli.match.group import join, one_sound, same_person, two_of_a_household
from kcbx_cli.match.model import NAME_LEVELS, SEX_LEVELS, SIBLINGS, UNKNOWN, Model
from kcbx_cli.match.records import Floats, Ints, Records
from kcbx_cli.match.score import Scores, compare, weigh
from kcbx_cli.match.twins import lifted

Flags = npt.NDArray[np.bool_]
_ONE_NAME, _SPELLING = NAME_LEVELS.index("variant"), NAME_LEVELS.index("wildcard")
_FORMER = NAME_LEVELS.index("former")
_SHARED = numbers.FULL_LEVELS.index("shared")
_OTHER_SEX = SEX_LEVELS.index("different")
#: Two rows of one household under two names are one child from so many bits on.
_AT_HOME = 2.0


@dataclass(frozen=True)
class Found:
    """Scored pairs of rows (i[k], j[k]), whose children they are, and which left children are twins of each other.

    `household` numbers the household of each left row, 0 for none.
    """

    i: Ints
    j: Ints
    scores: Scores
    from_kin: Flags
    left_child: Ints
    right_child: Ints
    twins: tuple[Ints, Ints]
    household: Ints


@dataclass(frozen=True)
class Edges:
    """One edge a pair of children: its best pair of rows `pair`, that pair's weight, and the outcome.

    `final` is the weight after competition, `taken` whether the assignment gives the right child to this left child
    (or to several left children that are probably one), `side` numbers the left children that count as one. `caution`
    are the bits that the model's caution near twins takes off the weight: they hold back a link, never a question.
    `alike` are those that no name tells apart from the twin's.
    """

    left: Ints
    right: Ints
    pair: Ints
    weight: Floats
    final: Floats
    taken: Flags
    side: Ints
    caution: Floats
    alike: Flags


def contest(found: Found, near: Records, far: Records, model: Model) -> Edges:
    """The edges and their outcome. Sorted by the children's content, so that ties do not depend on the order of rows."""
    left_rank, right_rank = context.ranks(near), context.ranks(far)
    pair = _best_pairs(found, left_rank, right_rank)
    left, right = found.left_child[found.i[pair]], found.right_child[found.j[pair]]
    levels, shares, family = found.scores.levels[pair], far.shares[found.j[pair]], near.family[found.i[pair]]
    weight, numbered = found.scores.weight[pair], levels
    if len(found.twins[0]):
        numbered, slips = exchanged(left, right, levels, found.twins)
        again = np.flatnonzero((numbered != levels).any(axis=1))
        weight = weight.copy()
        weight[again] = weigh(numbered[again], shares[again], family[again], model).weight
        weight[slips] += np.log2(model.exchanged) / 2  # one slip for two edges
    sides, respelt = _alike(found, pair, near, model)
    side = sides[found.i[pair]]
    final, taken = _compete(side, right, weight, model)
    if len(found.twins[0]):
        alone = weigh(numbered, shares, np.minimum(family, SIBLINGS), model).weight
        told = (levels[:, 0] <= _SPELLING) | (numbered[:, 1] == 0)  # else nothing tells twins with one number apart
        alone = np.where(told, alone, weight)
        weight = lifted(
            (left, right, weight), np.where(np.isin(left, respelt), side, left), alone, taken, found.twins, model
        )
        final, taken = _compete(side, right, weight, model)
    alike = twins_alike((left, right, side), taken, levels, found.twins)
    calm = weigh(levels, shares, family, replace(model, caution=1.0)).weight
    return Edges(left, right, pair, weight, final, taken, side, (calm - found.scores.weight[pair]).clip(0), alike)


def _best_pairs(found: Found, left_rank: Ints, right_rank: Ints) -> Ints:
    """For each pair of children the best pair of their rows, in the order of the children's ranks."""
    a, b = found.left_child[found.i], found.right_child[found.j]
    order = np.lexsort((right_rank[found.j], left_rank[found.i], -found.scores.weight.round(6), b, a))
    if not len(order):
        return order
    first = np.r_[True, (a[order][1:] != a[order][:-1]) | (b[order][1:] != b[order][:-1])]
    pair = order[first]
    chosen: Ints = pair[np.lexsort((right_rank[found.j[pair]], left_rank[found.i[pair]]))]
    return chosen


def _compete(side: Ints, right: Ints, weight: Floats, model: Model) -> tuple[Floats, Flags]:
    """Weights after competition between sides, and what is taken; members of one side do not compete."""
    floor = min(model.review, 0.0)
    _, order, back = np.unique(np.stack([side, right], axis=1), axis=0, return_index=True, return_inverse=True)
    back = back.reshape(-1)
    best = np.full(len(order), -np.inf)
    np.maximum.at(best, back, weight)
    turn = np.argsort(order)  # first seen first: the order of content, not of numbers
    a, b = _renumbered(side[order[turn]]), _renumbered(right[order[turn]])
    outcome = assign(a, b, best[turn] - floor)
    settled = np.empty(len(order))
    settled[turn] = np.where(best[turn] > floor, outcome.weight, best[turn])
    taken = np.empty(len(order), dtype=bool)
    taken[turn] = outcome.taken
    return np.minimum(weight, settled[back]), taken[back]


def _renumbered(values: Ints) -> Ints:
    """The same partition, numbered in the order in which the values come."""
    _, first, back = np.unique(values, return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return place[back]


def _alike(found: Found, pair: Ints, near: Records, model: Model) -> tuple[Ints, Ints]:
    """For each left row a number of its side, and the children of sides without the very name of the right child.

    A side are children whose best right child is the same and who resemble each other: they are more likely one child
    under two spellings than two children, so they do not compete and each keeps what it has in evidence. So do two who
    are both beyond the link threshold with that right child, by its present or former name or its number; and two who
    bear one valid number, if either name is that of the right child in another spelling. Twins and siblings do not get
    here, for names that differ in a character that is neither heard nor seen alike, two valid numbers, or two names and
    two birth dates make two children.
    """
    weight = found.scores.weight[pair]
    left, right = found.left_child[found.i[pair]], found.right_child[found.j[pair]]
    order = np.lexsort((-weight.round(6), left))
    order = order[np.r_[True, left[order][1:] != left[order][:-1]]] if len(order) else order
    order = order[weight[order] > model.review]
    order = order[np.argsort(right[order], kind="stable")]
    rows_a, rows_b, by_right, respelt = [], [], [], []
    name, number = found.scores.levels[pair, 0], found.scores.levels[pair, 1]
    several = np.r_[False, right[order][1:] == right[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
    order = order[several | np.r_[several[1:], False]] if len(order) else order
    cuts = np.flatnonzero(np.diff(right[order])) + 1
    for part in (p for p in np.split(order, cuts) if len(p)):
        rows = found.i[pair[part]]
        a, b = np.triu_indices(len(rows), 1)
        rows_a.append(rows[a])
        rows_b.append(rows[b])
        named = (name[part] <= _SPELLING) | (name[part] == _FORMER) | (number[part] <= _SHARED)
        sure = named & (weight[part] >= model.link)
        by_right.append(sure[a] & sure[b])
        other = (name[part] > _ONE_NAME) & (name[part] <= _SPELLING)
        respelt.append(other[a] & other[b])
    if not rows_a:
        return found.left_child, found.left_child[:0]
    i, j = np.concatenate(rows_a), np.concatenate(rows_b)
    levels = compare(near, near, i, j, model)
    within = model.for_rows(len(near)).for_groups()
    scored = weigh(levels, near.shares[j], np.full(len(i), UNKNOWN, dtype=np.int8), within)
    same = ((scored.weight >= 0) | same_person(levels)) & (levels[:, 0] <= _SPELLING)
    twice = np.concatenate(respelt) & (levels[:, 1] <= _SHARED)
    both_sure = np.concatenate(by_right)
    same |= both_sure | twice
    heard = one_sound(levels) & ((scored.weight >= _AT_HOME) | both_sure) & (levels[:, 1] > _SHARED)
    same &= ~two_of_a_household(levels, found.household, i, j) | heard | (twice & (levels[:, 4] != _OTHER_SEX))
    same &= ~contradicting(levels) & ~_two_ages(levels, near, i, j)
    at = np.flatnonzero(same)
    rank = context.ranks(near)
    low, high = np.minimum(rank[i], rank[j])[at], np.maximum(rank[i], rank[j])[at]
    at = at[np.lexsort((high, low, -scored.weight[at].round(6)))]
    spelt = np.concatenate(respelt) & same
    side = join(found.left_child, i[at], j[at], context.own_numbers(near))
    return side, found.left_child[np.concatenate([i[spelt], j[spelt]])]


def _two_ages(levels: npt.NDArray[np.int8], near: Records, i: Ints, j: Ints) -> Flags:
    """Pairs under two names whose birth columns differ in year, by two or more, and in month or day."""
    a, b = near.column_birth[i], near.column_birth[j]
    apart = (np.abs(a // 10000 - b // 10000) >= 2) & (a % 10000 != b % 10000)
    found: Flags = (levels[:, 0] > _ONE_NAME) & (a > 0) & (b > 0) & apart
    return found

"""One to one: the best assignment inside each connected group of candidates, and how sure each part of it is.

The weight of a link after competition is what the whole group would lose without it; so a tie ends at 0 bits whatever
the two candidates weigh alone, and a clear case keeps its weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Groups of which a search would look at no more sets of nodes than this are solved by search, larger ones by scipy.
_SETS = 4000
#: A candidate that is so many bits worse than the best of both its ends cannot take part in the best assignment.
_HOPELESS = 40.0


@dataclass(frozen=True)
class Assignment:
    """By edge: whether the best assignment takes it, and its weight after competition (log2 odds)."""

    taken: npt.NDArray[np.bool_]
    weight: Floats


def assign(left: Ints, right: Ints, weight: Floats) -> Assignment:
    """The best one-to-one choice among edges (left[k], right[k]) of positive weight; nobody has to be chosen.

    Edges of weight 0 or less are never taken. Nodes are numbered so that a smaller number wins a perfect tie; a pair of
    nodes has at most one edge. The weight after competition of an edge that is taken is what the group loses without
    it, that of one that is not taken is minus what the group would lose with it; neither exceeds the edge's own weight.
    """
    taken = np.zeros(len(weight), dtype=bool)
    final = np.minimum(weight, 0.0)
    good = np.flatnonzero(weight > 0)
    if not len(good):
        return Assignment(taken, final)
    alone = (_times(left[good]) == 1) & (_times(right[good]) == 1)
    taken[good[alone]] = True
    final[good[alone]] = weight[good[alone]]
    rest = good[~alone]
    for edges in _groups(left[rest], right[rest]):
        at = rest[edges]
        taken[at], final[at] = _solve(left[at], right[at], weight[at])
    return Assignment(taken, final)


def _times(nodes: Ints) -> Ints:
    """How often each value comes."""
    _, back, counts = np.unique(nodes, return_inverse=True, return_counts=True)
    return counts[back].astype(np.int64)


def _groups(left: Ints, right: Ints) -> Iterator[Ints]:
    """The edges of each connected group, as positions."""
    if not len(left):
        return
    _, a = np.unique(left, return_inverse=True)
    _, b = np.unique(right, return_inverse=True)
    label = np.arange(int(a.max()) + 1)
    while True:
        low = np.full(int(b.max()) + 1, len(label), dtype=np.int64)
        np.minimum.at(low, b, label[a])
        new = label.copy()
        np.minimum.at(new, a, low[b])
        if (new == label).all():
            break
        label = new
    of_edge = label[a]
    order = np.argsort(of_edge, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(of_edge[order])) + 1)


def _solve(left: Ints, right: Ints, weight: Floats) -> tuple[npt.NDArray[np.bool_], Floats]:
    """The best assignment of one group, and each edge's weight after competition."""
    rows, a = np.unique(left, return_inverse=True)
    columns, b = np.unique(right, return_inverse=True)
    gain = np.zeros((len(rows), len(columns)), dtype=np.float64)
    gain[a, b] = weight
    best, chosen = _best(gain)
    taken = np.zeros(len(weight), dtype=bool)
    final = np.empty(len(weight), dtype=np.float64)
    for k in range(len(weight)):
        other = gain.copy()
        if chosen[a[k]] == b[k]:
            taken[k] = True
            other[a[k], b[k]] = 0.0
            final[k] = best - _best(other)[0]
        else:
            other[a[k], :] = 0.0
            other[:, b[k]] = 0.0
            final[k] = min(weight[k] + _best(other)[0] - best, weight[k])
    return taken, final


def _best(gain: Floats) -> tuple[float, list[int]]:
    """The greatest total gain and the column of each row, -1 for none. Gains of 0 are no edges."""
    if _sets(min(gain.shape), max(gain.shape)) <= _SETS:
        return _search(gain)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(gain, maximize=True)
    chosen = [-1] * len(gain)
    for row, column in zip(rows, columns, strict=True):
        if gain[row, column] > 0:
            chosen[row] = int(column)
    return float(gain[rows, columns].sum()), chosen


@cache
def _sets(few: int, many: int) -> int:
    """How many sets of at most `few` of the `many` nodes there are."""
    return sum(comb(many, taken) for taken in range(few + 1))


def _search(gain: Floats) -> tuple[float, list[int]]:
    """The same by search over rows, remembering what is best once a set of columns is used."""
    turned = gain.shape[1] < gain.shape[0]
    table = (gain.T if turned else gain).tolist()
    known: dict[tuple[int, int], tuple[float, int]] = {}

    def best(row: int, used: int) -> float:
        if row == len(table):
            return 0.0
        if (row, used) not in known:
            top, choice = best(row + 1, used), -1
            for column, value in enumerate(table[row]):
                if value > 0 and not used >> column & 1:
                    total = value + best(row + 1, used | 1 << column)
                    if total > top + 1e-9:
                        top, choice = total, column
            known[row, used] = top, choice
        return known[row, used][0]

    total, used = best(0, 0), 0
    chosen = [-1] * len(gain)
    for row in range(len(table)):
        column = known[row, used][1]
        if column >= 0:
            used |= 1 << column
            at, to = (column, row) if turned else (row, column)
            chosen[at] = to
    return total, chosen

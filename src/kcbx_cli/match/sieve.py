"""Scoring many pairs: a cacheful at a time, and none further than it takes to see that it cannot reach the floor.

Most candidate pairs of large lists are strangers who share a birthday and a surname. They are given up once what is
compared already cannot be made good by what is not; so the result is that of `score_pairs` on all pairs, cut afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kcbx_cli.match.model import Model
from kcbx_cli.match.records import Flags, Ints, Records
from kcbx_cli.match.score import Levels, Scores, at_most, compare_child, compare_home, weigh

#: Pairs that are scored at once.
_CHUNK = 1 << 14
#: Sums in another order differ in their last bits.
_SLACK = 1e-6
#: Which pairs (levels without HOME, left rows, right rows) are wanted whatever they weigh.
Wanted = Callable[[Levels, Ints, Ints], Flags]


def score_likely(
    left: Records, right: Records, pairs: tuple[Ints, Ints], model: Model, floor: float, wanted: Wanted
) -> tuple[Ints, Scores]:
    """The pairs (left rows, right rows) that weigh `floor` at least, or are wanted anyway: their positions and scores."""
    i, j = pairs
    found: list[tuple[Ints, Scores]] = []
    for start in range(0, max(len(i), 1), _CHUNK):
        a, b = i[start : start + _CHUNK], j[start : start + _CHUNK]
        levels = compare_child(left, right, a, b, model)
        keep = wanted(levels, a, b)
        most = at_most(levels, right.shares[b], left.family[a], model)
        at = np.flatnonzero(keep | (most >= floor - _SLACK))
        a, b, levels = a[at], b[at], levels[at]
        compare_home(levels, left, right, a, b)
        scores = weigh(levels, right.shares[b], left.family[a], model)
        reach = np.flatnonzero(keep[at] | (scores.weight >= floor))
        found.append((at[reach] + start, scores.take(reach)))
    return np.concatenate([f[0] for f in found]), Scores.concat([f[1] for f in found])

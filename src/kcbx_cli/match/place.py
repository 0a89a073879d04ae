"""Where two records say that the child lives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from kcbx_cli.match.records import Ints, Records


def compare(left: Records, right: Records, i: Ints, j: Ints, levels: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """Levels (positions in `levels`) of the places of left i and right j."""
    a, b = left.township[i], right.township[j]
    same_township = (a == b) & (a > 0)
    apart = (a != b) & (a > 0) & (b > 0)
    c, d = left.village[i], right.village[j]
    same_village = (c == d) & (c > 0)
    villages_differ = (c != d) & (c > 0) & (d > 0)
    near = np.zeros(len(i), dtype=bool)
    at = np.flatnonzero(villages_differ & same_township)
    near[at] = _alike(left, right, i[at], j[at])
    rules = (
        ("village", same_village & ~apart),
        ("near_village", near),
        ("other_village", same_township & villages_differ),
        ("township", same_township | (same_village & apart)),
        ("other_township", apart),
    )
    chosen = np.select([r[1] for r in rules], [levels.index(r[0]) for r in rules], levels.index("missing"))
    return chosen.astype(np.int8)


def _alike(left: Records, right: Records, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """Whether two villages' names differ by one character; each distinct pair of names is compared once."""
    if not len(i):
        return np.zeros(0, dtype=bool)
    both = np.stack([left.village[i], right.village[j]], axis=1)
    _, first, back = np.unique(both, axis=0, return_index=True, return_inverse=True)
    near = np.zeros(len(first), dtype=bool)
    for n, at in enumerate(first):
        a, b = left.village_text[i[at]], right.village_text[j[at]]
        near[n] = min(len(a), len(b)) > 1 and Levenshtein.distance(a, b, score_cutoff=1) <= 1
    return near[back.reshape(-1)]

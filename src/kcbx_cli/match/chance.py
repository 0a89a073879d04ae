"""How often pairs of other people agree: strangers by closed form and even steps, brothers, sisters and twins by count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kcbx_cli.match.block import join
from kcbx_cli.match.keys import Key
from kcbx_cli.match.model import COMPARISONS, UNKNOWN, Model
from kcbx_cli.match.records import Floats, Ints, Records
from kcbx_cli.match.score import Levels, compare, weigh

#: How many pairs of strangers are compared.
SAMPLE = 200_000
#: Up to this level two names may be one.
_ONE_NAME = COMPARISONS["name"].index("similar_shape")


def strangers(near: Records, far: Records, base: Model) -> dict[str, Floats]:
    """Counts of levels [level] by comparison among pairs of strangers; exactly compared levels by their closed form."""
    steps = np.arange(min(SAMPLE, len(near) * len(far)), dtype=np.int64)
    i, j = steps % len(near), (steps * 7919 + steps // len(near)) % len(far)
    other = (near.number[i] != far.number[j]) | (near.number[i] == 0)
    i, j = i[other], j[other]
    levels = compare(near, far, i, j, base)
    levels = levels[levels[:, 0] > _ONE_NAME]
    counts = {
        c: np.bincount(levels[:, n], minlength=len(names)).astype(np.float64)
        for n, (c, names) in enumerate(COMPARISONS.items())
    }
    for comparison, (a, b) in {
        "birth": (near.birth, far.birth),
        "place": (near.village, far.village),
    }.items():
        total = counts[comparison][:-1].sum()
        counts[comparison][0] = total * _chance(a, b)
    day = _born_together(near, far, base)
    for n, comparison in enumerate(COMPARISONS):
        if comparison in ("id", "id_part"):
            counts[comparison] = np.bincount(day[:, n], minlength=len(COMPARISONS[comparison])).astype(np.float64)
    return counts


def _chance(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> float:
    """The chance that a known value of one list equals a known value of the other: the sum of products of shares."""
    a, b = a[a != a.dtype.type(0)], b[b != b.dtype.type(0)]
    if not len(a) or not len(b):
        return 0.0
    values, counts = np.unique(a, return_counts=True)
    others, many = np.unique(b, return_counts=True)
    at = np.searchsorted(others, values).clip(0, len(others) - 1)
    hit = others[at] == values
    return float((counts[hit] / len(a) * (many[at[hit]] / len(b))).sum())


def _born_together(near: Records, far: Records, base: Model) -> Levels:
    """Levels of pairs with one birth date that are surely strangers: other names, and nothing else in common."""
    i, j = join(Key("day", np.arange(len(near)), near.birth, np.arange(len(far)), far.birth), [])
    step = max(len(i) // SAMPLE, 1)
    levels = compare(near, far, i[::step], j[::step], base)
    at = {c: n for n, c in enumerate(COMPARISONS)}
    apart = levels[:, 0] == COMPARISONS["name"].index("different")
    apart &= levels[:, at["family"]] >= COMPARISONS["family"].index("different")
    apart &= levels[:, at["id"]] > COMPARISONS["id"].index("two_edits")
    chosen: Levels = levels[apart]
    return chosen


def families(near: Records, household: Ints, child: Ints, base: Model) -> dict[str, dict[str, Floats]]:
    """Counts of levels by kind and comparison between different children of one household: `sibling`, `twin`."""
    rows = np.arange(len(near))
    i, j = join(Key("household", rows, household, rows, household), [])
    pair = (i < j) & (child[i] != child[j])
    i, j = i[pair], j[pair]
    levels = compare(near, near, i, j, base)
    one = weigh(levels, near.shares[j], np.full(len(i), UNKNOWN, dtype=np.int8), base.for_rows(len(near)).for_groups())
    two = one.weight < base.near  # what may be one child, written down twice, is neither brother nor twin
    same_day = two & (near.birth[i] == near.birth[j]) & (near.birth[i] > 0)
    known = two & (near.birth[i] > 0) & (near.birth[j] > 0)
    out = {}
    for kind, chosen in (("sibling", known & ~same_day), ("twin", same_day)):
        out[kind] = {
            c: np.bincount(levels[chosen, n], minlength=len(names)).astype(np.float64)
            for n, (c, names) in enumerate(COMPARISONS.items())
        }
        for c in ("place", "family"):  # one list says the same of all its households' children; two lists do not
            out[kind][c] = np.zeros(len(COMPARISONS[c]))
    return out

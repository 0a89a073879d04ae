"""Estimate a model from lists without labels: m by expectation–maximisation, u counted.

- Strangers: chance agreement of values that are compared exactly has a closed form, the sum over values of the product
  of their shares in the two lists. The other levels are counted among pairs of rows taken at even steps through both
  lists (no randomness). Levels of the ID number are those of strangers born on one day, since the birth date is a
  comparison of its own.
- Siblings and twins: pairs of different children of one household within the left list.
- The same child: expectation–maximisation over candidate pairs, counted by pattern, so that its cost follows the
  patterns and not the pairs. Decided pairs, where there are some, enter with their answer.

Every count starts from the base model, worth `PRIOR_PAIRS` pairs; a level that the lists hardly show keeps the base
model's value, and the result names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import context
from kcbx_cli.match.block import Key, candidates, join
from kcbx_cli.match.contradict import contradicting
from kcbx_cli.match.group import group_records
from kcbx_cli.match.model import COMPARISONS, OTHERS, Model
from kcbx_cli.match.records import Floats, Ints, Records, encode
from kcbx_cli.match.score import Levels, compare, weigh
from kcbx_cli.match.twins import with_family

#: How many pairs the base model is worth in each distribution.
PRIOR_PAIRS = 50.0
#: A level that fewer pairs than this show is not estimated.
FEWEST = 1.0
#: How many pairs of strangers are compared.
SAMPLE = 200_000
_CLOSE = 1e-4


@dataclass(frozen=True)
class Estimate:
    """An estimated model and how it came about.

    `kept` names the probabilities that the lists did not show and that are still the base model's, as
    `comparison.level.m` or `comparison.level.<kind>`. `history` is the largest change of an m in each iteration.
    """

    model: Model
    converged: bool
    iterations: int
    history: tuple[float, ...]
    patterns: int
    pairs: int
    matches: float
    kept: tuple[str, ...]


def estimate(
    left: pd.DataFrame,
    right: pd.DataFrame,
    base: Model,
    decided: pd.DataFrame | None = None,
    most_iterations: int = 50,
) -> Estimate:
    """A model of these lists. `decided` has columns left, right (positions) and same (bool): pairs a person decided.

    Raises:
        ValueError: a list is empty, or no pair of the lists can be one child, so that nothing can be learnt.
    """
    if not len(left) or not len(right):
        raise ValueError("both lists must have rows")
    near, far, household, child = _prepared(left, right, base)
    pairs = candidates(near, far)
    if not len(pairs.left):
        raise ValueError("no candidate pairs")
    levels = compare(near, far, pairs.left, pairs.right, base)
    fixed = _answers(pairs.left, pairs.right, len(far), decided)
    strangers = _strangers(near, far, base)
    family = _family(near, household, child, base)
    u = {c: np.stack([strangers[c], family["sibling"][c], family["twin"][c]]) for c in COMPARISONS}
    model, kept = _with_u(base.for_rows(len(far)), u)
    usable = ~contradicting(levels)
    patterns = _patterns(
        levels[usable], far.shares[pairs.right[usable]], near.family[pairs.left[usable]], fixed[usable]
    )
    model, history, matches, kept_m = _maximise(model, base, patterns, most_iterations)
    if matches < FEWEST:
        raise ValueError("no pair of these lists looks like one child")
    enrolled = float(np.clip(matches / max(len(np.unique(child)), 1), 0.5, 0.99))
    return Estimate(
        model=replace(model, enrolled=enrolled, rows=base.rows),
        converged=bool(history and history[-1] < _CLOSE),
        iterations=len(history),
        history=tuple(history),
        patterns=len(patterns.count),
        pairs=len(levels),
        matches=matches,
        kept=(*kept, *kept_m),
    )


def _prepared(left: pd.DataFrame, right: pd.DataFrame, base: Model) -> tuple[Records, Records, Ints, Ints]:
    """Both lists encoded with their context, the left rows' households and children."""
    near, far = encode(left), encode(right)
    household = context.households(left)
    child = group_records(near, household, base)
    pupil = group_records(far, context.households(right), base)
    far = context.with_bearers(context.with_shares(far), pupil)
    near = context.with_bearers(context.with_shares(near), child)
    near, _ = with_family(near, household, child, base)
    return near, far, household, child


def _answers(i: Ints, j: Ints, width: int, decided: pd.DataFrame | None) -> Floats:
    """1 or 0 for pairs that a person decided, NaN for the others."""
    fixed = np.full(len(i), np.nan)
    if decided is not None and len(decided):
        code = i * width + j
        asked = decided["left"].to_numpy(dtype=np.int64) * width + decided["right"].to_numpy(dtype=np.int64)
        at = np.searchsorted(code, asked).clip(0, len(code) - 1)
        hit = code[at] == asked
        fixed[at[hit]] = decided["same"].to_numpy(dtype=bool)[hit]
    return fixed


@dataclass(frozen=True)
class _Patterns:
    """Distinct patterns: levels, shares, family, the answer where one is known, and how many pairs show each."""

    levels: Levels
    shares: Floats
    family: npt.NDArray[np.int8]
    answer: Floats
    count: Ints


def _patterns(levels: Levels, shares: Floats, family: npt.NDArray[np.int8], answer: Floats) -> _Patterns:
    """Pairs counted by pattern; shares are taken to the nearest quarter of a bit, so that patterns are few."""
    rounded = np.round(np.log2(shares) * 4).astype(np.int8)
    key = np.concatenate(
        [levels, rounded, family[:, None], np.nan_to_num(answer, nan=-1).astype(np.int8)[:, None]], axis=1
    )
    packed = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).ravel()
    _, first, count = np.unique(packed, return_index=True, return_counts=True)
    return _Patterns(levels[first], np.exp2(rounded[first] / 4), family[first], answer[first], count)


def _maximise(
    model: Model, base: Model, patterns: _Patterns, most: int
) -> tuple[Model, list[float], float, tuple[str, ...]]:
    """EM: what pairs are one child by the model, then m by those pairs, until m stays. Returns also the matches."""
    history: list[float] = []
    matches, seen = 0.0, dict[str, Floats]()
    for _ in range(most):
        probability = weigh(patterns.levels, patterns.shares, patterns.family, model).probability
        probability = np.where(np.isnan(patterns.answer), probability, patterns.answer)
        expected = probability * patterns.count
        matches = float(expected.sum())
        m = {}
        for n, (comparison, names) in enumerate(COMPARISONS.items()):
            shown = np.bincount(patterns.levels[:, n], weights=expected, minlength=len(names))
            seen[comparison] = shown.astype(np.float64)
            m[comparison] = _drawn(seen[comparison], base.m[comparison])
        history.append(max(float(np.abs(m[c] - model.m[c]).max()) for c in COMPARISONS))
        model = replace(model, m=m)
        if history[-1] < _CLOSE:
            break
    kept = tuple(
        f"{c}.{level}.m"
        for c, names in COMPARISONS.items()
        for level, k in zip(names, seen[c], strict=True)
        if k < FEWEST and level != "missing"
    )
    return model, history, matches, kept


def _drawn(seen: Floats, base: Floats) -> Floats:
    """Shares of levels seen so often, drawn towards the base model's; `missing` and what is hardly seen stay as there."""
    out = base.copy()
    shown = np.flatnonzero(seen[:-1] >= FEWEST)
    if len(shown):
        weighed = seen[shown] + PRIOR_PAIRS * base[shown]
        kept = base[:-1].sum() - base[shown].sum()
        out[shown] = weighed / weighed.sum() * (1 - kept)
    return out


def _with_u(model: Model, counts: Mapping[str, Floats]) -> tuple[Model, tuple[str, ...]]:
    """The model with u drawn from counts [kind, level], and the names of what was hardly seen."""
    kept: list[str] = []
    u = {}
    for comparison, names in COMPARISONS.items():
        rows = []
        for kind, seen in enumerate(counts[comparison]):
            rows.append(_drawn(seen, model.u[comparison][kind]))
            kept += [
                f"{comparison}.{level}.{OTHERS[kind]}" for level, k in zip(names[:-1], seen, strict=False) if k < FEWEST
            ]
        u[comparison] = np.stack(rows)
    return replace(model, u=u), tuple(kept)


def _strangers(near: Records, far: Records, base: Model) -> dict[str, Floats]:
    """Counts of levels among pairs of strangers; exactly compared levels by their closed form."""
    steps = np.arange(min(SAMPLE, len(near) * len(far)), dtype=np.int64)
    i, j = steps % len(near), (steps * 7919 + steps // len(near)) % len(far)
    other = (near.number[i] != far.number[j]) | (near.number[i] == 0)
    i, j = i[other], j[other]
    levels = compare(near, far, i, j, base)
    levels = levels[levels[:, 0] > 4]
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
    """Levels of pairs with one birth date and names that have nothing in common."""
    i, j = join(Key("day", np.arange(len(near)), near.birth, np.arange(len(far)), far.birth), [])
    step = max(len(i) // SAMPLE, 1)
    levels = compare(near, far, i[::step], j[::step], base)
    apart = np.isin(levels[:, 0], [COMPARISONS["name"].index("different")])
    chosen: Levels = levels[apart]
    return chosen


def _family(near: Records, household: Ints, child: Ints, base: Model) -> dict[str, dict[str, Floats]]:
    """Counts of levels between different children of one household: siblings, and twins (born on one day)."""
    rows = np.arange(len(near))
    i, j = join(Key("household", rows, household, rows, household), [])
    pair = (i < j) & (child[i] != child[j])
    i, j = i[pair], j[pair]
    levels = compare(near, near, i, j, base)
    same_day = (near.birth[i] == near.birth[j]) & (near.birth[i] > 0)
    known = (near.birth[i] > 0) & (near.birth[j] > 0)
    out = {}
    for kind, chosen in (("sibling", known & ~same_day), ("twin", same_day)):
        out[kind] = {
            c: np.bincount(levels[chosen, n], minlength=len(names)).astype(np.float64)
            for n, (c, names) in enumerate(COMPARISONS.items())
        }
        for c in ("place", "family"):  # one list says the same of all its households' children; two lists do not
            out[kind][c] = np.zeros(len(COMPARISONS[c]))
    return out

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

from kcbx_cli.match import chance, context
from kcbx_cli.match.block import candidates
from kcbx_cli.match.contradict import contradicting
from kcbx_cli.match.group import group_records
from kcbx_cli.match.model import COMPARISONS, OTHERS, Model
from kcbx_cli.match.records import Flags, Floats, Ints, Records, encode
from kcbx_cli.match.score import Levels, compare, weigh
from kcbx_cli.match.twins import with_family

#: How many pairs the base model is worth in each distribution.
PRIOR_PAIRS = 50.0
#: Twins are few and a renamed child written down twice looks like one: so many pairs is the base model worth there.
PRIOR_TWINS = 1000.0
#: A level that fewer pairs than this show is not estimated.
FEWEST = 1.0
_CLOSE = 1e-4
#: Whose u is m, since children of one family share it.
_TIED: Mapping[str, tuple[str, ...]] = {
    "place": ("sibling", "twin"), "family": ("sibling", "twin"), "birth": ("twin",),
}  # fmt: skip


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
    strangers = chance.strangers(near, far, base)
    family = chance.families(near, household, child, base)
    u = {c: np.stack([strangers[c], family["sibling"][c], family["twin"][c]]) for c in COMPARISONS}
    model, kept = _with_u(base.for_rows(len(far)), u)
    usable = ~contradicting(levels)
    patterns = _patterns(
        levels[usable], far.shares[pairs.right[usable]], near.family[pairs.left[usable]], fixed[usable]
    )
    model, history, matches, kept_m = _maximise(model, base, patterns, most_iterations)
    if matches < FEWEST:
        raise ValueError("no pair of these lists looks like one child")
    enrolled = _enrolled(matches, near, far, child)
    return Estimate(
        model=replace(model, enrolled=enrolled, rows=base.rows),
        converged=bool(history and history[-1] < _CLOSE),
        iterations=len(history),
        history=tuple(history),
        patterns=len(patterns.count),
        pairs=len(levels),
        matches=matches,
        kept=(*_untied(kept, kept_m), *kept_m),
    )


def _enrolled(matches: float, near: Records, far: Records, child: Ints) -> float:
    """The share of children enrolled, among those born in the years in which most pupils are; within sane limits."""
    years, counts = np.unique(far.birth[far.birth > 0] // 10000, return_counts=True)
    usual = years[counts > counts.sum() / 50]
    of_age = len(np.unique(child[np.isin(near.birth // 10000, usual)]))
    return float(np.clip(matches / max(of_age, 1), 0.8, 0.98))


def _prepared(left: pd.DataFrame, right: pd.DataFrame, base: Model) -> tuple[Records, Records, Ints, Ints]:
    """Both lists encoded with their context, the left rows' households and children."""
    near, far = context.with_shares(encode(left)), context.with_shares(encode(right))
    household = context.households(left)
    child = group_records(near, household, base)
    pupil = group_records(far, context.households(right), base)
    far = context.with_bearers(far, pupil)
    near = context.with_bearers(near, child)
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
    matches = 0.0
    shown = {c: np.ones(len(names), dtype=bool) for c, names in COMPARISONS.items()}
    for _ in range(most):
        probability = weigh(patterns.levels, patterns.shares, patterns.family, model).probability
        probability = np.where(np.isnan(patterns.answer), probability, patterns.answer)
        expected = probability * patterns.count
        matches = float(expected.sum())
        m = {}
        for n, (comparison, names) in enumerate(COMPARISONS.items()):
            seen = np.bincount(patterns.levels[:, n], weights=expected, minlength=len(names)).astype(np.float64)
            shown[comparison] &= _shown(seen)
            m[comparison] = _drawn(seen, base.m[comparison], shown[comparison])
        history.append(max(float(np.abs(m[c] - model.m[c]).max()) for c in COMPARISONS))
        model = replace(model, m=m, u=_tied(model.u, m))
        if history[-1] < _CLOSE:
            break
    kept = tuple(
        f"{c}.{level}.m"
        for c, names in COMPARISONS.items()
        for level, k in zip(names[:-1], shown[c], strict=False)
        if not k
    )
    return model, history, matches, kept


def _untied(kept: tuple[str, ...], kept_m: tuple[str, ...]) -> list[str]:
    """The kept u: what is tied to m is kept where m is."""
    m = [name.split(".")[:2] for name in kept_m]
    own = [name for name in kept if name.split(".")[2] not in _TIED.get(name.split(".")[0], ())]
    return own + [f"{c}.{level}.{kind}" for c, level in m for kind in _TIED.get(c, ())]


def _tied(u: Mapping[str, Floats], m: Mapping[str, Floats]) -> dict[str, Floats]:
    """The u in which brothers, sisters and twins share what they share: home and family, twins their birthday as well.

    So these prove nothing between children of one family.
    """
    tied = dict(u)
    for comparison, kinds in _TIED.items():
        tied[comparison] = u[comparison].copy()
        for kind in kinds:
            tied[comparison][OTHERS.index(kind)] = m[comparison]
    return tied


def _drawn(seen: Floats, base: Floats, shown: Flags, worth: float = PRIOR_PAIRS) -> Floats:
    """Shares of the `shown` levels, seen so often, drawn towards the base model's; the others stay as there."""
    out = base.copy()
    if shown.any():
        weighed = seen[shown] + worth * base[shown]
        out[shown] = weighed / weighed.sum() * base[shown].sum()
    return out


def _shown(seen: Floats) -> Flags:
    """Levels that are seen often enough to be estimated; `missing` is no level to estimate."""
    shown = seen >= FEWEST
    shown[-1] = False
    return shown


def _with_u(model: Model, counts: Mapping[str, Floats]) -> tuple[Model, tuple[str, ...]]:
    """The model with u drawn from counts [kind, level], and the names of what was hardly seen.

    A brother, sister or twin is never taken to be less like the child than the base model has it: what the lists show
    of them leaves out those that look like one child.
    """
    kept: list[str] = []
    u = {}
    for comparison, names in COMPARISONS.items():
        rows = []
        for kind, seen in enumerate(counts[comparison]):
            base, shown = model.u[comparison][kind], _shown(seen)
            drawn = _drawn(seen, base, shown, PRIOR_TWINS if OTHERS[kind] == "twin" else PRIOR_PAIRS)
            if OTHERS[kind] != "stranger":
                like = model.m[comparison] > base
                drawn = np.where(like, np.maximum(drawn, base), drawn)
                drawn[:-1] /= drawn[:-1].sum()
            rows.append(drawn)
            kept += [f"{comparison}.{n}.{OTHERS[kind]}" for n, k in zip(names[:-1], shown, strict=False) if not k]
        u[comparison] = np.stack(rows)
    return replace(model, u=u), tuple(kept)

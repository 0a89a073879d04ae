"""How well matching did, or may be expected to have done: plain statistics on arrays.

The unit is one listed row with its best candidate. Labels are numbers from 0 to 1, so that the same functions serve
where a person or a truth file gave the answer (0 or 1, with intervals) and where only the model's own probabilities can
stand in for it (expected shares, without intervals).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.model import COMPARISONS, OTHERS, Model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Standard deviations either side of a 95 % interval.
Z95 = 1.959963984540054
#: Bounds of the probabilities between which calibration is looked at: fine at both ends, where nearly all pairs lie.
BINS = (0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 1.0)
NEAR, REVIEW, LINK = range(3)


@dataclass(frozen=True)
class Share:
    """A share of `of` with its 95 % interval; NaN of nothing. The interval is NaN where the count is an expected one."""

    hits: float
    of: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself."""
        return self.hits / self.of if self.of else math.nan


def share(hits: float, of: float, labelled: bool = True) -> Share:
    """A share with its interval.

    Wilson's interval; where none or all were hit, Clopper and Pearson's, which has a closed form there and does not
    shrink to a point. Without labels the counts are expected values and have no interval.
    """
    if not of or not labelled:
        return Share(hits, of, math.nan, math.nan)
    if hits <= 0:
        return Share(hits, of, 0.0, 1 - 0.025 ** (1 / of))
    if hits >= of:
        return Share(hits, of, 0.025 ** (1 / of), 1.0)
    p, z2 = hits / of, Z95 * Z95
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Share(hits, of, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True)
class Judged:
    """n listed rows and the best candidate of each.

    `weight` (log2 odds after competition, -inf without a candidate), `band` (NEAR, REVIEW, LINK), `right` (how sure it
    is that the candidate is the same child), `present` (how sure it is that the child stands in the other list at all),
    `counted` (rows of which the share sent to review is taken), `labelled` (the two are answers, not expectations).
    """

    weight: Floats
    band: Ints
    right: Floats
    present: Floats
    counted: Flags
    labelled: bool

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def probability(self) -> Floats:
        """Match probability of the best candidate."""
        return probability(self.weight)


def probability(weight: Floats) -> Floats:
    """Match probability of a weight in log2 odds; 0 for -inf."""
    out: Floats = 1 / (1 + np.exp2(-np.clip(weight, -1000.0, 1000.0)))
    return np.where(np.isneginf(weight), 0.0, out)


def by_probability(weight: Floats, band: Ints, counted: Flags) -> Judged:
    """Rows without labels: the model's probabilities stand in for the answers."""
    p = probability(weight)
    return Judged(weight, band, p, p, counted, labelled=False)


@dataclass(frozen=True)
class Measures:
    """Of links made without a person: precision, recall; of links or questions: found; of counted rows: review."""

    precision: Share
    recall: Share
    found: Share
    review: Share


def measured(judged: Judged) -> Measures:
    """The four shares at the bands as they are."""
    made, asked = judged.band == LINK, judged.band == REVIEW
    present = float(judged.present.sum())
    kept = judged.labelled
    return Measures(
        precision=share(float(judged.right[made].sum()), int(made.sum()), kept),
        recall=share(float(judged.right[made].sum()), present, kept),
        found=share(float(judged.right[made | asked].sum()), present, kept),
        review=share(int((asked & judged.counted).sum()), int(judged.counted.sum())),
    )


def curve(judged: Judged, thresholds: Sequence[float]) -> pd.DataFrame:
    """What other link thresholds above 0 would give, all else as it is.

    One row a threshold: threshold, made, precision, precision_low, precision_high, recall, recall_low, recall_high,
    review, wrong (links made of the wrong child).
    """
    rows = []
    for threshold in sorted(set(thresholds)):
        made = judged.weight >= threshold
        band = np.where(made, LINK, np.where(judged.band > NEAR, REVIEW, NEAR))
        there = measured(replace(judged, band=band))
        rows.append(
            {
                "threshold": float(threshold),
                "made": int(made.sum()),
                "wrong": float(made.sum() - there.precision.hits),
                "precision": there.precision.share,
                "precision_low": there.precision.low,
                "precision_high": there.precision.high,
                "recall": there.recall.share,
                "recall_low": there.recall.low,
                "recall_high": there.recall.high,
                "review": there.review.share,
            }
        )
    return pd.DataFrame(rows)


def calibration(predicted: Floats, right: Floats, bins: Sequence[float] = BINS) -> pd.DataFrame:
    """Predicted probabilities against what was so, by bins that hold any pair.

    Columns: from, to, pairs, predicted (mean), observed, low, high (95 % interval of observed).
    """
    place = np.clip(np.searchsorted(np.asarray(bins), predicted, side="right") - 1, 0, len(bins) - 2)
    rows = []
    for k in range(len(bins) - 1):
        inside = place == k
        if inside.any():
            seen = share(float(right[inside].sum()), int(inside.sum()))
            rows.append(
                (bins[k], bins[k + 1], seen.of, float(predicted[inside].mean()), seen.share, seen.low, seen.high)
            )
    return pd.DataFrame(rows, columns=["from", "to", "pairs", "predicted", "observed", "low", "high"])


@dataclass(frozen=True)
class Expected:
    """A count that probabilities lead to expect, with the range that holds it in 95 of 100 cases."""

    count: float
    low: float
    high: float


def expected(chances: Floats) -> Expected:
    """How many of independent events with these chances happen (Poisson–binomial, normal range cut at 0 and n)."""
    count = float(chances.sum())
    half = Z95 * math.sqrt(float((chances * (1 - chances)).sum()))
    return Expected(count, max(0.0, count - half), min(float(len(chances)), count + half))


@dataclass(frozen=True)
class Unlabelled:
    """What can be said without labels, if the probabilities are right.

    `false`: links made of the wrong child; `missed`: children who stand in the other list and were not linked, as far
    as any candidate was found; `unlinkable`: rows that would not be linked to a row that says the very same.
    """

    false: Expected
    missed: Expected
    unlinkable: Share


def unlabelled(judged: Judged, with_itself: Floats, link: float) -> Unlabelled:
    """The estimates. `with_itself` is the weight of each row compared with a copy of itself."""
    p, made = judged.probability, judged.band == LINK
    return Unlabelled(
        false=expected(1 - p[made]),
        missed=expected(p[~made]),
        unlinkable=share(int((with_itself < link).sum()), len(with_itself)),
    )


def at_thresholds(judged: Judged, link: float, review: float) -> Judged:
    """The same rows with bands by these thresholds."""
    band = np.where(judged.weight >= link, LINK, np.where(judged.weight >= review, REVIEW, NEAR))
    return replace(judged, band=band)


def by_cost(judged: Judged, model: Model, costs: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """What thresholds follow from costs (of a hidden child, of a review; a needless visit is 1), and what they lead to.

    Columns: hidden, review_cost, link, review, made, wrong, asked (share of counted rows sent to review).
    """
    rows = []
    for hidden, review in costs:
        there = model.with_costs(hidden, review)
        seen = at_thresholds(judged, there.link, there.review)
        measures = measured(seen)
        wrong = measures.precision.of - measures.precision.hits
        rows.append((hidden, review, there.link, there.review, measures.precision.of, wrong, measures.review.share))
    return pd.DataFrame(rows, columns=["hidden", "review_cost", "link", "review", "made", "wrong", "asked"])


def weights_table(model: Model) -> pd.DataFrame:
    """Every level of every comparison: comparison, level, m, and u and weight (bits) against each kind of others."""
    rows = []
    for comparison, levels in COMPARISONS.items():
        weights = model.weights(comparison)
        for n, level in enumerate(levels[:-1]):
            u, bits = model.u[comparison][:, n].tolist(), weights[:, n].tolist()
            rows.append((comparison, level, float(model.m[comparison][n]), *u, *bits))
    kinds = [f"u_{k}" for k in OTHERS] + [f"weight_{k}" for k in OTHERS]
    return pd.DataFrame(rows, columns=["comparison", "level", "m", *kinds])


def histogram(weight: Floats, group: npt.NDArray[np.object_], width: float = 2.0, reach: float = 60.0) -> pd.DataFrame:
    """Counts of weights by group in bins of `width` bits: group, middle, count; beyond `reach` falls into the end bins."""
    known = np.isfinite(weight)
    middle = (np.floor(np.clip(weight[known], -reach, reach - width / 2) / width) + 0.5) * width
    table = pd.DataFrame({"group": group[known], "middle": middle})
    return table.groupby(["group", "middle"], sort=True).size().rename("count").reset_index()

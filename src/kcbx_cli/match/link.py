"""Who of the left list stands in the right one: candidates, scores, household evidence, one-to-one choice, bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import context, kin
from kcbx_cli.match.assign import Assignment, assign
from kcbx_cli.match.block import candidates
from kcbx_cli.match.contradict import contradicting, neighbours_number
from kcbx_cli.match.group import group_records, join, same_person, two_of_a_household
from kcbx_cli.match.model import COMPARISONS, NAME_LEVELS, SIBLINGS, Model
from kcbx_cli.match.records import Floats, Ints, Records, encode
from kcbx_cli.match.score import Scores, score_pairs, weigh
from kcbx_cli.match.twins import lifted, with_family

#: How many near-matches of a left row are kept, and how many bits below the best of them at most.
_NEAR, _NEAR_SPREAD = 3, 15.0
#: A link of so many bits beyond the threshold is beyond doubt.
_BEYOND_DOUBT = 5.0


@dataclass(frozen=True)
class Matching:
    """The outcome of `link`; `left` and `right` are positions (0-based) in the frames that were given.

    `links`: left, right, weight (log2 odds after competition), probability, band, rule; at most one row of band link or
    review a left row, all rows of one child the same; up to three of band near. `left_child`, `right_child`: the child of
    each row, numbered by its first row; list rows that proved to be one child through one registry row are joined here.
    `contradictions`: left, right, reason. `blocks`: see block.py. `left_context`, `right_context`: the CONTEXT columns
    that were used, for `explain`.
    """

    links: pd.DataFrame
    left_child: Ints
    right_child: Ints
    contradictions: pd.DataFrame
    blocks: pd.DataFrame
    left_context: pd.DataFrame
    right_context: pd.DataFrame


@dataclass(frozen=True)
class _Edges:
    """The best pair of rows for each pair of children."""

    left: Ints
    right: Ints
    pair: Ints
    weight: Floats


def link(
    left: pd.DataFrame,
    right: pd.DataFrame,
    model: Model,
    left_child: Ints | None = None,
    right_child: Ints | None = None,
    right_rank: Ints | None = None,
) -> Matching:
    """Find for each child of `left` its rows in `right`, one to one by child.

    Frames have RECORD columns. `*_child` number the child of each row; `group` finds them when they are not given.
    `right_rank` says which row of a child is named, the lowest; without it the row that agrees best.
    The order of rows of either side does not change who is matched.
    """
    near, far = encode(left), encode(right)
    left_child = group_records(near, context.households(left), model) if left_child is None else _first_rows(left_child)
    right_child = (
        group_records(far, context.households(right), model) if right_child is None else _first_rows(right_child)
    )
    far = context.with_bearers(context.with_shares(far), right_child)
    near = context.with_bearers(context.with_shares(near), left_child)
    family = context.households(left)
    near, twins = with_family(near, family, left_child, model)
    sized = model.for_rows(len(np.unique(right_child)))

    pairs = candidates(near, far)
    i, j = pairs.left, pairs.right
    scores = score_pairs(near, far, i, j, sized)
    sure = scores.weight >= model.link + _BEYOND_DOUBT
    borrowed = kin.borrow(left, right, family, left_child, (i[sure], j[sure], scores.weight[sure]))
    from_kin = np.zeros(len(i), dtype=bool)
    if borrowed.rows.size:
        i, j, scores, from_kin = kin.rescore(borrowed, (left, near, far), (i, j, scores), sized)
    against = contradicting(scores.levels)
    fit = (scores.weight >= model.near) & ~against
    contradictions = i[against], j[against]
    i, j, scores, from_kin = i[fit], j[fit], scores.take(fit), from_kin[fit]

    left_child = _join_through(right_child, left_child, (i, j, scores.weight), (near, family), sized)
    found = _Found(i, j, scores, from_kin, left_child, right_child, (left_child[twins[0]], left_child[twins[1]]))
    links = _links(found, near, far, sized, right_rank)
    return Matching(
        links=links,
        left_child=left_child,
        right_child=right_child,
        contradictions=_contradictions(contradictions, found, links),
        blocks=pairs.blocks,
        left_context=context.frame(near, borrowed.frame(len(left))),
        right_context=context.frame(far),
    )


@dataclass(frozen=True)
class _Found:
    """Scored pairs of rows and the children that they belong to."""

    i: Ints
    j: Ints
    scores: Scores
    from_kin: npt.NDArray[np.bool_]
    left_child: Ints
    right_child: Ints
    twins: tuple[Ints, Ints]


def _first_rows(child: Ints) -> Ints:
    """Numbers of children, renumbered by first row."""
    _, first, back = np.unique(np.asarray(child), return_index=True, return_inverse=True)
    return first[back].astype(np.int64)


def _contradictions(against: tuple[Ints, Ints], found: _Found, links: pd.DataFrame) -> pd.DataFrame:
    """Pairs that one number contradicts, and links although each side has a number that fits a twin's."""
    linked = set(links.loc[links["band"] != "near", "left"].tolist())
    at = np.flatnonzero(neighbours_number(found.scores.levels) & (found.scores.weight >= 0))
    at = at[[int(row) in linked for row in found.i[at]]] if len(at) else at
    reason = np.repeat(np.array(["number_of_another", "number_of_twin"], dtype=object), [len(against[0]), len(at)])
    table = pd.DataFrame(
        {
            "left": np.concatenate([against[0], found.i[at]]),
            "right": np.concatenate([against[1], found.j[at]]),
            "reason": pd.Series(reason, dtype=object),
        }
    )
    return table.sort_values(["left", "right"], kind="stable").reset_index(drop=True)


def _join_through(
    right_child: Ints, left_child: Ints, pairs: tuple[Ints, Ints, Floats], side: tuple[Records, Ints], model: Model
) -> Ints:
    """Left rows that are sure of one right child and resemble each other are one child."""
    i, j, weight = pairs
    near, household = side
    at = np.flatnonzero(weight >= model.link)
    order = at[np.lexsort((i[at], right_child[j[at]]))]
    of = right_child[j[order]]
    rows_a, rows_b = [], []
    for part in np.split(order, np.flatnonzero(np.diff(of)) + 1):
        rows = np.unique(i[part])
        if len(np.unique(left_child[rows])) > 1:
            a, b = np.triu_indices(len(rows), 1)
            rows_a.append(rows[a])
            rows_b.append(rows[b])
    if not rows_a:
        return left_child
    a, b = np.concatenate(rows_a), np.concatenate(rows_b)
    scored = score_pairs(near, near, a, b, model.for_groups())
    alike = ((scored.weight >= model.review) | same_person(scored.levels)) & ~contradicting(scored.levels)
    alike &= ~two_of_a_household(scored.levels, household, a, b)
    rank = context.ranks(near)
    keep = np.flatnonzero(alike)
    low, high = np.minimum(rank[a], rank[b])[keep], np.maximum(rank[a], rank[b])[keep]
    keep = keep[np.lexsort((high, low, -scored.weight[keep].round(6)))]
    return join(left_child, a[keep], b[keep], context.own_numbers(near))


def _links(found: _Found, near: Records, far: Records, model: Model, right_rank: Ints | None) -> pd.DataFrame:
    """Bands for children, spread over their rows."""
    edges = _edges(found, context.ranks(near), context.ranks(far))
    chosen, final = _competed(edges, found, near, far, model)
    band = np.where(chosen.taken & (final >= model.link), 2, np.where(final >= model.review, 1, 0))
    band = _one_each(edges, final, band)
    rule = _rules(found, edges, final, band)
    right = found.j[edges.pair] if right_rank is None else _named(found.right_child, right_rank)[edges.right]
    probability = 1 / (1 + np.exp2(-final))
    table = pd.DataFrame(
        {
            "child": edges.left,
            "right": right,
            "weight": final.round(6),
            "probability": probability.round(6),
            "band": pd.Series(np.array(["near", "review", "link"], dtype=object)[band], dtype=object),
            "rule": pd.Series(rule, dtype=object),
        }
    )
    return _spread(table, found.left_child)


def _competed(edges: _Edges, found: _Found, near: Records, far: Records, model: Model) -> tuple[Assignment, Floats]:
    """The assignment and the weights after competition; children with a listed twin are settled with the twin."""
    floor = min(model.review, 0.0)
    weight = edges.weight
    chosen = assign(edges.left, edges.right, weight - floor)
    if len(found.twins[0]):
        levels, i, j = found.scores.levels[edges.pair], found.i[edges.pair], found.j[edges.pair]
        alone = weigh(levels, far.shares[j], np.minimum(near.family[i], SIBLINGS), model).weight
        weight = lifted((edges.left, edges.right, weight), alone, chosen.taken, found.twins, model)
        chosen = assign(edges.left, edges.right, weight - floor)
    return chosen, np.where(weight > floor, chosen.weight + floor, weight)


def _edges(found: _Found, left_rank: Ints, right_rank: Ints) -> _Edges:
    """One edge a pair of children: its best pair of rows. Sorted by the children's content, not by rows."""
    a, b, weight = found.left_child[found.i], found.right_child[found.j], found.scores.weight
    order = np.lexsort((right_rank[found.j], left_rank[found.i], -weight.round(6), b, a))
    first = np.r_[True, (a[order][1:] != a[order][:-1]) | (b[order][1:] != b[order][:-1])] if len(order) else order > 0
    pair = order[first]
    return _Edges(a[pair], b[pair], pair, weight[pair])


def _one_each(edges: _Edges, final: Floats, band: Ints) -> Ints:
    """At most one link or review a left child: the best; the rest are near."""
    order = np.lexsort((-final.round(6), -band, edges.left))
    later = np.zeros(len(order), dtype=bool)
    later[order[1:]] = edges.left[order][1:] == edges.left[order][:-1]
    return np.where(later, 0, band)


def _rules(found: _Found, edges: _Edges, final: Floats, band: Ints) -> npt.NDArray[np.object_]:
    """How each edge came about: exact_id, household, model; tie under review; below or taken when near."""
    levels = found.scores.levels[edges.pair]
    column = list(COMPARISONS)
    exact = (levels[:, column.index("id")] == 0) & (levels[:, column.index("name")] <= NAME_LEVELS.index("wildcard"))
    lost = edges.weight - final > 1.0
    rules = (
        ("taken", (band == 0) & lost),
        ("below", band == 0),
        ("tie", (band == 1) & lost),
        ("exact_id", exact),
        ("household", found.from_kin[edges.pair]),
    )
    names = np.array([r[0] for r in rules] + ["model"], dtype=object)
    at = np.select([r[1] for r in rules], range(len(rules)), len(rules))
    chosen: npt.NDArray[np.object_] = names[at]
    return chosen


def _named(child: Ints, rank: Ints) -> Ints:
    """For each child number the row of it that ranks lowest."""
    order = np.lexsort((np.arange(len(child)), rank, child))
    first = np.r_[True, child[order][1:] != child[order][:-1]]
    named = np.zeros(len(child), dtype=np.int64)
    named[child[order][first]] = order[first]
    return named


def _spread(table: pd.DataFrame, child: Ints) -> pd.DataFrame:
    """The table of children as one of rows, near-matches cut to the best few."""
    order = np.lexsort((table["right"], -table["weight"].to_numpy(), table["child"]))
    table = table.iloc[order].reset_index(drop=True)
    near = (table["band"] == "near").to_numpy()
    place = table.loc[near].groupby("child", sort=False).cumcount().to_numpy()
    best = table.loc[near].groupby("child", sort=False)["weight"].transform("max").to_numpy()
    keep = np.ones(len(table), dtype=bool)
    keep[near] = (place < _NEAR) & (table["weight"].to_numpy()[near] >= best - _NEAR_SPREAD)
    table = table.loc[keep]
    rows = pd.DataFrame({"child": child, "left": np.arange(len(child))})
    spread = rows.merge(table, on="child", how="inner").drop(columns="child")
    code = spread["band"].map({"link": 0, "review": 1, "near": 2}).to_numpy(dtype=np.int64)
    order = np.lexsort((spread["right"], -spread["weight"].to_numpy(), code, spread["left"]))
    return spread.iloc[order].reset_index(drop=True)

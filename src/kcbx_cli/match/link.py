"""Who of the left list stands in the right one: candidates, scores, household evidence, one-to-one choice, bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import context, kin, numbers
from kcbx_cli.match.block import candidates
from kcbx_cli.match.contest import Edges, Found, contest
from kcbx_cli.match.contradict import contradicting, for_a_person, neighbours_number, nobody_to_ask_about
from kcbx_cli.match.crossed import crossing, more_asked
from kcbx_cli.match.group import group_records
from kcbx_cli.match.model import COMPARISONS, NAME_LEVELS, TWIN, Model
from kcbx_cli.match.records import Ints, Records, encode
from kcbx_cli.match.sieve import score_likely
from kcbx_cli.match.twins import with_family

#: How many near-matches of a left row are kept, and how many bits below the best of them at most.
_NEAR, _NEAR_SPREAD = 3, 15.0
#: A link of so many bits beyond the threshold is beyond doubt.
_BEYOND_DOUBT = 7.0


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
class Prepared:
    """A frame with what is computed of its rows alone, for those that are linked more than once.

    `stands_for`: of how many children these rows are a selection, 0 when they are all.
    """

    frame: pd.DataFrame
    records: Records
    household: Ints
    stands_for: int = 0


def prepare(people: pd.DataFrame | Prepared) -> Prepared:
    """The frame (RECORD columns) encoded, so that `link` need not do it again each time."""
    if isinstance(people, Prepared):
        return people
    return Prepared(people, context.with_shares(encode(people)), context.households(people))


def selected(people: pd.DataFrame, stands_for: int) -> Prepared:
    """Rows chosen from the lists of `stands_for` children, with the CONTEXT columns that they had there."""
    return Prepared(people, context.with_known_shares(encode(people)), context.households(people), stands_for)


def link(
    left: pd.DataFrame | Prepared,
    right: pd.DataFrame | Prepared,
    model: Model,
    left_child: Ints | None = None,
    right_child: Ints | None = None,
    right_rank: Ints | None = None,
) -> Matching:
    """Find for each child of `left` its rows in `right`, one to one by child.

    Frames have RECORD columns, or come from `prepare`. `*_child` number the child of each row; `group` finds them when
    they are not given.
    `right_rank` says which row of a child is named, the lowest; without it the row that agrees best.
    The order of rows of either side does not change who is matched.
    """
    one, other = prepare(left), prepare(right)
    near, far, family = one.records, other.records, one.household
    left_child = group_records(near, family, model) if left_child is None else _first_rows(left_child)
    right_child = group_records(far, other.household, model) if right_child is None else _first_rows(right_child)
    far = context.with_bearers(far, right_child)
    near = context.with_bearers(near, left_child)
    near, twins = with_family(near, family, left_child, model)
    sized = model.for_rows(other.stands_for or len(np.unique(right_child)))

    pairs = candidates(near, far)
    both = pairs.left, pairs.right
    watched = near.family == TWIN  # caution lowers these, and goes once the twin has a row of its own
    at, scores = score_likely(near, far, both, sized, model.near, lambda x, a, b: contradicting(x) | watched[a])
    i, j = pairs.left[at], pairs.right[at]
    sure = scores.weight >= model.link + _BEYOND_DOUBT
    borrowed = kin.borrow(one.frame, other.frame, family, left_child, (i[sure], j[sure], scores.weight[sure]))
    from_kin = np.zeros(len(i), dtype=bool)
    if borrowed.rows.size:
        i, j, scores, from_kin = kin.rescore(borrowed, (one.frame, near, far), both, (at, scores), sized)
    against = contradicting(scores.levels)
    floor = np.where(watched[i], model.near - np.log2(model.caution), model.near)
    fit = (scores.weight >= floor) & ~against & ~nobody_to_ask_about(scores.levels)
    contradictions = i[against], j[against]
    i, j, scores, from_kin = i[fit], j[fit], scores.take(fit), from_kin[fit]

    found = Found(i, j, scores, from_kin, left_child, right_child, (left_child[twins[0]], left_child[twins[1]]), family)
    edges = contest(found, near, far, sized)
    band = _bands(edges, found.scores.levels[edges.pair], sized)
    links = _table(found, edges, band, right_rank)
    return Matching(
        links=links,
        left_child=_joined(edges, band, left_child),
        right_child=right_child,
        contradictions=_contradictions(contradictions, found, links),
        blocks=pairs.blocks,
        left_context=context.frame(near, borrowed.frame(len(near))),
        right_context=context.frame(far),
    )


def _first_rows(child: Ints) -> Ints:
    """Numbers of children, renumbered by first row."""
    _, first, back = np.unique(np.asarray(child), return_index=True, return_inverse=True)
    return first[back].astype(np.int64)


def _contradictions(against: tuple[Ints, Ints], found: Found, links: pd.DataFrame) -> pd.DataFrame:
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


def _bands(edges: Edges, levels: npt.NDArray[np.int8], model: Model) -> Ints:
    """2 link, 1 review, 0 near; at most one link or review a left child.

    A child who loses its candidate to another is asked about as well when it would have a fair claim without the other,
    and so is everyone who bears the valid number of a right child, and who is linked under another name than a rival.
    `levels` are those of the edges.
    """
    sure = edges.taken & (edges.final >= model.link + more_asked(levels)) & ~for_a_person(levels) & ~edges.alike
    band = np.where(sure, 2, np.where(edges.final >= model.review, 1, 0))
    free = edges.final + edges.caution >= model.review
    band = np.where((band == 0) & free & ~_gone(edges, band), 1, band)
    claim = (edges.weight >= model.claim) & (edges.final < edges.weight - 1)
    claim |= levels[:, list(COMPARISONS).index("id")] <= numbers.FULL_LEVELS.index("shared")
    crossed, straight = crossing(edges, levels, band)
    band = np.where(((band == 0) & claim) | crossed | (straight & (band < 2)), 1, band)
    gone = _gone(edges, band)
    order = np.lexsort((-edges.weight.round(6), -edges.final.round(6), gone, ~straight, -band, edges.left))
    later = np.zeros(len(order), dtype=bool)
    later[order[1:]] = edges.left[order][1:] == edges.left[order][:-1]
    return np.where(later, 0, band)


def _gone(edges: Edges, band: Ints) -> npt.NDArray[np.bool_]:
    """Edges to a right child that is linked to another side: a person is shown a free one first."""
    linked = band == 2
    owner = np.full(int(edges.right.max(initial=-1)) + 1, -1, dtype=np.int64)
    owner[edges.right[linked]] = edges.side[linked]
    gone: npt.NDArray[np.bool_] = (owner[edges.right] >= 0) & (owner[edges.right] != edges.side)
    return gone


def _joined(edges: Edges, band: Ints, child: Ints) -> Ints:
    """The left children, those joined that counted as one side and are linked to one right child."""
    linked = np.flatnonzero(band == 2)
    order = linked[np.lexsort((edges.left[linked], edges.side[linked]))]
    first: dict[int, int] = {}
    joined = {
        int(c): first.setdefault(int(s), int(c)) for c, s in zip(edges.left[order], edges.side[order], strict=True)
    }
    out = np.arange(int(child.max()) + 1) if len(child) else child
    for one, other in joined.items():
        out[one] = other
    return out[child]


def _table(found: Found, edges: Edges, band: Ints, right_rank: Ints | None) -> pd.DataFrame:
    """LINKS of children, spread over their rows."""
    right = found.j[edges.pair] if right_rank is None else _named(found.right_child, right_rank)[edges.right]
    shown = np.where((band == 1) & (edges.final < 0), np.maximum(edges.final, 0.0), edges.final)
    table = pd.DataFrame(
        {
            "child": edges.left,
            "right": right,
            "weight": shown.round(6),
            "probability": (1 / (1 + np.exp2(-shown))).round(6),
            "band": pd.Series(np.array(["near", "review", "link"], dtype=object)[band], dtype=object),
            "rule": pd.Series(_rules(found, edges, band), dtype=object),
        }
    )
    return _spread(table, found.left_child)


def _rules(found: Found, edges: Edges, band: Ints) -> npt.NDArray[np.object_]:
    """How each edge came about: exact_id, household, model; tie under review; below or taken when near."""
    levels = found.scores.levels[edges.pair]
    column = list(COMPARISONS)
    exact = (levels[:, column.index("id")] == 0) & (levels[:, column.index("name")] <= NAME_LEVELS.index("wildcard"))
    lost = edges.weight - edges.final > 1.0
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

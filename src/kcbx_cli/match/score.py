"""The kernel: levels, weight and probability of aligned pairs. No I/O, no globals, no logging, no randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import dates, numbers, place
from kcbx_cli.match import names as name_room
from kcbx_cli.match.context import with_known_shares
from kcbx_cli.match.model import (
    BODY_LEVELS,
    COMPARISONS,
    FAMILY_LEVELS,
    NAME_LEVELS,
    OTHERS,
    PLACE_LEVELS,
    REGISTRY_LEVELS,
    SEX_LEVELS,
    TWIN,
    UNKNOWN,
    Model,
)
from kcbx_cli.match.records import Floats, Ints, Records, encode

Levels = npt.NDArray[np.int8]

_NAME = {level: n for n, level in enumerate(NAME_LEVELS)}
_ID = {level: n for n, level in enumerate(numbers.FULL_LEVELS)}
_PART = {level: n for n, level in enumerate(numbers.PART_LEVELS)}
_BIRTH = {level: n for n, level in enumerate(dates.LEVELS)}
_FAMILY = {level: n for n, level in enumerate(FAMILY_LEVELS)}
_REGISTRY = {level: n for n, level in enumerate(REGISTRY_LEVELS)}
_BODY = {level: n for n, level in enumerate(BODY_LEVELS)}
_SEX = {level: n for n, level in enumerate(SEX_LEVELS)}
#: Level of the name comparison -> which share (column of Records.shares) makes chance agreement, times what.
_BY_FREQUENCY = {
    "identical": (0, 1.0), "variant": (0, 0.2), "same_sound": (1, 1.0), "similar_sound": (2, 1.0),
    "similar_shape": (3, 0.001), "swapped": (0, 0.2), "one_missing": (3, 0.01), "wildcard": (3, 0.005),
    "surname_same": (3, 1.0), "one_different": (3, 0.15),
}  # fmt: skip
_ADULT_YEARS = 12
#: The comparisons of where and with whom the child lives.
HOME = ("place", "family")


@dataclass(frozen=True)
class Scores:
    """n scored pairs: levels [n, comparison], weights [n, comparison] against `kind` (position in OTHERS), and sums."""

    levels: Levels
    weights: Floats
    prior: Floats
    kind: npt.NDArray[np.int8]
    weight: Floats
    probability: Floats

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> Scores:
        """Some of the pairs."""
        return Scores(*(getattr(self, f)[chosen] for f in self.__dataclass_fields__))

    @classmethod
    def concat(cls, parts: Sequence[Scores]) -> Scores:
        """Several of them, one after the other; at least one."""
        return cls(*(np.concatenate([getattr(p, f) for p in parts]) for f in cls.__dataclass_fields__))


def score_block(left: pd.DataFrame, right: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Levels, weight and probability of left row i with right row i, a frame with one row a pair.

    Columns: `level_<comparison>` (position in COMPARISONS[comparison]), `weight_<comparison>`, `prior`, `against` (the
    kind of other people that explains the pair best), `weight` (log2 odds: the sum of the weights and the prior),
    `probability`. Both frames have RECORD columns, and CONTEXT columns where known.

    Raises:
        ValueError: the frames differ in length.
    """
    if len(left) != len(right):
        raise ValueError("aligned frames differ in length")
    at = np.arange(len(left))
    scored = score_pairs(encode(left), with_known_shares(encode(right)), at, at, model)
    columns: dict[str, object] = {}
    for n, comparison in enumerate(COMPARISONS):
        columns[f"level_{comparison}"] = scored.levels[:, n]
        columns[f"weight_{comparison}"] = scored.weights[:, n]
    columns["prior"] = scored.prior
    columns["against"] = np.array(OTHERS, dtype=object)[scored.kind]
    columns["weight"] = scored.weight
    columns["probability"] = scored.probability
    return pd.DataFrame(columns)


def score_pairs(left: Records, right: Records, i: Ints, j: Ints, model: Model) -> Scores:
    """The scores of left record i[k] with right record j[k]."""
    levels = compare(left, right, i, j, model)
    return weigh(levels, right.shares[j], left.family[i], model)


def compare(left: Records, right: Records, i: Ints, j: Ints, model: Model) -> Levels:
    """The level of every comparison, [pair, comparison] in the order of COMPARISONS."""
    levels = compare_child(left, right, i, j, model)
    compare_home(levels, left, right, i, j)
    return levels


def compare_child(left: Records, right: Records, i: Ints, j: Ints, model: Model) -> Levels:
    """The levels of all that is the child's own; those of HOME, which cost most, are left at missing."""
    full, part = _numbers(left, right, i, j)
    out = np.empty((len(i), len(COMPARISONS)), dtype=np.int8)
    out[:, 0] = _names(left, right, i, j, model)
    out[:, 1], out[:, 2] = full, part
    out[:, 3] = _births(left, right, i, j, full)
    out[:, 4] = np.where(
        (left.sex[i] == 0) | (right.sex[j] == 0),
        _SEX["missing"],
        np.where(left.sex[i] == right.sex[j], _SEX["same"], _SEX["different"]),
    )
    out[:, 5], out[:, 6] = PLACE_LEVELS.index("missing"), _FAMILY["missing"]
    out[:, 7] = _registries(left, right, i, j)
    out[:, 8] = _bodies(left, right, i, j, full)
    return out


def compare_home(levels: Levels, left: Records, right: Records, i: Ints, j: Ints) -> None:
    """Fills in, in place, the levels of where and with whom the child lives."""
    levels[:, 5] = place.compare(left, right, i, j, PLACE_LEVELS)
    levels[:, 6] = _families(left, right, i, j)


def at_most(levels: Levels, shares: Floats, family: npt.NDArray[np.int8], model: Model) -> Floats:
    """What the weight of pairs from `compare_child` can come to at most: as against a stranger, HOME at its best."""
    total = np.full(len(levels), model.priors()[0])
    for n, comparison in enumerate(COMPARISONS):
        weights = model.weights(comparison)[0]
        total += weights.max() if comparison in HOME else weights[levels[:, n]]
    name = levels[:, 0]
    for level, (share, factor) in _BY_FREQUENCY.items():
        at = np.flatnonzero(name == _NAME[level])
        chance = np.clip(shares[at, share] * factor, 1e-7, 1.0)
        total[at] += np.log2(model.m["name"][_NAME[level]] / chance) - model.weights("name")[0][_NAME[level]]
    listed = np.flatnonzero(family == TWIN)
    total[listed] += model.twin_number()[levels[listed, 1]]
    return total


def weigh(levels: Levels, shares: Floats, family: npt.NDArray[np.int8], model: Model) -> Scores:
    """Weights of compared pairs. `shares` [n, 4] say how frequent the right name is, `family` is what
    is known of the left child's family (UNKNOWN, ALONE, SIBLINGS, TWIN)."""
    count = len(levels)
    by_kind = np.empty((len(OTHERS), count, len(COMPARISONS)), dtype=np.float64)
    for n, comparison in enumerate(COMPARISONS):
        by_kind[:, :, n] = model.weights(comparison)[:, levels[:, n]]
    for level, (share, factor) in _BY_FREQUENCY.items():
        at = np.flatnonzero(levels[:, 0] == _NAME[level])
        chance = np.clip(shares[at, share] * factor, 1e-7, 1.0)
        by_kind[0, at, 0] = np.log2(model.m["name"][_NAME[level]] / chance)
    priors = np.repeat(model.priors()[:, None], count, axis=1)
    spelling = (levels[:, 0] <= _NAME["wildcard"]) | (levels[:, 0] == _NAME["former"])
    same_number = (levels[:, 1] == _ID["identical"]) & (levels[:, 0] != _NAME["one_missing"])
    plain = spelling & (same_number | (family == UNKNOWN))
    plain |= levels[:, 0] <= _NAME["variant"]
    priors += np.where(plain, model.family_priors(True)[:, family], model.family_priors(False)[:, family])
    listed = np.flatnonzero(family == TWIN)
    by_kind[:, listed, 1] += model.twin_number()[levels[listed, 1]]
    totals = by_kind.sum(axis=2) + priors
    kind = totals.argmin(axis=0)
    at = np.arange(count)
    weight = totals[kind, at]
    return Scores(
        levels=levels,
        weights=by_kind[kind, at],
        prior=priors[kind, at],
        kind=kind.astype(np.int8),
        weight=weight,
        probability=1 / (1 + np.exp2(-weight)),
    )


def _names(left: Records, right: Records, i: Ints, j: Ints, model: Model) -> Levels:
    """Name levels: the names themselves; a former name counts when it brings the two together."""
    missing, former = _NAME["missing"], _NAME["former"]
    level = compare_names(left, right, left.name[i], right.name[j], model)
    out = np.where(level == len(name_room.LEVELS) - 1, missing, level)
    for a, b in ((left.name[i], right.former[j]), (left.former[i], right.name[j])):
        again = (a >= 0) & (b >= 0) & (out > _NAME["same_sound"])
        at = np.flatnonzero(again)
        if len(at):
            agreed = compare_names(left, right, a[at], b[at], model) <= _NAME["same_sound"]
            out[at[agreed]] = former
    return out.astype(np.int8)


def compare_names(left: Records, right: Records, a: Ints, b: Ints, model: Model) -> Levels:
    """Levels of names a[k] and b[k] (positions among the distinct names, -1 for none)."""
    last = len(name_room.LEVELS) - 1
    out = np.full(len(a), last, dtype=np.int8)
    at = np.flatnonzero((a >= 0) & (b >= 0))
    if not len(at):
        return out
    options = name_room.NameOptions(**model.name_options)
    out[at] = name_room.compare(left.codes, right.codes, a[at], b[at], options)
    return out


def _numbers(left: Records, right: Records, i: Ints, j: Ints) -> tuple[Levels, Levels]:
    """ID levels. A number that several children bear proves less; an adult's number beside a child says nothing."""
    full, part = numbers.compare(left.digits[i], right.digits[j], left.valid[i], right.valid[j])
    full[(full == _ID["identical"]) & (left.shared[i] | right.shared[j])] = _ID["shared"]
    foreign = _not_own(left, i, right.birth[j]) | _not_own(right, j, left.birth[i])
    unsure = foreign | left.stand_in[i] | right.stand_in[j]
    full[unsure & (full > _ID["one_edit"])] = _ID["missing"]
    part[unsure & (part >= _PART["one_edit"])] = _PART["missing"]
    return full, part


def _not_own(side: Records, at: Ints, other_birth: Ints) -> npt.NDArray[np.bool_]:
    """Whether a record's number is a parent's by its date: older than the child by a generation."""
    year = side.id_birth[at] // 10000
    own = side.column_birth[at] // 10000
    child = np.where(own > 0, own, other_birth // 10000)
    return (year > 0) & (child > 0) & (child - year >= _ADULT_YEARS)


def _births(left: Records, right: Records, i: Ints, j: Ints, full: Levels) -> Levels:
    """Birth levels: the columns first; where they differ, a date inside an ID number that agrees with the other side."""
    a, b = left.birth[i], right.birth[j]
    readings = tuple(r[i] for r in left.lunar), tuple(r[j] for r in right.lunar)
    level = dates.compare(a, b, readings[0], readings[1])  # type: ignore[arg-type]
    by_id = ((left.id_birth[i] == b) & (b > 0)) | ((right.id_birth[j] == a) & (a > 0))
    by_id |= (left.id_birth[i] == right.id_birth[j]) & (left.id_birth[i] > 0)
    same_number = full <= _ID["two_edits"]
    level[by_id & ~same_number & (level > _BIRTH["by_id"])] = _BIRTH["by_id"]
    return level


def _families(left: Records, right: Records, i: Ints, j: Ints) -> Levels:
    """Family levels: ID numbers, telephone numbers and names of the adults that both sides know."""
    number = _common(left.family_ids, right.family_ids, i, j)
    number |= _common(left.own_token[:, None], right.family_ids, i, j)
    number |= _common(left.family_ids, right.own_token[:, None], i, j)
    phone = _common(left.phones, right.phones, i, j) > 0
    names = _common(left.family_names, right.family_names, i, j)
    known = np.zeros(len(i), dtype=bool)
    for a, b in (
        (left.family_ids, right.family_ids),
        (left.phones, right.phones),
        (left.family_names, right.family_names),
    ):
        known |= (a[i, 0] > 0) & (b[j, 0] > 0)
    rules = (
        ("number", number > 0),
        ("phone_and_name", phone & (names > 0)),
        ("phone", phone),
        ("two_names", names > 1),
        ("name", names > 0),
        ("different", known),
    )
    return np.select([r[1] for r in rules], [_FAMILY[r[0]] for r in rules], _FAMILY["missing"]).astype(np.int8)


def _common(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64], i: Ints, j: Ints) -> Ints:
    """How many tokens of a[i] are among b[j]; no row of a holds one twice."""
    out = np.zeros(len(i), dtype=np.int64)
    at = np.flatnonzero((a[i, 0] > 0) & (b[j, 0] > 0))
    others = [c for c in (b[:, k][j[at]] for k in range(b.shape[1])) if c.any()]
    for k in range(a.shape[1]):
        mine = a[:, k][i[at]]
        if mine.any():
            hit = np.zeros(len(at), dtype=bool)
            for other in others:
                hit |= mine == other
            out[at] += hit & (mine > 0)
    return out


def _registries(left: Records, right: Records, i: Ints, j: Ints) -> Levels:
    """Registry number levels."""
    a, b = left.registry[i], right.registry[j]
    level = np.where(a == b, _REGISTRY["identical"], _REGISTRY["different"])
    return np.where((a > 0) & (b > 0), level, _REGISTRY["missing"]).astype(np.int8)


def _bodies(left: Records, right: Records, i: Ints, j: Ints, full: Levels) -> Levels:
    """Whether the ID number inside one side's G registry number is the other side's, where the ID columns do not agree.

    Such a number may lag behind a corrected ID number, so another one says little.
    """
    carries = ((left.number[i] > 0) & (left.number[i] == right.registry_body[j])) | (
        (right.number[j] > 0) & (right.number[j] == left.registry_body[i])
    )
    stand_in = (left.stand_in[i] & (right.number[j] > 0)) | (right.stand_in[j] & (left.number[i] > 0))
    rules = (
        ("missing", full <= _ID["one_edit"]),
        ("own", carries),
        ("other", stand_in),
    )
    return np.select([r[1] for r in rules], [_BODY[r[0]] for r in rules], _BODY["missing"]).astype(np.int8)

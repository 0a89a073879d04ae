"""The matching model: probabilities by comparison and level, priors and thresholds, in readable JSON.

A pair is either the same child or one of three kinds of other people: a stranger, a brother or sister, a twin.
For each level of each comparison the model holds how often it is seen among pairs of the same child (`m`) and among
each kind of other people. The weight of a level is log2(m / u) against that kind; the score of a pair is the sum of its
weights and the prior against the kind that explains the pair best, so that what a family shares proves nothing
between its children.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import dates, numbers
from kcbx_cli.match import names as name_room

#: Kinds of other people that a pair may be instead of one child.
OTHERS = ("stranger", "sibling", "twin")
#: What is known of a child's family: nothing; the household is listed and shows no other child; it shows other children,
#: none of them a twin; it shows a twin.
UNKNOWN, ALONE, SIBLINGS, TWIN = range(4)
FORMAT = 1

NAME_LEVELS = (*name_room.LEVELS[:-1], "former", name_room.LEVELS[-1])
SEX_LEVELS = ("same", "different", "missing")
PLACE_LEVELS = ("village", "near_village", "township", "other_village", "other_township", "missing")
FAMILY_LEVELS = ("number", "phone_and_name", "phone", "two_names", "name", "different", "missing")
REGISTRY_LEVELS = ("identical", "different", "missing")
BODY_LEVELS = ("own", "other", "missing")

#: Comparison -> its levels, in the order of the columns of a pair's levels. Every one ends with `missing`.
COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    "id": numbers.FULL_LEVELS,
    "id_part": numbers.PART_LEVELS,
    "birth": dates.LEVELS,
    "sex": SEX_LEVELS,
    "place": PLACE_LEVELS,
    "family": FAMILY_LEVELS,
    "registry": REGISTRY_LEVELS,
    "registry_body": BODY_LEVELS,
}
_PRIOR = ("enrolled", "siblings", "twins", "unlisted", "apart", "repeated", "doubled", "exchanged", "caution")
_THRESHOLDS = ("link", "review", "claim", "near")


class ModelError(ValueError):
    """The model file cannot be used; the text says where it is wrong."""


@dataclass(frozen=True)
class Model:
    """A loaded model. `m` and `u` are tables by comparison: m[level], u[kind, level]."""

    m: Mapping[str, npt.NDArray[np.float64]]
    u: Mapping[str, npt.NDArray[np.float64]]
    enrolled: float
    siblings: float
    twins: float
    repeated: float
    doubled: float
    exchanged: float
    caution: float
    unlisted: float
    apart: float
    rows: int
    link: float
    review: float
    claim: float
    near: float
    name_options: Mapping[str, Any]
    provenance: Mapping[str, Any]
    digest: str

    def family_priors(self, plain: bool) -> npt.NDArray[np.float64]:
        """Bits onto the priors against a stranger, a sibling and a twin [kind], by what is known of the family [state].

        A sibling or twin who is enrolled but not listed with the household (`unlisted`) is rare; a list without
        households, too, shows most twins (all but `apart`) by their telephone. Where there is a twin,
        or may be one, and the case is not `plain` (one name; two spellings of one and the same number, or no sign of a twin), a mistake hides a child whom nothing else would bring to
        light: hence `caution`.
        """
        caution = 1.0 if plain else self.caution
        times = np.ones((len(OTHERS), 4), dtype=np.float64)
        times[OTHERS.index("sibling"), ALONE] = self.unlisted
        times[OTHERS.index("twin")] = [caution * self.apart, self.unlisted, self.unlisted, caution / self.twins]
        bits: npt.NDArray[np.float64] = -np.log2(times)
        return bits

    def twin_number(self) -> npt.NDArray[np.float64]:
        """Bits onto the ID weights [level] of a child with a listed twin.

        `exchanged` is how often one of two twins bears the other's number, so the neighbouring number speaks less
        against the child.
        """
        neighbour = numbers.FULL_LEVELS.index("neighbour")
        onto = np.zeros(len(numbers.FULL_LEVELS), dtype=np.float64)
        onto[neighbour] = np.log2(self.exchanged / self.m["id"][neighbour])
        return onto

    def weights(self, comparison: str) -> npt.NDArray[np.float64]:
        """log2(m / u) of a comparison as [kind, level]."""
        weights: npt.NDArray[np.float64] = np.log2(self.m[comparison] / self.u[comparison])
        return weights

    def priors(self) -> npt.NDArray[np.float64]:
        """log2 odds that a pair is one child rather than a stranger, sibling or twin, before anything is compared.

        A child whose own row stands in the right list competes there with the false candidate; so what counts is how
        often a false candidate has the field to itself: a stranger among `rows`, a sibling, a twin, of a child who is
        not enrolled.
        """
        lost = 1 - self.enrolled
        return np.log2(self.enrolled / (lost * np.array([float(self.rows), self.siblings, self.twins])))

    def for_rows(self, rows: int) -> Model:
        """The same model for a right list of so many rows."""
        return replace(self, rows=max(rows, 1))

    def for_groups(self) -> Model:
        """The same model for finding rows of one child within one list."""
        return replace(self, enrolled=self.repeated)

    def with_costs(self, hidden: float, review: float) -> Model:
        """Thresholds that follow from what errors cost, one needless visit being 1; 0 keeps the model's own.

        A link is right to make without a person when the chance that it hides a missing child, times `hidden`, is below
        the cost of a review; a review is worth while when it is likelier than not to save its cost.
        """
        link, low = self.link, self.review
        if hidden > 0 and review > 0:
            link = math.log2(max(hidden / review - 1, 1.0))
            low = min(math.log2(review / max(1 - review, 1e-6)), link) if review < 1 else link
        return replace(self, link=link, review=low)


def load_model(path: str | None = None) -> Model:
    """The model in the file at `path`; the one that ships when it is None or empty.

    Raises:
        ModelError: the file is missing, is no model of this format, or its probabilities do not add up.
    """
    try:
        text = Path(path).read_text("utf-8") if path else files(__package__).joinpath("model.json").read_text("utf-8")
        body = json.loads(text)
    except (OSError, ValueError) as error:
        raise ModelError(f"model cannot be read: {type(error).__name__}") from error
    return build_model(body)


def build_model(body: Mapping[str, Any]) -> Model:
    """The model that a parsed model file describes.

    Raises:
        ModelError: a part is missing or the probabilities of a comparison do not add up to one.
    """
    if body.get("format") != FORMAT:
        raise ModelError(f"model format {body.get('format')} is not {FORMAT}")
    m: dict[str, npt.NDArray[np.float64]] = {}
    u: dict[str, npt.NDArray[np.float64]] = {}
    try:
        for comparison, levels in COMPARISONS.items():
            table = np.array([_level(body["comparisons"][comparison], level) for level in levels], dtype=np.float64)
            _check(comparison, levels, table)
            m[comparison], u[comparison] = table[:, 0], table[:, 1:].T.copy()
        return Model(
            m=m,
            u=u,
            rows=int(body["prior"]["rows"]),
            name_options=dict(body.get("name_options", {})),
            provenance=dict(body["provenance"]),
            digest=_digest(body),
            **{n: float(body["prior"][n]) for n in _PRIOR},
            **{n: float(body["thresholds"][n]) for n in _THRESHOLDS},
        )
    except (KeyError, TypeError) as error:
        raise ModelError(f"model lacks {error}") from error


def _level(comparison: Mapping[str, Any], level: str) -> list[float]:
    """m and the three u of a level; a missing value says nothing for or against."""
    if level == "missing":
        return [1.0] * (1 + len(OTHERS))
    row = comparison[level]
    return [float(row[name]) for name in ("m", *OTHERS)]


def _check(comparison: str, levels: tuple[str, ...], table: npt.NDArray[np.float64]) -> None:
    if not (table > 0).all() or not (table <= 1).all():
        raise ModelError(f"comparison {comparison}: every probability must lie above 0 and not above 1")
    total = table[: len(levels) - 1].sum(axis=0)
    if np.abs(total - 1).max() > 0.02:
        raise ModelError(f"comparison {comparison}: probabilities add up to {total.round(3).tolist()}, not 1")


def _digest(body: Mapping[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def to_body(model: Model, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The model as the body of a model file; `build_model` gives it back. Probabilities keep six significant digits."""
    comparisons: dict[str, dict[str, dict[str, float]]] = {}
    for comparison, levels in COMPARISONS.items():
        table = np.vstack([model.m[comparison], model.u[comparison]])
        comparisons[comparison] = {
            level: {name: float(f"{p:.6g}") for name, p in zip(("m", *OTHERS), table[:, n], strict=True)}
            for n, level in enumerate(levels)
            if level != "missing"
        }
    return {
        "format": FORMAT,
        "provenance": dict(provenance),
        "prior": {n: getattr(model, n) for n in _PRIOR} | {"rows": model.rows},
        "thresholds": {n: getattr(model, n) for n in _THRESHOLDS},
        "name_options": dict(model.name_options),
        "comparisons": comparisons,
    }


def model_text(body: Mapping[str, Any]) -> str:
    """The text of a model file, one level a line."""
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return re.sub(r'\{\s+"m": [^{}]*\}', lambda level: re.sub(r"\s+", " ", level[0]), text) + "\n"

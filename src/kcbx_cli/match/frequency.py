"""How common a name is: the county's own counts, smoothed by what is known of the country.

The chance that somebody taken at random bears a name says how much it proves that two records share it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.name_codes import NameCodes, Objects, encode, given_of, surname_of

Floats = npt.NDArray[np.float64]

_SOURCE = Path(__file__).with_name("prior.json")
#: What a surname or character has that the prior does not know.
RARE = 1e-6
#: Shares of given names of one, two, and more characters, and as many people as they count for.
PRIOR_LENGTHS, PRIOR_PEOPLE = np.array([0.14, 0.85, 0.01]), 200.0
#: What is tried for the discount of a count, and for the weight of the base, in people per person counted.
DISCOUNTS, WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95), (0.003, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)


@dataclass(frozen=True)
class Prior:
    """Shares in the country: of surnames, and of characters among all characters of given names."""

    surnames: Mapping[str, float]
    given: Mapping[str, float]


@lru_cache(maxsize=1)
def load_prior() -> Prior:
    """The prior that ships with the package (see scripts/build_prior.py)."""
    body = json.loads(_SOURCE.read_text(encoding="utf-8"))
    return Prior(body["surnames"], body["given"])


def frequency(names: Objects | NameCodes, counts_from: Objects | NameCodes) -> Floats:
    """For each name the probability that a random person of the county bears it in full; 0 for an empty name.

    `counts_from` are the names of the people counted, one entry a person (empty ones do not count); it may be empty.

    A name's own count is drawn towards surname share x given-name share, and each of these towards the country's (see
    `_drawn`). So a name that stands once in the lists is not taken to be as common as once in so many: most are rarer.
    """
    known, people = _codes(names), _codes(counts_from)
    number, distinct = pd.factorize(np.concatenate([known.names, people.names]))
    both = encode(np.asarray(distinct, dtype=object))
    counts = np.bincount(number[len(known) :], minlength=len(distinct))
    return shares(both, counts)[number[: len(known)]]


def shares(codes: NameCodes, counts: npt.NDArray[np.int64]) -> Floats:
    """The same for distinct names, `counts` of them."""
    filled = codes.length > 0
    counts = counts * filled
    told: Floats = np.where(filled, _drawn(counts, _expected(codes, counts)), 0.0)
    return told


def _drawn(count: npt.NDArray[np.int64], base: Floats) -> Floats:
    """Shares of values counted so often, drawn towards their base shares: the Pitman-Yor estimate.

    (c - d + (w + d t) base) / (n + w), with n people, t values that were counted and d = 0 for those that were not;
    d and w are those of DISCOUNTS and WEIGHTS (times n) under which the people, each left out in turn, are likeliest.
    """
    n, t = float(count.sum()), int((count > 0).sum())
    if not n:
        return base
    often, ones = count > 1, int((count == 1).sum())
    order = np.lexsort((base[often], count[often]))  # sums do not depend on the order of rows
    c, b = count[often][order], base[often][order]
    best, chosen = -np.inf, (0.0, 0.0)
    for d in DISCOUNTS:
        for w in (n * x for x in WEIGHTS):
            likely = (c * np.log(c - 1 - d + (w + d * t) * b)).sum() + ones * np.log(w + d * (t - 1))
            likely -= n * np.log(n - 1 + w) if n > 1 or w else 0.0
            if likely > best:
                best, chosen = float(likely), (d, w)
    d, w = chosen
    return (count - d * (count > 0) + (w + d * t) * base) / (n + w)


def _codes(names: Objects | NameCodes) -> NameCodes:
    return names if isinstance(names, NameCodes) else encode(names)


def _expected(codes: NameCodes, count: npt.NDArray[np.int64]) -> Floats:
    """Surname share x given-name share of distinct names, of which the county has `count` each."""
    prior = load_prior()
    surname = _smoothed(surname_of(codes), count, prior.surnames)
    given = given_of(codes)
    size = np.minimum([len(g) for g in given], 3).astype(np.int64)
    by_size = np.bincount(size, weights=count, minlength=4)[1:]
    lengths = (by_size + PRIOR_LENGTHS * PRIOR_PEOPLE) / (by_size.sum() + PRIOR_PEOPLE)
    share = np.where(size > 0, lengths[np.maximum(size, 1) - 1], 1.0)
    for kind, place in ((1, 0), (2, 0), (2, 1)):
        at = np.flatnonzero(size == kind)
        characters = np.array([g[place] for g in given[at]], dtype=object)
        share[at] *= _smoothed(characters, count[at], prior.given)
    for k in np.flatnonzero(size == 3).tolist():
        share[k] *= float(np.prod([prior.given.get(c, RARE) for c in given[k]]))
    return np.where(codes.surname > 0, surname, 1.0) * share


def _smoothed(values: Objects, count: npt.NDArray[np.int64], prior: Mapping[str, float]) -> Floats:
    """The share of each value in the county, drawn towards its share in the country."""
    number, distinct = pd.factorize(values)
    own = np.bincount(number, weights=count, minlength=len(distinct)).astype(np.int64)
    country = np.array([prior.get(v, RARE) for v in distinct], dtype=np.float64)
    share: Floats = _drawn(own, country)[number]
    return share

"""Citizen ID numbers (GB 11643) for made-up people: sequence and check digit are generated."""

from __future__ import annotations

import numpy as np

from kcbx_cli.sample.spec import Ints, Mask, Text

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))


def check_digits(bodies: Ints) -> Text:
    """The check character of each 17-digit body (GB 11643, ISO 7064 MOD 11-2)."""
    digits = bodies[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    found: Text = _CHECK[(digits * _WEIGHTS).sum(axis=1) % 11].astype(object)
    return found


def numbers(rng: np.random.Generator, area: Ints, birth: Ints, male: Mask, block: Ints) -> Text:
    """An 18-character ID number for each person; no two alike.

    Sequence numbers are odd for men and are handed out one after the other within a police station (`block`, 0 to 24),
    as they are in life: twins get neighbours.
    """
    order = np.lexsort((np.arange(len(birth)), block, male, birth, area))
    start = rng.integers(0, 9, len(birth))[order]
    sequence = np.zeros(len(birth), dtype=np.int64)
    sequence[order] = _spread(area[order], birth[order], male[order], block[order] % 25 * 20, start)
    bodies = (area * 10**8 + birth) * 1000 + sequence * 2 + male
    out: Text = bodies.astype("U17").astype(object) + check_digits(bodies)
    return out


def _spread(area: Ints, birth: Ints, male: Mask, block: Ints, start: Ints) -> Ints:
    """Distinct places 0..499 within each area, birth date and sex; rows come sorted by these and by block."""
    n = len(birth)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    new = np.ones(n, dtype=bool)
    new[1:] = (area[1:] != area[:-1]) | (birth[1:] != birth[:-1]) | (male[1:] != male[:-1])
    station = new.copy()
    station[1:] |= block[1:] != block[:-1]
    group = np.cumsum(new) - 1
    first = np.flatnonzero(new)[group]
    first_at_station = np.maximum.accumulate(np.where(station, np.arange(n), 0))
    wanted = block + start[first_at_station] + (np.arange(n) - first_at_station)
    rank = np.arange(n) - first
    pushed = np.maximum.accumulate(wanted - rank + group * 10**6) - group * 10**6 + rank
    size = np.bincount(group)[group]
    overflow = np.zeros(len(np.flatnonzero(new)), dtype=bool)
    np.logical_or.at(overflow, group, pushed > 499)
    if (size > 500).any():
        raise ValueError("more than 500 persons of one sex born on one day in one area")
    places: Ints = np.where(overflow[group], rank, pushed)
    return places

"""Rows that belong together, folded into one line each: the list rows of a child, the registry rows of a pupil."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide.dates import Flags, Ints


@dataclass(frozen=True)
class Groups:
    """Rows in groups. `of` gives each row's group 0..count-1, `first` each group's first row."""

    of: Ints
    first: Ints
    numbers: Ints

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.first)

    def any(self, mask: Flags) -> Flags:
        """For each group: does the mask hold for any of its rows?"""
        held = np.zeros(self.count, dtype=np.bool_)
        held[self.of[mask]] = True
        return held

    def pick(self, mask: Flags) -> Ints:
        """For each group: its first row for which the mask holds, or -1."""
        rows = np.flatnonzero(mask)[::-1]
        picked = np.full(self.count, -1, dtype=np.int64)
        picked[self.of[rows]] = rows
        return picked


def flags(mask: Any) -> Flags:
    """The outcome of a comparison of arrays, with its type."""
    return np.asarray(mask, dtype=np.bool_)


def group(numbers: NDArray[Any]) -> Groups:
    """Rows with the same number make a group; groups stand in the order of their numbers."""
    values, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return Groups(inverse.astype(np.int64), first.astype(np.int64), np.asarray(values, dtype=np.int64))


def sheets(rows: pd.DataFrame) -> Ints:
    """A number for the sheet on which each row stands."""
    files, (names, known) = pd.factorize(rows["file"].to_numpy())[0], pd.factorize(rows["sheet"].to_numpy())
    return np.asarray(files * len(known) + names, dtype=np.int64)


def best(owner: Ints, count: int, *order: NDArray[Any]) -> Ints:
    """For each of `count` owners the index of its best entry, or -1.

    Args:
        owner: owner of each entry, 0..count-1; an entry of -1 is nobody's.
        count: how many owners there are.
        order: keys by which entries of one owner are ranked, the most important first, smaller is better;
            remaining ties go to the entry that comes first.
    """
    ranked = np.lexsort(order[::-1]) if order else np.arange(len(owner))
    ranked = ranked[owner[ranked] >= 0][::-1]
    chosen = np.full(count, -1, dtype=np.int64)
    chosen[owner[ranked]] = ranked
    return chosen


def take(values: NDArray[Any], at: Ints, blank: Any) -> NDArray[Any]:
    """The values at these positions, `blank` where the position is -1."""
    out = np.full(len(at), blank, dtype=values.dtype)
    there = at >= 0
    out[there] = values[at[there]]
    return out

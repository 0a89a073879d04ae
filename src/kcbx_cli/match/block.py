"""Candidate pairs: by several keys, counted before they are made, each pair under the first key that reaches it.

A key whose values are shared by more rows the larger the lists are (a birthday and a surname, a name and a year) would
make pairs with the square of the rows. Values that are crowded are therefore narrowed by what else such a pair must
have in common to be one child: a character of the given name, the rest of the birth date, or the township.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.keys import MIX, Key, finer, keys, mix
from kcbx_cli.match.records import Ints, Records

#: A key value that would make more pairs than this is left out and named.
MOST_PAIRS = 4000
#: A key value that more right rows than this share is narrowed. In a county of 28,000 pupils none is that common.
CROWDED = 12
#: Room for the number of the key beside the code of a pair.
_KEY_BITS = 6

BLOCKS = ("key", "left_row", "right_row", "left_rows", "right_rows", "pairs", "used")
#: For a kind of narrowing, its columns of each side.
Finer = Callable[[str], tuple[list[Ints], list[Ints]]]


@dataclass(frozen=True)
class Candidates:
    """Pairs (left[k], right[k]), sorted, under key number key[k]; `blocks` counts what each key made and left out.

    `blocks` has a row a key with `used` true and one for each key value that was left out, with one row of each side
    as the example and `used` false. A key that was narrowed has a second row under its name and `+`.
    """

    left: Ints
    right: Ints
    key: npt.NDArray[np.int8]
    blocks: pd.DataFrame


def candidates(left: Records, right: Records, within: bool = False, only: tuple[str, ...] = ()) -> Candidates:
    """The pairs that are worth scoring; with `within`, left and right are one list and each pair comes once.

    `only` names the keys to use; all of them when empty.
    """
    found: list[Ints] = []
    blocks: list[tuple[object, ...]] = []
    width = max(len(right), 1)

    @cache
    def narrowed(kind: str) -> tuple[list[Ints], list[Ints]]:
        mine = finer(left, kind)
        return mine, mine if left is right else finer(right, kind)

    for n, key in keys(left, right, only):
        i, j = join(key, blocks, narrowed, within)
        found.append((i * width + j) << _KEY_BITS | n)
    code = np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    pair = code >> _KEY_BITS
    if len(code):
        first = np.r_[True, pair[1:] != pair[:-1]]
        code, pair = code[first], pair[first]
    return Candidates(
        left=pair // width,
        right=pair % width,
        key=(code & ((1 << _KEY_BITS) - 1)).astype(np.int8),
        blocks=pd.DataFrame(blocks, columns=list(BLOCKS)),
    )


def join(
    key: Key, blocks: list[tuple[object, ...]], narrowed: Finer | None = None, within: bool = False
) -> tuple[Ints, Ints]:
    """The pairs of one key, after narrowing crowded values and leaving out those that explode; counts go to `blocks`.

    With `within` a pair of rows comes once, the lower row first.
    """
    if key.left_values is key.right_values and key.left_rows is key.right_rows:
        left_rows, left_values = right_rows, right_values = _sorted(*(_twice(key) if within else key.left))
    else:
        left_rows, left_values = _sorted(*key.left)
        right_rows, right_values = _sorted(*_known(key, left_values))
    low, count = _runs(left_values, right_values)
    pairs: list[tuple[Ints, Ints]] = []
    if narrowed is not None and key.finer:
        crowded = count > CROWDED
        if crowded.any():
            there = _spans(low[crowded], count[crowded], len(right_rows))
            mine = left_rows[crowded], left_values[crowded]
            finest = _finer_key(key, mine, (right_rows[there], right_values[there]), narrowed(key.finer))
            pairs.append(join(finest, blocks, within=within))
            count = np.where(crowded, 0, count)
    borne = count if right_values is left_values else _runs(left_values, left_values)[1]
    over = count * borne > MOST_PAIRS
    if over.any():
        _, first = np.unique(left_values[over], return_index=True)
        for at in np.flatnonzero(over)[first]:
            row, many, few = int(left_rows[at]), int(borne[at]), int(count[at])
            blocks.append((key.name, row, int(right_rows[low[at]]), many, few, many * few, False))
        count = np.where(over, 0, count)
    total = int(count.sum())
    blocks.append((key.name, -1, -1, int((count > 0).sum()), len(right_rows), total, True))
    i = np.repeat(left_rows, count)
    within_run = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    j = right_rows[np.repeat(low, count) + within_run]
    if within:
        i, j = i[i < j], j[i < j]
    pairs.append((i, j))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _sorted(rows: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Rows that have a value, and their values, ascending."""
    have = np.flatnonzero(values)
    order = have[np.argsort(values[have])]
    return rows[order], values[order]


def _known(key: Key, values: Ints) -> tuple[Ints, Ints]:
    """The right rows whose value may be among the left `values`, most others left out: what need not be sorted."""
    if len(key.right_values) < 2 * len(values):
        return key.right_rows, key.right_values
    at = _maybe_among(key.right_values, values)
    return key.right_rows[at], key.right_values[at]


def _maybe_among(values: Ints, known: Ints) -> Ints:
    """Where `values` are among the known ones, and few places where they are not."""
    shift = np.uint64(64 - min(max(len(known).bit_length() + 3, 10), 26))
    table = np.zeros(1 << (64 - int(shift)), dtype=bool)
    table[place(known, shift)] = True
    return np.flatnonzero(table[place(values, shift)])


def place(values: Ints, shift: np.uint64) -> Ints:
    """Where these key values have their flag in a table of 2 ** (64 - shift)."""
    return ((values.view(np.uint64) * MIX) >> shift).view(np.int64)


def _finer_key(
    key: Key, left: tuple[Ints, Ints], right: tuple[Ints, Ints], columns: tuple[list[Ints], list[Ints]]
) -> Key:
    """The same key for crowded rows and values, each together with every one of the columns' values of its row."""
    sides = []
    for (rows, values), finer_columns in zip((left, right), columns, strict=True):
        narrow = [mix(values, column[rows]) for column in finer_columns]
        sides.append((np.tile(rows, len(narrow)), np.concatenate(narrow)))
    return Key(f"{key.name}+", *sides[0], *sides[1])


def _spans(starts: Ints, lengths: Ints, size: int) -> npt.NDArray[np.bool_]:
    """Which of `size` places lie in a span; starts ascend, the same span may come several times."""
    first = np.r_[True, starts[1:] != starts[:-1]]
    edge = np.zeros(size + 1, dtype=np.int64)
    edge[starts[first]] += 1
    edge[starts[first] + lengths[first]] -= 1
    inside: npt.NDArray[np.bool_] = np.cumsum(edge[:-1]) > 0
    return inside


def _twice(key: Key) -> tuple[Ints, Ints]:
    """Rows of a list joined with itself whose value may come twice, most others left out."""
    ordered = np.sort(key.left_values)
    twice = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)]
    if 2 * len(twice) > len(ordered):
        return key.left
    at = _maybe_among(key.left_values, twice)
    return key.left_rows[at], key.left_values[at]


def _runs(values: Ints, among: Ints) -> tuple[Ints, Ints]:
    """Where each value begins in the sorted `among`, and how often it stands there. `values` are sorted as well."""
    if not len(among):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, among[1:] != among[:-1]])
    lengths = np.diff(np.r_[starts, len(among)])
    if values is among:
        return np.repeat(starts, lengths), np.repeat(lengths, lengths)
    at = np.searchsorted(among[starts], values).clip(0, len(starts) - 1)
    return starts[at], np.where(among[starts[at]] == values, lengths[at], 0)

"""What leads to the rows of a right list, without the rows: for lists too many to be encoded or held together.

The pairs are those of `block.candidates`, but for the names that few bear: how many bear a name only the whole right list
could say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcbx_cli.match.block import join, place
from kcbx_cli.match.keys import BY_DAY, BY_NAME, Key, finer, one_side
from kcbx_cli.match.records import Ints, Records


@dataclass(frozen=True)
class Leads:
    """Of so many rows of a list: by key its rows (a row may come several times) and their values, and by kind what
    narrows crowded values, an array of all rows for each column of `keys.finer`.
    """

    rows: int
    keys: Mapping[str, tuple[Ints, Ints]]
    narrow: Mapping[str, list[Ints]]


@dataclass(frozen=True)
class Reach:
    """What the keys of a left list lead to: by key its values as a table of flags."""

    known: Mapping[str, npt.NDArray[np.bool_]]
    shift: np.uint64


def leads(records: Records, is_left: bool = False) -> Leads:
    """What leads to these rows of a right list, or from these of a left one."""
    keys = {key.name: key.left if is_left else key.right for key in one_side(records, is_left)}
    return Leads(len(records), keys, {kind: finer(records, kind) for kind in (BY_NAME, BY_DAY)})


def reach(left: Records) -> Reach:
    """What the keys of these rows lead to."""
    shift = np.uint64(64 - min(max(len(left).bit_length() + 6, 12), 28))
    known = {}
    for key in one_side(left, is_left=True):
        table = np.zeros(1 << (64 - int(shift)), dtype=bool)
        table[place(key.left_values[key.left_values != 0], shift)] = True
        known[key.name] = table
    return Reach(known, shift)


def reached(right: Leads, reach: Reach) -> Leads:
    """The leads without most values that lead nowhere."""
    kept = {}
    for name, (rows, values) in right.keys.items():
        at = np.flatnonzero((values != 0) & reach.known[name][place(values, reach.shift)])
        kept[name] = rows[at], values[at]
    return Leads(right.rows, kept, right.narrow)


def one_below_the_other(lists: Sequence[Leads]) -> Leads:
    """The leads of several lists as those of one, its rows numbered through."""
    keys: defaultdict[str, list[tuple[Ints, Ints]]] = defaultdict(list)
    narrow: defaultdict[str, list[list[Ints]]] = defaultdict(list)
    start = 0
    for one in lists:
        for name, (rows, values) in one.keys.items():
            keys[name].append((rows + start, values))
        for kind, columns in one.narrow.items():
            narrow[kind].append(columns)
        start += one.rows
    return Leads(
        start,
        {name: _concatenated(parts) for name, parts in keys.items()},
        {kind: [np.concatenate(column) for column in zip(*parts, strict=True)] for kind, parts in narrow.items()},
    )


def _concatenated(parts: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([values for _, values in parts])


def led_to(left: Records, right: Leads) -> tuple[Ints, Ints]:
    """The pairs (left row, right row) that are worth scoring, each once, ascending."""
    mine = {kind: finer(left, kind) for kind in right.narrow}

    def narrowed(kind: str) -> tuple[list[Ints], list[Ints]]:
        return mine[kind], right.narrow[kind]

    found = [np.zeros(0, dtype=np.int64)]
    for key in one_side(left, is_left=True):
        rows, values = right.keys[key.name]
        i, j = join(Key(key.name, *key.left, rows, values, key.finer), [], narrowed)
        found.append(i * max(right.rows, 1) + j)
    return np.divmod(np.unique(np.concatenate(found)), max(right.rows, 1))

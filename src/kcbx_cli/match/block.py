"""Candidate pairs: by several keys, counted before they are made, each pair under the first key that reaches it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.records import Ints, Records

#: A key value that would make more pairs than this is left out and named.
MOST_PAIRS = 4000
_MIX = np.uint64(0x9E3779B97F4A7C15)

BLOCKS = ("key", "left_row", "right_row", "left_rows", "right_rows", "pairs", "used")


@dataclass(frozen=True)
class Key:
    """One blocking key: rows of each side and their key values (0 for none); a row may come several times."""

    name: str
    left_rows: Ints
    left_values: Ints
    right_rows: Ints
    right_values: Ints


@dataclass(frozen=True)
class Candidates:
    """Pairs (left[k], right[k]), sorted, under key number key[k]; `blocks` counts what each key made and left out.

    `blocks` has a row a key with `used` true and one for each key value that was left out, with one row of each side
    as the example and `used` false.
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
    numbers: list[npt.NDArray[np.int8]] = []
    blocks: list[tuple[object, ...]] = []
    for n, key in enumerate(keys(left, right)):
        if only and key.name not in only:
            continue
        i, j = join(key, blocks)
        if within:
            i, j = i[i < j], j[i < j]
        found.append(i * max(len(right), 1) + j)
        numbers.append(np.full(len(i), n, dtype=np.int8))
    code = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    distinct, first = np.unique(code, return_index=True)
    return Candidates(
        left=distinct // max(len(right), 1),
        right=distinct % max(len(right), 1),
        key=np.concatenate(numbers)[first] if found else np.zeros(0, dtype=np.int8),
        blocks=pd.DataFrame(blocks, columns=list(BLOCKS)),
    )


def keys(left: Records, right: Records) -> list[Key]:
    """All blocking keys, in the order in which they claim pairs."""
    each = (left, right)
    made = [
        _plain("id", *(r.number for r in each)),
        _plain("id_fifteen", *(_digits(r, 0, 15) for r in each)),
        _plain("id_day_sequence", *(_digits(r, 10, 18) for r in each)),
        _plain("id_year_sequence", *(_mix(_digits(r, 6, 10), _digits(r, 14, 18)) for r in each)),
        _plain("registry_number", left.registry_body, right.number),
        _plain("number_in_registry", left.number, right.registry_body),
        _plain("name_sound_year", *(_mix(_name(r, "sound"), r.birth // 10000) for r in each)),
        _plain("name_fuzzy_month", *(_mix(_name(r, "fuzzy"), r.birth // 100) for r in each)),
        _plain("birth_surname", *(_mix(r.birth, _name(r, "surname_fuzzy")) for r in each)),
        _plain("birth_given", *(_mix(r.birth, _name(r, "given_fuzzy")) for r in each)),
        _plain("id_birth_surname", *(_mix(r.id_birth, _name(r, "surname_fuzzy")) for r in each)),
        _plain("former_name", _name(left, "sound"), _former(right)),
        _plain("name_former", _former(left), _name(right, "sound")),
    ]
    for n, (a, b) in enumerate(zip(left.lunar, right.lunar, strict=True)):
        made.append(_plain(f"lunar_left_{n}", _surnamed(left, a), _surnamed(right, right.birth)))
        made.append(_plain(f"lunar_right_{n}", _surnamed(left, left.birth), _surnamed(right, b)))
    made.append(_plain("birth_swapped", _surnamed(left, _swapped(left.birth)), _surnamed(right, right.birth)))
    made.append(_tokens("family_number", left, right, "family_ids"))
    made.append(_tokens("phone", left, right, "phones"))
    made.append(_tokens("family_name_year", left, right, "family_names", "year"))
    made.append(_tokens("family_name_given", left, right, "family_names", "given_fuzzy"))
    made.append(_plain("name_place", *(_mix(r.township.astype(np.int64), _name(r, "sound")) for r in each)))
    made.append(_plain("name_rare", _rare(left, right)[0], _rare(left, right)[1]))
    return made


def join(key: Key, blocks: list[tuple[object, ...]]) -> tuple[Ints, Ints]:
    """The pairs of one key, after leaving out the values that would explode; counts go to `blocks`."""
    keep_left, keep_right = key.left_values != 0, key.right_values != 0
    left_rows, left_values = key.left_rows[keep_left], key.left_values[keep_left]
    right_rows, right_values = key.right_rows[keep_right], key.right_values[keep_right]
    order = np.argsort(right_values)
    right_rows, right_values = right_rows[order], right_values[order]
    order = np.argsort(left_values)
    left_rows, left_values = left_rows[order], left_values[order]
    low, count = _runs(left_values, right_values)
    borne = _runs(left_values, left_values)[1]
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
    within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    return i, right_rows[np.repeat(low, count) + within]


def _runs(values: Ints, among: Ints) -> tuple[Ints, Ints]:
    """Where each value begins in the sorted `among`, and how often it stands there. `values` are sorted as well."""
    if not len(among):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, among[1:] != among[:-1]])
    lengths = np.diff(np.r_[starts, len(among)])
    at = np.searchsorted(among[starts], values).clip(0, len(starts) - 1)
    return starts[at], np.where(among[starts[at]] == values, lengths[at], 0)


def _plain(name: str, left: Ints, right: Ints) -> Key:
    """A key with one value a row."""
    return Key(name, np.arange(len(left)), left, np.arange(len(right)), right)


def _mix(*parts: Ints) -> Ints:
    """Several values as one; 0 where any of them is 0. Chance collisions cost a pair, nothing else."""
    out = np.zeros(len(parts[0]), dtype=np.uint64)
    present = np.ones(len(parts[0]), dtype=bool)
    for part in parts:
        present &= part != 0
        out = (out ^ part.astype(np.uint64)) * _MIX
        out ^= out >> np.uint64(29)
    return np.where(present, out | np.uint64(1), np.uint64(0)).astype(np.int64)


def _digits(records: Records, start: int, stop: int) -> Ints:
    """Some digits of the ID number; 0 where one of them is unknown."""
    part = records.digits[:, start:stop]
    known = (part <= 10).all(axis=1)
    value = np.zeros(len(part), dtype=np.int64)
    for n in range(stop - start):
        value = value * 11 + np.where(known, part[:, n], 0)
    return np.where(known, value + 1, 0)


def _name(records: Records, key: str) -> Ints:
    """A key of the name; 0 where there is no name."""
    return np.where(records.name >= 0, records.keys[key][records.name], 0)


def _former(records: Records) -> Ints:
    """The sound of the former name."""
    return np.where(records.former >= 0, records.keys["sound"][records.former], 0)


def _surnamed(records: Records, dates: Ints) -> Ints:
    return _mix(dates, _name(records, "surname_fuzzy"))


def _swapped(dates: Ints) -> Ints:
    """Dates with month and day exchanged, where that is another date; 0 elsewhere."""
    year, month, day = dates // 10000, dates // 100 % 100, dates % 100
    return np.where((day >= 1) & (day <= 12) & (day != month), year * 10000 + day * 100 + month, 0)


def _tokens(name: str, left: Records, right: Records, field: str, partner: str = "") -> Key:
    """A key with a value for each token of a field: alone, with the birth year, or with a key of the name."""
    rows, values = [], []
    for side in (left, right):
        matrix = getattr(side, field)
        at, column = np.nonzero(matrix)
        token = matrix[at, column].astype(np.int64)
        rows.append(at.astype(np.int64))
        if not partner:
            values.append(token)
        else:
            values.append(_mix(token, side.birth[at] // 10000 if partner == "year" else _name(side, partner)[at]))
    return Key(name, rows[0], values[0], rows[1], values[1])


def _rare(left: Records, right: Records) -> tuple[Ints, Ints]:
    """The sound of names that few of the right side bear; 0 for others."""
    sounds = _name(right, "sound")
    distinct, counts = np.unique(sounds, return_counts=True)
    at = np.searchsorted(distinct, _name(left, "sound")).clip(0, max(len(distinct) - 1, 0))
    mine = _name(left, "sound")
    if not len(distinct):
        return np.zeros(len(left), dtype=np.int64), sounds
    return np.where((distinct[at] == mine) & (counts[at] <= 5), mine, 0), sounds

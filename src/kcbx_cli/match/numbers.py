"""ID numbers as rows of digits, and how two of them agree.

A number is eighteen digits: area (6), birth date (8), sequence (3, odd for men), check digit (GB 11643-1999).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Digits = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: A digit that is not known: masked, lost, or not a digit.
UNKNOWN = 255
_WEIGHTS = np.array([2 ** (17 - n) % 11 for n in range(17)], dtype=np.int64)
_CHECKS = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.uint8)

#: How two complete numbers agree.
FULL_LEVELS = (
    "identical", "shared", "same_unchecked", "one_edit", "two_edits", "few_edits", "neighbour", "date_part",
    "unchecked_different", "different", "missing",
)  # fmt: skip
#: How two numbers agree when digits of one are unknown.
PART_LEVELS = ("tail", "fifteen", "few", "one_edit", "different", "missing")
_FULL = {name: n for n, name in enumerate(FULL_LEVELS)}
_PART = {name: n for n, name in enumerate(PART_LEVELS)}


def digits(texts: npt.NDArray[np.object_], start: int = 0) -> Digits:
    """The eighteen characters of each text from `start`, as [n, 18]: 0–9, 10 for X, UNKNOWN for anything else."""
    width = 18 + start
    points = np.array(texts, dtype=f"U{width}") if len(texts) else np.zeros(0, dtype=f"U{width}")
    codes = points.view(np.uint32).reshape(len(texts), width)[:, start:]
    out = np.full(codes.shape, UNKNOWN, dtype=np.uint8)
    number = (codes >= 48) & (codes <= 57)
    out[number] = (codes[number] - 48).astype(np.uint8)
    out[:, 17][np.isin(codes[:, 17], (88, 120))] = 10
    return out


def checked(numbers: Digits) -> Flags:
    """Which numbers are complete, carry a possible date and end with the right check digit."""
    body = numbers[:, :17]
    complete: Flags = (numbers != UNKNOWN).all(axis=1)
    total = np.where(complete[:, None], body, 0).astype(np.int64) @ _WEIGHTS
    good: Flags = complete & (numbers[:, 17] == _CHECKS[total % 11]) & (birth(numbers) > 0)
    return good


def birth(numbers: Digits) -> Ints:
    """The birth date inside each number, yyyymmdd; 0 when its digits are unknown or no date."""
    part = numbers[:, 6:14]
    known = np.asarray((part <= 9).all(axis=1))
    value = np.where(known[:, None], part, 0).astype(np.int64) @ (10 ** np.arange(7, -1, -1, dtype=np.int64))
    year, month, day = value // 10000, value // 100 % 100, value % 100
    good = known & (year >= 1900) & (year <= 2099) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return np.where(good, value, 0)


def packed(numbers: Digits, chosen: Flags, places: list[int]) -> Ints:
    """The digits at `places` as one whole number plus one; 0 where not `chosen` or a digit is unknown."""
    part = numbers[:, places]
    known = chosen & (part != UNKNOWN).all(axis=1)
    value = np.zeros(len(numbers), dtype=np.int64)
    for n in range(len(places)):
        value = value * 11 + np.where(known, part[:, n], 0)
    return np.where(known, value + 1, 0)


def but_one(left: Digits, right: Digits) -> Flags:
    """Which aligned numbers agree in all digits known to both but for one, or for two neighbours exchanged."""
    unlike = (left != UNKNOWN) & (right != UNKNOWN) & (left != right)
    apart = unlike.sum(axis=1)
    one: Flags = (apart <= 1) | ((apart == 2) & _transposed(left, right, unlike))
    return one


def compare(
    left: Digits, right: Digits, left_valid: Flags, right_valid: Flags
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Levels of aligned numbers: for complete ones (FULL_LEVELS) and for those with unknown digits (PART_LEVELS).

    Whichever does not apply is `missing`. `shared` is set by the caller, who knows how many children bear a number.
    """
    known = (left != UNKNOWN) & (right != UNKNOWN)
    unlike = known & (left != right)
    apart = unlike.sum(axis=1)
    both = known.all(axis=1)
    partial = ~both & (known.sum(axis=1) >= 6)
    valid = left_valid & right_valid
    near = (apart > 0) & but_one(left, right)
    date_part = np.logical_not(unlike[:, 6:14].any(axis=1))
    full_rules = (
        ("missing", ~both),
        ("identical", (apart == 0) & valid),
        ("same_unchecked", apart == 0),
        ("one_edit", near & ~valid),
        ("neighbour", valid & np.logical_not(unlike[:, :14].any(axis=1))),
        ("two_edits", (apart == 2) & ~valid),
        ("few_edits", (apart <= 4) & ~valid),
        ("date_part", date_part & valid),
        ("unchecked_different", ~valid),
    )
    tail = known[:, 14:].sum(axis=1) >= 3
    part_rules = (
        ("missing", ~partial),
        ("tail", (apart == 0) & tail),
        ("fifteen", (apart == 0) & known[:, 6:14].all(axis=1)),
        ("few", apart == 0),
        ("one_edit", near),
    )
    full = np.select([r[1] for r in full_rules], [_FULL[r[0]] for r in full_rules], _FULL["different"])
    part = np.select([r[1] for r in part_rules], [_PART[r[0]] for r in part_rules], _PART["different"])
    return full.astype(np.int8), part.astype(np.int8)


def _transposed(left: Digits, right: Digits, unlike: Flags) -> Flags:
    """Whether the places that differ are one adjacent pair with its digits exchanged."""
    crossed = unlike[:, :-1] & unlike[:, 1:] & (left[:, :-1] == right[:, 1:]) & (left[:, 1:] == right[:, :-1])
    found: Flags = crossed.any(axis=1)
    return found

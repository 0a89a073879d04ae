"""The levels of agreement of two names, and the slow, general way to find them for unusual pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kcbx_cli.match.characters import SIGNS, Signs, sound_classes, table
from kcbx_cli.match.name_codes import SHORT, Int, NameCodes, same_text
from kcbx_cli.match.name_spelling import LONG

Flags = npt.NDArray[np.bool_]

#: From best to worst; a pair has the first that fits.
#: identical: the same string, nothing damaged in it. variant: the same characters in other forms, or with other dots
#: or a note in brackets. same_sound: every place same, or of one sound in some reading. similar_sound: or in sounds that
#: NameOptions confuses. similar_shape: or in characters that look alike. swapped: two characters have changed places.
#: one_missing: one character more or less (a name of five or more: or cut off). wildcard: a place is damaged, spelt in
#: letters or described by components, fits, and every other place is same or of one sound; at least half of the
#: places are known. one_different: surname same, one character of a given name of two or more changed (a name with a dot
#: or of five and more has no surname: one of three or more).
#: surname_same: surname same, given name changed. given_same: given name same, surname changed. different: none of
#: these. missing: a side is empty, or nothing in it can be read.
LEVELS: tuple[str, ...] = (
    "identical", "variant", "same_sound", "similar_sound", "similar_shape", "swapped", "one_missing", "wildcard",
    "one_different", "surname_same", "given_same", "different", "missing",
)  # fmt: skip
(IDENTICAL, VARIANT, SAME_SOUND, SIMILAR_SOUND, SIMILAR_SHAPE, SWAPPED, ONE_MISSING, WILDCARD, ONE_DIFFERENT,
 SURNAME_SAME, GIVEN_SAME, DIFFERENT, MISSING) = range(len(LEVELS))  # fmt: skip


@dataclass(frozen=True)
class _Sounds:
    """By sign: classes of confused sounds (SIGNS, 4), and 64 bits of which two related characters share one."""

    classes: npt.NDArray[np.uint16]
    hints: npt.NDArray[np.uint64]


@lru_cache(maxsize=8)
def _sounds(confused: tuple[str, ...]) -> _Sounds:
    known = table()
    classes = sound_classes(confused)[known.readings]
    hints = np.zeros(SIGNS, dtype=np.uint64)
    for values, shift in ((classes, 0), (known.shapes, 32)):
        for k in range(values.shape[1]):
            bit = np.uint64(1) << (values[:, k] % 32 + shift).astype(np.uint64)
            hints |= np.where(values[:, k] > 0, bit, np.uint64(0))
    return _Sounds(classes, hints)


def may_relate(one: Signs, other: Signs, confused: tuple[str, ...]) -> Int:
    """The rows, of (n, 4) signs each, whose places may all be related: some that are not, none that are left out."""
    fold, hints = table().fold, _sounds(confused).hints
    at = np.arange(len(one))
    for place in (1, 2, 0, 3):
        a, b = one[at, place], other[at, place]
        at = at[((hints[a] & hints[b]) != 0) | (fold[a] == fold[b])]
    return at


def _ranks(one: Signs, other: Signs, confused: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """For each pair of signs how they are related: VARIANT, SAME_SOUND, SIMILAR_SOUND, SIMILAR_SHAPE or DIFFERENT."""
    known, sounds = table(), _sounds(confused)
    rank = np.full(one.shape, DIFFERENT, dtype=np.int8)
    differ = known.fold[one] != known.fold[other]
    rank[~differ] = VARIANT
    a, b = one[differ], other[differ]
    told = np.full(len(a), DIFFERENT, dtype=np.int8)
    for values, level in (
        (known.shapes, SIMILAR_SHAPE),
        (sounds.classes, SIMILAR_SOUND),
        (known.readings, SAME_SOUND),
    ):
        told[_share(values[a], values[b])] = level
    rank[differ] = told
    return rank


def _share(one: npt.NDArray[np.uint16], other: npt.NDArray[np.uint16]) -> Flags:
    """Whether two rows of numbers have one in common that is not 0."""
    found = np.zeros(len(one), dtype=bool)
    for k in range(one.shape[1]):
        for m in range(other.shape[1]):
            found |= (one[:, k] == other[:, m]) & (one[:, k] > 0)
    return found


def related(one: Signs, other: Signs, confused: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The level of names of equal length, all of whose places must be related; DIFFERENT where they are not."""
    told: npt.NDArray[np.int8] = _ranks(one, other, confused).max(axis=1, initial=VARIANT)
    return told


@dataclass(frozen=True)
class _Side:
    """One name of each pair: signs (n, w), folded signs, lengths, lengths of the surname, wild and blank places."""

    signs: Signs
    folded: Signs
    length: Int
    surname: Int
    wild: Flags
    blank: Flags


def _side(codes: NameCodes, rows: Int, width: int) -> _Side:
    signs = codes.signs(rows, width)
    bit = np.uint32(1) << np.arange(width, dtype=np.uint32)
    wild, blank = ((marks[rows, None] & bit) != 0 for marks in (codes.wild, codes.blank))
    length = (signs != 0).sum(axis=1)
    return _Side(signs, table().fold[signs], length, codes.surname[rows].astype(np.int64), wild, blank)


def unusual(left: NameCodes, right: NameCodes, i: Int, j: Int, confused: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The levels of pairs of which a name is long, damaged, or spelt in letters."""
    width = LONG if ((left.long[i] >= 0) | (right.long[j] >= 0)).any() else SHORT
    a, b = _side(left, i, width), _side(right, j, width)
    place = np.arange(width)
    equal = (a.folded == b.folded) & (a.signs != 0) & ~(a.blank | b.blank)
    even, hits = a.length == b.length, equal.sum(axis=1)
    certain = ~(a.wild | b.wild).any(axis=1)
    surname = (a.surname == b.surname) & (a.surname > 0) & (equal | (place >= a.surname[:, None])).all(axis=1)
    whole = (a.surname == 0) & (b.surname == 0) & (a.length > 2)
    one_differs = even & certain & (hits == a.length - 1)
    swapped = even & certain & (hits == a.length - 2)
    swapped[swapped] = (np.sort(a.folded[swapped], axis=1) == np.sort(b.folded[swapped], axis=1)).all(axis=1)

    level = np.full(len(i), DIFFERENT, dtype=np.int8)
    level[_given_same(a, b)] = GIVEN_SAME
    level[surname] = SURNAME_SAME
    level[one_differs & (whole | surname & (a.length - a.surname > 1))] = ONE_DIFFERENT
    level[_fits(a, b, confused) | _fits(_squeezed(a, b), _squeezed(b, a), confused)] = WILDCARD
    level[_one_missing(a, b, equal)] = ONE_MISSING
    level[swapped] = SWAPPED
    at = np.flatnonzero(even & certain)
    level[at] = np.minimum(level[at], related(a.signs[at], b.signs[at], confused))
    level[~a.blank.any(axis=1) & ~b.blank.any(axis=1) & same_text(left, right, i, j)] = IDENTICAL
    level[a.blank.sum(axis=1) >= a.length] = MISSING
    level[b.blank.sum(axis=1) >= b.length] = MISSING
    return level


def _squeezed(side: _Side, other: _Side) -> _Side:
    """Two damaged places side by side taken for one, where that makes the names of equal length.

    A rare character takes two units in some systems and comes out as ?? instead of ?.
    """
    twice = side.blank[:, :-1] & side.blank[:, 1:]
    apply = twice.any(axis=1) & (side.length == other.length + 1)
    place = np.arange(side.signs.shape[1])
    order = np.minimum(place + (apply[:, None] & (place > twice.argmax(axis=1)[:, None])), len(place) - 1)

    def moved(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.take_along_axis(array, order, axis=1)
        out[apply, -1] = 0
        return out

    return _Side(
        moved(side.signs), moved(side.folded), side.length - apply, side.surname, moved(side.wild), moved(side.blank)
    )


def _given_same(a: _Side, b: _Side) -> Flags:
    """Whether all that follows the surname is equal, and undamaged."""
    width = a.folded.shape[1]
    given = a.length - a.surname
    found: Flags = (given == b.length - b.surname) & (given > 0) & (a.surname > 0) & (b.surname > 0)
    for k in range(width):
        inside = k < given
        at_a, at_b = (np.minimum(k + s.surname, width - 1)[:, None] for s in (a, b))
        agrees = np.take_along_axis(a.folded, at_a, 1) == np.take_along_axis(b.folded, at_b, 1)
        damaged = np.take_along_axis(a.blank, at_a, 1) | np.take_along_axis(b.blank, at_b, 1)
        found &= ~inside | (agrees & ~damaged)[:, 0]
    return found


def _fits(a: _Side, b: _Side, confused: tuple[str, ...]) -> Flags:
    """Whether names with wild places agree in all they tell: the other places of one sound, half of them known."""
    at = np.flatnonzero((a.length == b.length) & (a.wild | b.wild).any(axis=1))
    unknown = a.blank[at] | b.blank[at]
    rank = _ranks(a.signs[at], b.signs[at], confused)
    found = np.zeros(len(a.length), dtype=bool)
    found[at] = ((rank <= SAME_SOUND) | unknown).all(axis=1) & (2 * unknown.sum(axis=1) <= a.length[at])
    return found


def _one_missing(a: _Side, b: _Side, equal: Flags) -> Flags:
    """Whether one name is the other with a sign less, or, of four signs or more, its beginning."""
    width = a.folded.shape[1]
    shorter = np.minimum(a.length, b.length)
    head = np.cumprod(equal, axis=1).sum(axis=1)
    tail, going = np.zeros(len(head), dtype=np.int64), np.ones(len(head), dtype=bool)
    for k in range(1, width + 1):
        at_a, at_b = (np.maximum(s.length - k, 0)[:, None] for s in (a, b))
        agrees = np.take_along_axis(a.folded, at_a, 1) == np.take_along_axis(b.folded, at_b, 1)
        damaged = np.take_along_axis(a.blank, at_a, 1) | np.take_along_axis(b.blank, at_b, 1)
        going &= (agrees & ~damaged)[:, 0] & (k <= shorter)
        tail += going
    gap = np.abs(a.length - b.length)
    dropped = (gap == 1) & (shorter > 1) & (head + tail >= shorter)
    found: Flags = dropped | ((gap > 1) & (shorter > 3) & (head == shorter))
    return found

"""Names as numbers: encoded once, compared by the million.

A name of up to four signs (see characters.py) is one 64-bit number, 16 bits a place; longer ones have a row in a
matrix of their own. The stored name is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kcbx_cli.match.characters import Characters, Signs, sound_classes, table
from kcbx_cli.match.name_spelling import LONG, spell, unusual_points

Int = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

SHORT = 4


@dataclass(frozen=True)
class NameCodes:
    """n names, encoded. Arrays of n unless said.

    `names` as given; `length` in signs (0 for nothing to compare, 5 for more than four); `surname` signs of the
    surname (0 for a name of one sign, with a dot, or transliterated); `exact` and `folded` the first four signs, one per 16 bits, as written and
    with the forms of a character folded into one; `wild` a bit per place that is damaged, spelt in letters or
    composed from components; `blank` a bit per place of which nothing is known; `odd` where equal signs do not
    prove equal strings; `long` row of a name of more than four signs in `long_signs` (m, 32), else -1.
    """

    names: Objects
    length: npt.NDArray[np.uint8]
    surname: npt.NDArray[np.uint8]
    exact: npt.NDArray[np.uint64]
    folded: npt.NDArray[np.uint64]
    wild: npt.NDArray[np.uint32]
    blank: npt.NDArray[np.uint32]
    odd: npt.NDArray[np.bool_]
    long: npt.NDArray[np.int32]
    long_signs: Signs

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: npt.NDArray[np.int64]) -> NameCodes:
        """Some of the names, in this order."""
        chosen = {f: getattr(self, f)[rows] for f in self.__dataclass_fields__ if f != "long_signs"}
        return replace(self, **chosen)

    def signs(self, rows: npt.NDArray[np.int64], width: int = LONG) -> Signs:
        """The signs of some names, (len(rows), width), 0 past the end; `width` is 4 or 32."""
        out = np.zeros((len(rows), width), dtype=np.uint16)
        out[:, :SHORT] = unpack(self.exact[rows])
        if width > SHORT:
            at = self.long[rows]
            out[at >= 0] = self.long_signs[at[at >= 0]]
        return out


def unpack(packed: npt.NDArray[np.uint64]) -> Signs:
    """Four signs from each 64-bit number, (n, 4)."""
    shifts = np.arange(0, 64, 16, dtype=np.uint64)
    return ((packed[:, None] >> shifts) & np.uint64(0xFFFF)).astype(np.uint16)


def _pack(signs: Signs) -> npt.NDArray[np.uint64]:
    wide = signs[:, :SHORT].astype(np.uint64)
    out: npt.NDArray[np.uint64] = (
        wide[:, 0] | wide[:, 1] << np.uint64(16) | wide[:, 2] << np.uint64(32) | wide[:, 3] << np.uint64(48)
    )
    return out


def encode(names: Objects) -> NameCodes:
    """Names to codes. `names` is an object array of str, cleaned (NFKC, no spaces, middle dot U+00B7); any string works."""
    known = table()
    names = np.asarray(names, dtype=object)
    n = len(names)
    sizes = np.fromiter(map(len, names), dtype=np.int64, count=n)
    signs = np.zeros((n, SHORT), dtype=np.uint16)
    plain = sizes <= SHORT
    if plain.any():
        points = np.array(names[plain].tolist(), dtype=f"U{SHORT}").view(np.uint32).reshape(-1, SHORT)
        usual = ((points != 0).sum(axis=1) == sizes[plain]) & ~unusual_points()[np.minimum(points, 0xFFFF)].any(axis=1)
        plain[plain] = usual
        signs[plain] = known.signs(points[usual])
    wild = _bits(signs == known.damaged)
    rest = np.flatnonzero(~plain)
    told = [spell(name) for name in names[rest].tolist()]
    lengths = (signs != 0).sum(axis=1)
    lengths[rest] = [len(t.signs) for t in told]
    wild[rest] = [t.wild for t in told]
    many = rest[lengths[rest] > SHORT]
    long = np.full(n, -1, dtype=np.int32)
    long[many] = np.arange(len(many))
    long_signs = np.zeros((len(many), LONG), dtype=np.uint16)
    for k, t in zip(rest.tolist(), told, strict=True):
        signs[k, : len(t.signs)] = t.signs[:SHORT]
        if long[k] >= 0:
            long_signs[long[k], : len(t.signs)] = t.signs
    with_surname = lengths > 1
    with_surname[rest] &= ~np.array([t.dotted for t in told], dtype=bool)
    surname = _surnames(known, signs, lengths, with_surname)
    long_signs[:, :SHORT] = signs[many]
    blank = wild & _bits(signs == known.damaged)
    blank[many] = _bits(long_signs == known.damaged)
    odd = ~plain | (signs >= known.first_odd).any(axis=1)
    length = np.minimum(lengths, SHORT + 1).astype(np.uint8)
    return NameCodes(
        names, length, surname, _pack(signs), _pack(known.fold[signs]), wild, blank, odd, long, long_signs
    )  # fmt: skip


def _bits(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint32]:
    """A bit per column of (n, w), w at most 32."""
    out: npt.NDArray[np.uint32] = flags @ (np.uint32(1) << np.arange(flags.shape[1], dtype=np.uint32))
    return out.astype(np.uint32)


def _surnames(
    known: Characters, signs: Signs, lengths: npt.NDArray[np.int64], allowed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """Length of each surname; gives the signs at its places their surname readings, in place.

    A name of more than four signs has none unless it is a compound one: it is a transliteration.
    """
    pair = signs[:, 0].astype(np.uint32) << 16 | signs[:, 1]
    at = np.minimum(np.searchsorted(known.compounds, pair), len(known.compounds) - 1)
    double = (known.compounds[at] == pair) & (lengths > 2) & allowed
    single = ~double & (lengths <= SHORT) & allowed
    signs[double, :2] = known.compound_signs[at[double]]
    signs[single, 0] = known.surname[signs[single, 0]]
    return np.where(double, 2, single).astype(np.uint8)


def block_keys(codes: NameCodes, confused: tuple[str, ...]) -> dict[str, Int]:
    """Keys by which like names meet: int64, the same on every run and machine; -1 where the part is not fully known.

    `sound`, `surname_sound` use first readings (surname readings in surname position); `fuzzy`, `surname_fuzzy`,
    `given_fuzzy` use classes of confused syllables (see characters.sound_classes).
    """
    known = table()
    classes = sound_classes(confused)
    n = len(codes)
    width = LONG if len(codes.long_signs) else SHORT
    keys = {k: np.empty(n, dtype=np.int64) for k in ("sound", "fuzzy", "surname_sound", "surname_fuzzy", "given_fuzzy")}
    for start in range(0, n, 1 << 16):
        rows = np.arange(start, min(n, start + (1 << 16)))
        signs = codes.signs(rows, width)
        sound = known.readings[signs, 0].astype(np.uint64)
        other = known.fold[signs].astype(np.uint64) + np.uint64(1024)
        fuzzy = np.where(sound > 0, classes[sound.astype(np.int64)], other)
        sound = np.where(sound > 0, sound, other)
        place = np.arange(width)
        used, in_surname = signs != 0, place < codes.surname[rows, None]
        for name, values, part in (
            ("sound", sound, used),
            ("fuzzy", fuzzy, used),
            ("surname_sound", sound, used & in_surname),
            ("surname_fuzzy", fuzzy, used & in_surname),
            ("given_fuzzy", fuzzy, used & ~in_surname),
        ):
            unknown = (part & (signs == known.damaged)).any(axis=1) | ~part.any(axis=1)
            keys[name][rows] = np.where(unknown, -1, _mix(values, part))
    return keys


def given_sounds(codes: NameCodes, confused: tuple[str, ...]) -> tuple[Int, Int]:
    """Sound classes of the first and of the last character of each given name; 0 where there is none or it is damaged.

    The same number means the same class in either place.
    """
    known, classes = table(), sound_classes(confused)
    signs = codes.signs(np.arange(len(codes)), SHORT)
    last = (signs != 0).sum(axis=1) - 1
    first = np.minimum(codes.surname, SHORT - 1).astype(np.int64)
    found = []
    for place in (first, last):
        sign = signs[np.arange(len(codes)), np.maximum(place, 0)]
        sound = known.readings[sign, 0].astype(np.int64)
        told = np.where(sound > 0, classes[sound].astype(np.int64), known.fold[sign].astype(np.int64) + 1024) + 1
        found.append(np.where((last >= codes.surname) & (sign != 0) & (sign != known.damaged), told, 0))
    return found[0], found[1]


def _mix(values: npt.NDArray[np.uint64], part: npt.NDArray[np.bool_]) -> Int:
    """One number of 63 bits from the chosen values of each row, in order."""
    key = np.full(len(values), 0x9E3779B97F4A7C15, dtype=np.uint64)
    for k in range(values.shape[1]):
        told = (key ^ values[:, k]) * np.uint64(0xBF58476D1CE4E5B9)
        key = np.where(part[:, k], told ^ (told >> np.uint64(29)), key)
    return (key >> np.uint64(1)).astype(np.int64)


def surname_of(codes: NameCodes) -> Objects:
    """The surname of each name as written; empty for a name of one character or none."""
    return _parts(codes, True)


def given_of(codes: NameCodes) -> Objects:
    """What follows the surname of each name, as written."""
    return _parts(codes, False)


def _parts(codes: NameCodes, first: bool) -> Objects:
    out = np.empty(len(codes), dtype=object)
    out[:] = [
        (name[:k] if first else name[k:]) for name, k in zip(codes.names.tolist(), codes.surname.tolist(), strict=True)
    ]
    return out


def same_text(left: NameCodes, right: NameCodes, i: Int, j: Int) -> npt.NDArray[np.bool_]:
    """Whether the strings themselves are equal, pair by pair."""
    told: Any = left.names[i] == right.names[j]
    return np.asarray(told, dtype=bool)

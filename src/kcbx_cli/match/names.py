"""How far two Chinese names agree: one level a pair, millions of pairs a second.

Encode each list once, then compare rows of one with rows of the other:

    left, right = encode(listed), encode(registered)
    levels = compare(left, right, i, j)        # LEVELS[levels[k]] for names[i[k]] against names[j[k]]

A former name (曾用名) is a second name: the caller compares twice and takes the better level.

Cost on one core of a two-core machine: plain names (up to four characters, none damaged) are encoded at some two
million a second and compared at eight (lists of a million) to twenty (lists of a county) million pairs a second;
damaged, spelt and long names at under a million pairs a second. Codes take 31 bytes a name beside the strings, 64
more when it is long; the character table takes three megabytes and 12 ms, a comparison 32,768 pairs at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import name_pairs as pairs
from kcbx_cli.match.name_codes import SHORT, Int, NameCodes, encode, given_of, same_text, surname_of, unpack
from kcbx_cli.match.name_codes import block_keys as _block_keys
from kcbx_cli.match.name_codes import given_sounds as _given_sounds
from kcbx_cli.match.name_pairs import (
    DIFFERENT,
    GIVEN_SAME,
    IDENTICAL,
    LEVELS,
    MISSING,
    ONE_DIFFERENT,
    ONE_MISSING,
    SURNAME_SAME,
    SWAPPED,
    VARIANT,
)

__all__ = [
    "LEVELS",
    "NameCodes",
    "NameOptions",
    "block_keys",
    "compare",
    "encode",
    "given_of",
    "given_sounds",
    "level_sentence",
    "surname_of",
]

_SENTENCES = (
    "姓名一致", "姓名写法不同,是同一个字的异体、繁体或不同间隔号", "姓名同音", "姓名读音相近", "姓名字形相近", "姓名中两字颠倒",
    "姓名多一字或少一字", "姓名有缺损或以拼音代替的字,其余相符", "姓相同,名中一字不同", "姓相同,名不同", "名相同,姓不同",
    "姓名不同", "缺少姓名",
)  # fmt: skip

_CHUNK = 1 << 15
#: Lengths that stand for "has wild places, or a compound surname and more than four signs" and "transliterated".
_WILD, _LONG = 5, 6
_RELATED, _SWAP, _DROP, _GIVEN, _LOOK = (1 << k for k in range(5))
_BITS = np.uint64(16)
_PLACES = tuple(np.uint64(0xFFFF << 16 * k) for k in range(SHORT))


@dataclass(frozen=True)
class NameOptions:
    """Which sounds are not told apart. The default is the south-west; `r_l` is a habit of other regions."""

    n_l: bool = True
    f_h: bool = True
    zh_z: bool = True
    ch_c: bool = True
    sh_s: bool = True
    r_l: bool = False
    an_ang: bool = True
    en_eng: bool = True
    in_ing: bool = True
    ian_iang: bool = True
    uan_uang: bool = True

    @property
    def confused(self) -> tuple[str, ...]:
        """The names of the pairs of sounds that are not told apart."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name))


_SOUTH_WEST = NameOptions()


def block_keys(codes: NameCodes, options: NameOptions = _SOUTH_WEST) -> dict[str, Int]:
    """Keys by which like names meet: `sound`, `fuzzy`, `surname_sound`, `surname_fuzzy`, `given_fuzzy`.

    int64, the same on every run and machine; -1 where that part is empty or has a damaged character.
    """
    return _block_keys(codes, options.confused)


def given_sounds(codes: NameCodes, options: NameOptions = _SOUTH_WEST) -> tuple[Int, Int]:
    """Sound classes of the first and last character of each given name (see name_codes.given_sounds)."""
    return _given_sounds(codes, options.confused)


def level_sentence(level: int, left_name: str, right_name: str) -> str:
    """A level in words for a teacher; names the two names unless they are the same or one is missing."""
    said = _SENTENCES[level]
    return said if level in (IDENTICAL, MISSING) else f"{said}({left_name}/{right_name})"


@lru_cache(maxsize=1)
def _rules() -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint8]]:
    """Level, and what is still to be looked at, of two plain names.

    Both by differing places (4 bits) | length << 4 | other length << 7 | surname << 10 | other surname << 12.
    """
    level = np.full(1 << 14, DIFFERENT, dtype=np.int8)
    todo = np.zeros(1 << 14, dtype=np.uint8)
    for k in range(1 << 14):
        differ, la, lb, sa, sb = k & 15, k >> 4 & 7, k >> 7 & 7, k >> 10 & 3, k >> 12
        count, surname = differ.bit_count(), sa == sb > 0 and not differ & ((1 << sa) - 1)
        if not la or not lb:
            level[k] = MISSING
        elif max(la, lb) >= _WILD:
            todo[k] = _LOOK * (max(la, lb) == _WILD or min(la, lb) >= SHORT)
        elif not differ:
            level[k] = VARIANT
        elif not sa and not sb and la == lb > 2 and count == 1:
            level[k] = ONE_DIFFERENT
        elif surname:
            level[k] = ONE_DIFFERENT if la == lb > sa + 1 and count == 1 else SURNAME_SAME
        elif la - sa == lb - sb and sa and sb:
            level[k], todo[k] = (GIVEN_SAME, 0) if sa == sb and not differ >> sa else (DIFFERENT, _GIVEN * (sa != sb))
        if max(la, lb) < _WILD and level[k] != MISSING and differ:
            todo[k] |= _RELATED * (la == lb) | _SWAP * (la == lb and count == 2)
            todo[k] |= _DROP * (abs(la - lb) == 1 and min(la, lb) > 1)
    return level, todo


def compare(
    left: NameCodes, right: NameCodes, i: Int, j: Int, options: NameOptions = _SOUTH_WEST
) -> npt.NDArray[np.int8]:
    """The level of each pair: name i[k] of `left` against name j[k] of `right`, as places in LEVELS."""
    out = np.empty(len(i), dtype=np.int8)
    for start in range(0, len(i), _CHUNK):
        part = slice(start, start + _CHUNK)
        a, b = i[part], j[part]
        built = _length_class(left, a) << 4 | left.surname[a].astype(np.uint16) << 10
        built |= _length_class(right, b) << 7 | right.surname[b].astype(np.uint16) << 12
        out[part] = _compare(left, right, a, b, built.astype(np.uint16), options.confused)
    return out


def _length_class(codes: NameCodes, rows: Int) -> npt.NDArray[np.uint16]:
    length = codes.length[rows]
    long = np.where((length > SHORT) & (codes.surname[rows] == 0), _LONG, np.minimum(length, _WILD))
    return np.where(codes.wild[rows] > 0, _WILD, long).astype(np.uint16)


def _compare(
    left: NameCodes, right: NameCodes, i: Int, j: Int, built: npt.NDArray[np.uint16], confused: tuple[str, ...]
) -> npt.NDArray[np.int8]:
    rules, todos = _rules()
    one, other = left.folded[i], right.folded[j]
    apart = one ^ other
    rule = built.copy()
    for place, mask in enumerate(_PLACES):
        rule |= ((apart & mask) != 0).astype(np.uint16) << place
    level, todo = rules[rule], todos[rule]

    at = np.flatnonzero(todo & _GIVEN)
    cut = (one[at] >> left.surname[i[at]] * _BITS) == (other[at] >> right.surname[j[at]] * _BITS)
    level[at[cut]] = GIVEN_SAME

    at = np.flatnonzero(todo & _DROP)
    level[at[_one_dropped(one[at], other[at])]] = ONE_MISSING

    at = np.flatnonzero(todo & _SWAP)
    level[at[_two_swapped(one[at], other[at])]] = SWAPPED

    at = np.flatnonzero(todo & _RELATED)
    signs_a, signs_b = unpack(left.exact[i[at]]), unpack(right.exact[j[at]])
    hinted = pairs.may_relate(signs_a, signs_b, confused)
    at, signs_a, signs_b = at[hinted], signs_a[hinted], signs_b[hinted]
    level[at] = np.minimum(level[at], pairs.related(signs_a, signs_b, confused))

    at = np.flatnonzero(todo & _LOOK)
    if len(at):
        level[at] = pairs.unusual(left, right, i[at], j[at], confused)

    at = np.flatnonzero(level == VARIANT)
    a, b = i[at], j[at]
    same = left.exact[a] == right.exact[b]
    doubtful = same & (left.odd[a] | right.odd[b])
    same[doubtful] = same_text(left, right, a[doubtful], b[doubtful])
    level[at[same]] = IDENTICAL
    return level


def _one_dropped(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether the longer of two packed names, one sign longer, is the shorter with a sign put in somewhere."""
    longer, shorter = np.maximum(one, other), np.minimum(one, other)
    found = np.zeros(len(one), dtype=bool)
    for place in range(SHORT):
        kept = np.uint64((1 << 16 * place) - 1)
        found |= ((longer & kept) | ((longer >> _BITS) & ~kept)) == shorter
    return found


def _two_swapped(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether the two differing signs of two packed names are each other's."""
    apart = one ^ other
    half = apart ^ apart >> np.uint64(32)
    found: npt.NDArray[np.bool_] = ((half ^ half >> _BITS) & np.uint64(0xFFFF)) == 0
    at = np.flatnonzero(found)
    found[at] = (np.sort(unpack(one[at]), axis=1) == np.sort(unpack(other[at]), axis=1)).all(axis=1)
    return found

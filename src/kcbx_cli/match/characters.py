"""What is known of each Chinese character: readings, forms, look-alikes. Loaded once, when first asked for.

A name is compared as a row of *signs*. A sign is a number below 65,536: 0 is nothing, then come the characters of
`characters.npz`, the same characters in surname position where they are read differently, one sign for each
syllable (pinyin letters that stand for a character), one for a damaged character, and last a range into which
every other code point falls (`odd`: two code points may share such a sign, so equality must be looked at again).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Signs = npt.NDArray[np.uint16]

SIGNS = 1 << 16
_SOURCE = Path(__file__).with_name("characters.npz")
_LIMIT = 0x33480  # past the last Chinese character
#: Characters that stand for one that could not be read or typed.
DAMAGED = "?？□■●○◯◎〓▢◻☐▇█*＊×✕╳#＃_＿\ufffd"


@dataclass(frozen=True)
class Characters:
    """The table. `sign_of` maps a code point below 0x33480 to its sign; the others are indexed by sign.

    `readings` are numbers of syllables (place in `syllables` plus one), 0 for none; `fold` is the sign that all
    forms of a character share; `shapes` are numbers of look-alike families, 0 for none; `parts` are the folded
    signs of a character's components, radicals in the form that `radicals` gives. `surname` maps a sign to the sign it has in surname position; `compounds`
    are the signs of compound surnames, first << 16 | second, ascending, and `compound_signs` the signs that their
    characters have there.
    """

    sign_of: Signs
    points: npt.NDArray[np.uint32]
    readings: npt.NDArray[np.uint16]
    fold: Signs
    shapes: npt.NDArray[np.uint16]
    parts: Signs
    surname: Signs
    compounds: npt.NDArray[np.uint32]
    compound_signs: Signs
    syllables: tuple[str, ...]
    radicals: dict[int, int]
    first_syllable: int
    damaged: int
    first_odd: int

    def signs(self, points: npt.NDArray[np.uint32]) -> Signs:
        """The signs of code points; 0 stays 0."""
        told = self.sign_of[np.minimum(points, _LIMIT)]
        odd = (told == 0) & (points != 0)
        if odd.any():
            told[odd] = self.first_odd + points[odd] % (SIGNS - self.first_odd)
        return told

    def composed(self, parts: list[int]) -> int:
        """The sign of the character made of these components (signs, in order, radicals in any form), 0 for none."""
        parts = [self.radicals.get(p, int(self.fold[p])) for p in parts]
        want = np.zeros(self.parts.shape[1], dtype=np.uint16)
        if not 2 <= len(parts) <= len(want):
            return 0
        want[: len(parts)] = parts
        found = np.flatnonzero((self.parts == want).all(axis=1))
        return int(found[0]) if len(found) else 0


@lru_cache(maxsize=1)
def table() -> Characters:
    """The character table."""
    with np.load(_SOURCE) as file:
        raw = {name: file[name] for name in file.files}
    points = raw["points"]
    n = len(points)
    syllables = tuple(s.decode() for s in raw["syllables"])
    special = len(raw["surname_points"]) + raw["compound_points"].size
    first_syllable = 1 + n + special
    damaged = first_syllable + len(syllables)
    sign_of = np.zeros(_LIMIT + 1, dtype=np.uint16)
    sign_of[points] = np.arange(1, n + 1)
    sign_of[0xE000:0xF900] = np.where(sign_of[0xE000:0xF900] == 0, damaged, sign_of[0xE000:0xF900])
    sign_of[[ord(c) for c in DAMAGED]] = damaged

    def by_sign(array: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
        out = np.zeros((SIGNS, *array.shape[1:]), dtype=np.uint16)
        out[1 : n + 1] = array
        return out

    fold = np.arange(SIGNS, dtype=np.uint16)
    fold[1 : n + 1] = raw["fold"] + 1
    readings, shapes = by_sign(raw["readings"]), by_sign(raw["shapes"])
    parts = by_sign(np.where(raw["parts"] > 0, fold[raw["parts"]], 0).astype(np.uint16))
    surname = np.arange(SIGNS, dtype=np.uint16)
    single = sign_of[raw["surname_points"]]
    pairs = sign_of[raw["compound_points"]]
    for base, own, read in (
        (single, n + 1, raw["surname_readings"]),
        (pairs.ravel(), n + 1 + len(single), raw["compound_readings"].reshape(-1, 1)),
    ):
        new = slice(own, own + len(base))
        fold[new], shapes[new], readings[new, : read.shape[1]] = fold[base], shapes[base], read
    surname[single] = np.arange(n + 1, n + 1 + len(single))
    readings[first_syllable:damaged, 0] = np.arange(1, len(syllables) + 1)
    keys = pairs[:, 0].astype(np.uint32) << 16 | pairs[:, 1]
    order = np.argsort(keys)
    places = (n + 1 + len(single) + np.arange(pairs.size)).reshape(-1, 2).astype(np.uint16)
    radicals = {int(a): int(fold[b]) for a, b in sign_of[raw["radicals"]]}
    return Characters(
        sign_of, points, readings, fold, shapes, parts, surname, keys[order], places[order], syllables,
        radicals,
        first_syllable, damaged, damaged + 1,
    )  # fmt: skip


_INITIALS = {"n_l": ("n", "l"), "r_l": ("r", "l"), "zh_z": ("zh", "z"), "ch_c": ("ch", "c"), "sh_s": ("sh", "s")}
_FINALS = {"en_eng": ("en", "eng"), "in_ing": ("in", "ing"), "ian_iang": ("ian", "iang"), "uan_uang": ("uan", "uang")}
#: Where f and h are not told apart, f is h before the same vowel, or hu before it (福建, 湖建).
_F_H = {"a": "ua", "ei": "ui", "an": "uan", "ang": "uang", "en": "un", "eng": "ong", "o": "uo", "u": "u"}


@lru_cache(maxsize=16)
def sound_classes(confused: tuple[str, ...]) -> npt.NDArray[np.uint16]:
    """For each syllable's number, the least number among the syllables that it may be confused with.

    `confused` names the pairs of sounds that are not told apart: n_l, r_l, zh_z, ch_c, sh_s, f_h, an_ang, en_eng,
    in_ing, ian_iang, uan_uang. Confusion is transitive: zhang and zan are one class when zh_z and an_ang are on.
    """
    syllables = table().syllables
    number = {s: k + 1 for k, s in enumerate(syllables)}
    parent = np.arange(len(syllables) + 1, dtype=np.uint16)
    for spoken in syllables:
        for other in _confusions(spoken, confused):
            if other in number:
                a, b = (_root(parent, number[s]) for s in (spoken, other))
                parent[max(a, b)] = min(a, b)
    return np.array([_root(parent, k) for k in range(len(parent))], dtype=np.uint16)


def _root(parent: npt.NDArray[np.uint16], k: int) -> int:
    while parent[k] != k:
        k = int(parent[k])
    return k


def _confusions(spoken: str, confused: tuple[str, ...]) -> list[str]:
    told = []
    for pair in confused:
        if pair in _INITIALS:
            one, other = _INITIALS[pair]
            if spoken.startswith(one) and not (one in "zcs" and spoken[1:2] == "h"):
                told.append(other + spoken[len(one) :])
        elif pair == "f_h":
            if spoken.startswith("f") and spoken[1:] in _F_H:
                told += ["h" + _F_H[spoken[1:]], "h" + spoken[1:]]
        elif spoken.endswith(_final(pair, spoken)):
            told.append(spoken + "g")
    return told


def _final(pair: str, spoken: str) -> str:
    """The nasal final that `pair` confuses in this syllable; one that no syllable ends in when it does not."""
    if pair == "an_ang":
        return "-" if spoken.endswith(("ian", "uan")) or spoken in ("yan", "wan") else "an"
    if pair == "ian_iang" and spoken == "yan":
        return "yan"
    if pair == "uan_uang" and spoken == "wan":
        return "wan"
    return _FINALS[pair][0]

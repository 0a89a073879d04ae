"""Names that are not plain characters: letters for a character, components in brackets, dots, more than four places."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kcbx_cli.match.characters import table

#: Places of a name that are compared; what follows is left out.
LONG = 32
_DOTS = "\u00b7\u2022\uff0e\u30fb\u2027\u2219\u22c5"
_OPEN, _CLOSE = "(\\[{\u3010\u3014\uff08", ")\\]}\u3011\u3015\uff09"
#: IDS description characters such as \u2ff0 only say how the components stand to each other.
_SKIPPED = f"{_DOTS}{_OPEN}{_CLOSE}+\\s\\0\u2ff0-\u2fff"
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_TOKEN = re.compile(
    f"(?P<letters>[{_LETTERS}]+)|[{_OPEN}](?P<inside>[^{_OPEN}{_CLOSE}]*)[{_CLOSE}]"
    f"|(?P<sum>\\w(?:\\+\\w)+)|(?P<skipped>[{_SKIPPED}])|(?P<plain>.)",
    re.DOTALL,
)
_UNUSUAL = re.compile(f"[{_LETTERS}{_SKIPPED}]")
_CHINESE = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Spelling:
    """A name as signs (see characters.py): at most LONG of them, a bit per wild place, and whether a dot parts it.

    A place is wild where a character is damaged, spelt in pinyin letters, or told by its components: 王(火华), 王火+华.
    """

    signs: list[int]
    wild: int
    dotted: bool


@lru_cache(maxsize=1)
def unusual_points() -> npt.NDArray[np.bool_]:
    """A flag per code point below 65,536: a name with it has to be spelt. NUL is not flagged: it pads arrays."""
    out = np.zeros(1 << 16, dtype=bool)
    out[[ord(found[0]) for found in _UNUSUAL.finditer("".join(map(chr, range(1 << 16))))]] = True
    out[0] = False
    return out


def spell(name: str) -> Spelling:
    """The signs of any string. Letters are pinyin where the name has Chinese characters too, or is nothing but pinyin."""
    known = table()
    text = name[: 4 * LONG]
    letters = _CHINESE.search(text) is not None or _all_pinyin(text)
    each = _signs(text)
    signs: list[int] = []
    wild = 0
    for token in _TOKEN.finditer(text):
        kind = str(token.lastgroup)
        if kind == "skipped":
            continue
        new, certain = each[token.start() : token.end()], False
        if kind == "letters" and letters:
            new = [known.first_syllable + k - 1 if k else known.damaged for k in syllables(token.group())]
        elif kind == "inside":
            new = _composed(token["inside"], lone=len(signs) < 2)
        elif kind == "sum":
            new = _composed(token.group().replace("+", ""), lone=True)
        else:
            certain = new != [known.damaged]
        for sign in new[: LONG - len(signs)]:
            wild |= 0 if certain else 1 << len(signs)
            signs.append(sign)
    return Spelling(signs, wild, any(d in text for d in _DOTS))


def _all_pinyin(text: str) -> bool:
    """Whether a name in letters spells two to four syllables."""
    runs = [syllables(t["letters"]) for t in _TOKEN.finditer(text) if t["letters"]]
    others = any(t["plain"] or t["inside"] for t in _TOKEN.finditer(text))
    return not others and (0,) not in runs and 2 <= sum(map(len, runs)) <= 4


def _signs(text: str) -> list[int]:
    points = np.fromiter(map(ord, text), dtype=np.uint32, count=len(text))
    told: list[int] = table().signs(points).tolist()
    return told


def _composed(parts: str, lone: bool) -> list[int]:
    """The character of these components. When there is none: a damaged character if one must stand here, else a note."""
    found = table().composed(_signs(parts))
    if found:
        return [found]
    return [table().damaged] if lone and parts else []


@lru_cache(maxsize=4096)
def syllables(letters: str) -> tuple[int, ...]:
    """Numbers of the syllables that pinyin letters spell, as few as possible; (0,) when they spell none."""
    number = {s: k + 1 for k, s in enumerate(table().syllables)}
    plain = unicodedata.normalize("NFD", letters.lower()).replace("u\u0308", "v")
    text = "".join(c for c in plain if c.isascii())[: 6 * LONG]
    best: list[tuple[int, ...] | None] = [()] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 6), end):
            before, k = best[start], number.get(text[start:end])
            known = best[end]
            if before is not None and k and (known is None or len(before) + 1 < len(known)):
                best[end] = (*before, k)
    return best[-1] or (0,)

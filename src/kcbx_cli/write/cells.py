"""What may stand in a cell, and how much room it takes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Excel's own limit for a cell, in UTF-16 units.
CELL_LIMIT = 32_767
_CUT_MARK = "……(已截断)"
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_TOKEN = re.compile(r"[!-~]+|[\s\S]")
#: A line of print never starts with one of these; the character before it is taken along.
_NO_START = frozenset(",。、;:?!)》」』】〉”’…,.;:?!)")


def clean(text: str) -> str:
    """The text without what XML forbids, what cannot be seen and what turns the writing round; cut at Excel's limit."""
    if not text.replace("\n", "").isprintable():
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= CELL_LIMIT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LIMIT * 2:
        return text
    return units[: (CELL_LIMIT - len(_CUT_MARK)) * 2].decode("utf-16-le", "ignore") + _CUT_MARK


#: Widths are counted in hundredths of an em: a Chinese character takes one em, anything else as much as a wide digit.
FULL = 100
_NARROW = 64


#: A printed line of so many hundredths of an em or more may hold a twenty-fifth less than it should: fonts are scaled to
#: the page in whole steps.
_LONG_LINE, _WORSE = 10 * FULL, 25


@lru_cache(maxsize=65_536)
def _char_width(char: str) -> int:
    return FULL if unicodedata.east_asian_width(char) in "WFA" else _NARROW


def width(text: str) -> int:
    """The width of the text in hundredths of an em."""
    return len(text) * _NARROW if text.isascii() else sum(map(_char_width, text))


@lru_cache(maxsize=65_536)
def lines(text: str, room: int) -> int:
    """How many lines the text takes where `room` hundredths of an em stand on a line.

    Numbers and Latin words stay whole where they fit; closing punctuation pulls its neighbour down with it.
    """
    return sum(_paragraph(part, room) for part in text.split("\n"))


def _paragraph(text: str, room: int) -> int:
    if width(text) <= room:
        return 1
    room -= room // _WORSE if room >= _LONG_LINE else 0
    count, used, last = 1, 0, 0
    for token in _TOKEN.findall(text):
        size = _char_width(token) if len(token) == 1 else len(token) * _NARROW
        if used + size <= room:
            used += size
        else:
            pulled = last if token[0] in _NO_START else 0
            count, used = count + (used > 0), pulled + size
            while used > room:
                count, used = count + 1, used - room
        last = min(size, FULL)
    return count

"""Words of a header as they may be quoted. A row of data that was taken for a header must not tell whose it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from kcbx_cli.read.aliases import SHARED, keys

#: Stands where a word could be a name, or holds a number.
HIDDEN = "……"
#: A surname that at least so many people have: 346 of them, and 99 people in a hundred.
_COMMON = 1e-4
_NUMBER = re.compile(r"\d{6}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")


def quoted(word: str, known: Collection[str] = SHARED) -> str:
    """The word, or HIDDEN: known words of headers are nobody's name."""
    if any(key in known for key in keys(word)):
        return word
    return HIDDEN if _NUMBER.search(word) or _name_like(word) else word


def _name_like(word: str) -> bool:
    """A surname and one or two characters more, or a name that is put together with a dot."""
    if "·" in word:
        return True
    surnames = _surnames()
    return bool(_HAN.fullmatch(word)) and (word[:2] in surnames or len(word) < 4 and word[0] in surnames)


@cache
def _surnames() -> frozenset[str]:
    """Surnames as the matching kernel's prior has them; the rare ones (籍, 区, 班) begin words of headers instead."""
    from kcbx_cli.match.frequency import load_prior

    return frozenset(name for name, share in load_prior().surnames.items() if share >= _COMMON or len(name) > 1)

"""Words on their way to a terminal: whatever a file, a cell or a path holds, the terminal only shows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

#: What moves the cursor, colours the screen, sets its title or turns a line round; line breaks and tabs are our own.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(words: str) -> str:
    """The words with `?` in place of what a terminal would obey."""
    return _OBEYED.sub("?", words)


@cache
def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of so many columns. Chinese breaks anywhere but before closing marks; words stay whole."""
    line = ""
    for word in _words(text):
        if line and columns(line) + columns(word.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += word if line or not word.isspace() else ""
    if line:
        yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    """What must stay together: a run of narrow characters with the space after it, or a wide one with its closing marks."""
    word = ""
    for char in text:
        closing = char in ",。、;:?!)》」』】,;:?!)"
        narrow = columns(char) == 1 and not char.isspace()
        if word and not closing and not char.isspace() and not (narrow and columns(word[-1]) == 1 and word[-1] != " "):
            yield word
            word = ""
        word += char
    if word:
        yield word

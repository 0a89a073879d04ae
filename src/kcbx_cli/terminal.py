"""Words on their way to a terminal: whatever a file, a cell or a path holds, the terminal only shows it."""

from __future__ import annotations

import re

#: What moves the cursor, colours the screen, sets its title or turns a line round; line breaks and tabs are our own.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(words: str) -> str:
    """The words with `?` in place of what a terminal would obey."""
    return _OBEYED.sub("?", words)

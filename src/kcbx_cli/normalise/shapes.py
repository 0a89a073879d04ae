"""Cells of the usual shape (a plain name, an ISO date, a whole ID number), told of all at once by their letters."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
#: A row for each place in the texts, a column for each text.
Letters = NDArray[np.uint32]
_EMPTY = np.array(None, dtype=object)


class Shapes:
    """Many cells by the letters of their texts; a cell that is no text has none."""

    def __init__(self, cells: Sequence[Any]) -> None:
        self._texts = np.empty(len(cells), dtype=object)
        self._texts[:] = cells
        if {*map(type, cells)} <= {str, type(None)}:
            self._texts[np.equal(self._texts, _EMPTY)] = ""
        else:
            self._texts[:] = [v if type(v) is str else "" for v in cells]
        self._lengths = np.fromiter(map(len, self._texts.tolist()), dtype=np.int64, count=len(cells))

    def none(self) -> Flags:
        """No cell."""
        return np.zeros(len(self._texts), dtype=np.bool_)

    def among(self, words: AbstractSet[str]) -> Flags:
        """Which cells are one of the words."""
        texts = self._texts.tolist()
        if words.isdisjoint(texts):
            return self.none()
        return np.fromiter((v in words for v in texts), dtype=np.bool_, count=len(texts))

    def of_length(self, length: int) -> tuple[NDArray[np.intp], Letters]:
        """Where texts of so many letters are, and their letters."""
        at = np.flatnonzero(self._lengths == length)
        together = "".join(self._texts[at].tolist())
        letters = np.frombuffer(together.encode("utf-32-le", "surrogatepass"), dtype="<u4").reshape(-1, length)
        return at, np.ascontiguousarray(letters.T, dtype=np.uint32)


def digits(letters: Letters) -> Letters:
    """The digits that the letters are; a letter that is none gives a number past 9."""
    return letters - np.uint32(ord("0"))


def all_digits(numbers: Letters) -> Flags:
    """Which texts consist of digits (see `digits`)."""
    return np.asarray((numbers <= 9).all(axis=0))

"""What every format becomes first: sheets of cells, of which only the wanted columns are ever taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Row = list[Any]
#: ((first row, first column), (last row, last column)), counted from 0.
Range = tuple[tuple[int, int], tuple[int, int]]
Cells = NDArray[np.object_]

#: How many rows from the top are looked at for a header, and to tell ambiguous columns apart.
HEAD = 200


class Grid(Protocol):
    """One sheet. An empty cell is `""`; rows and columns count from 0 here and are never shifted."""

    @property
    def name(self) -> str:
        """The sheet's name; empty for a text file."""

    @property
    def hidden(self) -> str:
        """`hidden`, `very hidden` or empty."""

    @property
    def merged(self) -> Sequence[Range]:
        """Merged cells; the format may not say, then there are none."""

    def head(self) -> list[Row]:
        """The first HEAD rows, all of one length."""

    def columns(self, wanted: Sequence[int]) -> list[Cells]:
        """The whole of these columns, from the first row on."""

    def numbers(self) -> NDArray[np.int64] | None:
        """The row's number in the file, for each row; None where it is simply 1, 2, 3 …"""

    def release(self) -> None:
        """Lets go of the cells; they are not asked for again."""


@dataclass
class Rows:
    """A sheet whose rows are all in memory, as text formats give them."""

    name: str
    rows: list[Row]
    hidden: str = ""
    merged: Sequence[Range] = field(default_factory=list)
    lines: NDArray[np.int64] | None = None
    #: all cells are text, and some are written ="…"
    wrapped: bool = False

    def head(self) -> list[Row]:
        """The first rows, filled up to one length."""
        return self._head

    @cached_property
    def _head(self) -> list[Row]:
        width = max(map(len, self.rows), default=0)
        return [list(self._plain([*r, *[""] * (width - len(r))])) for r in self.rows[:HEAD]]

    def columns(self, wanted: Sequence[int]) -> list[Cells]:
        """The wanted columns; cells that a short row lacks are empty."""
        if len(wanted) > 1 and self.rows and min(map(len, self.rows)) > max(wanted):
            return [array(self._plain(cells)) for cells in zip(*map(itemgetter(*wanted), self.rows), strict=True)]
        return [array(self._plain([r[c] if c < len(r) else "" for r in self.rows])) for c in wanted]

    def numbers(self) -> NDArray[np.int64] | None:
        """The numbers of the rows in the file."""
        return self.lines

    def release(self) -> None:
        """Lets go of the rows."""
        self.rows = []

    def _plain(self, cells: Sequence[Any]) -> Sequence[Any]:
        """Text cells out of their ="…" wrapping, which is how some systems keep Excel from reading numbers."""
        if not self.wrapped or '="' not in "\n".join(cells):
            return cells
        return [unwrapped(v) if v[:2] == '="' else v for v in cells]


def unwrapped(cell: str) -> str:
    """The text inside ="…"; any other text as it is."""
    bare = cell.rstrip()
    return bare[2:-1].replace('""', '"') if len(bare) > 2 and bare[:2] == '="' and bare[-1] == '"' else cell


def array(values: Sequence[Any]) -> Cells:
    """The values as an array of objects."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def letter(column: int) -> str:
    """The name of a column, counted from 0, as a spreadsheet shows it: A, B … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """The column, counted from 0, of a name such as AB."""
    number = 0
    for c in name.upper():
        number = number * 26 + ord(c) - 64
    return number - 1

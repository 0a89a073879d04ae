"""Whole columns: a one-value function is applied once to each distinct cell, and its answers are spread over the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.normalise.shapes import Shapes
from kcbx_cli.normalise.text import text
from kcbx_cli.tables import RawTable

Cells = NDArray[np.object_]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
#: Tells of many cells at once which are a one-value function's answers as they stand.
Plain = Callable[[Shapes], Flags]


class Distinct(NamedTuple):
    """A column by its distinct cells: each cell's number among the values, which end with None, for the empty cells."""

    codes: NDArray[np.intp]
    values: list[Any]


class Raw:
    """The columns of a raw table, each as an array of cells."""

    def __init__(self, table: RawTable) -> None:
        self._frame = table.frame
        self._cells: dict[str, Cells] = {}
        self._distinct: dict[str, Distinct] = {}
        self._fields = frozenset(table.frame.columns)
        self.role = table.role
        self.length = len(table.frame)
        self.rows: Whole = table.frame["row"].to_numpy(dtype=np.int64)

    def has(self, field: str) -> bool:
        """Whether the sheet maps this field."""
        return field in self._fields

    def cells(self, field: str) -> Cells:
        """The cells as stored; all None where the sheet does not map the field."""
        if field not in self._cells:
            there = self.has(field)
            self._cells[field] = (
                self._frame[field].to_numpy(dtype=object) if there else np.full(self.length, None, dtype=object)
            )
        return self._cells[field]

    def distinct(self, field: str) -> Distinct:
        """The cells as stored by their distinct values, which are looked for once."""
        if field not in self._distinct:
            self._distinct[field] = distinct(self.cells(field))
        return self._distinct[field]

    def text(self, field: str) -> Cells:
        """The cells as text (see text.text)."""
        return self.mapped(field, text)

    def mapped(self, field: str, function: Callable[[Any], str], plain: Plain | None = None) -> Cells:
        """The answers of a one-value function that gives text; `""` where the sheet does not map the field."""
        if not self.has(field):
            return empty(self.length)
        codes, values = self.distinct(field)
        if plain is None:
            return pick([function(v) for v in values], codes)
        found = objects(values)
        for at in np.flatnonzero(~plain(Shapes(values))).tolist():
            found[at] = function(values[at])
        return found[codes]

    def flags(self, field: str, function: Callable[[Any], bool]) -> Flags:
        """The truth value that a one-value function gives for each cell."""
        return _spread(self.distinct(field), function)


def empty(length: int) -> Cells:
    """So many empty texts."""
    return np.full(length, "", dtype=object)


def objects(values: Sequence[Any]) -> Cells:
    """The values as an array of objects."""
    made: Cells = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def distinct(cells: Cells) -> Distinct:
    """A column by its distinct cells.

    Cells of different types that compare equal (1 and 1.0) count as one; they mean the same.
    """
    codes, values = _factorized(cells)
    return Distinct(np.where(codes < 0, len(values), codes), [*values, None])


def _factorized(cells: Cells) -> tuple[NDArray[np.intp], Sequence[Any]]:
    """Each cell's number in the list of distinct cells, -1 for an empty one.

    Most sheets lack most columns, which is seen at once when all cells are the same.
    """
    if (
        len(cells)
        and cells[0] is cells[-1]
        and (cells[0] is None or type(cells[0]) is str)
        and (cells == cells[0]).all()
    ):
        nothing = cells[0] is None
        return np.full(len(cells), -1 if nothing else 0, dtype=np.intp), [] if nothing else [cells[0]]
    codes, values = pd.factorize(cells)
    return codes, values.tolist()


def fill(
    parts: Iterable[NDArray[Any]], values: Sequence[Any], sure: Flags, parse: Callable[[Any], Iterable[Any]]
) -> None:
    """Enter the answer of a one-value function for each value that is not sure, each part of it into an array of its own."""
    parts = tuple(parts)
    for at in np.flatnonzero(~sure).tolist():
        for part, answer in zip(parts, parse(values[at]), strict=True):
            part[at] = answer


def strings(cells: Cells, function: Callable[[Any], str]) -> Cells:
    """The text that a one-value function gives for each cell."""
    codes, values = distinct(cells)
    return pick([function(v) for v in values], codes)


def pick(values: Sequence[Any], codes: NDArray[np.intp]) -> Cells:
    """The values at the positions `codes`, as an array of objects."""
    return objects(values)[codes]


def flags(cells: Cells, function: Callable[[Any], bool]) -> Flags:
    """The truth value that a one-value function gives for each cell."""
    return _spread(distinct(cells), function)


def _spread(column: Distinct, function: Callable[[Any], bool]) -> Flags:
    codes, values = column
    return np.fromiter((function(v) for v in values), dtype=np.bool_, count=len(values))[codes]


def only(cells: Cells, where: Flags) -> Cells:
    """The cells where the flag is set, None elsewhere."""
    kept = cells.copy()
    kept[~where] = None
    return kept


def filled(cells: Cells) -> Flags:
    """Which texts are not empty."""
    there: Flags = cells != ""
    return there


def first_of(*columns: Cells) -> Cells:
    """Row by row the first text that is not empty."""
    found = columns[0]
    for column in columns[1:]:
        found = np.where(filled(found), found, column)
    return found


def glued(columns: Sequence[Cells], joiner: str) -> Cells:
    """Row by row the texts that are not empty and not those of an earlier column, joined."""
    found = columns[0]
    for i, column in enumerate(columns[1:], start=1):
        new = filled(column)
        for earlier in columns[:i]:
            new &= column != earlier
        both = new & filled(found)
        merged = np.where(new, column, found)
        merged[both] = found[both] + joiner + column[both]
        found = merged
    return found


def numbered(cells: Cells) -> Whole:
    """A number for each distinct text; -1 for the empty one."""
    return np.where(cells == "", -1, _factorized(cells)[0]).astype(np.int64)


def joined_by_row(rows: Whole, values: Cells, length: int, joiner: str = "|") -> Cells:
    """For each row number 0 to length-1 its values, sorted, without repeats and empty texts, joined."""
    there = filled(values)
    order = np.argsort(rows[there], kind="stable")
    rows, values = rows[there][order], values[there][order]
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    found = empty(length)
    found[rows[starts]] = values[starts]
    for size in np.unique(sizes[sizes > 1]).tolist():
        at = starts[sizes == size]
        members = zip(*(values[at + place].tolist() for place in range(size)), strict=True)
        found[rows[at]] = objects([joiner.join(sorted({*texts})) for texts in members])
    return found

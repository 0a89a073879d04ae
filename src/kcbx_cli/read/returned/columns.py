"""Which column of a returned sheet is which: by its header, wherever it was moved, else where it was printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kcbx_cli.normalise.text import text
from kcbx_cli.read.aliases import folded
from kcbx_cli.read.grid import Row, column_number
from kcbx_cli.stamps import HEADERS, ID_COLUMN, WATCH, Stamp

#: The header stands within so many rows from the top.
_TOP = 60
#: Kinds of sheets that one file holds, by the kind that its stamp names.
_KINDS = {"school": ("school", WATCH)}
#: So many known headers make a row the header of a sheet that nothing else vouches for.
_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class Columns:
    """Kind of the sheet, its header row (0-based, -1 for none) and the column (0-based) of each key."""

    kind: str
    header: int
    at: Mapping[str, int]


def find(rows: Sequence[Row], stamp: Stamp | None) -> Columns | None:
    """The columns of a sheet; None when it is not one of ours.

    With a stamp the kind is known (a school's workbook may have a sheet of watched pupils too), and keys whose header cannot be found stand where they were printed, as long as no
    other column has been recognised there.
    """
    kinds = _KINDS.get(stamp.kind, (stamp.kind,)) if stamp else ("township", WATCH, "review", "problems")
    best = max((_by_header(rows, kind) for kind in kinds), key=lambda c: len(c.at))
    if stamp is None:
        return best if len(best.at) >= _ENOUGH and ID_COLUMN[best.kind] in best.at else None
    if best.kind != stamp.kind:
        return best
    printed = {key: column_number(letter) for key, letter in stamp.layout}
    at = dict(best.at) if len(best.at) > 2 else {}
    taken = set(at.values())
    at |= {key: column for key, column in printed.items() if key not in at and column not in taken}
    if ID_COLUMN[stamp.kind] not in best.at and not _holds_ids(rows, at[ID_COLUMN[stamp.kind]], stamp):
        return None
    return Columns(stamp.kind, best.header, at)


def _by_header(rows: Sequence[Row], kind: str) -> Columns:
    """The row in which most headers are known."""
    words = {word: key for key, headers in HEADERS[kind].items() for word in headers}
    best = Columns(kind, -1, {})
    for number, row in enumerate(rows[:_TOP]):
        at: dict[str, int] = {}
        for column, cell in enumerate(row):
            key = words.get(folded(text(cell))) if isinstance(cell, str) else None
            if key:
                at.setdefault(key, column)
        if len(at) > len(best.at):
            best = Columns(kind, number, at)
    return best


def _holds_ids(rows: Sequence[Row], column: int, stamp: Stamp) -> bool:
    ids = {mark[0] for mark in stamp.rows}
    return any(column < len(row) and text(row[column]) in ids for row in rows)


def below(rows: Sequence[Row], columns: Columns) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows below the header with their 0-based number, each with its cells by key; blank rows are left out."""
    for number in range(columns.header + 1, len(rows)):
        row = rows[number]
        cells = {key: row[c] for key, c in columns.at.items() if c < len(row) and row[c] not in ("", None)}
        if cells:
            yield number, cells

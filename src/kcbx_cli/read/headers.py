"""Where the header is, and what it says: one text a column, out of one to four rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from kcbx_cli.read.aliases import combined, shown
from kcbx_cli.read.grid import Grid, Range, Row
from kcbx_cli.read.quoted import HIDDEN, quoted

#: A header begins among this many rows from the top, and has at most so many rows.
_LAST_FIRST_ROW = 40
_DEEPEST = 4
#: With so many known words, a row is the header unless one of the next rows has more.
_PLENTY = 5
#: A cell longer than this is no header.
_LONGEST = 60
#: Text that is looked up as it stands, under nothing else; 成员 and what follows may be written in several ways.
_PLAIN = re.compile("(?!(?:家庭)?成员)[\u4e00-\u9fff]{1,4}|[0-9]+")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one column: its texts from the top without repeats, and the words it is looked up under."""

    column: int
    parts: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def text(self) -> str:
        """The header as one text."""
        return "·".join(self.parts)


@dataclass(frozen=True, slots=True)
class Block:
    """A header: its rows, first to last, counted from 0, and the headers of the columns that have one."""

    first: int
    last: int
    headers: tuple[Header, ...]
    known: int


def find(grid: Grid, known: Collection[str], fixed: tuple[int, ...] = ()) -> Block | None:
    """The header of a sheet: the rows in which most cells are known header words; None where there is none.

    Args:
        grid: the sheet.
        known: all words that are known, folded.
        fixed: 1-based rows where the header is said to be.
    """
    head = grid.head()
    merged = [m for m in grid.merged if m[0][0] < len(head)]
    if fixed:
        first, last = min(fixed) - 1, max(fixed) - 1
        return _block(head, merged, (first, last), known) if last < len(head) else None
    best: Block | None = None
    for first in range(min(len(head), _LAST_FIRST_ROW)):
        best = _better_from(head, merged, first, known, best) or best
        if best is not None and best.known >= _PLENTY and first > best.first + _DEEPEST:
            break
    return best


def _better_from(
    head: list[Row], merged: Sequence[Range], first: int, known: Collection[str], best: Block | None
) -> Block | None:
    """The best header that begins in this row: as many rows as merged cells say, or one more row of group members.
    None when it knows no more words than `best`, or fewer than two."""
    row = head[first]
    if sum(isinstance(c, str) and bool(c.strip()) for c in row) < 2:
        return None
    least = best.known if best else 1
    deep = max((b for (t, _), (b, _) in merged if t == first), default=first)
    deep = min(deep, first + _DEEPEST - 1, len(head) - 1)
    grouped = deep == first and first + 1 < len(head) and _blank(head[first + 1][_first(row)])
    if deep == first and not grouped and _words_at_most(row, known) <= least:
        return None
    found = _block(head, merged, (first, deep), known)
    if grouped and _members_below(row, head[first + 1], found, known):
        found = _block(head, merged, (first, first + 1), known)
    return found if found.known > least else None


def _words_at_most(row: Row, known: Collection[str]) -> int:
    """No fewer than the known words that the row has by itself; most rows of data have none, which is told at a glance."""
    texts = [c for c in row if isinstance(c, str) and (c in known or not _PLAIN.fullmatch(c)) and _wordy(c)]
    return sum(k in known for c in texts for k in combined((quoted(shown(c), known),)))


def _members_below(row: Row, below: Row, block: Block, known: Collection[str]) -> bool:
    """Whether the next row only names the members of groups: words under a few columns, nothing under the others."""
    there = [i for i, c in enumerate(below) if not _blank(c)]
    if not there or len(there) > len(row) * 0.7 or not all(_wordy(below[i]) for i in there):
        return False
    if any(quoted(shown(below[i]), known) == HIDDEN for i in there):  # somebody's name: a row of data
        return False
    above = [_group_above(row, i) for i in there]
    return any(_blank(row[i]) for i in there) and all(a >= block.first for a in above)


def _first(row: Row) -> int:
    return next(i for i, c in enumerate(row) if not _blank(c))


def _group_above(row: Row, column: int) -> int:
    """The filled cell of `row` at or left of a column; -1 when there is none."""
    return next((i for i in range(column, -1, -1) if not _blank(row[i])), -1)


def _block(head: list[Row], merged: Sequence[Range], rows: tuple[int, int], known: Collection[str]) -> Block:
    first, last = rows
    filled = [_spread(head[r], r, merged) for r in range(first, last + 1)]
    if last > first and not any(t <= last and b >= first and r > l for (t, l), (b, r) in merged):  # noqa: E741
        filled[:-1] = [_carried_right(row, filled[-1]) for row in filled[:-1]]
    headers = []
    for column in range(len(head[first])):
        texts = [quoted(shown(row[column]), known) for row in filled if _wordy(row[column])]
        parts = tuple(dict.fromkeys(t for t in texts if t))
        if parts:
            headers.append(Header(column, parts, combined(parts)))
    count = len({k for h in headers for k in h.keys if k in known})
    return Block(first, last, tuple(headers), count)


def _spread(row: Row, number: int, merged: Sequence[Range]) -> Row:
    """The row with merged cells filled right; the part of a merge that begins above stays empty: it is said there."""
    full = list(row)
    for (top, left), (_, right) in merged:
        if top == number and left < len(full):
            full[left : right + 1] = [full[left]] * (min(right, len(full) - 1) - left + 1)
    return full


def _carried_right(row: Row, below: Row) -> Row:
    """A row of groups with each group's name carried over the empty cells that have a word below."""
    full: list[Any] = list(row)
    for i in range(1, len(full)):
        if _blank(full[i]) and not _blank(below[i]):
            full[i] = full[i - 1]
    return full


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _wordy(cell: Any) -> bool:
    return isinstance(cell, str) and 0 < len(cell.strip()) <= _LONGEST

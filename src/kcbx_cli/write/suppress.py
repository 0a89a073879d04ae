"""Small cells of a table hidden, so that nobody is known from a count, and others with them, so that sums do not tell.

Basis: the usual rule of official statistics: a cell below the limit is hidden (primary); wherever a row or a column adds up
to a published total, at least two of its cells are hidden, and these together count at least the limit (complementary).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.write.children import records

Cells = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: What stands in place of a hidden count.
HIDDEN = "＊"


def hidden(cells: Sequence[Sequence[int]], limit: int) -> Mask:
    """Which cells of a table are to be hidden; the last row and the last column hold the sums of the others.

    A cell is small when it is at least 1 and below `limit`. Afterwards no hidden cell follows from those that are shown,
    by any chain of additions and subtractions.
    """
    table = np.asarray(cells, dtype=np.int64)
    mask = (table > 0) & (table < limit)
    while (line := _telling(table, mask, limit)) is not None:
        rest = [at for at in line if not mask[at]]
        # the cheapest that hides something: a positive count, not the sum if it can be helped
        mask[min(rest, key=lambda at: (table[at] == 0, at == line[-1], int(table[at]), at))] = True
    return mask


def _telling(table: Cells, mask: Mask, limit: int) -> list[tuple[int, int]] | None:
    """A line that gives a hidden cell away and has another cell to hide; None when there is none."""
    lines = [line for line in _lines(table.shape) if not all(mask[at] for at in line)]
    for line in lines:
        own = [at for at in line if mask[at]]
        few = sum(int(table[at]) for at in own) < limit and line[-1] not in own
        if len(own) == 1 or (own and few):
            return line
    told = _follows(mask)
    return next((line for line in lines if any(told[at] for at in line)), None)


def _follows(mask: Mask) -> Mask:
    """Hidden cells whose value the equations of rows and columns determine: those that no solution can change."""
    at = [(int(r), int(c)) for r, c in np.argwhere(mask)]
    told = np.zeros(mask.shape, dtype=np.bool_)
    if not at:
        return told
    place = {cell: n for n, cell in enumerate(at)}
    equations = [
        [(1.0 if cell != line[-1] else -1.0, place[cell]) for cell in line if cell in place]
        for line in _lines(mask.shape)
    ]
    matrix = np.zeros((len(equations), len(at)))
    for n, terms in enumerate(equations):
        for sign, column in terms:
            matrix[n, column] = sign
    _, sizes, basis = np.linalg.svd(matrix)
    free = basis[int((sizes > 1e-9).sum()) :]
    for cell, n in place.items():
        told[cell] = not (np.abs(free[:, n]) > 1e-9).any()
    return told


def _lines(shape: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
    """The rows, then the columns, of more than one cell; the sum is last."""
    rows, columns = shape
    if columns > 1:
        yield from ([(r, c) for c in range(columns)] for r in range(rows))
    if rows > 1:
        yield from ([(r, c) for r in range(rows)] for c in range(columns))


def shown(cells: Sequence[Sequence[int]], limit: int) -> list[list[str]]:
    """The cells as text, hidden ones as HIDDEN; limit 0 hides nothing."""
    mask = hidden(cells, limit) if cells else np.zeros((0, 0), dtype=np.bool_)
    return [
        [HIDDEN if h else str(n) for n, h in zip(row, masks, strict=True)]
        for row, masks in zip(cells, mask, strict=True)
    ]


def ratios_shown(
    rows: Sequence[tuple[str, str, str, str]], ratios: pd.DataFrame, listed: Mapping[str, int], limit: int
) -> list[tuple[str, str, str, str]]:
    """The rows of ratios (name, value, numerator and denominator, formula) as they may be shown; limit 0 hides nothing.

    Of 辍学率 neither is shown; of the others not where the numerator, or what it lacks of the denominator, is small, nor of
    入学率 where a count of `listed` (children by verdict) that it adds up is.
    """
    small = any(0 < n < limit for n in listed.values())
    found = []
    for (name, value, parts, words), r in zip(rows, records(ratios), strict=True):
        tells = any(0 < n < limit for n in (r.over, r.under - r.over)) or (r.name == "enrolment" and small)
        hide = limit > 0 and r.under > 0 and (r.name == "dropout" or tells)
        found.append((name, *((HIDDEN, HIDDEN) if hide else (value, parts)), words))
    return found

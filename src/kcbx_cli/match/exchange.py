"""Twins whose numbers one list exchanged: one slip, though it makes two pairs disagree, and then the names decide."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import numbers
from kcbx_cli.match.model import COMPARISONS, NAME_LEVELS
from kcbx_cli.match.records import Ints

_ID = list(COMPARISONS).index("id")
_NAME = list(COMPARISONS).index("name")
_ONE_NAME, _SPELLING = NAME_LEVELS.index("variant"), NAME_LEVELS.index("wildcard")
_SAME = numbers.FULL_LEVELS.index("one_edit")
_OTHER = tuple(
    numbers.FULL_LEVELS.index(level) for level in ("two_edits", "few_edits", "neighbour", "unchecked_different")
)


def exchanged(
    left: Ints, right: Ints, levels: npt.NDArray[np.int8], twins: tuple[Ints, Ints]
) -> tuple[npt.NDArray[np.int8], Ints]:
    """The levels of edges (left child, right child), the number left out of account where twins' numbers are exchanged.

    That is so where each of two listed twins bears the number of the right child whose other number is the twin's.
    `twins` are pairs of left children. Also the edges under which the number is another: there the slip must have been.
    """
    straight, crossed = [], []
    for one, other in _quartets(left, right, levels[:, _ID], twins):
        straight += one
        crossed += other
    changed = levels.copy()
    changed[np.array(straight + crossed, dtype=np.int64), _ID] = numbers.FULL_LEVELS.index("missing")
    return changed, np.unique(np.array(straight, dtype=np.int64))


def twins_alike(
    edges: tuple[Ints, Ints, Ints],
    taken: npt.NDArray[np.bool_],
    levels: npt.NDArray[np.int8],
    twins: tuple[Ints, Ints],
) -> npt.NDArray[np.bool_]:
    """Which edges bear a name that may be written for the right child's, as the listed twin's name may be too.

    `edges` are left children, right children and the sides of the left ones; who counts as one side is no twin, nor is
    who takes another right child of the very name in the running.
    """
    left, right, side = edges
    name = levels[:, _NAME]
    found = np.zeros(len(left), dtype=bool)
    settled = dict(
        zip(left[taken & (name <= _ONE_NAME)].tolist(), right[taken & (name <= _ONE_NAME)].tolist(), strict=True)
    )
    at = np.flatnonzero(np.isin(left, twins[0]) & (name <= _SPELLING))
    known = {(a, r): k for k, a, r in zip(at.tolist(), left[at].tolist(), right[at].tolist(), strict=True)}
    partners: dict[int, set[int]] = {}
    for a, b in zip(twins[0].tolist(), twins[1].tolist(), strict=True):
        partners.setdefault(a, set()).add(b)
    for (a, r), k in known.items():
        rivals = [known[b, r] for b in partners.get(a, ()) if (b, r) in known and settled.get(b, r) == r]
        found[k] = name[k] > _ONE_NAME and any(side[k] != side[other] for other in rivals)
    return found


def _quartets(
    left: Ints, right: Ints, number: npt.NDArray[np.int8], twins: tuple[Ints, Ints]
) -> Iterator[tuple[list[int], list[int]]]:
    """Edges of two twins with two right children: those of other numbers, and those of the same."""
    at = np.flatnonzero(np.isin(left, twins[0]))
    edges: dict[int, dict[int, int]] = {}
    for k, a, r in zip(at.tolist(), left[at].tolist(), right[at].tolist(), strict=True):
        edges.setdefault(a, {})[r] = k
    pairs = {(min(a, b), max(a, b)) for a, b in zip(twins[0].tolist(), twins[1].tolist(), strict=True) if a != b}
    for a, b in sorted(pairs):
        mine, theirs = edges.get(a, {}), edges.get(b, {})
        common = [r for r in mine if r in theirs]
        firsts = [r for r in common if number[mine[r]] in _OTHER and number[theirs[r]] <= _SAME]
        seconds = [s for s in common if number[mine[s]] <= _SAME and number[theirs[s]] in _OTHER]
        for r in firsts:
            for s in seconds:
                yield [mine[r], theirs[s]], [mine[s], theirs[r]]

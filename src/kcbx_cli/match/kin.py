"""Household evidence: what a linked child's registry row says of the family holds for its brothers and sisters too."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.block import candidates
from kcbx_cli.match.model import Model
from kcbx_cli.match.records import Floats, Ints, Records, encode, joined, text
from kcbx_cli.match.score import Scores, score_pairs

_COLUMNS = {"kin_names": ("family_names", "guardian_name"), "kin_ids": ("family_ids",), "kin_phones": ("phone",)}


@dataclass(frozen=True)
class Borrowed:
    """Left rows and the family's names, numbers and telephones from the registry row of a brother or sister."""

    rows: Ints
    columns: pd.DataFrame

    def frame(self, length: int) -> pd.DataFrame:
        """The borrowed columns for all left rows, blank where nothing is borrowed."""
        out = {}
        for name in _COLUMNS:
            values = np.full(length, "", dtype=object)
            values[self.rows] = self.columns[name].to_numpy(dtype=object)
            out[name] = pd.Series(values, dtype=object)
        return pd.DataFrame(out)


def borrow(
    left: pd.DataFrame, right: pd.DataFrame, household: Ints, child: Ints, sure: tuple[Ints, Ints, Floats]
) -> Borrowed:
    """What rows without a sure link may borrow from a sure one of another child in their household.

    `household` numbers the household of each left row (0 for none); `sure` are left rows, right rows and weights.
    """
    i, j, weight = sure
    linked = np.zeros(len(left), dtype=bool)
    linked[np.isin(child, child[i])] = True
    order = np.lexsort((j, -weight, household[i]))
    i, j = i[order], j[order]
    i, j = i[household[i] != 0], j[household[i] != 0]
    known, first = np.unique(household[i], return_index=True)
    rows = np.flatnonzero(~linked & (household != 0) & np.isin(household, known))
    source = j[first[np.searchsorted(known, household[rows])]] if len(rows) else rows
    lender = right.iloc[source]
    columns = {
        name: pd.Series(joined(*(text(lender, f) for f in fields)), dtype=object) for name, fields in _COLUMNS.items()
    }
    return Borrowed(rows, pd.DataFrame(columns))


def rescore(
    borrowed: Borrowed,
    lists: tuple[pd.DataFrame, Records, Records],
    pairs: tuple[Ints, Ints],
    scored: tuple[Ints, Scores],
    model: Model,
) -> tuple[Ints, Ints, Scores, npt.NDArray[np.bool_]]:
    """The scored ones of the pairs, with those of borrowing rows made and scored anew; which of them gained.

    `scored` are positions among the pairs, and their scores.
    """
    left, near, far = lists
    at, scores = scored
    part = left.iloc[borrowed.rows].reset_index(drop=True)
    for name in borrowed.columns:
        part[name] = borrowed.columns[name].to_numpy(dtype=object)
    lent = encode(part)
    lent = _with_context(lent, near, borrowed.rows)
    fresh = candidates(lent, far, only=("family_number", "phone", "family_name_year", "family_name_given"))
    back = np.full(len(left), -1, dtype=np.int64)
    back[borrowed.rows] = np.arange(len(borrowed.rows))
    width = max(len(far), 1)
    old = back[pairs[0]] >= 0
    i, j = pairs[0][old], pairs[1][old]
    known = back[i] * width + j
    code = np.unique(np.concatenate([known, fresh.left * width + fresh.right]))
    a, b = code // width, code % width
    again = score_pairs(lent, far, a, b, model)
    before = np.full(len(code), -np.inf)
    before[np.searchsorted(code, known)] = score_pairs(near, far, i, j, model).weight
    others = np.flatnonzero(back[pairs[0][at]] < 0)
    merged = Scores.concat([scores.take(others), again])
    rows = np.concatenate([pairs[0][at[others]], borrowed.rows[a]]), np.concatenate([pairs[1][at[others]], b])
    gained = np.concatenate([np.zeros(len(others), dtype=bool), again.weight > before])
    return rows[0], rows[1], merged, gained


def _with_context(lent: Records, near: Records, rows: Ints) -> Records:
    """The re-encoded records with the context of the originals."""
    return replace(lent, shares=near.shares[rows], shared=near.shared[rows], family=near.family[rows])

"""Which pairs are plainly one child: what has to be asked once a pupil is somebody's already.

A name, a sex and a birthday in common make a link where nobody else has the pupil. Where a child on another list has it,
these are rather a namesake's: families that stand on the lists of two counties are about as rare as two children of one
name and birthday.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.match.group import same_person

Flags = npt.NDArray[np.bool_]


def plainly_one(left: pd.DataFrame, right: pd.DataFrame, model: match.Model) -> Flags:
    """Whether row i of `left` and row i of `right` (RECORD columns) are plainly one child.

    They are with one valid ID number under one name. Else they need one name and one birth date, a number that is the
    same but for a slip, or somebody of the family in common; and neither number nor family nor sex may differ.
    """
    scored = match.score_block(left.reset_index(drop=True), right.reset_index(drop=True), model)

    def at(comparison: str, *levels: str) -> Flags:
        found: Flags = np.isin(
            scored[f"level_{comparison}"].to_numpy(), [match.COMPARISONS[comparison].index(level) for level in levels]
        )
        return found

    number = at("id", "identical", "shared", "same_unchecked", "one_edit") | at("id_part", "tail")
    number |= at("registry", "identical") | at("registry_body", "own")
    against = at("id", "neighbour", "date_part", "unchecked_different", "different") | at("id_part", "different")
    against |= at("family", "different") | at("sex", "different")
    named = at("name", "identical", "variant") & at("birth", "identical", "by_id", "lunar")
    levels = np.stack([scored[f"level_{comparison}"].to_numpy() for comparison in match.COMPARISONS], axis=1)
    return same_person(levels) | (named & (number | ~at("family", "different", "missing")) & ~against)

"""The same valid number under two names and two birth dates: a problem to report, never a match."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import dates, numbers
from kcbx_cli.match.model import COMPARISONS, NAME_LEVELS

_COLUMN = {name: n for n, name in enumerate(COMPARISONS)}
_SAME_NUMBER = [numbers.FULL_LEVELS.index(level) for level in ("identical", "shared")]
_OTHER_NAME = [NAME_LEVELS.index(level) for level in ("one_different", "surname_same", "given_same", "different")]
_OTHER_BIRTH = [dates.LEVELS.index(level) for level in ("same_year", "different")]
_TWIN_NUMBER = numbers.FULL_LEVELS.index("neighbour")
_SAME_NAME = NAME_LEVELS.index("same_sound")


def contradicting(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which pairs bear one number under a different name and a different birth date."""
    found: npt.NDArray[np.bool_] = (
        np.isin(levels[:, _COLUMN["id"]], _SAME_NUMBER)
        & np.isin(levels[:, _COLUMN["name"]], _OTHER_NAME)
        & np.isin(levels[:, _COLUMN["birth"]], _OTHER_BIRTH)
    )
    return found


def neighbours_number(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which pairs agree in name but bear two valid numbers that only a twin's number would explain."""
    found: npt.NDArray[np.bool_] = (levels[:, _COLUMN["id"]] == _TWIN_NUMBER) & (
        levels[:, _COLUMN["name"]] <= _SAME_NAME
    )
    return found

"""The same valid number under two names and two birth dates: a problem to report, never a match."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import dates, numbers
from kcbx_cli.match.model import COMPARISONS, FAMILY_LEVELS, NAME_LEVELS

_COLUMN = {name: n for n, name in enumerate(COMPARISONS)}
_SAME_NUMBER = [numbers.FULL_LEVELS.index(level) for level in ("identical", "shared")]
_OTHER_NAME = [NAME_LEVELS.index(level) for level in ("one_different", "surname_same", "given_same", "different")]
_OTHER_BIRTH = [dates.LEVELS.index(level) for level in ("same_year", "different")]
_TWIN_NUMBER = numbers.FULL_LEVELS.index("neighbour")
_STRANGERS_NAME = [NAME_LEVELS.index(level) for level in ("given_same", "different")]
_TWO_NUMBERS = [numbers.FULL_LEVELS.index(level) for level in ("neighbour", "date_part", "different")]
_NO_FAMILY = [FAMILY_LEVELS.index(level) for level in ("different", "missing")]
_ONE_NAME = NAME_LEVELS.index("variant")
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


def for_a_person(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which pairs a person must look at whatever their weight, for nothing of the family speaks for them.

    One number under a stranger's name: whose number it is, nobody can say from here, and a birth date that was derived
    from it proves nothing more. And one name with two valid numbers: namesakes born on one day are two children. Nor is
    a name that only sounds or looks the same enough where neither number nor family is told.
    """
    number, name = levels[:, _COLUMN["id"]], levels[:, _COLUMN["name"]]
    borrowed = np.isin(number, _SAME_NUMBER) & np.isin(name, _STRANGERS_NAME)
    namesakes = np.isin(number, _TWO_NUMBERS)
    unlike = levels[:, _COLUMN["name"]] > _ONE_NAME
    for comparison in ("id", "id_part", "registry", "registry_body"):
        unlike &= levels[:, _COLUMN[comparison]] == len(COMPARISONS[comparison]) - 1
    found: npt.NDArray[np.bool_] = (borrowed | namesakes | unlike) & np.isin(levels[:, _COLUMN["family"]], _NO_FAMILY)
    return found


def nobody_to_ask_about(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Pairs that share no name, no family and no number: a date and a place in common are no question for a person."""
    name, family = levels[:, _COLUMN["name"]], levels[:, _COLUMN["family"]]
    strangers = np.isin(name, _STRANGERS_NAME) & np.isin(family, _NO_FAMILY)
    number = levels[:, _COLUMN["id"]] <= numbers.FULL_LEVELS.index("two_edits")
    number |= levels[:, _COLUMN["id_part"]] == numbers.PART_LEVELS.index("tail")
    number |= levels[:, _COLUMN["registry"]] == 0
    number |= levels[:, _COLUMN["registry_body"]] == 0
    found: npt.NDArray[np.bool_] = strangers & ~number
    return found

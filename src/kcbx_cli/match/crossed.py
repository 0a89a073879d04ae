"""Links by number where a name speaks for somebody else: brothers, sisters and twins whose numbers were exchanged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kcbx_cli.match import dates, numbers
from kcbx_cli.match.contest import Edges, Flags
from kcbx_cli.match.model import COMPARISONS, FAMILY_LEVELS, NAME_LEVELS
from kcbx_cli.match.records import Floats, Ints

_COLUMN = {name: n for n, name in enumerate(COMPARISONS)}
_SURNAME = NAME_LEVELS.index("surname_same")
_ONE_NAME = NAME_LEVELS.index("variant")
_SHARED = numbers.FULL_LEVELS.index("shared")
_OTHER_NAME = [NAME_LEVELS.index(level) for level in ("one_different", "surname_same", "given_same", "different")]
_WEAK_FAMILY = [FAMILY_LEVELS.index(level) for level in ("phone", "name", "different", "missing")]
_NO_FAMILY = _WEAK_FAMILY[2:]
#: How many bits more are asked where neither the name nor the family speaks for a pair.
_MORE = 4.0
#: Up to this level two birth dates may be those of twins, or of one child.
_SAME_MONTH = dates.LEVELS.index("same_month")
_OTHER_FAMILY = FAMILY_LEVELS.index("different")


def crossing(edges: Edges, levels: npt.NDArray[np.int8], band: Ints) -> tuple[Flags, Flags]:
    """Links and reviews (`band`) by one valid number and two names, though a child of that family has the very name.

    Returned with the edges that name speaks for, of those left children: they are what a person should see.
    `levels` are those of the edges.
    """
    name, family = levels[:, _COLUMN["name"]], levels[:, _COLUMN["family"]]
    one_age = levels[:, _COLUMN["birth"]] <= _SAME_MONTH
    named = np.flatnonzero((name <= _ONE_NAME) & (family < _OTHER_FAMILY) & one_age)
    by_number = (band >= 1) & (name > _ONE_NAME) & (levels[:, _COLUMN["id"]] <= _SHARED)
    size = int(edges.right.max(initial=-1)) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(low, edges.right[named], edges.side[named])
    np.maximum.at(high, edges.right[named], edges.side[named])
    rival = (high[edges.right] >= 0) & ((low[edges.right] != edges.side) | (high[edges.right] != edges.side))
    crossed = by_number & (rival | np.isin(edges.left, edges.left[named]))
    straight = np.zeros(len(crossed), dtype=bool)
    straight[named] = np.isin(edges.left[named], edges.left[crossed])
    return crossed, straight


def more_asked(levels: npt.NDArray[np.int8]) -> Floats:
    """Bits that a link needs beyond the threshold: names differ, and of the family one name or telephone agrees at most.

    Under one valid number that nobody else bears, and one surname, a name or telephone is enough.
    """
    name, family = levels[:, _COLUMN["name"]], levels[:, _COLUMN["family"]]
    own = (levels[:, _COLUMN["id"]] == 0) & (name <= _SURNAME)
    weak = np.where(own, np.isin(family, _NO_FAMILY), np.isin(family, _WEAK_FAMILY))
    return np.where(np.isin(name, _OTHER_NAME) & weak, _MORE, 0.0)

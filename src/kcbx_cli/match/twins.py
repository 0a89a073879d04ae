"""Children of one list who have a twin on it: the twin's registry row is the likeliest wrong answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kcbx_cli.match import names as name_room
from kcbx_cli.match.block import Key, join
from kcbx_cli.match.model import Model
from kcbx_cli.match.records import Ints, Records
from kcbx_cli.match.score import compare_names

#: From this level on two names are those of two children rather than one name written twice.
_OTHER_NAME = name_room.LEVELS.index("one_different")


def with_twins(records: Records, household: Ints, child: Ints, model: Model) -> Records:
    """The records with `twin` set where another child of the same family has the same birth date and another name.

    A family is a household of the list (`household` numbers them, 0 for none), or people who share an adult's ID number
    or a telephone number. `child` numbers the child of each row.
    """
    twin = np.zeros(len(records), dtype=bool)
    for tokens in (household[:, None], records.family_ids.astype(np.int64), records.phones.astype(np.int64)):
        rows, column = np.nonzero((tokens != 0) & (records.birth > 0)[:, None])
        rows = rows.astype(np.int64)
        value = tokens[rows, column] * np.int64(1000003) ^ records.birth[rows]
        i, j = join(Key("twins", rows, value, rows, value), [])
        i, j = i[child[i] != child[j]], j[child[i] != child[j]]
        level = compare_names(records, records, records.name[i], records.name[j], model)
        other = (level >= _OTHER_NAME) & (level < len(name_room.LEVELS) - 1)
        twin[i[other]] = True
    return replace(records, twin=twin)

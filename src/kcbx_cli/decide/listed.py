"""What the lists themselves say of a child: schooling, reasons, removals, and how good the ID number is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide.dates import Flags
from kcbx_cli.decide.fold import Groups, best, flags, sheets, take
from kcbx_cli.decide.words import (
    by_value,
    is_marked_out,
    is_placed,
    is_reason,
    is_untaught,
    schooling_level,
    schooling_word,
)

DEATH = "死亡"
#: Words for a registration that is struck off because the child lives in another place, as far as anybody knows.
STRUCK_OFF = ("注销", "迁出")


@dataclass(frozen=True)
class ListFacts:
    """By child. `says_out`: 文化程度 filled and 在校生状况 blank; `schooling`: the word for 在校生状况 or empty.

    `struck_off`: the register of residents says 注销 or 迁出, and no other row of the child speaks for its being here, or
    leaves open where it is (失踪, 参军).
    `unplaced`: the list of disabled children has no placement, `placed`: it has one. `unfinished`: a list says that the nine years are not over. `removed`: 注销, 迁出, 失踪, 参军 or empty. The ID flags are set
    only for children of whom no list has a number that is valid and nobody else's.
    """

    dead: Flags
    removed: NDArray[np.object_]
    struck_off: Flags
    unplaced: Flags
    placed: Flags
    says_out: Flags
    out_reason: Flags
    schooling: NDArray[np.object_]
    unfinished: Flags
    id_missing: Flags
    id_unreadable: Flags
    id_shared: Flags


def list_facts(people: pd.DataFrame, ages: pd.DataFrame, children: Groups) -> ListFacts:
    """The evidence of all list rows of each child; any row may give it."""
    level = by_value(people["schooling"], schooling_level, object)
    word = by_value(people["schooling"], schooling_word, object)
    out = says_out(people)
    reason = by_value(people["out_reason"], is_reason, np.bool_)
    untaught = out & by_value(people["education"], is_untaught, np.bool_)
    removed, role = people["removed"].to_numpy(), people["role"].to_numpy()
    struck = (role == "population") & np.isin(removed, STRUCK_OFF)
    disabled = role == "disability"
    placed = disabled & by_value(people["category"], is_placed, np.bool_)

    state = people["id_state"].to_numpy()
    shared = ages["shared"].to_numpy()
    good = children.any(((state == "valid") & ~shared) | (state == "fifteen") | (state == "foreign"))
    unreadable = children.any(np.isin(people["id_state"], ("bad_check", "numeric", "masked", "malformed")))
    return ListFacts(
        dead=children.any(removed == DEATH),
        removed=_one_text(removed, (removed != "") & (removed != DEATH), children),
        struck_off=children.any(struck) & ~children.any(~np.isin(removed, (*STRUCK_OFF, DEATH))),
        unplaced=children.any(disabled) & ~children.any(placed),
        placed=children.any(placed),
        says_out=children.any(out),
        out_reason=children.any(reason),
        schooling=_one_text(word, word != "", children),
        unfinished=children.any((level == "within") | reason | untaught | marked_out(people)),
        id_missing=~good & ~unreadable & ~children.any(shared),
        id_unreadable=~good & unreadable,
        id_shared=~good & children.any(shared),
    )


def says_out(people: pd.DataFrame) -> Flags:
    """Rows in which the list itself says that the person is not at school.

    The national poverty-monitoring format fills exactly one of 文化程度 (not at school) and 在校生状况 (at school). A
    sheet whose 在校生状况 is blank throughout has no such column and says nothing. Its own 是否失学辍学 says it plainly.
    """
    marked = marked_out(people)
    out = (people["education"] != "").to_numpy() & (people["schooling"] == "").to_numpy()
    if not out.any():
        return marked
    sheet = sheets(people)
    kept = np.zeros(sheet.max() + 1, dtype=np.bool_)
    kept[sheet[(people["schooling"] != "").to_numpy()]] = True
    return flags((out & kept[sheet]) | marked)


def marked_out(people: pd.DataFrame) -> Flags:
    """Rows whose 是否失学辍学 says yes."""
    return flags(by_value(people["out_reason"], is_marked_out, np.bool_))


def _one_text(texts: NDArray[np.object_], mask: Flags, children: Groups) -> NDArray[np.object_]:
    """One text of each child: of those that the mask leaves, the first in the order of code points."""
    order = pd.factorize(texts, sort=True)[0]
    return take(texts, best(np.where(mask, children.of, -1), children.count, order), "")

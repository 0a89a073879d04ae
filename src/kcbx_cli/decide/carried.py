"""Open cases that the month's own work does not have: they stand on the checklists until somebody answers.

A child may vanish from the lists, be written in by hand between two months, or wait for a person to compare two
records. None of this accounts for the child. Basis: cases are struck off one by one (动态销号), never by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from kcbx_cli.decide.age import expected_grade
from kcbx_cli.decide.reasons import REASONS
from kcbx_cli.settings import Settings
from kcbx_cli.tables import WORK

UNLISTED, DOUBTFUL = "unlisted", "review"
_REASON = {UNLISTED: "carried_unlisted", DOUBTFUL: "carried_doubtful"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A case's child whom a list has and of whom a person must say whether the registry has it too.

    `child` is its number, `person` a list row of it and `candidate` the registry row to compare, as positions.
    """

    child: int
    person: int
    candidate: int


def carried_over(
    cases: Sequence[str], identity: Mapping[str, int], known: pd.DataFrame, doubts: Mapping[str, Doubt],
    month: tuple[date, Settings],
) -> pd.DataFrame:  # fmt: skip
    """WORK rows of these cases, in their order.

    Args:
        cases: open cases that are not on the month's work, and for whom nothing accounts.
        identity: the number of each case's newest identity; none for one that was purged.
        known: the ledger's PEOPLE; `row` is the identity.
        doubts: those of the cases that a list has.
        month: its date, and the settings.
    """
    at = {int(row): position for position, row in enumerate(known["row"].tolist())}
    rows = []
    for case in cases:
        position = at.get(identity.get(case, 0), -1)
        doubt = doubts.get(case)
        kind = DOUBTFUL if doubt else UNLISTED
        who = known.iloc[position] if position >= 0 else None
        birth = int(who["birth"] or who["id_birth"]) if who is not None else 0
        reason = _REASON[kind]
        rows.append(
            {
                "case_id": case,
                "child": doubt.child if doubt else -1,
                "person": doubt.person if doubt else -1,
                "registry": -1,
                "near": doubt.candidate if doubt else -1,
                "paper": -1,
                "kind": kind,
                "reason": reason,
                "sentence": REASONS[reason] + "。",
                "expected_grade": expected_grade(birth, *month),
                "identity": identity.get(case, 0),
                **{
                    name: who[name] if who is not None else ""
                    for name in ("township_code", "township", "village", "groups")
                },
            }
        )
    return WORK.frame({name: [row.get(name, "") for row in rows] for name in WORK.names})

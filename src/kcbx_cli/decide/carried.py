"""Open cases that the month's own work does not have: they stand on the checklists until somebody answers.

A child may vanish from the lists, be written in by hand between two months, wait for a person to compare two records, or be
in class by the registry alone, which had it there when it was found absent. None of this accounts for the child. Basis: cases are struck off one by one (动态销号), never by themselves.
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


@dataclass(frozen=True, slots=True)
class Unseen:
    """A case's child who was found absent, and whom the registry has in class and no roll call.

    `child` is its number and `person` a list row of it, -1 for none; `registry` the registry row; `kind` is what the case
    goes on as, `reason` what the attendance lists leave to be told.
    """

    child: int
    person: int
    registry: int
    kind: str
    reason: str


def carried_over(
    cases: Sequence[str], identity: Mapping[str, int], known: pd.DataFrame,
    why: tuple[Mapping[str, Doubt], Mapping[str, Unseen]], month: tuple[date, Settings],
) -> pd.DataFrame:  # fmt: skip
    """WORK rows of these cases, in their order.

    Args:
        cases: open cases that are not on the month's work, and for whom nothing accounts.
        identity: the number of each case's newest identity; none for one that was purged.
        known: the ledger's PEOPLE; `row` is the identity.
        why: those of the cases that a list has, and those that only the registry has in class.
        month: its date, and the settings.
    """
    at = {int(row): position for position, row in enumerate(known["row"].tolist())}
    rows = []
    for case in cases:
        position = at.get(identity.get(case, 0), -1)
        doubt, unseen = why[0].get(case), why[1].get(case)
        who = known.iloc[position] if position >= 0 else None
        birth = int(who["birth"] or who["id_birth"]) if who is not None else 0
        on = unseen or doubt
        kind = unseen.kind if unseen else DOUBTFUL if doubt else UNLISTED
        reason = unseen.reason if unseen else _REASON[kind]
        rows.append(
            {
                "case_id": case,
                "child": on.child if on else -1,
                "person": on.person if on else -1,
                "registry": unseen.registry if unseen else -1,
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

"""The ledger's cases by child: which an answer has closed, and what takes that answer back.

An answer says how it stood on the day of the visit. Who attended then and misses school from a later day on is looked for
again (动态销号: struck off on evidence, entered again on evidence).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide import presence
from kcbx_cli.decide.dates import Flags, Ints, days, earliest
from kcbx_cli.decide.fold import Groups, best, flags, take
from kcbx_cli.decide.presence import Presence
from kcbx_cli.settings import Settings

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class CaseFacts:
    """`case_id` of each child, whether a disposition in force closes the case, and whether it says that the child died.

    `again` marks the cases (by row of CASE_STATES) that were closed because the child attends, and whose child has begun to
    miss school since.
    """

    case_id: Texts
    closed: Flags
    dead: Flags
    again: Flags


def attends(settings: Settings) -> list[str]:
    """The dispositions that say that the child attends its school."""
    return [d.label for d in settings.dispositions if d.attends or d.returned]


def case_facts(
    cases: pd.DataFrame, settings: Settings, who: tuple[Groups, Groups, Ints], presences: tuple[Presence, Presence]
) -> CaseFacts:
    """CaseFacts of CASE_STATES.

    Args:
        cases: the ledger's cases.
        settings: the dispositions.
        who: the listed children, the pupils, and the child of each pupil (-1 for none).
        presences: of each pupil, and of each child.
    """
    children, pupils, child_of = who
    person, pupil = cases["person"].to_numpy(), take(pupils.of, cases["registry"].to_numpy(), -1)
    owner = np.where(person >= 0, take(children.of, person, -1), take(child_of, pupil, -1))
    in_force = cases["in_force"].to_numpy()
    in_class, seen = presences
    missed = np.where(owner >= 0, missed_since(cases, seen.taken(owner)), missed_since(cases, in_class.taken(pupil)))
    again = flags(missed & in_force & cases["disposition"].isin(attends(settings)).to_numpy())
    closes, dead = cases["closes"].to_numpy() & in_force & ~again, cases["deceased"].to_numpy() & in_force
    at = best(owner, children.count, ~dead, ~closes)
    return CaseFacts(
        case_id=take(cases["case_id"].to_numpy(), at, ""),
        closed=take(closes, at, False),
        dead=take(dead, at, False),
        again=again,
    )


def missed_since(cases: pd.DataFrame, seen: Presence) -> Flags:
    """Whose absence counts, and began after the day on which the case was answered for; `seen` is of each case's child."""
    said = cases["said_on"].to_numpy()
    day = days(earliest(np.where(said > 0, said, 20000101)))
    return flags(presence.missing(seen.state) & (said > 0) & (seen.begun > day))

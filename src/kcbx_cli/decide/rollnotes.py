"""What schools should put in order by their attendance lists: pupils without an entry, wrong statuses, wrong schools."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kcbx_cli.decide import enrolment, presence
from kcbx_cli.decide.dates import number
from kcbx_cli.decide.disputes import both_sides, report
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.fold import take

#: A first day and a count of days that lie so far apart are not about one absence.
_APART_DAYS = 5


def attendance_notes(f: Facts) -> list[pd.DataFrame]:
    """PROBLEMS of the attendance lists, and of the registry where they contradict it; see `disputes.both_sides`."""
    if not len(f.given.roll.rows):
        return []
    return [*_against_each_other(f), *_against_registry(f), _counted(f)]


def _against_each_other(f: Facts) -> Iterator[pd.DataFrame]:
    """One list has the child in class, the other has it out."""
    rows = f.given.roll.rows
    at = np.concatenate([f.in_class.at, f.seen.at])
    against = np.concatenate([f.in_class.against, f.seen.against])
    pairs = np.unique(np.stack([at, against], axis=1)[(at >= 0) & (against >= 0)], axis=0)
    yield both_sides("K470", "present", rows, pairs[:, 0], rows, pairs[:, 1])


def _against_registry(f: Facts) -> Iterator[pd.DataFrame]:
    """In class without an entry, under a status that says otherwise, or registered at another school."""
    rows, seen = f.given.roll.rows, f.given.roll.seen
    at, person, registry = (seen[n].to_numpy() for n in ("attendance", "person", "registry"))
    child = take(f.children.of, person, -1)
    linked = take(f.link.row, child, -1)
    there = np.where(registry >= 0, take(f.stands, take(f.pupils.of, registry, -1), -1), linked)
    inside = np.isin(rows["says"].to_numpy()[at], presence.INSIDE)
    unknown = inside & (there < 0) & (take(f.link.candidate, child, -1) < 0)
    yield report("K471", rows, at[unknown])
    status = take(f.standing.state, there, enrolment.ATTENDING)
    odd = inside & (status != enrolment.ATTENDING)
    yield both_sides("K472", "status", rows, at[odd], f.given.registry, there[odd])
    elsewhere = inside & (registry < 0) & (linked >= 0) & ~odd
    yield both_sides("K479", "school", rows, at[elsewhere], f.given.registry, linked[elsewhere])


def _counted(f: Facts) -> pd.DataFrame:
    """Rows whose first day of absence and number of days cannot both be right."""
    rows = f.given.roll.rows
    days = rows["days"].to_numpy()
    alone = rows.assign(days=np.full(len(rows), -1, dtype=np.int64))
    counted = presence.missed(alone, number(f.given.as_of), f.given.settings.attendance)
    apart = (days >= 0) & (counted >= 0) & (days > counted + _APART_DAYS)
    return report("K482", rows, np.flatnonzero(apart), "absent_days")

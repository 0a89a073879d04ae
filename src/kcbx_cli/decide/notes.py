"""What the keeper of the special register, or a school, should put in order: papers and suspensions that end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kcbx_cli.decide import enrolment, papers
from kcbx_cli.decide.age import ADULT, ages
from kcbx_cli.decide.dates import Flags, Ints, days, number
from kcbx_cli.decide.disputes import report
from kcbx_cli.decide.facts import Facts, child_of_pupil, sure
from kcbx_cli.decide.findings import of_school_age
from kcbx_cli.decide.fold import best, group, take
from kcbx_cli.tables import PROBLEMS


def notes(f: Facts) -> pd.DataFrame:
    """PROBLEMS of the special register, and of suspensions that are about to end."""
    return PROBLEMS.concat([*_register(f), _ending_suspensions(f)])


def _register(f: Facts) -> Iterator[pd.DataFrame]:
    """Papers nobody can use, papers that end, and papers that the registry contradicts; grown-ups' are let rest."""
    special, states = f.given.special, f.paper_states
    pupil, child = _whose(f)
    row = np.where(child >= 0, take(f.link.row, child, -1), take(f.stands, pupil, -1))
    age = ages(special, f.given.as_of, f.given.settings)["age"].to_numpy()
    oldest = f.given.settings.school_age.oldest
    concerned = (age < ADULT) & (age <= oldest) & ~states.dead
    spent = concerned & ~_replaced(f, pupil, child)
    valid = concerned & (states.state == papers.VALID)
    attending = take(f.standing.state == enrolment.ATTENDING, row, False)
    nobody = concerned & (pupil < 0) & (child < 0)
    for code, field, where in (
        ("K420", "category", ~states.dead & (states.kind == papers.UNKNOWN)),
        ("K421", "", nobody & special["usable"].to_numpy()),
        ("K422", "valid_until", spent & (states.state == papers.EXPIRED)),
        ("K423", "valid_until", spent & (states.state == papers.UNDATED)),
        ("K424", "valid_until", valid & _ends_soon(f, states.last)),
        ("K425", "approved_on", concerned & (states.state == papers.NOT_YET)),
        ("K426", "category", valid & attending & (states.kind == papers.ELSEWHERE)),
        ("K427", "category", valid & attending & (states.kind == papers.SUSPENDED)),
    ):
        yield report(code, special, np.flatnonzero(where), field)


def _ending_suspensions(f: Facts) -> pd.DataFrame:
    """休学 in the registry whose months are nearly over."""
    soon = (f.standing.state == enrolment.SUSPENDED) & _ends_soon(f, f.standing.last) & of_school_age(f)
    return report("K428", f.given.registry, np.flatnonzero(soon), "status_date")


def _ends_soon(f: Facts, last: Ints) -> Flags:
    """Within `papers.alert_days` of the day of the count."""
    today = int(days(np.array([number(f.given.as_of)], dtype=np.int64))[0])
    return days(last) - today <= f.given.settings.papers.alert_days


def _whose(f: Facts) -> tuple[Ints, Ints]:
    """For each row of the special register the pupil and the listed child that it is for, -1 for none."""
    count = len(f.given.special)
    left, right = sure(f.given.special_registry)
    pupil = take(f.pupils.of[right], best(left, count), -1)
    left, right = sure(f.given.special_people)
    child = take(f.children.of[right], best(left, count), -1)
    child = np.where(child >= 0, child, take(child_of_pupil(f.link, f.pupils), pupil, -1))
    return pupil, child


def _replaced(f: Facts, pupil: Ints, child: Ints) -> Flags:
    """Rows whose child has another paper that is valid."""
    count = len(f.given.special)
    alone = f.children.count + f.pupils.count + np.arange(count)
    owner = np.where(child >= 0, child, np.where(pupil >= 0, f.children.count + pupil, alone))
    owners = group(owner)
    return owners.any(f.paper_states.state == papers.VALID)[owners.of]

"""Pupils whom the registry itself raises an alarm about, and who stand on no list."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment, papers, reasons
from kcbx_cli.decide.dates import Flags, Ints
from kcbx_cli.decide.facts import Facts, child_of_pupil, doubles, sure
from kcbx_cli.decide.fold import best, flags, take


def alarm_status(f: Facts) -> Flags:
    """The status is one of `status.alarm`: 流失, 辍学, 停学, 下落不明, 其他."""
    return flags(f.standing.state == enrolment.ALARM)


def left_early(f: Facts) -> Flags:
    """退学 or 开除 within the nine years, which the law does not know (Compulsory Education Law, art. 4, 11 and 27)."""
    return f.standing.gone_early


def overdue_suspension(f: Facts) -> Flags:
    """休学 for as long as it may last, or longer."""
    return flags(f.standing.state == enrolment.OVERDUE)


def undated_suspension(f: Facts) -> Flags:
    """休学 that began nobody knows when."""
    return flags(f.standing.state == enrolment.UNDATED)


def future_suspension(f: Facts) -> Flags:
    """休学 that is said to begin after the day of the count."""
    return flags(f.standing.state == enrolment.FUTURE)


def of_school_age(f: Facts) -> Flags:
    """Registry rows of school age, older ones in a grade of the nine years, and those whose age nobody can tell."""
    window, age = f.registry_ages["window"].to_numpy(), f.registry_ages["age"].to_numpy()
    older = (window == "older") & (age <= f.given.settings.school_age.oldest)
    unknown = (f.registry_ages["stage"] == "unknown").to_numpy()
    return flags(((window == "inside") | older | unknown) & ~f.standing.senior)


#: The rules, the gravest first, each with the finding that it makes and the reason that the sentence gives.
_RULES = (
    (alarm_status, "alarm_status", "status_alarm"),
    (left_early, "alarm_status", "status_left"),
    (overdue_suspension, "overdue_suspension", "suspension_overdue"),
    (undated_suspension, "overdue_suspension", "suspension_undated"),
    (future_suspension, "overdue_suspension", "suspension_future"),
)


def find(f: Facts) -> dict[str, NDArray[Any]]:
    """One line for each pupil with an alarm whom nothing answers for, in the order of the registry.

    Left out are pupils linked to a listed child (they have a verdict), those with another row in class or on a valid
    suspension, with a valid paper, or with a case that a disposition in force has closed or that says they died.
    Columns: those of FINDINGS, and reason (codes joined with ;) and paper (row of the special register, -1 for none).
    """
    kind = np.select([rule(f) for rule, _, _ in _RULES], list(range(len(_RULES))), len(_RULES))
    kind[~of_school_age(f)] = len(_RULES)
    held = f.pupils.any(np.isin(f.standing.state, (enrolment.ATTENDING, enrolment.SUSPENDED)))
    open_pupil = ~held & (child_of_pupil(f.link, f.pupils) < 0) & ~_answered(f)
    alarmed = (kind < len(_RULES)) & open_pupil[f.pupils.of]
    row = np.sort(best(np.where(alarmed, f.pupils.of, -1), f.pupils.count, kind))
    row = row[row >= 0]
    pupil, paper = f.pupils.of[row], _spent_paper(f)[f.pupils.of[row]]
    twice = doubles(f.pupils, f.standing)[pupil]
    codes = [
        ["paper_expired"] * int(p >= 0) + [_RULES[k][2]] + ["double_registration"] * int(t)
        for k, p, t in zip(kind[row], paper, twice, strict=True)
    ]
    status = f.given.registry["status"].to_numpy()[row]
    months = f.given.settings.status.suspension_months
    return {
        "registry": row,
        "finding": np.array([_RULES[k][1] for k in kind[row]], dtype=object),
        "reason": np.array([";".join(c) for c in codes], dtype=object),
        "sentence": np.array(
            [reasons.sentence(c, s, "", months) for c, s in zip(codes, status, strict=True)], dtype=object
        ),
        "paper": paper,
        "case_id": take(_case_ids(f), pupil, ""),
    }


def _spent_paper(f: Facts) -> Ints:
    """For each pupil the row of the special register with a paper that ran out or has no date, or -1."""
    left, right = sure(f.given.special_registry)
    spent = np.isin(f.paper_states.state[left], (papers.EXPIRED, papers.UNDATED))
    at = best(np.where(spent, f.pupils.of[right], -1), f.pupils.count, -f.paper_states.last[left])
    return take(left, at, -1)


def _answered(f: Facts) -> Flags:
    """Pupils for whom a valid paper, a death or a closed case answers."""
    left, right = sure(f.given.special_registry)
    answers = (f.paper_states.state[left] == papers.VALID) | f.paper_states.dead[left]
    cases = f.given.cases
    closed = (cases["in_force"] & (cases["closes"] | cases["deceased"]) & (cases["registry"] >= 0)).to_numpy()
    answered = np.zeros(f.pupils.count, dtype=np.bool_)
    answered[f.pupils.of[right[answers]]] = True
    answered[f.pupils.of[cases["registry"].to_numpy()[closed]]] = True
    return answered


def _case_ids(f: Facts) -> NDArray[np.object_]:
    cases = f.given.cases
    owner = take(f.pupils.of, cases["registry"].to_numpy(), -1)
    return take(cases["case_id"].to_numpy(), best(owner, f.pupils.count), "")

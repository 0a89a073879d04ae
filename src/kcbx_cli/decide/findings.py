"""Pupils whom the registry itself raises an alarm about, and who stand on no list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment, papers, presence, reasons
from kcbx_cli.decide.dates import Flags, Ints
from kcbx_cli.decide.facts import Facts, child_of_pupil, doubles, sure
from kcbx_cli.decide.fold import best, flags, take
from kcbx_cli.decide.reasons import Words


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


def absent_pupil(*states: int, leave: bool = False, told: bool = True) -> Callable[[Facts], Flags]:
    """在读 by the registry and out of class by the attendance lists (名在人不在)."""

    def rule(f: Facts) -> Flags:
        seen = f.in_class
        held = np.isin(seen.state, states) & (seen.leave == leave) & ((seen.days >= 0) == told)
        return flags((f.standing.state == enrolment.ATTENDING) & held[f.pupils.of])

    return rule


#: The rules, the gravest first, each with the finding that it makes and the reason that the sentence gives.
_RULES: tuple[tuple[Callable[[Facts], Flags], str, str], ...] = (
    (absent_pupil(presence.DROPOUT), "dropout", "absent_long"),
    (absent_pupil(presence.ABSENT), "absent", "absent_days"),
    (absent_pupil(presence.ABSENT, told=False), "absent", "absent_untold"),
    (absent_pupil(presence.ABSENT, leave=True), "absent", "leave_long"),
    (absent_pupil(presence.NOT_SEEN, told=False), "absent", "not_on_roll"),
    (alarm_status, "alarm_status", "status_alarm"),
    (left_early, "alarm_status", "status_left"),
    (overdue_suspension, "overdue_suspension", "suspension_overdue"),
    (undated_suspension, "overdue_suspension", "suspension_undated"),
    (future_suspension, "overdue_suspension", "suspension_future"),
)

_ABSENCES = 5


def find(f: Facts) -> dict[str, NDArray[Any]]:
    """One line for each pupil with an alarm whom nothing answers for, in the order of the registry.

    Left out are pupils linked to a listed child (they have a verdict), those with another row in class (unless a roll
    call misses them) or on a valid suspension, with a valid paper, or with a case that a disposition in force has closed or that says they died.
    Columns: those of FINDINGS, reason (codes joined with ;), paper (row of the special register, -1 for none) and
    comparison.
    """
    kind = np.select([rule(f) for rule, _, _ in _RULES], list(range(len(_RULES))), len(_RULES))
    kind[~of_school_age(f)] = len(_RULES)
    held = f.pupils.any(np.isin(f.standing.state, (enrolment.ATTENDING, enrolment.SUSPENDED)))
    held &= ~f.pupils.any(f.standing.state == enrolment.ATTENDING) | ~presence.missing(f.in_class.state)
    open_pupil = ~held & (child_of_pupil(f.link, f.pupils) < 0) & ~answered(f)
    kind[~_missed(kind) & (f.in_class.state == presence.IN_CLASS)[f.pupils.of] & _gone(f)] = len(_RULES)
    alarmed = (kind < len(_RULES)) & open_pupil[f.pupils.of]
    row = np.sort(best(np.where(alarmed, f.pupils.of, -1), f.pupils.count, kind))
    row = row[row >= 0]
    pupil, paper = f.pupils.of[row], _spent_paper(f)[f.pupils.of[row]]
    twice = doubles(f.pupils, f.standing)[pupil]
    codes = [
        ["paper_expired"] * int(p >= 0)
        + ["status_attending"] * int(_missed(k))
        + [_RULES[k][2]]
        + ["double_registration"] * int(t)
        for k, p, t in zip(kind[row], paper, twice, strict=True)
    ]
    status = f.given.registry["status"].to_numpy()[row]
    months, lost = f.given.settings.status.suspension_months, f.in_class.days[pupil]
    told = [Words(str(s), "", int(d), months) for s, d in zip(status, lost, strict=True)]
    return {
        "registry": row,
        "finding": np.array([_RULES[k][1] for k in kind[row]], dtype=object),
        "reason": np.array([";".join(c) for c in codes], dtype=object),
        "sentence": np.array([reasons.sentence(c, words) for c, words in zip(codes, told, strict=True)], dtype=object),
        "comparison": np.where(_missed(kind[row]), "registry_attendance", "registry_status").astype(object),
        "paper": paper,
        "case_id": take(_case_ids(f), pupil, ""),
    }


def _missed(kind: Any) -> Any:
    """Kinds (positions in _RULES) that rest on the attendance lists."""
    return kind < _ABSENCES


def _gone(f: Facts) -> Flags:
    """Registry rows that say left or missing: a roll call that has the pupil in class answers for them."""
    return flags((f.standing.state == enrolment.ALARM) | f.standing.gone_early)


def _spent_paper(f: Facts) -> Ints:
    """For each pupil the row of the special register with a paper that ran out or has no date, or -1."""
    left, right = sure(f.given.special_registry)
    spent = np.isin(f.paper_states.state[left], (papers.EXPIRED, papers.UNDATED))
    at = best(np.where(spent, f.pupils.of[right], -1), f.pupils.count, -f.paper_states.last[left])
    return take(left, at, -1)


def answered(f: Facts) -> Flags:
    """Pupils for whom a valid paper, a death or a closed case answers."""
    left, right = sure(f.given.special_registry)
    answers = (f.paper_states.state[left] == papers.VALID) | f.paper_states.dead[left]
    cases = f.given.cases
    closed = (
        cases["in_force"] & (cases["closes"] | cases["deceased"]) & (cases["registry"] >= 0)
    ).to_numpy() & ~f.case.again
    answered = np.zeros(f.pupils.count, dtype=np.bool_)
    answered[f.pupils.of[right[answers]]] = True
    answered[f.pupils.of[cases["registry"].to_numpy()[closed]]] = True
    return answered


def _case_ids(f: Facts) -> NDArray[np.object_]:
    cases = f.given.cases
    owner = take(f.pupils.of, cases["registry"].to_numpy(), -1)
    return take(cases["case_id"].to_numpy(), best(owner, f.pupils.count), "")

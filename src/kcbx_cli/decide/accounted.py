"""What accounts for a case's child who is not at work; and whom only the registry has in class, which had it there when the
child was found absent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment, papers, presence
from kcbx_cli.decide.cases import AWAY, UNSEEN
from kcbx_cli.decide.dates import Flags, Ints
from kcbx_cli.decide.facts import Facts, child_of_pupil, sure
from kcbx_cli.decide.findings import answered, of_school_age
from kcbx_cli.decide.fold import take
from kcbx_cli.decide.ratios import AT_SCHOOL


def unseen_of(f: Facts, verdict: NDArray[np.object_], where: tuple[Ints, Ints]) -> tuple[Ints, NDArray[np.object_]]:
    """Of children who are not at work: their registry row, and why they cannot be said to be back at school.

    Args:
        f: the facts.
        verdict: that of each list row.
        where: a list row of each child, else -1 and a registry row.

    Returns:
        Registry rows, -1 for none; and reason codes, empty where a roll call of the month has the child in class, or where
        something else accounts for it: papers, age, a move, a death.
    """
    person, registry = where
    child, pupil = take(f.children.of, person, -1), take(f.pupils.of, registry, -1)
    child = np.where(person >= 0, child, take(child_of_pupil(f.link, f.pupils), pupil, -1))
    at_school = np.isin(take(verdict, take(f.children.first, child, -1), "").astype(str), AT_SCHOOL)
    state = np.where(
        child >= 0, take(f.seen.state, child, presence.UNTOLD), take(f.in_class.state, pupil, presence.UNTOLD)
    )
    rests = np.where(child >= 0, at_school, take(_in_class(f), pupil, False))
    reason = np.select([state == presence.UNTOLD, state == presence.SHORT], [UNSEEN, AWAY], "").astype(object)
    row = np.where(child >= 0, take(f.link.row, child, -1), take(f.stands, pupil, -1))
    return row, np.where(rests, reason, "")


def _in_class(f: Facts) -> Flags:
    """Pupils of school age in class by the registry, for whom nothing else answers."""
    return f.pupils.any((f.standing.state == enrolment.ATTENDING) & of_school_age(f)) & ~answered(f)


def pupil_verdicts(f: Facts, verdict: NDArray[np.object_], registry: Ints) -> NDArray[np.object_]:
    """What accounts for the pupils of these registry rows, who are not at work: that of the listed child where there is
    one, else what the papers and the registry say; `left` for who is no longer on the roll.

    Args:
        f: the facts.
        verdict: that of each list row.
        registry: registry rows.
    """
    pupil = f.pupils.of[registry]
    child = take(child_of_pupil(f.link, f.pupils), pupil, -1)
    left, right = sure(f.given.special_registry)
    owner, valid = f.pupils.of[right], f.paper_states.state[left] == papers.VALID

    def held(mask: Flags) -> Flags:
        found = np.zeros(f.pupils.count, dtype=np.bool_)
        found[owner[mask]] = True
        return found

    kind, state = f.paper_states.kind[left], f.standing.state
    said = np.select(
        [
            held(f.paper_states.dead[left]),
            held(valid & (kind == papers.EXCUSED)),
            held(valid & (kind == papers.ELSEWHERE)),
            held(valid & (kind == papers.SUSPENDED)),
            ~f.pupils.any(of_school_age(f)),
            f.pupils.any(state == enrolment.ATTENDING),
            f.in_class.state == presence.IN_CLASS,
            f.pupils.any(state == enrolment.SUSPENDED),
        ],
        ["deceased", "excused", "elsewhere", "suspended", "out_of_age", "enrolled", "attending", "suspended"],
        "left",
    ).astype(object)
    return np.where(child >= 0, take(verdict, take(f.children.first, child, -1), ""), said[pupil]).astype(object)

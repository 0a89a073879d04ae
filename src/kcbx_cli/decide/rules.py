"""The verdicts, one function each: which children it fits. The first rule of PRECEDENCE that fits decides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kcbx_cli.decide import enrolment, presence
from kcbx_cli.decide.dates import Flags
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.fold import flags

Rule = Callable[[Facts], Flags]
_YOUNGER, _OLDER = 1, 3


def deceased(f: Facts) -> Flags:
    """A list, the special register or a disposition in force in the ledger says that the child has died.

    The registry's 死亡 alone does not: a living child may have been struck off, and someone has to look.
    """
    return f.said.dead | f.paper.dead | f.case.dead


def adult(f: Facts) -> Flags:
    """Eighteen or older (Civil Code, art. 17); the head, spouse and their elders without any date."""
    return f.age.adult | f.age.elder


def age_unknown(f: Facts) -> Flags:
    """No date that can be used, or dates that cannot be trusted and disagree about school age."""
    return flags((f.age.where == 0) | f.age.rows_disagree | f.age.lists_disagree)


def cleared_anyway(f: Facts) -> Flags:
    """A link, paper, roll call or closed case that says how the child stands, whatever the age."""
    told = enrolled(f) | dropout(f) | absent(f) | attending(f)
    return told | suspension_in_time(f) | excused(f) | f.paper.elsewhere | f.abroad | suspended(f) | cleared(f)


def unknown_age(f: Facts) -> Flags:
    """The age is unknown and nothing clears the child: someone has to find out.

    So too when an untrustworthy date alone would put a child out of school age whom the linked registry row has in it.
    """
    return (age_unknown(f) | (f.age.registry_disagrees & ~unfinished(f))) & ~cleared_anyway(f)


def unfinished(f: Facts) -> Flags:
    """An older child of whom a list or the registry says that the nine years are not over.

    Compulsory Education Law, art. 2: nine years, not an age; counties look after such a child up to
    `school_age.oldest`. The registry says so by a grade of the nine years with any status but an orderly leave.
    """
    open_ended = (f.link.row >= 0) & (f.link.state != enrolment.LEFT) & ~f.link.senior
    within = f.said.unfinished | open_ended | (f.link.gone_early & ~f.link.senior)
    return flags((f.age.where == _OLDER) & (f.age.age <= f.given.settings.school_age.oldest) & within)


def out_of_age(f: Facts) -> Flags:
    """Outside the nine cohorts of school age, unless older and unfinished. Compulsory Education Law, art. 2 and 11."""
    outside = (f.age.where == _YOUNGER) | (f.age.where == _OLDER)
    return flags(outside & ~unfinished(f) & ~age_unknown(f))


def cleared(f: Facts) -> Flags:
    """A disposition in force in the case ledger closes the case."""
    return f.case.closed


def excused(f: Facts) -> Flags:
    """Valid papers that stand in for going to school, whatever the registry says. Compulsory Education Law, art. 11."""
    return f.paper.excused


def elsewhere(f: Facts) -> Flags:
    """Valid papers for a school outside the county, or another county's registry has the child in class, or the register
    of residents says that the child has moved away; unless the registry here has the child in class and no roll call
    misses it.
    """
    in_class = (f.link.state == enrolment.ATTENDING) & ~presence.missing(f.seen.state)
    return flags(((f.paper.elsewhere | f.abroad) & ~in_class) | moved_away(f))


def moved_away(f: Facts) -> Flags:
    """The register of residents has struck the child off (迁出, 注销; not 失踪 or a second registration), no other list still has it, and the registry
    neither has it in class nor raises an alarm: another county answers for the child.

    Compulsory Education Law, art. 12: a child goes to school where its 户籍 is.
    """
    here = np.isin(f.link.state, (enrolment.ATTENDING, enrolment.ALARM)) | f.link.gone_early
    return flags(f.said.struck_off & ~here & ~presence.missing(f.seen.state) & (f.seen.state != presence.IN_CLASS))


def suspended(f: Facts) -> Flags:
    """Valid papers for a suspension, even when the registry has the child in class."""
    return f.paper.suspended


def paper_ran_out(f: Facts) -> Flags:
    """Papers that ran out or bear no date, and none that is valid; whether linked or not."""
    return (f.paper.expired | f.paper.undated) & ~(f.paper.excused | f.paper.elsewhere | f.paper.suspended)


def review(f: Facts) -> Flags:
    """A doubtful match, for a person to decide."""
    return flags(f.link.candidate >= 0)


def enrolled(f: Facts) -> Flags:
    """Linked to a pupil in class, whom no roll call misses."""
    return flags((f.link.state == enrolment.ATTENDING) & ~presence.missing(f.seen.state))


def _should_attend(f: Facts) -> Flags:
    """The registry has the child in class, or an attendance list alone knows of it."""
    return flags((f.link.state == enrolment.ATTENDING) | (f.link.row < 0))


def dropout(f: Facts) -> Flags:
    """Out of class for `attendance.dropout_days` or longer without leave (辍学)."""
    return flags(_should_attend(f) & (f.seen.state == presence.DROPOUT))


def absent(f: Facts) -> Flags:
    """Registered and not attending (名在人不在): out for `attendance.suspected_days` or longer, or on leave for as long
    as makes a dropout, or missing from a roll call that the class handed in.
    """
    return flags(_should_attend(f) & np.isin(f.seen.state, (presence.ABSENT, presence.NOT_SEEN)))


def dropout_or_absent(f: Facts) -> Flags:
    """Found by what the attendance lists say."""
    return dropout(f) | absent(f)


def attending(f: Facts) -> Flags:
    """No registry entry, or one that says left or missing, but a roll call has the child in class; or out for a few days."""
    return flags((f.link.state != enrolment.ATTENDING) & np.isin(f.seen.state, (presence.IN_CLASS, presence.SHORT)))


def suspension_in_time(f: Facts) -> Flags:
    """Linked to a pupil on 休学 for less than the months that it may last."""
    return flags(f.link.state == enrolment.SUSPENDED)


def suspension_ran_out(f: Facts) -> Flags:
    """Linked to a pupil whose 休学 is over its months, undated, or dated in days to come."""
    return np.isin(f.link.state, (enrolment.OVERDUE, enrolment.UNDATED, enrolment.FUTURE))


def everyone(f: Facts) -> Flags:
    """Whoever is left: linked to a pupil who left or is missing, or not found at all."""
    return np.ones(f.children.count, dtype=np.bool_)


#: Each verdict with its rule, in the order of tables.VERDICT_ORDER; the first that fits decides.
PRECEDENCE: tuple[tuple[str, Rule], ...] = (
    ("deceased", deceased),
    ("adult", adult),
    ("unknown_age", unknown_age),
    ("out_of_age", out_of_age),
    ("cleared", cleared),
    ("excused", excused),
    ("elsewhere", elsewhere),
    ("suspended", suspended),
    ("papers_expired", paper_ran_out),
    ("review", review),
    ("dropout", dropout),
    ("absent", absent),
    ("enrolled", enrolled),
    ("suspended", suspension_in_time),
    ("papers_expired", suspension_ran_out),
    ("attending", attending),
    ("suspected", everyone),
)

"""What happens to a case in a month: one rule, one function.

A case is a child's number for life. It is opened when the child is first on the month's work, carried while the child
stays on it or cannot be found on any list, closed when the month accounts for the child, reopened when the child is
back. Basis: each suspected dropout is entered, followed month by month and struck off one by one (动态销号).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kcbx_cli.tables import ORIGIN, Column, Table

EVENTS = Table(
    "events",
    (
        Column("case_id", "text", "case number"),
        Column(
            "what",
            "text",
            "opened, carried, reopened, closed, answered (a person's finding) or withdrawn (it no longer holds)",
        ),
        Column("as_of", "int", "the month's date, yyyymmdd"),
        Column(
            "kind",
            "text",
            "the verdict or finding that it rests on; unlisted: on no list this month; review: on a list, waiting for a"
            " person to compare; superseded: opened by a run of this month whose lists were corrected; written_in: added"
            " to a sheet by hand; answered: township or school; withdrawn: conflict or corrected",
        ),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("disposition", "text", "answered: one of the configured dispositions"),
        Column("closes", "flag", "answered: the disposition closes the case"),
        Column("deceased", "flag", "answered: the disposition says that the child has died"),
        Column("expires", "int", "answered: the last day on which the disposition holds; 0 for no end"),
        Column("who", "text", "who found it; empty for the program"),
        *ORIGIN,
    ),
)

CASES = Table(
    "cases",
    (
        Column(
            "identity", "int", "number of the newest identity, equal to `row` in the ledger's people; 0 when purged"
        ),
        Column("case_id", "text", "case number"),
        Column("open", "flag", "the case is open"),
        Column("first", "int", "date of the month in which it was opened"),
        Column("month", "int", "date of the newest month that had an event for it"),
        Column("months", "int", "months in which it was open"),
        Column("kind", "text", "the verdict or finding of that newest month"),
        Column("reason", "text", "its ASCII codes"),
        Column("disposition", "text", "what was found, one of the configured dispositions"),
        Column("closes", "flag", "the disposition closes the case"),
        Column("deceased", "flag", "the disposition says that the child has died"),
        Column("expires", "int", "the last day on which the disposition holds; 0 for no end"),
        Column("in_force", "flag", "there is a disposition, not expired, and the case was not reopened since"),
        Column(
            "said_on",
            "int",
            "the day of the visit that found it, else the date of the sheet or of the closing, yyyymmdd",
        ),
        Column(
            "absence",
            "text",
            "kind under which it goes on while no roll call has the child in class; empty: a registry entry closes it",
        ),
    ),
)


#: Kinds that rest on the attendance lists, and all kinds that tell why a case is open.
MISSED = ("dropout", "absent")
EVIDENCE = (*MISSED, "suspected", "papers_expired", "unknown_age", "alarm_status", "overdue_suspension", "written_in")
#: Reasons of a case that goes on though the registry has the child in class: by what the attendance lists say of it.
UNSEEN, AWAY = "carried_unseen", "carried_away"


def awaits_roll_call(kind: str, reason: str, found: bool) -> bool:
    """An open case whose child the registry had in class all along: that it still has it there is no news.

    So where the attendance lists missed the child, and where a person found (`found`) a child out of school whom the
    registry had in class or who was found door to door. `kind` and `reason` are the newest evidence of the case.
    """
    known = kind == "written_in" or not {"status_attending", UNSEEN, AWAY}.isdisjoint(reason.split(";"))
    return kind in MISSED or (found and known)


@dataclass(frozen=True, slots=True)
class CaseMonth:
    """One case in one month. Months are yyyymm.

    `month` is being run and `newest` is the newest that was ever run, `last` the newest that had an event for this
    case; `known` says that there is a case, `open` that it is open now. `at_work`: the child is on this month's work.
    `resolved`: this month accounts for the child (enrolled, excused, cleared ...). `fresh`: the case was opened by an
    earlier run of this very month, and nobody has said anything about it since. `late`: a month before this one was run
    again and opened it, and neither this month nor a later one has told it yet.
    """

    month: int
    newest: int
    last: int
    known: bool
    open: bool
    at_work: bool
    resolved: bool
    fresh: bool = False
    late: bool = False

    @property
    def past(self) -> bool:
        """A month before the newest is being run again: what came after it stands."""
        return self.month < self.newest

    @property
    def stands(self) -> bool:
        """What the ledger has of the case in this month and later stays."""
        return self.past and not self.late


def opened(case: CaseMonth) -> bool:
    """A child without a case is on the month's work; in a past month too, for its number is printed."""
    return case.at_work and not case.known


def reopened(case: CaseMonth) -> bool:
    """A closed case's child is back on the work: papers expired, or left the registry after being enrolled."""
    return case.at_work and case.known and not case.open and not case.past


def carried(case: CaseMonth) -> bool:
    """An open case goes into a new month: on the work again, or on no list at all, for no child drops out of sight."""
    return (
        case.known and case.open and case.last < case.month and not case.stands and (case.at_work or not case.resolved)
    )


def closed(case: CaseMonth) -> bool:
    """An open case's child is accounted for, in a new month or in one that is run again with better lists."""
    return case.known and case.open and case.resolved and not case.at_work and not case.stands


def superseded(case: CaseMonth) -> bool:
    """The month is run again with corrected lists, and no list has the child for whom the first run opened the case.

    A case that somebody has answered for, or that was written in by hand, stays: a person has seen the child.
    """
    return case.known and case.open and case.fresh and not case.at_work and not case.resolved and not case.past


#: The rules by the event that each makes. At most one applies.
RULES: dict[str, Callable[[CaseMonth], bool]] = {
    "opened": opened,
    "reopened": reopened,
    "carried": carried,
    "closed": closed,
    "superseded": superseded,
}


def happens(case: CaseMonth) -> str:
    """The event of the month, or empty when there is none: the month has it already, or is past.

    `superseded` is stored as a closing of that kind.
    """
    return next((what for what, rule in RULES.items() if rule(case)), "")

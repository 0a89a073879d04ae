"""The figures of the monthly report, from its tables of counts: the workbook, the document and the page show the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kcbx_cli.tables import Issued
from kcbx_cli.tables.issued import CASES_BY_SCHOOL, CASES_BY_TOWNSHIP, CHILDREN, FLAWS, SCHOOLS
from kcbx_cli.write.children import records
from kcbx_cli.write.wording import UNKNOWN_TOWNSHIP

STAGES = ("primary", "junior", "")
GROUPS = ("dropout", "suspected")
#: Ways in which a month closes a case, in the order of the columns; `other` is what is not among them.
HOW = ("registry", "finding", "papers", "other")
#: Verdicts of children who are not of school age, or not alive.
BEYOND = ("deceased", "adult", "out_of_age")
#: Verdicts of children whom papers or a finding account for.
ACCOUNTED = ("suspended", "excused", "taught", "elsewhere", "moved_away", "cleared", "verified")


@dataclass(frozen=True)
class Flow:
    """Cases of one place or stage from the former list to this one: before + moved + new + reopened - closed = now.

    `moved` came from elsewhere in the county (or left for there) while the case went on; `by` counts those closed by HOW,
    `groups` those now by stage and group, `returned` those back at school by stage.
    """

    before: int
    moved: int
    new: int
    reopened: int
    by: Counter[str]
    now: int
    groups: Counter[tuple[str, str]]
    returned: Counter[str]

    @property
    def closed(self) -> int:
        """Cases that were closed."""
        return sum(self.by.values())

    def group(self, group: str) -> int:
        """Cases now of this group, of any stage."""
        return sum(n for (_, g), n in self.groups.items() if g == group)


def flow(rows: Iterable[Any], here: Any, at: str, was: str) -> Flow:
    """The flow of the rows of a table of cases (CASES_BY_…) at one value of column `at`; `was` is its former value."""
    before = moved = now = 0
    change: Counter[str] = Counter()
    by: Counter[str] = Counter()
    groups: Counter[tuple[str, str]] = Counter()
    returned: Counter[str] = Counter()
    for row in rows:
        inside, formerly = here in (None, getattr(row, at)), here in (None, getattr(row, was))
        if row.change in ("continuing", "closed") and formerly:
            before += row.n
        if row.change == "continuing":
            moved += row.n * (inside - formerly)
        if not inside:
            continue
        change[row.change] += row.n
        if row.change == "closed":
            by[row.how if row.how in HOW else "other"] += row.n
            returned[row.stage] += row.n * row.returned
        else:
            now += row.n
            groups[row.stage, row.group] += row.n
    return Flow(before, moved, change["new"], change["reopened"], by, now, groups, +returned)


def townships(report: Issued) -> list[str]:
    """Every township in order: those of the county's table by code, then the others by name, 未明乡镇 last."""
    listed = report.table(CHILDREN)
    found = {c.township: (c.code == "", c.code, c.township) for c in records(listed)}
    for row in records(report.table(CASES_BY_TOWNSHIP)):
        found.setdefault(row.township, (True, "", row.township))
        found.setdefault(row.was, (True, "", row.was))
    return sorted(found, key=lambda t: (t == UNKNOWN_TOWNSHIP, *found[t]))


def by_township(report: Issued) -> dict[str, Flow]:
    """The flow of each township in order; 未明乡镇 only where it has, or had, a case."""
    rows = list(records(report.table(CASES_BY_TOWNSHIP)))
    found = {place: flow(rows, place, "township", "was") for place in townships(report)}
    return {
        place: f for place, f in found.items() if place != UNKNOWN_TOWNSHIP or f.before or f.now or f.new or f.moved
    }


def by_school(report: Issued) -> dict[str, Flow]:
    """The flow of each school that has, or had, a case; "" are children whom the registry does not know."""
    rows = list(records(report.table(CASES_BY_SCHOOL)))
    places = sorted({r.school for r in rows} | {r.was for r in rows}, key=lambda s: (s == "", s))
    return {place: flow(rows, place, "school", "was") for place in places}


def by_stage(report: Issued) -> dict[str, Flow]:
    """The flow of 小学, 初中 and cases of an unknown stage."""
    rows = list(records(report.table(CASES_BY_TOWNSHIP)))
    return {stage: flow(rows, stage, "stage", "was_stage") for stage in STAGES}


def whole(report: Issued) -> Flow:
    """The flow of the county."""
    return flow(records(report.table(CASES_BY_TOWNSHIP)), None, "township", "was")


def reasons(report: Issued) -> list[tuple[str, Counter[str]]]:
    """Why cases were closed, the most frequent first, each with its number by stage."""
    found: dict[str, Counter[str]] = {}
    for row in records(report.table(CASES_BY_TOWNSHIP)):
        if row.change == "closed":
            found.setdefault(row.why, Counter())[row.stage] += row.n
    return sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def listed(report: Issued, township: str | None = None) -> Counter[str]:
    """Listed children by verdict, of the county or of one township."""
    count: Counter[str] = Counter()
    for row in records(report.table(CHILDREN)):
        if township in (None, row.township):
            count[row.verdict] += row.n
    return +count


def of_age(count: Counter[str]) -> int:
    """How many of the listed children are, or may be, of school age."""
    return sum(n for verdict, n in count.items() if verdict not in BEYOND)


@dataclass(frozen=True, slots=True)
class SchoolFlaws:
    """A school's registry: its pupils, problems by code, and of them new, left over; mended since the month before."""

    school: str
    code: str
    township: str
    pupils: int
    codes: Counter[str]
    new: int
    remaining: int
    mended: int

    @property
    def flaws(self) -> int:
        """All problems that are there now."""
        return self.new + self.remaining


def school_flaws(report: Issued) -> list[SchoolFlaws]:
    """Every school by township and name, also those without a problem."""
    schools = {s.school: s for s in records(report.table(SCHOOLS))}
    rows: dict[str, list[Any]] = {name: [] for name in schools}
    for row in records(report.table(FLAWS)):
        rows.setdefault(row.school, []).append(row)
    order = {name: n for n, name in enumerate(townships(report))}
    found = [_school(name, schools.get(name), own) for name, own in rows.items()]
    return sorted(found, key=lambda s: (order.get(s.township, len(order)), s.township, s.school))


def _school(name: str, school: Any, rows: Sequence[Any]) -> SchoolFlaws:
    codes: Counter[str] = Counter()
    state: Counter[str] = Counter()
    for row in rows:
        state[row.state] += row.n
        if row.state != "mended":
            codes[row.code] += row.n
    code, township, pupils = (school.code, school.township, school.pupils) if school is not None else ("", "", 0)
    return SchoolFlaws(name, code, township, pupils, codes, state["new"], state["remaining"], state["mended"])


def total(frame: pd.DataFrame, column: str = "n") -> int:
    """The sum of a column."""
    return int(frame[column].sum())

"""The month's cases, counted by township, school, age and months; each set against its place in the former report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide.dates import ages_on, earliest
from kcbx_cli.decide.words import grade_level, stage_of
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Issued, Month, Table
from kcbx_cli.tables.issued import (
    CASES_BY_AGE,
    CASES_BY_MONTHS,
    CASES_BY_SCHOOL,
    CASES_BY_TOWNSHIP,
    DROPPED,
    ISSUED_CASES,
)
from kcbx_cli.write.changes import CaseRow, is_dropout
from kcbx_cli.write.children import Child, people_at, records
from kcbx_cli.write.places import SchoolNamer, township_namer
from kcbx_cli.write.wording import closed_words

#: Why a month closes a case, by the verdict under which its child is accounted for.
_HOW = {
    "enrolled": "registry", "attending": "registry", "suspended": "papers", "excused": "papers", "elsewhere": "papers",
    "left": "papers",    "deceased": "gone", "adult": "gone", "out_of_age": "gone", "duplicate": "merged", "answered": "finding",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the month. The fields that begin with `was` are what the former report said of it."""

    case_id: str
    township: str
    school: str
    stage: str
    grade: int
    age: int
    group: str
    change: str
    how: str
    why: str
    returned: bool
    months: int
    was_township: str
    was_school: str
    was_stage: str
    was_group: str


def cases_of(
    month: Month,
    children: Sequence[Child],
    rows: Sequence[CaseRow],
    settings: Settings,
    former: Issued | None,
    named: SchoolNamer,
) -> list[Case]:
    """The cases of the month, in the order of `rows` (those of 月度变化).

    A case that is closed is counted where the former report had it, so that what a place had at the start, less what it
    lost, is what it has at the end.
    """
    at_work = {child.case_id: child for child in children}
    known = people_at(month.known, month.changes["identity"].to_list())
    who = {c.case_id: known.get(c.identity) for c in records(month.changes)}
    before = {c.case_id: c for c in records(former.table(ISSUED_CASES))} if former else {}
    found = []
    for row in rows:
        case_id = row["case_id"]
        child = at_work.get(case_id)
        said = _Said(child, _school(child, named), who.get(case_id), before.get(case_id))
        found.append(_case(row, said, month.as_of, settings))
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What is known of a case's child: at work, its school, in the ledger, in the former report."""

    child: Child | None
    school: str
    person: Any
    former: Any


def _case(row: CaseRow, said: _Said, as_of: date, settings: Settings) -> Case:
    former, closed = said.former, row["change"] == "closed"
    school, grade = _schooling(said)
    township, stage = _township(row, said, township_namer(settings)), stage_of(grade) or _stage(said)
    group = "dropout" if is_dropout(row, settings) else "suspected"
    if former is not None:
        school, grade, stage = school or former.school, grade or former.grade, stage or former.stage
        if closed:
            township, school, stage, group = former.township, former.school, former.stage, former.group
    was = former if former is not None else _Unknown(township, school, stage, group)
    kind = row["verdict"] if closed else ""
    return Case(
        row["case_id"], township, school, stage, grade, _age(said, as_of), group, row["change"], _HOW.get(kind, "papers") if closed else "",
        closed_words(kind, row["closed_by"]) if closed else "", closed and _returned(row, group, settings), int(row["months"]),
        was.township, was.school, was.stage, was.group,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Unknown:
    """In place of a former report that does not know the case: as it is now."""

    township: str
    school: str
    stage: str
    group: str


def _township(row: CaseRow, said: _Said, named: Callable[[str, str], str]) -> str:
    """Where the family lives, as the county's table calls it."""
    where = said.child if said.child is not None else said.person
    return named(getattr(where, "township_code", ""), getattr(where, "township", "") or row["township"])


def _schooling(said: _Said) -> tuple[str, int]:
    """School and grade: registered, else the grade that the birth date makes one expect."""
    child = said.child
    if child is None:
        return "", 0
    registered = grade_level(child.registered.grade) if child.registered is not None else 0
    return said.school, registered or grade_level(child.expected_grade.split("或")[0])


def _school(child: Child | None, named: SchoolNamer) -> str:
    """What the school is called that the registry names; empty for none."""
    pupil = child.registered if child is not None else None
    return named(pupil.school_code, pupil.school).name if pupil is not None and pupil.school else ""


def _stage(said: _Said) -> str:
    """Past the ninth grade and not finished: 初中."""
    return "junior" if said.child is not None and said.child.expected_grade.startswith("已超") else ""


def _age(said: _Said, as_of: date) -> int:
    who = said.child.person if said.child is not None else said.person
    birth = (who.birth or who.id_birth) if who is not None else 0
    return int(ages_on(earliest(np.array([birth])), as_of)[0]) if birth else -1


def _returned(row: CaseRow, group: str, settings: Settings) -> bool:
    """返校: found to have been brought back; or counted as a dropout before, and in class now."""
    if row["verdict"] == "answered":
        return any(d.returned for d in settings.dispositions if d.label == row["closed_by"])
    return group == "dropout" and _HOW.get(row["verdict"]) == "registry"


def tables(cases: Sequence[Case]) -> dict[str, pd.DataFrame]:
    """The tables of counts and the list of case numbers, by name."""
    now = [c for c in cases if c.change != "closed"]
    return {
        CASES_BY_TOWNSHIP.name: _counted(CASES_BY_TOWNSHIP, cases, {"was": "was_township"}),
        CASES_BY_SCHOOL.name: _counted(CASES_BY_SCHOOL, cases, {"was": "was_school"}),
        CASES_BY_AGE.name: _counted(CASES_BY_AGE, now, {}),
        CASES_BY_MONTHS.name: _counted(CASES_BY_MONTHS, now, {}),
        ISSUED_CASES.name: ISSUED_CASES.frame({n: [getattr(c, n) for c in cases] for n in ISSUED_CASES.names}),
    }


def _counted(table: Table, cases: Iterable[Case], renamed: Mapping[str, str]) -> pd.DataFrame:
    """How many cases agree in all columns of the table, in the order in which they first occur."""
    columns = [n for n in table.names if n != "n"]
    count: dict[tuple[Any, ...], int] = {}
    for case in cases:
        key = tuple(getattr(case, renamed.get(n, n)) for n in columns)
        count[key] = count.get(key, 0) + 1
    data: dict[str, list[Any]] = {n: [key[i] for key in count] for i, n in enumerate(columns)}
    return table.frame(data | {"n": list(count.values())})


def dropped(cases: Sequence[Case], former: Issued | None, same_year: bool) -> pd.DataFrame:
    """DROPPED of this school year: cases that count as dropouts now, and those of the year's earlier months."""
    found = {}
    if former is not None and same_year:
        found = {d.case_id: d.stage for d in records(former.table(DROPPED))}
    found |= {c.case_id: c.stage for c in cases if c.group == "dropout" and c.change != "closed"}
    return DROPPED.frame({"case_id": sorted(found), "stage": [found[case] for case in sorted(found)]})

"""The expected verdict of every list row, worked out from what was made up, never by asking the toolkit itself.

A verdict is what a reconciler that follows design.md section 2 without mistake would give. Where the row's data allows
two answers both stand, joined with |.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.families import CHILD, day_number
from kcbx_cli.sample.listcolumns import ListTruth
from kcbx_cli.sample.listing import Roster
from kcbx_cli.sample.schooling import ATTENDING, MISSING, Roll, Standing, full_years, nominal_grade
from kcbx_cli.sample.spec import Ints, Mask, Text

ADULT = 18
#: Verdict of a child of school age by its state, when its rows are good enough to be told.
VERDICT = {
    "attending": "enrolled", "inclusive": "enrolled", "outside_but_registered": "enrolled",
    "home_teaching": "excused", "exempt": "excused", "deferred": "excused",
    "home_teaching_expired": "papers_expired", "exempt_expired": "papers_expired", "deferred_expired": "papers_expired",
    "deferred_undated": "papers_expired", "outside_papers": "elsewhere", "outside_papers_expired": "papers_expired",
    "suspension_papers": "suspended", "suspension_papers_expired": "papers_expired",
    "suspended": "suspended", "suspended_overdue": "papers_expired", "suspended_undated": "papers_expired",
    "dropped_out": "suspected", "never_registered": "suspected", "graduated_only": "suspected",
    "transferred_away": "suspected", "outside_unknown": "suspected", "moved": "suspected", "older_dropout": "suspected",
    "dead": "deceased",
}  # fmt: skip


@dataclass
class Expected:
    """One entry of each array a list row."""

    verdict: Text
    missing: Mask
    school_age: Mask


@dataclass
class _Seen:
    """What the rows show of each row's person: nominal grades and ages by the dates that may be believed."""

    trusted: Mask
    dateless: Mask
    windows: list[tuple[Ints, Ints]]  # nominal grade, age: by the truth, by the column, by a damaged number


def expected(world: World, now: Standing, cells: Cells, says: ListTruth, links: Links) -> Expected:
    """The verdicts of all list rows."""
    person = cells.person
    state = now.state[person]
    child = world.people.part[person] == CHILD
    in_years = child & (now.nominal[person] >= 1) & (now.nominal[person] <= 9)
    missing = np.isin(state, MISSING)
    seen = _seen(world, cells)
    verdict = np.full(len(cells), "", dtype=object)
    todo = ~seen.trusted | child
    verdict[~todo] = "adult"
    for row in np.flatnonzero(todo).tolist():
        verdict[row] = _one(row, now, cells, seen, says, links)
    return Expected(verdict, missing, in_years)


@dataclass
class Links:
    """By person: whether a registry row is the child's, and the evidence that joins it to its best list row."""

    linked: Mask
    evidence: Ints
    decoy: Mask  # a twin, brother, sister or namesake in the registry could be taken for the child


def links(world: World, now: Standing, roster: Roster, cells: Cells, roll: Roll, registered: Cells) -> Links:
    """How well each listed child can be told, from both sides' best rows."""
    people = world.people
    n = len(people)
    linked = np.zeros(n, dtype=bool)
    linked[roll.person] = True
    best = np.zeros(n, dtype=np.int64)
    left = _evidence(cells)
    right = [np.zeros(n, dtype=np.int64) for _ in range(3)]
    for part, value in zip(right, _evidence(registered), strict=True):
        np.maximum.at(part, registered.person, value)
    total = sum(np.minimum(a, b[cells.person]) for a, b in zip(left, right, strict=True))
    np.maximum.at(best, cells.person, total)
    near = np.zeros(len(world.families), dtype=bool)
    near[people.family[roll.person]] = True
    return Links(linked, best, near[people.family])


def _evidence(cells: Cells) -> tuple[Ints, Ints, Ints]:
    """What is left of number (0-3), name (0-2) and birth date (0-2)."""
    number = np.where(cells.number == "", 0, 3 - cells.harm("id"))
    name = 2 - np.minimum(cells.harm("name"), 2)
    birth = np.where(cells.birth == 0, 0, 2 - np.minimum(cells.harm("birth"), 2))
    return number, name, birth


def _seen(world: World, cells: Cells) -> _Seen:
    """Which dates each row shows. A whole own number within two years of the column is believed (design.md)."""
    people, person = world.people, cells.person
    spec = world.dice.spec
    today = int(spec.as_of.strftime("%Y%m%d"))
    true = people.birth[person]
    whole = (cells.number != "") & (cells.harm("id") == 0)
    trusted_person = np.zeros(len(people), dtype=bool)
    far = (cells.birth > 0) & (np.abs(_day(cells.birth) - day_number(true)) > 730)
    trusted_person[person[whole & ~far]] = True
    partly = (cells.number != "") & (cells.harm("id") == 1)
    inside = np.where(partly, _inside(cells), 0)
    views = [true, np.where(cells.birth > 0, cells.birth, true), np.where(inside > 0, inside, true)]
    graded = [(nominal_grade(v, spec.autumn), full_years(v, today)) for v in views]
    dateless = (cells.birth == 0) & ~whole & ~partly
    return _Seen(trusted_person[person], dateless, graded)


def _day(date: Ints) -> Ints:
    month = np.clip(date // 100 % 100, 1, 12)
    return day_number(np.where(date > 0, date // 10000 * 10000 + month * 100 + np.maximum(date % 100, 1), 19700101))


def _inside(cells: Cells) -> Ints:
    """The birth date inside a slightly damaged number, 0 where its digits are no date."""
    out = np.zeros(len(cells), dtype=np.int64)
    for row in np.flatnonzero((cells.number != "") & (cells.harm("id") == 1)).tolist():
        digits = "".join(c for c in cells.number[row] if c.isalnum())
        text = "19" + digits[6:12] if len(digits) == 15 else digits[6:14]
        if text.isdecimal() and "01" <= text[4:6] <= "12" and "01" <= text[6:] <= "31":
            out[row] = int(text)
    return out


def _one(row: int, now: Standing, cells: Cells, seen: _Seen, says: ListTruth, links: Links) -> str:
    """The accepted verdicts of one row: for each date that may be believed, the first rule that applies."""
    person = int(cells.person[row])
    state, linked, evidence = str(now.state[person]), bool(links.linked[person]), int(links.evidence[person])
    if says.says_dead[row] or state == "dead":
        return "deceased"
    views = seen.windows[:1] if seen.trusted[row] else seen.windows
    answers: list[str] = []
    for grades, ages in views:
        answers += _under(int(grades[row]), int(ages[row]), state, bool(says.says_unfinished[row]), evidence, linked)
    disagree = len({1 <= int(g[row]) <= 9 for g, _ in views}) > 1
    if state and (disagree or seen.dateless[row]) and not (linked and evidence >= 4):
        answers.append("unknown_age")
    if not state and seen.dateless[row]:
        answers.append("unknown_age")
    return "|".join(dict.fromkeys(answers))


def _under(grade: int, age: int, state: str, unfinished: bool, evidence: int, linked: bool) -> list[str]:
    if age >= ADULT:
        return ["adult"]
    if not 1 <= grade <= 9:
        if grade <= 0 or age > 16:
            return ["out_of_age"]
        if state == "older_dropout":
            return ["suspected", "out_of_age"]
        if not (unfinished or (linked and state in ATTENDING)):
            return ["out_of_age"]
    verdict = VERDICT.get(state, "suspected" if not linked else "enrolled")
    if not linked:
        return [verdict]
    if evidence >= 4:
        return [verdict]
    return [verdict, "review"] + (["suspected", "unknown_age"] if evidence <= 2 else [])

"""The expected verdict of every list row, worked out from what was made up, never by asking the toolkit itself.

A verdict is what a reconciler that follows design.md section 2 without mistake would give. Where the row's data allows
two answers both stand, joined with |.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kcbx_cli.sample import dates
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.families import CHILD, day_number
from kcbx_cli.sample.listcolumns import ListTruth
from kcbx_cli.sample.planted import OUTSIDERS
from kcbx_cli.sample.schooling import ATTENDING, MISSING, Roll, Standing, full_years, nominal_grade
from kcbx_cli.sample.spec import Ints, Mask, Text

ADULT, OLDEST = 18, 16
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
    "dead": "deceased", "unlisted_alarm": "suspected", "unlisted_overdue": "papers_expired",
    "unlisted_suspended": "suspended", **{state: verdict for state, (_, verdict) in OUTSIDERS.items()},
}  # fmt: skip


@dataclass
class Expected:
    """One entry of each array a list row."""

    verdict: Text
    missing: Mask
    school_age: Mask


@dataclass
class Doubts:
    """How well the child can be told in the registry and in the special register.

    By list row: `own`, the evidence of the row itself (0 to 7); `weak`, whether what joins it to the child's registry rows
    leaves room for doubt; `torn`, whether the same number stands beside another name or date, so that it may be
    anybody's; `paper`, the same as weak for its row of the special register. By person: `linked`, whether a registry
    row is the child's; `decoy`, whether another pupil could be taken for the child: its twin, a namesake, or a brother
    or sister when the list row is damaged.
    """

    own: Ints
    weak: Mask
    torn: Mask
    paper: Mask
    linked: Mask
    decoy: Mask


@dataclass
class _Seen:
    """What each row shows of the birth date: nominal grade and age by the truth, and by what a reader would go by."""

    trusted: Mask
    dateless: Mask
    disagree: Mask  # the dates in the row disagree about school age
    windows: tuple[tuple[Ints, Ints], tuple[Ints, Ints]]


def expected(world: World, now: Standing, cells: Cells, says: ListTruth, doubts: Doubts) -> Expected:
    """The verdicts of all list rows."""
    person = cells.person
    child = world.people.part[person] == CHILD
    in_years = child & (now.nominal[person] >= 1) & (now.nominal[person] <= 9)
    seen = _seen(world, cells, doubts)
    verdict = np.full(len(cells), "", dtype=object)
    todo = ~seen.trusted | child
    verdict[~todo] = "adult"
    for row in np.flatnonzero(todo).tolist():
        verdict[row] = _one(row, now, cells, seen, says, doubts)
    out = [s for s, (_, verdict) in OUTSIDERS.items() if verdict == "suspected"]
    return Expected(verdict, np.isin(now.state[person], [*MISSING, *out]), in_years)


def doubts(world: World, roll: Roll, cells: Cells, registered: Cells, papers: Cells) -> Doubts:
    """How well each listed child can be told."""
    people = world.people
    linked, holds = np.zeros(len(people), dtype=bool), np.zeros(len(people), dtype=bool)
    linked[roll.person], holds[papers.person] = True, True
    joint, on_paper = _joint(cells, registered, len(people)), _joint(cells, papers, len(people))
    own = _total(_evidence(cells))
    weak = (_total(joint) < _LOST) | ((joint[1] == 0) & (joint[0] < 3))
    paper = holds[cells.person] & (on_paper[0] + on_paper[1] <= 3)
    torn = (joint[0] == 3) & (joint[1] == 0) & (joint[2] < 2) | _renamed(cells) | cells.struck["id_twins_swapped"]
    decoy = _decoys(world, linked, cells, own)
    return Doubts(own, weak, torn, paper, linked, decoy)


def _joint(cells: Cells, others: Cells, people: int) -> list[Ints]:
    """Evidence that a list row shares with the best of the person's rows on the other side."""
    best = [np.zeros(people, dtype=np.int64) for _ in range(3)]
    for part, value in zip(best, _evidence(others), strict=True):
        np.maximum.at(part, others.person, value)
    return [np.minimum(a, b[cells.person]) for a, b in zip(_evidence(cells), best, strict=True)]


def _renamed(cells: Cells) -> Mask:
    """Rows of persons who stand on the lists under more than one name."""
    other = cells.harm("name") >= 2
    some, all_ = np.zeros(cells.person.max() + 1, dtype=bool), np.ones(cells.person.max() + 1, dtype=bool)
    np.logical_or.at(some, cells.person, other)
    np.logical_and.at(all_, cells.person, other)
    return np.asarray((some & ~all_)[cells.person])


def _decoys(world: World, linked: Mask, cells: Cells, evidence: Ints) -> Mask:
    people = world.people
    twin = (people.twin >= 0) & linked[people.twin]
    family = np.zeros(len(world.families), dtype=bool)
    family[people.family[linked]] = True
    damaged = np.zeros(len(people), dtype=bool)
    damaged[cells.person[evidence < _WHOLE]] = True
    year = (people.birth // 10000).astype("U4").astype(object)
    key = people.name + year
    searched = np.flatnonzero(~linked & (people.part == CHILD))
    registered = set(key[linked].tolist())
    namesake = np.zeros(len(people), dtype=bool)
    namesake[searched] = [k in registered for k in key[searched]]
    lost = np.zeros(len(people), dtype=bool)
    lost[cells.person[evidence <= _LOST]] = True
    decoys: Mask = twin | namesake | (family[people.family] & damaged) | lost
    return decoys


#: Evidence of a row without harm, and of one that many could be taken for.
_WHOLE, _LOST = 7, 4


def _total(parts: Sequence[Ints]) -> Ints:
    return np.asarray(np.sum(np.stack(parts), axis=0), dtype=np.int64)


def _evidence(cells: Cells) -> tuple[Ints, Ints, Ints]:
    """What is left of number (0-3), name (0-2) and birth date (0-2)."""
    number = np.where(cells.number == "", 0, 3 - cells.harm("id"))
    name = 2 - np.minimum(cells.harm("name"), 2)
    birth = np.where(cells.birth == 0, 0, 2 - np.minimum(cells.harm("birth"), 2))
    return number, name, birth


def _seen(world: World, cells: Cells, doubts: Doubts) -> _Seen:
    """Which dates each row shows. A whole own number within two years of the column is believed (design.md, section 2)."""
    people, person = world.people, cells.person
    today = int(world.dice.spec.as_of.strftime("%Y%m%d"))
    true = people.birth[person]
    whole = (cells.number != "") & (cells.harm("id") == 0)
    trusted = np.zeros(len(people), dtype=bool)
    far = (cells.birth > 0) & (np.abs(_day(cells.birth) - day_number(true)) > 730)
    trusted[person[whole & ~far]] = True
    trusted_row = trusted[person] & (whole | (doubts.own >= _LOST))
    inside = _inside(cells, today)
    gone_by = np.where(cells.birth > 0, cells.birth, np.where(inside > 0, inside, true))
    late = np.where(gone_by % 100 == 0, gone_by + 28, gone_by)
    views = [(nominal_grade(v, world.dice.spec.autumn), full_years(v, today)) for v in (true, gone_by, inside, late)]
    within = [np.where(age >= ADULT, 3, (grade >= 1) * 1 + (grade > 9)) for grade, age in views]
    disagree = (within[0] != within[1]) | (within[3] != within[1]) | ((inside > 0) & (within[2] != within[1]))
    return _Seen(trusted_row, (cells.birth == 0) & ~whole & (inside == 0), disagree, (views[0], views[1]))


def _day(date: Ints) -> Ints:
    month = np.clip(date // 100 % 100, 1, 12)
    return day_number(np.where(date > 0, date // 10000 * 10000 + month * 100 + np.maximum(date % 100, 1), 19700101))


def _inside(cells: Cells, today: int) -> Ints:
    """The birth date inside a slightly damaged number, 0 where its digits are no date."""
    out = np.zeros(len(cells), dtype=np.int64)
    for row in np.flatnonzero((cells.number != "") & (cells.harm("id") == 1)).tolist():
        digits = "".join(c for c in cells.number[row] if c.isalnum())
        text = "19" + digits[6:12] if len(digits) == 15 else digits[6:14]
        if text.isdecimal() and dates.is_date(np.array([int(text)]))[0] and 19000101 <= int(text) <= today:
            out[row] = int(text)
    return out


def _one(row: int, now: Standing, cells: Cells, seen: _Seen, says: ListTruth, doubts: Doubts) -> str:
    """The accepted verdicts of one row: for each date that may be believed, the first rule that applies."""
    person = int(cells.person[row])
    state = str(now.state[person])
    if says.says_dead[row]:
        return "deceased"
    answers: list[str] = []
    for grades, ages in seen.windows[:1] if seen.trusted[row] else seen.windows:
        answers += _at_age((int(grades[row]), int(ages[row])), row, person, now, doubts)
    untold = not doubts.linked[person] or doubts.weak[row]
    if not seen.trusted[row] and untold and (seen.dateless[row] or (state and seen.disagree[row])):
        answers.append("unknown_age")
    return "|".join(dict.fromkeys(answers))


def _at_age(at: tuple[int, int], row: int, person: int, now: Standing, doubts: Doubts) -> list[str]:
    """Verdicts at a nominal grade and an age."""
    grade, age = at
    state, linked = str(now.state[person]), bool(doubts.linked[person])
    if age >= ADULT:
        return ["adult"]
    if grade <= 0 or age > OLDEST:
        return ["out_of_age"]
    if grade > 9 and state not in ATTENDING:  # 文化程度 小学 may or may not be read as unfinished
        return ["suspected", "out_of_age"] if state == "older_dropout" else ["out_of_age"]
    answers = [VERDICT.get(state, "enrolled" if linked else "suspected")]
    if doubts.paper[row]:
        answers += ["review", "enrolled" if linked else "suspected"]
    if linked and (doubts.weak[row] or doubts.torn[row]):
        answers += ["review", "suspected"] + (["out_of_age"] if grade > 9 else [])
    if not linked and doubts.decoy[person] and "suspected" in answers:
        answers.append("review")
    return answers

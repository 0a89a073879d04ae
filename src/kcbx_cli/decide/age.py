"""How old each person is, by the date that counts, and who is of school age."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from kcbx_cli.decide.dates import Flags, Ints, ages_on, days, earliest, latest, number
from kcbx_cli.decide.fold import flags, group
from kcbx_cli.decide.words import by_value, is_elder
from kcbx_cli.settings import SchoolAge, Settings
from kcbx_cli.tables import AGES

#: Civil Code, art. 17: from eighteen on one is an adult.
ADULT = 18
#: Nobody on a list is older; such a date is a slip of the pen.
_OLDEST = 120
#: An ID number overrules a birth-date column within two years of it (lunar dates, a year miscounted); not beyond.
_NEAR_DAYS = 731
#: An ID number so much older than the birth-date column is the guardian's, put in for want of the child's own.
_GENERATION_DAYS = 14 * 365
_BASES = np.array(["", "id_alone", "column", "id"], dtype=object)
_WINDOWS = np.array(["", "younger", "inside", "older"], dtype=object)
_STAGES = np.array(["unknown", "minor", "adult"], dtype=object)


def school_year(as_of: date) -> int:
    """The year in which the school year of this day began: on 1 September, so July belongs to the year before."""
    return as_of.year if as_of.month >= 9 else as_of.year - 1


def window(as_of: date, rule: SchoolAge) -> tuple[date, date]:
    """First and last birth date of school age.

    Compulsory Education Law, art. 2 and 11: six years old enter in autumn, for nine years. Of school age are the
    cohorts whose first autumn is Y-8 … Y for the school year Y; a cohort is born up to the cut-off of its year.
    """
    year = school_year(as_of)
    first = _cutoff(year - rule.first_age - rule.years, rule) + timedelta(days=1)
    return first, _cutoff(year - rule.first_age, rule)


def expected_grade(birth: int, as_of: date, settings: Settings) -> str:
    """The grade in which a child born on this day (yyyymmdd, 00 for unknown parts) would nominally be.

    小学一年级 … 初中三年级(九年级); two grades joined by 或 when an unknown day or month allows both; 已超九年级 past
    them; empty for a child who is too young or has no date.
    """
    if not birth:
        return ""
    ends = np.array([birth], dtype=np.int64)
    rule = settings.school_age
    grades = [_grade(int(end[0]), as_of, rule) for end in (latest(ends), earliest(ends))]
    return "或".join(dict.fromkeys(g for g in grades if g))


def _grade(birth: int, as_of: date, rule: SchoolAge) -> str:
    grade = int(nominal_grades(np.array([birth], dtype=np.int64), as_of, rule)[0])
    if grade < 1:
        return ""
    if grade > rule.years:
        return "已超" + "〇一二三四五六七八九十"[min(rule.years, 10)] + "年级"
    digits = "一二三四五六七八九"
    if grade <= 6:
        return f"小学{digits[grade - 1]}年级"
    return f"初中{digits[grade - 7]}年级({digits[grade - 1]}年级)" if grade <= 9 else ""


def nominal_grades(births: Ints, as_of: date, rule: SchoolAge) -> Ints:
    """The grade, counted from 1, in which a child born on each of these complete dates would nominally be; may be below 1."""
    month, day = (int(part) for part in rule.cutoff.split("-"))
    entry = births // 10000 + rule.first_age + (births % 10000 > month * 100 + day)
    return np.asarray(school_year(as_of) - entry + 1, dtype=np.int64)


def _cutoff(year: int, rule: SchoolAge) -> date:
    """The cut-off in that year; 02-29 and other days that the month lacks mean its last."""
    month, day = (int(part) for part in rule.cutoff.split("-"))
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))


def windows(births: Ints, as_of: date, rule: SchoolAge) -> Ints:
    """Where each birth date stands: 0 no date, 1 younger, 2 inside, 3 older than school age.

    A date with unknown parts is inside as soon as it may be.
    """
    first, last = (number(day) for day in window(as_of, rule))
    where = np.where(earliest(births) > last, 1, np.where(latest(births) < first, 3, 2))
    return np.where(births == 0, 0, where).astype(np.int64)


def ages(people: pd.DataFrame, as_of: date, settings: Settings, child: Ints | None = None) -> pd.DataFrame:
    """The age of each row of a PEOPLE frame, as an AGES frame in the same order.

    The date that counts: a valid ID number that nobody else bears and that is within two years of the birth-date
    column decides, else the column, else the ID's date.

    Args:
        people: PEOPLE rows of any role.
        as_of: the day of the count.
        settings: the school-age rule.
        child: number of the child of each row, where it is known; rows of one child are one bearer of a number.
    """
    rule = settings.school_age
    column = _usable(people["birth"].to_numpy(), as_of)
    inside_id = _usable(people["id_birth"].to_numpy(), as_of)
    elder = by_value(people["relation"], is_elder, np.bool_)
    shared, with_elder = _shared(people, elder, child)
    inside_id = np.where(~elder & _borrowed(column, inside_id, shared & with_elder), 0, inside_id)

    valid = (people["id_state"].to_numpy() == "valid") & ~shared & (inside_id > 0)
    both = (column > 0) & (inside_id > 0)
    decisive = valid & (~both | (_apart(column, inside_id) <= _NEAR_DAYS))
    basis = np.where(decisive, 3, np.where(column > 0, 2, np.where(inside_id > 0, 1, 0)))
    birth = np.where(basis == 2, column, inside_id)

    where = windows(birth, as_of, rule)
    age = np.where(birth > 0, ages_on(latest(birth), as_of), -1)
    age = np.where((birth > 0) & (age < 0), 0, age)
    foreign = shared | _dragged(people)
    contradicted = both & ~decisive & ~foreign & (where != windows(inside_id, as_of, rule))
    grown = (age >= ADULT) & (~contradicted | elder)
    stage = np.where(grown | ((birth == 0) & elder), 2, np.where((birth == 0) | contradicted, 0, 1))
    return AGES.frame(
        {
            "birth": birth,
            "basis": _BASES[basis],
            "age": age,
            "stage": _STAGES[stage],
            "window": _WINDOWS[where],
            "doubtful": contradicted & ~grown,
            "shared": shared,
        }
    )


def _usable(births: Ints, as_of: date) -> Ints:
    """The dates that a living person can have; others become 0."""
    first = earliest(births)
    return np.where((first <= number(as_of)) & (ages_on(first, as_of) <= _OLDEST), births, 0)


def _borrowed(column: Ints, inside_id: Ints, with_elder: Flags) -> Flags:
    """Rows whose ID number is a guardian's: a generation older than the column, or borne by an elder on the list."""
    older = (column > 0) & (inside_id > 0) & (days(earliest(column)) - days(latest(inside_id)) >= _GENERATION_DAYS)
    return flags(older | ((column == 0) & with_elder))


def _apart(column: Ints, inside_id: Ints) -> Ints:
    """Days between the two dates, at the least; 0 where the unknown parts of the column leave room."""
    there = days(inside_id)
    gap = np.maximum(days(earliest(column)) - there, there - days(latest(column)))
    return np.asarray(np.maximum(gap, 0), dtype=np.int64)


def _dragged(people: pd.DataFrame) -> Flags:
    """Rows whose number fails its check digit and begins like that of the row above or below.

    A cell dragged downwards repeats the number of the person above and counts on: its date is that person's.
    """
    dragged = np.zeros(len(people), dtype=np.bool_)
    numbers = people["id_pattern"].to_numpy()
    bad = np.flatnonzero((people["id_state"] == "bad_check").to_numpy())
    for beside in (np.maximum(bad - 1, 0), np.minimum(bad + 1, len(people) - 1)):
        alike = [numbers[i][:14] == numbers[j][:14] for i, j in zip(bad, beside, strict=True)]
        dragged[bad] |= np.array(alike, dtype=np.bool_) & (beside != bad)
    return dragged


def _shared(people: pd.DataFrame, elder: Flags, child: Ints | None) -> tuple[Flags, Flags]:
    """Which rows bear a valid ID number that another person bears too, and which of these share it with an elder.

    Another person: another name and another child; before children are known, another name and no common birth date.
    """
    shared = np.zeros(len(people), dtype=np.bool_)
    with_elder = shared.copy()
    rows = np.flatnonzero((people["id_state"] == "valid").to_numpy() & (people["name"] != "").to_numpy())
    numbers, _ = pd.factorize(people["id_pattern"].to_numpy()[rows])
    groups = group(numbers)
    names, births = people["name"].to_numpy()[rows], people["birth"].to_numpy()[rows]
    first = groups.first[groups.of]
    differs = names != names[first]
    if child is None:
        differs &= (births != births[first]) | (births == 0)
    else:
        differs &= child[rows] != child[rows][first]
    shared[rows] = groups.any(differs)[groups.of]
    with_elder[rows] = groups.any(elder[rows])[groups.of]
    return shared, with_elder

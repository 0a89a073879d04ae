"""Ages, the window of school age and the grade expected, against the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_county import AS_OF, people
from made_up_county import settings as configured

from kcbx_cli.decide import ages, expected_grade, school_year, window
from kcbx_cli.decide.dates import ages_on, days, earliest, later, latest, number
from kcbx_cli.settings import SchoolAge, Settings
from kcbx_cli.tables import AGES

DAYS = st.dates(date(1930, 1, 1), date(2035, 12, 31))


def array(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize(
    ("birth", "grade"),
    [
        (20150831, "小学一年级"),
        (20140901, "小学一年级"),
        (20140831, "小学二年级"),
        (20090901, "小学六年级"),
        (20090831, "初中一年级(七年级)"),
        (20060901, "初中三年级(九年级)"),
        (20060831, "已超九年级"),
        (20150901, ""),
        (0, ""),
        (20120300, "小学四年级"),
        (20120000, "小学三年级或小学四年级"),
        (20150000, "小学一年级"),
        (20060000, "初中三年级(九年级)或已超九年级"),
    ],
)
def test_grade_expected_in_the_school_year_2021(birth: int, grade: str) -> None:
    assert expected_grade(birth, AS_OF, Settings()) == grade


def test_grade_expected_in_july_is_that_of_the_school_year_which_ends() -> None:
    assert expected_grade(20140831, date(2021, 7, 31), Settings()) == "小学一年级"


def test_grade_expected_where_school_is_longer_than_nine_years() -> None:
    longer = configured({"school_age.years": 12})
    assert expected_grade(20060831, AS_OF, longer) == ""
    assert expected_grade(20030831, AS_OF, longer) == "已超十年级"


@pytest.mark.parametrize(
    ("cutoff", "first", "last"),
    [
        ("08-31", date(2006, 9, 1), date(2015, 8, 31)),
        ("12-31", date(2007, 1, 1), date(2015, 12, 31)),
        ("02-29", date(2006, 3, 1), date(2015, 2, 28)),
        ("06-31", date(2006, 7, 1), date(2015, 6, 30)),
    ],
)
def test_window(cutoff: str, first: date, last: date) -> None:
    assert window(AS_OF, SchoolAge(cutoff=cutoff)) == (first, last)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_the_window_and_the_grades_agree(as_of: date) -> None:
    first, last = window(as_of, SchoolAge())
    assert expected_grade(number(first), as_of, Settings()) == "初中三年级(九年级)"
    assert expected_grade(number(last), as_of, Settings()) == "小学一年级"
    assert expected_grade(number(first - timedelta(days=1)), as_of, Settings()) == "已超九年级"
    assert expected_grade(number(last + timedelta(days=1)), as_of, Settings()) == ""
    assert last.year == school_year(as_of) - 6
    assert date(school_year(as_of), 9, 1) <= as_of < date(school_year(as_of) + 1, 9, 1)


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS)
def test_whole_years_turn_at_the_birthday(born: date, as_of: date) -> None:
    years = int(ages_on(array(number(born)), as_of)[0])
    assert (born.year + years, born.month, born.day) <= (as_of.year, as_of.month, as_of.day)
    assert (as_of.year, as_of.month, as_of.day) < (born.year + years + 1, born.month, born.day)


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(0, 40))
def test_days_and_months_count_as_the_calendar_does(day: date, months: int) -> None:
    assert days(array(number(day)))[0] == (day - date(1970, 1, 1)).days
    then = int(later(array(number(day)), months)[0])
    after = date(then // 10000, then // 100 % 100, then % 100)
    assert (after.year - day.year) * 12 + after.month - day.month == months
    assert after.day == day.day or (after + timedelta(days=1)).day == 1 and after.day < day.day


def test_what_a_date_with_unknown_parts_may_mean() -> None:
    partial = array(20120305, 20120300, 20120000)
    assert earliest(partial).tolist() == [20120305, 20120301, 20120101]
    assert latest(partial).tolist() == [20120305, 20120331, 20121231]


def test_ages_of_a_list_before_children_are_known() -> None:
    rows = [
        {"name": "甲", "birth": 20120305, "id": 20120305},
        {"name": "乙", "birth": 20140305, "id": 20120305, "relation": "之子"},
        {"name": "丙", "birth": 20120305, "id": 20120306},
        {"name": "丁", "birth": 20120305, "id": 20120306},
        {"name": "", "birth": 20170305, "id": 20120307},
        {"name": "戊", "relation": "户主"},
        {"name": "己", "birth": 20031100},
    ]
    made = ages(people(rows, "households"), AS_OF, Settings())
    assert list(made.columns) == AGES.names
    assert made["shared"].tolist() == [True, True, False, False, False, False, False]
    assert made["birth"].tolist() == [20120305, 20140305, 20120306, 20120306, 20170305, 0, 20031100]
    assert made["basis"].tolist() == ["column", "column", "id", "id", "column", "", "column"]
    assert made["stage"].tolist() == ["minor", "minor", "minor", "minor", "unknown", "adult", "minor"]
    assert made["doubtful"].tolist() == [False, False, False, False, True, False, False]
    assert made["window"].tolist() == ["inside", "inside", "inside", "inside", "younger", "", "older"]
    assert made["age"].tolist() == [9, 7, 9, 9, 4, -1, 17]


def test_nobody_has_no_ages() -> None:
    assert len(ages(people([], "households"), AS_OF, Settings())) == 0

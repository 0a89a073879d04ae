"""What people write into blanks: choices, days, yes and no. No text raises, and none is taken for what it is not."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcbx_cli.normalise.answers import choice, day, same
from kcbx_cli.settings import DISPOSITIONS

LABELS = [d.label for d in DISPOSITIONS]
MONTH = date(2021, 10, 31)
DAYS = st.dates(MONTH - timedelta(days=170), MONTH + timedelta(days=170))
CELLS = st.one_of(
    st.text(max_size=20), st.floats(), st.integers(), st.dates(), st.datetimes(), st.booleans(), st.none()
)


@given(st.sampled_from(LABELS), st.sampled_from(("{}", " {} ", "{}\n", "　{}。", "‘{}’")))
def test_a_label_is_itself_however_it_is_decorated(label, frame):
    assert choice(frame.format(label.replace("(", "（").replace(")", "）")), LABELS) == label


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("户籍问题", "户籍问题(重户/空挂/迁出/注销/查无此人)"), ("信息错误", "信息错误(证号/姓名)"), ("出国", "出国(境)"),
        ("在校无学籍", ""), ("在校", ""), ("", ""), (None, ""), ("劝返中,下周再去", ""), (3, ""), ("复学", ""), ("（）", ""),
    ],
)  # fmt: skip
def test_a_remark_may_be_left_out_where_that_leaves_no_doubt(written, meant):
    assert choice(written, LABELS) == meant


@given(CELLS)
def test_a_choice_is_one_of_the_labels_or_none(cell):
    assert choice(cell, LABELS) in ("", *LABELS)


@given(DAYS, st.sampled_from(("{0.year}-{0.month:02d}-{0.day:02d}", "{0.year}.{0.month}.{0.day}", "{0.year}/{0.month}/{0.day}",
                              "{0.year}年{0.month}月{0.day}日", "{0.year}{0.month:02d}{0.day:02d}", "{0.month}月{0.day}日",
                              "{0.month}.{0.day}", "{0.month}-{0.day:02d}", " {0.month}月{0.day}号")))  # fmt: skip
def test_a_day_is_found_in_every_spelling(when, spelling):
    assert day(spelling.format(when), MONTH) == int(f"{when:%Y%m%d}")


@given(DAYS)
def test_a_day_that_the_program_stored(when):
    number = int(f"{when:%Y%m%d}")
    assert day(when, MONTH) == number
    assert day(datetime(when.year, when.month, when.day, 9, 30), MONTH) == number
    assert day((when - date(1899, 12, 30)).days, MONTH) == number
    assert day(float(number), MONTH) == number


@given(CELLS)
def test_a_day_is_a_day_or_says_that_it_is_none(cell):
    found = day(cell, MONTH)
    assert found in (0, -1) or (found // 100 % 100 and date(found // 10000, found // 100 % 100, found % 100 or 1))


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (None, 0), ("", 0), ("无", 0), ("下周", -1), ("2021-13-01", -1), ("2021年", -1), (10.15, 20211015), (10.1, -1), (3.2, 20220302),
        ("2021年10月", 20211000), ("2月30日", -1), ("13.5", -1), (True, -1), ("农历十月初一", -1), ("05/11/2021", -1), ("0.5", -1),
    ],
)  # fmt: skip
def test_days_that_are_short_or_none(cell, meant):
    assert day(cell, MONTH) == meant


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("是", "yes"), (" Y ", "yes"), ("否。", "no"), ("不是", "no"), ("不确定", "unsure"), ("", ""), (None, ""), ("也许", "?"), (1, "?"), (True, "yes")],
)  # fmt: skip
def test_yes_and_no(cell, meant):
    assert same(cell) == meant

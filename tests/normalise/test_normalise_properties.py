"""What holds for every cell: nothing raises, cleaning twice is cleaning once, bulk and one-value functions agree."""

from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from kcbx_cli.normalise import dates, idcard, idcolumn, identity, names, phones, places, shapes, words
from kcbx_cli.normalise.checkdigit import check_character, check_characters
from kcbx_cli.normalise.columns import distinct, joined_by_row
from kcbx_cli.normalise.text import something, squeezed, text
from kcbx_cli.settings import Settings, Status, Township
from kcbx_cli.tables import ID_STATES

KNOWN = places.gazetteer(Settings(townships=(Township("500229001", "葛城街道", ("葛城镇",)),)))
ID_NOTES = {"", "placeholder", "length", "letters", "date", "scientific", "resaved", "disability", "registry", "area"}
DATE_NOTES = {"", "unreadable", "impossible", "two_digit", "order", "lunar"}

digits = st.integers(0, 10**17 - 1).map(lambda n: f"{n:017d}")
birthdays = st.dates(date(1900, 1, 1), date(2100, 12, 31))
bodies = st.builds(
    lambda area, born, serial: f"{area}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["500229", "110105", "830000"]),
    birthdays,
    st.integers(0, 999),
)
id_numbers = bodies.map(lambda b: b + check_character(b))
#: Text made of what the cells of rosters are made of, so that the branches are reached.
roster_text = st.text(
    st.sampled_from(
        "0123456789XxOl*?.-/年月日至到农历一二十〇张三李·•.()（）[] 　\t\u200b\u00a0'=,、;+EGLJ男女葛城街道镇死亡父未\ue000□￥½²́"
    ),
    max_size=24,
)
texts = st.one_of(roster_text, st.text(max_size=20), id_numbers, digits)
cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.integers(10**14, 10**19), texts,
    st.dates(), st.datetimes(), st.times(), st.binary(max_size=4),
)  # fmt: skip


@given(cells)
@settings(max_examples=400)
def test_no_cell_raises_and_answers_are_declared(cell):
    value = idcard.parse(cell)
    assert value.state in ID_STATES and value.state != "not_own"
    assert value.note in ID_NOTES
    assert (
        len(value.pattern) in (0, 18)
        and set(value.pattern[:17]) <= set("0123456789*")
        and value.sex in ("男", "女", "")
    )
    assert (value.pattern == "") == (value.state in ("absent", "foreign")) or value.state == "malformed"
    for day in (dates.parse(cell), dates.expiry(cell)):
        assert day.note in DATE_NOTES
        assert day.value in (0, dates.OPEN_ENDED) or dates.joined(
            day.value // 10000, day.value // 100 % 100, day.value % 100
        )
    assert names.parse(cell).flaw in ("", "damaged", "no_name")
    assert words.status(cell, Status())[1] in ("", "attending", "suspended", "left", "alarm")
    assert words.sex(cell) in ("男", "女", "")
    for function in (words.sex_unreadable, words.disabled, words.other_document):
        assert isinstance(function(cell), bool)
    assert isinstance(words.yes(cell, "留守"), bool)
    assert words.removed(text(cell)) in ("死亡", "注销", "迁出", "")
    assert words.removed_by_note(text(cell)) in ("死亡", "注销", "迁出", "")


@given(cells)
@settings(max_examples=400)
def test_cleaning_twice_is_cleaning_once(cell):
    for function in (text, squeezed, something, names.clean, phones.parse, words.relation, words.sex):
        once = function(cell)
        assert function(once) == once, function
    pattern = idcard.parse(cell).pattern
    assert idcard.parse(pattern).pattern == pattern
    day = dates.parse(cell).value
    assert dates.parse(str(day)).value == day
    place = places.township(cell, KNOWN)
    assert places.township(place.name, KNOWN)[:3] == place[:3]
    village = places.village(cell, KNOWN)
    assert places.village(village, KNOWN) == village


@given(id_numbers)
def test_a_valid_number_survives(number):
    value = idcard.parse(number)
    assert (value.pattern, value.state) == (number, "valid")
    assert value.birth == int(number[6:14])
    assert idcard.parse(f" '{number.lower()} ") == value


@given(id_numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_valid(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert idcard.parse(wrong).state in ("bad_check", "numeric", "absent")


@given(id_numbers)
def test_of_a_number_cell_only_fifteen_digits_count(number):
    as_excel_keeps_it = float(number[:15] + "000")
    assert idcard.parse(as_excel_keeps_it).pattern == number[:15] + "***"
    assert idcard.parse(as_excel_keeps_it).state == "numeric"


@given(digits)
def test_check_digit_is_that_of_stdnum(body):
    assert check_character(body) == ric.calc_check_digit(body + "0")


@given(st.lists(st.one_of(bodies, digits), min_size=1, max_size=20))
def test_check_digits_in_bulk(some):
    numbers = shapes.digits(shapes.Shapes(some).of_length(17)[1])
    assert [chr(c) for c in check_characters(numbers)] == [check_character(b) for b in some]
    joined = [dates.joined(int(b[6:10]), int(b[10:12]) or 99, int(b[12:14]) or 99) for b in some]
    assert dates.real_days(numbers[6:14]).tolist() == joined


@given(st.lists(cells, max_size=30))
@settings(max_examples=150)
def test_an_id_column_is_its_cells(some):
    column = np.empty(len(some), dtype=object)
    column[:] = some
    found = idcolumn.parse(distinct(column))
    numeric = {1: True, 0: False}  # a column takes 1 and True for one cell
    for at, cell in enumerate(some):
        if isinstance(cell, (bool, int, float)) and cell in numeric:
            continue
        value = idcard.parse(cell)
        assert (found.pattern[at], found.state[at], found.birth[at], found.sex[at], found.note[at]) == value[:5]


#: Cells of the usual shape, and what nearly is so.
usual = st.one_of(
    cells,
    st.text(st.sampled_from("张三丰无暂没有未知\u4dff\u4e00\u9fff\ua000\U00020000"), min_size=1, max_size=5),
    st.sampled_from(["1", "2", "１", "٣"]).flatmap(lambda d: st.text(st.sampled_from("0123456789" + d), min_size=10, max_size=12)),
    st.builds(lambda letter, number: letter + number, st.sampled_from("GLJXg5"), id_numbers),
    st.builds(lambda day, form: form.format(day), birthdays, st.sampled_from(["{:%Y%m%d}", "{:%Y-%m-%d}", "{:%Y-%m.%d}"])),
    st.text(st.sampled_from("012-"), min_size=8, max_size=10),
)  # fmt: skip


@given(st.lists(usual, max_size=30))
@settings(max_examples=300)
def test_what_is_plain_among_many_is_what_each_function_answers(some):
    seen = shapes.Shapes(some)
    for cell, sure in zip(some, names.plain(seen), strict=True):
        assert not sure or names.parse(cell) == (cell, "", "", "")
    for cell, sure in zip(some, phones.plain(seen), strict=True):
        assert not sure or phones.parse(cell) == cell
    for cell, sure in zip(some, identity.plain_registry_number(seen), strict=True):
        assert not sure or identity.registry_number(cell) == (cell, False)
    for cell, day in zip(some, dates.plain(seen).tolist(), strict=True):
        assert day in (0, dates.parse(cell).value) and (not day or dates.expiry(cell) == (day, ""))


@pytest.mark.parametrize(
    ("plain", "usual", "others"),
    [
        (names.plain, ("张三", "张三丰", "欧阳三丰"), ("暂无", "阿依古丽汗", 7, None, "张", "A三")),
        (phones.plain, ("13800000000",), ("23800000000", "1380000000x", None)),
        (dates.plain, ("20120304", "2012-03-04", "20120229"), ("20120230", "2012.03.04", "20120300", None)),
        (identity.plain_registry_number, ("G999999201203050016", "L99999920120305001X"),
         ("X999999201203050016", "g999999201203050016", "G9999992012030500160", None)),
    ],
)  # fmt: skip
def test_cells_of_the_usual_shape_are_told_at_a_glance(plain, usual, others):
    assert plain(shapes.Shapes([*usual, *others])).astype(bool).tolist() == [True] * len(usual) + [False] * len(others)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "甲", "乙", "丙"])), max_size=30))
def test_joined_by_row(pairs):
    rows = np.array([r for r, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs], dtype=object)
    expected = ["|".join(sorted({v for r, v in pairs if r == row and v})) for row in range(6)]
    assert joined_by_row(rows, values, 6).tolist() == expected


@given(
    st.one_of(
        st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31))
    )
)
def test_every_spelling_of_a_day_is_that_day(day):
    value = day.year * 10000 + day.month * 100 + day.day
    numerals = "".join("〇一二三四五六七八九"[int(c)] for c in str(day.year))
    small = [
        "",
        *"一二三四五六七八九十",
        *("十" + c for c in "一二三四五六七八九"),
        "二十",
        *("二十" + c for c in "一二三四五六七八九"),
        "三十",
        "三十一",
    ]
    spelled = [
        day, f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日", value, float(value), f"{value}.0", f"{day.year}—{day.month}—{day.day}",
        f"{numerals}年{small[day.month]}月{small[day.day]}日", f"{day:%Y-%m-%d} 00:00:00", datetime.combine(day, time(8)),
    ]  # fmt: skip
    assert {dates.parse(s) for s in spelled} == {(value, "")}

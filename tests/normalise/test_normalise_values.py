"""Each one-value function against its cases: what a cell holds, and what must come out of it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
import yaml_cases

from kcbx_cli.normalise import dates, idcard, names, phones, places, rollmarks, spells, words
from kcbx_cli.normalise.text import something, squeezed, text
from kcbx_cli.settings import Settings, Status, Township

CASES = Path(__file__).parent / "cases"
TOWNSHIPS = (
    Township("500229001", "葛城街道", ("葛城镇",)),
    Township("500229110", "咸宜镇", ("咸宜乡",)),
    Township("500229217", "治平乡", ("治坪乡",)),
)
KNOWN = places.gazetteer(Settings(townships=TOWNSHIPS))


def cases(name: str):
    return yaml_cases.told(CASES / f"{name}.yaml")


def word_cases(kind: str):
    return cases("words")[kind]


@pytest.mark.parametrize("case", cases("idcard"), ids=lambda c: c.get("why") or repr(c["cell"]))
def test_id_number(case):
    found = idcard.parse(case["cell"])
    told = {k: v for k, v in case.items() if k not in ("why", "cell")}
    assert {k: getattr(found, k) for k in told} == told


@pytest.mark.parametrize("case", cases("dates"), ids=lambda c: repr(c["cell"]))
def test_date(case):
    assert dates.parse(case["cell"]) == (case["value"], case.get("note", ""))


@pytest.mark.parametrize("case", cases("expiry"), ids=lambda c: repr(c["cell"]))
def test_expiry(case):
    assert dates.expiry(case["cell"]) == (case["value"], case.get("note", ""))


@pytest.mark.parametrize("case", cases("names"), ids=lambda c: repr(c["cell"]))
def test_name(case):
    told = tuple(case.get(k, "") for k in ("name", "note", "former", "flaw"))
    assert names.parse(case["cell"]) == told


@pytest.mark.parametrize(("cell", "told"), cases("phones"))
def test_phone(cell, told):
    assert phones.parse(cell) == told


@pytest.mark.parametrize(("cell", "code", "name"), cases("places"))
def test_township(cell, code, name):
    found = places.township(cell, KNOWN)
    assert (found.code, found.name) == (code, name)
    assert found.known == (code in {t.code for t in TOWNSHIPS})


@pytest.mark.parametrize(
    "kind",
    [
        "sex",
        "sex_unreadable",
        "relation",
        "is_head",
        "is_adult",
        "disabled",
        "removed",
        "removed_by_note",
        "other_document",
    ],
)
def test_words(kind):
    told = {repr(cell): answer for cell, answer in word_cases(kind)}
    assert {repr(cell): getattr(words, kind)(cell) for cell, _ in word_cases(kind)} == told


@pytest.mark.parametrize(("cell", "word", "group"), word_cases("status"))
def test_status(cell, word, group):
    assert words.status(cell, Status()) == (word, group)


def test_status_groups_follow_the_settings():
    own = Status(attending=("在册",), suspended=(), left=(), alarm=("在读",))
    assert words.status("在册", own) == ("在册", "attending")
    assert words.status("在读", own) == ("在读", "alarm")
    assert words.status("休学", own) == ("休学", "")


@pytest.mark.parametrize(("cell", "word", "told"), word_cases("yes"))
def test_yes(cell, word, told):
    assert words.yes(cell, word) is told


def test_two_townships_of_one_short_name_are_not_told_apart():
    known = places.gazetteer(Settings(townships=(Township("500229001", "葛城街道"), Township("500229002", "葛城镇"))))
    assert not places.township("葛城", known).known
    assert places.township("葛城镇", known).code == "500229002"


def test_a_code_that_lost_its_zeros_counts_only_when_one_township_can_be_meant():
    settings = Settings(townships=(Township("500229100", "甲镇"), Township("500229110", "乙镇")))
    known = places.gazetteer(settings)
    assert places.township("5002291", known).name == "甲镇"
    assert places.township("50022911", known).name == "乙镇"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("葛成街道", "500229001"),
        ("重庆市城口县葛成街道", "500229001"),
        ("戈城镇", "500229001"),
        ("咸谊镇", "500229110"),
        ("葛城乡镇", ""),
        ("新街道", ""),
    ],
)
def test_a_name_with_one_wrong_character(cell, code):
    found = places.township(cell, KNOWN)
    assert (found.code, found.misspelt) == (code, bool(code))


def test_a_name_that_is_near_two_townships_is_neither():
    known = places.gazetteer(Settings(townships=(Township("1", "高燕镇"), Township("2", "高楠镇"))))
    assert places.township("高雁镇", known) == ("", "高雁镇", False, False)


def test_without_a_table_of_townships_the_name_stays_as_written():
    known = places.gazetteer(Settings())
    assert places.township("重庆市城口县葛城街道", known) == ("", "葛城街道", False, False)
    assert places.within("重庆市城口县葛城街道", known) is None
    assert places.village("葛城街道东方红社区", known) == "葛城街道东方红社区"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("葛城街道东方红社区", "东方红社区"),
        ("东方红 社区", "东方红社区"),
        ("葛城街道", "葛城街道"),
        ("无", ""),
        (None, ""),
    ],
)
def test_village(cell, told):
    assert places.village(cell, KNOWN) == told


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (None, ""),
        (" a\u00a0 b\u3000", "a b"),
        ("'01", "01"),
        ("a_x000D_\nb", "a b"),
        ("\ud800a", "\ufffda"),
        (3.0, "3"),
        (2.5, "2.5"),
        (500229201203051231, "500229201203051231"),
        (5.00229201203051231e17, "500229201203051000"),
        (True, "是"),
        (False, "否"),
        (date(2012, 3, 5), "2012-03-05"),
        (float("nan"), ""),
        (float("-inf"), "-inf"),
        (b"ab", "b'ab'"),
    ],
)
def test_text(cell, told):
    assert text(cell) == told


def test_text_of_moments():
    import datetime as dt

    import pandas as pd

    assert text(dt.datetime(2012, 3, 5)) == "2012-03-05"
    assert text(dt.datetime(2012, 3, 5, 8, 30)) == "2012-03-05T08:30:00"
    assert text(dt.time(8, 30)) == "08:30:00"
    assert text(pd.NaT) == ""


def test_a_number_too_long_to_be_spelled_out_is_no_text():
    assert text(10**5000) == ""


def test_squeezed_and_something():
    assert squeezed("Ａ 1　２") == "A12"
    assert something("暂无") == ""
    assert something(" 张家 村 ") == "张家 村"


@pytest.mark.parametrize("unit", ["';--", "..", "0", "X", "张", "(", "a*", "甲(乙", "2021.", "至", " 1", "\u200b-"])
def test_a_cell_of_a_hundred_thousand_characters_costs_next_to_nothing(unit):
    """Patterns that try again from every place would take minutes; a column has thousands of cells."""
    cell = (unit * 100_000)[:100_000]
    started = time.process_time()
    for function in (idcard.parse, names.parse, dates.parse, dates.expiry, phones.parse, words.relation, words.sex):
        function(cell)
    words.status(cell, Status())
    words.removed_by_note(cell)
    places.village(cell, places.gazetteer(Settings()))
    places.township(cell, places.gazetteer(Settings()))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("says", "cell"), [(says, c) for says, cells in cases("rollmarks")["present"].items() for c in cells]
)
def test_mark_of_a_roll_call(says, cell):
    assert rollmarks.present(cell) == says


@pytest.mark.parametrize(
    ("says", "cell"), [(says, c) for says, cells in cases("rollmarks")["returned"].items() for c in cells]
)
def test_whether_a_pupil_is_back(says, cell):
    assert rollmarks.returned(cell, date(2021, 10, 31)) == says


@pytest.mark.parametrize(("cell", "told"), cases("spells")["days"])
def test_days_of_absence(cell, told):
    assert spells.days(cell) == told


@pytest.mark.parametrize("case", cases("spells")["day"])
def test_first_day_of_absence(case):
    cell, value, *note = case
    assert spells.day(cell, date(2021, 10, 31)) == (value, *(note or [""]))


def test_the_term_that_begins_in_spring_is_not_known_by_its_day():
    assert spells.day("开学至今", date(2022, 4, 30)).note == "unreadable"
    assert spells.day("9月20日", date(2022, 4, 30)).value == 20210920


def test_only_a_sign_can_be_a_sheets_own_tick():
    assert [rollmarks.symbol(c) for c in ("○", "△", " ◎ ", "o", "—", "待查", "张", "a", 2, "?", "○△", None)] == [
        "○", "△", "◎", "O", "—", "", "", "", "", "", "", "",
    ]  # fmt: skip


def test_only_a_remark_that_says_nothing_else_tells_who_is_gone():
    gone = ["打工", "已转学", "不知去向", "长期请假", "未返校", "走了", "缺课"]
    others = ["父母外出打工", "转学来", "缺身份证", "走读", "未办户口", "", None, "在读"]
    assert [rollmarks.gone(c) for c in (*gone, *others)] == [True] * len(gone) + [False] * len(others)

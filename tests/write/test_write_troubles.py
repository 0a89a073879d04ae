from __future__ import annotations

from io import BytesIO

import months
import openpyxl
import pytest

from kcbx_cli.problems import Kind
from kcbx_cli.write import troubles
from kcbx_cli.write.troubles import COLUMNS, troubles_book


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(troubles.KINDS, "K999", Kind("K999", "error", "证件号被存成数字", "请按文本重新录入"))


def book(month):
    return openpyxl.load_workbook(BytesIO(troubles_book(month, months.SETTINGS)))


def rows(sheet):
    return [
        {c.key: v for c, v in zip(COLUMNS, row, strict=True)} for row in sheet.iter_rows(min_row=4, values_only=True)
    ]


def problem(**over):
    return {
        "code": "K999",
        "file": "名单.xlsx",
        "sheet": "一",
        "row": 5,
        "field": "id_number",
        "detail": "末三位已丢失",
    } | over


def test_a_sheet_a_list_and_a_summary():
    made = book(months.small())
    assert made.sheetnames == ["汇总", "低收入名单", "学籍", "_kcbx"]
    assert [c.value for c in made["汇总"][4]] == [
        "低收入名单.xlsx",
        "K999",
        "错误",
        "证件号被存成数字",
        "请按文本重新录入",
        "1",
    ]


def test_a_row_can_be_sent_back_as_it_stands():
    assert rows(book(months.small())["低收入名单"]) == [
        {"number": "1", "place": "青石街道", "sheet": "Sheet1", "row": "8", "name": "李欣", "id": "999999201203050000",
         "field": "本人证件号码", "severity": "错误", "sentence": "证件号被存成数字(末三位已丢失)", "remedy": "请按文本重新录入",
         "corrected": None, "remark": None}
    ]  # fmt: skip


def test_pupils_stand_under_their_school_and_whole_files_first():
    found = rows(book(months.small())["学籍"])
    assert [(r["place"], r["row"], r["name"]) for r in found] == [
        (None, "整份", None),
        ("云岭镇中心学校", "14", "冯平"),
    ]


def test_rows_are_sorted_by_place_and_row():
    people = [
        months.person(file="名单.xlsx", sheet="一", row=r, township=t)
        for r, t in ((9, "乙乡"), (5, "乙乡"), (7, "甲乡"))
    ]
    made = book(months.month(people, problems=[problem(row=r) for r in (9, 5, 7)]))
    assert [(r["place"], r["row"]) for r in rows(made["名单"])] == [("乙乡", "5"), ("乙乡", "9"), ("甲乡", "7")]


def test_a_family_is_named_by_its_head():
    family = {
        "file": "低保.xlsx",
        "sheet": "一",
        "row": 5,
        "head_name": "赵大山",
        "head_id": "999999198001010019",
        "township": "甲乡",
    }
    made = book(months.month(families=[family], problems=[problem(file="低保.xlsx")]))
    assert [(r["place"], r["name"], r["id"]) for r in rows(made["低保"])] == [("甲乡", "赵大山", "999999198001010019")]


def test_a_row_that_two_problems_share_is_shown_twice_and_none_is_lost():
    people = [months.person(file="名单.xlsx", sheet="一", row=5)]
    found = rows(
        book(months.month(people, problems=[problem(), problem(field="name"), problem(sheet="二", row=99)]))["名单"]
    )
    assert sorted((r["sheet"], r["row"], r["name"] or "") for r in found) == [
        ("一", "5", "赵明华"),
        ("一", "5", "赵明华"),
        ("二", "99", ""),
    ]


def test_sheet_names_are_legal_and_differ():
    files = [
        "a/名单.xlsx",
        "b/名单.xlsx",
        "很[长]:的*名?字/" + "长" * 40 + ".csv",
        "汇总.xlsx",
        "'引号'.xlsx",
        "_kcbx.csv",
    ]
    names = book(months.month(problems=[problem(file=f) for f in files])).sheetnames
    assert len({n.casefold() for n in names}) == len(names) == 8
    assert all(len(n) <= 31 and not set(n) & set("[]:*?/\\") for n in names)


def test_an_unknown_code_still_says_what_is_wrong():
    made = book(months.month(problems=[problem(code="K998")]))
    assert rows(made["名单"])[0]["sentence"] == "末三位已丢失"


def test_nothing_wrong():
    assert book(months.month())["汇总"]["A4"].value == "本月没有发现数据问题"


def test_a_list_longer_than_a_sheet_goes_on_on_another(monkeypatch):
    monkeypatch.setattr(troubles, "_SHEET_ROWS", 2)
    made = book(months.month(problems=[problem(row=r) for r in range(1, 6)]))
    assert made.sheetnames == ["汇总", "名单", "名单(2)", "名单(3)", "_kcbx"]
    assert [len(rows(made[n])) for n in made.sheetnames[1:4]] == [2, 2, 1]

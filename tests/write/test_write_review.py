from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import months
import openpyxl
import pytest

from kcbx_cli.write.review import COLUMNS, review_sheet


def made(month):
    return review_sheet(month, months.SETTINGS)


def rows(month):
    sheet = openpyxl.load_workbook(BytesIO(made(month)))["待人工比对"]
    return [
        {c.key: cell for c, cell in zip(COLUMNS, row, strict=True)}
        for row in sheet.iter_rows(min_row=5)
        if row[1].value
    ]


def pair(left, right, verdict="review", case_id="2021-0001"):
    return months.month(
        [months.person(**left)], [months.person(role="registry", **right)],
        verdicts=[{"person": 0, "child": 0, "verdict": verdict, "registry": 0, "near": -1, "paper": -1, "case_id": case_id}],
        near=[{"left": 0, "right": 0, "weight": 5.0, "band": "review", "sentence": "姓名同音"}],
    )  # fmt: skip


def test_both_records_stand_side_by_side_in_full():
    first, second = rows(months.small())
    assert [first[k].value for k in ("pair", "name_list", "name_registry", "id_list", "id_registry", "sentence")] == [
        "2021-0004/1", "李欣", "李昕", "99999920120305****", months.number("20120306", 4, 1), "姓名同音;出生日期差一天"
    ]  # fmt: skip
    assert second["source"].value == "低收入名单.xlsx〔Sheet1〕第6行"
    assert second["school"].value == "青石县第一小学\n三年级2班\n在读"


def test_what_differs_is_coloured_and_an_unknown_digit_is_not():
    row = rows(
        pair({"name": "李欣", "id_pattern": "999999********0001"}, {"name": "李昕", "id_pattern": "999999201203050001"})
    )[0]
    assert row["name_list"].fill.bgColor.rgb == row["name_registry"].fill.bgColor.rgb
    assert row["name_list"].fill.fill_type == "solid"
    assert row["id_list"].fill.fill_type is None and row["sex_list"].fill.fill_type is None


@pytest.mark.parametrize(
    ("ours", "theirs", "red"),
    [("李欣妍", "李昕妍", ["欣", "昕"]), ("欧阳瑾", "欧阳瑾萱", ["萱"]), ("赵二", "钱三", [])],
)
def test_the_characters_that_differ_are_red(ours, theirs, red):
    with ZipFile(BytesIO(made(pair({"name": ours}, {"name": theirs})))) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    found = [
        part.split("<t>")[1].split("</t>")[0] for part in strings.split("<r>")[1:] if "FFC00000" in part.split("<t>")[0]
    ]
    assert found == red


def test_a_missing_value_is_no_difference():
    row = rows(pair({"sex": ""}, {"sex": "男"}))[0]
    assert row["sex_registry"].fill.fill_type is None


@pytest.mark.parametrize("verdict", ["enrolled", "cleared", "deceased", "excused", "adult"])
def test_a_settled_child_is_not_asked_about(verdict):
    assert rows(pair({}, {}, verdict)) == []


@pytest.mark.parametrize("verdict", ["review", "unknown_age", "suspected", "papers_expired"])
def test_an_open_child_is(verdict):
    assert len(rows(pair({}, {}, verdict))) == 1


def test_a_child_on_two_list_rows_is_asked_about_once():
    month = months.month(
        [months.person(row=5), months.person(row=9, file="别的.xlsx")],
        [months.person(role="registry", row=r) for r in (2, 3)],
        verdicts=[{"person": p, "child": 4, "verdict": "review", "registry": 0, "near": -1, "paper": -1} for p in (0, 1)],
        near=[{"left": left, "right": right, "weight": float(right), "band": "review", "sentence": "姓名同音"}
              for left in (0, 1) for right in (0, 1)],
    )  # fmt: skip
    assert [r["pair"].value for r in rows(month)] == ["C4/1", "C4/2"]
    stamp = openpyxl.load_workbook(BytesIO(made(month)))["_kcbx"]
    marks = [[c.value for c in r][3:9] for r in stamp.iter_rows(min_row=15)]
    assert marks == [["低收入名单.xlsx", "Sheet1", "5", "低收入名单.xlsx", "Sheet1", r] for r in ("3", "2")]


def test_the_answer_is_chosen_from_three():
    book = openpyxl.load_workbook(BytesIO(made(months.small())))
    rule = book["待人工比对"].data_validations.dataValidation[0]
    assert rule.type == "list" and rule.formula1 == "选项!$A$1:$A$3"
    assert [book["选项"].cell(r, 1).value for r in (1, 2, 3)] == ["是", "否", "不确定"]


def test_nothing_to_decide():
    sheet = openpyxl.load_workbook(BytesIO(made(months.month())))["待人工比对"]
    assert sheet["A5"].value == "本月没有需要人工比对的记录"

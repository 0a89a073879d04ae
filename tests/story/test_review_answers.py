"""Doubtful pairs that a person has decided are not asked again, and are linked or parted next month."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
from offices import pupil, table
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger

NAME, BORN = "李雪梅", "20130101"
HEADER = ["乡", "村", "户编号", "姓名", "性别", "出生日期", "与户主关系", "在校生状况"]


def _doubtful(office):
    office.registry(pupil(NAME, BORN, 2), pupil(NAME, BORN, 4, 学校名称="乙乡中心小学"))
    listed = {
        "乡": "甲乡",
        "村": "一村",
        "户编号": "990001",
        "姓名": NAME,
        "性别": "女",
        "出生日期": BORN,
        "与户主关系": "之女",
        "在校生状况": "小学",
    }
    office.workbook("脱贫户.xlsx", HEADER, [listed])
    assert office.reconcile() == 0
    assert [v["verdict"] for v in office.verdicts()] == ["review"]


@pytest.fixture
def doubtful(office, begun):
    """A listed child without a number, and two pupils of that name who were born on that day."""
    return begun(office, _doubtful)


def answered(office, same, name="待人工比对.xlsx"):
    sheet = Sheet(office.out / "待人工比对.xlsx")
    return sheet.fill(sheet.head + 1, 是否同一人=same).save(office.folder / "收到" / name)


def again(office, out="再来"):
    assert office.kcbx("reconcile", "--registry", office.folder / "学籍.xlsx", "--households", office.folder / "脱贫户.xlsx",
                       "--as-of", "2021-11-30", "--out", office.folder / out) == 0  # fmt: skip
    (row,) = table(office.folder / out / "data" / "verdicts.csv")
    sheet = Sheet(office.folder / out / "待人工比对.xlsx")
    asked = sheet.sheet.cell(sheet.head + 1, sheet.columns["编号"]).value
    return row["verdict"], row["registry_row"], asked


def test_yes_links_next_month(doubtful):
    asked = doubtful.verdicts()[0]["registry_row"]
    assert doubtful.kcbx("collect", answered(doubtful, "是"), "--json") == 0
    assert json.loads(doubtful.stdout)["data"]["counts"]["pairs"] == 1
    assert again(doubtful) == ("enrolled", asked, None)


def test_no_parts_them_and_asks_about_the_next_one_and_then_the_child_is_missing(doubtful):
    first = doubtful.verdicts()[0]["registry_row"]
    assert doubtful.kcbx("collect", answered(doubtful, "不是同一人")) == 0
    verdict, second, asked = again(doubtful)
    assert verdict == "review" and {first, second} == {"3", "4"} and asked
    sheet = Sheet(doubtful.folder / "再来" / "待人工比对.xlsx")
    assert (
        doubtful.kcbx("collect", sheet.fill(sheet.head + 1, 是否同一人="否").save(doubtful.folder / "收到" / "二.xlsx"))
        == 0
    )
    assert again(doubtful, "三来") == ("suspected", "", None)


def test_unsure_is_asked_again(doubtful):
    assert doubtful.kcbx("collect", answered(doubtful, "不确定")) == 0
    assert again(doubtful)[0] == "review"


def test_a_later_answer_holds_and_a_corrected_record_is_asked_about_again(doubtful):
    assert doubtful.kcbx("collect", answered(doubtful, "是", "一.xlsx")) == 0
    assert doubtful.kcbx("collect", answered(doubtful, "否", "二.xlsx")) == 0
    first = doubtful.verdicts()[0]["registry_row"]
    assert again(doubtful)[1] != first
    numbers = {"学籍号": "L999999201301020099"}
    doubtful.registry(pupil(NAME, BORN, 2, **numbers), pupil(NAME, BORN, 4, 学校名称="乙乡中心小学", **numbers))
    assert again(doubtful, "改过")[1] == first


def test_contradicting_answers_in_one_collection(doubtful):
    paths = answered(doubtful, "是", "一.xlsx"), answered(doubtful, "否", "二.xlsx")
    assert doubtful.kcbx("collect", *paths, "--json") == 1
    assert {p["code"] for p in json.loads(doubtful.stdout)["data"]["problems"]} == {"K625"}
    assert again(doubtful)[0] == "review"


@pytest.mark.parametrize(
    ("cells", "code"), [({"是否同一人": "也许吧"}, "K624"), ({"是否同一人": "是", "姓名学籍": "李四"}, "K607")]
)
def test_an_answer_that_cannot_be_taken(doubtful, cells, code):
    sheet = Sheet(doubtful.out / "待人工比对.xlsx")
    path = sheet.fill(sheet.head + 1, **cells).save(doubtful.folder / "收到" / "比对.xlsx")
    assert doubtful.kcbx("collect", path, "--json") == 1
    assert {p["code"] for p in json.loads(doubtful.stdout)["data"]["problems"]} == {code}
    with open_ledger(doubtful.folder / "kcbx-ledger.db", readonly=True) as book:
        assert len(book.answers()) == 0 and len(book.cases(date(2021, 10, 31))) == 0


def test_a_review_sheet_without_its_mark_is_not_taken(doubtful):
    """As CSV it says nothing of which records were compared."""
    sheet = Sheet(answered(doubtful, "是"))
    path = doubtful.folder / "收到" / "待人工比对.csv"
    rows = [["" if c is None else str(c) for c in row] for row in sheet.sheet.iter_rows(values_only=True)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert doubtful.kcbx("collect", path, "--json") == 1
    told = json.loads(doubtful.stdout)["data"]
    assert ([p["code"] for p in told["problems"]], told["files"][0]["state"]) == (["K627"], "refused")


def test_corrections_of_data_problems_are_kept(doubtful):
    """The second line is the child's: the first tells of the header, that it has no ID numbers."""
    sheet = Sheet(doubtful.out / "数据问题.xlsx", "脱贫户")
    path = sheet.fill(sheet.head + 2, 更正为="999999201301010028", 说明="户口簿").save(
        doubtful.folder / "收到" / "问题.xlsx"
    )
    assert doubtful.kcbx("collect", path, "--json") == 0
    assert json.loads(doubtful.stdout)["data"]["counts"]["corrections"] == 1
    with open_ledger(doubtful.folder / "kcbx-ledger.db", readonly=True) as book:
        (kept,) = book._connection.execute("SELECT file, sheet, row, corrected, remark FROM corrections").fetchall()
    assert kept == ("脱贫户.xlsx", "Sheet", 2, "999999201301010028", "户口簿")

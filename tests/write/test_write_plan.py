from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import months
import openpyxl
import pytest

from kcbx_cli.settings import Settings, Township
from kcbx_cli.write import plan, plan_month

ALWAYS = ["疑似辍学学生名单.xlsx", "待人工比对.xlsx", "数据问题.xlsx", "名单对照.xlsx", "月度变化.xlsx",
          "台账/适龄儿童台账.xlsx", "台账/疑似辍学学生台账.xlsx", "台账/辍学学生台账.xlsx", "台账/特殊学生台账.xlsx",
          "台账/有辍学倾向学生台账.xlsx",
          "data/verdicts.csv", "data/findings.csv", "data/problems.csv", "run.json"]  # fmt: skip


def paths(month, settings=months.SETTINGS):
    return [f.path for f in plan_month(month, settings, {})]


def book(planned, path):
    return openpyxl.load_workbook(BytesIO(next(f.content for f in planned if f.path == path)))


def texts(sheet):
    return [str(v) for row in sheet.iter_rows(values_only=True) for v in row if v is not None]


def test_all_files_of_a_month():
    assert set(paths(months.small())) == {
        *ALWAYS, "乡镇核查表/999999001_青石街道.xlsx", "乡镇核查表/999999102_云岭镇.xlsx", "乡镇核查表/999999103_白鹤乡.xlsx",
        "乡镇核查表/未明乡镇.xlsx", "学校核查表/青石县第一小学.xlsx", "学校核查表/云岭镇中心学校.xlsx",
    }  # fmt: skip


def test_a_month_without_work_makes_all_files_and_signed_zero_sheets():
    planned = plan_month(months.month(), months.SETTINGS, {})
    assert {f.path for f in planned} == {*ALWAYS, *(f"乡镇核查表/{t.code}_{t.name}.xlsx" for t in months.TOWNSHIPS)}
    for t in months.TOWNSHIPS:
        said = texts(book(planned, f"乡镇核查表/{t.code}_{t.name}.xlsx")["核查表"])
        assert "经排查，本月无疑似辍学学生" in said
        assert any("村负责人（签字）" in s and "乡镇负责人（签字盖章）" in s and "核查日期" in s for s in said)
    assert "经排查，本月无疑似辍学学生" in texts(book(planned, "疑似辍学学生名单.xlsx").worksheets[0])


def test_without_a_township_table_the_lists_own_names_make_the_files():
    found = [p for p in paths(months.small(), Settings()) if p.startswith("乡镇")]
    assert found == ["乡镇核查表/不知何处乡.xlsx", "乡镇核查表/云岭镇.xlsx", "乡镇核查表/青石街道.xlsx"]


def test_a_child_without_a_township_has_a_sheet_too():
    lost = months.month([months.person()], work=[months.work(township="", township_code="")])
    assert "乡镇核查表/未明乡镇.xlsx" in paths(lost, Settings())
    assert "乡镇核查表/未明乡镇.xlsx" in paths(lost)


def test_a_former_name_leads_to_the_present_township():
    old = months.month([months.person()], work=[months.work(township="青石镇", township_code="")])
    planned = plan_month(old, months.SETTINGS, {})
    assert "2021-0001" in texts(book(planned, "乡镇核查表/999999001_青石街道.xlsx")["核查表"])
    assert "乡镇核查表/未明乡镇.xlsx" not in {f.path for f in planned}


def test_the_sheet_of_unknown_townships_says_what_the_list_says():
    planned = plan_month(months.small(), months.SETTINGS, {})
    assert "不知何处乡" in texts(book(planned, "乡镇核查表/未明乡镇.xlsx")["核查表"])


def test_names_that_no_disk_takes_or_that_collide():
    hostile = (Township("1", "../某/镇"), Township("2", "CON"), Township("3", "x" * 400))
    found = [p for p in paths(months.month(), replace(months.SETTINGS, townships=hostile)) if p.startswith("乡镇")]
    assert all(p.count("/") == 1 and len(p.encode()) < 255 for p in found)
    same = [months.person(row=i, township=t, township_code="") for i, t in enumerate(("甲:乡", "甲?乡"))]
    assert [p for p in paths(months.month(same), Settings()) if p.startswith("乡镇")] == [
        "乡镇核查表/甲_乡.xlsx", "乡镇核查表/甲_乡(2).xlsx"
    ]  # fmt: skip


def school_sheets(*codes):
    """The sheets of schools called 中心小学 of which each of these codes has a pupil to account for."""
    registry = [
        months.person(row=i, role="registry", school="中心小学", school_code=code) for i, code in enumerate(codes)
    ]
    work = [months.work(case_id=f"2021-{i}", child=-1, person=-1, registry=i) for i in range(len(codes))]
    planned = plan_month(months.month([], registry, work=work), months.SETTINGS, {})
    return {f.path.removeprefix("学校核查表/"): f for f in planned if f.path.startswith("学校核查表/")}


def test_two_schools_of_one_name_have_their_codes_in_name_and_heading():
    found = school_sheets("325001", "325002", "")
    assert list(found) == ["中心小学（标识码不明）.xlsx", "中心小学（325001）.xlsx", "中心小学（325002）.xlsx"]
    said = texts(openpyxl.load_workbook(BytesIO(found["中心小学（325002）.xlsx"].content))["核查表"])
    assert said[0] == "青石县中心小学（325002）控辍保学核查表（2021年10月）"
    assert "学校：中心小学（325002）　" in said[1], "as the code is read from it where the stamp is lost"


def test_a_slip_in_the_code_of_one_row_makes_no_second_school():
    (only,) = school_sheets(*["325001"] * 12, "325010", "").items()
    assert only[0] == "中心小学.xlsx"
    assert (
        len({t for t in texts(openpyxl.load_workbook(BytesIO(only[1].content))["核查表"]) if t.startswith("2021-")})
        == 14
    )


def test_the_same_month_makes_the_same_bytes():
    first = plan_month(months.small(), months.SETTINGS, {"counts": {"在": 1}})
    assert first == plan_month(months.small(), months.SETTINGS, {"counts": {"在": 1}})


def test_planned_files_cannot_be_changed():
    with pytest.raises(AttributeError):
        plan_month(months.month(), months.SETTINGS, {})[0].path = "elsewhere"


def test_two_processes_make_the_same_files_as_one(monkeypatch):
    month = months.small()
    alone = plan_month(month, months.SETTINGS, {})
    monkeypatch.setattr(plan, "_WORTH_A_PROCESS", 0.0)
    assert plan_month(month, months.SETTINGS, {}) == alone


def test_a_workbook_does_not_depend_on_those_made_before_it():
    first, again = (plan_month(months.small(), months.SETTINGS, {}) for _ in range(2))
    assert first == again
    fonts = [openpyxl.load_workbook(BytesIO(f.content))._fonts[0] for f in first if f.path.endswith(".xlsx")]
    assert {(font.name, font.scheme) for font in fonts} == {("Verdana", None)}

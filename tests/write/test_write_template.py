from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import months
import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Checklist
from kcbx_cli.write import plan_month


def form(
    path, row=("{{序号}}", "{{编号}}", "{{姓名}}", "{{身份证号}}", "{{列入原因}}", "{{核查结论}}", None), extra=None
):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "本县样表"
    sheet["A1"] = "{{标题}}"
    sheet.merge_cells("A1:G1")
    sheet["A1"].font = Font(name="黑体", size=20)
    sheet["A2"] = "乡镇:{{ 乡镇 }} 期号:{{期号}} 共{{人数}}人"
    sheet.append(["序号", "编号", "姓名", "证号", "原因", "结论", "备注"])
    sheet.append(row)
    sheet["C4"].fill = PatternFill("solid", "FFEEEE")
    sheet.merge_cells("F4:G4")
    sheet["G4"].border = Border(right=Side("thick"))
    sheet.row_dimensions[4].height = 44
    sheet["A5"] = "签字"
    sheet.merge_cells("A5:C5")
    sheet.row_dimensions[5].height = 33
    rule = DataValidation("list", formula1='"在校,劝返中"')
    rule.add("F4")
    rule.add("A2")
    rule.add("B5")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("A4:G4", FormulaRule(formula=['$F4=""'], fill=PatternFill(bgColor="FFFF00")))
    if extra:
        extra(book)
    book.save(path)
    return path


def fill(path, month=None, blank_rows=2, place="999999001_青石街道"):
    settings = replace(months.SETTINGS, checklist=Checklist(template=str(path), blank_rows=blank_rows))
    planned = plan_month(month or months.small(), settings, {})
    content = next(f.content for f in planned if f.path == f"乡镇核查表/{place}.xlsx")
    return openpyxl.load_workbook(BytesIO(content))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样表.xlsx"


def test_the_counties_form_is_filled(path):
    sheet = fill(form(path))["本县样表"]
    assert sheet["A1"].value == "青石县青石街道控辍保学核查表（2021年10月）"
    assert sheet["A2"].value == "乡镇:青石街道 期号:2021年第10期 共6人"
    assert [sheet.cell(r, 3).value for r in range(4, 12)] == [
        "冯平",
        "孙阿依古丽·买买提艾力",
        "李欣",
        "赵明华",
        "吴勇",
        "郑霞",
        None,
        None,
    ]
    assert sheet["A12"].value == "签字"
    assert all(cell.value is None for cell in sheet[10])


def test_formats_heights_and_merges_move_along(path):
    sheet = fill(form(path))["本县样表"]
    assert sheet["A1"].font.size == 20
    assert {sheet.cell(r, 3).fill.fgColor.rgb for r in range(4, 12)} == {"00FFEEEE"}
    assert {sheet.cell(r, 7).border.right.style for r in range(4, 12)} == {"thick"}
    assert {sheet.row_dimensions[r].height for r in range(4, 12)} == {44} and sheet.row_dimensions[12].height == 33
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:G1", "A12:C12", *(f"F{r}:G{r}" for r in range(4, 12))}


def test_drop_downs_and_colours_cover_every_row(path):
    sheet = fill(form(path))["本县样表"]
    assert [str(v.sqref) for v in sheet.data_validations.dataValidation] == ["A2 B12 F4:F11"]
    assert [str(c.sqref) for c in sheet.conditional_formatting] == ["A4:G11"]


def test_it_is_stamped_like_any_checklist(path):
    book = fill(form(path))
    assert book["_kcbx"].sheet_state == "veryHidden"
    head = {r[0].value: r[1].value for r in book["_kcbx"].iter_rows(max_row=12)}
    assert head["layout"] == "number=A;case_id=B;name=C;id_number=D;reason=E;outcome=F"
    assert head["identity"] == "case_id;name;id_number" and head["rows"] == "6"
    assert book["_kcbx"]["A15"].value == book["本县样表"]["B4"].value == "2021-0008"


def test_a_form_without_numbers_gets_a_column_for_them(path):
    book = fill(form(path, ("{{序号}}", None, "{{姓名}}", None, None, None, None)))
    sheet = book["本县样表"]
    assert (sheet["H3"].value, sheet["H4"].value) == ("编号", "2021-0008")


@pytest.mark.parametrize("text", ["=1+1", "+86", "@x", "-1"])
def test_text_stays_text(path, text):
    hostile = months.month([months.person(name=text)], work=[months.work(sentence=text)])
    sheet = fill(form(path), hostile)["本县样表"]
    assert (sheet["C4"].value, sheet["C4"].data_type, sheet["C4"].number_format) == (text, "s", "@")
    assert sheet["E4"].data_type == "s"


def test_a_township_without_children(path):
    sheet = fill(form(path), place="999999103_白鹤乡")["本县样表"]
    assert sheet["A4"].value == "经排查，本月无疑似辍学学生"
    assert sheet["A7"].value == "签字"


def test_text_with_braces_in_a_name_is_not_a_placeholder(path):
    odd = months.month([months.person(name="{{姓名}}")], work=[months.work()])
    assert fill(form(path), odd)["本县样表"]["C4"].value == "{{姓名}}"


def test_the_same_bytes_each_time(path):
    settings = replace(months.SETTINGS, checklist=Checklist(template=str(form(path))))
    assert plan_month(months.small(), settings, {}) == plan_month(months.small(), settings, {})


def test_an_unknown_placeholder_is_named(path):
    form(path, ("{{序号}}", "{{姓名}}", "{{生肖}}", None, None, None, None))
    with pytest.raises(KcbxError) as told:
        fill(path)
    assert "「本县样表」C4 的占位「生肖」不认识" in told.value.message and "{{" not in told.value.message
    assert "身份证号" in told.value.hint and told.value.code == "bad_template"


@pytest.mark.parametrize(
    ("row", "extra", "said"),
    [
        (("一", None, None, None, None, None, None), None, "没有要逐人重复的占位行"),
        (("{{姓名}}", None, None, None, None, None, None), lambda b: b.active.append(["{{性别}}"]), "有不止一行"),
    ],
)
def test_exactly_one_row_is_repeated(path, row, extra, said):
    with pytest.raises(KcbxError, match=said):
        fill(form(path, row, extra))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no workbook", b"<html>"])
def test_what_is_no_workbook_is_refused_by_name(path, content):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KcbxError) as told:
        fill(path)
    assert told.value.message == "核查表模板「样表.xlsx」打不开" and told.value.hint

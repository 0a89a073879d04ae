from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import months
import openpyxl
import pytest

from kcbx_cli.settings import Checklist
from kcbx_cli.write import plan_month
from kcbx_cli.write.book import last_starts_page

HOSTILE = ["=1+1", "+86138", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")", "http://x.cn", "00123", "1e5", "{=1}",
           "mailto:a@b.c", "_x0041_"]  # fmt: skip


@cache
def small_month():
    """The files of the small month as the settings of these tests have them, by path."""
    return {f.path: f.content for f in plan_month(months.small(), months.SETTINGS, {})}


def open_sheet(month=None, settings=months.SETTINGS, path="乡镇核查表/999999001_青石街道.xlsx"):
    """One workbook of a month; of the small month where none is given."""
    files = small_month() if month is None else {f.path: f.content for f in plan_month(month, settings, {})}
    return openpyxl.load_workbook(BytesIO(files[path]))


def rows(sheet):
    header = [str(c.value).replace("\n", "") for c in sheet[4]]
    found = []
    for row in sheet.iter_rows(min_row=5):
        if row[1].value:
            found.append({h: c for h, c in zip(header, row, strict=True)})
    return found


def test_the_columns_of_a_checklist():
    sheet = open_sheet()["核查表"]
    assert [str(c.value).replace("\n", "") for c in sheet[4]] == [
        "序号", "编号", "村", "姓名", "性别", "出生日期", "身份证号", "家庭与监护人", "应读学校与年级", "列入原因",
        "最相近的学籍记录", "核查方式", "核查日期", "核查结论", "去向/就读学校", "佐证材料", "劝返记录", "核查人", "联系电话",
    ]  # fmt: skip


def test_it_prints_on_a4_lying_down_one_page_wide():
    sheet = open_sheet()["核查表"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$4:$4" and sheet.freeze_panes == "E5"
    assert "第 &P 页 共 &N 页" in sheet.oddFooter.center.text
    assert not sheet.protection.sheet and sheet.auto_filter.ref == "A4:S10"
    to_fill = [r for r in range(5, 32) if not str(sheet.cell(r, 1).value).startswith("摸排")]
    assert min(sheet.row_dimensions[r].height for r in to_fill) >= 34.1, "12 mm for a pen"


def test_title_and_rule():
    sheet = open_sheet()["核查表"]
    assert sheet["A1"].value == "青石县青石街道控辍保学核查表（2021年10月）"
    assert "期号：2021年第10期" in sheet["A2"].value and "999999001" in sheet["A2"].value
    assert "2006-09-01 至 2015-08-31" in sheet["A3"].value
    numbered = replace(months.SETTINGS, checklist=Checklist(issue="青控辍〔2021〕7号"))
    assert "期号：青控辍〔2021〕7号" in open_sheet(months.small(), numbered)["核查表"]["A2"].value


def test_rows_stand_by_village_and_family():
    assert [r["村"].value for r in rows(open_sheet()["核查表"])] == [
        "大坪村", "大坪村", "岩口村", "石门村", "石门村", "石门村"
    ]  # fmt: skip


def test_own_children_in_full_and_near_records_masked():
    row = next(r for r in rows(open_sheet()["核查表"]) if r["编号"].value == "2021-0001")
    assert row["身份证号"].value == months.number("20120305", 1, 0)
    assert row["家庭与监护人"].value == "户主:赵大山\n母亲:钱小芳\n13800000001"
    near = next(r for r in rows(open_sheet()["核查表"]) if r["编号"].value == "2021-0004")
    assert near["最相近的学籍记录"].value == "相近:李昕\n999999********0417\n第一小学三年级2班\n姓名同音;出生日期差一天"


@pytest.mark.parametrize(("state", "shown"), [("malformed", "12345"), ("foreign", "12345"), ("not_own", None)])
def test_a_number_that_is_not_the_childs_own_is_not_printed_as_such(state, shown):
    who = months.person(id_pattern="", id_state=state, id_written="12345")
    assert rows(open_sheet(months.month([who], work=[months.work()]))["核查表"])[0]["身份证号"].value == shown


def test_no_township_or_school_learns_of_poverty_or_disability():
    for f in plan_month(months.small(), months.SETTINGS, {}):
        if f.path.startswith(("乡镇", "学校")):
            printed = " ".join(
                str(c.value)
                for s in openpyxl.load_workbook(BytesIO(f.content)).worksheets
                if s.title not in ("选项", "_kcbx")
                for r in s.iter_rows()
                for c in r
            )
            assert (
                "残疾" not in printed and "低保" not in printed and "送教上门" not in printed and "评估" not in printed
            )


def test_disability_is_shown_where_the_county_switched_it_on():
    shown = replace(months.SETTINGS, checklist=Checklist(show_disability=True))
    assert rows(open_sheet(months.small(), shown)["核查表"])[-1]["家庭与监护人"].value.endswith("\n残疾")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text):
    who = months.person(
        name=text, id_pattern="", id_written=text, head_name=text, guardian_name=text, phone=text, village=text
    )
    hostile = months.month(
        [who], work=[months.work(sentence=text, near_sentence=text, village=text, expected_grade=text)]
    )
    book = open_sheet(hostile)
    row = rows(book["核查表"])[0]
    for header in ("姓名", "身份证号", "列入原因", "村"):
        assert (row[header].value, row[header].data_type) == (text, "s")
    assert row["身份证号"].number_format == "@"
    assert not any(c.data_type == "f" for s in book.worksheets for r in s.iter_rows() for c in r)


@pytest.mark.parametrize("field", ["name", "village", "head_name", "guardian_name", "phone", "school", "relation"])
def test_what_xml_forbids_never_breaks_a_workbook(field):
    bad = months.person(**{field: "甲\x00\x1f\ud800\ufffe乙" * 3000})
    month = months.month(
        [bad], [bad | {"role": "registry"}], work=[months.work(near=0), months.work(registry=0, case_id="2021-2")]
    )
    for f in plan_month(month, months.SETTINGS, {}):
        if f.path.endswith(".xlsx"):
            openpyxl.load_workbook(BytesIO(f.content))


def test_numbers_that_excel_would_spoil_are_strings():
    row = rows(open_sheet()["核查表"])[0]
    assert all(row[h].data_type == "s" and row[h].number_format == "@" for h in ("身份证号", "出生日期", "编号"))
    assert row["联系电话"].number_format == "@" and row["核查日期"].number_format == "yyyy-mm-dd"


def test_blank_rows_for_children_found_door_to_door():
    sheet = open_sheet()["核查表"]
    band = next(r for r in range(5, 40) if str(sheet.cell(r, 1).value).startswith("摸排发现"))
    assert [sheet.cell(band + n, 1).value for n in range(1, 21)] == [str(n) for n in range(1, 21)]
    assert all(sheet.cell(band + n, c).value is None for n in range(1, 21) for c in range(2, 20))
    assert "村负责人（签字）" in sheet.cell(band + 21, 1).value
    none = replace(months.SETTINGS, checklist=Checklist(blank_rows=0))
    assert not any("摸排" in str(r[0].value) for r in open_sheet(months.small(), none)["核查表"].iter_rows())


def test_drop_downs_hold_all_outcomes_and_reach_the_blank_rows():
    book = open_sheet()
    rules = {str(v.sqref): v for v in book["核查表"].data_validations.dataValidation}
    assert set(rules) == {"L5:L31", "M5:M31", "N5:N31"}
    assert rules["M5:M31"].type == "date" and rules["M5:M31"].errorStyle == "information"
    assert rules["N5:N31"].formula1 == "选项!$B$1:$B$20"
    options = book["选项"]
    assert options.sheet_state == "hidden"
    assert tuple(options.cell(r, 2).value for r in range(1, 21)) == tuple(d.label for d in months.SETTINGS.dispositions)


def test_the_stamp_knows_the_sheet_and_each_row():
    book = open_sheet()
    stamp = [[c.value for c in r] for r in book["_kcbx"].iter_rows()]
    assert book["_kcbx"].sheet_state == "veryHidden"
    head = {r[0]: r[1] for r in stamp[:12]}
    assert head["schema"] == "1" and head["kind"] == "township" and head["month"] == "2021-10"
    assert (head["county"], head["place"], head["place_code"], head["rows"]) == ("青石县", "青石街道", "999999001", "6")
    assert head["identity"] == "case_id;name;sex;birth;id_number"
    layout = dict(p.split("=") for p in head["layout"].split(";"))
    assert (layout["case_id"], layout["outcome"]) == ("B", "N")
    assert stamp[13][:2] == ["id", "digest"]
    sheet = book["核查表"]
    for n, (case, digest, *_) in enumerate(stamp[14:], start=5):
        cells = [sheet[f"{layout[k]}{n}"].value or "" for k in head["identity"].split(";")]
        assert case == sheet[f"B{n}"].value
        assert digest == sha256("\x1f".join(cells).encode()).hexdigest()


def test_the_printed_digest_sees_a_changed_reason():
    first = open_sheet(months.month([months.person()], work=[months.work()]))["_kcbx"]["B10"].value
    other = open_sheet(months.month([months.person()], work=[months.work(sentence="另一原因")]))["_kcbx"]["B10"].value
    assert len(first) == 64 and first != other


def test_a_row_waits_for_its_outcome_in_colour():
    sheet = open_sheet()["核查表"]
    found = {str(c.sqref): c.rules[0].formula for c in sheet.conditional_formatting}
    assert found == {r: ["AND(LEN($B5)>0,LEN(TRIM($N5))=0)"] for r in ("A5:D31", "N5:N31")}


def test_the_school_names_its_own_pupil_as_the_registry_does():
    listed = months.person(name="吴永", guardian_name="")
    pupil = months.person(role="registry", name="吴勇", school="中心小学", grade="三年级", class_name="2班", status="流失",
                          status_date=20210301, phone="", guardian_name="吴父", guardian_relation="父亲")  # fmt: skip
    month = months.month([listed], [pupil], work=[months.work(registry=0)])
    row = rows(open_sheet(month, path="学校核查表/中心小学.xlsx")["核查表"])[0]
    assert (row["姓名"].value, row["年级班级"].value) == ("吴勇", "三年级2班")
    assert row["学籍登记情况"].value == "学籍状态:流失(2021-03-01)"
    assert row["家庭与监护人"].value == "户主:赵大山\n父亲:吴父\n13800000001"
    assert row["应读年级与住址"].value == "小学三年级\n青石街道石门村"


def test_footers_take_any_name():
    county = replace(months.SETTINGS, county=replace(months.SETTINGS.county, name="A&B县\n" + "长" * 300))
    footer = open_sheet(months.small(), county)["核查表"].oddFooter
    assert "A&&B" in footer.left.text or "A&B" in footer.left.text


def test_signatures_never_stand_on_a_page_alone():
    for count in range(1, 40, 4):
        many = [months.person(row=n) for n in range(count)]
        work = [months.work(case_id=f"2021-{n:04d}", person=n, child=n) for n in range(count)]
        sheet = open_sheet(months.month(many, work=work))["核查表"]
        heights = [sheet.row_dimensions[r].height for r in range(1, sheet.max_row + 1)]
        assert not last_starts_page(heights, heights[3])


def test_workbooks_hold_no_moment_but_the_months():
    content = plan_month(months.small(), months.SETTINGS, {})[0].content
    with ZipFile(BytesIO(content)) as book:
        assert b"2021-10-31T00:00:00Z" in book.read("docProps/core.xml")
        assert {i.date_time for i in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_grandchild_is_named_as_such():
    month = months.month([months.person(relation="之孙子")], work=[months.work()])
    assert rows(open_sheet(month)["核查表"])[0]["家庭与监护人"].value.startswith("户主:赵大山(之孙子)\n")


def test_work_that_names_nobody_still_has_its_row():
    row = rows(open_sheet(months.month(work=[months.work(child=-1, person=-1)]))["核查表"])[0]
    assert (row["编号"].value, row["姓名"].value, row["列入原因"].value) == (
        "2021-0001",
        None,
        "低收入名单在列,学籍库中查无此人",
    )


def test_classes_stand_in_the_order_of_their_numbers():
    from kcbx_cli.write.places import class_order

    classes = [("七年级", "10班"), ("九年级", "1班"), ("一年级", "2班"), ("七年级", "5班"), ("五年级", "1班"), ("", "")]
    assert sorted(classes, key=lambda c: class_order(*c)) == [
        ("一年级", "2班"), ("五年级", "1班"), ("七年级", "5班"), ("七年级", "10班"), ("九年级", "1班"), ("", ""),
    ]  # fmt: skip

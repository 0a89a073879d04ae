"""四包责任制: a roster of responsible people, and what it adds to the month."""

import zipfile

import openpyxl
import pytest
from offices import Office, member, pupil, table
from returned_sheets import Sheet

HEADER = ["层级", "乡镇", "学校", "村", "户主姓名", "角色", "姓名", "职务", "电话"]


def _with_roster(office: Office) -> None:
    office.registry(
        pupil("王大力", "20120101", 9), pupil("李小红", "20120316", 2, 学生当前状态="流失", 状态日期="20211005")
    )
    office.households(member("张小明", "20120315", 1, 村="一村"), member("赵小军", "20120317", 3, 乡="乙乡", 村="二村"))
    office.workbook("责任人.xlsx", HEADER, [
        {"层级": "片", "乡镇": "甲乡", "角色": "包片领导", "姓名": "陈局长", "职务": "局长", "电话": "13900000001"},
        {"层级": "校", "学校": "甲乡中心小学", "角色": "包校职工", "姓名": "褚老师", "电话": "13900000002"},
        {"层级": "村", "乡镇": "甲乡", "村": "一村委会", "角色": "包村校长", "姓名": "卫校长", "电话": "13900000003"},
    ], "责任人名册")  # fmt: skip
    assert office.reconcile("--responsible", office.folder / "责任人.xlsx") == 0


@pytest.fixture
def office_with_roster(office: Office, begun) -> Office:
    return begun(office, _with_roster)


def rows(path, sheet: str) -> list[list[str]]:
    return [
        ["" if c is None else str(c) for c in row]
        for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    ]


def test_each_checklist_row_carries_its_people(office_with_roster):
    out = office_with_roster.out
    told = rows(out / "乡镇核查表" / "甲乡.xlsx", "核查表")
    at = told[3].index("责任人")
    assert [row[at] for row in told if "张小明" in row] == ["陈局长\n卫校长"]
    assert "责任人" not in rows(out / "乡镇核查表" / "乙乡.xlsx", "核查表")[3]
    school = rows(out / "学校核查表" / "甲乡中心小学.xlsx", "核查表")
    assert [row[school[3].index("责任人")] for row in school if "李小红" in row] == ["褚老师"]


def test_a_case_for_whom_nobody_answers_is_a_problem(office_with_roster):
    alone = [p for p in table(office_with_roster.out / "data" / "problems.csv") if p["code"] == "K430"]
    assert [(p["file"], p["row"]) for p in alone] == [("脱贫户.xlsx", "4")]


def test_each_person_has_a_visit_sheet_and_a_place_in_the_summary(office_with_roster):
    folder = office_with_roster.out / "责任人走访表"
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["汇总.xlsx", "包片领导_陈局长.xlsx", "包校职工_褚老师.xlsx", "包村校长_卫校长.xlsx"]
    )
    assert any("张小明" in row for row in rows(folder / "包片领导_陈局长.xlsx", "走访表"))
    counted = {row[2]: row[6:10] for row in rows(folder / "汇总.xlsx", "汇总") if row[0].isdigit()}
    assert counted == dict.fromkeys(("陈局长", "褚老师", "卫校长"), ["1", "1", "0", "0"])


def test_the_summary_tells_what_is_new_what_lasts_and_what_was_answered(office_with_roster):
    office, given = (
        office_with_roster,
        ("--responsible", office_with_roster.folder / "责任人.xlsx", "--ledger", "台账.db"),
    )
    for as_of in ("2021-09-30", "2021-10-31", "2021-11-30"):
        office.out.rename(office.folder / f"前{as_of}")
        assert office.reconcile(*given, as_of=as_of) == 0, office.stderr
        if as_of == "2021-09-30":
            path = next((office.out / "乡镇核查表").glob("*甲乡.xlsx"))
            sheet = Sheet(path)
            sent = sheet.fill(sheet.row_of("张小明"), 核查结论="失联").save(office.folder / "收到" / "甲乡.xlsx")
            assert office.kcbx("collect", sent, "--ledger", "台账.db") == 0, office.stderr
    told = {row[2]: row[6:10] for row in rows(office.out / "责任人走访表" / "汇总.xlsx", "汇总") if row[0].isdigit()}
    assert told["陈局长"] == ["1", "0", "1", "1"] and told["褚老师"] == ["1", "0", "1", "0"]


def test_a_pledge_for_each_layer(office_with_roster):
    folder = office_with_roster.out / "承诺书"
    assert sorted(p.name for p in folder.iterdir()) == ["包村.docx", "包校.docx", "包片.docx"]
    text = zipfile.ZipFile(folder / "包片.docx").read("word/document.xml").decode("utf-8")
    assert "陈局长" in text and "{{" not in text and "{%" not in text


def test_the_same_again_is_the_same(office_with_roster):
    def everything() -> dict[str, bytes]:
        out = office_with_roster.out
        return {
            str(p.relative_to(out)): p.read_bytes()
            for p in sorted(out.rglob("*"))
            if p.is_file() and p.name != "run.json"
        }

    before = everything()
    assert office_with_roster.reconcile("--responsible", office_with_roster.folder / "责任人.xlsx") == 0
    assert everything() == before


def test_without_a_roster_there_is_none_of_it(office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1))
    assert office.reconcile() == 0
    assert not (office.out / "责任人走访表").exists() and not (office.out / "承诺书").exists()
    assert "K430" not in office.problems()


def test_a_countys_own_template_is_used_or_refused(office_with_roster, monkeypatch):
    office, roster = office_with_roster, office_with_roster.folder / "责任人.xlsx"
    bad = office.folder / "模板.docx"
    bad.write_bytes(b"not a document")
    monkeypatch.setenv("KCBX_DOCUMENTS__PLEDGE", str(bad))
    assert office.reconcile("--responsible", roster) == 2 and "模板" in office.stderr
    import docx

    own = docx.Document()
    own.add_paragraph("{{ county }}{% for person in people %}{{ person.nobody }}{% endfor %}")
    own.save(bad)
    assert office.reconcile("--responsible", roster) == 2 and "写错的字段" in office.stderr

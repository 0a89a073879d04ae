"""A month that is run again after answers came in: its list went out, and stays what it was."""

import hashlib

import openpyxl
import pytest
from offices import Office, id_number, member, pupil
from returned_sheets import Sheet
from test_month_on_month import names_in, on_checklists, sheet_of

FOUND = {"核查方式": "入户", "核查结论": "在校有学籍", "佐证材料": "在校证明"}
FOURTH = id_number("20120318", 5)
DROPPED = {"核查方式": "入户", "核查结论": "确认辍学"}


def written(office: Office) -> dict[str, str]:
    """What every file of the month holds, run.json's timings aside."""
    return {
        str(path.relative_to(office.out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(office.out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def on_list(office: Office) -> set[str]:
    """The children of 疑似辍学学生名单."""
    rows = openpyxl.load_workbook(office.out / "疑似辍学学生名单.xlsx").worksheets[0].iter_rows(values_only=True)
    return {str(cell) for row in rows for cell in row if cell in ("张小明", "李小红", "赵小雨", "钱多多")}


def listed(office: Office, as_of: str = "2021-10-31") -> None:
    """Three children of whom the registry has none."""
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2), member("赵小雨", "20120317", 4))
    assert office.reconcile(as_of=as_of) == 0


def answered(office: Office) -> None:
    """One is found in school, one has dropped out, and one more is found door to door."""
    sheet = Sheet(next((office.out / "乡镇核查表").glob("*.xlsx")))
    sheet.fill(sheet.row_of("张小明"), **FOUND).fill(sheet.row_of("李小红"), **DROPPED)
    sheet.fill(sheet.blank_row, 姓名="钱多多", 身份证号=FOURTH, **DROPPED)
    saved = sheet.save(office.folder / "收到" / "甲乡.xlsx")
    assert office.kcbx("collect", saved, "--ledger", office.folder / "kcbx-ledger.db") == 0, office.stdout


def _listed_and_answered(office: Office) -> None:
    listed(office)
    answered(office)


@pytest.fixture
def known(office: Office, begun) -> Office:
    """The month has gone out, and the answers have come in."""
    return begun(office, _listed_and_answered)


def test_the_list_and_all_that_is_counted_stay_what_they_were(office: Office):
    listed(office)
    before = written(office)
    answered(office)
    assert office.reconcile() == 0
    assert written(office) == before
    assert "涉及个案 3 个" in office.stdout and "计入下一期" in office.stdout


def test_what_was_answered_is_told_once_by_the_next_month(known: Office):
    assert known.reconcile() == 0
    assert known.reconcile(as_of="2021-11-30") == 0
    assert names_in(known, "销号") == ["张小明"] and names_in(known, "新增") == ["钱多多"]
    assert known.run()["counts"]["cases"] == {
        "before": 3, "new": 1, "reopened": 0, "continuing": 2, "closed": 1, "now": 3,
    }  # fmt: skip
    assert known.verdict_of(3) == "cleared"
    assert (
        on_checklists(known) == {"甲乡": {"李小红", "赵小雨", "钱多多"}}
        and on_list(known) == on_checklists(known)["甲乡"]
    )


def test_corrected_lists_do_not_bring_back_who_was_answered_for(known: Office):
    known.registry(pupil("赵小雨", "20120317", 4))
    assert known.reconcile() == 0
    assert on_list(known) == {"张小明", "李小红"} == set(names_in(known, "新增"))
    assert known.kcbx("cases", "list", "--state", "all", "--json", "--ledger", known.folder / "kcbx-ledger.db") == 0
    assert known.stdout.count('"closed"') >= 2  # the answer's and the corrected list's


def test_a_corrected_list_that_has_the_child_found_door_to_door(known: Office):
    known.households(
        member("张小明", "20120315", 1), member("李小红", "20120316", 2), member("赵小雨", "20120317", 4),
        member("钱多多", "20120318", 5),
    )  # fmt: skip
    for _ in range(2):
        assert known.reconcile() == 0, known.stderr
        assert on_list(known) == {"张小明", "李小红", "赵小雨", "钱多多"} == set(names_in(known, "新增"))
    assert known.reconcile(as_of="2021-11-30") == 0
    assert set(names_in(known, "延续")) == {"李小红", "赵小雨", "钱多多"}
    assert sheet_of(known, "汇总")[-1][1:] == ["4", "0", "0", "1", "3", "3"]


def test_a_past_month_is_written_again_as_it_went_out(office: Office):
    listed(office)
    before = written(office)
    answered(office)
    assert office.reconcile("--out", office.folder / "十一月", as_of="2021-11-30") == 0
    assert office.reconcile() == 0
    assert written(office) == before

"""A case from month to month, as the workbook 月度变化 tells it."""

import openpyxl
import pytest
from offices import Office, member, pupil
from returned_sheets import Sheet


def sheet_of(office: Office, name: str) -> list[list[str]]:
    rows = openpyxl.load_workbook(office.out / "月度变化.xlsx")[name].iter_rows(values_only=True)
    return [["" if c is None else str(c) for c in row] for row in rows if row[0]]


def names_in(office: Office, sheet: str) -> list[str]:
    return [row[4] for row in sheet_of(office, sheet) if row[0].isdigit()]


def on_checklists(office: Office) -> dict[str, set[str]]:
    """The children on each township's checklist."""
    found = {}
    for path in sorted((office.out / "乡镇核查表").glob("*.xlsx")):
        rows = openpyxl.load_workbook(path)["核查表"].iter_rows(values_only=True)
        found[path.stem] = {row[3] for row in rows if row[1] and "-" in str(row[1])}
    return found


def _two_missing(office: Office) -> None:
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2))
    assert office.reconcile(as_of="2021-09-30") == 0


@pytest.fixture
def two_missing(office: Office, begun) -> Office:
    """September: two children of whom the registry has neither."""
    return begun(office, _two_missing)


def test_new_continuing_closed_and_reopened(two_missing: Office):
    office = two_missing
    assert sorted(names_in(office, "新增")) == ["张小明", "李小红"]
    assert office.run()["counts"]["cases"] == {
        "before": 0,
        "new": 2,
        "reopened": 0,
        "continuing": 0,
        "closed": 0,
        "now": 2,
    }

    office.registry(pupil("王大力", "20120101", 9), pupil("李小红", "20120316", 2))
    assert office.reconcile(as_of="2021-10-31") == 0
    assert names_in(office, "延续") == ["张小明"]
    (closed,) = [row for row in sheet_of(office, "销号") if row[0].isdigit()]
    assert closed[4] == "李小红" and closed[9] == "学籍比对在校" and closed[11] == "1"
    assert sheet_of(office, "汇总")[-1][1:] == ["2", "0", "0", "1", "1", "1"]

    written = (office.out / "月度变化.xlsx").read_bytes()
    assert office.reconcile(as_of="2021-10-31") == 0
    assert (office.out / "月度变化.xlsx").read_bytes() == written

    office.registry(
        pupil("王大力", "20120101", 9), pupil("李小红", "20120316", 2, 学生当前状态="流失", 状态日期="20211105")
    )
    assert office.reconcile(as_of="2021-11-30") == 0
    assert names_in(office, "重新列入") == ["李小红"] and names_in(office, "延续") == ["张小明"]
    assert [row[11] for row in sheet_of(office, "延续") if row[0].isdigit()] == ["3"]


def test_a_child_who_stands_on_no_list_any_more_goes_on(two_missing: Office):
    office = two_missing
    office.households(member("李小红", "20120316", 2))
    for _ in range(2):
        assert office.reconcile(as_of="2021-10-31") == 0
        (lost,) = [row for row in sheet_of(office, "延续") if row[4] == "张小明"]
        assert lost[9] == "上期没有办结，本月不在任何名单上，请查明去向" and lost[11] == "2"
        assert "K601" in office.problems()
        assert on_checklists(office) == {"甲乡": {"张小明", "李小红"}}
    assert office.run()["counts"]["carried_over"] == 1


def test_who_is_answered_for_stands_on_no_checklist_any_more(two_missing: Office):
    office = two_missing
    office.households(member("李小红", "20120316", 2))
    office.reconcile(as_of="2021-10-31")
    sheet = Sheet(next((office.out / "乡镇核查表").glob("*.xlsx")))
    sheet.fill(sheet.row_of("张小明"), 核查结论="户籍问题(重户/空挂/迁出/注销/查无此人)", 佐证材料="迁出证明")
    assert office.kcbx("collect", sheet.save(office.folder / "收到" / "甲乡.xlsx")) == 0
    assert office.reconcile(as_of="2021-10-31") == 0
    assert on_checklists(office) == {"甲乡": {"张小明", "李小红"}}  # the list that went out stays what it was
    assert office.reconcile(as_of="2021-11-30") == 0
    assert on_checklists(office) == {"甲乡": {"李小红"}} and "K601" not in office.problems()


def test_a_child_of_whom_the_match_became_doubtful_stays_on_the_checklist(office: Office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1))
    office.reconcile(as_of="2021-09-30")
    # the registry gets a pupil of the same name and birth date, with another number and another surname's family
    office.registry(pupil("王大力", "20120101", 9), pupil("张晓明", "20120315", 77))
    office.reconcile(as_of="2021-10-31")
    assert [v["verdict"] for v in office.verdicts()] == ["review"]
    assert on_checklists(office) == {"甲乡": {"张小明"}} and "K601" not in office.problems()
    (row,) = [row for row in sheet_of(office, "延续") if row[0].isdigit()]
    assert row[8:10] == ["待人工比对", "上期没有办结，本月名单与学籍的比对还要由人判定"]


def test_a_month_run_again_with_corrected_lists_takes_back_what_it_opened(office: Office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2), member("赵国庆", "20120517", 3))
    office.reconcile(as_of="2021-09-30")
    sheet = Sheet(next((office.out / "乡镇核查表").glob("*.xlsx")))
    sheet.fill(sheet.row_of("赵国庆"), 核查结论="劝返中")
    assert office.kcbx("collect", sheet.save(office.folder / "收到" / "甲乡.xlsx")) == 0
    office.households(member("李小红", "20120316", 2))
    for _ in range(2):
        assert office.reconcile(as_of="2021-09-30") == 0
        assert sorted(names_in(office, "新增")) == ["李小红", "赵国庆"], "who was answered for stays"
        assert {"K601", "K630"} <= office.problems()
    assert office.run()["counts"]["cases"]["now"] == 2
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2))
    assert office.reconcile(as_of="2021-10-31") == 0
    (back,) = [row for row in sheet_of(office, "新增") if row[0].isdigit()]
    assert (back[4], back[1]) == ("张小明", "2021-0001"), "the number stays"

"""A case from month to month, as the workbook 月度变化 tells it."""

import openpyxl
from offices import Office, member, pupil


def sheet_of(office: Office, name: str) -> list[list[str]]:
    rows = openpyxl.load_workbook(office.out / "月度变化.xlsx")[name].iter_rows(values_only=True)
    return [["" if c is None else str(c) for c in row] for row in rows if row[0]]


def names_in(office: Office, sheet: str) -> list[str]:
    return [row[4] for row in sheet_of(office, sheet) if row[0].isdigit()]


def test_new_continuing_closed_and_reopened(office: Office):
    here, gone = member("张小明", "20120315", 1), member("李小红", "20120316", 2)
    office.registry(pupil("王大力", "20120101", 9))
    office.households(here, gone)
    assert office.reconcile(as_of="2021-09-30") == 0
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


def test_a_child_who_stands_on_no_list_any_more_goes_on(office: Office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2))
    office.reconcile(as_of="2021-09-30")
    office.households(member("李小红", "20120316", 2))
    for _ in range(2):
        assert office.reconcile(as_of="2021-10-31") == 0
        (lost,) = [row for row in sheet_of(office, "延续") if row[4] == "张小明"]
        assert lost[9] == "本月不在任何名单上，去向待查" and lost[11] == "2"

"""A child who was found absent: the registry has it in class all along, so that only a roll call or a person closes the case."""

import openpyxl
import pytest
from offices import member, pupil
from returned_sheets import Sheet
from test_comparisons import REPORT, ROLL, class_of, on_roll, reported

from kcbx_cli.ledger import open_ledger

NO_ROLL = "上期没有办结，学籍显示在读，但本月没有到校点名数据，不能判断是否返校"
OTHER = pupil("乙小一", "20120406", 31, 班级="2班")


def ledger(office):
    return office.folder / "kcbx-ledger.db"


def october(office):
    """One of three is out for two months, one is missing from the roll call."""
    office.registry(*class_of("甲小一", "甲小二", "甲小三"))
    office.households(member("甲小三", "20120305", 15))
    away = reported(class_of("甲小一")[0], 缺勤起始日期="2021-09-01", 报告日期="2021-10-29")
    office.workbook("十月/缺勤.xlsx", REPORT, [away])
    office.workbook("十月/点名册.xlsx", ROLL, [on_roll(class_of("甲小一", "甲小二", "甲小三")[2])])
    assert month(office, "2021-10-31", "--attendance", office.folder / "十月") == 0, office.stderr
    assert states(office) == {"2021-0001": ("open", "dropout"), "2021-0002": ("open", "absent")}


def month(office, as_of, *more):
    return office.reconcile("--ledger", ledger(office), *more, as_of=as_of)


def states(office):
    with open_ledger(ledger(office), create=False, readonly=True) as book:
        return {case.case_id: (case.state, case.kind) for case in book.caseload()}


def back(office):
    """How many 月报.xlsx counts as 返校."""
    book = openpyxl.load_workbook(office.out / "月报.xlsx")
    (head,) = [row for row in book["总表"].iter_rows(values_only=True) if row[:2] == ("学段", "辍学")]
    return [row[head.index("返校")] for row in book["总表"].iter_rows(values_only=True) if row[0] == "合计"]


@pytest.fixture
def known(office, begun):
    return begun(office, october)


def test_a_month_without_attendance_lists_closes_no_case_of_an_absent_child(known):
    for as_of in ("2021-11-30", "2021-12-31"):
        assert month(known, as_of) == 0
        assert states(known) == {"2021-0001": ("open", "dropout"), "2021-0002": ("open", "absent")}
        assert known.run()["counts"]["cases"]["closed"] == 0 and known.run()["counts"]["carried_over"] == 2
        assert "K635" in known.problems() and "K601" not in known.problems()
        assert set(back(known)) == {"0"}
        (sheet,) = (known.out / "学校核查表").glob("*.xlsx")
        said = [c for row in openpyxl.load_workbook(sheet).worksheets[0].iter_rows(values_only=True) for c in row]
        assert sum(NO_ROLL in str(c) for c in said) == 2
    assert month(known, "2021-11-30") == 0  # a past month as it went out
    assert known.run()["counts"]["work"] == 2


def test_a_roll_call_of_another_class_or_month_closes_none(known):
    known.registry(*class_of("甲小一", "甲小二", "甲小三"), OTHER)
    known.workbook("十一月/点名册.xlsx", ROLL, [on_roll(OTHER, 点名日期="2021-11-28")])
    old = known.folder / "十月" / "点名册.xlsx"
    assert month(known, "2021-11-30", "--attendance", known.folder / "十一月", "--attendance", old) == 0
    assert {state for state, _ in states(known).values()} == {"open"} and "K476" in known.problems()


def test_a_roll_call_that_has_the_child_in_class_closes_its_case(known):
    assert month(known, "2021-11-30") == 0
    rows = [on_roll(one, 点名日期="2021-12-28") for one in class_of("甲小一", "甲小二", "甲小三")]
    rows[1] |= {"是否到校": "否"}
    assert month(known, "2021-12-31", "--attendance", known.workbook("十二月/点名册.xlsx", ROLL, rows)) == 0
    assert states(known) == {"2021-0001": ("closed", "enrolled"), "2021-0002": ("open", "absent")}
    assert "1" in back(known)


def test_a_few_days_of_absence_are_no_return(known):
    away = reported(class_of("甲小一")[0], 缺勤起始日期="2021-11-28", 报告日期="2021-11-30")
    assert month(known, "2021-11-30", "--attendance", known.workbook("十一月/缺勤.xlsx", REPORT, [away])) == 0
    assert {state for state, _ in states(known).values()} == {"open"}
    sheet = openpyxl.load_workbook(known.out / "疑似辍学学生名单.xlsx").worksheets[0]
    said = "".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row)
    assert NO_ROLL in said and "学校报告本月仍有缺勤或请假，不能判断是否返校" in said


def test_listed_children_and_the_same_month_without_its_roll_call(known):
    for as_of in ("2021-10-31", "2021-11-30"):
        known.households(member("甲小一", "20120305", 11))
        assert month(known, as_of) == 0
        assert states(known) == {"2021-0001": ("open", "dropout"), "2021-0002": ("open", "absent")}
        assert known.run()["counts"]["work"] == 2


def test_what_else_accounts_for_the_child_closes_the_case(known):
    rows = class_of("甲小一", "甲小二", "甲小三")
    rows[0] |= {"学生当前状态": "休学", "状态日期": "20211105"}
    known.registry(*rows)
    assert month(known, "2021-11-30") == 0
    assert {case: state for case, (state, _) in states(known).items()} == {"2021-0001": "closed", "2021-0002": "open"}
    assert set(back(known)) == {"0"}


def test_a_registry_entry_that_is_new_closes_a_case_and_one_that_a_person_contradicts_does_not(office):
    """One had no entry; one was found door to door, and the person says that it has dropped out."""
    office.registry(*class_of("丁小一"))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2))
    assert office.reconcile("--ledger", ledger(office)) == 0
    dropped = {"核查方式": "入户", "核查结论": "确认辍学"}
    sheet = Sheet(next((office.out / "乡镇核查表").glob("*.xlsx")))
    sheet.fill(sheet.row_of("张小明"), **dropped)
    sheet.fill(sheet.blank_row, 姓名="钱多多", 身份证号=pupil("", "20120318", 5)["身份证件号"], **dropped)
    saved = sheet.save(office.folder / "收到" / "甲乡.xlsx")
    assert office.kcbx("collect", saved, "--ledger", ledger(office)) == 0, office.stdout
    office.registry(pupil("张小明", "20120315", 1), pupil("李小红", "20120316", 2), pupil("钱多多", "20120318", 5))
    for as_of in ("2021-11-30", "2021-12-31"):
        assert office.reconcile("--ledger", ledger(office), as_of=as_of) == 0
        assert [state for state, _ in states(office).values()] == ["closed", "closed", "open"]


# -- an answer, and an absence after it --------------------------------------------------------------------------


def answered(office, outcome="已劝返复学", day="2021-11-05"):
    """The school says of the first child that it is back."""
    sheet = Sheet(next((office.out / "学校核查表").glob("*.xlsx")))
    sheet.fill(sheet.row_of("甲小一"), 核查方式="入户", 核查日期=day, 核查结论=outcome, 佐证材料="在校证明")
    saved = sheet.save(office.folder / "收到" / "甲乡.xlsx")
    assert office.kcbx("collect", saved, "--ledger", ledger(office)) == 0, office.stdout
    assert states(office)["2021-0001"][0] == "closed"


def november(office, **absence):
    row = reported(class_of("甲小一")[0], **({"报告日期": "2021-11-29", "是否返校": "否"} | absence))
    report = office.workbook("十一月/缺勤.xlsx", REPORT, [row])
    assert month(office, "2021-11-30", "--attendance", report) == 0, office.stderr
    return states(office)["2021-0001"]


@pytest.mark.parametrize("outcome", ["已劝返复学", "在校有学籍"])
@pytest.mark.parametrize("listed", [False, True])
def test_an_absence_that_begins_after_the_answer_brings_the_case_back(known, outcome, listed):
    if listed:
        known.households(member("甲小一", "20120305", 11))
    answered(known, outcome)
    for _ in range(2):  # and when the month is run again
        assert november(known, 缺勤起始日期="2021-11-08", 缺勤天数="22") == ("open", "absent")
        assert known.run()["counts"]["cases"] == {
            "before": 2, "new": 0, "reopened": 1, "continuing": 1, "closed": 1, "now": 2,
        }  # fmt: skip


def test_a_roll_call_after_the_answer_that_misses_the_child_brings_it_back(known):
    answered(known)
    rows = [on_roll(one, 点名日期="2021-11-28") for one in class_of("甲小一", "甲小二", "甲小三")]
    rows[0] |= {"是否到校": "否"}
    assert month(known, "2021-11-30", "--attendance", known.workbook("十一月/点名册.xlsx", ROLL, rows)) == 0
    assert states(known)["2021-0001"] == ("open", "absent")


@pytest.mark.parametrize(
    "absence",
    [{"缺勤起始日期": "2021-11-01"}, {"缺勤起始日期": "2021-11-26"}, {"缺勤起始日期": "2021-11-08", "是否返校": "是"}],
)
def test_an_absence_before_the_answer_or_of_a_few_days_does_not(known, absence):
    answered(known, "在校有学籍")
    assert november(known, **absence)[0] == "closed"
    # a few days are too few for a case: the child is proposed for the watch list
    assert (known.run()["counts"]["watch"]["proposed"] > 0) == (absence["缺勤起始日期"] == "2021-11-26")


def test_what_says_why_the_child_is_not_here_holds(known):
    answered(known, "休学")
    assert november(known, 缺勤起始日期="2021-11-08")[0] == "closed"

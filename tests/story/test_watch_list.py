"""有辍学倾向: proposed by the month, decided by the school, paired with a helper, and back again next month."""

import json
from pathlib import Path

import openpyxl
import pytest
from offices import Office, member, pupil
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger

BROTHER, SISTER, OTHER = ("张小明", "20120315", 1), ("张小红", "20130416", 2), ("王大力", "20120101", 9)
MONTHS = ("2021-09-30", "2021-10-31", "2021-11-30", "2021-12-31")


def _family(office: Office) -> None:
    office.registry(pupil(*SISTER), pupil(*OTHER, 班级="2班"))
    office.households(
        member(*BROTHER, 户编号="9900", 人口编号="990001"), member(*SISTER, 户编号="9900", 人口编号="990002")
    )


def _two_months(office: Office) -> None:
    _family(office)
    for month in MONTHS[:2]:
        assert office.reconcile(as_of=month) == 0


@pytest.fixture
def family(office: Office) -> Office:
    """A boy who is not at school and his sister who is."""
    _family(office)
    return office


@pytest.fixture
def proposed(office: Office, begun) -> Office:
    """The same after two months: his sister is proposed."""
    return begun(office, _two_months)


def sheet(office: Office) -> Sheet | None:
    found = list((office.out / "学校核查表").glob("*.xlsx"))
    return Sheet(found[0], "关注名单") if found else None


def watched(office: Office) -> dict[str, tuple[str, str, str]]:
    """State, reason and helper by number."""
    with open_ledger(Path("kcbx-ledger.db"), create=False, readonly=True) as book:
        held = book.watched()
    return {
        c: (s, r, h) for c, s, r, h in zip(*(held[n] for n in ("case_id", "state", "reason", "helper")), strict=True)
    }


def collect(office: Office, filled: Sheet, code: int = 0) -> dict:
    assert office.kcbx("collect", filled.save(office.folder / "收到" / "学校.xlsx"), "--json") == code, office.stdout
    return json.loads(office.stdout)["data"]


def test_a_sister_is_proposed_once_the_case_has_been_open_for_months(family: Office):
    assert family.reconcile(as_of=MONTHS[0]) == 0
    assert watched(family) == {} and sheet(family) is None
    assert family.reconcile(as_of=MONTHS[1]) == 0
    assert watched(family) == {"2021-0002": ("proposed", "sibling_open", "")}
    found = sheet(family)
    row = found.row_of("张小红")
    assert found.sheet.cell(row, found.columns["关注原因"]).value == "建议关注：同一家庭有孩子疑似失学，多月没有办结"
    assert "张小明" not in str([c.value for r in found.sheet.iter_rows() for c in r])
    assert family.run()["counts"]["watch"] == {"on": 0, "proposed": 1}
    assert [v["case_id"] for v in family.verdicts()] == ["2021-0001", ""], "no case"
    before = Path("kcbx-ledger.db").read_bytes(), {p: p.read_bytes() for p in family.out.rglob("*.xlsx")}
    assert family.reconcile(as_of=MONTHS[1]) == 0
    assert before == (Path("kcbx-ledger.db").read_bytes(), {p: p.read_bytes() for p in family.out.rglob("*.xlsx")})


def test_a_weak_sign_needs_another(family: Office):
    family.registry(pupil(*SISTER) | {"是否留守儿童": "是"}, pupil(*OTHER))
    header = [*pupil(*OTHER), "是否留守儿童"]
    family.workbook(
        "学籍.xlsx",
        header,
        [pupil(*SISTER) | {"是否留守儿童": "是"}, pupil(*OTHER) | {"是否留守儿童": "是"}],
        "学籍信息",
    )
    assert family.reconcile(as_of=MONTHS[0]) == 0
    assert watched(family) == {"2021-0002": ("proposed", "parents_away;sibling_new", "")}


def test_the_school_decides_and_names_a_helper(proposed: Office):
    found = sheet(proposed)
    found.fill(
        found.row_of("张小红"), 关注意见="列入关注", 结对帮扶人="李老师", 帮扶人电话="13900001111", 帮扶情况="每周家访"
    )
    told = collect(proposed, found)
    assert told["counts"] | {"watch": 1, "rejected": 0, "findings": 0, "opened": 0} == told["counts"]
    assert watched(proposed) == {"2021-0002": ("on", "sibling_open", "李老师")}
    assert collect(proposed, Sheet(proposed.folder / "收到" / "学校.xlsx", "关注名单"))["counts"]["watch"] == 0
    proposed.registry(pupil(*SISTER, 班级="5班"), pupil(*OTHER), pupil(*BROTHER))
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    again = sheet(proposed)
    row = again.row_of("张小红")
    cells = [again.sheet.cell(row, again.columns[word]).value for word in ("年级班级", "关注原因", "现在的帮扶人")]
    assert cells == ["三年级5班", "关注中：同一家庭有孩子疑似失学，多月没有办结", "李老师\n13900001111"], (
        "until somebody takes her off"
    )
    book = openpyxl.load_workbook(proposed.out / "台账" / "有辍学倾向学生台账.xlsx").active
    assert "每周家访" in str([c.value for r in book.iter_rows() for c in r])
    again.fill(row, 关注意见="解除关注")
    assert collect(proposed, again)["counts"]["watch"] == 1
    assert watched(proposed)["2021-0002"][0] == "off"
    assert proposed.kcbx("cases", "show", "2021-0001") == 0
    assert proposed.reconcile(as_of=MONTHS[3]) == 0
    assert sheet(proposed) is None


def test_who_was_declined_is_proposed_again_only_under_another_sign(proposed: Office):
    found = sheet(proposed)
    collect(proposed, found.fill(found.row_of("张小红"), 关注意见="不列入"))
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    assert watched(proposed)["2021-0002"][0] == "off" and sheet(proposed) is None
    assert (
        proposed.kcbx(
            "cases", "close", "2021-0001", "--disposition", "在校有学籍", "--evidence", "证明", "--on", "2021-12-01"
        )
        == 0
    )
    assert proposed.reconcile(as_of=MONTHS[3]) == 0
    assert watched(proposed)["2021-0002"][0] == "off"


def test_a_proposal_that_nobody_answered_lapses_with_its_sign(proposed: Office):
    proposed.registry(pupil(*SISTER), pupil(*BROTHER))
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    assert watched(proposed)["2021-0002"][0] == "off" and sheet(proposed) is None


def test_what_cannot_be_taken_goes_back_and_the_rest_is_taken(proposed: Office):
    found = sheet(proposed)
    found.fill(found.row_of("张小红"), 关注意见="再看看")
    found.fill(found.row_of("张小红") + 1, 姓名="王大力", 性别="男", 出生日期="2012-01-01", 结对帮扶人="周老师")
    told = collect(proposed, found, code=1)
    assert {p["code"] for p in told["problems"]} == {"K631"} and told["counts"]["watch"] == 1
    assert told["counts"]["opened"] == 0, "a watched child has no case"
    assert (proposed.folder / "退回" / "退回_学校.xlsx").exists()
    assert watched(proposed)["2021-0003"] == ("on", "by_hand", "周老师")
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    again = sheet(proposed)
    assert again.row_of("王大力") and again.row_of("张小红")


def test_two_opinions_of_one_child_are_both_refused(proposed: Office):
    found = sheet(proposed)
    one = found.fill(found.row_of("张小红"), 关注意见="列入关注").save(proposed.folder / "收到" / "一.xlsx")
    two = found.fill(found.row_of("张小红"), 关注意见="不列入").save(proposed.folder / "收到" / "二.xlsx")
    assert proposed.kcbx("collect", one, two, "--json") == 1
    told = json.loads(proposed.stdout)["data"]
    assert {p["code"] for p in told["problems"]} == {"K632"} and told["counts"]["rejected"] == 2
    assert watched(proposed)["2021-0002"][0] == "proposed" and len(told["returned"]) == 2


def test_a_watched_child_whom_no_list_has_any_more_is_told(proposed: Office):
    found = sheet(proposed)
    collect(proposed, found.fill(found.row_of("张小红"), 关注意见="列入关注"))
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    assert {"K633"} == proposed.problems() & {"K633", "K634"}
    proposed.registry(pupil(*OTHER))
    proposed.households(member(*BROTHER, 户编号="9900", 人口编号="990001"))
    assert proposed.reconcile(as_of=MONTHS[3]) == 0
    assert {"K634"} == proposed.problems() & {"K633", "K634"}


def test_a_watched_child_who_drops_out_keeps_its_number(proposed: Office):
    found = sheet(proposed)
    collect(proposed, found.fill(found.row_of("张小红"), 关注意见="列入关注"))
    assert "K633" not in proposed.problems()
    proposed.registry(pupil(*SISTER, 学生当前状态="流失", 状态日期="20211110"), pupil(*OTHER))
    assert proposed.reconcile(as_of=MONTHS[2]) == 0
    assert {v["case_id"] for v in proposed.verdicts()} == {"2021-0001", "2021-0002"}
    told = proposed.run()["counts"]
    assert told["cases"] | {"new": 1, "now": 2} == told["cases"] and told["watch"]["on"] == 1
    school = openpyxl.load_workbook(next((proposed.out / "学校核查表").glob("*.xlsx")))
    assert "关注名单" not in school.sheetnames, "the checklist asks about her"
    proposed.registry(pupil(*SISTER, 学生当前状态="复学", 状态日期="20211215"), pupil(*OTHER))
    assert proposed.reconcile(as_of=MONTHS[3]) == 0
    assert "K633" in proposed.problems() and sheet(proposed).row_of("张小红")


def test_who_was_persuaded_back_is_proposed(office: Office):
    office.registry(pupil(*OTHER))
    office.households(member(*BROTHER), member(*OTHER))
    assert office.reconcile(as_of=MONTHS[0]) == 0
    assert (
        office.kcbx(
            "cases", "close", "2021-0001", "--disposition", "已劝返复学", "--evidence", "复学证明", "--on", "2021-10-10"
        )
        == 0
    )
    office.registry(pupil(*OTHER), pupil(*BROTHER, 状态日期="20211010"))
    assert office.reconcile(as_of=MONTHS[1]) == 0
    assert watched(office) == {"2021-0001": ("proposed", "persuaded_back", "")}
    assert sheet(office).row_of("张小明")


def test_the_office_itself_watches_pairs_and_takes_off(family: Office):
    assert family.reconcile(as_of=MONTHS[0]) == 0
    assert family.kcbx("cases", "watch", "2021-0001", "--helper", "赵老师", "--who", "教育局") == 0
    assert watched(family) == {"2021-0001": ("on", "", "赵老师")}
    assert family.kcbx("cases", "watched", "--json") == 0
    assert (
        json.loads(family.stdout)["data"]["watched"][0] | {"paired": True}
        == json.loads(family.stdout)["data"]["watched"][0]
    )
    assert "赵老师" not in family.stdout
    assert family.kcbx("cases", "show", "2021-0001") == 0
    assert "列入关注" in family.stdout and "结对帮扶" in family.stdout
    assert family.kcbx("cases", "unwatch", "2021-0001") == 0
    assert family.kcbx("cases", "unwatch", "2021-0001") == 2 and "不在关注名单" in family.stderr
    assert family.kcbx("cases", "watch", "2021-0099") == 2 and "台账里没有" in family.stderr

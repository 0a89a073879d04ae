"""Half a year of a moving office: the ledger's open cases equal the truth each month, under numbers that stay."""

from pathlib import Path

from offices import Office, member, pupil

from kcbx_cli.ledger import open_ledger

SPECIAL = ["序号", "姓名", "身份证号", "类别", "批准日期", "有效期至", "证明材料"]
NEVER, LEAVES, ILL, MISSPELT, BACK, MOVES = (
    ("张小明", "20120315", 1), ("李小红", "20120416", 2), ("赵国庆", "20120517", 3), ("孙雅琴", "20120618", 4),
    ("周海洋", "20120719", 5), ("吴思远", "20120820", 7),
)  # fmt: skip
TWINS = (("郑子轩", "20130208", 11), ("郑子涵", "20130208", 13))
MONTHS = ("2021-09-30", "2021-10-31", "2021-11-30", "2021-12-31", "2022-01-31", "2022-02-28")


def lists(office: Office, month: int) -> None:
    """The files of a month, 0 to 5."""
    enrolled = [pupil("王大力", "20120101", 9), pupil(*ILL, 学生当前状态="休学", 状态日期="20211201")]
    status = (
        {"学生当前状态": "流失", "状态日期": "20211020"}
        if 1 <= month <= 2
        else {"学生当前状态": "复学", "状态日期": "20211215"}
    )
    enrolled.append(pupil(*LEAVES, **(status if month else {})))
    if month >= 3:
        enrolled.append(pupil(*BACK, 状态日期="20211210"))
    office.registry(*enrolled)
    name = "孙雅芹" if month == 1 else MISSPELT[0]
    rows = [member(*who) for who in (NEVER, LEAVES, ILL, BACK)]
    rows.append(member(name, *MISSPELT[1:]))
    if month != 2:
        rows.append(member(*MOVES, 乡="乙乡" if month >= 3 else "甲乡"))
    if month >= 2:
        rows += [member(*who, 户编号="990011", 人口编号=f"99001{n}") for n, who in enumerate(TWINS)]
    office.households(*rows)
    until = "2022-11-30" if month >= 4 else "2021-11-30"
    office.workbook("特殊.xlsx", SPECIAL, [{"序号": 1, "姓名": ILL[0], "身份证号": pupil(*ILL)["身份证件号"], "类别": "休学",
                                        "批准日期": "2020-12-01", "有效期至": until, "证明材料": "医院证明"}])  # fmt: skip


def state() -> tuple[dict[str, str], dict[str, int]]:
    """Open cases by name, and how many months each was open."""
    with open_ledger(Path("kcbx-ledger.db"), create=False, readonly=True) as book:
        people = book.persons()
        opened = {people[case.case_id].name: case for case in book.caseload() if case.state == "open"}
    return {name: case.case_id for name, case in opened.items()}, {name: case.months for name, case in opened.items()}


def test_six_months(office: Office):
    always = {NEVER[0], MISSPELT[0], BACK[0], MOVES[0]}
    twins = {who[0] for who in TWINS}
    truth = [
        always,
        always - {MISSPELT[0]} | {"孙雅芹", LEAVES[0]},
        always | {LEAVES[0]} | twins,
        always - {NEVER[0], BACK[0]} | {ILL[0]} | twins,
        always - {NEVER[0], BACK[0]} | twins,
        always - {NEVER[0], BACK[0]} | twins,
    ]
    first: dict[str, str] = {}
    before = 0
    for n, month in enumerate(MONTHS):
        lists(office, n)
        given = ("--special", office.folder / "特殊.xlsx", "--ledger", "kcbx-ledger.db")
        assert office.reconcile(*given, as_of=month) == 0
        opened, months = state()
        assert set(opened) == truth[n], month
        told = office.run()["counts"]["cases"]
        assert told["before"] == before and told["now"] == len(truth[n])
        assert before + told["new"] + told["reopened"] - told["closed"] == told["now"]
        before = told["now"]
        numbers = {("孙雅琴" if name == "孙雅芹" else name): case for name, case in opened.items()}
        assert all(first.setdefault(name, case) == case for name, case in numbers.items()), "a number was lost"
        if month == MONTHS[2]:
            case = opened[NEVER[0]]
            closing = ("--disposition", "在校无学籍(省内)", "--evidence", "就读证明", "--on", "2021-12-03")
            assert office.kcbx("cases", "close", case, *closing) == 0
    assert months[MISSPELT[0]] == 6 and months[MOVES[0]] == 6
    assert len(set(first.values())) == len(first)
    # the finding holds for half a year: in June the child is work again, under the same number
    assert office.reconcile(*given, as_of="2022-06-30") == 0
    assert state()[0][NEVER[0]] == first[NEVER[0]]
    assert office.run()["counts"]["cases"]["reopened"] == 1

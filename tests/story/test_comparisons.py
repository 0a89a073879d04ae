"""All four sources: each comparison finds what was planted for it, and nobody twice; and what offices do wrong."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from offices import LIST, REGISTRY, id_number, member, pupil, table

from kcbx_cli import app
from kcbx_cli.ledger import open_ledger
from kcbx_cli.sample import Spec, write_county
from kcbx_cli.sample.planted import ABSENCES
from kcbx_cli.write import report_figures as figures

WORK = ("suspected", "papers_expired", "unknown_age", "dropout", "absent")
#: What the county has planted, and the comparison that must find it.
FINDS = {
    "registry_attendance": {name for name, (_, _, verdict) in ABSENCES.items() if verdict != "enrolled"},
    "population_registry": {"hukou_only", "hukou_moves_later"},
    "disability_registry": {"disabled_unplaced", "disabled_placed"},
}
FLAGS = {"学籍": "registry", "低收入": "households", "户籍": "population", "残联": "disability", "在校": "attendance",
         "特殊学生台账.xlsx": "special"}  # fmt: skip
ROLL = ["学校", "年级", "班级", "姓名", "性别", "身份证号", "是否到校", "点名日期"]
REPORT = [
    "学校名称",
    "年级",
    "班级",
    "姓名",
    "身份证号",
    "缺勤起始日期",
    "缺勤天数",
    "缺勤原因",
    "是否返校",
    "报告日期",
]
POLICE = [
    "户号",
    "户主姓名",
    "与户主关系",
    "姓名",
    "性别",
    "出生日期",
    "公民身份号码",
    "户籍地址",
    "变动类型",
    "变动日期",
]


def reconciled(folder: Path, spec: Spec) -> Path:
    """A county with all sources, run; returns the folder that holds both."""
    county = write_county(folder / "名单", spec).folder
    assert app.run(["reconcile", *lists_of(county), "--out", str(folder / "结果"), "--quiet"]) in (0, 1)
    return folder


def lists_of(county: Path) -> list[str]:
    """The options that name a county's lists."""
    named = [word for name, option in FLAGS.items() for word in (f"--{option}", county / name)]
    return [str(a) for a in (*named, "--config", county / "kcbx.toml", "--as-of", "2021-10-31")]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One run on a small county with all sources."""
    return reconciled(tmp_path_factory.mktemp("四查"), Spec(scale=0.04, seed=5, all_sources=True))


def rows_by_place(folder):
    verdicts = table(folder / "结果" / "data" / "verdicts.csv")
    return {(v["list_file"], v["list_sheet"], v["list_row"]): v for v in verdicts}


def told(folder):
    """Each planted row of the further lists with what was found of it."""
    found = rows_by_place(folder)
    truth = table(folder / "名单" / "truth_sources.csv")
    return [(t, found[t["list_file"], t["list_sheet"], t["list_row"]]) for t in truth if t["planted"]]


def all_found(folder):
    """Every planted child has an accepted verdict, under its own comparison, and one case."""
    seen = Counter()
    for t, v in told(folder):
        assert v["verdict"] in t["verdict"].split("|"), (t, v)
        if v["verdict"] in WORK and t["comparison"]:
            assert v["comparison"] == t["comparison"], (t, v)
            seen[t["comparison"], t["planted"]] += 1
    wanted = {(name, planted) for name, kinds in FINDS.items() for planted in kinds}
    assert wanted <= set(seen)
    cases = {}
    for t, v in told(folder):
        if v["case_id"]:
            assert cases.setdefault(t["person"], v["case_id"]) == v["case_id"], t
    assert len(set(cases.values())) == len(cases)


def wrong_rows(folder):
    """Rows of any list whose verdict the truth does not accept, and the missing who are told to be in class."""
    found = rows_by_place(folder)
    truth = [t for name in ("truth.csv", "truth_sources.csv") for t in table(folder / "名单" / name)]
    both = [(t, found[t["list_file"], t["list_sheet"], t["list_row"]]) for t in truth]
    hidden = [(t, v) for t, v in both if t["missing"] == "1" and v["verdict"] in ("enrolled", "attending")]
    return [(t, v) for t, v in both if v["verdict"] not in t["verdict"].split("|")], hidden


def findings(path):
    return {(f["registry_file"], f["registry_row"], f["finding"]) for f in table(path)}


def test_every_planted_case_is_found_under_its_own_comparison_and_once(done):
    all_found(done)


def test_every_row_of_every_list_has_a_verdict_that_the_truth_accepts(done):
    wrong, hidden = wrong_rows(done)
    assert not hidden and not wrong


def test_pupils_on_no_list_are_findings(done):
    assert findings(done / "结果" / "data" / "findings.csv") == findings(done / "名单" / "truth_findings.csv")


def test_the_register_has_parents_for_heads_and_a_few_children(done):
    """A child who heads its household is a trap that has to stay; a register full of them would be none."""
    sheet = openpyxl.load_workbook(done / "名单" / "户籍" / "户籍学龄人口.xlsx", read_only=True).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    at = [rows[0].index(header) for header in ("户主姓名", "与户主关系", "姓名")]
    said = [tuple(row[n] for n in at) for row in rows[1:]]
    alone = [relation for _, relation, _ in said if relation == "户主"]
    assert 2 <= len(alone) <= 0.01 * len(said)
    assert all(head == name for head, relation, name in said if relation == "户主")
    assert {"之子", "之女", "之孙子"} <= {relation for _, relation, _ in said}


def test_the_run_says_what_it_compared(done):
    run = json.loads((done / "结果" / "run.json").read_text("utf-8"))
    compared, counts = run["comparisons"], run["counts"]
    own = [c for name, c in compared.items() if name != "out_of_school_low_income"]
    assert all(c["made"] and not c["lacking"] for c in compared.values())
    assert sum(c["found"] for c in own) == counts["work"]
    assert all(sum(c["kinds"].values()) == c["found"] for c in own)
    assert 0 < compared["out_of_school_low_income"]["found"] < counts["work"]
    schools = compared["registry_attendance"]["schools"]
    assert 0 < schools["with_list"] < schools["on_roll"]
    assert sum(counts["verdicts"].values()) == counts["listed_rows"]


def test_a_list_whose_children_other_comparisons_found_first_is_told_with_all_of_them(done):
    compared = json.loads((done / "结果" / "run.json").read_text("utf-8"))["comparisons"]
    at_work = [v for v in table(done / "结果" / "data" / "verdicts.csv") if v["comparison"]]
    poor = {v["case_id"] for v in at_work if v["list_file"].startswith(("脱贫", "手工"))}
    listed = compared["households_registry"]
    assert listed["found"] + listed["earlier"] == len(poor) > 0
    assert compared["out_of_school_low_income"]["found"] >= len(poor)


def test_each_township_has_its_listed_children_where_it_has_their_cases(done):
    """A ledger kept by hand names no township: its children are where another list, or the registry, has them."""
    with open_ledger(done / "kcbx-ledger.db", create=False, readonly=True) as book:
        report = book.issued(202110)
    more = {
        place: f.now - sum(n for verdict, n in figures.listed(report, place).items() if verdict in WORK)
        for place, f in figures.by_township(report).items()
    }
    assert min(more.values()) >= 0
    assert sum(more.values()) == len(findings(done / "结果" / "data" / "findings.csv"))


def test_nobody_concludes_from_the_screen_or_the_report_that_no_low_income_child_is_missing(office):
    office.workbook("户籍.xlsx", POLICE, [resident("王小明", "20120305", 1), resident("赵小雨", "20140202", 3)])
    office.households(member("王小明", "20120305", 1))
    office.workbook("学籍.xlsx", REGISTRY, [pupil("冯平", "20130407", 5)])
    lists = ["--registry", "学籍.xlsx", "--population", "户籍.xlsx", "--households", "脱贫户.xlsx"]
    assert office.kcbx("reconcile", *lists, "--as-of", "2021-10-31", "--out", office.out) == 0
    shown = office.stdout.splitlines()
    told = [line.split() for line in shown if "×" in line and line.startswith("  ")]
    assert [line[:3] for line in told] == [["2", "名", "户籍×学籍"], ["0", "名", "低收入家庭×学籍(该名单上要核查的共"]]
    assert "该名单上要核查的共 1 名,1 名已计入以上各项" in office.stdout
    assert "低收入家庭的共 1 名" in office.stdout
    assert "读到名单 3 行、2 人" in shown[0] and ["疑似辍学", "3", "2"] in [line.split() for line in shown]
    counts = office.run()["counts"]
    assert sum(counts["children"].values()) == counts["listed_children"] == 2
    book = openpyxl.load_workbook(office.out / "月报.xlsx")
    rows = {row[0]: row[2:] for row in book["四查三比对"].iter_rows(max_col=4, values_only=True)}
    assert rows["低收入家庭×学籍"] == ("0", "该名单上要核查的共 1 名,1 名已计入以上各项")
    assert (rows["合计"][0], rows["辍学×低收入库"][0]) == ("2", "1")
    first = [str(cell.value) for (cell,) in book["总表"].iter_rows(max_col=1)]
    assert "其中低收入家庭的孩子 1 名(辍学×低收入库)。" in first
    page = (office.out / "report.html").read_text("utf-8")
    assert "该名单上要核查的共 1 名,1 名已计入以上各项" in page
    heading = openpyxl.load_workbook(office.out / "疑似辍学学生名单.xlsx").active.iter_rows(max_row=8, max_col=1)
    assert len([c for (c,) in heading if "低收入" in str(c.value) and "共 1 名" in str(c.value)]) == 1


def test_children_who_moved_away_or_were_struck_off_lift_no_ratio(office):
    """They are no pupils of the county, and none is known to be in school; a second registration moves nobody."""
    left = [("王大明", "迁出"), ("李二华", "注销"), ("周三好", "失踪注销"), ("吴四海", "注销(重户)")]
    gone = [resident(name, f"201203{n:02d}", 2 * n + 1, 变动类型=why) for n, (name, why) in enumerate(left, start=5)]
    here = [resident("赵小雨", "20140202", 3), resident("冯平", "20130407", 5)]
    office.workbook("户籍.xlsx", POLICE, [*here, *gone])
    office.workbook("学籍.xlsx", REGISTRY, [pupil("冯平", "20130407", 5)])
    lists = ["--registry", "学籍.xlsx", "--population", "户籍.xlsx"]
    assert office.kcbx("reconcile", *lists, "--as-of", "2021-10-31", "--out", office.out) == 0
    found = {v["list_row"]: v for v in table(office.out / "data" / "verdicts.csv")}
    assert [found[str(n)]["verdict"] for n in range(2, 8)] == [
        "suspected", "enrolled", "elsewhere", "elsewhere", "suspected", "suspected",
    ]  # fmt: skip
    assert "list_missing" in found["6"]["reason"]
    first = [str(c.value) for (c,) in openpyxl.load_workbook(office.out / "月报.xlsx")["总表"].iter_rows(max_col=1)]
    (ratio,) = [line for line in first if line.startswith("名单内适龄儿童入学率")]
    assert "25.00%" in ratio and "1 ÷ 4" in ratio and "户籍已迁出或注销、没有就读证明的" in ratio
    assert "户籍迁出或注销" in (office.out / "report.html").read_text("utf-8")


def test_evaluate_measures_the_rows_on_which_the_month_decides(done, capsys):
    """The rolls are called first: children whom only a roll call has are measured too, and no answer is left over."""
    county = done / "名单"
    assert app.run(["evaluate", *lists_of(county), "--truth", str(county / "truth_sources.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["warnings"] == [] and told["data"]["hidden"]["hits"] == 0 < told["data"]["hidden"]["of"]
    assert any(
        t["list_file"].endswith(("点名册.xlsx", "在校学生名单.xlsx")) for t in table(county / "truth_sources.csv")
    )


@pytest.mark.heavy
@pytest.mark.parametrize(("scale", "errors"), [(1.0, 1.0), (0.3, 4.0)])
def test_the_whole_county_and_four_times_the_mistakes(tmp_path, scale, errors):
    """At four times the mistakes a few children more are looked at, and none is hidden."""
    folder = reconciled(tmp_path, Spec(scale=scale, seed=1 if errors == 1 else 3, errors=errors, all_sources=True))
    wrong, hidden = wrong_rows(folder)
    assert not hidden
    assert len(wrong) <= 0.0006 * len(rows_by_place(folder))
    planted = [(t, v) for t, v in told(folder) if t["comparison"]]
    lost = [(t, v) for t, v in planted if v["verdict"] not in (*t["verdict"].split("|"), "review")]
    assert not lost


# -- what offices do ---------------------------------------------------------------------------------------------


def class_of(*names, **other):
    """Pupils of one class, with their numbers."""
    return [pupil(name, "20120305", 11 + 2 * n, **other) for n, name in enumerate(names)]


def on_roll(one, **other):
    row = {"学校": one["学校名称"], "年级": one["年级"], "班级": one["班级"], "姓名": one["姓名"], "性别": one["性别"],
           "身份证号": one["身份证件号"], "是否到校": "是", "点名日期": "2021-10-28"}  # fmt: skip
    return row | other


def reported(one, **other):
    return {"学校名称": one["学校名称"], "年级": one["年级"], "班级": one["班级"], "姓名": one["姓名"]} | other


def run(office, *arguments, registry=None):
    assert office.kcbx("reconcile", "--registry", registry or office.folder / "学籍.xlsx", "--as-of", "2021-10-31", "--out",
                       office.out, *arguments) == 0, office.stderr  # fmt: skip


def found(office):
    return {int(f["registry_row"]): f["finding"] for f in table(office.out / "data" / "findings.csv")}


def test_attendance_alone_tells_the_absent_by_class(office):
    ab, other = class_of("甲小一", "甲小二", "甲小三"), class_of("乙小一", 班级="2班")
    office.registry(*ab, *other, *class_of("丙小一", 学校名称="乙乡小学", 学校标识码="3199000002"))
    roll = office.workbook("甲乡点名册.xlsx", ROLL, [on_roll(ab[0]), on_roll(ab[1], 是否到校="否")])
    run(office, "--attendance", roll)
    assert found(office) == {4: "absent", 5: "absent"}
    assert {"K473", "K474"} <= office.problems()
    assert "没有比对" in office.stdout and "1 所没有交在校名单" in office.stdout


def called(office, marks, name="点名册.xlsx", **other):
    """A class whose roll call has these marks; the marks of those who are found missing, and the problems by row."""
    pupils = [pupil(f"甲{chr(0x5000 + 7 * n)}", "20120305", 11 + 2 * n) for n in range(len(marks))]
    office.registry(*pupils)
    rows = [
        on_roll(one, 是否到校=mark) | {k: v[n] for k, v in other.items()}
        for n, (one, mark) in enumerate(zip(pupils, marks, strict=True))
    ]
    run(office, "--attendance", office.workbook(name, [*ROLL, *other], rows))
    told = [
        (p["code"], int(p["row"])) for p in table(office.out / "data" / "problems.csv") if p["code"] in ("K226", "K227")
    ]
    assert set(found(office).values()) <= {"absent"}
    return [marks[row - 3] for row in found(office)], sorted(told)


def test_words_for_not_here_are_absent_and_what_nobody_can_read_is_neither(office):
    gone = ["不知去向", "打工", "缺", "缺课", "回家", "走了", "在家", "不读了", "待返校", "已转学", "转走"]
    unread = ["待查", "?", "空", "abc", "○", "△", "2"]
    marks = [*gone, "长期请假", *["是"] * 9, *unread]
    missing, told = called(office, marks)
    assert missing == gone
    assert told == [("K226", 2 + marks.index(mark)) for mark in unread]


def test_a_mark_that_nobody_can_read_does_not_clear_a_child(office):
    """On the list of low-income families, in class by a mark that nobody knows, and in no registry."""
    pupils = class_of("甲小一", "甲小二")
    office.registry(*pupils)
    office.households(member("乙小二", "20120707", 33))
    stranger = on_roll(pupils[0], 姓名="乙小二", 身份证号=id_number("20120707", 33), 是否到校="待查")
    run(office, "--households", office.folder / "脱贫户.xlsx", "--attendance",
        office.workbook("点名册.xlsx", ROLL, [*(on_roll(one) for one in pupils), stranger]))  # fmt: skip
    assert {v["verdict"] for v in office.verdicts() if v["list_file"] == "脱贫户.xlsx"} == {"suspected"}
    assert "K471" not in office.problems()


@pytest.mark.parametrize("tick", ["○", "△", "—", "O"])
def test_a_sign_that_most_of_a_sheet_has_is_its_tick_and_asked_about_once(office, tick):
    missing, told = called(office, [*[tick] * 8, "缺", "待查"])
    assert missing == ["缺"]
    assert told == [("K226", 11), ("K227", 0)]


def test_a_word_that_nobody_knows_is_no_tick_whoever_has_it(office):
    missing, told = called(office, [*["待查"] * 22])
    assert (missing, told) == ([], [("K226", 0)])


def test_a_stroke_among_ticks_is_none(office):
    missing, told = called(office, ["√", "√", "√", "—", ""])
    assert (missing, told) == (["—", ""], [])


def test_a_remark_counts_where_nothing_speaks_against_it(office):
    missing, told = called(office, ["", "", "", "", "是"], 备注=["打工", "父母外出打工", "", "", "转学"])
    assert (list(found(office)), missing, told) == ([3], [""], [("K226", 6)])


#: Since when, for how many days and why a child is away, as the report has it, and what that is.
AWAY = [
    ("2021-10-25", "", "", "absent"), ("2021-10-26", "", "", None), ("2021-10-02", "", "外出打工", "dropout"),
    ("2021-10-03", "", "", "absent"), ("", "30", "", "dropout"), ("", "6", "", None), ("2021-10-10", "", "因病请假", None),
    ("2021-09-20", "", "病假", "absent"), ("", "", "去向不明", "absent"),
]  # fmt: skip


def test_days_of_absence(office):
    pupils = class_of(*(f"甲小{n}" for n in "一二三四五六七八九"))
    office.registry(*pupils)
    rows = [
        reported(one, 缺勤起始日期=since, 缺勤天数=days, 缺勤原因=reason)
        for one, (since, days, reason, _) in zip(pupils, AWAY, strict=True)
    ]
    run(office, "--attendance", office.workbook("缺勤.xlsx", REPORT, rows))
    assert found(office) == {row: finding for row, (*_, finding) in enumerate(AWAY, 3) if finding}


#: The same in words, and the code that tells what is not clear.
AWAY_IN_WORDS = [
    ("", "三十五天", "dropout", ""), ("", "半个月", "absent", ""), ("", "约40天", "dropout", ""), ("", "三天", None, ""),
    ("9月20日", "", "dropout", "K223"), ("2021年9月下旬", "", "dropout", "K223"), ("开学至今", "", "dropout", "K223"), ("", "很久", "absent", "K224"),
    ("10月28日", "", None, "K223"), ("不清楚", "", "absent", "K220"),
]  # fmt: skip


def test_days_of_absence_in_words(office):
    pupils = class_of(*(f"甲{chr(0x5000 + 7 * n)}" for n in range(len(AWAY_IN_WORDS))))
    office.registry(*pupils)
    rows = [
        reported(one, 缺勤起始日期=since, 缺勤天数=days)
        for one, (since, days, *_) in zip(pupils, AWAY_IN_WORDS, strict=True)
    ]
    run(office, "--attendance", office.workbook("缺勤.xlsx", REPORT, rows))
    assert found(office) == {row: finding for row, (_, _, finding, _) in enumerate(AWAY_IN_WORDS, 3) if finding}
    told = {
        int(p["row"]): p["code"]
        for p in table(office.out / "data" / "problems.csv")
        if p["file"] == "缺勤.xlsx" and p["code"] > "K206"
    }
    assert told == {row: code for row, (*_, code) in enumerate(AWAY_IN_WORDS, 2) if code}


def test_school_days_leave_out_weekends_and_holidays(office):
    (one,) = class_of("甲小一")
    office.registry(one)
    (office.folder / "kcbx.toml").write_text(
        '[attendance]\nschool_days = true\nholidays = ["2021-10-01/2021-10-07"]\nsuspected_days = 15\n', "utf-8"
    )
    report = office.workbook("缺勤.xlsx", REPORT, [reported(one, 缺勤起始日期="2021-10-02")])
    run(office, "--attendance", report)
    assert found(office) == {3: "absent"}
    (office.folder / "kcbx.toml").write_text(
        '[attendance]\nschool_days = true\nholidays = ["2021-10-01/2021-10-08"]\nsuspected_days = 16\n', "utf-8"
    )
    office.registry(one, name="学籍.xlsx")
    run(office, "--attendance", report)
    assert found(office) == {}


#: 是否返校, 返校日期, and whether the pupil is still missing; whether the school is asked.
BACK = [
    ("是", "", False, False), ("已返校", "2021-10-20", False, False), ("", "2021-10-20", False, False), ("待返校", "", True, False),
    ("承诺下周返校", "", True, False), ("计划11月8日返校", "", True, False), ("拒绝返校", "", True, False), ("返校后又离校", "", True, False),
    ("否", "2021-10-20", True, True), ("是", "2021-11-08", True, True), ("", "2021-11-08", True, False), ("已联系家长", "", True, True),
    ("已联系家长", "2021-10-20", True, True), ("是", "2021-06-20", True, True),
]  # fmt: skip


def test_only_who_is_back_is_back(office):
    pupils = class_of(*(f"甲{chr(0x5000 + 7 * n)}" for n in range(len(BACK))))
    office.registry(*pupils)
    rows = [
        reported(one, 缺勤起始日期="2021-09-01", 是否返校=back, 返校日期=on)
        for one, (back, on, _, _) in zip(pupils, BACK, strict=True)
    ]
    run(office, "--attendance", office.workbook("缺勤.xlsx", [*REPORT, "返校日期"], rows))
    assert found(office) == {row: "dropout" for row, (_, _, missing, _) in enumerate(BACK, 3) if missing}
    told = {int(p["row"]) for p in table(office.out / "data" / "problems.csv") if p["code"] == "K228"}
    assert told == {row for row, (*_, asked) in enumerate(BACK, 2) if asked}


def test_who_is_back_is_in_class_and_contradictions_are_told(office):
    ab = class_of("甲小一", "甲小二")
    office.registry(*ab)
    rows = [
        reported(ab[0], 缺勤起始日期="2021-09-01", 是否返校="是"),
        reported(ab[1], 缺勤起始日期="2021-09-01", 报告日期="2021-10-29"),
    ]
    roll = office.workbook("点名册.xlsx", ROLL, [on_roll(one) for one in ab])
    run(office, "--attendance", office.workbook("缺勤.xlsx", REPORT, rows), "--attendance", roll)
    assert found(office) == {4: "dropout"}
    assert "K470" in office.problems()


def test_a_roll_call_after_the_report_shows_that_the_child_is_back(office):
    (one,) = class_of("甲小一")
    office.registry(one)
    report = office.workbook("缺勤.xlsx", REPORT, [reported(one, 缺勤起始日期="2021-09-01", 报告日期="2021-10-12")])
    run(office, "--attendance", report, "--attendance", office.workbook("点名册.xlsx", ROLL, [on_roll(one)]))
    assert found(office) == {}


@pytest.mark.parametrize("day", ["2021-09-10", "2021-12-20"])
def test_lists_of_another_month_are_not_used_and_told(office, day):
    ab = class_of("甲小一", "甲小二")
    office.registry(*ab)
    run(office, "--attendance", office.workbook("点名册.xlsx", ROLL, [on_roll(ab[0], 点名日期=day)]))
    assert found(office) == {} and {"K473", "K476"} <= office.problems()


def test_the_month_in_the_name_of_a_file_counts(office):
    ab = class_of("甲小一", "甲小二")
    office.registry(*ab)
    old = office.workbook("2021年5月点名册.xlsx", ROLL, [on_roll(ab[0], 点名日期="")])
    run(office, "--attendance", old)
    assert found(office) == {} and "K476" in office.problems()


def test_a_school_that_the_registry_does_not_know_is_told(office):
    ab = class_of("甲小一", "甲小二")
    office.registry(*ab)
    rows = [on_roll(one, 学校="无此小学", 身份证号="") for one in ab]
    run(office, "--attendance", office.workbook("点名册.xlsx", ROLL, rows))
    assert {"K473", "K475"} <= office.problems() and found(office) == {}


def test_a_class_list_without_school_or_numbers_is_placed_by_its_names(office):
    ab = class_of("甲小一", "甲小二", "甲小三")
    office.registry(*ab)
    rows = [{"姓名": one["姓名"], "性别": one["性别"], "是否到校": ""} for one in ab[:2]]
    run(office, "--attendance", office.workbook("甲乡中心小学名单.xlsx", ["序号", "姓名", "性别", "是否到校"], rows))
    assert found(office) == {5: "absent"}


SECOND = {"学校名称": "乙乡初级中学", "学校标识码": "3199000002", "年级": "七年级"}
#: What stands above the header of a sheet that names no school, in a file that names none.
TITLES = [
    "城口县乙乡初级中学七年级1班花名册", "2021年秋季乙乡初级中学七(1)班学生名单", "学校:城口县乙乡初级中学  班级:七年级1班 班主任:张三",
    "乙乡初级中学 一年级一班",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_the_school_and_class_may_stand_above_the_header(office, title):
    first, two = class_of("甲小一", "甲小二", **SECOND), pupil("乙小一", "20120306", 21, **SECOND | {"班级": "2班"})
    office.registry(*first, two, pupil("丙小一", "20120307", 23))
    roll = office.workbook(
        "名单1.xlsx", ["序号", "姓名", "性别", "是否到校"], [{"姓名": "甲小一", "是否到校": "是"}], title
    )
    run(office, "--attendance", roll)
    assert found(office) == {4: "absent"}
    assert {"K473", "K474"} <= office.problems() and not {"K471", "K483"} & office.problems()


def test_the_school_above_the_header_may_stand_in_cells_of_its_own(office):
    pupils = class_of("甲小一", "甲小二", **SECOND)
    office.registry(*pupils, pupil("丙小一", "20120307", 23))
    book = openpyxl.Workbook()
    for row in (
        ["学生名单"],
        ["学校:", "乙乡初级中学", "班级:", "七年级1班"],
        ["序号", "姓名", "性别", "是否到校"],
        [1, "甲小一", "男", "是"],
    ):
        book.active.append(row)
    book.save(office.folder / "名单1.xlsx")
    run(office, "--attendance", office.folder / "名单1.xlsx")
    assert found(office) == {4: "absent"}


def test_a_roll_call_of_no_school_is_told_and_compared_with_nobody(office):
    pupils = class_of("甲小一", "甲小二")
    office.registry(*pupils, pupil("丙小一", "20120307", 23, **SECOND))
    rows = [{"姓名": name, "性别": "男", "是否到校": "是"} for name in ("甲小一", "甲小二", "丙小一")]
    run(office, "--attendance", office.workbook("名单1.xlsx", ["序号", "姓名", "性别", "是否到校"], rows, "学生花名册"))
    assert found(office) == {} and not office.verdicts()
    told = [p for p in table(office.out / "data" / "problems.csv") if p["code"] in ("K471", "K483")]
    assert [(p["code"], p["file"], p["row"]) for p in told] == [("K483", "名单1.xlsx", "0")]
    compared = office.run()["comparisons"]["registry_attendance"]
    assert (compared["made"], compared["lacking"], compared["compared"]) == (False, ["usable_attendance"], 0)
    assert "学籍×在校(缺能用的在校名单)" in office.stdout


def test_a_class_of_which_only_the_number_is_known_is_not_the_whole_school(office):
    office.registry(*class_of("甲小一", "甲小二"), pupil("乙小一", "20120306", 21, 班级="2班"))
    rows = [{"姓名": "甲小一", "性别": "男", "是否到校": "是"}]
    roll = office.workbook("名单1.xlsx", ["序号", "姓名", "性别", "是否到校"], rows, "甲乡中心小学2018级1班花名册")
    run(office, "--attendance", roll)
    assert found(office) == {4: "absent"}


HOPE = {"学校名称": "希望小学", "学校标识码": "3199000001", "乡镇": "葛城街道"}
OTHER_HOPE = HOPE | {"学校标识码": "3199000002", "乡镇": "修齐镇"}
NAMES_ONLY = ["学校", "学校标识码", "乡镇", "姓名", "性别", "是否到校"]


def of_one_name(office, name="点名册.xlsx", title="", header=NAMES_ONLY, **told):
    """Two schools of one name, of which one hands in a list that lacks one of its pupils; the rows found missing."""
    here = [pupil(f"甲小{n}", "20120305", 11 + 2 * k, **HOPE) for k, n in enumerate("一二三")]
    there = [pupil(f"乙小{n}", "20120306", 11 + 2 * k, **OTHER_HOPE) for k, n in enumerate("一二三")]
    office.workbook("学籍.xlsx", [*REGISTRY, "乡镇"], [*here, *there], "学籍信息")
    rows = [
        {"姓名": one["姓名"], "性别": "男", "是否到校": "是", "学校": "希望小学", "身份证号": one["身份证件号"]} | told
        for one in there[:2]
    ]
    run(office, "--attendance", office.workbook(name, header, rows, title))
    return found(office)


@pytest.mark.parametrize(
    "told", [{"学校标识码": "3199000002"}, {"乡镇": "修齐镇"}, {"name": "修齐点名册.xlsx"}, {"title": "修齐镇希望小学花名册"},
             {"header": [*NAMES_ONLY, "身份证号"]}],
)  # fmt: skip
def test_schools_of_one_name_are_told_apart(office, told):
    assert of_one_name(office, **told) == {8: "absent"}
    assert "K484" not in office.problems() and "K473" in office.problems()


def test_where_nothing_tells_schools_of_one_name_apart_nobody_is_missing(office):
    assert of_one_name(office) == {}
    assert "K484" in office.problems() and not {"K471", "K475", "K483"} & office.problems()


def test_one_wrong_code_makes_no_second_school(office):
    pupils = [pupil(f"甲{chr(0x5000 + 7 * n)}", "20120305", 11 + 2 * n) for n in range(12)]
    pupils[3]["学校标识码"] = "3199000011"
    office.registry(*pupils)
    run(
        office, "--attendance", office.workbook("点名册.xlsx", ROLL, [on_roll(one, 身份证号="") for one in pupils[:-1]])
    )
    assert found(office) == {14: "absent"}


def test_namesakes_in_a_class_answer_for_one_another(office):
    ab = class_of("甲小一", "甲小一")
    office.registry(*ab)
    rows = [on_roll(ab[0], 身份证号="")]
    run(office, "--attendance", office.workbook("点名册.xlsx", ROLL, rows))
    assert found(office) == {} and "K478" in office.problems()


def test_in_class_without_an_entry_is_no_suspect(office):
    (one,) = class_of("甲小一")
    office.registry(one)
    stranger = on_roll(one, 姓名="乙小二", 身份证号=id_number("20120707", 33), 性别="男")
    office.households(member("乙小二", "20120707", 33))
    run(office, "--households", office.folder / "脱贫户.xlsx", "--attendance",
        office.workbook("点名册.xlsx", ROLL, [on_roll(one), stranger]))  # fmt: skip
    assert [v["verdict"] for v in office.verdicts()] == ["attending", "attending"]
    assert "K471" in office.problems() and office.run()["counts"]["work"] == 0


def resident(name, birth, sequence, **other):
    row = {"户号": "9900001", "户主姓名": "甲大一", "与户主关系": "之子", "姓名": name, "性别": "男", "出生日期": birth,
           "公民身份号码": id_number(birth, sequence), "户籍地址": "甲乡一村1组"}  # fmt: skip
    return row | other


def test_residents_who_are_gone_and_who_are_not_yet(office):
    office.registry(pupil("在校生", "20120305", 11))
    rows = [
        resident("在校生", "20120305", 11), resident("无学籍", "20120306", 13), resident("迁出者", "20120307", 15, 变动类型="迁出", 变动日期="2021-05-01"),
        resident("后迁出", "20120308", 17, 变动类型="迁出", 变动日期="2021-11-09"), resident("已死亡", "20120309", 19, 变动类型="死亡注销", 变动日期="2021-05-01"),
        resident("新出生", "20210901", 21), resident("已注销", "20120310", 23, 变动类型="注销", 变动日期="2021-05-01"),
        resident("迁入者", "20120311", 25, 变动类型="迁入", 变动日期="2021-09-01"),
    ]  # fmt: skip
    run(office, "--population", office.workbook("户籍.xlsx", POLICE, rows))
    verdicts = ["enrolled", "suspected", "elsewhere", "suspected", "deceased", "out_of_age", "elsewhere", "suspected"]
    assert [v["verdict"] for v in office.verdicts()] == verdicts
    assert "K225" in office.problems()
    assert {v["comparison"] for v in office.verdicts() if v["case_id"]} == {"population_registry"}


def test_a_child_on_three_lists_is_one_case_and_what_differs_is_told(office):
    office.registry(pupil("在校生", "20120305", 11))
    office.households(member("甲小二", "20120306", 13))
    police = office.workbook(
        "户籍.xlsx", POLICE, [resident("甲小二", "20120306", 13, 变动类型="迁出", 变动日期="2021-05-01")]
    )
    header = ["残疾人姓名", "身份证号", "残疾证号", "残疾类别", "残疾等级", "安置方式"]
    number = id_number("20120306", 13)
    disabled = office.workbook("残联.xlsx", header, [
        {"残疾人姓名": "甲晓二", "身份证号": number, "残疾证号": number + "43", "残疾类别": "肢体", "安置方式": "待安置"}])  # fmt: skip
    run(office, "--households", office.folder / "脱贫户.xlsx", "--population", police, "--disability", disabled)
    rows = office.verdicts()
    assert {v["verdict"] for v in rows} == {"suspected"} and len({v["case_id"] for v in rows}) == 1
    assert {v["comparison"] for v in rows} == {"disability_registry"}
    assert {"K402", "K481"} <= office.problems()
    assert office.run()["comparisons"]["disability_registry"]["groups"] == {"残疾": 1, "脱贫户": 1}


def test_roles_are_told_by_content_in_a_workspace(office):
    ab = class_of("甲小一", "甲小二")
    inbox = office.folder / "inbox" / "2021-10"
    office.workbook("inbox/2021-10/学籍.xlsx", REGISTRY, ab, "学籍信息")
    office.workbook("inbox/2021-10/点名册.xlsx", ROLL, [on_roll(ab[0])])
    office.workbook("inbox/2021-10/户籍.xlsx", POLICE, [resident("甲小一", "20120305", 11)])
    assert inbox.is_dir() and office.kcbx("reconcile", "--month", "2021-10") == 0, office.stderr
    made = json.loads((office.folder / "out" / "2021-10" / "run.json").read_text("utf-8"))["comparisons"]
    assert [name for name, c in made.items() if c["made"]] == [
        "registry_attendance",
        "population_registry",
        "registry_status",
    ]


@pytest.mark.parametrize("how", ["option", "folder"])
def test_inspect_counts_ages_to_the_day_of_the_month(done, tmp_path, capsys, monkeypatch, how):
    """Counted to a day years later, pupils are grown up, and their own numbers were taken for a parent's."""
    report = done / "名单" / "在校" / "长期缺勤学生报告表.xlsx"
    if how == "folder":
        (tmp_path / "2021-10" / "在校").mkdir(parents=True)
        report = shutil.copy(report, tmp_path / "2021-10" / "在校")
    monkeypatch.chdir(tmp_path)
    option = ["--as-of", "2021-10-31"] if how == "option" else []
    assert app.run(["inspect", str(report), *option, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["data"]["files"]
    assert not {"K211", "K476"} & set(told["cell_problems"])
    assert app.run(["inspect", str(report), "--as-of", "2036-10-31", "--json"]) == 0
    (later,) = json.loads(capsys.readouterr().out)["data"]["files"]
    assert later["cell_problems"].get("K211", 0) > 0


# -- kcbx explain looks at all of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["dropout", "absent", "attending"])
def test_explain_judges_as_the_main_job_does(done, capsys, verdict):
    rows = table(done / "结果" / "data" / "verdicts.csv")
    v = next(v for v in rows if v["verdict"] == verdict)
    where = f"{v['list_file']}:{v['list_sheet']}:{v['list_row']}"
    assert app.run(["explain", where, *lists_of(done / "名单"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["data"]
    assert (said["verdict"], said["reason"]) == (v["verdict"], v["reason"])


def test_explain_says_what_was_found_of_a_pupil_and_knows_the_rows_of_a_roll_call(office):
    here, away = class_of("甲小一", "甲小二")
    office.registry(here, away)
    office.households(member("甲小一", "20120305", 11))
    office.workbook("点名册.xlsx", ROLL, [on_roll(here), on_roll(here, 姓名="乙小三", 身份证号="")])
    office.workbook("缺勤.xlsx", REPORT, [reported(away, 缺勤起始日期="2021-09-01")])
    lists = ["--registry", "学籍.xlsx", "--households", "脱贫户.xlsx", "--attendance", "点名册.xlsx", "--attendance",
             "缺勤.xlsx", "--as-of", "2021-10-31"]  # fmt: skip
    for where in ("学籍.xlsx:4", "缺勤.xlsx:2"):
        assert office.kcbx("explain", where, *lists) == 0
        assert "缺勤达辍学天数" in office.stdout and "已缺勤61天" in office.stdout
    assert office.kcbx("explain", "点名册.xlsx:2", *lists) == 0
    assert "判定:在校。" in office.stdout and "就是名单上的孩子" in office.stdout
    assert office.kcbx("explain", "点名册.xlsx:3", *lists) == 0
    assert "在校无学籍" in office.stdout and "只有姓名" in office.stdout and "成年人" not in office.stdout


def test_explain_needs_no_low_income_list(office):
    office.registry(pupil("王小明", "20120305", 1))
    office.workbook("户籍.xlsx", POLICE, [resident("王小明", "20120305", 1), resident("李红", "20130101", 2)])
    lists = ["--registry", "学籍.xlsx", "--population", "户籍.xlsx", "--as-of", "2021-10-31"]
    assert office.kcbx("explain", "户籍.xlsx:3", *lists) == 0
    assert "疑似辍学" in office.stdout


def test_a_child_that_heads_its_household_is_not_compared_with_itself_and_stays_the_head_in_the_ledger(office):
    own = {"户主姓名": "王小明", "与户主关系": "户主", "公民身份号码": ""}
    office.workbook("户籍.xlsx", POLICE, [resident("王小明", "20120305", 1, **own)])
    header = [*REGISTRY, "成员1姓名", "成员1关系"]
    office.workbook(
        "学籍.xlsx", header, [pupil("王小明", "20120305", 1) | {"成员1姓名": "王大山", "成员1关系": "父亲"}]
    )
    lists = ["--registry", "学籍.xlsx", "--population", "户籍.xlsx", "--as-of", "2021-10-31"]
    assert office.kcbx("explain", "户籍.xlsx:2", *lists) == 0
    assert "学籍.xlsx" in office.stdout and "家长" not in office.stdout
    duty = {
        "层级": "户",
        "户主姓名": "王小明",
        "角色": "包户干部",
        "姓名": "孙大有",
        "电话": "13900000001",
    }
    roster = office.workbook("责任人.xlsx", [*duty], [duty], "责任人名册")
    office.workbook("学籍.xlsx", header, [pupil("赵小雨", "20140202", 3)])
    assert office.kcbx("reconcile", *lists, "--responsible", roster, "--age-ledger", "--out", office.out) == 0
    assert "K430" not in office.problems()
    ledger = openpyxl.load_workbook(office.out / "台账" / "适龄儿童台账.xlsx").active
    assert "王小明" in [cell.value for row in ledger.iter_rows() for cell in row if cell.column == 8]


def test_a_row_that_stays_as_it_was_keeps_its_case_though_another_list_has_a_row_much_like_it(office):
    """Neither row has a number, one has no date: the kernel cannot say which of them the ledger's child is."""
    house = {"户编号": "5002290027112", "村": "石院村", "户主姓名": "李轩阳", "与户主关系": "之女"}
    listed = [member("李玲", "20121102", 4, **house), member("李硕妤", "20160714", 2, **house, 证件号码="")]
    office.workbook("低收入.xlsx", [*LIST, "户主姓名"], listed, "脱贫户家庭成员信息")
    home = {
        "户号": "22927112",
        "户主姓名": "李轩阳",
        "与户主关系": "之女",
        "性别": "女",
        "乡镇(街道)": "甲乡",
        "村(居)委会": "石院村",
    }
    people = [resident("李玲", "20121102", 4, **home), resident("李硕妤", "20160714", 2, **home, 公民身份号码="")]
    office.workbook("户籍.xlsx", [*POLICE, "乡镇(街道)", "村(居)委会"], people)
    office.workbook("学籍.xlsx", REGISTRY, [pupil("李玲", "20121102", 4)])
    lists = [
        "--registry",
        "学籍.xlsx",
        "--population",
        "户籍.xlsx",
        "--households",
        "低收入.xlsx",
        "--ledger",
        "台账.db",
    ]
    cases = []
    for as_of in ("2021-10-31", "2021-11-30", "2021-12-31"):
        assert office.kcbx("reconcile", *lists, "--as-of", as_of, "--out", office.folder / as_of, "--json") == 0
        cases.append(json.loads(office.stdout)["data"]["counts"]["cases"])
    assert [(c["before"], c["new"], c["now"]) for c in cases] == [(0, 1, 1), (1, 0, 1), (1, 0, 1)]

"""`kcbx cases`: what the office asks its ledger and tells it."""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from offices import Office, member, pupil
from returned_sheets import Sheet

from kcbx_cli.settings import DISPOSITIONS


def _running(office: Office) -> None:
    office.registry(
        pupil("王大力", "20120101", 9), pupil("李小红", "20120316", 2, 学生当前状态="流失", 状态日期="20211005")
    )
    office.households(
        member("张小明", "20120315", 1, 乡="乙乡"), member("李小红", "20120316", 2), member("赵小军", "20120317", 3)
    )
    assert office.reconcile("--ledger", "kcbx-ledger.db") == 0


@pytest.fixture
def running(office: Office, begun) -> Office:
    """Three open cases in two townships, one of them with papers that have run out."""
    return begun(office, _running)


def cases(office: Office, *arguments: str) -> dict:
    code = office.kcbx("cases", *arguments, "--json")
    told = json.loads(office.stdout)
    assert told["exit_code"] == code
    return told["data"] if code == 0 else told["error"]


def numbers(office: Office, *arguments: str) -> list[str]:
    return [case["case_id"] for case in cases(office, "list", *arguments)["cases"]]


def test_list_and_its_filters(running):
    everyone = numbers(running)
    assert len(everyone) == 3 and [c["case_id"] for c in cases(running)["cases"]] == everyone
    assert len(numbers(running, "--township", "乙")) == 1
    assert len(numbers(running, "--school", "中心小学")) == 1
    assert numbers(running, "--months", "2") == [] and numbers(running, "--group", "没有的") == []
    assert numbers(running, "--state", "closed") == []
    assert cases(running, "list", "--state", "half")["code"] == "usage"


def test_options_without_a_sub_command_are_those_of_list(running):
    assert cases(running, "--township", "乙")["count"] == 1
    assert running.kcbx("cases", "--help") == 0 and "annotate" in running.stdout


def test_a_township_that_no_case_has_is_told_with_those_that_there_are(running):
    assert running.kcbx("cases", "list", "--township", "张小明") == 0
    assert "共 0 个" in running.stdout
    assert "甲乡" in running.stderr and "张小明" not in running.stderr
    assert running.kcbx("cases", "list", "--township", "乙", "--school", "没有的") == 0 and not running.stderr


def test_the_lines_stand_in_columns(running):
    assert running.kcbx("cases", "list", "--state", "all") == 0
    header, *lines = running.stdout.splitlines()
    assert header.split()[:4] == ["编号", "状态", "乡镇", "村"] and lines[-1] == "共 3 个。"
    shown = [header.partition("月数")[0], *(line.rpartition("在册")[0] for line in lines[:-1])]
    assert len({len(part.encode("gb18030")) for part in shown}) == 1, shown  # two bytes where a character is two wide


@pytest.mark.parametrize("asked", [["cases"], ["cases", "--json"], ["cases", "show", "2021-0001"]])
def test_looking_into_the_ledger_loads_no_data_frames(running, asked):
    """10,000 cases are to be listed within half a second; loading pandas alone takes half of that."""
    code = f"import sys; from kcbx_cli.app import run; c = run({asked!r}); sys.exit(c or int('pandas' in sys.modules or 'numpy' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=running.folder)
    assert done.returncode == 0, done.stderr.decode()


def test_nothing_personal_but_at_a_terminal(running, monkeypatch):
    (case,) = numbers(running, "--township", "乙")
    running.kcbx("cases")
    listed = running.stdout
    running.kcbx("cases", "show", case)
    shown = running.stdout
    running.kcbx("cases", "show", case, "--json")
    for said in (listed, shown, running.stdout):
        assert "张小明" not in said and "20120315" not in said and "13900000000" not in said
    assert "张**" in shown and "依据「脱贫户.xlsx」" in shown and "第 3 行" in shown

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    running.kcbx("cases", "show", case)
    assert "张小明" in sys.stdout.getvalue() and "13900000000" in sys.stdout.getvalue()


def test_the_workbook_has_the_names_and_replaces_nothing(running):
    assert running.kcbx("cases", "list", "--out", "个案.xlsx") == 0
    names = [row[5] for row in openpyxl.load_workbook("个案.xlsx")["个案"].iter_rows(min_row=4, values_only=True)]
    assert sorted(names) == ["张小明", "李小红", "赵小军"]
    before = Path("个案.xlsx").read_bytes()
    assert running.kcbx("cases", "list", "--out", "个案.xlsx") == 2
    assert Path("个案.xlsx").read_bytes() == before


@pytest.mark.parametrize("name", ["个案", "个案.csv", "个案.xls", "个案.XLSX"])
def test_a_workbook_has_a_workbooks_name(running, name):
    assert running.kcbx("cases", "list", "--out", name) == 2
    assert "例如 个案.xlsx" in running.stderr and not Path(name).exists()


@pytest.mark.parametrize("label", [d.label for d in DISPOSITIONS])
def test_closing_needs_what_the_disposition_demands(running, label):
    known = {d.label: d for d in DISPOSITIONS}[label]
    case = numbers(running)[0]
    told = cases(running, "close", case, "--disposition", label)
    if not known.closes:
        assert told["code"] == "not_closing"
    elif known.evidence:
        assert told["code"] == "no_evidence"
        assert numbers(running)[0] == case
        told = cases(running, "close", case, "--disposition", label, "--evidence", "学校证明", "--who", "李老师")
    if known.closes:
        assert told["cases"] == [case] and case not in numbers(running)
        assert numbers(running, "--state", "closed") == [case]


def test_close_reopen_and_annotate_are_history(running):
    one, other, _ = numbers(running)
    close = ("--disposition", "在校有学籍", "--evidence", "学校证明", "--who", "李老师", "--on", "2021-11-08")
    assert cases(running, "close", one, "2021-9999", *close)["code"] == "no_case"
    assert one in numbers(running)
    assert cases(running, "close", one, other, *close)["cases"] == [one, other]
    assert cases(running, "close", one, *close)["code"] == "case_closed"
    assert numbers(running, "--expiring", "30", "--as-of", "2022-11-01") == [one, other]
    assert numbers(running, "--expiring", "30", "--as-of", "2022-09-01") == []
    assert cases(running, "reopen", one, "--why", "证明有误", "--who", "王科长")["cases"] == [one]
    assert cases(running, "reopen", one, "--why", "证明有误")["code"] == "case_open"
    assert cases(running, "annotate", one, "--note", "电话已通", "--who", "王科长")["cases"] == [one]
    history = cases(running, "show", one)["history"]
    assert [step["what"] for step in history] == ["opened", "answered", "withdrawn", "noted", "noted"]
    assert [step["who"] for step in history[:3]] == ["", "李老师", "王科长"]
    assert history[1]["command"] == "cases close" and history[1]["expires"] == 20221108
    assert "电话已通" not in json.dumps(history, ensure_ascii=False)


DROPPED = {"核查方式": "入户", "核查结论": "确认辍学"}


def told_by_the_township(office: Office, name: str, **cells: str) -> None:
    """The township of this child sends its checklist back."""
    for path in sorted((office.out / "乡镇核查表").glob("*.xlsx")):
        sheet = Sheet(path)
        with contextlib.suppress(ValueError):
            saved = sheet.fill(sheet.row_of(name), **cells).save(office.folder / "收到" / f"{len(cells)}{path.name}")
            assert office.kcbx("collect", saved) in (0, 1)


def stage_and_finding(office: Office, case: str) -> tuple[str, str, str]:
    (found,) = [c for c in cases(office, "list", "--state", "all")["cases"] if c["case_id"] == case]
    return found["state"], found["stage"], found["disposition"]


def test_a_closing_by_mistake_gives_way_to_what_stood_before_it(running):
    (case,) = numbers(running, "--township", "乙")
    told_by_the_township(running, "张小明", **DROPPED)
    stood = stage_and_finding(running, case)
    assert stood == ("open", "一访", "确认辍学")
    for _ in range(2):
        cases(running, "close", case, "--disposition", "休学", "--evidence", "医院证明")
        assert stage_and_finding(running, case)[:2] == ("closed", "一验")
        cases(running, "reopen", case, "--why", "登记错了")
        assert stage_and_finding(running, case) == stood
    assert running.kcbx("cases", "show", case) == 0
    assert "office" not in running.stdout and "撤回结论  撤回销号" in running.stdout
    told_by_the_township(running, "张小明", **DROPPED, 佐证材料="劝返记录")
    assert stage_and_finding(running, case) == ("open", "二访", "确认辍学")  # no quarrel with what was withdrawn
    assert running.reconcile("--ledger", "kcbx-ledger.db", as_of="2021-11-30") == 0
    rows = openpyxl.load_workbook(running.out / "台账" / "辍学学生台账.xlsx").worksheets[0].iter_rows(values_only=True)
    assert [row[12] for row in rows if row[1] == case] == ["确认辍学"]


def test_a_closing_with_nothing_before_it_leaves_nothing(running):
    (case,) = numbers(running, "--township", "乙")
    cases(running, "close", case, "--disposition", "休学", "--evidence", "医院证明")
    cases(running, "reopen", case, "--why", "登记错了")
    assert stage_and_finding(running, case) == ("open", "", "")


def test_the_next_month_keeps_what_the_office_has_closed_and_tells_it(running):
    one = numbers(running)[0]
    cases(running, "close", one, "--disposition", "在校有学籍", "--evidence", "学校证明", "--on", "2021-11-08")
    assert running.reconcile("--ledger", "kcbx-ledger.db", as_of="2021-11-30") == 0
    assert running.run()["counts"]["cases"] == {
        "before": 3,
        "new": 0,
        "reopened": 0,
        "continuing": 2,
        "closed": 1,
        "now": 2,
    }
    rows = openpyxl.load_workbook(running.out / "月度变化.xlsx")["销号"].iter_rows(values_only=True)
    assert [row[9] for row in rows if row[1] == one] == ["核查结论：在校有学籍"]


def test_without_a_ledger(office):
    assert cases(office)["code"] == "no_ledger"
    assert not Path("kcbx-ledger.db").exists()

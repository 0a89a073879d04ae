"""The main job on the committed county: every planted case found, and the contract that scripts rely on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import sqlite3
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import openpyxl
import pytest
from offices import Office, member, pupil, table

COUNTY = Path(__file__).resolve().parents[2] / "data_samples" / "小县"
VERDICT_COLUMNS = ["list_file", "list_sheet", "list_row", "verdict", "reason", "link_probability", "registry_file",
                   "registry_sheet", "registry_row", "case_id"]  # fmt: skip
NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")


def arguments(county=COUNTY, out=None):
    """The main job's command line for a county as `kcbx sample` lays it out."""
    return ["reconcile", "--registry", county / "学籍", "--households", county / "低收入", "--special",
            county / "特殊学生台账.xlsx", "--config", county / "kcbx.toml", "--as-of", "2021-10-31", "--out", out]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One run of the main job on the committed county; what it said is beside the results."""
    from kcbx_cli import app

    folder, said = tmp_path_factory.mktemp("小县"), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        assert app.run([str(a) for a in arguments(out=folder / "结果")]) == 0
    (folder / "屏幕.txt").write_text(said.getvalue(), "utf-8")
    return folder / "结果"


def truth():
    return table(COUNTY / "truth.csv")


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def without_timings(contents):
    run = json.loads(contents["run.json"])
    del run["timings"]
    return {**contents, "run.json": json.dumps(run)}


def test_every_row_has_the_verdict_that_the_truth_accepts(done):
    found = {
        (v["list_file"], v["list_sheet"], v["list_row"]): v["verdict"] for v in table(done / "data" / "verdicts.csv")
    }
    expected = {(t["list_file"], t["list_sheet"], t["list_row"]): t["verdict"].split("|") for t in truth()}
    assert found.keys() == expected.keys()
    wrong = {key: (found[key], expected[key]) for key in found if found[key] not in expected[key]}
    assert not wrong


def test_no_missing_child_is_hidden_and_every_link_is_right(done):
    rows = {(t["list_file"], t["list_sheet"], t["list_row"]): t for t in truth()}
    for v in table(done / "data" / "verdicts.csv"):
        t = rows[v["list_file"], v["list_sheet"], v["list_row"]]
        if v["registry_row"] and v["verdict"] != "review":
            assert v["registry_file"] in t["registry_file"].split("|") and v["registry_row"] in t["registry_row"].split(
                "|"
            )
        assert not (t["missing"] == "1" and v["verdict"] == "enrolled")


def test_findings_are_those_planted(done):
    found = {(f["registry_file"], f["registry_row"], f["finding"]) for f in table(done / "data" / "findings.csv")}
    planted = {(f["registry_file"], f["registry_row"], f["finding"]) for f in table(COUNTY / "truth_findings.csv")}
    assert found == planted


def test_verdicts_follow_the_contract(done):
    rows = table(done / "data" / "verdicts.csv")
    assert list(rows[0])[: len(VERDICT_COLUMNS)] == VERDICT_COLUMNS
    places = [(r["list_file"], r["list_sheet"], int(r["list_row"])) for r in rows]
    assert places == sorted(places) and len(set(places)) == len(places)
    for r in rows:
        assert bool(r["registry_row"]) == bool(r["link_probability"])
        assert not r["link_probability"] or re.fullmatch(r"[01]\.\d{6}", r["link_probability"])
        assert re.fullmatch(r"[a-z_]*(;[a-z_]+)*", r["reason"])
        assert r["verdict"] != "enrolled" or r["registry_row"]
        assert (r["verdict"] in ("suspected", "papers_expired", "unknown_age")) == bool(r["case_id"])


def test_the_other_machine_files_follow_the_contract(done):
    assert table(done / "data" / "problems.csv")[0].keys() >= {"code", "severity", "file", "sheet", "row", "field"}
    run = json.loads((done / "run.json").read_text("utf-8"))
    counts = run["counts"]
    assert (
        sum(counts["verdicts"].values())
        == counts["listed_rows"]
        == sum(i["people"] for i in run["inputs"] if i["role"] == "households")
    )
    for given in run["inputs"]:
        (path,) = [p for p in COUNTY.rglob("*") if p.name == given["file"]]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == given["sha256"]


def test_data_and_run_carry_no_person(done):
    text = (COUNTY / "学籍" / "初中学籍.csv").read_bytes().decode("gb18030")
    rows = list(csv.reader(io.StringIO(text)))
    at = next(row.index(cell) for row in rows for cell in row if cell.endswith("姓名"))
    names = {row[at] for row in rows if len(row) > at and len(row[at]) > 2 and "姓名" not in row[at]}
    assert len(names) > 50
    for path in [*(done / "data").iterdir(), done / "run.json"]:
        text = path.read_text("utf-8-sig")
        assert not NUMBER.search(text)
        assert not [n for n in names if n in text]


def test_the_screen_shows_no_person(done):
    said = done.with_name("屏幕.txt").read_text("utf-8")
    assert "疑似辍学" in said and not NUMBER.search(said)


def test_each_township_and_each_school_with_work_has_a_workbook(done):
    townships = {p.stem for p in (done / "乡镇核查表").glob("*.xlsx")}
    assert {"500229001_葛城街道", "500229221_河鱼乡"} <= townships and len(townships) >= 25
    assert list((done / "学校核查表").glob("*.xlsx"))


def test_every_case_is_on_exactly_one_township_checklist(done):
    cases = {r["case_id"] for name in ("verdicts", "findings") for r in table(done / "data" / f"{name}.csv")} - {""}
    seen = []
    for path in (done / "乡镇核查表").glob("*.xlsx"):
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True):
            seen += [str(c) for c in row if c and re.fullmatch(r"\d{4}-\d{4}", str(c))]
    assert sorted(seen) == sorted(cases)


def test_the_same_again_is_byte_identical_and_leaves_the_ledger_alone(done, tmp_path, office):
    first = shutil.copytree(done.parent, tmp_path / "一") / "结果"
    before, ledger = files(first), (first.parent / "kcbx-ledger.db").read_bytes()
    assert office.kcbx(*arguments(out=first)) == 0
    assert without_timings(files(first)) == without_timings(before)
    assert (first.parent / "kcbx-ledger.db").read_bytes() == ledger
    elsewhere = tmp_path / "二" / "结果"
    shuffled = arguments(out=elsewhere)
    shuffled[2:3] = [COUNTY / "学籍" / "初中学籍.csv", "--registry", COUNTY / "学籍" / "小学学籍.xlsx"]
    assert office.kcbx(*shuffled) == 0
    assert without_timings(files(elsewhere)) == without_timings(before)


def test_the_order_of_rows_changes_row_numbers_only(done, tmp_path, office):
    county = shutil.copytree(COUNTY, tmp_path / "县")
    path = county / "学籍" / "初中学籍.csv"
    head, *rows = path.read_bytes().decode("gb18030").splitlines(keepends=True)
    path.write_bytes((head + "".join(reversed(rows))).encode("gb18030"))
    assert office.kcbx(*arguments(county, tmp_path / "甲" / "结果")) == 0
    turned = {
        (v["list_file"], v["list_sheet"], v["list_row"]): v
        for v in table(tmp_path / "甲" / "结果" / "data" / "verdicts.csv")
    }
    for v in table(done / "data" / "verdicts.csv"):
        other = turned[v["list_file"], v["list_sheet"], v["list_row"]]
        row = v["registry_row"]
        if row and v["registry_file"] == path.name:
            row = str(len(rows) + 3 - int(row))
        assert (v["verdict"], v["link_probability"], v["case_id"], row) == (
            other["verdict"], other["link_probability"], other["case_id"], other["registry_row"],
        )  # fmt: skip


def test_a_dry_run_writes_nothing(office):
    assert office.kcbx(*arguments(out=office.out), "--dry-run") == 0
    assert "什么都没有写" in office.stdout
    assert list(office.folder.iterdir()) == []


def test_the_envelope_of_a_run(office):
    assert office.kcbx(*arguments(out=office.out), "--json") == 0
    told = json.loads(office.stdout)
    assert (told["command"], told["status"], told["exit_code"], told["error"]) == ("reconcile", "finished", 0, None)
    assert told["data"]["counts"]["verdicts"]["suspected"] > 0


def test_a_month_in_a_workspace(office):
    shutil.copytree(COUNTY, office.folder / "inbox" / "2021-10")
    shutil.copy(COUNTY / "kcbx.toml", office.folder / "kcbx.toml")
    assert office.kcbx("reconcile", "--month", "2021-10") == 0
    assert (office.folder / "out" / "2021-10" / "疑似辍学学生名单.xlsx").exists()
    assert sqlite3.connect(office.folder / "kcbx-ledger.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("month", ["2021-13", "2021", "十月"])
def test_a_month_that_is_none(office, month):
    (office.folder / "inbox" / month).mkdir(parents=True)
    assert office.kcbx("reconcile", "--month", month) == 2
    assert month in office.stderr


def test_no_configuration_file_is_needed(office: Office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(
        member("王小明", "20120305", 1), member("李红", "20130101", 2), member("张三娃", "20130101", 4, 乡="")
    )
    assert office.reconcile() == 0
    assert {p.name for p in (office.out / "乡镇核查表").iterdir()} == {"甲乡.xlsx", "未明乡镇.xlsx"}


def test_case_numbers_survive_a_corrected_name_and_number(office: Office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member("李红", "20130101", 2), member("赵小雨", "20140202", 4))
    assert office.reconcile() == 0
    before = {v["list_row"]: v["case_id"] for v in office.verdicts()}
    assert len(set(before.values())) == 2
    office.households(member("李虹", "20130101", 2), member("赵小雨", "20140202", 4, 乡="乙乡", 村="二村"))
    assert office.kcbx("reconcile", "--registry", office.folder / "学籍.xlsx", "--households", office.folder / "脱贫户.xlsx",
                       "--as-of", "2021-11-30", "--out", office.folder / "十一月") == 0  # fmt: skip
    after = {v["list_row"]: v["case_id"] for v in table(office.folder / "十一月" / "data" / "verdicts.csv")}
    assert after == before


def test_a_child_registered_at_two_schools_is_one_pupil(office: Office):
    office.registry(
        pupil("王小明", "20120305", 1, 学生当前状态="转出"), pupil("王小明", "20120305", 1, 学校名称="乙校")
    )
    office.households(member("王小明", "20120305", 1))
    assert office.reconcile() == 0
    (row,) = office.verdicts()
    assert (row["verdict"], row["registry_row"]) == ("enrolled", "4")


def test_a_township_table_without_codes(office: Office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(
        member("李红", "20130101", 2),
        member("张三娃", "20130101", 4, 乡="原乙乡"),
        member("赵四", "20130301", 6, 乡="甲乡政府"),
    )
    (office.folder / "kcbx.toml").write_text(
        '[[townships]]\nname = "甲乡"\n[[townships]]\nname = "乙乡"\nformer = ["原乙乡"]\n', "utf-8"
    )
    assert office.reconcile() == 0
    assert {p.name for p in (office.out / "乡镇核查表").iterdir()} == {"甲乡.xlsx", "乙乡.xlsx"}
    for name, children in {"甲乡": {"李红", "赵四"}, "乙乡": {"张三娃"}}.items():
        cells = {c for row in _printed(office.out / "乡镇核查表" / f"{name}.xlsx") for c in row}
        assert {"李红", "赵四", "张三娃"} & cells == children


def test_a_township_table_of_one_character_names(office: Office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member("李红", "20130101", 2, 乡="某地"))
    (office.folder / "kcbx.toml").write_text('[[townships]]\nname = "甲"\n', "utf-8")
    assert office.reconcile() == 0


def _printed(path):
    return [
        tuple(str(c) for c in row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    ]

"""Several counties in one run: each as if alone, children found across borders, a county that fails set aside whole."""

from __future__ import annotations

import contextlib
import csv
import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import openpyxl
import pytest
from offices import by_county, table

from kcbx_cli import app, configuration, counties, countywork, parallel, province, unchanged
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import open_ledger
from kcbx_cli.sample import Spec, write_province
from kcbx_cli.tables import PEOPLE

AS_OF = "2021-10-31"


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Three small counties, made up; nobody changes them."""
    folder = tmp_path_factory.mktemp("三县")
    write_province(folder, Spec(scale=0.03, seed=16, errors=2), 3, "csv")
    return folder


@pytest.fixture(scope="module")
def done(lists, tmp_path_factory):
    out = tmp_path_factory.mktemp("三县结果") / "结果"
    assert app.run(by_county(lists, out, "--incremental")) == 0
    return out


def answers(lists: Path, name: str) -> list[dict[str, str]]:
    return table(lists / "答案" / f"truth_{name}.csv")


def verdicts(out: Path, name: str) -> dict[str, dict[str, str]]:
    return {row["list_row"]: row for row in table(out / name / "data" / "verdicts.csv")}


def names(lists: Path) -> list[str]:
    return sorted(p.stem for p in (lists / "学籍").iterdir())


def two_of(lists: Path, folder: Path) -> Path:
    """The lists of the first two counties alone."""
    wanted = set(names(lists)[:2])
    for path in lists.glob("*/*"):
        if path.stem in wanted:
            (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.parent.name)
    return folder


def test_children_at_school_in_the_next_county_are_found_and_nobody_else(lists, done):
    crossing = found = 0
    for name in names(lists):
        said = verdicts(done, name)
        for row in answers(lists, name):
            told = said[row["list_row"]]
            crosses = row["registry_county"] == "next" and row["verdict"] == "enrolled"
            crossing += crosses
            found += "registry_elsewhere" in told["reason"]
            if crosses:
                assert (told["verdict"], told["registry_row"]) == ("elsewhere", "")
            if row["missing"] == "1":
                assert told["verdict"] not in ("enrolled", "elsewhere", "attending")
    assert crossing == found > 4


def test_the_child_s_own_county_is_told_where_and_the_other_county_nothing(lists, done):
    first, second, third = names(lists)
    here = table(done / first / "data" / "elsewhere.csv")
    assert {row["county"] for row in here} == {second}
    assert (done / first / "在外县就读.xlsx").exists()
    assert not (done / third / "data" / "elsewhere.csv").exists()
    assert {row["list_file"].rsplit("/")[-1] for row in here} == {f"{first}.csv"}
    written = b"".join(p.read_bytes() for p in sorted((done / "汇总").rglob("*.csv")))
    people = {row["姓名"] for row in table(lists / "低收入" / f"{first}.csv")}
    assert not [name for name in people if len(name) > 2 and name.encode() in written]


@pytest.fixture
def near_misses(lists, tmp_path):
    """Two counties; the first one's list has a child who is suspended next door, and one with the number and birthday of
    a pupil there under another name. Also the registry next door as rows, to be changed and written."""
    given = two_of(lists, tmp_path / "名单")
    first, second = names(given)
    (path,) = (given / "学籍").glob(f"{second}.*")
    header, *pupils = csv.reader(path.read_text("utf-8-sig").splitlines())
    name, number, birth, status = (header.index(h) for h in ("姓名", "身份证件号", "出生日期", "学生当前状态"))
    known = {row["证件号码"] for row in table(given / "低收入" / f"{second}.csv")}
    free = [
        p for p in pupils if len(p[number]) == 18 and p[number] not in known and p[birth] > "2008" and len(p[name]) == 3
    ]
    suspended, other = [p for p in free if sum(q[number] == p[number] for q in pupils) == 1][:2]
    suspended[status] = "休学"
    people = given / "低收入" / f"{first}.csv"
    listed, *rows = csv.reader(people.read_text("utf-8-sig").splitlines())
    for k, (pupil, called) in enumerate([(suspended, suspended[name]), (other, other[name][0] + "上官")]):
        more = {"姓名": called, "证件号码": pupil[number], "出生日期": pupil[number][6:14], "户编号": f"新{k}"}
        rows.append([more.get(h, rows[0][n] if h in ("乡", "村") else "") for n, h in enumerate(listed)])
    written(people, [listed, *rows])
    written(path, [header, *pupils])
    return SimpleNamespace(lists=given, path=path, header=header, pupils=pupils, suspended=suspended, other=other)


def written(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def test_children_of_whom_another_county_may_have_the_pupil_are_listed_for_their_own_county(
    near_misses, tmp_path, capsys
):
    """Where, and why it is not sure, and of the pupil no name; the summary counts them, their checklist knows of it."""
    given, out = near_misses.lists, tmp_path / "结果"
    first, second = names(given)
    assert app.run(by_county(given, out, "--incremental", "--json")) == 0
    counts = json.loads(capsys.readouterr().out)["data"]["counts"]
    told = {row["list_row"]: row for row in table(out / first / "data" / "doubtful_elsewhere.csv")}
    rows = [str(len(verdicts(out, first)) + n) for n in (0, 1)]
    assert [told[row]["doubt"] for row in rows] == ["not_in_class", "alike"]
    assert {verdicts(out, first)[row]["verdict"] for row in rows} == {"suspected"}
    summed = {row["county"]: row["doubtful_elsewhere"] for row in table(out / "汇总" / "data" / "counties.csv")}
    assert counts["doubtful_elsewhere"] == sum(map(int, summed.values())) >= int(summed[first]) == len(told) >= 2
    book = openpyxl.load_workbook(out / first / "在外县就读.xlsx")
    printed = [[str(cell.value or "") for cell in row] for row in book["相近待核对"].iter_rows()]
    text = "\n".join("|".join(row) for row in printed)
    assert "休学" in text and "身份证号一致" in text and second in text
    assert near_misses.other[near_misses.header.index("姓名")] not in text
    sheets = [openpyxl.load_workbook(p).worksheets[0] for p in (out / first / "乡镇核查表").glob("*.xlsx")]
    assert sum("外县(区)的学籍里有相近的学生" in str(c.value) for s in sheets for r in s.iter_rows() for c in r) >= 2

    found = (out / first / "data" / "elsewhere.csv").read_bytes()
    near_misses.suspended[near_misses.header.index("学生当前状态")] = "转出"
    written(near_misses.path, [near_misses.header, *near_misses.pupils])
    assert app.run(by_county(given, out, "--incremental")) == 0
    assert (out / first / "data" / "elsewhere.csv").read_bytes() == found
    again = openpyxl.load_workbook(out / first / "在外县就读.xlsx")["相近待核对"]
    assert "转出" in {cell.value for row in again.iter_rows() for cell in row}, (
        "a change of doubts alone writes it again"
    )


def test_each_county_is_as_it_is_alone_but_for_those_found_elsewhere(lists, done, tmp_path):
    name = names(lists)[0]
    alone = ["reconcile", "--registry", lists / "学籍" / f"{name}.csv", "--households", lists / "低收入" / f"{name}.csv",
             "--special", lists / "特殊学生台账" / f"{name}.csv", "--config", lists / "设置" / f"{name}.toml",
             "--as-of", AS_OF, "--out", tmp_path / "alone"]  # fmt: skip
    assert app.run([str(a) for a in alone]) == 0
    one = {row["list_row"]: row for row in table(tmp_path / "alone" / "data" / "verdicts.csv")}
    both = verdicts(done, name)
    differing = [row for row in one if one[row] | {"case_id": ""} != both[row] | {"case_id": ""}]
    assert differing
    for row in differing:
        assert one[row]["verdict"] == "suspected"
        assert "registry_elsewhere" in both[row]["reason"]


def test_one_process_or_several_write_the_same_bytes(lists, done, tmp_path):
    assert app.run(by_county(lists, tmp_path / "结果", "--jobs", "1")) == 0

    assert contents(done) == contents(tmp_path / "结果")


def contents(out: Path) -> dict[str, bytes]:
    """All that was written but what tells the time."""
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    return {name: data for name, data in files.items() if Path(name).name not in ("run.json", ".kcbx.json")}


def test_counties_of_which_nothing_changed_are_not_done_again_and_the_result_is_the_same(lists, done, tmp_path, capsys):
    first = names(lists)[
        0
    ]  # nobody crosses into it: those who do are told with what the other county's names make of them
    shutil.copytree(lists, tmp_path / "名单")
    for place in ("一", "二"):
        shutil.copytree(done.parent, tmp_path / place)
    path = tmp_path / "名单" / "学籍" / f"{first}.csv"
    header, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    for row in rows[:9]:
        row[header.index("姓名")] += "二"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "一" / "结果").rglob("*.xlsx")}
    assert app.run(by_county(tmp_path / "名单", tmp_path / "一" / "结果", "--incremental", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["data"]["unchanged"] == 2
    assert app.run(by_county(tmp_path / "名单", tmp_path / "二" / "结果")) == 0
    assert contents(tmp_path / "一" / "结果") == contents(tmp_path / "二" / "结果")
    rewritten = {
        p.relative_to(tmp_path / "一" / "结果").parts[0] for p, when in before.items() if p.stat().st_mtime_ns != when
    }
    assert rewritten == {first, "汇总"}
    ledgers = [sqlite_dump(tmp_path / place / "kcbx-ledgers" / f"{first}.db") for place in ("一", "二")]
    assert ledgers[0] == ledgers[1]


def sqlite_dump(ledger: Path) -> list[tuple]:
    """The events of a ledger."""
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        return connection.execute("SELECT number, as_of, what, kind, reason FROM events ORDER BY event").fetchall()


def test_whatever_decides_a_county_s_result_makes_it_be_done_again(lists, done, tmp_path, monkeypatch):
    """The day, a setting, what was recorded since, a file that was filled in, the program itself."""
    name = names(lists)[0]
    shutil.copytree(done.parent, tmp_path / "一")
    ledger, out = tmp_path / "一" / "kcbx-ledgers" / f"{name}.db", tmp_path / "一" / "结果" / name
    paths = {"registry": [str(lists / "学籍" / f"{name}.csv")], "households": [str(lists / "低收入" / f"{name}.csv")],
             "special": [str(lists / "特殊学生台账" / f"{name}.csv")]}  # fmt: skip
    settings = configuration.load(lists / "设置" / f"{name}.toml", {})
    day = date.fromisoformat(AS_OF)

    def stands(as_of=day, settings=settings, paths=paths):
        with open_ledger(ledger) as book:
            return unchanged.standing(ledger, out, unchanged.inputs_of(paths, as_of, settings), book) is not None

    assert stands()
    assert not stands(as_of=date(2021, 11, 30))
    assert not stands(settings=replace(settings, quality=replace(settings.quality, max_unusable=0.5)))
    assert not stands(paths={role: given for role, given in paths.items() if role != "special"})
    with monkeypatch.context() as patch:
        patch.setattr(unchanged, "_program", lambda: "another")
        assert not stands()
    manifest = (out / ".kcbx.json").read_bytes()
    (out / ".kcbx.json").write_bytes(manifest + b" ")
    assert not stands()
    (out / ".kcbx.json").write_bytes(manifest)
    kept = ledger.with_name(f"{ledger.name}.kept")
    assert {oct(p.stat().st_mode & 0o777) for p in kept.iterdir()} == {"0o600"}
    assert kept.stat().st_mode & 0o777 == 0o700
    people = {row["姓名"] for row in table(lists / "低收入" / f"{name}.csv")}
    assert not [who for who in people if len(who) > 2 and who in (kept / "about.json").read_text("utf-8")]
    case = next(r["case_id"] for r in table(out / "data" / "verdicts.csv") if r["case_id"])
    assert app.run(["cases", "annotate", case, "--ledger", str(ledger), "--note", "核实中", "--who", "甲"]) == 0
    assert not stands()
    assert app.run(["purge", "--ledger", str(ledger), "--outputs", str(out)]) == 0
    assert not kept.exists()


def test_a_county_that_fails_is_set_aside_whole_and_the_others_are_done(lists, tmp_path, capsys):
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first, second, third = names(lists)
    (given / "学籍" / f"{second}.csv").unlink()
    (given / "学籍" / f"{second}.xlsx").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 20)
    in_parts(given / "低收入" / f"{first}.csv", lambda rows: [["甲", "乙", "丙"], *rows[1:]])
    out = tmp_path / "结果"
    assert app.run(by_county(given, out, "--json")) == 1
    said = json.loads(capsys.readouterr().out)["data"]
    assert [one["name"] for one in said["set_aside"]] == [first, second]
    assert all(one["message"] and one["hint"] for one in said["set_aside"])
    assert sorted(p.name for p in out.iterdir()) == sorted([third, "verdicts", "汇总"])
    rows = {row["county"]: row["status"] for row in table(out / "汇总" / "data" / "counties.csv")}
    assert rows == {first: "set_aside", second: "set_aside", third: "finished"}
    sheet = openpyxl.load_workbook(out / "汇总" / "各县汇总.xlsx").worksheets[0]
    told = {row[0].value: sheet.row_dimensions[row[0].row].height for row in sheet if "没有完成：" in str(row[0].value)}
    assert len(told) == 2 and not [text for text in told if "。。" in text]
    for text, height in told.items():
        assert height >= 12 * (text.count("\n") + 1), "every line of it can be read"


def aside_of(out: Path) -> dict[str, str]:
    """The codes of the counties that were set aside, by name."""
    told = json.loads((out / "汇总" / "run.json").read_text("utf-8"))
    return {one["name"]: one["code"] for one in told["set_aside"]}


def summary_says(out: Path, words: str) -> bool:
    """Whether 各县汇总.xlsx has these words."""
    sheet = openpyxl.load_workbook(out / "汇总" / "各县汇总.xlsx").worksheets[0]
    return any(words in str(cell) for row in sheet.values for cell in row)


def test_a_county_whose_folder_cannot_be_replaced_still_gives_up_its_pupils(lists, done, tmp_path, capsys):
    """A filled-in sheet in one county's folder, the normal thing, made suspects of other counties' children."""
    shutil.copytree(done.parent, tmp_path / "一")
    out = tmp_path / "一" / "结果"
    first, second, third = names(lists)
    filled = out / second / "data" / "verdicts.csv"
    filled.write_bytes(filled.read_bytes() + b"\n")
    assert app.run(by_county(lists, out)) == 1
    assert aside_of(out) == {second: "output_occupied"}
    assert "学籍这次没有用上" not in capsys.readouterr().err
    before, after = contents(done), contents(out)
    assert {name for name in before if before[name] != after.get(name)} == {
        f"{second}/data/verdicts.csv", f"verdicts/county={second[:6]}/part-0.parquet",
        "汇总/data/counties.csv", "汇总/各县汇总.xlsx",
    }  # fmt: skip
    for name in (first, third):
        path = out / name / "data" / "verdicts.csv"
        path.write_bytes(path.read_bytes() + b"\n")
    assert app.run(by_county(lists, out)) == 2
    assert contents(out)["汇总/data/counties.csv"] == after["汇总/data/counties.csv"], (
        "nothing was done: nothing is told"
    )


def test_where_a_county_cannot_be_read_the_run_says_what_that_means_for_the_others(lists, tmp_path, capsys):
    given = two_of(lists, tmp_path / "名单")
    first, second = names(given)
    (given / "学籍" / f"{second}.csv").write_bytes(b"\x00\x01")
    assert app.run(by_county(given, tmp_path / "结果")) == 1
    words = f"1 个县的学籍这次没有用上({second}):其他县在这些县就读的孩子这次找不到"
    assert words in capsys.readouterr().err
    assert summary_says(tmp_path / "结果", words)


def test_a_county_that_was_there_last_month_and_is_not_now_is_named(lists, done, tmp_path, capsys):
    """Its ledger is known to the run; the month before stands in its folder as it was."""
    shutil.copytree(done.parent, tmp_path / "一")
    out, given = tmp_path / "一" / "结果", two_of(lists, tmp_path / "名单")
    third = names(lists)[2]
    assert app.run(by_county(given, out)) == 1
    assert aside_of(out) == {third: "county_missing"}
    assert f"「{third}」没有完成:它有个案台账,这次哪个文件夹里都没有它的名单" in capsys.readouterr().err
    assert [row["county"] for row in table(out / "汇总" / "data" / "counties.csv") if row["status"] == "missing"] == [
        third
    ]
    assert summary_says(out, f"没有完成：{third}")
    assert {n: b for n, b in contents(out).items() if n.startswith(third)} == {
        n: b for n, b in contents(done).items() if n.startswith(third)
    }


def test_a_county_without_a_list_that_was_given_for_others_is_named(lists, tmp_path, capsys):
    """Its papers would silently not count."""
    given = two_of(lists, tmp_path / "名单")
    first, second = names(given)
    (given / "特殊学生台账" / f"{second}.csv").unlink()
    out = tmp_path / "结果"
    assert app.run(by_county(given, out, "--json")) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "list_missing"
    assert told["data"]["short_of"] == {second: "list_missing"}
    assert [row["code"] for row in table(out / "汇总" / "data" / "counties.csv")] == ["", "list_missing"]
    assert summary_says(out, f"{second}。没有这个县的特殊学生台账,这次没有用上")
    header = (given / "特殊学生台账" / f"{first}.csv").read_bytes().splitlines(keepends=True)[0]
    (given / "特殊学生台账" / f"{second}.csv").write_bytes(header)
    assert app.run(by_county(given, out)) == 0


def test_a_list_that_is_another_county_s_sets_both_aside(lists, tmp_path, capsys):
    """Every child of the county whose registry it is not was suspected, and a case opened for each."""
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first, second, third = names(lists)
    shutil.copy(given / "学籍" / f"{first}.csv", given / "学籍" / f"{second}.csv")
    for name in (first, third):
        (given / "特殊学生台账" / f"{name}.csv").write_text("姓名,身份证号,安置方式\n", "utf-8")
    assert app.run(by_county(given, tmp_path / "结果", "--incremental")) == 1
    assert aside_of(tmp_path / "结果") == {first: "same_file", second: "same_file"}
    said = capsys.readouterr().err
    assert f"它的「学籍/{first}.csv」和{second}的「学籍/{second}.csv」内容完全相同" in said
    assert f"它的「学籍/{second}.csv」和{first}的「学籍/{first}.csv」内容完全相同" in said


def test_a_registry_that_is_not_the_list_s_is_told_by_the_children_whom_it_does_not_have(lists, tmp_path, capsys):
    first, second, _ = names(lists)
    alone = ["reconcile", "--registry", lists / "学籍" / f"{first}.csv", "--households", lists / "低收入" / f"{second}.csv",
             "--config", lists / "设置" / f"{first}.toml", "--as-of", AS_OF, "--out", tmp_path / "结果"]  # fmt: skip
    assert app.run([str(a) for a in alone]) == 1
    assert f"「{second}.csv」里学龄的 " in capsys.readouterr().err
    (tmp_path / "宽.toml").write_text("[quality]\nmin_matched = 0.0\n", "utf-8")
    alone[alone.index("--config") + 1] = tmp_path / "宽.toml"
    assert app.run([str(a) for a in alone]) == 0


def in_parts(path: Path, change) -> Path:
    """The list as a folder of three files, the second with its rows (the header first) changed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    path.unlink()
    folder = path.with_suffix("")
    folder.mkdir()
    third = len(rows) // 3
    parts = [rows[:third], rows[third : 2 * third], rows[2 * third :]]
    for n, part in enumerate(parts, 1):
        whole = [header, *part]
        with (folder / f"{n}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(change(whole) if n == 2 else whole)
    return folder


def without(*headers: str):
    """The rows without these columns."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        kept = [n for n, header in enumerate(rows[0]) if header not in headers]
        return [[row[n] for n in kept] for row in rows]

    return change


def test_drifting_and_other_columns_are_told_apart(lists, done, tmp_path, capsys):
    """A file that lost its number column sets its county aside, an unknown header too; known ones in another order do not."""
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first, second, third = names(lists)
    in_parts(given / "学籍" / f"{first}.csv", without("身份证件号"))
    (given / "低收入" / f"{second}.csv").write_text("编号,甲,乙,丙\n1,2,3,4\n", "utf-8")
    in_parts(given / "学籍" / f"{third}.csv", lambda rows: [row[::-1] for row in rows])
    path = given / "低收入" / f"{third}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    new = {"乡": "乡镇", "村": "行政村", "证件号码": "公民身份号码"}
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([[new.get(h, h) for h in header], *rows])
    assert app.run(by_county(given, tmp_path / "结果", "--json")) == 1
    aside = json.loads(capsys.readouterr().out)["data"]["set_aside"]
    assert [(one["name"], one["code"]) for one in aside] == [(first, "schema_drift"), (second, "unknown_layout")]
    assert "「2.csv」没有证件号列" in aside[0]["message"]
    assert sorted(p.name for p in (tmp_path / "结果").iterdir()) == sorted([third, "verdicts", "汇总"])
    before, after = verdicts(done, third), verdicts(tmp_path / "结果", third)
    assert {row: one["verdict"] for row, one in before.items()} == {row: one["verdict"] for row, one in after.items()}


def changed(path: Path, change) -> None:
    """The list with its rows (the header first) changed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(change(rows))


def test_a_county_whose_list_lost_what_most_counties_have_is_set_aside_and_gives_up_nothing(lists, tmp_path, capsys):
    """Without statuses its missing children would be in class, and other counties' children be found among them."""
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first, second, third = names(lists)
    changed(given / "学籍" / f"{second}.csv", without("学生当前状态"))
    changed(
        given / "低收入" / f"{third}.csv",
        lambda rows: [["号码X" if c == "证件号码" else c for c in rows[0]], *rows[1:]],
    )
    out = tmp_path / "结果"
    assert app.run(by_county(given, out, "--json")) == 1
    aside = json.loads(capsys.readouterr().out)["data"]["set_aside"]
    assert [(one["name"], one["code"]) for one in aside] == [(second, "schema_drift"), (third, "schema_drift")]
    assert f"「学籍/{second}.csv」没有学生状态列" in aside[0]["message"]
    assert f"「低收入/{third}.csv」没有证件号列" in aside[1]["message"]
    assert sorted(p.name for p in out.iterdir()) == sorted([first, "verdicts", "汇总"])
    assert not (out / first / "data" / "elsewhere.csv").exists()


def test_of_two_counties_nobody_knows_which_is_right_but_what_is_missing_is_said(lists, tmp_path, capsys):
    """A list without names and one with nobody on it: both counties are done, exit 1, with a remark in the summary."""
    given, out = two_of(lists, tmp_path / "名单"), tmp_path / "结果"
    first, second = names(given)
    changed(given / "低收入" / f"{first}.csv", without("姓名"))
    changed(given / "低收入" / f"{second}.csv", lambda rows: rows[:1])
    for again in (0, 2):
        assert app.run(by_county(given, out, "--incremental", "--json")) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["status"], told["data"]["set_aside"], told["data"]["unchanged"]) == ("below_quality", [], again)
        assert told["data"]["short_of"] == {first: "below_quality", second: "below_quality"}
        rows = table(out / "汇总" / "data" / "counties.csv")
        assert [(row["status"], row["code"]) for row in rows] == [("finished", "below_quality")] * 2
        sheet = openpyxl.load_workbook(out / "汇总" / "各县汇总.xlsx").worksheets[0]
        said = [str(row[0].value) for row in sheet if "请注意：" in str(row[0].value)]
        assert "没有姓名列" in said[0] and first in said[0]
        assert "只有表头，一行也没有" in said[1].replace(",", "，") and second in said[1]


@dataclass(frozen=True)
class Read:
    """What of a file that was read matters here."""

    file: str
    columns: dict[tuple[str, str], frozenset[str]]


@pytest.mark.parametrize(
    ("role", "one", "other", "lacking"),
    [
        ("registry", "name id_number status school", "name id_number school", "学生状态"),
        ("households", "name id_number birth_date", "name birth_date", "证件号"),
        ("households", "name id_number birth_date note", "name id_number birth_date", ""),
    ],
)
def test_files_of_a_county_have_the_same_telling_columns(role, one, other, lacking):
    files = [Read(n, {(role, "same"): frozenset(c.split())}) for n, c in (("甲.csv", one), ("乙.csv", other))]
    if not lacking:
        counties.check_columns(files)
        return
    with pytest.raises(KcbxError, match=f"「乙.csv」没有{lacking}列"):
        counties.check_columns(files)


@pytest.mark.parametrize(
    ("own", "others", "aside"),
    [
        ("status", ["", ""], True),
        ("status", ["", "", "status"], True),
        ("status", ["", "status"], False),
        ("status", [""], False),
        ("", ["status", "status"], False),
    ],
)
def test_what_most_other_counties_have_is_asked_of_each(own, others, aside):
    lacks = [{"registry": {name: "学籍.csv" for name in one.split()}} for one in (own, *others)]
    assert bool(counties.drifted([*lacks, {}])[0]) == aside


@pytest.mark.parametrize(
    ("columns", "rows", "lost"),
    [
        (["name id_number status"], {}, ""),
        (["name id_number suspended"], {"status": ""}, ""),
        (["name registry_number status"], {"id_state": "absent"}, ""),
        (["name id_number status"], {"status": ""}, "status"),
        (["name id_number status", "name id_number"], {}, "status"),
        (["name id_number status", "name status"], {}, ""),
        (["name status", "id_number status"], {}, "name"),
    ],
)
def test_a_registry_lacks_what_it_neither_has_nor_says_otherwise(columns, rows, lost):
    files = [Read(f"{n}.csv", {("registry", f"kind {n}"): frozenset(c.split())}) for n, c in enumerate(columns)]
    row = PEOPLE.frame(
        {"name": ["王小明"], "id_state": ["valid"], "status": ["在读"]} | {k: [v] for k, v in rows.items()}
    )
    assert list(counties.lacking(files, PEOPLE.frame(), row)["registry"]) == lost.split()


def test_a_county_set_aside_gives_its_number_to_nobody(lists, done, tmp_path):
    given = two_of(lists, tmp_path / "名单")
    first, second = names(given)
    for folder in ("学籍", "低收入"):
        (given / folder / "100000前县.csv").write_bytes(b"\x00\x01")
    out = tmp_path / "结果"
    assert app.run(by_county(given, out)) == 1
    before = table(done / first / "data" / "elsewhere.csv")
    assert table(out / first / "data" / "elsewhere.csv") == before
    assert {row["county"] for row in before} == {second}


def test_two_files_of_one_county_and_a_county_without_a_registry_are_set_aside(lists, tmp_path, capsys):
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first, second, third = names(lists)
    shutil.copy(given / "学籍" / f"{first}.csv", given / "学籍" / f"{first[:6]}新.csv")
    (given / "学籍" / f"{second}.csv").unlink()
    assert app.run(by_county(given, tmp_path / "结果", "--json")) == 1
    aside = {one["name"]: one["code"] for one in json.loads(capsys.readouterr().out)["data"]["set_aside"]}
    assert aside == {first: "county_twice", second: "county_incomplete"}


def test_a_second_month_knows_the_first_one_s_cases(lists, done, tmp_path):
    out = tmp_path / "结果"
    shutil.copytree(done.parent / "kcbx-ledgers", tmp_path / "kcbx-ledgers")
    (tmp_path / "kcbx-ledgers" / f"{names(lists)[2]}.db").unlink()
    later = [a if a != AS_OF else "2021-11-30" for a in by_county(two_of(lists, tmp_path / "名单"), out)]
    assert app.run(later) == 0
    name = names(lists)[0]
    before = {r["list_row"]: r["case_id"] for r in table(done / name / "data" / "verdicts.csv") if r["case_id"]}
    after = {r["list_row"]: r["case_id"] for r in table(out / name / "data" / "verdicts.csv") if r["case_id"]}
    assert before
    assert {row: after.get(row) for row in before} == before


def test_next_month_s_files_may_have_other_names(lists, done, tmp_path, capsys):
    """Exports are called after the month, and after the list; the county's ledger, folder and settings are its own."""
    given = two_of(lists, tmp_path / "名单")
    for folder, after in (("学籍", "2021年11月学籍"), ("低收入", "_低收入"), ("设置", "设置(新)")):
        for path in (given / folder).iterdir():
            path.rename(path.with_stem(path.stem + after))
    shutil.copytree(done.parent / "kcbx-ledgers", tmp_path / "kcbx-ledgers")
    (tmp_path / "kcbx-ledgers" / f"{names(lists)[2]}.db").unlink()
    ledgers = sorted(p.name for p in (tmp_path / "kcbx-ledgers").glob("*.db"))
    later = [a if a != AS_OF else "2021-11-30" for a in by_county(given, tmp_path / "结果")]
    assert app.run(later) == 0
    assert sorted(p.name for p in (tmp_path / "kcbx-ledgers").glob("*.db")) == ledgers
    for name in names(lists)[:2]:
        told = json.loads((tmp_path / "结果" / name / "run.json").read_text("utf-8"))
        assert told["counts"]["cases"]["before"] > 0
    assert "没有写县(区)名称" not in capsys.readouterr().err


def test_a_list_that_lost_a_fifth_since_last_month_is_told(lists, done, tmp_path, capsys):
    given = two_of(lists, tmp_path / "名单")
    first, second = names(lists)[:2]
    path = given / "学籍" / f"{first}.csv"
    whole = path.read_text("utf-8-sig").splitlines(keepends=True)
    path.write_text("".join(whole[: len(whole) * 3 // 4]), "utf-8-sig")
    shutil.copytree(done.parent / "kcbx-ledgers", tmp_path / "kcbx-ledgers")
    (tmp_path / "kcbx-ledgers" / f"{names(lists)[2]}.db").unlink()
    later = [a if a != AS_OF else "2021-11-30" for a in by_county(given, tmp_path / "结果")]
    assert app.run(later) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "2021-10" in line]
    assert len(told) == 1 and first in told[0] and "学籍只有" in told[0]
    assert second not in told[0]


def split_files(folder: Path, *named: str) -> tuple[list[str], dict[str, str]]:
    """The counties of a registry and a low-income folder with these files each, and the codes of those set aside."""
    for path in (folder / role / name for role in ("学籍", "低收入") for name in named):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    paths = {"registry": [str(folder / "学籍")], "households": [str(folder / "低收入")]}
    found, aside = counties.split(paths, folder / "台账")
    return [one.name for one in found], {one.name: one.code for one in aside}


@pytest.mark.parametrize(
    ("file", "county"),
    [
        ("500229城口县2021年11月.csv", "500229城口县"),
        ("500229城口县_学籍.csv", "500229城口县"),
        ("421003沙市区.csv", "421003沙市区"),
        ("500103市中区学生.csv", "500103市中区"),
        ("城口县(11月).csv", "城口县"),
        ("202111城口县.csv", "城口县"),
        ("500229.csv", "500229"),
        ("高级中学.csv", "高级中学"),
    ],
)
def test_a_county_is_called_by_the_beginning_of_its_file_s_name(tmp_path, file, county):
    assert split_files(tmp_path, file) == ([county], {})


def test_a_county_keeps_the_name_of_its_ledger_and_has_but_one(tmp_path):
    (tmp_path / "台账").mkdir()
    (tmp_path / "台账" / "500229城口.db").touch()
    assert split_files(tmp_path, "500229城口县.csv") == (["500229城口"], {})
    (tmp_path / "台账" / "500229城口县.db").touch()
    assert split_files(tmp_path) == ([], {"500229城口县": "county_ledgers"})


def test_a_folder_with_files_of_several_counties_is_no_county(tmp_path):
    assert split_files(tmp_path, "黔江市/500229城口县.csv", "黔江市/500256左巴县.csv") == (
        [],
        {"黔江市": "county_mixed"},
    )


def test_results_among_the_lists_are_no_county(tmp_path):
    for name in ("结果", "台账"):
        (tmp_path / "学籍" / name).mkdir(parents=True)
    assert split_files(tmp_path, "500229城口县.csv") == (
        ["500229城口县"],
        {"台账": "county_incomplete", "结果": "county_incomplete"},
    )
    paths = {"registry": [str(tmp_path / "学籍")], "households": [str(tmp_path / "低收入")]}
    found, aside = counties.split(paths, tmp_path / "学籍" / "台账", tmp_path / "学籍" / "结果")
    assert ([one.name for one in found], aside) == (["500229城口县"], [])


def test_two_settings_of_one_county_set_it_aside(lists, tmp_path, capsys):
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    first = names(lists)[0]
    shutil.copy(given / "设置" / f"{first}.toml", given / "设置" / f"{first}旧.toml")
    assert app.run(by_county(given, tmp_path / "结果", "--json")) == 1
    aside = {one["name"]: one["code"] for one in json.loads(capsys.readouterr().out)["data"]["set_aside"]}
    assert aside == {first: "bad_setting"}


def test_partitioned_folders_are_read_and_every_verdict_is_in_one_partitioned_data_set(lists, done, tmp_path):
    given = tmp_path / "名单"
    for role in ("学籍", "低收入"):
        for name in names(lists)[:2]:
            folder = given / role / f"county={name[:6]}"
            folder.mkdir(parents=True)
            shutil.copy(lists / role / f"{name}.csv", folder / "part-0.csv")
        (given / role / "_SUCCESS").touch()
    asked = [
        "reconcile",
        "--by-county",
        "--registry",
        given / "学籍",
        "--households",
        given / "低收入",
        "--as-of",
        AS_OF,
    ]
    out = tmp_path / "结果"
    (out / "verdicts" / "county=999999").mkdir(parents=True)
    (out / "verdicts" / "county=999999" / "part-0.parquet").touch()
    assert app.run([str(a) for a in (*asked, "--out", out)]) == 0
    codes = [name[:6] for name in names(lists)[:2]]
    assert sorted(p.name for p in out.iterdir()) == sorted([*codes, "verdicts", "汇总"])
    rows = duckdb.read_parquet(str(out / "verdicts" / "*" / "*.parquet"), hive_partitioning=True).fetchall()
    assert len(rows) == sum(len(table(out / code / "data" / "verdicts.csv")) for code in codes) > 800
    assert {str(row[-1]) for row in rows} == set(codes)
    (out / "verdicts" / "mine.txt").touch()
    assert app.run([str(a) for a in (*asked, "--out", out)]) == 2


def test_nothing_to_do_is_an_error(lists, tmp_path, capsys):
    (tmp_path / "空").mkdir()
    assert (
        app.run([a if not a.endswith("学籍") else str(tmp_path / "空") for a in by_county(lists, tmp_path / "r")]) == 2
    )
    assert not (tmp_path / "r").exists()
    assert app.run([*by_county(lists, tmp_path / "r"), "--dry-run"]) == 2


def test_when_no_county_can_be_done_each_is_told(lists, tmp_path, capsys):
    given = two_of(lists, tmp_path / "名单")
    for path in (given / "学籍").iterdir():
        path.write_bytes(b"PK\x03\x04")
    assert app.run(by_county(given, tmp_path / "结果")) == 2
    said = capsys.readouterr().err
    assert all(f"「{name}」" in said for name in names(lists)[:2])


def interruptible() -> None:
    """Tests that run in the background have interrupts ignored, and a program inherits that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_an_interrupt_leaves_no_county_half_written(lists, tmp_path):
    out = tmp_path / "结果"
    command = [sys.executable, "-m", "kcbx_cli", *by_county(lists, out, "--jobs", "2")]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=interruptible
    )
    for _ in range(600):
        if list(tmp_path.glob(".结果.kcbx-work-*/*.judged")):
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "已中断" in said.decode()
    assert not list(tmp_path.glob(".*"))
    for county in out.iterdir() if out.exists() else ():
        assert (county / "run.json").exists()


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_a_process_that_dies_once_its_county_is_in_the_ledger_costs_only_time(lists, done, tmp_path, monkeypatch):
    """The county is judged anew, with the cases that the ledger has by now, and every file is as if nothing had been."""
    died = tmp_path / "died"
    partition = countywork.partition

    def deadly(*arguments: object) -> None:
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        partition(*arguments)

    monkeypatch.setattr(countywork, "partition", deadly)
    assert app.run(by_county(lists, tmp_path / "结果", "--jobs", "2")) == 0
    assert died.exists()
    assert contents(tmp_path / "结果") == contents(done)


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_a_killed_process_costs_only_time(tmp_path):
    seen: list[int] = []
    assert parallel.spread(_once_killed(tmp_path / "killed"), list(range(6)), 2, seen.append) == list(range(6))
    assert seen[-1] == 6


class _once_killed:  # noqa: N801
    """Kills its process the first time it meets 3."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, item: int) -> int:
        if item == 3 and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item


@pytest.mark.parametrize(("key", "keeps"), [("", True), ("a key", False)])
def test_nothing_plain_is_kept_beside_an_encrypted_ledger_wherever_its_key_comes_from(tmp_path, key, keeps):
    from datetime import date

    from kcbx_cli import counties, pipeline
    from kcbx_cli.passwords import LEDGER_KEYS
    from kcbx_cli.settings import Settings

    county = counties.County("甲县", "甲县", {})
    asked = SimpleNamespace(
        counties=[county], aside=[], as_of=date(2021, 10, 31), out=tmp_path / "果", ledgers=tmp_path / "账", passwords=(),
        enter=None, incremental=True,
    )  # fmt: skip
    LEDGER_KEYS.set(lambda _: key)
    try:
        (task,), _ = province._tasks(asked, {"甲县": (Settings(), pipeline.Manner())}, None)
    finally:
        LEDGER_KEYS.set(lambda _: "")
    assert task.keeps is keeps


def test_one_file_of_settings_for_all_calls_no_county_by_another_s_name(lists, tmp_path):
    given = two_of(lists, tmp_path / "名单")
    first, second = names(lists)[:2]
    options = by_county(given, tmp_path / "结果")
    options[options.index("--config") + 1] = str(given / "设置" / f"{first}.toml")
    assert app.run(options) == 0
    for name in (first, second):
        told = json.loads((tmp_path / "结果" / name / "run.json").read_text("utf-8"))["settings"]
        assert (told["county.name"]["value"], told["county.code"]["value"]) == (name[6:], name[:6])


def test_a_county_of_which_a_file_is_gone_is_done_again(lists, done, tmp_path, capsys):
    out = tmp_path / "结果"
    shutil.copytree(done, out)
    shutil.copytree(done.parent / "kcbx-ledgers", tmp_path / "kcbx-ledgers")
    gone = out / names(lists)[0] / "report.html"
    gone.unlink()
    assert app.run(by_county(lists, out, "--incremental", "--json")) == 0
    assert gone.exists()
    assert json.loads(capsys.readouterr().out)["data"]["unchanged"] == 2


def test_a_full_disk_is_told_and_a_run_that_wrote_no_county_fails(lists, done, tmp_path, monkeypatch, capsys):
    out = tmp_path / "结果"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(countywork, "partition", full)
    given = two_of(lists, tmp_path / "名单")
    assert app.run(by_county(given, out)) == 2
    said = capsys.readouterr().err
    assert said.count("磁盘已满") == 2
    assert not (out / "汇总").exists()


def test_what_is_of_all_counties_is_for_the_owner_alone(done):
    found = [done / "verdicts", *(done / "verdicts").rglob("*")]
    assert {p.stat().st_mode & 0o077 for p in found} == {0}


def test_lists_of_several_counties_taken_for_one_are_told(lists, tmp_path, capsys):
    options = by_county(two_of(lists, tmp_path / "名单"), tmp_path / "结果")
    options.remove("--by-county")
    del options[options.index("--config") : options.index("--config") + 2]
    app.run(options)
    assert "--by-county" in capsys.readouterr().err

"""The same work on Spark: the same bytes, whatever runs it and whoever is killed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from offices import table

from kcbx_cli import app
from kcbx_cli.sample import Spec, write_county, write_province

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java 17 is not installed"),
]
pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
AS_OF = "2021-10-31"
#: What tells of time, machine or run; all else is the same bytes.
RUN = ("run.json", ".kcbx.json")


def kcbx(*arguments: object, submit: tuple[str, ...] = (), code: int = 0) -> str:
    """kcbx in a process of its own, since a Spark that has been started stays in its process; stdout."""
    command = [*(submit or (sys.executable, "-m", "kcbx_cli")), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr[-4000:]
    return ran.stdout


def contents(out: Path) -> dict[str, bytes]:
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    return {name: data for name, data in files.items() if Path(name).name not in RUN}


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Three small counties, made up."""
    folder = tmp_path_factory.mktemp("三县")
    write_province(folder, Spec(scale=0.06, seed=7, errors=2), 3, "csv")
    return folder


def counties(lists: Path, out: Path, *more: str) -> list[object]:
    paths = (("--registry", "学籍"), ("--households", "低收入"), ("--special", "特殊学生台账"), ("--config", "设置"))
    named = [part for option, name in paths for part in (option, lists / name)]
    return ["reconcile", "--by-county", *named, "--as-of", AS_OF, "--out", out, *more]


@pytest.fixture(scope="module")
def local(lists, tmp_path_factory):
    out = tmp_path_factory.mktemp("本机") / "结果"
    assert app.run(list(map(str, counties(lists, out)))) == 0
    return out


@pytest.mark.parametrize("errors", [1, 4])
def test_one_county_is_the_same_to_the_byte(tmp_path, errors):
    write_county(tmp_path / "名单", Spec(scale=1.0, seed=11, errors=errors))
    given = tmp_path / "名单"
    asked = ["reconcile", "--registry", given / "学籍", "--households", given / "低收入",
             "--special", given / "特殊学生台账.xlsx", "--config", given / "kcbx.toml", "--as-of", AS_OF]  # fmt: skip
    kcbx(*asked, "--out", tmp_path / "本机" / "结果")
    kcbx(*asked, "--out", tmp_path / "火花" / "结果", "--engine", "spark", "--master", "local[2]")
    one, other = contents(tmp_path / "本机" / "结果"), contents(tmp_path / "火花" / "结果")
    assert len(table(tmp_path / "火花" / "结果" / "data" / "verdicts.csv")) > 15_000
    assert one == other


def test_several_counties_are_the_same_to_the_byte(lists, local, tmp_path):
    out = tmp_path / "结果"
    said = kcbx(*counties(lists, out, "--engine", "spark", "--master", "local[2]", "--json"))
    counts = json.loads(said)["data"]["counts"]
    assert counts == json.loads((local / "汇总" / "run.json").read_text("utf-8"))["counts"]
    assert counts["found_elsewhere"] > 1
    assert contents(out) == contents(local)
    assert not list(tmp_path.glob(".*"))


def test_a_county_that_fails_on_spark_is_set_aside_as_elsewhere(lists, local, tmp_path):
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    broken = sorted((given / "学籍").iterdir())[1]
    broken.write_bytes(b"\x00\x01")
    said = json.loads(kcbx(*counties(given, tmp_path / "结果", "--engine", "spark", "--json"), code=1))
    assert [one["name"] for one in said["data"]["set_aside"]] == [broken.stem]
    kcbx(*counties(given, tmp_path / "本机"), code=1)
    assert contents(tmp_path / "结果") == contents(tmp_path / "本机")


def test_an_error_of_one_county_comes_back_as_it_is(tmp_path):
    (tmp_path / "学籍.csv").write_bytes(b"\x00\x01")
    (tmp_path / "名单.csv").write_bytes(b"\x00\x02")
    asked = ["reconcile", "--registry", tmp_path / "学籍.csv", "--households", tmp_path / "名单.csv",
             "--as-of", AS_OF, "--out", tmp_path / "结果", "--json"]  # fmt: skip
    said = kcbx(*asked, "--engine", "spark", code=2)
    assert json.loads(said)["error"] == json.loads(kcbx(*asked, code=2))["error"]
    assert not (tmp_path / "结果").exists()


def test_a_master_that_does_not_answer_is_told(lists, tmp_path):
    said = kcbx(*counties(lists, tmp_path / "结果", "--engine", "spark", "--master", "nonsense", "--json"), code=2)
    assert json.loads(said)["error"]["code"] == "spark_failed"

"""Every command of the handbook runs, in its order, on the made-up county that it begins with."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from returned_sheets import Sheet

from kcbx_cli.app import run

DOCS = Path(__file__).parents[2] / "docs"


def commands() -> list[list[str]]:
    text = (DOCS / "handbook.zh-CN.md").read_text("utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.S)
    return [shlex.split(line[2:]) for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def filled(folder: Path) -> None:
    """What the reader is told to do with the sheets: the first row of each filled in."""
    for path in sorted(folder.glob("*.xlsx")):
        sheet = Sheet(path)
        if sheet.sheet.cell(sheet.head + 1, sheet.columns["编号"]).value:
            sheet.fill(sheet.head + 1, 核查结论="劝返中", 劝返记录="一访", 核查人="周老师", 核查日期="2021-11-05")
        sheet.save(path)


def test_the_handbook_runs_from_its_first_line_to_its_last(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    done = []
    for words in commands():
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
            continue
        if words[0] == "cp":
            assert words[1] == "-r"
            shutil.copytree(words[2], words[3])
            filled(Path(words[3]))
            continue
        assert words[0] == "kcbx"
        if words[1] == "sample":
            words = [*words, "--scale", "0.03"]
        assert run(words[1:]) == 0, (words, capsys.readouterr())
        said = capsys.readouterr().out
        assert words[1] != "collect" or "新的核查结论 0 条" not in said, said
        done.append(words[1])
    assert {"inspect", "reconcile", "collect", "cases", "report", "publish", "dossier", "backup", "purge"} <= set(done)
    assert os.listdir("公告") and os.listdir("档案")


@pytest.mark.parametrize("page", ["handbook.zh-CN.md", "filling-in.zh-CN.md", "unattended.zh-CN.md"])
def test_what_a_page_points_at_is_there(page):
    for target in re.findall(r"\]\(([^)#]+)", (DOCS / page).read_text("utf-8")):
        assert (DOCS / target).exists(), target

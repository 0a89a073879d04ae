"""The command line's manners: Chinese messages, exit codes, one envelope, no traceback."""

import json
import subprocess
import sys

import pytest

from kcbx_cli import app


def ran(capsys, *arguments):
    code = app.run(list(arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sample"], "缺少「文件夹」"),
        (["sample", "x", "--scale", "大"], "「--scale」的值写得不对"),
        (["sample", "x", "--sede", "1"], "没有「--sede」这个选项"),
        (["nothing"], "没有这个命令"),
        (["reconcile", "--as-of", "2021"], "「--as-of」的值写得不对"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_chinese(capsys, arguments, says):
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (2, "")
    assert says in err


def test_a_mistake_fills_the_envelope_too(capsys):
    code, out, err = ran(capsys, "sample", "--json")
    told = json.loads(out)
    assert (code, err) == (2, "")
    assert (told["status"], told["exit_code"], told["error"]["code"]) == ("failed", 2, "usage")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["reconcile", "--help"], ["--version"]])
def test_help_and_version(capsys, arguments):
    code, out, _ = ran(capsys, *arguments)
    assert code == 0
    assert "kcbx" in out


def test_an_unforeseen_error_shows_no_cell_and_no_traceback(capsys, monkeypatch, tmp_path):
    from kcbx_cli import configuration

    def breaks(settings):
        raise ValueError("王小明 999999201603150016")

    monkeypatch.setattr(configuration, "template", breaks)
    code, out, err = ran(capsys, "init", str(tmp_path))
    assert code == 2
    assert "ValueError" in err and "test_app.py" in err
    assert "王小明" not in out + err and "99999" not in out + err and "Traceback" not in err


def test_help_imports_nothing_heavy():
    heavy = ["pandas", "numpy", "openpyxl", "scipy", "duckdb", "xlsxwriter", "python_calamine", "lxml"]
    code = (
        f"import sys; from kcbx_cli.app import run; run(['--help']); sys.exit(any(m in sys.modules for m in {heavy}))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0


def test_init_makes_a_workspace_once(capsys, tmp_path):
    assert ran(capsys, "init", str(tmp_path / "办公室"))[0] == 0
    assert (tmp_path / "办公室" / "inbox").is_dir()
    before = (tmp_path / "办公室" / "kcbx.toml").read_bytes()
    code, _, err = ran(capsys, "init", str(tmp_path / "办公室"))
    assert code == 2 and "已经有了" in err
    assert (tmp_path / "办公室" / "kcbx.toml").read_bytes() == before


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_any_terminal_encoding_will_do(encoding):
    ran_there = subprocess.run(
        [sys.executable, "-m", "kcbx_cli", "sample", "--nonsense"],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PATH": "/usr/bin:/bin"},
    )
    assert ran_there.returncode == 2
    assert b"Traceback" not in ran_there.stderr

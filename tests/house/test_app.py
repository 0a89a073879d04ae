"""The command line's manners: Chinese messages, exit codes, one envelope, no traceback."""

import ast
import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import kcbx_cli
from kcbx_cli import app, console, terminal
from kcbx_cli.errors import reason
from kcbx_cli.result import Result


def ran(capsys, *arguments):
    code = app.run(list(arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def _end(text: ast.expr) -> str:
    """What a text in the code ends with, `?` where only the run knows."""
    if isinstance(text, ast.JoinedStr):
        return _end(text.values[-1])
    return text.value[-1:] if isinstance(text, ast.Constant) else "?"


def test_a_message_has_no_full_stop_of_its_own_and_a_hint_has():
    """Who shows both on one line puts one between them."""
    wrong = []
    for path in Path(kcbx_cli.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "KcbxError" and call.args:
                ends = [_end(text) for text in call.args[:2]]
                if ends[0] == "。" or ends[1:] not in ([], [""], ["。"], ["?"]):
                    wrong.append((path.name, call.lineno, ends))
    assert not wrong


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sample"], "缺少「文件夹」"),
        (["sample", "x", "--scale", "大"], "「--scale」的值写得不对"),
        (["sample", "x", "--sede", "1"], "没有「--sede」这个选项"),
        (["nothing"], "没有这个命令"),
        (["reconcile", "--as-of", "2021"], "「--as-of」的值写得不对"),
        (["cases", "close", "C1", "--on", "2021-13-05"], "日期写成 2021-10-31 的样子"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_chinese(capsys, arguments, says):
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("day", ["2021-10-31", "2021/10/31", "2021.10.31", "2021年10月31日"])
def test_a_day_is_written_in_any_of_the_usual_ways(capsys, tmp_path, day):
    assert ran(capsys, "sample", str(tmp_path / "县"), "--scale", "0.005", "--as-of", day)[0] == 0


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


def test_an_interrupt_is_told_and_ends_with_2(capsys, monkeypatch, tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("kcbx_cli.pipeline.inspect", interrupt)
    (tmp_path / "a.csv").touch()
    assert app.run(["inspect", str(tmp_path / "a.csv"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "interrupted"


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


@pytest.mark.parametrize(("arguments", "code"), [(["sample", "--nonsense"], 2), (["--help"], 0)])
@pytest.mark.parametrize("encoding", ["cp936", "ascii", "utf-8"])
def test_any_terminal_encoding_will_do(encoding, arguments, code):
    ran_there = subprocess.run(
        [sys.executable, "-m", "kcbx_cli", *arguments],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PATH": "/usr/bin:/bin"},
    )
    assert ran_there.returncode == code
    assert b"Traceback" not in ran_there.stderr and b"Error" not in ran_there.stderr


def test_a_terminal_of_code_page_936_loses_only_what_it_lacks(monkeypatch):
    """𠮷 and ✓ have no place in GBK: they become question marks, and the line is there."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "cp936"))
    console.prepare()
    console.show(Result("init", {}, ("𠮷林 ✓ 好", "\udcff")), as_json=False, quiet=False)
    assert raw.getvalue().decode("cp936").splitlines() == ["?林 ? 好", "?"]


def _commands(command, name=()):
    yield name
    for below, sub in getattr(command, "commands", {}).items():
        yield from _commands(sub, (*name, below))


@pytest.mark.parametrize("command", list(_commands(typer.main.get_command(app.app))), ids=" ".join)
def test_help_is_in_chinese_and_fits_the_terminal(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = ran(capsys, *command, "--help")
    assert code == 0
    assert out.startswith(f"用法: {' '.join(('kcbx', *command))}")
    assert not [word for word in ("Usage", "Options", "Arguments", "Show this", "[default", "…") if word in out]
    assert max(map(terminal.columns, out.splitlines())) <= 60


def test_help_breaks_lines_where_chinese_may_be_broken():
    assert list(terminal.wrapped("先看 kcbx.toml,再运行。", 12)) == ["先看", "kcbx.toml,再", "运行。"]


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG, errno.EIO]
)
def test_what_the_system_says_is_said_in_chinese(number):
    said = reason(OSError(number, os.strerror(number)))
    assert said and not any(c.isascii() and c.isalpha() for c in said.replace("Excel", "").replace("WPS", ""))


def test_inspect_tells_all_files_and_fails_if_one_cannot_be_read(capsys, tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\3\4")
    (tmp_path / "特殊学生台账.csv").write_text(
        "姓名,身份证号,类别,批准日期,有效期至\n甲小一,,休学,2021-03-01,\n", "utf-8"
    )
    code, out, err = ran(capsys, "inspect", str(tmp_path))
    assert code == 2
    assert "坏.xlsx" in out and "特殊学生台账.csv:文本表格,读到 1 行" in out
    assert "2 个文件里有 1 个读不了" in err
    code, out, err = ran(capsys, "inspect", str(tmp_path), "--json")
    told = json.loads(out)
    assert (code, told["status"], told["error"]["code"]) == (2, "failed", "unreadable_file")
    assert [set(f) >= {"file"} for f in told["data"]["files"]] == [True, True]


def test_inspect_names_the_sheet_of_the_first_place_where_a_workbook_has_several(capsys, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "甲村"
    for sheet in (book.active, book.create_sheet("乙村")):
        sheet.append(["姓名", "身份证号", "与户主关系", "户主姓名", "家庭住址"])
    book["甲村"].append(["甲小一", "999999201203050016", "之子", "甲大", "甲村"])
    book["乙村"].append(["乙小二", None, "之子", "乙大", "乙村"])
    book.save(tmp_path / "低收入名单.xlsx")
    assert "先见于工作表「乙村」第 2 行" in ran(capsys, "inspect", str(tmp_path / "低收入名单.xlsx"))[1]


def test_a_workbook_that_excel_holds_open_is_named_with_what_to_do():
    held = OSError(errno.EACCES, "sharing violation")
    held.winerror = 32
    assert "打开" in reason(held)
    assert reason(OSError(9999, "x")) == "系统错误 9999"


def test_a_file_name_moves_no_cursor_and_turns_no_line_round(capsys, tmp_path):
    bad = tmp_path / "学籍\x1b]0;pwned\x07\x1b[2J\u202egnp.xlsx"
    for arguments in (
        ["inspect", str(bad)],
        ["restore", str(bad)],
        ["init", f"/dev/null/{bad.name}"],
        ["cases", "list", "--config", str(bad)],
    ):
        code, out, err = ran(capsys, *arguments)
        assert code == 2 and "?" in err, arguments
        assert not set("\x1b\x07\u202e") & set(out + err), arguments


def test_what_libraries_have_to_say_is_not_said(capfd, monkeypatch, tmp_path):
    import logging
    import warnings

    from kcbx_cli import configuration

    def talks(settings):
        warnings.warn("王小明 999999201603150016", UserWarning, stacklevel=1)
        logging.getLogger("msoffcrypto").warning("王小明")
        return ""

    monkeypatch.setattr(configuration, "template", talks)
    assert app.run(["init", str(tmp_path / "县")]) == 0
    shown = capfd.readouterr()
    assert "王小明" not in shown.out + shown.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk that is always full")
@pytest.mark.parametrize("closing", ["> /dev/full", ">&-", "| true", "2>&-"])
def test_what_was_done_is_done_though_nobody_hears_of_it(tmp_path, closing):
    """A log on a full disk, a service without streams, a reader that has gone: the exit code tells of the job alone."""
    for arguments, code in (("init", 0), ("init", 2), ("cases list --ledger nothing.db", 2)):
        line = f'set -o pipefail; "{sys.executable}" -m kcbx_cli {arguments} {closing}'
        ran = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True)
        assert ran.returncode == code and b"Traceback" not in ran.stderr and b"Exception" not in ran.stderr, ran.stderr
    assert (tmp_path / "kcbx.toml").exists()

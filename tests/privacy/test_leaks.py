"""No name, number, telephone or address where it must not be: searched for everywhere, also after forced failures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from planted import CHILDREN, MARKS, leaks, plant
from returned_sheets import Sheet

import kcbx_cli
from kcbx_cli import app

HOUSE = Path(kcbx_cli.__file__).parent
LISTS = ("--registry", "学籍.xlsx", "--households", "脱贫户.xlsx", "--as-of", "2021-10-31")
RECONCILE = ("reconcile", *LISTS, "--out", "结果")
COMMANDS = (
    ("inspect", "学籍.xlsx", "脱贫户.xlsx"), ("inspect", "学籍.xlsx", "--json"), RECONCILE, (*RECONCILE, "--json"),
    (*RECONCILE, "--dry-run"), ("cases",), ("cases", "list", "--json"), ("cases", "show", "2021-0001"),
    ("cases", "show", "2021-0001", "--json"), ("collect", "填好"), ("collect", "填好", "--json"), ("explain", "2021-0001", *LISTS, "--ledger", "kcbx-ledger.db"),
    ("explain", "脱贫户.xlsx:3", *LISTS, "--json"), ("evaluate", *LISTS), ("evaluate", *LISTS, "--json"),
    ("cases", "annotate", "2021-0001", "--note", f"赵{MARKS[0]}甲的家长说在外地"), ("dossier", "--all", "--out", "档案"),
    ("cases", "close", "2021-0001", "--disposition", "在校有学籍", "--evidence", CHILDREN[0]["guardian"]),
    ("cases", "reopen", "2021-0001", "--why", f"赵{MARKS[0]}甲又走了"), ("export", "2021-0001", "--out", "导出"),
    ("report", "--out", "月报"), ("report", "--as-of-now"), ("publish", "--out", "公告"), ("cases", "watched"),
    ("purge", "--dry-run"), ("log", "show"), ("log", "verify", "--json"), ("review", "结果/待人工比对.xlsx"),
    ("cases", "show", f"赵{MARKS[0]}甲"), ("collect", "没有"), ("reconcile", "--registry", "没有.xlsx"), ("doctor",), ("backup", "备份"),
)  # fmt: skip
#: What prints the last word; nothing can be told when this fails itself.
_MOUTH = ("app.py", "attended.py", "console.py", "errors.py", "result.py", "helping.py", "lastword.py", "__init__.py")


@pytest.fixture
def office(office):
    return plant(office)


def run(office, arguments, log: str = "日志.jsonl") -> str:
    """Runs a command with a log; returns all that it said."""
    office.kcbx("--log-file", log, "--log-level", "debug", *arguments)
    return office.stdout + office.stderr


def fill_in(office) -> None:
    path = office.out / "乡镇核查表" / "甲乡.xlsx"
    if path.exists() and not (office.folder / "填好").exists():
        sheet = Sheet(path)
        sheet.fill(sheet.head + 1, 核查结论=f"{CHILDREN[0]['name']}不知道", 核查人=CHILDREN[0]["head"])
        sheet.save(office.folder / "填好" / "甲乡.xlsx")


def public_files(folder: Path) -> list[Path]:
    """Files that hold nobody: everything but workbooks, documents, the ledger, what was handed out, and the lists."""
    return [
        p for p in folder.rglob("*")
        if p.is_file() and p.suffix not in (".xlsx", ".docx", ".db", ".zip") and "导出" not in p.parts and "密码" not in p.name
    ]  # fmt: skip


def test_every_command_is_silent_about_people_off_a_terminal(office):
    searched = 0
    for arguments in COMMANDS:
        said = run(office, arguments)
        assert not leaks(said), (arguments, leaks(said))
        assert "Traceback" not in said
        searched += len(said)
        fill_in(office)
    assert searched > 5000
    files = public_files(office.folder)
    assert {"run.json", "verdicts.csv", "kcbx-ledger.use.jsonl", "日志.jsonl"} <= {p.name for p in files}
    for path in files:
        assert not leaks(path.read_bytes()), path
    for path in office.folder.rglob("*"):
        assert not leaks(path.name), path


# -- forced failures ---------------------------------------------------------------------------------------------------


def reached(arguments: tuple[str, ...]) -> dict[str, list[CodeType]]:
    """Every function of the house that a command calls, by file."""
    found: dict[str, dict[CodeType, None]] = {}

    def note(frame: Any, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(str(HOUSE)) and not frame.f_code.co_name.startswith("<"):
            found.setdefault(name[len(str(HOUSE)) + 1 :], {})[frame.f_code] = None

    sys.setprofile(note)
    try:
        app.run(list(arguments))
    finally:
        sys.setprofile(None)
    return {name: list(codes) for name, codes in found.items() if Path(name).name not in _MOUTH}


def failing_in(code: CodeType, arguments: tuple[str, ...]) -> int:
    """Runs a command in which this function raises, with marked values in the message."""
    message = " ".join(CHILDREN[0].values.values())

    def strike(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is code:
            sys.setprofile(None)
            raise RuntimeError(message)

    sys.setprofile(strike)
    try:
        return app.run(list(arguments))
    finally:
        sys.setprofile(None)


def fault(office, code: CodeType, arguments: tuple[str, ...]) -> None:
    """A failure at this place tells nothing, leaves nothing half done, and the next run is whole."""
    whole = ("--log-file", "日志.jsonl", "--log-level", "debug", *arguments)
    exit_code = failing_in(code, whole)
    shown = office.capsys.readouterr()
    where = f"{Path(code.co_filename).name}:{code.co_name}"
    assert exit_code in (0, 1, 2), where
    assert not leaks(shown.out + shown.err), (where, shown.err)
    assert "Traceback" not in shown.err, where
    for path in public_files(office.folder):
        assert not leaks(path.read_bytes()), (where, path)
    if office.out.exists():
        assert (office.out / ".kcbx.json").exists() and (office.out / "run.json").exists(), where


def clean(office) -> None:
    for path in office.folder.iterdir():
        if path.name not in ("学籍.xlsx", "脱贫户.xlsx"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def places(rooms: dict[str, list[CodeType]]) -> list[CodeType]:
    """One function of each room: the last one that is first called, where most is under way."""
    by_room: dict[str, CodeType] = {}
    for name, codes in rooms.items():
        by_room[name.split("/")[0]] = codes[-1]
    return list(by_room.values())


def test_a_failure_in_any_room_tells_nothing(office):
    rooms = reached(RECONCILE)
    clean(office)
    chosen = places(rooms)
    assert len(chosen) >= 12
    for code in chosen:
        fault(office, code, RECONCILE)
        clean(office)
    assert office.kcbx(*RECONCILE) == 0


@pytest.mark.heavy
def test_a_failure_in_any_function_tells_nothing(office):
    codes = [code for name, found in reached(RECONCILE).items() for code in found]
    clean(office)
    for code in codes:
        fault(office, code, RECONCILE)
        clean(office)
    office.kcbx(*RECONCILE)
    fill_in(office)
    for arguments in (
        ("collect", "填好"),
        ("dossier", "--all", "--out", "档案"),
        ("export", "2021-0001", "--out", "导出"),
    ):
        keep = {p: p.read_bytes() for p in office.folder.iterdir() if p.is_file()}
        for code in [c for found in reached(arguments).values() for c in found]:
            for made in ("档案", "导出", "退回"):
                shutil.rmtree(office.folder / made, ignore_errors=True)
            for path, content in keep.items():
                path.write_bytes(content)
            fault(office, code, arguments)
            codes.append(code)
    assert len(codes) > 500


# -- the network -------------------------------------------------------------------------------------------------------

_WITHOUT_SOCKETS = """
import sys
def deny(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "ssl.")):
        sys.stderr.write("NETWORK " + event + "\\n"); raise RuntimeError("no network")
sys.addaudithook(deny)
from kcbx_cli.app import run
codes = [run(a.split("\\x1f")) for a in sys.argv[1:]]
print("CODES", codes, file=sys.stderr)
"""


def apart() -> list[str]:
    """What runs a program in a network of its own, without any device; nothing where the system does not allow it."""
    for tried in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and not subprocess.run([*tried, "true"], capture_output=True).returncode:
            return tried
    return []


def test_everything_runs_with_the_network_cut_off_and_sockets_forbidden(office):
    wanted = [
        a
        for a in COMMANDS
        if a[0] not in ("review", "backup") and a[-1] not in ("没有", "没有.xlsx", f"赵{MARKS[0]}甲")
    ]
    wanted = [a for a in wanted if a[0] != "collect"]
    done = subprocess.run(
        [*apart(), sys.executable, "-c", _WITHOUT_SOCKETS, *("\x1f".join(a) for a in wanted)],
        capture_output=True, cwd=office.folder, timeout=300,
        env={**os.environ, "http_proxy": "", "https_proxy": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    told = done.stderr.decode()
    assert "NETWORK" not in told, told
    codes = told.rpartition("CODES ")[2].strip().strip("[]").split(", ")
    assert len(codes) == len(wanted) and set(codes) <= {"0", "1"}, list(zip(codes, wanted, strict=False))


def test_the_house_imports_nothing_that_talks_to_a_network():
    import ast

    talkers = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "xmlrpc"}
    found = set()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {(path.name, n) for n in names if n in talkers or n.split(".")[0] in talkers}
    assert not found

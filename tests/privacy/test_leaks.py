"""No name, number, telephone or address where it must not be: searched for everywhere, also after forced failures."""

from __future__ import annotations

import builtins
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
import typer
from planted import CHILDREN, MARKS, leaks, plant, plant_counties, plant_roster
from returned_sheets import Sheet

import kcbx_cli
from kcbx_cli import app

HOUSE = Path(kcbx_cli.__file__).parent
LISTS = ("--registry", "学籍.xlsx", "--households", "脱贫户.xlsx", "--as-of", "2021-10-31")
RECONCILE = ("reconcile", *LISTS, "--out", "结果")
COUNTIES = (
    "reconcile", "--by-county", "--registry", "各县/学籍", "--households", "各县/低收入", "--as-of", "2021-10-31", "--out", "各县结果",
)  # fmt: skip
#: Commands that do what they are asked for, in this order.
DONE = (
    ("inspect", "学籍.xlsx", "脱贫户.xlsx"), ("inspect", "学籍.xlsx", "--json"), RECONCILE, (*RECONCILE, "--json"),
    (*RECONCILE, "--dry-run"), ("cases",), ("cases", "list", "--json"), ("cases", "show", "2021-0001"),
    ("cases", "show", "2021-0001", "--json"), ("collect", "填好"), ("collect", "填好", "--json"),
    ("explain", "2021-0001", *LISTS, "--ledger", "kcbx-ledger.db", "--out", "解释.html"),
    ("explain", "脱贫户.xlsx:3", *LISTS, "--json"), ("evaluate", *LISTS, "--out", "评估.html"), ("evaluate", *LISTS, "--json"),
    ("train", *LISTS, "--out", "模型.json"),
    ("cases", "annotate", "2021-0001", "--note", f"赵{MARKS[0]}甲的家长说在外地"), ("dossier", "--all", "--out", "档案"),
    ("cases", "close", "2021-0001", "--disposition", "在校有学籍", "--evidence", CHILDREN[0]["guardian"]),
    ("cases", "reopen", "2021-0001", "--why", f"赵{MARKS[0]}甲又走了"), ("export", "2021-0001", "--out", "导出"),
    ("cases", "watch", "2021-0001", "--helper", CHILDREN[0]["guardian"], "--phone", CHILDREN[0]["guardian_phone"],
     "--help-given", CHILDREN[0]["why"]),
    ("cases", "watched"), ("cases", "watched", "--json"), ("cases", "unwatch", "2021-0001", "--json"),
    ("cases", "list", "--out", "个案.xlsx"), ("report", "--out", "月报"), ("report", "--as-of-now"), ("report", "--json"),
    ("publish", "--out", "公告"), (*RECONCILE, "--responsible", "责任人.xlsx"), COUNTIES, (*COUNTIES, "--json"),
    ("purge", "--dry-run"), ("log", "show"), ("log", "verify", "--json"), ("doctor",), ("backup", "--out", "备份"),
    ("init", "."), ("watch", "--once"),
)  # fmt: skip
#: Commands that cannot.
REFUSED = (
    ("review", "没有.xlsx"), ("cases", "show", f"赵{MARKS[0]}甲"), ("collect", "没有"), (f"赵{MARKS[0]}甲",),
    ("reconcile", "--registry", "没有.xlsx"), ("restore", "没有.zip"), ("ledger", "encrypt", "--key-file", "没有"),
)  # fmt: skip
#: What prints the last word; nothing can be told when this fails itself.
_MOUTH = ("app.py", "attended.py", "console.py", "errors.py", "result.py", "helping.py", "lastword.py", "__init__.py")


@pytest.fixture
def office(office):
    return plant(office)


def fill_in(office) -> None:
    sheet = Sheet(office.out / "乡镇核查表" / "甲乡.xlsx")
    sheet.fill(sheet.head + 1, 核查结论=f"{CHILDREN[0]['name']}不知道", 核查人=CHILDREN[0]["head"])
    sheet.save(office.folder / "填好" / "甲乡.xlsx")


def public_files(folder: Path) -> list[Path]:
    """Files that hold nobody: everything but workbooks, documents, the ledger, what was handed out, and the lists."""
    return [
        p for p in folder.rglob("*")
        if p.is_file() and p.suffix not in (".xlsx", ".docx", ".db", ".db-journal", ".zip") and "导出" not in p.parts and "密码" not in p.name
    ]  # fmt: skip


_WITHOUT_SOCKETS = """
import sys
def deny(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "ssl.")):
        sys.stderr.write("NETWORK " + event + "\\n"); raise RuntimeError("no network")
sys.addaudithook(deny)
from kcbx_cli.app import run
for arguments in sys.argv[1:]:
    code = run(["--log-file", "日志.jsonl", "--log-level", "debug", *arguments.split("\\x1f")])
    for stream in (sys.stdout, sys.stderr):
        stream.write(f"\\x1e{code}\\x1e"); stream.flush()
"""


def apart() -> list[str]:
    """What runs a program in a network of its own, without any device; nothing where the system does not allow it."""
    for tried in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and not subprocess.run([*tried, "true"], capture_output=True).returncode:
            return tried
    return []


@pytest.fixture(scope="module")
def everything(shared_office):
    """Every command, one after the other, with the network cut off and sockets forbidden: exit code and all that it said."""
    office = plant_roster(plant_counties(plant(shared_office)))
    assert office.kcbx(*RECONCILE) == 0
    fill_in(office)
    ran = subprocess.run(
        [*apart(), sys.executable, "-c", _WITHOUT_SOCKETS, *("\x1f".join(a) for a in (*DONE, *REFUSED))],
        capture_output=True, cwd=office.folder, timeout=300, stdin=subprocess.DEVNULL,
        env={**os.environ, "http_proxy": "", "https_proxy": "", "PYTHONIOENCODING": "utf-8", "KCBX_WATCH__SETTLE_SECONDS": "0"},
    )  # fmt: skip
    out, err = (stream.decode().split("\x1e") for stream in (ran.stdout, ran.stderr))
    assert len(out) == len(err) == 2 * len(DONE + REFUSED) + 1, err
    told = zip((*DONE, *REFUSED), out[1::2], out[::2], err[::2], strict=False)
    return office, [(arguments, int(code), said + warned) for arguments, code, said, warned in told]


def test_every_command_is_silent_about_people_off_a_terminal(everything):
    office, ran = everything
    for arguments, code, said in ran:
        assert (code == 2) == (arguments in REFUSED), (arguments, said)
        assert not leaks(said), (arguments, leaks(said))
        assert "Traceback" not in said and "Warning" not in said
    assert sum(len(said) for _, _, said in ran) > 5000
    files = public_files(office.folder)
    assert {"run.json", "verdicts.csv", "kcbx-ledger.use.jsonl", "日志.jsonl", "模型.json"} <= {p.name for p in files}
    for path in files:
        assert not leaks(path.read_bytes()), path
    for path in office.folder.rglob("*"):
        assert not leaks(path.name), path


def test_everything_runs_with_the_network_cut_off_and_sockets_forbidden(everything):
    for arguments, _, said in everything[1]:
        assert "NETWORK" not in said, arguments


def test_no_command_is_left_out_of_the_walk():
    def names(command, before=()):
        below = getattr(command, "commands", {})
        for word, sub in below.items():
            yield from names(sub, (*before, word))
        if not below:
            yield before

    walked = {arguments[: 1 + (arguments[0] in ("cases", "log", "ledger"))] for arguments in (*DONE, *REFUSED)}
    made_up_itself, needs_an_extra = {("sample",)}, {("ledger", "decrypt")}
    assert set(names(typer.main.get_command(app.app))) - walked == made_up_itself | needs_an_extra


@pytest.mark.parametrize(
    "lines",
    [
        ["{name},甲乡,一村,汉族"] * 5,
        ["{name},{id},甲乡"] * 5,
        ["姓名,证件号码,户主,,备注", ",,{guardian},{name},孩子{name}", "{name},{id},x,y,z"],
        ["姓名,证件号码,性别,{name},{phone}", "{name},{id},男,x,y"],
        ["阿依·买买提,甲乡,一村,汉族"] * 3,
    ],
)
def test_a_row_of_data_that_is_taken_for_a_header_is_not_quoted(office, lines):
    path = office.folder / "名单.csv"
    path.write_text("\n".join(lines).format(**CHILDREN[0].values), "utf-8")
    for arguments in (
        ("inspect", path),
        ("inspect", path, "--json"),
        ("reconcile", *LISTS[:3], path, *LISTS[4:], "--out", "果"),
    ):
        office.kcbx("--log-file", "日志.jsonl", "--log-level", "debug", *arguments)
        said = office.stdout + office.stderr + (office.folder / "日志.jsonl").read_text("utf-8")
        assert not leaks(said) and "买买提" not in said, (arguments, said)


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
    """Runs a command in which this function raises the first time, with marked values in the message."""
    message = " ".join(CHILDREN[0].values.values())
    struck = [f for f in gc.get_referrers(code) if isinstance(f, FunctionType) and not code.co_freevars]
    if not struck:
        return _failing_when_called(code, message, arguments)

    def strike() -> None:
        for function in struck:
            function.__code__ = code
        raise RuntimeError(message)

    builtins._kcbx_strike = strike
    for function in struck:
        function.__code__ = _STRIKES
    try:
        return app.run(list(arguments))
    finally:
        for function in struck:
            function.__code__ = code


def _failing_when_called(code: CodeType, message: str, arguments: tuple[str, ...]) -> int:
    """The same for functions that are made while the command runs; slower."""

    def strike(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is code:
            sys.setprofile(None)
            raise RuntimeError(message)

    sys.setprofile(strike)
    try:
        return app.run(list(arguments))
    finally:
        sys.setprofile(None)


#: A body that takes whatever it is given, and raises.
_STRIKES = (lambda *_, **__: _kcbx_strike()).__code__  # noqa: F821


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


#: Rooms in which a month's people are at hand; every function of every room is among the heavy tests.
_ROOMS = ("read", "normalise", "match", "decide", "ledger", "write", "pipeline.py")


def places(rooms: dict[str, list[CodeType]]) -> list[CodeType]:
    """One function of each of these rooms: the last one that is first called, where most is under way."""
    return [next(codes[-1] for name, codes in reversed(rooms.items()) if name.split("/")[0] == room) for room in _ROOMS]


def test_a_failure_in_any_room_tells_nothing(office):
    rooms = reached(RECONCILE)
    clean(office)
    for code in places(rooms):
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

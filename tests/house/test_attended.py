"""Runs that nobody watches: the log, the notice, the envelope of every command, the wait for the ledger."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import sys
import time

import pytest
import typer
from offices import Office, member, pupil

from kcbx_cli import app, attended
from kcbx_cli.settings import Log, Notice


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# -- log ---------------------------------------------------------------------------------------------------------


def test_a_run_leaves_its_beginning_and_its_end_in_the_log(here):
    assert app.run(["--log-file", "run.log", "init", "县"]) == 0
    assert app.run(["--log-file=run.log", "init", "县"]) == 2
    told = lines(here / "run.log")
    assert [(t["event"], t["command"]) for t in told] == [
        ("started", "init"), ("ended", "init"), ("started", "init"), ("failed", "init"), ("ended", "init"),
    ]  # fmt: skip
    assert (told[1]["exit_code"], told[1]["status"]) == (0, "finished")
    assert (told[3]["code"], told[4]["exit_code"], told[4]["status"]) == ("exists", 2, "failed")
    if os.name == "posix":
        assert stat.S_IMODE((here / "run.log").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "given", [["王小明"], ["--nonsense", "王小明"], ["cases", "王小明"], ["case", "show", "王小明"]]
)
def test_a_word_that_is_no_command_stands_nowhere(here, capsys, given):
    assert app.run(["--log-file", "run.log", *given, "--json"]) == 2
    shown = capsys.readouterr()
    assert "王小明" not in shown.out + shown.err + (here / "run.log").read_text("utf-8")


def test_the_level_says_what_is_kept(here, monkeypatch):
    monkeypatch.setenv("KCBX_LOG__FILE", "run.log")
    monkeypatch.setenv("KCBX_LOG__LEVEL", "error")
    app.run(["init", "县"])
    app.run(["init", "县"])
    assert [t["event"] for t in lines(here / "run.log")] == ["failed"]


def test_an_unforeseen_error_leaves_its_places_in_the_code_and_no_cell(here, monkeypatch):
    from kcbx_cli import configuration

    def breaks(_):
        raise ValueError("王小明 999999201603150016")

    monkeypatch.setattr(configuration, "template", breaks)
    assert app.run(["--log-file", "run.log", "init", "县"]) == 2
    text = (here / "run.log").read_text("utf-8")
    assert "王小明" not in text and "9999992016" not in text
    (failed,) = [t for t in lines(here / "run.log") if t["event"] == "failed"]
    assert failed["code"] == "internal" and any("test_attended.py" in f for f in failed["frames"])


def test_the_log_is_changed_for_a_new_one_and_old_ones_are_dropped(here):
    handler = attended._Handler(Log(file="run.log", max_mb=1, keep=2))
    handler.maxBytes = 2000
    logger = attended.logging.Logger("x")
    logger.addHandler(handler)
    for number in range(100):
        logger.info("event", extra={"told": {"n": number}})
    assert sorted(p.name for p in here.iterdir()) == ["run.log", "run.log.1", "run.log.2"]
    assert lines(here / "run.log")[-1]["n"] == 99


def test_a_log_that_cannot_be_written_is_a_warning_and_no_failure(here, capsys):
    assert app.run(["--log-file", "没有/run.log", "init", "县"]) == 0
    assert "运行日志" in capsys.readouterr().err


def test_a_full_disk_under_the_log_does_not_end_the_run(here, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attended._Handler, "shouldRollover", full)
    assert app.run(["--log-file", "run.log", "init", "县"]) == 0
    shown = capsys.readouterr()
    assert shown.err.count("磁盘已满") == 1 and "Traceback" not in shown.err


# -- notices -----------------------------------------------------------------------------------------------------

_WRITES = "import sys, pathlib; pathlib.Path('told.txt').write_text('|'.join(sys.argv[1:]), 'utf-8')"


def program(*arguments):
    return json.dumps([sys.executable, "-c", _WRITES, *arguments])


def test_success_and_failure_are_told_to_the_offices_program(here, monkeypatch):
    monkeypatch.setenv("KCBX_NOTICE__COMMANDS", '["init"]')
    monkeypatch.setenv("KCBX_NOTICE__SUCCESS", program("好", "{command}", "{status}", "{code}"))
    monkeypatch.setenv("KCBX_NOTICE__FAILURE", program("坏", "{exit_code}{code}", "{nothing}", "$(id)"))
    app.run(["init", "县"])
    assert (here / "told.txt").read_text("utf-8") == "好|init|finished|ok"
    app.run(["init", "县"])
    assert (here / "told.txt").read_text("utf-8") == "坏|2exists|{nothing}|$(id)", "no shell has seen it"


_TELLS_ITS_ENVIRONMENT = "import os, pathlib; pathlib.Path('told.txt').write_text(repr(dict(os.environ)), 'utf-8')"


def test_the_offices_program_is_given_no_password(here, monkeypatch):
    monkeypatch.setenv("KCBX_PASSWORD", "TOPSECRET")
    told = attended.notify(Notice(success=(sys.executable, "-c", _TELLS_ITS_ENVIRONMENT)), {}, failed=False)
    said = (here / "told.txt").read_text("utf-8")
    assert told == "" and "PATH" in said and "TOPSECRET" not in said and "KCBX_" not in said


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
@pytest.mark.parametrize(
    ("mode", "owner", "taken"), [(0o600, 0, True), (0o644, 0, True), (0o606, 0, False), (0o600, 1, False)]
)
def test_programs_named_in_a_file_that_others_may_write_are_not_run(here, monkeypatch, capsys, mode, owner, taken):
    """A folder from a stick, or a shared one: its kcbx.toml must not run anything under this account."""
    config = here / "kcbx.toml"
    config.write_text(f"[notice]\ncommands = ['doctor']\nsuccess = {program('x')}\n", "utf-8")
    config.chmod(mode)
    if owner and os.geteuid() == 0:
        os.chown(config, 4711, -1)
    elif owner:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    app.run(["doctor", "--json"])
    assert (here / "told.txt").exists() == taken
    assert ("别的用户" in capsys.readouterr().out) != taken


def test_commands_that_are_not_named_tell_nobody(here, monkeypatch):
    monkeypatch.setenv("KCBX_NOTICE__SUCCESS", program("x"))
    app.run(["init", "县"])
    assert not (here / "told.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("/没有/这个程序",), "没有运行"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "返回了 3"),
        (("a\0b",), "结束"),
    ],
)
def test_a_notice_that_does_not_work_is_a_warning(arguments, says):
    assert says in attended.notify(Notice(success=arguments), {"command": "x"}, failed=False)


def test_a_notice_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr(attended, "_PATIENCE", 0.2)
    slow = Notice(failure=(sys.executable, "-c", "import time; time.sleep(30)"))
    started = time.monotonic()
    assert "已停止" in attended.notify(slow, {}, failed=True)
    assert time.monotonic() - started < 10


# -- the envelope ------------------------------------------------------------------------------------------------


def commands(command, name=()):
    below = getattr(command, "commands", {})
    if name and not below:
        yield name, {o for p in command.params for o in p.opts}
    for word, sub in below.items():
        yield from commands(sub, (*name, word))


ALL = list(commands(typer.main.get_command(app.app)))
#: Asks questions at a terminal; a script has no use for it.
_FOR_PEOPLE = {("review",)}


def envelope(text):
    told = json.loads(text)
    assert text.count("\n") == 1, "one line"
    assert list(told) == ["schema", "kcbx", "command", "status", "exit_code", "data", "warnings", "error"]
    assert told["schema"] == 1 and isinstance(told["data"], dict) and isinstance(told["warnings"], list)
    if told["exit_code"] == 2:
        assert told["status"] == "failed" and set(told["error"]) == {"code", "message", "hint"}
        assert told["error"]["code"].replace("_", "").isalpha() and told["error"]["message"]
    else:
        assert told["status"] != "failed" and told["error"] is None
    return told


def test_every_command_speaks_json_but_those_for_people():
    assert {name for name, options in ALL if "--json" not in options} == _FOR_PEOPLE


@pytest.mark.parametrize("name", [n for n, _ in ALL if n not in _FOR_PEOPLE], ids=" ".join)
def test_every_command_fails_in_one_envelope(capsys, name):
    code = app.run([*name, "--json", "--nonsense"])
    shown = capsys.readouterr()
    told = envelope(shown.out)
    assert (code, told["exit_code"], told["command"], shown.err) == (2, 2, " ".join(name), "")


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """A small county with one month run, a backup, and a log of all that at its most talkative."""
    folder = tmp_path_factory.mktemp("month")
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert app.run(["sample", "县", "--scale", "0.02"]) == 0
        given = [
            "--registry",
            "县/学籍",
            "--households",
            "县/低收入",
            "--special",
            "县/特殊学生台账.xlsx",
            "--as-of",
            "2021-10-31",
        ]
        log = ["--log-file", "run.log", "--log-level", "debug"]
        assert app.run([*log, "reconcile", *given, "--out", "果"]) in (0, 1)
        app.run([*log, "inspect", "县", "坏.xlsx"])
        (folder / "坏.xlsx").write_bytes(b"PK")
        app.run([*log, "inspect", "县/学籍", "坏.xlsx"])
        app.run([*log, "collect", "果/乡镇核查表"])
        yield folder, given
    finally:
        os.chdir(before)


def test_nothing_that_a_list_holds_stands_in_the_log(month):
    import pandas as pd

    from kcbx_cli import normalise, read
    from kcbx_cli.settings import Settings

    folder, _ = month
    text = (folder / "run.log").read_text("utf-8")
    assert text.count("\n") > 8
    sought = set()
    for source in read.find([str(folder / "县" / "学籍"), str(folder / "县" / "低收入")]):
        for table in read.load(source, Settings()).tables:
            if table.role in ("registry", "households"):
                people, _ = normalise.people([table], Settings(), pd.Timestamp("2021-10-31").date())
                sought |= {*people["id_pattern"], *people["name"], *people["address"], *people["phone"]}
    sought = {s for s in sought if len(s) >= 2}
    assert len(sought) > 500
    assert not [s for s in sought if s in text]


_LISTS = ["--registry", "县/学籍", "--households", "县/低收入", "--as-of", "2021-10-31"]
#: Command -> what it is called with, in a county that has a month behind it.
_SUCCESSES = {
    "init": ["新县"], "sample": ["新样", "--scale", "0.005"], "inspect": ["县/特殊学生台账.xlsx"], "collect": ["果/乡镇核查表"],
    "cases list": [], "cases show": ["2021-0001"], "cases annotate": ["2021-0001", "--note", "x"],
    "dossier": ["2021-0001", "--out", "档"], "backup": [], "doctor": [], "cases watch": ["2021-0001"], "cases watched": [],
    "cases unwatch": ["2021-0001"], "export": ["2021-0001", "--out", "给监护人"], "purge": ["--dry-run"], "publish": ["--out", "公告"],
    "report": ["--out", "月报"], "log show": [], "log verify": [], "watch": ["新县", "--once"],
    "explain": ["2021-0001", "--ledger", "kcbx-ledger.db", *_LISTS], "train": _LISTS, "evaluate": _LISTS,
}  # fmt: skip
#: Those that the tests below run.
_BELOW = {"reconcile", "restore", "cases close", "cases reopen", "ledger encrypt", "ledger decrypt"}


def test_every_command_is_seen_to_succeed():
    assert {*_SUCCESSES} | _BELOW == {" ".join(name) for name, _ in ALL if name not in _FOR_PEOPLE}


@pytest.mark.parametrize("name", _SUCCESSES)
def test_commands_succeed_in_one_envelope(capsys, month, monkeypatch, name):
    folder, _ = month
    monkeypatch.chdir(folder)
    monkeypatch.setenv("KCBX_WATCH__SETTLE_SECONDS", "0")
    code = app.run([*name.split(), *_SUCCESSES[name], "--json"])
    told = envelope(capsys.readouterr().out)
    assert (told["exit_code"], told["command"]) == (code, name)
    assert code in (0, 1), told["error"]


def test_the_main_job_and_what_leans_on_it_succeed_in_one_envelope(capsys, month, monkeypatch):
    folder, given = month
    monkeypatch.chdir(folder)
    for line in (["reconcile", *given, "--out", "果"], ["reconcile", *given, "--out", "果", "--dry-run"]):
        assert app.run([*line, "--json"]) in (0, 1)
        assert envelope(capsys.readouterr().out)["command"] == "reconcile"
    for line in (["close", "--disposition", "在校有学籍", "--evidence", "证明"], ["reopen", "--why", "x"]):
        assert app.run(["cases", line[0], "2021-0001", *line[1:], "--json"]) == 0
        assert envelope(capsys.readouterr().out)["command"] == f"cases {line[0]}"
    assert app.run(["backup", "--json"]) == 0
    path = envelope(capsys.readouterr().out)["data"]["backup"]
    assert app.run(["restore", path, "--json"]) == 0
    assert envelope(capsys.readouterr().out)["data"]["restored"]
    assert app.run(["report", "--as-of-now", "--json"]) == 0
    assert envelope(capsys.readouterr().out)["data"]["progress"]


def test_a_ledger_is_encrypted_and_decrypted_in_one_envelope(capsys, month, monkeypatch, tmp_path):
    pytest.importorskip("sqlcipher3")
    shutil.copy(month[0] / "kcbx-ledger.db", tmp_path)
    (tmp_path / "k").write_text("k\n", "utf-8")
    monkeypatch.setenv("KCBX_LEDGER_KEY_FILE", "k")
    for line in (["encrypt", "--key-file", "k"], ["decrypt"]):
        assert app.run(["ledger", *line, "--json"]) == 0
        assert envelope(capsys.readouterr().out)["command"] == f"ledger {line[0]}"


@pytest.mark.parametrize("second", [True, False])
def test_several_counties_end_in_one_envelope(capsys, month, monkeypatch, tmp_path, second):
    monkeypatch.chdir(tmp_path)
    for role, given in (("学籍", "县/学籍"), ("低收入", "县/低收入")):
        shutil.copytree(month[0] / given, tmp_path / role / "甲县")
        (tmp_path / role / "乙县").mkdir()
    if second:
        shutil.rmtree(tmp_path / "低收入" / "甲县")
    given = ["--registry", "学籍", "--households", "低收入", "--as-of", "2021-10-31", "--out", "果"]
    assert app.run(["reconcile", "--by-county", *given, "--json"]) == (2 if second else 1)
    shown = capsys.readouterr()
    assert envelope(shown.out)["status"] == ("failed" if second else "set_aside") and shown.err == ""


def test_quiet_says_nothing(capsys, month, monkeypatch):
    folder, given = month
    monkeypatch.chdir(folder)
    (folder / "kcbx.toml").write_text('[county]\nname = "甲县"\n', "utf-8")
    for line in (
        ["reconcile", *given, "--out", "果"],
        ["backup"],
        ["doctor"],
        ["collect", "果/乡镇核查表", "--dry-run"],
        ["purge", "--dry-run"],
        ["publish", "--out", "静公告"],
        ["report", "--out", "静月报"],
        ["dossier", "2021-0001", "--out", "静档案"],
        ["export", "2021-0001", "--out", "静导出"],
    ):
        app.run([*line, "--quiet"])
        assert capsys.readouterr() == ("", ""), line


def test_a_ledger_in_use_is_waited_for_as_long_as_is_said(capsys, here):
    office = Office(here, capsys)
    given = ["--registry", office.registry(pupil("王小明", "20120305", 1)), "--as-of", "2021-10-31"]
    given += ["--households", office.households(member("李红", "20130101", 2))]
    reconcile = [str(word) for word in ("reconcile", *given, "--out", "果", "--ledger", "二.db", "--json")]
    assert app.run(reconcile) in (0, 1)
    holder = sqlite3.connect("二.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    capsys.readouterr()
    started = time.monotonic()
    assert app.run([*reconcile, "--lock-timeout", "0"]) == 2
    assert envelope(capsys.readouterr().out)["error"]["code"] == "ledger_locked"
    assert time.monotonic() - started < 15, "20 seconds is the default"
    holder.execute("ROLLBACK")
    holder.close()
    assert app.run(reconcile) in (0, 1)
    assert envelope(capsys.readouterr().out)["data"]["unchanged"] is True

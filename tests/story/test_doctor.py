"""kcbx doctor: every kind of trouble is seen and comes with what to do; nothing is changed by looking."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from datetime import datetime
from pathlib import Path

import pytest
from offices import member, pupil

from kcbx_cli import checkup, configuration
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import County, Documents, Notice, Settings, Township


@pytest.fixture
def workspace(office, monkeypatch):
    monkeypatch.chdir(office.folder)
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1))
    assert office.reconcile() == 0
    return office


GOOD = Settings(county=County("甲县", "999999"), townships=(Township("1", "甲乡"),))


def found(settings=GOOD, now=None, **more):
    subject = checkup.Subject(Path("kcbx-ledger.db"), Path(), Path("备份"), settings, now or datetime.now())
    return {f.name: f for f in checkup.look(subject)}


def listing(folder):
    return sorted((str(p), p.stat().st_mtime_ns) for p in folder.rglob("*"))


def test_a_sound_workspace(workspace):
    assert workspace.kcbx("backup", "--quiet") == 0
    before = listing(workspace.folder)
    assert [f.name for f in found().values() if f.state != "good"] == []
    assert listing(workspace.folder) == before or os.name == "nt"


def test_exit_codes_and_envelope(workspace):
    assert workspace.kcbx("doctor", "--json") == 0
    told = json.loads(workspace.stdout)
    assert {c["state"] for c in told["data"]["checks"]} <= {"good", "note"}
    (workspace.folder / "kcbx.toml").write_text("[county]\nnmae = 1\n", "utf-8")
    assert workspace.kcbx("doctor", "--json") == 1
    told = json.loads(workspace.stdout)
    assert told["status"] == "to_mend"
    bad = [c for c in told["data"]["checks"] if c["state"] == "bad"]
    assert [c["name"] for c in bad] == ["settings"] and "name" in bad[0]["remedy"]
    assert workspace.kcbx("doctor") == 1
    assert "[要处理]" in workspace.stdout and "办法:" in workspace.stdout


def test_a_damaged_ledger(workspace):
    ledger = workspace.folder / "kcbx-ledger.db"
    body = bytearray(ledger.read_bytes())
    body[4096:12288] = b"\xff" * 8192
    ledger.write_bytes(body)
    assert found()["ledger"].state == "bad" and "restore" in found()["ledger"].remedy + "restore"


def test_a_ledger_that_others_may_read(workspace):
    if os.name != "posix":
        pytest.skip("permissions of POSIX")
    (workspace.folder / "kcbx-ledger.db").chmod(0o644)
    assert found()["permissions"].state == "bad"


def test_settings_that_name_files_which_are_not_there():
    settings = Settings(documents=Documents(pledge="没有.docx"), notice=Notice(failure=("没有的程序",)))
    told = found(settings)
    assert told["template"].state == told["notice"].state == "bad"
    assert told["county"].state == told["townships"].state == "note"


def test_settings_that_cannot_be_read():
    error = KcbxError("坏了", "改好", "bad_setting")
    assert (found(error)["settings"].sentence, found(error)["settings"].remedy) == ("坏了", "改好")


def test_too_little_room_and_a_folder_that_cannot_be_written(workspace, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: usage(0, 0, 100 << 20))
    monkeypatch.setattr(checkup.tempfile, "TemporaryDirectory", _refused)
    told = found()
    assert told["disk"].state == told["folder"].state == "bad" and "权限" in told["folder"].sentence


def _refused(**_):
    raise PermissionError(13, "denied")


def test_an_old_library_and_encodings_that_hold_no_chinese(monkeypatch):
    monkeypatch.setattr(checkup.importlib.metadata, "version", lambda name: "0.1" if name == "pandas" else "99.0")
    monkeypatch.setattr(checkup.sys, "getfilesystemencoding", lambda: "ascii")
    told = found()
    assert told["libraries"].state == "bad" and "pandas" in told["libraries"].sentence
    assert told["file_names"].state == "bad"


def test_leftovers_open_books_and_old_backups(workspace):
    (workspace.folder / ".结果.kcbx-journal").write_bytes(b"{}")
    (workspace.folder / "~$疑似.xlsx").write_bytes(b"")
    assert workspace.kcbx("backup", "--quiet") == 0
    (backup,) = (workspace.folder / "备份").iterdir()
    os.utime(backup, (0, 0))
    told = found()
    assert {told[name].state for name in ("leftovers", "open_books", "backup")} == {"note"}


def test_a_clock_that_has_lost_its_battery():
    assert found(now=datetime(2009, 1, 1))["clock"].state == "bad"


def test_the_explained_settings_file_is_good(tmp_path):
    path = tmp_path / "kcbx.toml"
    path.write_text(configuration.template(GOOD), "utf-8")
    assert found(configuration.load(path, {}))["settings"].state == "good"

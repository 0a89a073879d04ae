"""Backups: of one moment while others write, whole or not at all; back only after a check, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from offices import Office, member, pupil

from kcbx_cli import safekeeping
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import open_ledger

NOW = datetime(2021, 11, 1, 8, 30)


def _held(office: Office) -> None:
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1))
    assert office.reconcile() == 0
    (office.folder / "kcbx.toml").write_text('[county]\nname = "甲县"\n', "utf-8")


@pytest.fixture
def held(office: Office, begun) -> Office:
    """An office with one month and one case."""
    return begun(office, _held)


def cases(folder):
    with open_ledger(folder / "kcbx-ledger.db", create=False, readonly=True) as book:
        return book.cases(NOW.date())["case_id"].tolist()


def test_there_and_back(held):
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    assert zipfile.ZipFile(path).namelist() == ["backup.json", "ledger.db", "kcbx.toml", "use.jsonl", "use.head"]
    if os.name == "posix":
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    before = cases(held.folder)
    held.households(member("张小明", "20120315", 1), member("赵小军", "20120317", 3))
    assert held.reconcile() == 0
    assert len(cases(held.folder)) == 2
    (held.folder / "kcbx.toml").write_text('[county]\nname = "乙县"\n', "utf-8")
    assert held.kcbx("restore", path) == 0, held.stderr
    assert re.match(r"备份做于 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,台账到 2021-10 为止。", held.stdout), held.stdout
    assert cases(held.folder) == before == ["2021-0001"]
    assert "乙县" in (held.folder / "kcbx.toml").read_text("utf-8"), "settings stay unless asked for"
    (kept,) = held.folder.glob("kcbx-ledger.db.before-*")
    with open_ledger(kept, create=False, readonly=True) as book:
        assert len(book.cases(NOW.date())) == 2
    assert held.kcbx("restore", path, "--with-settings") == 0
    assert "甲县" in (held.folder / "kcbx.toml").read_text("utf-8")
    assert not list(held.folder.glob(".kcbx-half*"))


def test_the_use_log_never_goes_back_in_time(held):
    assert held.kcbx("backup", "--json") == 0
    path = json.loads(held.stdout)["data"]["backup"]
    log = held.folder / "kcbx-ledger.use.jsonl"
    before = log.read_text("utf-8")
    assert held.kcbx("restore", path, "--with-settings") == 0
    assert log.read_text("utf-8").startswith(before) and '"restore"' in log.read_text("utf-8")
    assert held.kcbx("log", "verify") == 0
    for name in ("kcbx-ledger.db", "kcbx-ledger.use.jsonl", "kcbx-ledger.use.head"):
        (held.folder / name).unlink()
    assert held.kcbx("restore", path) == 0, "all is lost but the backup"
    assert held.kcbx("log", "verify") == 0
    assert held.kcbx("backup") == 0


def test_an_encrypted_ledger_stays_encrypted_in_the_backup(held, monkeypatch):
    pytest.importorskip("sqlcipher3")
    key = held.folder / "台账密码.txt"
    key.write_text("一个长长的密码\n", "utf-8")
    monkeypatch.setenv("KCBX_SECURITY__LEDGER_KEY", str(key))
    assert held.kcbx("ledger", "encrypt", "--key-file", key) == 0, held.stderr
    assert held.kcbx("backup", "--json") == 0, held.stdout
    path = Path(json.loads(held.stdout)["data"]["backup"])
    assert not zipfile.ZipFile(path).read("ledger.db").startswith(b"SQLite format 3")
    assert held.kcbx("restore", path) == 0, held.stderr
    assert held.kcbx("cases", "list") == 0 and "2021-0001" in held.stdout
    key.write_text("另一个密码\n", "utf-8")
    assert held.kcbx("restore", path) == 2


def test_a_backup_waits_for_a_run_and_is_of_one_moment(held):
    writer = sqlite3.connect(held.folder / "kcbx-ledger.db", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    assert held.kcbx("backup", "--lock-timeout", "0") == 2
    assert "正被另一次运行使用" in held.stderr and not list((held.folder).glob("备份/*"))
    writer.execute("ROLLBACK")
    writer.close()
    assert held.kcbx("backup") == 0


_WRITES = """
import sqlite3, sys
book = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
number = 0
while True:  # every transaction adds the same number to both tables
    number += 1
    book.execute("BEGIN IMMEDIATE")
    book.executemany("INSERT INTO one VALUES (?)", [(n,) for n in range(200)])
    book.executemany("INSERT INTO two VALUES (?)", [(n,) for n in range(200)])
    book.execute("COMMIT")
    if number == 3:
        print("going", flush=True)
"""


def test_backups_while_another_process_writes_without_a_pause_are_consistent(held, tmp_path):
    ledger = held.folder / "kcbx-ledger.db"
    book = sqlite3.connect(ledger, isolation_level=None)
    book.execute("CREATE TABLE one (n)")
    book.execute("CREATE TABLE two (n)")
    book.close()
    writer = subprocess.Popen([sys.executable, "-c", _WRITES, str(ledger)], stdout=subprocess.PIPE)
    try:
        writer.stdout.readline()
        counts = []
        for _ in range(5):
            with open_ledger(ledger, create=False, readonly=True, timeout=30) as opened:
                (tmp_path / "copy.db").write_bytes(opened.image())
            copy = sqlite3.connect(tmp_path / "copy.db")
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            one, two = (copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("one", "two"))
            copy.close()
            assert one == two and one % 200 == 0
            counts.append(one)
        assert writer.poll() is None and counts[-1] > 0
    finally:
        writer.kill()
        writer.wait()


def test_old_backups_go_and_nothing_else(held):
    folder = held.folder / "备份"
    kept = safekeeping.Kept(held.folder / "kcbx-ledger.db", held.folder / "kcbx.toml")
    made = [safekeeping.backup(kept, folder, NOW.replace(minute=m))[0].name for m in (1, 2, 2, 3)]
    assert made[2] == "kcbx-backup-20211101-080200-2.zip"
    (folder / "kcbx-backup-人的.zip").write_bytes(b"x")
    (folder / "说明.txt").write_bytes(b"x")
    _, gone = safekeeping.backup(kept, folder, NOW.replace(minute=4), keep=2)
    assert gone == made[:3]
    assert sorted(p.name for p in folder.iterdir()) == [
        "kcbx-backup-20211101-080300.zip", "kcbx-backup-20211101-080400.zip", "kcbx-backup-人的.zip", "说明.txt",
    ]  # fmt: skip


def test_of_two_backups_in_one_second_the_second_stays(held):
    folder, kept = held.folder / "备份", safekeeping.Kept(held.folder / "kcbx-ledger.db", held.folder / "kcbx.toml")
    first, _ = safekeeping.backup(kept, folder, NOW)
    second, gone = safekeeping.backup(kept, folder, NOW, keep=1)
    assert gone == [first.name] and [p.name for p in folder.iterdir()] == [second.name]


def repacked(path, number=0, **changed):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= changed
    bad = path.with_name(f"坏{number}.zip")
    with zipfile.ZipFile(bad, "w") as archive:
        for name, body in parts.items():
            if body is not None:
                archive.writestr(name, body)
    return bad


def test_a_backup_that_is_not_whole_changes_nothing(held):
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    about = json.loads(zipfile.ZipFile(path).read("backup.json"))
    before = (held.folder / "kcbx-ledger.db").read_bytes()
    whole = path.read_bytes()
    no_ledger = b"SQLite format 3\0" + b"\0" * 4096
    digest = safekeeping.hashlib.sha256(no_ledger).hexdigest()
    other = json.dumps(about | {"files": {"ledger.db": digest}}).encode()
    wrong: list[dict[str, bytes | None]] = [
        {"ledger.db": b"x"}, {"ledger.db": None}, {"backup.json": b"[]"}, {"ledger.db": no_ledger, "backup.json": other},
        {"backup.json": json.dumps(about | {"schema": 9}).encode()},
    ]  # fmt: skip
    for number, change in enumerate(wrong):
        repacked(path, number, **change)
    (path.parent / "坏8.zip").write_bytes(whole[: len(whole) // 2])
    (path.parent / "坏9.zip").write_bytes(b"")
    for bad in sorted(path.parent.glob("坏*.zip")):
        with pytest.raises(KcbxError) as told:
            safekeeping.restore(bad, safekeeping.Kept(held.folder / "kcbx-ledger.db", held.folder / "kcbx.toml"), NOW)
        assert told.value.code == "bad_backup", bad.name
    assert (held.folder / "kcbx-ledger.db").read_bytes() == before
    assert not [p for p in held.folder.iterdir() if "before" in p.name or "half" in p.name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_what_is_no_file_is_no_backup(held):
    os.mkfifo(held.folder / "管道.zip")
    for path in (held.folder / "管道.zip", "/dev/zero"):
        assert held.kcbx("restore", path, "--dry-run") == 2
        assert "不是普通文件" in held.stderr


def test_a_backup_that_unpacks_to_more_than_any_ledger_is_refused(held, monkeypatch):
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    monkeypatch.setattr(safekeeping, "_MOST", zipfile.ZipFile(path).getinfo("ledger.db").file_size - 1)
    assert held.kcbx("restore", path) == 2 and "bad_backup" not in held.stderr
    monkeypatch.setattr(safekeeping, "_MOST", zipfile.ZipFile(path).getinfo("ledger.db").file_size + 1)
    assert held.kcbx("restore", path) == 2, "all of it together counts"


def test_the_programs_that_a_backup_s_settings_would_run_are_named(held):
    (held.folder / "kcbx.toml").write_text('[notice]\nfailure = ["calc.exe", "x"]\n', "utf-8")
    assert held.kcbx("backup", "--json") == 0
    path = json.loads(held.stdout)["data"]["backup"]
    assert held.kcbx("restore", path) == 0 and "calc.exe" not in held.stderr
    assert held.kcbx("restore", path, "--with-settings") == 0 and "calc.exe" in held.stderr


def test_names_in_a_backup_lead_nowhere(held):
    """Zip slip: only the names that kcbx itself knows are ever written."""
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    about = json.loads(zipfile.ZipFile(path).read("backup.json"))
    about["files"]["../../逃.txt"] = safekeeping.hashlib.sha256(b"x").hexdigest()
    bad = repacked(path, **{"../../逃.txt": b"x", "backup.json": json.dumps(about).encode()})
    assert held.kcbx("restore", bad, "--with-settings") == 0
    assert not list(held.folder.parent.rglob("逃.txt"))


def test_a_rename_that_fails_halfway_puts_the_ledger_back(held, monkeypatch):
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    before = (held.folder / "kcbx-ledger.db").read_bytes()
    rename = os.rename

    def held_open(source, target):
        if "kcbx-half" in Path(source).name:
            raise PermissionError(13, "in use", str(target))
        rename(source, target)

    monkeypatch.setattr(safekeeping.os, "rename", held_open)
    assert held.kcbx("restore", path) == 2
    assert "正被别的程序" in held.stderr
    assert (held.folder / "kcbx-ledger.db").read_bytes() == before


def test_a_damaged_ledger_can_be_replaced_and_is_not_backed_up(held):
    assert held.kcbx("backup", "--json") == 0
    path = Path(json.loads(held.stdout)["data"]["backup"])
    ledger = held.folder / "kcbx-ledger.db"
    body = bytearray(ledger.read_bytes())
    body[4096:12288] = b"\xff" * 8192
    ledger.write_bytes(body)
    assert held.kcbx("backup") == 2 and "损坏" in held.stderr
    assert held.kcbx("restore", path) == 0, held.stderr
    assert cases(held.folder) == ["2021-0001"]


def test_nothing_to_keep(office, monkeypatch):
    monkeypatch.chdir(office.folder)
    assert office.kcbx("backup") == 2
    assert not (office.folder / "备份").exists()

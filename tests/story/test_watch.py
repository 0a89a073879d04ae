"""The watched inbox: when a month is due, and a real watch over real lists that stops when it is told to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from offices import member, pupil

from kcbx_cli.settings import Watch
from kcbx_cli.watching import Ended, Inbox, Watcher, snapshot


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


def inbox_of(tmp_path, clock, **settings):
    (tmp_path / "inbox" / "2021-10").mkdir(parents=True)
    return Inbox(tmp_path / "inbox", tmp_path / "out", Watch(**{"settle_seconds": 60, **settings}), clock)


def put(tmp_path, name, text="姓名\n", month="2021-10"):
    path = tmp_path / "inbox" / month / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def looks(inbox, clock, *moments):
    found = []
    for moment in moments:
        clock.time = moment
        found.append(list(inbox.due()))
    return found


def test_a_month_is_due_when_its_files_have_rested(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock)
    put(tmp_path, "学籍.csv")
    assert looks(inbox, clock, 0, 30, 59, 61) == [[], [], [], ["2021-10"]]
    inbox.tried("2021-10")
    assert looks(inbox, clock, 100, 200) == [[], []]


def test_a_file_that_grows_starts_the_wait_anew(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock)
    path = put(tmp_path, "学籍.csv")
    looks(inbox, clock, 0, 50)
    path.write_text("姓名\n甲\n", "utf-8")
    assert looks(inbox, clock, 70, 120, 131) == [[], [], ["2021-10"]]


@pytest.mark.parametrize("name", ["~$学籍.xlsx", "学籍.xlsx.part", ".~lock.学籍.ods#", "学籍.tmp", "x.crdownload"])
def test_nothing_is_due_while_a_file_is_open_or_on_its_way(tmp_path, clock, name):
    inbox = inbox_of(tmp_path, clock)
    put(tmp_path, "学籍.csv")
    lock = put(tmp_path, name)
    assert looks(inbox, clock, 0, 100, 200) == [[], [], []]
    assert snapshot(tmp_path / "inbox" / "2021-10") is None
    lock.unlink()
    assert looks(inbox, clock, 300, 361) == [[], ["2021-10"]]


def test_all_lists_that_are_expected_must_be_there(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock, expected=("学籍*", "*低收入*", "特殊*"))
    put(tmp_path, "学籍/小学.csv")
    put(tmp_path, "2021低收入.csv")
    assert looks(inbox, clock, 0, 100) == [[], []]
    put(tmp_path, "特殊.csv")
    assert looks(inbox, clock, 200, 300) == [[], ["2021-10"]]


def test_only_months_are_looked_at_and_the_earliest_comes_first(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock)
    for month in ("2021-11", "2021-09", "2021-13", "旧", "2021-1"):
        put(tmp_path, "学籍.csv", month=month)
    put(tmp_path, "学籍.csv")
    assert looks(inbox, clock, 0, 100)[-1] == ["2021-09", "2021-10", "2021-11"]


def test_what_failed_is_run_again_only_when_its_files_change(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock)
    put(tmp_path, "学籍.csv")
    ran, told = [], []

    def run(month):
        ran.append(month)
        return Ended(month, 2, "failed", "unreadable_file")

    moments = iter([0, 100, 200, 300, 400, 500])

    def pause(seconds):
        if seconds:
            clock.time = next(moments, -1)
            if clock.time == 300:
                put(tmp_path, "低收入.csv")
        return clock.time < 0

    assert Watcher(inbox, run, told.append, pause, passed=print).until_stopped() == len(ran) == len(told) == 2


def test_a_folder_that_is_no_month_is_told_once(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock)
    for name in ("2022-13", "2022-02", "旧的", ".git"):
        (tmp_path / "inbox" / name).mkdir(parents=True, exist_ok=True)
    assert (inbox.strange(), inbox.strange()) == (["2022-13", "旧的"], [])


def test_a_stop_between_two_months_leaves_the_second_alone(tmp_path, clock):
    inbox = inbox_of(tmp_path, clock, settle_seconds=0)
    put(tmp_path, "学籍.csv")
    put(tmp_path, "学籍.csv", month="2021-11")
    ran = []

    def run(month):
        ran.append(month)
        return Ended(month, 0, "finished", "")

    assert len(Watcher(inbox, run, lambda _: None, lambda s: bool(ran), passed=print).once()) == 1


@pytest.fixture
def workspace(office, monkeypatch):
    """A workspace with complete lists for a month."""
    monkeypatch.chdir(office.folder)
    assert office.kcbx("init") == 0
    config = office.folder / "kcbx.toml"
    config.write_text('[county]\nname = "甲县"\n[watch]\nsettle_seconds = 0\ninterval_seconds = 1\n', "utf-8")
    office.registry(pupil("王大力", "20120101", 9), name="inbox/2021-10/学籍.xlsx")
    return office


def test_a_month_is_run_once_its_lists_are_complete_and_again_when_they_change(workspace):
    office = workspace
    assert office.kcbx("watch", "--once", "--json") == 0
    (run,) = json.loads(office.stdout)["data"]["runs"]
    assert {"month": "2021-10", "exit_code": 2, "status": "waiting", "code": "no_households"}.items() <= run.items()
    (office.folder / "inbox" / "2022-13").mkdir()
    assert office.kcbx("watch", "--once") == 0
    assert "没有可以和学籍比对的名单" in office.stdout and "--households" in office.stdout
    assert "no_households" not in office.stdout and "「2022-13」不是月份" in office.stderr
    office.households(member("张小明", "20120315", 1), name="inbox/2021-10/脱贫户.xlsx")
    assert office.kcbx("watch", "--once", "--json") == 0
    assert json.loads(office.stdout)["data"]["runs"][0]["status"] == "finished"
    assert (office.folder / "out" / "2021-10" / "疑似辍学学生名单.xlsx").exists()
    assert office.kcbx("watch", "--once", "--json") == 0
    assert json.loads(office.stdout)["data"]["count"] == 0, "a new watch knows what was run"
    (office.folder / "inbox" / "2021-10" / "学籍.xlsx").write_bytes(b"PK\3\4")
    assert office.kcbx("watch", "--once", "--json") == 1
    told = json.loads(office.stdout)
    assert (told["status"], told["data"]["runs"][0]["code"]) == ("some_failed", "unreadable_file")


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_a_watch_stops_cleanly_when_it_is_told_to(workspace):
    office = workspace
    shutil.rmtree(office.folder / "inbox" / "2021-10")
    running = subprocess.Popen(
        [sys.executable, "-m", "kcbx_cli", "watch"], cwd=office.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert "守着" in running.stdout.readline().decode()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out.decode(), err) == (0, "核对了 0 次。\n", b"")


def test_a_folder_that_is_no_workspace(office, monkeypatch):
    monkeypatch.chdir(office.folder)
    assert office.kcbx("watch", "--once") == 2 and "inbox" in office.stderr

"""The limits on one file hold, also inside code that cannot be interrupted; nothing that is no file is waited for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from kcbx_cli import configuration, credentials, read
from kcbx_cli.errors import KcbxError
from kcbx_cli.read import guard
from kcbx_cli.settings import Limits, Settings


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text("姓名,身份证号\n甲小一,1\n", "utf-8")
    return read.find([str(path)], "special")[0]


def limited(source, monkeypatch, work, **limits):
    monkeypatch.setattr(sys.modules["kcbx_cli.read.load"], "open_file", lambda *_: work())
    with pytest.raises(KcbxError) as told:
        read.load(source, replace(Settings(), limits=Limits(**limits)))
    assert told.value.code == "too_large" and "名单.csv" in told.value.message and "limits" in told.value.hint
    return told.value


def test_a_reader_that_never_ends_is_interrupted(source, monkeypatch):
    def forever():
        while True:
            sum(range(1000))

    started = time.monotonic()
    assert "0 秒" in limited(source, monkeypatch, forever, seconds=0).message
    assert time.monotonic() - started < 4


def test_a_reader_that_hides_its_interruption_in_another_error(source, monkeypatch):
    def stubborn():
        try:
            while True:
                time.sleep(0.01)
        except BaseException as error:
            raise ValueError("x") from error

    limited(source, monkeypatch, stubborn, seconds=0)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
def test_a_reader_that_takes_too_much_memory_is_interrupted(source, monkeypatch):
    def greedy():
        kept = []
        while True:
            kept.append(bytearray(8 << 20))
            time.sleep(0.005)

    assert "64 MB" in limited(source, monkeypatch, greedy, memory_mb=64, seconds=60).message


_STUCK = """
import sys, time
from kcbx_cli import app, read
from kcbx_cli.read import guard
guard.GRACE = 0.3
sys.modules["kcbx_cli.read.load"].open_file = lambda *_: time.sleep(60)  # comes back to the interpreter only after a minute
sys.exit(app.run(sys.argv[1:]))
"""


def test_foreign_code_that_never_comes_back_ends_the_run_with_the_same_words(source, tmp_path):
    started = time.monotonic()
    for_people, for_scripts = (
        subprocess.Popen(
            [sys.executable, "-c", _STUCK, "inspect", str(source.path), *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env={**os.environ, "KCBX_LIMITS__SECONDS": "1"},
        )
        for more in ([], ["--json"])
    )  # fmt: skip
    assert "1 秒还没有读完" in for_people.communicate(timeout=30)[1].decode()
    assert json.loads(for_scripts.communicate(timeout=30)[0])["error"]["code"] == "too_large"
    assert (for_people.returncode, for_scripts.returncode) == (2, 2) and time.monotonic() - started < 20


def test_a_reading_in_time_leaves_no_watch_behind(source):
    before = guard.threading.active_count()
    for _ in range(3):
        with guard.bounded("甲", Limits()):
            pass
    time.sleep(2 * guard._LOOK)
    assert guard.threading.active_count() <= before


def test_memory_is_told():
    assert guard.resident() > 10 << 20


def test_a_panic_of_the_reading_library_prints_nothing(tmp_path, capfd):
    from pathlib import Path

    broken = Path(__file__).parents[2] / "benchmarks" / "fuzz" / "corpus" / "8-panic.xlsb"
    path = tmp_path / "名单.xlsb"
    path.write_bytes(broken.read_bytes())
    with pytest.raises(KcbxError, match="名单.xlsb"):
        read.load(read.find([str(path)])[0], Settings())
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_pipes_devices_and_links_in_circles_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "管道.xlsx")
    (tmp_path / "圈.xlsx").symlink_to(tmp_path / "圈.xlsx")
    (tmp_path / "设备.xlsx").symlink_to("/dev/zero")
    started = time.monotonic()
    for name in ("管道.xlsx", "圈.xlsx", "设备.xlsx"):
        with pytest.raises(KcbxError) as told:
            read.find([str(tmp_path / name)])
        assert told.value.code == "unreadable_file" and name in told.value.message
        for ask in (configuration.load, credentials.passwords):
            with pytest.raises(KcbxError) as told:
                ask(tmp_path / name, {})
            assert told.value.code == "bad_setting"
        for section, _ in (("checklist", "template"), ("documents", "pledge")):
            with pytest.raises(KcbxError) as told:
                _template(section, str(tmp_path / name))
            assert told.value.code == "bad_template"
    assert time.monotonic() - started < 5


def _template(section, path):
    from kcbx_cli.write.document import Document
    from kcbx_cli.write.template import Template

    return Template.load(path) if section == "checklist" else Document.load("pledge", path)


def test_a_link_out_of_the_inbox_is_not_followed_into_folders(tmp_path):
    (tmp_path / "外").mkdir()
    (tmp_path / "外" / "名单.csv").write_text("姓名\n", "utf-8")
    (tmp_path / "内").mkdir()
    (tmp_path / "内" / "学籍.csv").write_text("姓名\n", "utf-8")
    (tmp_path / "内" / "链").symlink_to(tmp_path / "外", target_is_directory=True)
    assert [s.name for s in read.find([str(tmp_path / "内")])] == ["学籍.csv"]


def test_names_with_line_breaks_and_dots_are_shown_on_one_line(tmp_path):
    for name in ("甲\n乙.csv", "..\u202e.csv", "\udcff.csv"):
        (tmp_path / name).write_text(f"姓名\n{name!r}\n", "utf-8")
        shown = read.find([str(tmp_path / name)])[0].name
        assert "\n" not in shown and "\u202e" not in shown
        shown.encode("utf-8")

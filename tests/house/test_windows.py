"""What Windows does differently, tried with fakes where it is not at hand."""

from __future__ import annotations

import ctypes
import errno
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from kcbx_cli import checkup, configuration, credentials, read
from kcbx_cli.errors import KcbxError
from kcbx_cli.read import guard
from kcbx_cli.settings import Settings
from kcbx_cli.write import save


def sharing_violation(path):
    error = PermissionError(errno.EACCES, "The process cannot access the file", str(path))
    error.winerror = 32
    return error


def test_a_list_that_excel_holds_open_is_named_with_what_to_do(tmp_path, monkeypatch):
    path = tmp_path / "学籍.xlsx"
    path.write_bytes(b"PK")
    real = Path.open

    def held(self, *arguments, **more):
        if self.name == "学籍.xlsx":
            raise sharing_violation(self)
        return real(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(KcbxError) as told:
        read.find([str(path)])
    assert "学籍.xlsx" in told.value.message and "Excel" in told.value.message and "关闭" in told.value.hint


def test_a_workbook_that_is_open_is_not_replaced(tmp_path, monkeypatch):
    from kcbx_cli import halfway

    path = tmp_path / "个案.xlsx"
    path.write_bytes(b"old")

    def held(_, target):
        raise sharing_violation(target)

    monkeypatch.setattr(halfway.os, "replace", held)
    with pytest.raises(KcbxError) as told:
        save(path, b"new", replace=True)
    assert "个案.xlsx" in told.value.message and "Excel" in told.value.message
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["个案.xlsx"]


def test_the_lock_files_of_office_programs_are_no_lists(tmp_path):
    for name in ("~$学籍.xlsx", ".~lock.学籍.xlsx#", "学籍.csv"):
        (tmp_path / name).write_text(f"姓名\n{name}\n", "utf-8")
    assert [s.name for s in read.find([str(tmp_path)])] == ["学籍.csv"]


def test_settings_and_passwords_written_by_notepad(tmp_path):
    config, words = tmp_path / "kcbx.toml", tmp_path / "密码.txt"
    config.write_bytes('\ufeff[county]\r\nname = "甲县"\r\n'.encode())
    words.write_bytes("\ufeff一\r\n二\r\n".encode())
    assert configuration.load(config, {}).county.name == "甲县"
    assert credentials.passwords(words, {}) == ("一", "二")


def test_memory_is_asked_of_the_kernel(monkeypatch):
    def tell(_, counters, size):
        at = ctypes.cast(counters, ctypes.POINTER(ctypes.c_size_t))
        assert size == 8 + 8 * ctypes.sizeof(ctypes.c_size_t)
        at[8 // ctypes.sizeof(ctypes.c_size_t) + 1] = 123 << 20
        return 1

    class Handle:
        restype = None

        def __call__(self):
            return 1

    kernel = SimpleNamespace(GetCurrentProcess=Handle(), K32GetProcessMemoryInfo=tell)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    assert guard._resident_windows() == 123 << 20


def test_a_workspace_too_deep_for_windows_is_noted(tmp_path, monkeypatch):
    deep = tmp_path / ("深" * 60) / ("深" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr(checkup, "os", SimpleNamespace(name="nt"))
    subject = checkup.Subject(deep / "x.db", deep, deep / "备份", Settings(), datetime.now())
    assert {f.name: f.state for f in checkup.look(subject)}["path"] == "note"


def test_windows_makes_no_report_of_a_crash(monkeypatch):
    from kcbx_cli import lastword

    asked = []
    kernel = SimpleNamespace(SetErrorMode=asked.append)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(lastword, "sys", SimpleNamespace(platform="win32"))
    lastword.leave_no_image()
    assert asked == [3]


def test_what_another_process_writes_is_not_swept_where_open_files_cannot_be_removed(tmp_path, monkeypatch):
    from kcbx_cli import halfway

    left, live = (tmp_path / f"{halfway.HALF}{n}" for n in "ab")
    for path in (left, live):
        path.write_bytes(b"x")
    real = Path.unlink

    def unlink(self, *arguments, **more):
        if self == live:
            raise sharing_violation(self)
        real(self, *arguments, **more)

    monkeypatch.setattr(Path, "unlink", unlink)
    monkeypatch.setattr(halfway, "os", SimpleNamespace(name="nt"))
    halfway.sweep(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [live.name]

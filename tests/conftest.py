"""A made-up office to run kcbx in."""

import os
import shutil
from types import SimpleNamespace

import pytest
from offices import Office


@pytest.fixture
def office(tmp_path, capsys, monkeypatch):
    """An office with an empty folder, run from there."""
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, capsys)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """`begun(office, build)`: the office as `build` leaves an empty one. Built once a module: every test gets a copy."""
    built = {}

    def copied(office, build):
        if build not in built:
            first = Office(tmp_path_factory.mktemp("begun"), office.capsys)
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(first.folder)
                build(first)
            built[build] = first.folder
        shutil.copytree(built[build], office.folder, dirs_exist_ok=True)
        return office

    return copied


class _Unheard:
    """In place of capsys, for offices that several tests share."""

    def readouterr(self):
        return SimpleNamespace(out="", err="")


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory):
    """An office for all tests of a module, which only look; what builds on it runs from its folder."""
    folder, before = tmp_path_factory.mktemp("office"), os.getcwd()
    os.chdir(folder)
    yield Office(folder, _Unheard())
    os.chdir(before)

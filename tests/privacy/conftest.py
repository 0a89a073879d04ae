"""A made-up office to run kcbx in."""

import pytest
from offices import Office


@pytest.fixture
def office(tmp_path, capsys, monkeypatch):
    """An office with an empty folder, run from there."""
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, capsys)

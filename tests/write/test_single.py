"""One file of its own: whole or not at all, and never over another without leave."""

import os
import stat

import pytest

from kcbx_cli.errors import KcbxError
from kcbx_cli.write import single


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    single.save(tmp_path / "a.html", b"new")
    assert (tmp_path / "a.html").read_bytes() == b"new"
    assert stat.S_IMODE(os.stat(tmp_path / "a.html").st_mode) == 0o600 or os.name == "nt"


def test_what_is_there_stays_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "a.html"
    path.write_bytes(b"old")
    for step in (lambda: single.check(path), lambda: single.save(path, b"new")):
        with pytest.raises(KcbxError) as error:
            step()
        assert error.value.code == "exists" and path.read_bytes() == b"old"
    single.save(path, b"new", replace=True)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(("name", "code"), [("none/a.html", "no_folder"), (".", "exists")])
def test_where_no_file_can_be(tmp_path, name, code):
    with pytest.raises(KcbxError) as error:
        single.save(tmp_path / name, b"", replace=True)
    assert error.value.code == code


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.html"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KcbxError) as error:
        single.save(path, b"new", replace=True)
    assert error.value.code == "not_writable"
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.html", b"old")]

"""Which files are meant, what they are called, and what is refused."""

from __future__ import annotations

import os

import pytest

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Settings

_LIST = "姓名,身份证号,与户主关系,户主姓名,村\n甲小一,999999201203050016,之子,甲大,一村\n"


@pytest.fixture
def inbox(tmp_path):
    """A folder as an office keeps it."""
    for number, name in enumerate(
        ["小学/名单.csv", "初中/名单.csv", "总表.csv", ".隐藏.csv", "~$总表.csv", "truth.csv", "truth_findings.csv", "kcbx.toml", ".git/a.csv",
         "说明.docx", "图.png"]
    ):  # fmt: skip
        path = tmp_path / "收件" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_LIST + f"乙{number},,之女,甲大,一村\n", "utf-8")
    return tmp_path / "收件"


def test_a_folder_gives_its_tables_and_leaves_out_the_rest(inbox):
    found = read.find([str(inbox)], "households")
    assert [s.name for s in found] == ["初中/名单.csv", "小学/名单.csv", "总表.csv"]
    assert {s.role for s in found} == {"households"}
    assert read.overlooked([str(inbox)]) == ["图.png", "说明.docx"]


def test_names_do_not_depend_on_the_order_of_the_paths(inbox, monkeypatch):
    monkeypatch.chdir(inbox)
    paths = [str(inbox / "小学" / "名单.csv"), "初中/名单.csv", "总表.csv"]
    assert [s.name for s in read.find(paths)] == [s.name for s in read.find(paths[::-1])]


def test_a_glob_that_the_shell_did_not_expand(inbox):
    assert [s.name for s in read.find([str(inbox / "*" / "*.csv")])] == ["初中/名单.csv", "小学/名单.csv"]
    assert [s.name for s in read.find([str(inbox / "**" / "总*.csv")])] == ["总表.csv"]


def test_a_file_whose_name_looks_like_a_glob(tmp_path):
    (tmp_path / "名单[1].csv").write_text(_LIST, "utf-8")
    assert [s.name for s in read.find([str(tmp_path / "名单[1].csv")])] == ["名单[1].csv"]


@pytest.mark.parametrize("path", ["没有.xlsx", "没有/*.csv"])
def test_no_such_path(tmp_path, path):
    with pytest.raises(KcbxError, match="没有") as told:
        read.find([str(tmp_path / path)])
    assert told.value.code == "no_input"


def test_a_folder_with_nothing_to_read(tmp_path):
    (tmp_path / "~$名单.xlsx").write_bytes(b"x")
    with pytest.raises(KcbxError, match="没有可读的表格"):
        read.find([str(tmp_path)])


def test_the_same_file_twice(inbox):
    path = inbox / "总表.csv"
    for paths in ([str(path)] * 2, [str(path), str(inbox)], [str(path), str(inbox / "小学" / ".." / "总表.csv")]):
        with pytest.raises(KcbxError, match="总表.csv」给了两次"):
            read.find(paths)


def test_a_link_to_a_file_that_is_given_too(inbox):
    os.symlink(inbox / "总表.csv", inbox / "链接.csv")
    with pytest.raises(KcbxError, match="给了两次"):
        read.find([str(inbox)])


def test_one_file_in_two_roles(inbox):
    path = str(inbox / "总表.csv")
    both = [*read.find([path], "registry"), *read.find([path], "households")]
    with pytest.raises(KcbxError, match="总表.csv") as told:
        read.settle(both)
    assert told.value.code == "two_roles"


def test_one_content_in_two_roles(inbox):
    (inbox / "副本.csv").write_bytes((inbox / "总表.csv").read_bytes())
    both = [*read.find([str(inbox / "总表.csv")], "registry"), *read.find([str(inbox / "副本.csv")], "special")]
    with pytest.raises(KcbxError, match="副本.csv」和「总表.csv"):
        read.settle(both)


def test_a_copy_is_read_once_and_reported(inbox):
    (inbox / "总表 - 副本.csv").write_bytes((inbox / "总表.csv").read_bytes())
    copy, original = read.find([str(inbox / "总表 - 副本.csv"), str(inbox / "总表.csv")], "households")
    assert (copy.copy_of, original.copy_of) == ("总表.csv", "")
    loaded = read.load(copy, Settings())
    assert (loaded.rows_read, loaded.tables, list(loaded.problems["code"])) == (0, [], ["K103"])
    assert read.load(original, Settings()).rows_read == 2


def test_names_are_unique_among_all_roles(inbox):
    all_of_them = [*read.find([str(inbox / "小学")], "registry"), *read.find([str(inbox / "初中")], "households")]
    assert [s.name for s in read.settle(all_of_them)] == ["初中/名单.csv", "小学/名单.csv"]


def test_only_regular_files(tmp_path):
    os.mkfifo(tmp_path / "管道.csv")
    os.symlink(tmp_path / "圈.csv", tmp_path / "圈.csv")
    for path in (tmp_path / "管道.csv", "/dev/zero", tmp_path / "圈.csv"):
        with pytest.raises(KcbxError) as told:
            read.find([str(path)])
        assert told.value.code == "unreadable_file"


def test_a_loop_of_folders_ends(inbox):
    os.symlink(inbox, inbox / "小学" / "上级")
    assert len(read.find([str(inbox)])) == 3


def test_names_that_would_spoil_a_line(tmp_path):
    (tmp_path / "名\n单\u202e.csv").write_text(_LIST, "utf-8")
    assert [s.name for s in read.find([str(tmp_path)])] == ["名?单?.csv"]


def test_a_file_that_changes_before_it_is_read(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text(_LIST, "utf-8")
    (source,) = read.find([str(path)])
    path.write_text(_LIST.replace("甲", "乙"), "utf-8")
    with pytest.raises(KcbxError, match="被改动"):
        read.load(source, Settings())

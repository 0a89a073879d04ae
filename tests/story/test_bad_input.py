"""What an office hands in that cannot be right: a clear sentence, nothing lost, nothing half-written."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from datetime import date, timedelta

import openpyxl
import pytest
from offices import LIST, REGISTRY, member, pupil

from kcbx_cli.problems import KINDS
from kcbx_cli.write import commit

WANG = ("王小明", "20120305", 1)


@pytest.fixture
def lists(office):
    """One child who is at school, one who is not."""
    office.registry(pupil(*WANG))
    office.households(member(*WANG), member("李红", "20130101", 2))
    return office


def picture(path):
    """A one-pixel PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


def bomb(path):
    """A workbook whose sheet unpacks to 200 MB of zeros."""
    book = path.with_suffix(".real.xlsx")
    import openpyxl

    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as real, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for item in real.infolist():
            if item.filename == "xl/worksheets/sheet1.xml":
                with out.open(item.filename, "w") as sheet:
                    for _ in range(200):
                        sheet.write(b"\0" * 1024 * 1024)
            else:
                out.writestr(item, real.read(item.filename))
    book.unlink()


def broken(office, how):
    """Puts a file that cannot be read in the registry's place."""
    path = office.folder / "学籍.xlsx"
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(path.read_bytes()[:-900])
    elif how == "picture":
        picture(path)
    elif how == "bomb":
        path.unlink()
        bomb(path)
    elif how == "unknown header":
        office.workbook("学籍.xlsx", ["甲", "乙", "丙"], [{"甲": "一", "乙": "二", "丙": "三"}])
    return path


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "picture", "bomb", "unknown header"])
def test_a_file_that_cannot_be_read_ends_the_run(lists, how):
    broken(lists, how)
    assert lists.reconcile() == 2
    assert "学籍.xlsx" in lists.stderr and "办法:" in lists.stderr
    assert "Traceback" not in lists.stderr and "内部错误" not in lists.stderr
    assert lists.wrote_nothing()


@pytest.mark.parametrize("missing", ["--registry", "--households"])
def test_a_role_without_any_file(lists, missing):
    given = {"--registry": lists.folder / "学籍.xlsx", "--households": lists.folder / "脱贫户.xlsx"}
    del given[missing]
    words = [w for pair in given.items() for w in pair]
    assert lists.kcbx("reconcile", *words, "--as-of", "2021-10-31", "--out", lists.out) == 2
    assert missing in lists.stderr + lists.stdout
    assert lists.wrote_nothing()


def test_an_empty_folder(lists):
    (lists.folder / "空").mkdir()
    assert lists.reconcile(registry=lists.folder / "空") == 2
    assert "空" in lists.stderr and lists.wrote_nothing()


def test_a_file_in_two_roles(lists):
    assert lists.reconcile(households=lists.folder / "学籍.xlsx") == 2
    assert "学籍.xlsx" in lists.stderr and lists.wrote_nothing()


def test_a_registry_given_as_a_household_list(lists):
    lists.registry(pupil(*WANG), name="其他学籍.xlsx")
    assert lists.reconcile("--households", lists.folder / "其他学籍.xlsx") == 2
    assert "其他学籍.xlsx" in lists.stderr and lists.wrote_nothing()


def test_the_same_file_twice(lists):
    same = lists.folder / "脱贫户.xlsx"
    code = lists.reconcile("--households", same)
    if code == 0:
        assert len(lists.verdicts()) == 2
    else:
        assert code == 2 and "脱贫户.xlsx" in lists.stderr and lists.wrote_nothing()


def test_two_lists_that_contradict_each_other(lists):
    other = lists.households(
        member("李红", "20130101", 2, 与户主关系="之女"), member(*WANG, 性别="女"), name="监测.xlsx"
    )
    assert lists.reconcile("--households", other) == 0
    assert len(lists.verdicts()) == 4
    assert len({v["case_id"] for v in lists.verdicts() if v["verdict"] == "suspected"}) == 1


def test_a_registry_with_no_pupil_of_school_age(lists):
    lists.registry(pupil("赵老", "19900101", 3))
    assert lists.reconcile() in (0, 1)
    assert {v["verdict"] for v in lists.verdicts()} == {"suspected"}
    assert "学籍" in lists.stderr


def test_no_low_income_child_at_all_still_makes_all_files(lists):
    lists.households(member("王大山", "19800101", 5, 与户主关系="户主", 在校生状况="", 文化程度="初中"))
    assert lists.reconcile() == 0
    assert [v["verdict"] for v in lists.verdicts()] == ["adult"]
    for name in ("疑似辍学学生名单.xlsx", "待人工比对.xlsx", "数据问题.xlsx", "run.json", "data/findings.csv"):
        assert (lists.out / name).exists()
    assert list((lists.out / "乡镇核查表").glob("*.xlsx"))


def test_a_registry_with_a_header_and_no_rows(lists):
    lists.workbook("学籍.xlsx", REGISTRY, [], "学籍信息")
    assert lists.reconcile() == 2
    assert "学籍.xlsx" in lists.stderr and lists.wrote_nothing()


def test_disk_full(lists, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(commit.os, "fsync", full)
    assert lists.reconcile() == 2
    assert "空间" in lists.stderr and not lists.out.exists()
    assert not [p for p in lists.folder.iterdir() if ".kcbx-new" in p.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_output_folder_that_cannot_be_written(lists):
    lists.folder.chmod(0o500)
    try:
        assert lists.reconcile() == 2
        assert "权限" in lists.stderr
    finally:
        lists.folder.chmod(0o700)


def test_an_output_folder_that_is_a_file(lists):
    lists.out.write_text("我的文件", "utf-8")
    assert lists.reconcile() == 2
    assert "结果" in lists.stderr and lists.out.read_text("utf-8") == "我的文件"


def test_an_output_folder_with_somebody_elses_file(lists):
    lists.out.mkdir()
    (lists.out / "别删.txt").write_text("重要", "utf-8")
    assert lists.reconcile() == 2
    assert "别删.txt" in lists.stderr and (lists.out / "别删.txt").exists()


def test_a_checklist_that_somebody_has_filled_in_is_never_replaced(lists):
    assert lists.reconcile() == 0
    (sheet,) = (lists.out / "乡镇核查表").glob("*甲乡.xlsx")
    sheet.write_bytes(sheet.read_bytes() + b" ")
    assert lists.reconcile() == 2
    assert sheet.name in lists.stderr and "collect" in lists.stderr


def test_a_birth_date_in_the_future(lists):
    lists.households(member(*WANG), member("李红", "20130101", 2) | {"证件号码": "", "出生日期": "2031-01-01"})
    lists.workbook(
        "脱贫户.xlsx", [*LIST, "出生日期"], [member("李红", "20130101", 2) | {"证件号码": "", "出生日期": "2031-01-01"}]
    )
    assert lists.reconcile() in (0, 1)
    assert lists.verdicts()[0]["verdict"] == "unknown_age"
    assert lists.problems()


def test_a_month_in_the_summer_belongs_to_the_school_year_before(lists):
    lists.households(member("周一", "20141001", 7), member("周二", "20150901", 9))
    assert lists.reconcile(as_of="2021-07-15") == 0
    assert [v["verdict"] for v in lists.verdicts()] == ["out_of_age", "out_of_age"]
    assert lists.kcbx("reconcile", "--registry", lists.folder / "学籍.xlsx", "--households", lists.folder / "脱贫户.xlsx",
                      "--as-of", "2021-09-01", "--out", lists.folder / "九月") == 0  # fmt: skip


def test_a_mistyped_year_does_not_reach_the_ledger(lists):
    assert lists.reconcile(as_of="2199-10-31") == 2
    assert "2199" in lists.stderr and lists.wrote_nothing()


def test_a_month_that_is_closed_a_few_days_early_is_said(lists):
    soon = (date.today() + timedelta(days=3)).isoformat()
    assert lists.reconcile(as_of=soon) == 0
    assert soon in lists.stderr


def test_one_bad_row_stops_nothing(lists):
    lists.households(member(*WANG), {"乡": "甲乡", "与户主关系": "之子"}, member("李红", "20130101", 2))
    assert lists.reconcile() in (0, 1)
    assert len(lists.verdicts()) == 3
    assert {lists.verdict_of(3), lists.verdict_of(5)} == {"enrolled", "suspected"}


def test_a_list_of_mostly_unusable_rows_is_below_the_quality_bar(lists):
    lists.households(member(*WANG), *[{"乡": "甲乡", "与户主关系": "之子"} for _ in range(4)])
    assert lists.reconcile() == 1
    assert "脱贫户.xlsx" in lists.stderr
    assert lists.run()["below_quality"] == ["脱贫户.xlsx"]


@pytest.mark.parametrize(
    ("file", "lost", "renamed", "code"),
    [
        ("学籍.xlsx", "学生当前状态", "", "K118"),
        ("学籍.xlsx", "姓名", "", "K119"),
        ("学籍.xlsx", "身份证件号", "号码X", "K120"),
        ("脱贫户.xlsx", "姓名", "", "K119"),
        ("脱贫户.xlsx", "证件号码", "号码X", "K120"),
    ],
)
def test_a_list_that_lost_a_column_by_which_children_are_told_says_so(lists, file, lost, renamed, code):
    """Without statuses everybody is in class: a child who is missing would be hidden, and nobody would know."""
    header, rows = (REGISTRY, [pupil(*WANG)]) if file == "学籍.xlsx" else (LIST, [member(*WANG)])
    if renamed:
        rows = [row | {renamed: row[lost]} for row in rows]
    lists.workbook(file, [h if h != lost else renamed for h in header if h != lost or renamed], rows)
    assert lists.reconcile() == 1
    assert code in lists.problems()
    assert f"「{file}」" in lists.stderr and KINDS[code].sentence in lists.stderr
    assert lists.run()["below_quality"] == [file]
    told = openpyxl.load_workbook(lists.out / "数据问题.xlsx")
    shown = [str(cell.value) for sheet in told for row in sheet for cell in row]
    assert code in " ".join(shown)
    assert any("「号码X」" in text for text in shown) == bool(renamed)


def test_a_list_of_a_village_s_own_making_may_do_without_id_numbers(lists):
    header = ["孩子姓名", "出生", "与户主关系", "哪个村"]
    rows = [dict(zip(header, ("王小明", "2012-03-05", "之子", "一村"), strict=True))]
    assert lists.reconcile(households=lists.workbook("村里报的.xlsx", header, rows)) == 0
    assert "「村里报的.xlsx」没有证号列" in lists.stderr and "K121" in lists.problems()


def test_a_registry_without_any_status_is_told_and_one_that_marks_those_on_leave_is_none(lists):
    lists.registry(pupil(*WANG, 学生当前状态=""), pupil("李红", "20130101", 2, 学生当前状态=""))
    assert lists.reconcile() == 1
    assert "「学籍.xlsx」学籍里没有学生状态" in lists.stderr
    header = [h if h != "学生当前状态" else "休学中" for h in REGISTRY]
    lists.workbook("学籍.xlsx", header, [pupil(*WANG), pupil("李红", "20130101", 2)])
    assert lists.reconcile() == 0


def test_a_list_with_a_header_and_nobody_under_it_says_so(lists):
    """A failed export; but one township of several may have nobody."""
    lists.households()
    assert lists.reconcile() == 1
    assert lists.verdicts() == []
    assert "「脱贫户.xlsx」只有表头,一行也没有" in lists.stderr and "K122" in lists.problems()
    (lists.folder / "名单").mkdir()
    for name, members in (("甲乡", []), ("乙乡", [member(*WANG)])):
        lists.households(*members, name=f"名单/{name}.xlsx")
    assert lists.reconcile(households=lists.folder / "名单") == 0
    (lists.folder / "各校").mkdir()
    for name, pupils in (("甲校", []), ("乙校", [pupil(*WANG)])):
        lists.registry(*pupils, name=f"各校/{name}.xlsx")
    assert lists.reconcile(registry=lists.folder / "各校", households=lists.folder / "名单") == 1
    assert lists.run()["below_quality"] == ["甲校.xlsx"]


def test_a_formula_in_a_name_stays_text(lists):
    lists.households(member("=1+1", "20130101", 2), member("@SUM(A1)", "20130202", 4, 村="+一村"))
    assert lists.reconcile() == 0
    import openpyxl

    book = openpyxl.load_workbook(lists.out / "疑似辍学学生名单.xlsx")
    assert not [c for sheet in book for row in sheet for c in row if c.data_type == "f"]


def test_a_list_whose_headers_are_mostly_unknown_says_so(lists):
    header = ["孩子姓名", "家长", "念书情况"]
    rows = [dict(zip(header, (f"{surname}小明", f"{surname}大", "在家"), strict=True)) for surname in "赵钱孙李"]
    assert lists.reconcile(households=lists.workbook("村里报的.xlsx", header, rows)) == 0
    assert {"K115", "K116", "K117"} <= lists.problems()
    assert "有些列没有用到" in lists.stdout and "「村里报的.xlsx」名单里没有乡镇" in lists.stdout
    assert "「村里报的.xlsx」没有出生日期" in lists.stderr

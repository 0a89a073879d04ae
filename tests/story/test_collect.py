"""Checklists come back filled in: the ledger knows what was found, and next month starts from there."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime

import pytest
from offices import member, pupil, table
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger

LI, ZHAO, QIAN = ("李红", "20130101", 2), ("赵小雨", "20140202", 4), ("钱多多", "20120909", 6)
FOUND = {
    "核查方式": "入户走访",
    "核查日期": date(2021, 11, 5),
    "核查结论": "在校有学籍",
    "佐证材料": "在校证明",
    "核查人": "周老师",
}


def _month(office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member(*LI), member(*ZHAO), member(*QIAN))
    assert office.reconcile() == 0


@pytest.fixture
def month(office, begun):
    """Three children of one township who are on the checklist, and one pupil."""
    return begun(office, _month)


def checklist(office):
    return Sheet(next((office.out / "乡镇核查表").glob("*甲乡.xlsx")))


def collect(office, *paths, code=0):
    assert office.kcbx("collect", *paths, "--json") == code, office.stdout + office.stderr
    return json.loads(office.stdout)["data"]


def ledger(office):
    return open_ledger(office.folder / "kcbx-ledger.db", readonly=True)


def cases(office, day=date(2021, 10, 31)):
    """Name -> (open, disposition)."""
    with ledger(office) as book:
        people = dict(zip(book.people()["row"], book.people()["name"], strict=True))
        found = book.cases(day)
    return {people[i]: (o, d) for i, o, d in zip(found["identity"], found["open"], found["disposition"], strict=True)}


def codes(data):
    return sorted({p["code"] for p in data["problems"]})


def test_an_answer_closes_the_case_and_clears_the_child_next_month(month):
    sheet = checklist(month)
    sent = sheet.fill(sheet.row_of("李红"), **FOUND).save(month.folder / "收到" / "甲乡.xlsx")
    told = collect(month, sent)
    assert told["counts"] | {"rows": 3, "blank": 2, "findings": 1, "closed": 1, "rejected": 0} == told["counts"]
    assert cases(month) == {"李红": (False, "在校有学籍"), "赵小雨": (True, ""), "钱多多": (True, "")}
    assert month.kcbx("reconcile", "--registry", month.folder / "学籍.xlsx", "--households", month.folder / "脱贫户.xlsx",
                      "--as-of", "2021-11-30", "--out", month.folder / "十一月") == 0  # fmt: skip
    rows = table(month.folder / "十一月" / "data" / "verdicts.csv")
    assert [r["verdict"] for r in rows] == ["cleared", "suspected", "suspected"]


def reconcile(office, as_of="2021-11-30", out="十一月"):
    assert office.kcbx("reconcile", "--registry", office.folder / "学籍.xlsx", "--households", office.folder / "脱贫户.xlsx",
                       "--as-of", as_of, "--out", office.folder / out) == 0, office.stderr  # fmt: skip
    return {int(r["list_row"]): r["verdict"] for r in table(office.folder / out / "data" / "verdicts.csv")}


def sent(office, name="甲乡.xlsx", **rows):
    """The township's checklist with these answers by name."""
    sheet = checklist(office)
    for who, cells in rows.items():
        sheet.fill(sheet.row_of(who), **cells)
    return sheet.save(office.folder / "收到" / name)


def test_a_case_is_opened_again_when_the_evidence_lapses(month):
    collect(month, sent(month, 李红=FOUND | {"核查结论": "信息错误(证号/姓名)", "核查日期": date(2021, 11, 5)}))
    assert reconcile(month)[3] == "cleared"
    assert reconcile(month, "2022-02-28", "二月")[3] == "suspected"
    assert cases(month, date(2022, 2, 28))["李红"] == (True, "")
    with ledger(month) as book:
        assert book.history("2021-0002")["what"].tolist() == ["opened", "answered", "reopened"]


def test_a_death_is_a_verdict_for_good(month):
    collect(month, sent(month, 李红=FOUND | {"核查结论": "死亡", "佐证材料": "注销证明"}))
    assert reconcile(month, "2023-11-30")[3] == "deceased"


def test_a_closing_without_evidence_is_refused_and_goes_back(month):
    told = collect(month, sent(month, 李红=FOUND | {"佐证材料": "无"}, 赵小雨=FOUND), code=1)
    assert (codes(told), told["counts"]["findings"], told["counts"]["rejected"]) == (["K613"], 1, 1)
    assert cases(month)["李红"] == (True, "") and cases(month)["赵小雨"][0] is False
    back = Sheet(month.folder / "退回" / "退回_甲乡.xlsx", "核查表")
    cell = back.sheet.cell(back.row_of("李红"), back.columns["佐证材料"])
    assert "佐证材料" in cell.comment.text and cell.fill.fgColor.rgb == "FFFFF59D"
    assert "K613" in str([c.value for row in back.book.worksheets[0].iter_rows() for c in row])
    fixed = back.fill(back.row_of("李红"), 佐证材料="在校证明").save(month.folder / "再报" / "甲乡.xlsx")
    told = collect(month, fixed)
    assert (told["counts"]["findings"], told["counts"]["unchanged"]) == (1, 1)
    assert cases(month)["李红"] == (False, "在校有学籍")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"核查结论": None}, "K611"),
        ({"核查结论": "在学校呢"}, "K612"),
        ({"核查结论": "在校无学籍"}, "K612"),
        ({"核查日期": "下周"}, "K614"),
        ({"核查日期": date(2012, 11, 5)}, "K614"),
        ({"姓名": "李虹"}, "K607"),
        ({"编号": "2021-0999"}, "K609"),
        ({"核查结论": "=1/0"}, "K618"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_apart(month, cells, code):
    told = collect(month, sent(month, 李红=FOUND | cells), code=1)
    assert (codes(told), told["counts"]["findings"]) == ([code] if code != "K609" else ["K609", "K622"], 0)
    assert cases(month)["李红"] == (True, "")
    assert len(told["returned"]) == 1
    assert "李红" not in month.stdout and "李虹" not in month.stdout


def test_a_row_of_another_townships_sheet_is_not_taken(month):
    """The case is known, but it was not printed on this sheet: pasted from elsewhere, or the number mistyped."""
    month.households(member(*LI), member(*ZHAO, 乡="乙乡"))
    month.out.rename(month.folder / "旧")
    assert month.reconcile() == 0
    before = cases(month)
    told = collect(month, sent(month, 李红=FOUND | {"编号": "2021-0003"}), code=1)
    assert (codes(told), told["counts"]["findings"]) == (["K608", "K622"], 0)
    assert cases(month) == before


@pytest.mark.parametrize(
    "written",
    [
        "2021-11-05",
        "2021.11.5",
        "2021年11月5日",
        44505,
        20211105,
        datetime(2021, 11, 5),
        "11月5日",
        "11.5",
        "2021/11/5 上午",
    ],
)
def test_a_day_in_many_spellings(month, written):
    told = collect(month, sent(month, 李红=FOUND | {"核查日期": written}), code=1 if "上午" in str(written) else 0)
    with ledger(month) as book:
        days = [d for (d,) in book._connection.execute("SELECT checked_on FROM findings")]
    assert days == ([] if "上午" in str(written) else [20211105]), told


def test_words_that_mean_a_choice(month):
    told = collect(
        month, sent(month, 李红=FOUND | {"核查结论": " 户籍问题 "}, 赵小雨=FOUND | {"核查结论": "在校无学籍（省内）"})
    )
    assert told["counts"]["closed"] == 2
    assert cases(month)["赵小雨"][1] == "在校无学籍(省内)"


def test_rows_sorted_filtered_deleted_inserted_columns_moved_hidden_sheet_renamed(month):
    sheet = checklist(month)
    sheet.fill(sheet.row_of("李红"), **FOUND).fill(sheet.row_of("钱多多"), **FOUND | {"核查结论": "送教上门"})
    ws, first = sheet.sheet, sheet.head + 1
    rows = [[ws.cell(r, c).value for c in range(1, ws.max_column + 1)] for r in range(first, first + 3)]
    for n, values in enumerate(reversed(rows)):
        for c, value in enumerate(values, start=1):
            ws.cell(first + n, c).value = value
    ws.delete_rows(sheet.row_of("赵小雨"))
    ws.unmerge_cells("A1:S1")
    ws.insert_rows(first, 2)
    ws.insert_cols(3)
    ws.column_dimensions["B"].hidden = True
    ws.auto_filter.ref = f"A{first - 1}:S{ws.max_row}"
    ws.row_dimensions[sheet.row_of("钱多多")].hidden = True  # what a filter leaves out
    ws.title = "甲乡上报"
    told = collect(month, sheet.save(month.folder / "收到" / "随便.xlsx"))
    assert (told["counts"]["findings"], codes(told)) == (2, ["K622"])
    assert cases(month) == {"李红": (False, "在校有学籍"), "钱多多": (False, "送教上门"), "赵小雨": (True, "")}


def test_a_row_that_was_refused_is_told_again_until_it_is_mended(month):
    bad = sent(month, 李红=FOUND, 赵小雨=FOUND | {"核查结论": "不知道"})
    first = collect(month, bad, code=1)
    before = (month.folder / "kcbx-ledger.db").read_bytes()
    again = collect(month, bad, code=1)
    assert codes(again) == codes(first) == ["K612"]
    assert (again["counts"]["findings"], again["counts"]["rejected"], again["files"][0]["state"]) == (0, 1, "known")
    assert again["returned"] == first["returned"]
    assert (month.folder / "kcbx-ledger.db").read_bytes() == before
    collect(month, sent(month, "改好.xlsx", 李红=FOUND, 赵小雨=FOUND))
    assert codes(collect(month, bad)) == ["K617"]


def test_files_of_which_none_is_a_sheet_of_ours_are_named_and_nothing_is_recorded(month):
    other, words = month.folder / "脱贫户.xlsx", month.folder / "说明.txt"
    words.write_text("李红已返校", "utf-8")
    before = (month.folder / "kcbx-ledger.db").read_bytes()
    assert month.kcbx("collect", other, words) == 2
    assert all(name in month.stdout + month.stderr for name in ("脱贫户.xlsx", "说明.txt", "不是 kcbx 印出的表"))
    assert (month.folder / "kcbx-ledger.db").read_bytes() == before
    assert month.kcbx("collect", sent(month, 李红=FOUND), other) == 0
    assert "「脱贫户.xlsx」" in month.stdout


def test_the_same_sheet_twice_changes_nothing(month):
    path = sent(month, 李红=FOUND)
    collect(month, path)
    before = (month.folder / "kcbx-ledger.db").read_bytes()
    told = collect(month, path)
    assert (codes(told), told["files"][0]["state"]) == (["K617"], "known")
    assert (month.folder / "kcbx-ledger.db").read_bytes() == before
    again = collect(month, sent(month, "另存.xlsx", 李红=FOUND))
    assert (again["counts"]["findings"], again["counts"]["unchanged"]) == (0, 1)


def test_a_corrected_sheet_supersedes_its_earlier_self(month):
    first = sent(month, "一.xlsx", 李红=FOUND)
    collect(month, first)
    collect(month, sent(month, "二.xlsx", 李红={"核查结论": "失联"}))
    assert cases(month)["李红"] == (True, "失联")
    with ledger(month) as book:
        history = book.history("2021-0002")
    assert history["what"].tolist() == ["opened", "answered", "withdrawn", "answered"]
    assert history["kind"].tolist()[2:] == ["corrected", "township"]
    collect(month, first)
    assert cases(month)["李红"] == (True, "失联")


def test_two_sheets_that_disagree_leave_the_case_open_until_one_is_corrected(month):
    month.registry(pupil("王小明", "20120305", 1), pupil(*LI, 学生当前状态="流失"))
    assert month.reconcile() == 0
    school = Sheet(next((month.out / "学校核查表").glob("*.xlsx")))
    school.fill(school.row_of("李红"), 核查结论="失联")
    township = sent(month, 李红=FOUND)
    told = collect(month, township, school.save(month.folder / "收到" / "学校.xlsx"), code=1)
    assert (told["conflicts"], codes(told), told["counts"]["findings"]) == (["2021-0002"], ["K616"], 2)
    assert cases(month)["李红"] == (True, "")
    told = collect(month, school.fill(school.row_of("李红"), **FOUND).save(month.folder / "收到" / "学校二.xlsx"))
    assert (told["conflicts"], cases(month)["李红"]) == ([], (False, "在校有学籍"))


def test_one_sender_with_two_minds_in_one_collection(month):
    paths = sent(month, "一.xlsx", 李红=FOUND), sent(month, "二.xlsx", 李红={"核查结论": "失联"})
    assert collect(month, *paths, code=1)["conflicts"] == ["2021-0002"]
    assert cases(month)["李红"] == (True, "")


def test_one_row_twice_in_a_sheet(month):
    sheet = checklist(month)
    row, copy = sheet.row_of("李红"), sheet.blank_row
    for c in range(1, sheet.sheet.max_column + 1):
        sheet.sheet.cell(copy, c).value = sheet.sheet.cell(row, c).value
    sheet.fill(row, **FOUND).fill(copy, 核查结论="失联")
    told = collect(month, sheet.save(month.folder / "收到" / "甲乡.xlsx"), code=1)
    assert (codes(told), told["counts"]["rejected"], told["counts"]["findings"]) == (["K610"], 2, 0)


def test_a_child_found_door_to_door_opens_one_case(month):
    sheet = checklist(month)
    sheet.fill(sheet.blank_row, 村="二村", 姓名="孙新来", 性别="男", 出生日期="2013年4月5日")
    path = sheet.save(month.folder / "收到" / "甲乡.xlsx")
    told = collect(month, path)
    assert (told["opened"], cases(month)["孙新来"]) == (["2021-0004"], (True, ""))
    sheet.fill(sheet.row_of("李红"), **FOUND)
    told = collect(month, sheet.save(month.folder / "收到" / "甲乡二.xlsx"))
    assert (told["opened"], told["counts"]["findings"], codes(told)) == ([], 1, ["K621"])
    assert len(cases(month)) == 4


def test_two_sheets_with_the_same_new_child_open_one_case(month):
    month.households(member(*LI), member(*ZHAO, 乡="乙乡"))
    month.out.rename(month.folder / "旧")
    assert month.reconcile() == 0
    child = {
        "姓名": "孙新来",
        "性别": "男",
        "出生日期": "2013-04-05",
        "身份证号": "999999201304050051",
        "核查结论": "失联",
    }
    paths = []
    for path in sorted((month.out / "乡镇核查表").glob("*乡.xlsx")):
        sheet = Sheet(path)
        paths.append(sheet.fill(sheet.blank_row, **child).save(month.folder / "收到" / path.name))
    assert len(paths) == 2
    told = collect(month, *paths)
    assert len(told["opened"]) == 1 and told["counts"]["findings"] == 2


def test_two_children_whose_names_look_alike_are_two(month):
    """The same birthday and names of one shape, in two townships, without numbers: merged, one of them would be lost."""
    sheet = checklist(month)
    for at, name in enumerate(("孙新子", "孙新孑")):
        sheet.fill(sheet.blank_row, 村=f"{at}村", 姓名=name, 出生日期="2013-04-05")
    told = collect(month, sheet.save(month.folder / "收到" / "甲乡.xlsx"))
    assert len(told["opened"]) == 2 and codes(told) == []


def test_a_child_without_a_name_goes_back_and_one_who_may_be_known_gets_a_case_of_its_own(month):
    sheet = checklist(month)
    sheet.fill(sheet.blank_row, 村="二村", 出生日期="2013-04-05", 核查结论="失联")
    sheet.fill(sheet.blank_row + 1, 姓名="李虹", 性别="女", 出生日期="2013-01-01")
    told = collect(month, sheet.save(month.folder / "收到" / "甲乡.xlsx"), code=1)
    assert codes(told) == ["K619", "K620"] and told["opened"] == ["2021-0004"]


def test_a_child_who_is_known_already_gets_no_second_case(month):
    sheet = checklist(month)
    sheet.fill(sheet.blank_row, 姓名="赵小雨", 身份证号=sheet.sheet.cell(sheet.row_of("赵小雨"), sheet.columns["身份证号"]).value,
               **FOUND)  # fmt: skip
    told = collect(month, sheet.save(month.folder / "收到" / "甲乡.xlsx"))
    assert (told["opened"], codes(told), cases(month)["赵小雨"][0]) == ([], ["K621"], False)


def test_a_collected_workbook_may_be_replaced(month):
    sheet = checklist(month)
    sheet.fill(sheet.row_of("李红"), **FOUND).save()
    assert month.reconcile() == 2 and "collect" in month.stderr
    collect(month, month.out)
    assert month.reconcile() == 0
    assert month.verdict_of(3) == "suspected"  # the list of the month is what it was; the answer is the next month's
    assert reconcile(month)[3] == "cleared"


def test_another_county_another_month_another_version_are_refused_whole(month):
    from openpyxl import load_workbook

    for key, value, code in (("county", "丙县", "K604"), ("as_of", "2021-09-30", "K605"), ("schema", "9", "K626")):
        path = sent(month, f"{key}.xlsx", 李红=FOUND)
        book = load_workbook(path)
        for row in book["_kcbx"].iter_rows(max_row=12):
            if row[0].value == key:
                row[1].value = value
        book.save(path)
        config = month.folder / "kcbx.toml"
        config.write_text('[county]\nname = "甲县"\n', "utf-8")
        told = collect(month, path, code=1)
        assert (codes(told), told["files"][0]["state"], told["counts"]["findings"]) == ([code], "refused", 0)
        config.unlink()


def test_a_late_sheet_of_an_earlier_month(month):
    late = sent(month, "晚.xlsx", 李红=FOUND, 赵小雨=FOUND)
    reconcile(month)
    newer = Sheet(next((month.folder / "十一月" / "乡镇核查表").glob("*甲乡.xlsx")))
    collect(month, newer.fill(newer.row_of("赵小雨"), 核查结论="劝返中").save(month.folder / "收到" / "新.xlsx"))
    told = collect(month, late, code=1)
    assert codes(told) == ["K615", "K623"]
    assert (cases(month)["李红"][0], cases(month)["赵小雨"]) == (False, (True, "劝返中"))


def test_a_dry_run_says_what_would_change_and_writes_nothing(month):
    before = (month.folder / "kcbx-ledger.db").read_bytes()
    path = sent(month, 李红=FOUND, 赵小雨={"核查结论": "在校有学籍"})
    assert month.kcbx("collect", path, "--dry-run", "--json") == 1
    told = json.loads(month.stdout)["data"]
    assert (told["closed"], told["counts"]["rejected"], told["dry_run"]) == (["2021-0002"], 1, True)
    assert (month.folder / "kcbx-ledger.db").read_bytes() == before
    assert not (month.folder / "退回").exists()


def test_csv_as_excel_saves_it(month):
    sheet = checklist(month)
    sheet.fill(sheet.row_of("李红"), **FOUND)
    path = month.folder / "收到" / "甲乡.csv"
    path.parent.mkdir()
    lines = []
    for row in sheet.sheet.iter_rows(values_only=True):
        cells = ["" if v is None else f"{v:%Y/%m/%d}" if isinstance(v, date) else str(v) for v in row]
        lines.append(",".join('"' + c.replace('"', '""') + '"' for c in cells))
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    told = collect(month, path)
    assert (codes(told), told["counts"]["closed"], told["files"][0]["place"]) == (["K606"], 1, "甲乡")
    assert collect(month, sent(month, "甲乡.xlsx", 李红={"核查结论": "失联"}))["conflicts"] == []


def test_a_file_that_is_none_of_ours_and_one_that_cannot_be_read(month):
    month.households(member(*LI), name="收到/名单.xlsx")
    (month.folder / "收到" / "坏.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    sent(month, "甲乡.xlsx", 李红=FOUND)
    told = collect(month, month.folder / "收到", code=1)
    assert {f["file"]: f["state"] for f in told["files"]} == {
        "名单.xlsx": "not_ours", "坏.xlsx": "unreadable", "甲乡.xlsx": "collected",
    }  # fmt: skip
    assert told["counts"]["closed"] == 1


def test_without_a_ledger_there_is_nothing_to_collect_into(office):
    office.households(member(*LI))
    assert office.kcbx("collect", office.folder / "脱贫户.xlsx") == 2
    assert "台账" in office.stderr and not (office.folder / "kcbx-ledger.db").exists()


def test_the_disk_is_full(month, monkeypatch):
    import kcbx_cli.ledger.returns as returns

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    path = sent(month, 李红=FOUND)
    before = (month.folder / "kcbx-ledger.db").read_bytes()
    monkeypatch.setattr(returns, "_add_findings", full)
    assert month.kcbx("collect", path) == 2
    assert (month.folder / "kcbx-ledger.db").read_bytes() == before


def test_a_sheet_whose_date_was_written_over_does_not_keep_the_others_from_being_collected(office):
    office.registry(pupil("赵在读", "20120305", 101))
    office.households(member("钱失学", "20120307", 105), member("孙失学", "20120308", 107, 乡="乙乡"))
    assert office.reconcile() == 0
    for place, day in (("甲乡", "2021-99-99"), ("乙乡", "")):
        sheet = Sheet(office.out / "乡镇核查表" / f"{place}.xlsx").fill(
            5, 核查结论="劝返中", 核查人="周", 核查日期="2021-11-05"
        )
        if day:
            for name in [n for n in sheet.book.sheetnames if sheet.book[n].sheet_state != "visible"]:
                del sheet.book[name]
            (cell,) = [c for row in sheet.sheet.iter_rows(max_row=4) for c in row if "数据截至" in str(c.value)]
            cell.value = cell.value.replace("2021-10-31", day)
        sheet.save(office.folder / "填好" / f"{place}.xlsx")
    assert office.kcbx("collect", "填好", "--json") in (0, 1), office.stdout
    assert json.loads(office.stdout)["data"]["counts"]["findings"] == 2

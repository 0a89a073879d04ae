"""The answers: they point at rows that exist, and they say what the rows bear out."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest
from offices import table
from python_calamine import CalamineWorkbook
from stdnum.cn import ric

from kcbx_cli.sample import TRAPS, County, headers
from kcbx_cli.tables import VERDICT_ORDER


def records(county: County) -> dict[tuple[str, str, int], dict[str, object]]:
    """Every row of every file below its header, by file, sheet and 1-based row."""
    out: dict[tuple[str, str, int], dict[str, object]] = {}
    for path in county.folder.rglob("*.xlsx"):
        book = CalamineWorkbook.from_path(path)
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            head = next(i for i, r in enumerate(rows) if "姓名" in r or "户主姓名" in r)
            for number, row in enumerate(rows[head + 1 :], head + 2):
                out[path.name, sheet, number] = dict(zip(rows[head], row, strict=True))
    junior = county.folder / "学籍" / "初中学籍.csv"
    text = junior.read_bytes().decode("gb18030").splitlines(keepends=True)
    reader = csv.reader(text)
    head, start = next(reader), 2
    for row in reader:
        out[junior.name, "", start] = dict(zip(head, row, strict=True))
        start = reader.line_num + 1
    hand = county.folder / "低收入" / "手工台账.xls"
    for number, row in enumerate(re.findall(r"<tr>(.*?)</tr>", hand.read_bytes().decode("gb18030"), re.S), 1):
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
        if len(cells) == len(headers.HAND):
            out[hand.name, "", number] = dict(zip(headers.HAND, cells, strict=True))
    return out


@pytest.fixture(scope="module")
def written(small) -> dict[tuple[str, str, int], dict[str, object]]:
    return records(small)


def number_of(record: dict[str, object]) -> str:
    found = next(record[h] for h in ("证件号码", "身份证号", "身份证件号") if h in record)
    return str(found).removeprefix('="').removesuffix('"')


def registry_rows(row: dict[str, str]) -> list[tuple[str, str, int]]:
    if not row["registry_row"]:
        return []
    parts = zip(*(row[f"registry_{n}"].split("|") for n in ("file", "sheet", "row")), strict=True)
    return [(file, sheet, int(number)) for file, sheet, number in parts]


def test_every_list_row_and_registry_row_exists(truth, written):
    seen = set()
    for row in truth:
        place = (row["list_file"], row["list_sheet"], int(row["list_row"]))
        assert place not in seen
        seen.add(place)
        assert written[place]["姓名"]
        for pupil in registry_rows(row):
            assert written[pupil].get("姓名") or written[pupil].get("学生姓名")


def test_every_person_row_of_the_lists_has_an_answer(truth, written):
    lists = {"脱贫户监测信息.xlsx", "脱贫人口信息表.xlsx", "手工台账.xls"}
    footers = ("合计", "填表人")
    persons = {
        place
        for place, record in written.items()
        if place[0] in lists and place[1] != "备份" and record["姓名"] not in ("", "姓名")
        and not str(next(iter(record.values()))).startswith(footers)
    }  # fmt: skip
    assert persons == {(r["list_file"], r["list_sheet"], int(r["list_row"])) for r in truth}


def test_verdicts_are_known_and_the_missing_are_never_enrolled(truth):
    for row in truth:
        assert set(row["verdict"].split("|")) <= set(VERDICT_ORDER)
        if row["missing"] == "1":
            assert "enrolled" not in row["verdict"].split("|")
    assert sum(r["missing"] == "1" for r in truth) >= 3


def test_rows_without_harm_agree_with_their_registry_row(truth, written):
    compared = 0
    for row in truth:
        harmed = {t for t in (row["traps"] + ";" + row["registry_traps"]).split(";") if t}
        if not registry_rows(row) or any(t.startswith(("id_", "name_", "sex_")) for t in harmed):
            continue
        on_list, pupil = (
            written[row["list_file"], row["list_sheet"], int(row["list_row"])],
            written[registry_rows(row)[0]],
        )
        assert on_list["姓名"] == (pupil.get("姓名") or pupil["学生姓名"])
        assert number_of(on_list) == number_of(pupil)
        assert on_list["性别"] == pupil["性别"]
        compared += 1
    assert compared >= 15


def test_numbers_without_harm_are_valid_and_nobody_elses(truth, written):
    owner: dict[str, str] = {}
    checked = 0
    for row in truth:
        number = number_of(written[row["list_file"], row["list_sheet"], int(row["list_row"])])
        if "id_" in row["traps"] or not number:
            continue
        assert ric.is_valid(number), row["list_row"]
        assert owner.setdefault(number, row["person"]) == row["person"]
        checked += 1
    assert checked > 100


def test_damaged_numbers_are_damaged_as_told(truth, written):
    looks = {
        "id_numeric": lambda v: isinstance(v, float) and v == float(f"{v:.0f}"[:15] + "000"),
        "id_fifteen": lambda v: len(re.sub(r"[^0-9]", "", str(v))) == 15,
        "id_masked": lambda v: "********" in str(v) and len(str(v)) == 18,
        "id_absent": lambda v: v == "",
        "id_typo": lambda v: not ric.is_valid(str(v)),
        "id_transposed": lambda v: not ric.is_valid(str(v)),
        "id_lower_x": lambda v: "x" in str(v),
        "id_full_width": lambda v: "０" <= str(v).lstrip("'").strip()[0] <= "９",
        "id_disability": lambda v: len(re.sub(r"[^0-9Xx０-９Ｘｘ]", "", str(v))) == 20,
        "id_scientific": lambda v: re.fullmatch(r"\d\.\d{5}E\+17", str(v)),
    }  # fmt: skip
    seen = defaultdict(int)
    for row in truth:
        for trap in set(row["traps"].split(";")) & set(looks):
            record = written[row["list_file"], row["list_sheet"], int(row["list_row"])]
            value = next(record[h] for h in ("证件号码", "身份证号") if h in record)
            assert looks[trap](value), trap
            seen[trap] += 1
    assert set(seen) == set(looks)


def test_verdict_follows_the_registry_status(truth, written):
    words = {"流失", "辍学", "退学", "停学", "下落不明", "开除", "其他", "转出", "转学", "毕业"}
    for row in truth:
        if row["school_age"] == "1" and row["state"] == "attending":
            assert row["verdict"].split("|")[0] in ("enrolled", "out_of_age")
            assert registry_rows(row)
        if row["state"] in ("dropped_out", "transferred_away", "graduated_only"):
            pupil = written[registry_rows(row)[0]]
            assert str(pupil["学生当前状态"]) in words | {"03", "04", "06", "07", "10", "14", "15", "99"}
        if row["state"] in ("never_registered", "outside_unknown", "outside_papers", "deferred"):
            assert not registry_rows(row)


def test_findings_point_at_alarms_or_suspensions(small, written):
    found = table(small.folder / "truth_findings.csv")
    assert {f["finding"] for f in found} == {"alarm_status", "overdue_suspension"}
    for row in found:
        status = str(written[row["registry_file"], row["registry_sheet"], int(row["registry_row"])]["学生当前状态"])
        wanted = (
            ("流失", "辍学", "停学", "下落不明", "04", "06", "15")
            if row["finding"] == "alarm_status"
            else ("休学", "02")
        )
        assert status in wanted


def test_traps_of_the_truth_are_those_of_the_table(truth):
    named = {t for row in truth for t in (row["traps"] + ";" + row["registry_traps"]).split(";") if t}
    assert named <= set(TRAPS)


def test_family_list_has_one_row_a_household_and_no_child(small):
    rows = CalamineWorkbook.from_path(small.folder / "低收入" / "低保户名册.xlsx").get_sheet_by_index(0).to_python()
    assert rows[1][7] == "保障人数" and rows[2][7:10] == ["人数", "重点保障人数", "残疾人数"]
    body = [r for r in rows[3:] if r[3]]
    assert len(body) == small.counts["households"]
    assert all(int(str(r[4])[6:10]) < 2004 for r in body)


def test_biff_golden_holds_what_its_table_says():
    golden = Path(__file__).parents[1] / "read" / "golden"
    assert (golden / "biff.xls").read_bytes()[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    cells = CalamineWorkbook.from_path(golden / "biff.xls").get_sheet_by_index(0).to_python(skip_empty_area=False)
    for cell in csv.DictReader((golden / "biff.csv").read_text("utf-8").splitlines()):
        value = cells[int(cell["row"]) - 1][int(cell["column"]) - 1]
        shown = (
            value.isoformat() if cell["type"] == "date" else repr(float(value)) if cell["type"] == "number" else value
        )
        assert shown == cell["value"]

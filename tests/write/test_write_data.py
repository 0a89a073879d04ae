from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import months
import numpy as np
import pytest

from kcbx_cli.write import plan_month
from kcbx_cli.write.data import run_json, verdicts_csv

VERDICTS = ["list_file", "list_sheet", "list_row", "verdict", "reason", "link_probability", "registry_file",
            "registry_sheet", "registry_row", "case_id", "comparison"]  # fmt: skip


def table(name, month=None):
    planned = plan_month(month or months.small(), months.SETTINGS, {})
    content = next(f.content for f in planned if f.path == f"data/{name}.csv")
    assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def test_verdicts_have_the_columns_that_scripts_rely_on():
    rows = table("verdicts")
    assert list(rows[0]) == VERDICTS
    assert [(r["list_file"], r["list_sheet"], r["list_row"]) for r in rows] == [
        ("低保/成员.csv", "", "77"), *(("低收入名单.xlsx", "Sheet1", str(n)) for n in range(5, 13))
    ]  # fmt: skip


def test_a_linked_row_names_its_registry_row_and_six_decimals():
    by_row = {r["list_row"]: r for r in table("verdicts")}
    linked, without = by_row["6"], by_row["5"]
    assert [linked[c] for c in VERDICTS[5:]] == [
        "0.876543",
        "学籍.xlsx",
        "小学",
        "12",
        "2021-0002",
        "households_registry",
    ]
    assert [without[c] for c in VERDICTS[5:]] == ["", "", "", "", "2021-0001", "households_registry"]


def test_rows_are_in_one_order_whatever_the_frames_order():
    people = [months.person(row=r, file=f) for f, r in (("b.xlsx", 3), ("a.xlsx", 10), ("a.xlsx", 9))]
    assert [(r["list_file"], r["list_row"]) for r in table("verdicts", months.month(people))] == [
        ("a.xlsx", "9"), ("a.xlsx", "10"), ("b.xlsx", "3")
    ]  # fmt: skip


def test_findings():
    assert table("findings") == [
        {"registry_file": "学籍.xlsx", "registry_sheet": "小学", "registry_row": "14", "finding": "alarm_status", "case_id": "2021-0008", "comparison": "registry_status"}
    ]  # fmt: skip


def test_problems():
    rows = table("problems")
    assert list(rows[0]) == ["code", "severity", "file", "sheet", "row", "field"]
    assert [(r["file"], r["row"], r["field"]) for r in rows] == [
        ("低收入名单.xlsx", "8", "id_number"), ("学籍.xlsx", "0", ""), ("学籍.xlsx", "14", "birth_date")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "columns"),
    [("verdicts", VERDICTS), ("findings", ["registry_file", "registry_sheet", "registry_row", "finding", "case_id", "comparison"]),
     ("problems", ["code", "severity", "file", "sheet", "row", "field"])],
)  # fmt: skip
def test_an_empty_month_has_headers(name, columns):
    planned = plan_month(months.month(), months.SETTINGS, {})
    content = next(f.content for f in planned if f.path == f"data/{name}.csv")
    assert content.decode("utf-8-sig") == ",".join(columns) + "\n"


def test_data_holds_no_person():
    month = months.small()
    secrets = {
        v
        for frame in (month.people, month.registry, month.special)
        for column in ("name", "id_pattern", "phone", "head_name", "guardian_name", "village", "id_written")
        for v in frame[column]
        if v
    }
    for f in plan_month(month, months.SETTINGS, {}):
        if f.path.startswith("data/"):
            assert not [s for s in secrets if s in f.content.decode("utf-8")]


@pytest.mark.parametrize("name", ["=cmd|calc", "+x", "-1班", "@附件"])
def test_a_sheet_name_is_no_formula(name):
    rows = table("verdicts", months.month([months.person(sheet=name)]))
    assert rows[0]["list_sheet"] == f"'{name}"


def test_names_with_commas_quotes_and_lone_surrogates():
    month = months.month([months.person(file='名,"单\udc80".csv', sheet="一,二")])
    assert "一,二" in next(csv.DictReader(StringIO(verdicts_csv(month).decode("utf-8-sig"))))["list_sheet"]


def test_run_json_is_readable_and_whole():
    given = {"输入": Path("a/b"), "n": np.int64(3), "day": date(2021, 10, 31), "list": [1.5, None], "bad": "\udc80"}
    text = run_json(given).decode("utf-8")
    assert text.startswith('{\n  "输入": "a/b"') and text.endswith("}\n")
    assert json.loads(text) == {"输入": "a/b", "n": 3, "day": "2021-10-31", "list": [1.5, None], "bad": "\udc80"}


def test_run_json_refuses_what_json_has_not():
    with pytest.raises(TypeError, match="complex"):
        run_json({"x": 1j})
    with pytest.raises(ValueError, match="JSON"):
        run_json({"x": float("nan")})

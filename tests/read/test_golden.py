"""Every format and every trap, read as the golden files say. `python tests/read/regenerate.py` writes them again."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from golden_files import FILES, ONCE
from regenerate import GOLDEN, told

from kcbx_cli import read
from kcbx_cli.read.grid import column_number
from kcbx_cli.settings import Settings


@pytest.mark.parametrize("name", FILES)
def test_a_golden_file_reads_as_expected(name):
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    assert told(GOLDEN / name) == expected


@pytest.mark.parametrize("name", [n for n in FILES if n not in ONCE])
def test_the_builders_still_make_the_same_bytes(name):
    assert FILES[name]() == (GOLDEN / name).read_bytes()


def test_a_true_biff_workbook():
    """biff.xls was written by LibreOffice; biff.csv says what its cells hold."""
    (source,) = read.find([str(GOLDEN / "biff.xls")])
    loaded = read.load(source, Settings())
    (sheet,), (table,) = loaded.sheets, loaded.tables
    with (GOLDEN / "biff.csv").open(encoding="utf-8-sig") as file:
        cells = {(int(c["row"]), int(c["column"])): (c["type"], c["value"]) for c in csv.DictReader(file)}
    fields = {c.field: column_number(c.letter) + 1 for c in sheet.columns if c.field}
    checked = 0
    for row in table.frame.to_dict("records"):
        for field, column in fields.items():
            kind, value = cells.get((row["row"], column), ("empty", None))
            read_as = {"text": str, "number": (int, float), "date": date, "empty": type(None)}[kind]
            assert isinstance(row[field], read_as)
            assert value is None or (row[field] == float(value) if kind == "number" else str(row[field]) == value)
            checked += kind != "empty"
    assert loaded.kind == "xls"
    assert checked > 30


@pytest.mark.parametrize(
    ("name", "called"),
    [("wps.xlsx", "renamed.xls"), ("biff.xls", "renamed.xlsx"), ("page.xls", "renamed.xlsx"), ("open.ods", "renamed.csv"),
     ("gb18030.csv", "renamed.xls"), ("large.parquet", "renamed[1]*.xlsx"), ("binary.xlsb", "renamed.xls")],
)  # fmt: skip
def test_the_name_does_not_decide_the_format(tmp_path, name, called):
    path = tmp_path / called
    path.write_bytes((GOLDEN / name).read_bytes())
    one, other = told(path), told(GOLDEN / name)
    assert (one["kind"], one["tables"]) == (other["kind"], other["tables"])


def test_only_mapped_columns_are_kept_with_their_stored_types():
    (source,) = read.find([str(GOLDEN / "two_rows.xlsx")])
    frame = read.load(source, Settings()).tables[0].frame
    assert list(frame.columns[:3]) == ["row", "name", "sex"]
    assert str(frame["row"].dtype) == "int64"
    assert all(str(d) == "object" for d in frame.dtypes[1:])
    assert {type(v) for v in frame["guardian_phone"]} == {type(None), float, str}


def test_the_report_names_headers_and_never_a_cell():
    for name in FILES:
        (source,) = read.find([str(GOLDEN / name)])
        loaded = read.load(source, Settings(), "秘密123")
        text = "\n".join(read.describe(loaded)) + json.dumps(read.as_data(loaded), ensure_ascii=False)
        assert source.name in text
        assert not any(word in text for word in ("甲小一", "乙小二", "丙小四", "999999", "13800000000"))


def test_rows_that_are_read_and_skipped_are_all_the_rows_below_the_header():
    (source,) = read.find([str(GOLDEN / "two_rows.xlsx")])
    (sheet,) = read.load(source, Settings()).sheets
    assert sheet.rows + sum(sheet.skipped.values()) == 16 - sheet.header_rows[-1]


def test_golden_folder_holds_nothing_that_is_not_tested():
    known = {*FILES, *(f"{n}.json" for n in FILES), "biff.csv", "biff.xls"}
    assert {p.name for p in Path(GOLDEN).iterdir()} == known

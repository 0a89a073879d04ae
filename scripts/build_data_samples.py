"""Make the committed samples anew: `python scripts/build_data_samples.py` (or `make sample-data`).

- data_samples/小县: a county of about 300 pupils in which every trap and every circumstance occurs, with its truth.
- with `--biff` also tests/read/golden/biff.xls, a true BIFF workbook, and biff.csv, what its cells hold. It is converted by
  LibreOffice (`soffice`), whose output is not the same from version to version, so it is made only when asked for.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import shutil
import subprocess
import tempfile
from pathlib import Path

import xlsxwriter

from kcbx_cli.sample import Spec, write_county

ROOT = Path(__file__).parents[1]
SMALL_COUNTY = ROOT / "data_samples" / "小县"
#: The committed county; tests/sample holds it to these bytes.
SMALL_SPEC = Spec(scale=0.0107, seed=5, every_trap=True)
GOLDEN = ROOT / "tests" / "read" / "golden"

HEADER = ["序号", "村", "户主姓名", "姓名", "性别", "与户主关系", "出生日期", "身份证号码", "联系电话", "备注"]
#: Made-up people. An ID number as text, one as a number cell, a date cell, a serial-like number, full-width digits, a blank.
PEOPLE: list[list[object]] = [
    [1, "红花村", "向明福", "向明福", "男", "户主", datetime.date(1979, 3, 8), "512229197903081233", "13896000001", ""],
    [2, "红花村", "向明福", "向俊熙", "男", "之子", "2011.5.6", 500229201105061000, 13896000001, "身份证为数字"],
    [3, "红花村", "向明福", "向　雨", "女", "之女", datetime.date(2014, 12, 1), "500229201412010049", "", "姓名有空格"],
    [4, "新田村", "冉光珍", "冉光珍", "女", "户主", "1981年7月2日", "５１２２２９１９８１０７０２００６３", "13896000002", ""],
    [5, "新田村", "冉光珍", "阿朵·毕兹", "女", "之女", 41275, "", "13896000002", "日期为序列号"],
]  # fmt: skip


def small_county(target: Path) -> None:
    """The small county, in place of what stands at `target`."""
    shutil.rmtree(target, ignore_errors=True)
    write_county(target, SMALL_SPEC)


def biff(folder: Path) -> None:
    """biff.xls by way of LibreOffice, and biff.csv: row, column, type (text, number, date) and value of each cell."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "biff.xlsx"
        cells = _workbook(source)
        command = ["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless", "--convert-to", "xls:MS Excel 97",
                   "--outdir", str(folder), str(source)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    with (folder / "biff.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("row", "column", "type", "value"))
        writer.writerows(cells)


def _workbook(path: Path) -> list[tuple[int, int, str, str]]:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("低收入家庭")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, "某乡低收入家庭人员名册")
    sheet.write_row(2, 0, HEADER)
    cells = [(1, 1, "text", "某乡低收入家庭人员名册")]
    cells += [(3, column, "text", header) for column, header in enumerate(HEADER, 1)]
    for row, person in enumerate(PEOPLE, 4):
        for column, value in enumerate(person, 1):
            if isinstance(value, datetime.date):
                sheet.write_datetime(row - 1, column - 1, datetime.datetime(value.year, value.month, value.day), date)
                cells.append((row, column, "date", value.isoformat()))
            elif isinstance(value, int):
                sheet.write_number(row - 1, column - 1, value)
                cells.append((row, column, "number", repr(float(value))))
            elif value:
                sheet.write_string(row - 1, column - 1, str(value))
                cells.append((row, column, "text", str(value)))
    book.close()
    return cells


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the committed samples anew.")
    parser.add_argument("--biff", action="store_true", help="also the BIFF workbook (needs LibreOffice)")
    options = parser.parse_args()
    small_county(SMALL_COUNTY)
    if options.biff:
        biff(GOLDEN)
    print("data_samples made anew")

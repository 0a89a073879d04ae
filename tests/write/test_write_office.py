"""The workbooks as LibreOffice prints them. What a page looks like is for a person to judge; this holds what was judged."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from zipfile import ZipFile

import months
import openpyxl
import pytest

from kcbx_cli.write import plan_month

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(
        not (SOFFICE and shutil.which("pdftotext")),
        reason="LibreOffice (soffice) or pdftotext is not installed: printed pages are not checked",
    ),
]
KINDS = {
    "township": "乡镇核查表/999999001_青石街道.xlsx",
    "zero": "乡镇核查表/999999103_白鹤乡.xlsx",
    "school": "学校核查表/青石县第一小学.xlsx",
    "suspected": "疑似辍学学生名单.xlsx",
    "review": "待人工比对.xlsx",
    "problems": "数据问题.xlsx",
}

#: words in the headers of the first and the last columns, of each visible sheet
EDGES = {
    "township": [("姓名", "电话")],
    "zero": [("姓名", "电话")],
    "school": [("姓名", "电话")],
    "suspected": [("编号", "群体")],
    "review": [("编号", "判断")],
    "problems": [("名单", "条数"), ("行号", "说明")],
}


def without_heights(content: bytes) -> bytes:
    """The workbook with no row height given, so that the office suite chooses each."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w") as out:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb' ht="[^"]*" customHeight="1"', b"", part)
            out.writestr(name, part)
    return target.getvalue()


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A folder with each kind of workbook as .xlsx and .pdf, and in `fitted` with the heights that the suite chooses."""
    folder = tmp_path_factory.mktemp("office")
    planned = {f.path: f.content for f in plan_month(months.small(), months.SETTINGS, {})}
    (folder / "bare").mkdir()
    for kind, path in KINDS.items():
        (folder / f"{kind}.xlsx").write_bytes(planned[path])
        (folder / "bare" / f"{kind}.xlsx").write_bytes(without_heights(planned[path]))
    for target, out, source in (("pdf", folder, folder), ("xlsx", folder / "fitted", folder / "bare")):
        subprocess.run(
            [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target,
             "--outdir", out, *sorted(source.glob("*.xlsx"))],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    return folder


def sizes(pdf):
    told = subprocess.run(["pdfinfo", "-f", "1", "-l", "99", pdf], check=True, capture_output=True, text=True).stdout
    return [(round(float(w)), round(float(h))) for w, h in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)]


def words(pdf, page="1", last="99"):
    """Every word with its height in points, page by page."""
    args = ["pdftotext", "-bbox", "-f", page, "-l", last, pdf, "-"]
    told = subprocess.run(args, check=True, capture_output=True, text=True).stdout
    return re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', told)


def pages(pdf):
    """The text of each page without blanks."""
    told = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return [re.sub(r"\s", "", page) for page in told.split("\f")[:-1]]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_page_is_a4_lying_down_and_as_wide_as_the_table(printed, kind):
    found = pages(printed / f"{kind}.pdf")
    assert sizes(printed / f"{kind}.pdf") == [(842, 595)] * len(found)
    for page in found:
        assert any(first in page and last in page for first, last in EDGES[kind]), "first and last column on each page"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_line_of_print_is_cut_by_its_row(printed, kind):
    ours = openpyxl.load_workbook(printed / f"{kind}.xlsx")
    theirs = openpyxl.load_workbook(printed / "fitted" / f"{kind}.xlsx")
    for sheet in (s for s in ours.worksheets if s.sheet_state == "visible"):
        fitted = theirs[sheet.title].row_dimensions
        for row in range(1, sheet.max_row + 1):
            assert sheet.row_dimensions[row].height >= fitted[row].height - 0.5, f"{sheet.title} row {row}"


def test_every_name_and_number_is_on_paper(printed):
    text = re.sub(r"\s", "", "".join(w for *_, w in words(printed / "township.pdf")))
    for name in ("赵明华", "冯平", "郑霞", "吴勇", "李欣"):
        assert name in text
    assert months.number("20120305", 1, 0) in text
    assert "经排查，本月无疑似辍学学生" in pages(printed / "zero.pdf")[0]


def test_print_is_not_scaled_below_nine_points(printed):
    found = [
        round(float(bottom) - float(top), 1)
        for top, bottom, word in words(printed / "township.pdf")
        if word == "13800000001"
    ]
    assert found and min(found) >= 9 * 0.97


def test_titles_are_repeated_and_pages_numbered(printed):
    found = pages(printed / "zero.pdf")
    assert len(found) == 2
    for n, page in enumerate(found, start=1):
        assert f"第{n}页共2页" in page and "身份证号" in page

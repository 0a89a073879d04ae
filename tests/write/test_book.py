"""Workbooks are the same bytes by the short way for rows of text as by the library's own."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date
from io import BytesIO

import pytest
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kcbx_cli import write
from kcbx_cli.settings import Settings
from kcbx_cli.write import book, package, review, sheet, suspected
from kcbx_cli.write.cells import clean
from kcbx_cli.write.stamp import Printed, county_stamp

COLUMNS = tuple(book.Col(f"c{n}", f"列{n}", 90, style) for n, style in enumerate(("text", "centre", "date")))


class Plain(Worksheet):
    """The library's worksheet, a cell and a column at a time."""

    widths = ()

    def _write_cols(self):
        for column, pixels in enumerate(self.widths):
            self.set_column_pixels(column, column, pixels)
        super()._write_cols()

    def texts(self, first, rows, styles=None, heights=None):
        for row, cells in enumerate(rows):
            if heights:
                self.set_row(first + row, heights[row])
            for column, text in enumerate(cells):
                style = styles[column] if styles else None
                if text:
                    self.write_string(first + row, column, text, style)
                else:
                    self.write_blank(first + row, column, None, style)

    def lists(self, columns):
        for column, texts in enumerate(columns):
            self.write_column(0, column, texts)

    def across(self, row, last, text, style, height):
        self.set_row(row, height)
        self.merge_range(row, 0, row, last, text, style)


class Library(Workbook):
    """The library's workbook, packed by itself."""

    def __init__(self, options):
        self.target = BytesIO()
        super().__init__(self.target, {**options, "in_memory": True})

    def packed(self):
        self.close()
        return self.target.getvalue()


#: What has to stand on one line, by column. Measured in DejaVu Sans, the widest of the fonts that take 宋体's place.
ON_ONE_LINE = {
    "case_id": "2021-0001", "pair": "2021-0001/1", "birth": "2021-10-31", "id": "9" * 18, "id_number": "9" * 18,
    "id_list": "9" * 18, "id_registry": "9" * 18,
}  # fmt: skip
EMS = {"-": 0.361, "/": 0.337}


def tables():
    """Every table that a module of `write` declares."""
    for module in pkgutil.iter_modules(write.__path__, "kcbx_cli.write."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, tuple) and value and all(isinstance(c, book.Col) for c in value):
                yield f"{module.name}.{name}", value


def test_numbers_and_dates_stand_on_one_line():
    narrow, seen = [], set()
    for name, columns in tables():
        for column in columns:
            text = ON_ONE_LINE.get(column.key, "")
            seen |= {column.key} & set(ON_ONE_LINE)
            if column.px - 6 < sum(EMS.get(c, 0.636) for c in text) * book._EM_PX:
                narrow.append((name, column.key, column.px))
    assert not narrow and len(seen) >= 6


def made(rows):
    day = date(2021, 10, 31)
    made = book.Book("标题", day)
    page = made.sheet("甲", COLUMNS, "标题")
    head = made.heading(page, "标题", ["一", "二"], 2)
    made.header(page, head, COLUMNS, 1)
    made.rows(page, head + 1, COLUMNS, [["另", "一", ""]], 15.0)
    page.write_string(head + 1, 0, "改过", made.style("differs"))
    page.write_rich_string(head + 1, 2, made.style("red"), "红", made.style("black"), "黑", made.style("differs"))
    made.rows(page, head + 2, COLUMNS, rows, 18.0)
    made.strip(page, (head + 4 + len(rows), 2), "签字", "line", 36)
    made.drop_down(page, (head + 1, 2, head + 9, 2), ["是", "否"], "选")
    made.drop_down(page, (head + 1, 1, head + 9, 1), ["甲", "", "是"], "选")
    marks = [("", "甲", "", "乙"), ("1", "", "", ""), *((str(n), "丙") for n in range(40))]
    return made.finish(county_stamp("quality", Printed((), (), [()] * len(marks), marks), Settings(), day))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["", "", ""]],
        [
            ["甲", "", "<&\">'"],
            ["甲", " 两端有空格 ", "_x0041_\x07"],
            ["<r>甲</r>", "甲\t", "\ufffe乙"],
            ["", "", "2021-10-31"],
        ],
        [[clean("长" * 40_000), "甲", ""], ["乙" * 10_001, "", "\n\n"]],
        [[f"{n}甲", f"{n % 7}", ""] for n in range(300)],
    ],
    ids=["none", "blank", "odd", "long", "many"],
)
def test_rows_of_text_are_written_as_the_library_writes_cells(monkeypatch, rows):
    short = made(rows)
    monkeypatch.setattr(sheet, "Sheet", Plain)
    monkeypatch.setattr(package, "Texts", Library)
    assert made(rows) == short


def test_a_number_whose_digits_are_all_red_stands_on_one_line():
    """Bold digits of the font that takes the place of a missing one are 0.696 em wide."""
    numbers = [c for c in review.COLUMNS if c.key in ("id_list", "id_registry")]
    assert len(numbers) == 2
    assert all(c.px - 6 >= 18 * 0.696 * book._EM_PX for c in numbers)


def test_a_child_of_two_lists_takes_three_lines_of_the_suspected_list():
    texts = {
        "kind": "疑似辍学", "grade": "小学三年级", "township": "葛城街道", "sources": "户籍×学籍\n脱贫户监测信息第1046行\n户籍学龄人口第2180行",
        "reason": "学籍系统里没有找到；名单写着在校：小学", "family": "户主:甲大一\n13900000000",
    }  # fmt: skip
    cells = [texts.get(c.key, "") for c in suspected.COLUMNS]
    assert book.row_height(cells, suspected.COLUMNS, 28.0) == 3 * 13.0 + 4
    assert sum(c.px for c in suspected.COLUMNS) <= book.PAGE_PX

"""Workbooks are the same bytes by the short way for rows of text as by the library's own."""

from __future__ import annotations

from datetime import date

import pytest
from xlsxwriter.worksheet import Worksheet

from kcbx_cli.settings import Settings
from kcbx_cli.write import book, sheet
from kcbx_cli.write.stamp import Printed, county_stamp

COLUMNS = tuple(book.Col(f"c{n}", f"列{n}", 90, style) for n, style in enumerate(("text", "centre", "date")))


class Plain(Worksheet):
    """The library's worksheet, a cell at a time."""

    def texts(self, row, cells, styles):
        for column, (text, style) in enumerate(zip(cells, styles, strict=True)):
            if text:
                self.write_string(row, column, text, style)
            else:
                self.write_blank(row, column, None, style)


def made(rows):
    day = date(2021, 10, 31)
    made = book.Book("标题", day)
    page = made.sheet("甲", COLUMNS, "标题")
    head = made.heading(page, "标题", ["一", "二"], 2)
    made.header(page, head, COLUMNS, 1)
    made.rows(page, head + 1, COLUMNS, rows, 18.0)
    made.drop_down(page, (head + 1, 2, head + 9, 2), ["是", "否"], "选")
    return made.finish(county_stamp("quality", Printed((), (), [], []), Settings(), day))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["", "", ""]],
        [["甲", "", "<&\">'"], ["甲", " 两端有空格 ", "_x0041_\x07"], ["", "", "2021-10-31"]],
        [["长" * 40_000, "甲", ""], ["乙" * 10_001, "", "\n\n"]],
        [[f"{n}甲", f"{n % 7}", ""] for n in range(300)],
    ],
    ids=["none", "blank", "odd", "long", "many"],
)
def test_rows_of_text_are_written_as_the_library_writes_cells(monkeypatch, rows):
    short = made(rows)
    monkeypatch.setattr(sheet, "Sheet", Plain)
    assert made(rows) == short

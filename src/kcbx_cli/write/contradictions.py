"""名单对照.xlsx: where two lists, or a list and the registry, say different things of one child: both records side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np

from kcbx_cli.problems import KINDS
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FIELDS, Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Person, records
from kcbx_cli.write.printed import class_words, id_words, place, school_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import day, month_words

NAME = "名单对照.xlsx"
_SIDES = (("one", "甲"), ("other", "乙"))
_SHOWN = (("source", "出处", 104), ("name", "姓名", 56), ("birth", "出生\n日期", 76), ("id", "证件号码", 148),
          ("says", "户籍、学校与状态", 110))  # fmt: skip
COLUMNS = (
    Col("number", "序号", 34, "centre"),
    Col("what", "哪里不一致", 130),
    Col("field", "列", 60),
    *(Col(f"{key}_{side}", f"{mark}：{word}", px) for side, mark in _SIDES for key, word, px in _SHOWN),
    Col("remedy", "处理办法", 120),
)
_PLACE = ("file", "sheet", "row")
_Place = tuple[str, str, int]


def contradictions_book(month: Month, settings: Settings) -> bytes:
    """The workbook: one row a contradiction, by its kind, file, sheet and row."""
    title = f"{settings.county.name}名单对照（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    sheet = book.sheet("名单对照", COLUMNS, title)
    rows = list(_rows(month, settings.county.name))
    last = len(COLUMNS) - 1
    notes = [f"共 {len(rows)} 处　　同一名儿童(或同一个证号)的两份记录并排列出;请对照户口簿核实,改正写错的一方"]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, COLUMNS, 2)
    book.rows(sheet, head + 1, COLUMNS, rows, 24.0)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
    else:
        book.strip(sheet, (head + 1, last), "本月各名单没有互相矛盾的记录", "zero", 40)
    table = Printed(tuple(c.key for c in COLUMNS), ("number",), rows, [(row[0],) for row in rows])
    return book.finish(county_stamp("contradictions", table, settings, month.as_of))


def _rows(month: Month, county: str) -> Iterator[list[str]]:
    order = ["code", *_PLACE, "other_file", "other_sheet", "other_row", "field"]
    pairs = month.contradictions.sort_values(order, kind="stable")
    shown = _people(month)
    number = 0
    for _, same in groupby(records(pairs), key=lambda p: (p.code, p.field, *_pair(p))):
        pair = next(same)
        number += 1
        kind = KINDS[pair.code]
        one, other = _pair(pair)
        cells = {
            "number": str(number),
            "what": kind.sentence,
            "field": FIELDS.get(pair.field, ""),
            "remedy": kind.remedy,
        }
        for side, where in (("one", one), ("other", other)):
            cells |= {f"{key}_{side}": text for key, text in _side(shown.get(where), county).items()}
        yield [clean(cells.get(c.key, "")) for c in COLUMNS]


def _pair(pair: Any) -> tuple[_Place, _Place]:
    return (pair.file, pair.sheet, pair.row), (pair.other_file, pair.other_sheet, pair.other_row)


def _people(month: Month) -> dict[_Place, Person]:
    """The rows that the contradictions name."""
    wanted = {where for pair in records(month.contradictions) for where in _pair(pair)}
    lines = np.array(sorted({row for _, _, row in wanted}), dtype=np.int64)
    found: dict[_Place, Person] = {}
    for frame in (month.people, month.registry, month.attendance, month.special):
        near = np.flatnonzero(np.isin(frame["row"].to_numpy(), lines))
        places = zip(*(frame[name].to_numpy()[near].tolist() for name in _PLACE), strict=True)
        there = np.fromiter((where in wanted for where in places), dtype=np.bool_, count=len(near))
        for who in records(frame.iloc[near[there]]):
            found.setdefault((who.file, who.sheet, who.row), who)
    return found


def _side(who: Person, county: str) -> dict[str, str]:
    """One record, as far as it is known."""
    if who is None:
        return {}
    says = (
        f"{who.township}{who.village}",
        who.removed,
        school_words(who, county),
        class_words(who),
        who.status,
        who.schooling,
    )
    return {
        "source": place(who), "name": who.name, "birth": day(who.birth or who.id_birth), "id": id_words(who),
        "says": "\n".join(text for text in says if text),
    }  # fmt: skip

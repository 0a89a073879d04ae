"""The workbook of `kcbx cases list`: the chosen cases, a row each, for the county's own eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kcbx_cli.settings import Settings
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.printed import id_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import STATE_WORDS, UNKNOWN_TOWNSHIP, day, kind_word

COLUMNS = (
    Col("number", "序号", 30, "centre"),
    Col("case_id", "编号", 76, "centre"),
    Col("state", "状态", 48, "centre"),
    Col("township", "乡镇", 60, "centre"),
    Col("village", "村", 60, "centre"),
    Col("name", "姓名", 56, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("id_number", "身份证号", 148, "centre"),
    Col("school", "学籍学校\n与年级", 92),
    Col("kind", "类别", 60, "centre"),
    Col("sentence", "原因", 150),
    Col("months", "在册\n月数", 34, "centre"),
    Col("first", "首次列入", 76, "centre"),
    Col("disposition", "核查结论\n与有效期", 88),
    Col("paper", "手续与\n有效期", 76),
    Col("responsible", "责任人", 132),
)


def cases_book(caseload: Sequence[Any], people: Mapping[str, Any], settings: Settings, as_of: date) -> bytes:
    """The workbook of these rows of CASELOAD; `people` are rows of PEOPLE by case number."""
    title = f"{settings.county.name}控辍保学个案（{as_of.isoformat()}）"
    book = Book(title, as_of)
    sheet = book.sheet("个案", COLUMNS, title)
    last = len(COLUMNS) - 1
    head = book.heading(sheet, title, [f"共 {len(caseload)} 个"], last)
    book.header(sheet, head, COLUMNS, 6)
    rows = []
    for n, case in enumerate(caseload, start=1):
        who = people.get(case.case_id)
        cells = {
            "number": str(n),
            "case_id": case.case_id,
            "state": STATE_WORDS[case.state],
            "township": case.township or UNKNOWN_TOWNSHIP,
            "village": case.village,
            "name": who.name if who else "",
            "birth": day(who.birth or who.id_birth) if who else "",
            "id_number": id_words(who) if who else "",
            "school": f"{case.school}{case.grade}",
            "kind": kind_word(case.kind),
            "sentence": case.sentence.removesuffix("。"),
            "months": str(case.months),
            "first": day(case.first),
            "disposition": _until(case.disposition, case.expires),
            "paper": _until(case.category, case.valid_until),
            "responsible": case.responsible,
        }
        rows.append([clean(cells[c.key]) for c in COLUMNS])
        book.row(sheet, head + n, COLUMNS, rows[-1], 24.0)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
    else:
        book.strip(sheet, (head + 1, last), "没有符合条件的个案", "zero", 40)
    table = Printed(tuple(c.key for c in COLUMNS), ("case_id",), rows, [(row[1],) for row in rows])
    return book.finish(county_stamp("cases", table, settings, as_of))


def _until(word: str, last: int) -> str:
    return f"{word}\n至{day(last)}" if word and last else word

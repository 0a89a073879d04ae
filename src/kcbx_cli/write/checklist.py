"""The checklist that a teacher carries into a village, and the one that a school fills in about its own pupils."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kcbx_cli.settings import Settings
from kcbx_cli.write.book import Book, Col, last_starts_page
from kcbx_cli.write.children import Child
from kcbx_cli.write.roster import Place, roster_rows, roster_stamp, roster_title
from kcbx_cli.write.stamp import letter
from kcbx_cli.write.watchlist import Watched, watch_rows, watch_sheet
from kcbx_cli.write.wording import ZERO, issue_words, school_age_rule

#: The blanks are wide enough for a pen, so that the sheet is a little wider than the page, and printed smaller.
_FILL = (
    Col("method", "核查\n方式", 36, "centre", True),
    Col("checked_on", "核查\n日期", 42, "date", True),
    Col("outcome", "核查\n结论", 52, "centre", True),
    Col("whereabouts", "去向/\n就读学校", 62, "text", True),
    Col("evidence", "佐证\n材料", 52, "text", True),
    Col("persuasion", "劝返记录", 100, "text", True),
    Col("checker", "核查人", 46, "centre", True),
    Col("checker_phone", "联系电话", 74, "centre", True),
)
_PRINTED = (
    Col("number", "序号", 22, "centre"),
    Col("case_id", "编号", 72, "centre"),
    Col("place", "村", 38, "centre"),
    Col("name", "姓名", 44, "centre"),
    Col("sex", "性别", 20, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("id_number", "身份证号", 146, "centre"),
    Col("family", "家庭与\n监护人", 92),
    Col("school", "应读学校\n与年级", 68),
    Col("reason", "列入原因", 86),
    Col("near", "最相近的\n学籍记录", 80),
)
#: Where there is a roster of responsible people.
_RESPONSIBLE = Col("responsible", "责任人", 48, "centre")
_TOWNSHIP = (*_PRINTED, *_FILL)
_SCHOOL_WORDS = {"place": "年级\n班级", "school": "应读年级\n与住址", "near": "学籍登记\n情况"}
_SCHOOL = (
    *(Col(c.key, _SCHOOL_WORDS.get(c.key, c.header), c.px, c.style) for c in _PRINTED),
    *_FILL,
)
#: row of the header, below the title and two small lines
_HEAD = 3
_ROW_PT = 42.0
_BLANK_PT = (40.0, 39.0, 38.0, 37.0, 36.0, 35.0)
_SIGNATURE_PT = 36.0


def checklist(
    place: Place, children: Sequence[Child], settings: Settings, as_of: date, watched: Sequence[Watched] = ()
) -> bytes:
    """The workbook for one place; without children it is the zero sheet, with room for what the door-to-door finds.

    A school that has somebody on the watch list has them on a sheet of their own.
    """
    columns = _TOWNSHIP if place.audience == "township" else _SCHOOL
    if any(child.responsible for child in children):
        columns = (*columns[: len(_PRINTED)], _RESPONSIBLE, *columns[len(_PRINTED) :])
    title = roster_title(place, settings, as_of)
    book = Book(title, as_of)
    sheet = book.sheet("核查表", columns, title)
    last = len(columns) - 1
    head = book.heading(sheet, title, _notes(place, len(children), settings, as_of), last)
    book.header(sheet, head, columns, 4)
    rows = roster_rows(place, children, settings)
    end = _children(book, sheet, columns, head, [[r.get(c.key, "") for c in columns] for r in rows])
    if place.audience == "township":
        end = _found(book, sheet, columns, end, settings.checklist.blank_rows)
    _rules(book, sheet, columns, (head + 1, end - 1), settings)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
    _signatures(book, sheet, place, end, last)
    layout = {c.key: letter(i) for i, c in enumerate(columns)}
    more = watch_rows(watched)
    if more:
        watch_sheet(book, title, more)
    return book.finish(roster_stamp(place, rows, layout, settings, as_of, more))


def _notes(place: Place, count: int, settings: Settings, as_of: date) -> list[str]:
    kind = "乡镇（街道）" if place.audience == "township" else "学校"
    code = f"（{place.code}）" if place.code else ""
    name = place.name.removesuffix(code)  # a school that shares its name has the code in it
    return [
        f"期号：{issue_words(settings, as_of)}　　{kind}：{name}{code}　　数据截至：{as_of.isoformat()}　　"
        f"本期应核查 {count} 人",
        school_age_rule(settings.school_age, as_of),
    ]


def _children(book: Book, sheet: Any, columns: Sequence[Col], head: int, rows: Sequence[list[str]]) -> int:
    """The rows of the children, or the sentence that there are none; returns the next free row."""
    if not rows:
        book.strip(sheet, (head + 1, len(columns) - 1), ZERO, "zero", 40)
        return head + 2
    book.rows(sheet, head + 1, columns, rows, _ROW_PT)
    return head + 1 + len(rows)


def _found(book: Book, sheet: Any, columns: Sequence[Col], row: int, count: int) -> int:
    """The title 摸排发现 and numbered blank rows; returns the next free row."""
    if count <= 0:
        return row
    words = "摸排发现（挨家挨户摸排发现、以上没有列出的儿童少年，每人一行；「列入原因」填发现经过，「最相近的学籍记录」填户口和学籍情况）"
    repeated = book.heights[_HEAD]
    book.strip(sheet, (row, len(columns) - 1), words, "band", 20)
    least = _blank_height(book.heights, repeated, count)
    empty = [""] * (len(columns) - 1)
    book.rows(sheet, row + 1, columns, [[str(n), *empty] for n in range(1, count + 1)], least)
    return row + count + 1


def _blank_height(above: Sequence[float], repeated: float, count: int) -> float:
    """The height of the blank rows, at least 12 mm: less than usual where the signatures would stand on a page alone."""
    for height in _BLANK_PT:
        if not last_starts_page([*above, *[height] * count, _SIGNATURE_PT], repeated):
            return height
    return _BLANK_PT[0]


def _rules(book: Book, sheet: Any, columns: Sequence[Col], span: tuple[int, int], settings: Settings) -> None:
    """Drop-downs, the date rule and the colour of rows that wait for an outcome, over the rows of `span`."""
    at = {c.key: i for i, c in enumerate(columns)}
    first, end = span

    def over(key: str) -> tuple[int, int, int, int]:
        return first, at[key], end, at[key]

    book.drop_down(sheet, over("method"), settings.checklist.methods, "核查方式")
    book.drop_down(sheet, over("outcome"), [d.label for d in settings.dispositions], "核查结论")
    book.date_rule(sheet, over("checked_on"), "核查日期")
    case, outcome = letter(at["case_id"]), letter(at["outcome"])
    waiting = f"=AND(LEN(${case}{first + 1})>0,LEN(TRIM(${outcome}{first + 1}))=0)"
    mark = {"type": "formula", "criteria": waiting, "format": book.style("todo")}
    sheet.conditional_format(first, 0, end, at["name"], mark)
    sheet.conditional_format(*over("outcome"), mark)


def _signatures(book: Book, sheet: Any, place: Place, row: int, last: int) -> None:
    township = place.audience == "township"
    who = ("村负责人（签字）", "乡镇负责人（签字盖章）") if township else ("班主任（签字）", "校长（签字盖章）")
    line = "".join(f"{w}：____________________　　　　" for w in who) + "核查日期：________年____月____日"
    book.strip(sheet, (row, last), line, "line", _SIGNATURE_PT)

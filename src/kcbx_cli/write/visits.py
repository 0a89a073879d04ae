"""责任人走访表/: for each responsible person their children in the order of a day's visits, and a summary of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Child, Person, records
from kcbx_cli.write.filenames import safe_stem, unique
from kcbx_cli.write.printed import family, identity, school_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import UNKNOWN_TOWNSHIP, month_words

FOLDER = "责任人走访表"
COLUMNS = (
    Col("number", "序号", 30, "centre"),
    Col("case_id", "编号", 76, "centre"),
    Col("township", "乡镇", 60, "centre"),
    Col("village", "村", 68, "centre"),
    Col("family", "家庭与\n监护人", 116),
    Col("name", "姓名", 60, "centre"),
    Col("sex", "性别", 28, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("school", "应读年级\n与学籍学校", 110),
    Col("reason", "列入原因", 130),
    Col("visited", "走访日期", 70, "centre", True),
    Col("found", "走访情况", 184, "text", True),
    Col("signed", "家长签字", 72, "centre", True),
)
SUMMARY = (
    Col("number", "序号", 50, "centre"),
    Col("role", "角色", 126, "centre"),
    Col("name", "姓名", 90, "centre"),
    Col("title", "职务", 120, "centre"),
    Col("phone", "电话", 130, "centre"),
    Col("scope", "责任范围", 240),
    Col("count", "本月要走访\n的孩子", 84, "centre"),
    Col("new", "其中本月新增\n和重新列入", 92, "centre"),
    Col("long", "其中在册\n满三个月", 84, "centre"),
    Col("found", "其中已有\n核查结论", 84, "centre"),
)


#: Open for so many months, a case is told apart in the summary.
_LONG = 3


@dataclass(frozen=True, slots=True)
class VisitBook:
    """One file to be made: where, how many children or people it has, and how."""

    path: str
    rows: int
    make: Callable[[], bytes]


def visit_books(month: Month, children: Sequence[Child], settings: Settings) -> list[VisitBook]:
    """A workbook for each responsible person who has a child to visit, and the summary; nothing without a roster.

    `children` stand in the order of the visits: by township, village and household. One person is a name with a
    telephone number, whatever the roles.
    """
    if not len(month.responsible):
        return []
    roster: list[Person] = list(month.responsible.itertuples(index=False, name="Row"))
    own: dict[tuple[str, str], list[Child]] = {(p.name, p.phone): [] for p in roster}
    for child in children:
        for key in dict.fromkeys((p.name, p.phone) for p in child.responsible):
            own[key].append(child)
    taken: set[str] = {"汇总"}
    books = [VisitBook(f"{FOLDER}/汇总.xlsx", len(roster), partial(_summary, month, roster, own, settings))]
    for key, mine in own.items():
        if mine:
            who = next(p for p in roster if (p.name, p.phone) == key)
            stem = unique(safe_stem(f"{who.role}_{who.name}", "责任人"), taken)
            books.append(VisitBook(f"{FOLDER}/{stem}.xlsx", len(mine), partial(_visits, month, who, mine, settings)))
    return books


def scope_words(person: Person) -> str:
    """What the person answers for, as the roster names it."""
    household = f"{person.head_name or person.household}户" if person.head_name or person.household else ""
    return "".join(p for p in (person.township, person.village, person.school, household) if p) or "全县"


def _visits(month: Month, who: Person, children: Sequence[Child], settings: Settings) -> bytes:
    title = f"{settings.county.name}控辍保学走访表（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    sheet = book.sheet("走访表", COLUMNS, title)
    last = len(COLUMNS) - 1
    notes = [
        f"责任人：{who.role} {who.name}　{who.title}　{who.phone}　　数据截至：{month.as_of.isoformat()}　　共 {len(children)} 名孩子"
    ]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, COLUMNS, 6)
    rows = []
    for n, child in enumerate(children, start=1):
        school = school_words(child.registered, settings.county.name) if child.registered is not None else ""
        cells = {
            "number": str(n),
            "case_id": child.case_id,
            "township": child.township or UNKNOWN_TOWNSHIP,
            "village": child.village,
            "family": family(child, "township", settings.checklist),
            **identity(child, "township"),
            "school": "\n".join(p for p in (child.expected_grade, school) if p),
            "reason": child.sentence.removesuffix("。"),
        }
        rows.append([clean(cells.get(c.key, "")) for c in COLUMNS])
        book.row(sheet, head + n, COLUMNS, rows[-1], 42.0)
    signed = "责任人（签字）：____________________　　　　走访日期：________年____月____日"
    book.strip(sheet, (head + len(rows) + 1, last), signed, "line", 36)
    return book.finish(county_stamp("visits", _printed(COLUMNS, rows), settings, month.as_of))


def _summary(
    month: Month, roster: Sequence[Person], own: dict[tuple[str, str], list[Child]], settings: Settings
) -> bytes:
    title = f"{settings.county.name}控辍保学责任人汇总（{month_words(month.as_of)}）"
    months = {c.case_id: c.months for c in records(month.changes)}
    fresh = {c.case_id for c in records(month.changes) if c.change in ("new", "reopened")}
    found = {c.case_id for c in records(month.cases) if c.disposition} - fresh
    book = Book(title, month.as_of)
    sheet = book.sheet("汇总", SUMMARY, title)
    last = len(SUMMARY) - 1
    rows = []
    for n, ((name, phone), children) in enumerate(own.items(), start=1):
        mine = [p for p in roster if (p.name, p.phone) == (name, phone)]
        cells = {
            "number": str(n),
            "role": "、".join(dict.fromkeys(p.role for p in mine if p.role)),
            "name": name,
            "title": "、".join(dict.fromkeys(p.title for p in mine if p.title)),
            "phone": phone,
            "scope": "、".join(dict.fromkeys(scope_words(p) for p in mine)),
            "count": str(len(children)),
            "new": str(sum(c.case_id in fresh for c in children)),
            "long": str(sum(months.get(c.case_id, 0) >= _LONG for c in children)),
            "found": str(sum(c.case_id in found for c in children)),
        }
        rows.append([clean(cells[c.key]) for c in SUMMARY])
    head = book.heading(sheet, title, [f"共 {len(rows)} 名责任人"], last)
    book.header(sheet, head, SUMMARY, 3)
    for n, row in enumerate(rows, start=1):
        book.row(sheet, head + n, SUMMARY, row, 22.0)
    sheet.autofilter(head, 0, head + len(rows), last)
    return book.finish(county_stamp("visits", _printed(SUMMARY, rows), settings, month.as_of))


def _printed(columns: Sequence[Col], rows: Sequence[Sequence[str]]) -> Printed:
    return Printed(tuple(c.key for c in columns), ("number",), rows, [(row[0],) for row in rows])

"""月度变化.xlsx: which cases are new, back, going on or closed since the month before, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Child, people_at, records
from kcbx_cli.write.places import township_order
from kcbx_cli.write.printed import id_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import UNKNOWN_TOWNSHIP, closed_words, day, kind_word, month_words

#: change -> the sheet that tells it
SHEETS = {"new": "新增", "reopened": "重新列入", "continuing": "延续", "closed": "销号"}
_NOTHING = {
    "new": "本月没有新增",
    "reopened": "本月没有重新列入",
    "continuing": "没有延续的个案",
    "closed": "本月没有销号",
}
_UNLISTED = "本月不在任何名单上，去向待查"
#: One case of the month: the printed cells by column key, and `change`, `verdict`, `disposition` and `closed_by`.
CaseRow = dict[str, str]
COLUMNS = (
    Col("number", "序号", 34, "centre"),
    Col("case_id", "编号", 76, "centre"),
    Col("township", "乡镇", 72, "centre"),
    Col("village", "村", 80, "centre"),
    Col("name", "姓名", 66, "centre"),
    Col("sex", "性别", 30, "centre"),
    Col("birth", "出生日期", 78, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("kind", "类别", 76, "centre"),
    Col("why", "原因", 272),
    Col("first", "首次列入", 78, "centre"),
    Col("months", "在册\n月数", 68, "centre"),
)
SUMMARY = (
    Col("township", "乡镇（街道）", 230, "centre"),
    Col("before", "上期在册", 140, "centre"),
    Col("new", "新增", 140, "centre"),
    Col("reopened", "重新列入", 140, "centre"),
    Col("closed", "销号", 140, "centre"),
    Col("continuing", "其中延续", 140, "centre"),
    Col("now", "本期在册", 150, "centre"),
)


def changes_book(month: Month, rows: Sequence[CaseRow], settings: Settings) -> bytes:
    """The workbook: counts by township, then a sheet for each kind of change, by township and case number."""
    title = f"{settings.county.name}控辍保学个案月度变化（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    _summary(book, title, rows)
    for change, name in SHEETS.items():
        sheet = book.sheet(name, COLUMNS, title)
        own = [r for r in rows if r["change"] == change]
        last = len(COLUMNS) - 1
        head = book.heading(sheet, f"{title}：{name}", [f"共 {len(own)} 人"], last)
        book.header(sheet, head, COLUMNS, 5)
        cells = [[str(n), *(row[c.key] for c in COLUMNS[1:])] for n, row in enumerate(own, start=1)]
        book.rows(sheet, head + 1, COLUMNS, cells, 24.0)
        if own:
            sheet.autofilter(head, 0, head + len(own), last)
        else:
            book.strip(sheet, (head + 1, last), _NOTHING[change], "zero", 40)
    cells = [["", *(r[c.key] for c in COLUMNS[1:])] for r in rows]
    table = Printed(tuple(c.key for c in COLUMNS), ("case_id",), cells, [(r["case_id"],) for r in rows])
    return book.finish(county_stamp("changes", table, settings, month.as_of))


def case_rows(month: Month, children: Sequence[Child], settings: Settings) -> list[CaseRow]:
    """Every case of the month and of the one before, by township and case number."""
    at_work = {child.case_id: child for child in children}
    known = people_at(month.known, month.changes["identity"].to_list())
    order = township_order(settings)
    found = dict(zip(month.cases["case_id"], month.cases["disposition"], strict=True))
    rows = []
    for change in records(month.changes):
        child = at_work.get(change.case_id)
        who: Any = child.person if child is not None else known.get(change.identity)
        rows.append(
            {
                "change": change.change,
                "case_id": change.case_id,
                "township": (child.township if child else getattr(who, "township", "")) or UNKNOWN_TOWNSHIP,
                "village": child.village if child else getattr(who, "village", ""),
                **_identity(who),
                "kind": kind_word(child.kind) if child and change.change != "closed" else "",
                "why": _why(change, child),
                "first": day(change.first),
                "months": str(change.months),
                "verdict": change.kind,
                "disposition": found.get(change.case_id, ""),
                "closed_by": change.disposition,
            }
        )
    cleaned = [{key: clean(text) for key, text in row.items()} for row in rows]
    return sorted(cleaned, key=lambda r: order(r["township"]))


def is_dropout(row: CaseRow, settings: Settings) -> bool:
    """Whether a case counts as 辍学: its newest finding says so, or the attendance lists pass the day count."""
    dropout = {d.label for d in settings.dispositions if d.dropout}
    return row["disposition"] in dropout or row["verdict"] == "dropout"


def _identity(who: Any) -> dict[str, str]:
    """Nothing where the identity was purged."""
    if who is None:
        return {"name": "", "sex": "", "birth": "", "id_number": ""}
    return {"name": who.name, "sex": who.sex, "birth": day(who.birth or who.id_birth), "id_number": id_words(who)}


def _why(change: Any, child: Child | None) -> str:
    if change.change == "closed":
        return closed_words(change.kind, change.disposition)
    return child.sentence.removesuffix("。") if child is not None else _UNLISTED


def _summary(book: Book, title: str, rows: Sequence[Mapping[str, str]]) -> None:
    sheet = book.sheet("汇总", SUMMARY, title)
    last = len(SUMMARY) - 1
    notes = ["本期在册 = 上期在册 + 新增 + 重新列入 − 销号；上期名单写出以后收回的核查结论，计入本期"]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, SUMMARY, 1)
    counted = Counter((r["township"], r["change"]) for r in rows)
    places = list(dict.fromkeys(r["township"] for r in rows))
    for n, name in enumerate((*places, "合计"), start=1):
        within = places if name == "合计" else [name]
        count = {change: sum(counted[place, change] for place in within) for change in SHEETS}
        count["before"] = count["continuing"] + count["closed"]
        count["now"] = count["continuing"] + count["new"] + count["reopened"]
        cells = [name, *(str(count[c.key]) for c in SUMMARY[1:])]
        book.row(sheet, head + n, SUMMARY, cells, 17.0)

"""The county's suspected list: one row a child, with all the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Child, Person
from kcbx_cli.write.compared_words import COMPARISON_WORDS, comparison_lines
from kcbx_cli.write.printed import (
    class_words,
    family,
    identity,
    near_record,
    papers,
    registered_record,
    school_words,
    shorter,
    sources,
    stated,
)
from kcbx_cli.write.roster import IDENTITY
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import (
    UNKNOWN_TOWNSHIP,
    ZERO,
    attendance_rule,
    issue_words,
    kind_word,
    month_words,
    school_age_rule,
)

#: Wide where most rows have their longest text, so that few rows are higher than three lines.
COLUMNS = (
    Col("number", "序号", 30, "centre"),
    Col("case_id", "编号", 72, "centre"),
    Col("township", "乡镇", 30, "centre"),
    Col("village", "村", 30, "centre"),
    Col("name", "姓名", 43, "centre"),
    Col("sex", "性别", 20, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("id_number", "身份证号", 146, "centre"),
    Col("family", "家庭与\n监护人电话", 91),
    Col("grade", "应读\n年级", 43, "centre"),
    Col("kind", "类别", 30, "centre"),
    Col("reason", "列入原因", 90),
    Col("sources", "比对与\n名单出处", 146),
    Col("stated", "名单所载\n就学情况", 56),
    Col("registered", "学籍登记或\n最相近的记录", 102),
    Col("paper", "特殊安\n排手续", 45),
    Col("groups", "群体\n标签", 30),
)


def suspected_list(children: Sequence[Child], settings: Settings, month: Month) -> bytes:
    """The workbook 疑似辍学学生名单.xlsx; without children it says so and is signed all the same."""
    as_of = month.as_of
    title = f"{settings.county.name}疑似辍学学生名单（{month_words(as_of)}）"
    book = Book(title, as_of)
    sheet = book.sheet("疑似辍学学生名单", COLUMNS, title)
    last = len(COLUMNS) - 1
    notes = [
        f"期号：{issue_words(settings, as_of)}　　数据截至：{as_of.isoformat()}　　共 {len(children)} 人",
        school_age_rule(settings.school_age, as_of),
        *attendance_rule(month, settings.attendance),
        *comparison_lines(month),
    ]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, COLUMNS, 5)
    place = shorter(month)
    rows = [_cells(n, child, settings, place) for n, child in enumerate(children, start=1)]
    book.rows(sheet, head + 1, COLUMNS, rows, 28.0)
    end = head + max(1, len(rows))
    if rows:
        sheet.autofilter(head, 0, end, last)
    else:
        book.strip(sheet, (end, last), ZERO, "zero", 40)
    signed = "制表人：____________________　　　　负责人（签字盖章）：____________________　　　　日期：________年____月____日"
    book.strip(sheet, (end + 1, last), signed, "line", 36)
    keys = tuple(c.key for c in COLUMNS)
    table = Printed(keys, IDENTITY, rows, [(child.case_id,) for child in children])
    return book.finish(county_stamp("suspected", table, settings, as_of))


def _cells(number: int, child: Child, settings: Settings, place: Callable[[Person], str]) -> list[str]:
    who = identity(child, "county")
    cells = {
        "number": str(number),
        "case_id": child.case_id,
        "township": child.township or UNKNOWN_TOWNSHIP,
        "village": child.village,
        **who,
        "family": family(child, "county", settings.checklist),
        "grade": child.expected_grade,
        "kind": kind_word(child.kind),
        "reason": child.sentence.removesuffix("。"),
        "sources": "\n".join(p for p in (COMPARISON_WORDS.get(child.comparison, ""), sources(child, place)) if p),
        "stated": stated(child),
        "registered": _registered(child, settings.county.name),
        "paper": papers(child),
        "groups": child.groups.replace("|", "、"),
    }
    return [clean(cells[c.key]) for c in COLUMNS]


def _registered(child: Child, county: str) -> str:
    """School, class and status of the registry row, or the nearest record where there is none."""
    pupil = child.registered
    if pupil is None:
        return near_record(child, "county", county)
    return "\n".join(p for p in (school_words(pupil, county), class_words(pupil), registered_record(child)) if p)

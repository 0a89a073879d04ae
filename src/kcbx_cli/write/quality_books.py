"""学籍质量/: what each school has to mend in the registry, a workbook a school, and a summary by township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kcbx_cli.problems import KINDS
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FIELDS, Issued, Month
from kcbx_cli.write.audience import view
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Person, people_at, records
from kcbx_cli.write.filenames import safe_stem, sheet_title, unique
from kcbx_cli.write.places import class_order
from kcbx_cli.write.printed import class_words, id_words
from kcbx_cli.write.report_figures import SchoolFlaws, school_flaws
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import UNKNOWN_SCHOOL, UNKNOWN_TOWNSHIP, month_words

FOLDER = "学籍质量"
SUMMARY = "汇总"
#: What a problem is about, as the summary counts it; codes that are not named are 其他.
SUBJECTS = {
    "证号": ("K201", "K202", "K203", "K204", "K205", "K206", "K207", "K210", "K211", "K213", "K216", "K219"),
    "一号多人": ("K212", "K410", "K301", "K302"),
    "双重学籍": ("K401",),
    "性别生日": ("K214", "K215", "K220", "K221", "K222", "K223", "K251"),
    "姓名": ("K230", "K231", "K232", "K233", "K234"),
    "与名单不符": ("K402", "K403", "K404", "K405", "K406", "K407", "K408", "K409"),
    "学籍号": ("K270", "K271", "K272", "K273"),
    "年级年龄": ("K440",),
    "状态": ("K250", "K441"),
    "休学": ("K428", "K442"),
    "监护人": ("K443",),
}
_SUBJECT = {code: words for words, codes in SUBJECTS.items() for code in codes}
#: A pupil, and the row of QUALITY that says what is to be put right.
Flaw = tuple[Person, Any]
_STATE = {"new": "新增", "remaining": "上期遗留"}
COLUMNS = (
    Col("number", "序号", 34, "centre"),
    Col("class_name", "年级班级", 86, "centre"),
    Col("name", "姓名", 66, "centre"),
    Col("id", "证件号（原样）", 148, "centre"),
    Col("registry_number", "学籍号", 156, "centre"),
    Col("state", "本期", 60, "centre"),
    Col("field", "列", 70, "centre"),
    Col("sentence", "问题", 214),
    Col("remedy", "处理办法", 176),
    Col("place", "行号", 60, "centre"),
)
COUNTED = (
    Col("school", "学校", 210),
    Col("pupils", "学籍\n人数", 52, "centre"),
    Col("flaws", "问题\n合计", 52, "centre"),
    Col("new", "本期\n新增", 46, "centre"),
    Col("remaining", "上期\n遗留", 46, "centre"),
    Col("mended", "上期的\n已改", 52, "centre"),
    *(Col(words, words.replace("名单", "名\n单"), 50, "centre") for words in (*SUBJECTS, "其他")),
)


@dataclass(frozen=True, slots=True)
class QualityBook:
    """One workbook to be made: where, how many rows it has, and how."""

    path: str
    rows: int
    make: Callable[[], bytes]


def quality_books(month: Month, report: Issued, settings: Settings) -> list[QualityBook]:
    """The summary, and a workbook for each school that has something to mend."""
    schools = school_flaws(report)
    taken = {SUMMARY}
    books = [QualityBook(f"{FOLDER}/{SUMMARY}.xlsx", len(schools), partial(_summary, schools, month, settings))]
    pupils = people_at(month.registry, month.quality["registry"].tolist())
    own: dict[str, list[Flaw]] = {}
    for row in records(month.quality):
        own.setdefault(row.school, []).append((pupils[row.registry], row))
    for school in schools:
        if school.school not in own:
            continue
        flaws = own[school.school]
        stem = unique(safe_stem(school.school, UNKNOWN_SCHOOL), taken)
        books.append(QualityBook(f"{FOLDER}/{stem}.xlsx", len(flaws), partial(_school, school, flaws, month, settings)))
    return books


def _school(school: SchoolFlaws, flaws: Sequence[Flaw], month: Month, settings: Settings) -> bytes:
    """One school's pupils to be put right, by class; the school sees its own pupils' numbers."""
    name = school.school or UNKNOWN_SCHOOL
    title = f"{name}学籍问题（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    sheet = book.sheet("学籍问题", COLUMNS, title)
    notes = [
        f"共 {school.flaws} 条：本期新增 {school.new}，上期遗留 {school.remaining}；上期的已改 {school.mended}　　请在学籍系统中更正，下期自动核对",
        "行号是学籍导出文件里的行；同一名学生可能有几条",
    ]
    head = book.heading(sheet, title, notes, len(COLUMNS) - 1)
    book.header(sheet, head, COLUMNS, 3)
    cells = _cells(flaws)
    book.rows(sheet, head + 1, COLUMNS, cells, 18.0)
    sheet.autofilter(head, 0, head + len(cells), len(COLUMNS) - 1)
    signed = "更正人：________________　　　　校长（签字盖章）：________________　　　　日期：______年____月____日"
    book.strip(sheet, (head + len(cells) + 1, len(COLUMNS) - 1), signed, "line", 36)
    return book.finish(_stamp("quality", month, settings, school))


def _cells(flaws: Sequence[Flaw]) -> list[list[str]]:
    cells = []
    for n, (pupil, row) in enumerate(sorted(flaws, key=_in_class), start=1):
        kind = KINDS[row.code]
        sentence = f"{kind.sentence}({row.detail})" if row.detail else kind.sentence
        name, number = view("school", "name", pupil.name), view("school", "id", pupil.id_written or id_words(pupil))
        registered = view("school", "registry_number", pupil.registry_number)
        texts = [str(n), class_words(pupil), name, number, registered, _STATE[row.state],
                 FIELDS.get(row.field, row.field), sentence, kind.remedy, str(pupil.row)]  # fmt: skip
        cells.append([clean(t) for t in texts])
    return cells


def _in_class(flaw: Flaw) -> tuple[Any, ...]:
    pupil, row = flaw
    return (
        *class_order(pupil.grade, pupil.class_name),
        pupil.file,
        pupil.sheet,
        pupil.row,
        row.code,
        row.field,
        row.detail,
    )


def _summary(schools: Sequence[SchoolFlaws], month: Month, settings: Settings) -> bytes:
    """The county by township on the first sheet, then a sheet a township with its schools."""
    title = f"{settings.county.name}学籍质量汇总（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    by_township: dict[str, list[SchoolFlaws]] = {}
    for school in schools:
        by_township.setdefault(school.township or UNKNOWN_TOWNSHIP, []).append(school)
    rows = [_sum(township, own) for township, own in by_township.items()]
    _table(book, "全县", title, [*rows, _sum("合计", schools)], "乡镇（街道）")
    taken = {"全县"}
    for township, own in by_township.items():
        name = unique(sheet_title(township, UNKNOWN_TOWNSHIP), taken, 31)
        _table(book, name, f"{title}：{township}", [*(_counts(s) for s in own), _sum("合计", own)], "学校")
    return book.finish(_stamp("quality_summary", month, settings))


def _table(book: Book, name: str, title: str, rows: Sequence[Sequence[str]], first: str) -> None:
    columns = (Col("school", first, 210), *COUNTED[1:])
    sheet = book.sheet(name, columns, title)
    notes = ["问题合计 = 本期新增 + 上期遗留；乡镇按多数学生的住地；逐人见各校的表"]
    head = book.heading(sheet, title, notes, len(columns) - 1)
    book.header(sheet, head, columns, 1)
    book.rows(sheet, head + 1, columns, rows, 17.0)


def _counts(school: SchoolFlaws) -> list[str]:
    subjects: Counter[str] = Counter()
    for code, n in school.codes.items():
        subjects[_SUBJECT.get(code, "其他")] += n
    counts = (school.pupils, school.flaws, school.new, school.remaining, school.mended)
    name = clean(school.school or UNKNOWN_SCHOOL)
    return [name, *map(str, counts), *(str(subjects[s]) for s in (*SUBJECTS, "其他"))]


def _sum(name: str, schools: Sequence[SchoolFlaws]) -> list[str]:
    rows = [_counts(s) for s in schools]
    return [clean(name), *(str(sum(int(row[i]) for row in rows)) for i in range(1, len(COUNTED)))]


def _stamp(kind: str, month: Month, settings: Settings, school: SchoolFlaws | None = None) -> Any:
    stamp = county_stamp(kind, Printed(tuple(c.key for c in COLUMNS), (), [], []), settings, month.as_of)
    return stamp if school is None else replace(stamp, place=school.school or UNKNOWN_SCHOOL, place_code=school.code)

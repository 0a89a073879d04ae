"""有辍学倾向: the school's sheet 关注名单, to be filled in and sent back, and the county's ledger of all watched children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from kcbx_cli.decide.watching import OPINIONS, PROPOSED
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.audience import view
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Person, blank_person, people_at, records
from kcbx_cli.write.places import SchoolNamer, class_order
from kcbx_cli.write.printed import class_words, id_words, school_words
from kcbx_cli.write.roster import Place
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import day, month_words

NAME = "有辍学倾向学生台账"
SHEET = "关注名单"
STATE_WORDS = {PROPOSED: "建议关注", "on": "关注中"}
#: Empty rows for children whom the school itself wants to watch.
_EMPTY = 6
COLUMNS = (
    Col("number", "序号", 26, "centre"),
    Col("case_id", "编号", 72, "centre"),
    Col("place", "年级\n班级", 60, "centre"),
    Col("name", "姓名", 60, "centre"),
    Col("sex", "性别", 28, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("id_number", "身份证号", 146, "centre"),
    Col("concern", "关注原因", 180),
    Col("paired", "现在的\n帮扶人", 96, "centre"),
    Col("opinion", "关注\n意见", 70, "centre", True),
    Col("helper", "结对\n帮扶人", 66, "centre", True),
    Col("helper_phone", "帮扶人\n电话", 92, "centre", True),
    Col("help", "帮扶情况", 140, "text", True),
)
LEDGER = (
    Col("number", "序号", 30, "centre"),
    Col("case_id", "编号", 76, "centre"),
    Col("state", "状态", 60, "centre"),
    Col("since", "起始", 78, "centre"),
    Col("name", "姓名", 66, "centre"),
    Col("sex", "性别", 28, "centre"),
    Col("birth", "出生日期", 78, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("home", "乡镇与村", 92),
    Col("school", "学校与班级", 130),
    Col("concern", "关注原因", 136),
    Col("helper", "结对帮扶人\n与电话", 96, "centre"),
    Col("help", "帮扶情况", 90),
)
_NOTE = (
    (
        "仍在校、但有辍学倾向的学生。「关注意见」:建议关注的填 列入关注 或 不列入,关注中的填 继续关注 或 解除关注;列入的要有结对帮扶人(一对一);"
        "学校要另外关注的学生写在后面的空行里"
    )
    .replace(":", "：")
    .replace(";", "；")
    .replace(",", "，")
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One child of the watch list: its row of WATCH, and the rows of the lists that it points to."""

    told: Any
    listed: Person
    registered: Person

    @property
    def person(self) -> Person:
        """The row that names the child: the registry's, which the school knows, else the list's."""
        return self.registered if self.registered is not None else self.listed


def watched_of(month: Month) -> list[Watched]:
    """Everybody on the watch list of the month, by number."""
    watch = month.watch
    listed, registered = people_at(month.people, watch["person"]), people_at(month.registry, watch["registry"])
    known = {who.row: who for who in records(month.known[month.known["row"].isin(watch["identity"])])}
    return [
        Watched(w, listed.get(w.person) or known.get(w.identity) or blank_person(), registered.get(w.registry))
        for w in records(watch)
    ]


def by_school(watched: Sequence[Watched], named: SchoolNamer) -> dict[Place, list[Watched]]:
    """The watched children of each school; not those whom its checklist asks about anyway."""
    found: dict[Place, list[Watched]] = {}
    for one in watched:
        if (pupil := one.registered) is not None and not one.told.at_work:
            found.setdefault(named(pupil.school_code, pupil.school), []).append(one)
    return {place: sorted(found[place], key=_in_class) for place in sorted(found, key=attrgetter("code", "name"))}


def _in_class(one: Watched) -> tuple[Any, ...]:
    pupil = one.registered
    return *class_order(pupil.grade, pupil.class_name), one.told.case_id


def watch_rows(watched: Sequence[Watched]) -> list[dict[str, str]]:
    """The printed cells of each child on a school's sheet, by column key."""
    rows = []
    for n, one in enumerate(watched, start=1):
        cells = {"number": str(n), "case_id": one.told.case_id, "place": class_words(one.registered)}
        cells |= _identity(one.person, "school")
        cells |= {
            "concern": f"{STATE_WORDS[one.told.state]}：{one.told.sentence}",
            "paired": "\n".join(p for p in (one.told.helper, one.told.helper_phone) if p),
        }
        rows.append({key: clean(text) for key, text in cells.items()})
    return rows


def watch_sheet(book: Book, title: str, rows: Sequence[Mapping[str, str]]) -> None:
    """The sheet 关注名单 of a school's workbook, with empty rows for children whom the school adds."""
    sheet = book.sheet(SHEET, COLUMNS, title)
    last = len(COLUMNS) - 1
    head = book.heading(sheet, f"{title}：{SHEET}", [_NOTE], last)
    book.header(sheet, head, COLUMNS, 4)
    cells = [[row.get(c.key, "") for c in COLUMNS] for row in rows]
    book.rows(sheet, head + 1, COLUMNS, cells, 34.0)
    empty = [[str(len(rows) + n), *[""] * last] for n in range(1, _EMPTY + 1)]
    book.rows(sheet, head + 1 + len(rows), COLUMNS, empty, 34.0)
    end = head + len(rows) + _EMPTY
    at = [c.key for c in COLUMNS].index("opinion")
    book.drop_down(sheet, (head + 1, at, end, at), list(OPINIONS), "关注意见")
    line = "班主任（签字）：____________________　　　　校长（签字盖章）：____________________　　　　日期：________年____月____日"
    book.strip(sheet, (end + 1, last), line, "line", 36)


def watch_ledger(month: Month, watched: Sequence[Watched], settings: Settings) -> bytes:
    """台账/有辍学倾向学生台账.xlsx: everybody who is watched or proposed, for the county."""
    title = f"{settings.county.name}{NAME}（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    sheet = book.sheet(NAME, LEDGER, title)
    last = len(LEDGER) - 1
    on = sum(one.told.state != PROPOSED for one in watched)
    notes = [f"数据截至：{month.as_of.isoformat()}　　关注中 {on} 人，建议关注 {len(watched) - on} 人"]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, LEDGER, 5)
    rows = [[clean(text) for text in _cells(n, one, settings)] for n, one in enumerate(watched, start=1)]
    book.rows(sheet, head + 1, LEDGER, rows, 24.0)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
    else:
        book.strip(sheet, (head + 1, last), "无", "zero", 40)
    signed = "填表人：____________________　　　　负责人（签字盖章）：____________________　　　　日期：________年____月____日"
    book.strip(sheet, (head + max(1, len(rows)) + 1, last), signed, "line", 36)
    table = Printed(tuple(c.key for c in LEDGER), ("number",), [], [])
    return book.finish(county_stamp("ledger", table, settings, month.as_of))


def _cells(number: int, one: Watched, settings: Settings) -> list[str]:
    told, pupil, home = one.told, one.registered, one.listed if one.listed.name else one.person
    school = (
        f"{school_words(pupil, settings.county.name)}{class_words(pupil)}"
        if pupil is not None
        else "本月学籍中没有找到"
    )
    cells = {
        "number": str(number),
        "case_id": told.case_id,
        "state": "已列为疑似" if told.at_work else STATE_WORDS[told.state],
        "since": day(told.since),
        **_identity(one.person, "county"),
        "home": f"{home.township}{home.village}",
        "school": school,
        "concern": told.sentence,
        "helper": "\n".join(p for p in (told.helper, told.helper_phone) if p)
        or ("待定" if told.state != PROPOSED else ""),
        "help": told.help,
    }
    return [cells[c.key] for c in LEDGER]


def _identity(who: Person, audience: Any) -> dict[str, str]:
    return {
        "name": view(audience, "name", who.name),
        "sex": who.sex,
        "birth": day(who.birth or who.id_birth),
        "id_number": view(audience, "id", id_words(who)),
    }

"""What a run over several counties writes besides each county's own files.

The summary holds counts only. A county learns where its own child is at school, and which school has a pupil who may be
its child; of other counties' children no name, number or birthday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pandas as pd

from kcbx_cli.errors import on_one_line
from kcbx_cli.settings import Settings
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Person, people_at, records
from kcbx_cli.write.data import csv_file, run_json
from kcbx_cli.write.planned import Planned
from kcbx_cli.write.printed import id_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import VERDICT_WORDS, day

ELSEWHERE = (
    Col("number", "序号", 34, "centre"),
    Col("township", "乡镇", 80, "centre"),
    Col("village", "村", 80, "centre"),
    Col("name", "姓名", 70, "centre"),
    Col("birth", "出生日期", 80, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("county", "在哪个县的学籍里", 120, "centre"),
    Col("school", "就读学校", 200),
    Col("sentence", "比对依据", 266),
)
#: Children of whom another county's registry may have a row.
PERHAPS = (
    Col("number", "序号", 34, "centre"),
    Col("township", "乡镇", 70, "centre"),
    Col("village", "村", 70, "centre"),
    Col("name", "姓名", 60, "centre"),
    Col("birth", "出生日期", 76, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("county", "相近的学生\n在哪个县", 100, "centre"),
    Col("school", "那边的学校", 130),
    Col("status", "那边的\n学籍状态", 70, "centre"),
    Col("sentence", "比对依据", 190),
    Col("doubt", "为什么不能确定", 130),
)
_DOUBTS = {
    "alike": "只是相近，不能确定是同一名孩子",
    "taken": "另有孩子与这名学生对上，这名孩子的姓名、号码、家长不足以确定是同一人",
    "not_in_class": "像是同一名孩子，但那边的学籍不是在读",
}
_WIDE = 1080
_FILE = "在外县就读.xlsx"
_FOUND_NOTE = "这些孩子在本县学籍中没有找到，外县（区）的学籍显示在读，不再列为疑似辍学。"
_PERHAPS_NOTE = "这些孩子仍列为疑似辍学。外县（区）的学籍里有一名相近的学生，请与该县（区）核对，核对结果填在核查表上。"


@dataclass(frozen=True)
class CountyLine:
    """One county in the summary: its registry and list rows, list rows by verdict, children found elsewhere, those of whom
    that is doubtful, the work.
    """

    name: str
    pupils: int
    listed: int
    verdicts: Mapping[str, int]
    found: int
    doubtful: int
    work: int


@dataclass(frozen=True)
class Remark:
    """A county that was done, but not as it should be: why, for scripts (`code`) and in words."""

    name: str
    code: str
    words: Sequence[str]


class SetAside(Protocol):
    """A county that was not done, and why."""

    @property
    def name(self) -> str:
        """The county's name."""

    @property
    def code(self) -> str:
        """Why, for scripts."""

    @property
    def message(self) -> str:
        """Why, for people."""

    @property
    def hint(self) -> str:
        """What to do."""


def county_files(
    found: pd.DataFrame, people: pd.DataFrame, names: Sequence[str], settings: Settings, as_of: date
) -> list[Planned]:
    """在外县就读.xlsx, data/elsewhere.csv and data/doubtful_elsewhere.csv of one county, each where it has a row.

    `found` are its rows of ABROAD, `names` all counties'.
    """
    listed = people_at(people, found["person"].tolist())
    book, files, stamp = Book(_title("学生在外县就读名单", settings, as_of), as_of), list[Planned](), None
    for band, tab, called, note, columns, data in (
        ("link", "在外县就读", "学生在外县就读名单", _FOUND_NOTE, ELSEWHERE, "elsewhere"),
        ("review", "相近待核对", "外县学籍中有相近学生的孩子", _PERHAPS_NOTE, PERHAPS, "doubtful_elsewhere"),
    ):
        chosen = list(records(found[(found["band"] == band).to_numpy()]))
        if not chosen:
            continue
        title = _title(called, settings, as_of)
        sheet = book.sheet(tab, columns, title)
        head = book.heading(sheet, title, [note], len(columns) - 1)
        book.header(sheet, head, columns, 4)
        rows = [_cells(number, one, listed[one.person], names) for number, one in enumerate(chosen, 1)]
        book.rows(sheet, head + 1, columns, rows, 24.0)
        table = Printed(tuple(c.key for c in columns), (), rows, [(row[0],) for row in rows])
        stamp = stamp or county_stamp("elsewhere", table, settings, as_of)
        files.append(Planned(f"data/{data}.csv", _data(chosen, listed, names)))
    return [Planned(_FILE, book.finish(stamp)), *files] if stamp else []


def _title(called: str, settings: Settings, as_of: date) -> str:
    return f"{settings.county.name}{called}（{as_of.isoformat()}）"


def _cells(number: int, one: Any, who: Person, names: Sequence[str]) -> list[str]:
    """What is printed of a row of ABROAD."""
    place = str(number), who.township, who.village, who.name, day(who.birth or who.id_birth), id_words(who)
    there = names[one.there], one.school
    why = (one.status or "未填", one.sentence, _DOUBTS[one.doubt]) if one.doubt else (one.sentence,)
    return [clean(c) for c in (*place, *there, *why)]


def _data(chosen: Sequence[Any], listed: Mapping[int, Person], names: Sequence[str]) -> bytes:
    """The rows of ABROAD for scripts: where both rows stand, and nobody's name."""
    lines = []
    for one in chosen:
        who = listed[one.person]
        places = who.file, who.sheet, who.row, names[one.there], one.file, one.sheet, one.row
        lines.append((*places, f"{one.probability:.6f}", *([one.doubt] if one.doubt else [])))
    header = ["list_file", "list_sheet", "list_row", "county", "registry_file", "registry_sheet", "registry_row"]
    header += ["link_probability", *(["doubt"] if chosen[0].doubt else [])]
    return csv_file(pd.DataFrame(lines, columns=header))


def province_files(
    lines: Sequence[CountyLine],
    aside: Sequence[SetAside],
    remarks: Sequence[Remark],
    said: Sequence[str],
    told: Mapping[str, Any],
    as_of: date,
) -> list[Planned]:
    """各县汇总.xlsx (below the table the remarks, and what is `said` of all counties), data/counties.csv and run.json."""
    why = {one.name: one.code for one in remarks}
    verdicts = list(told["counts"]["verdicts"])
    header = (
        "county",
        "status",
        "registry_rows",
        "listed_rows",
        *verdicts,
        "found_elsewhere",
        "doubtful_elsewhere",
        "work",
        "code",
    )
    rows: list[tuple[object, ...]] = [
        (
            one.name,
            "finished",
            one.pupils,
            one.listed,
            *(one.verdicts[v] for v in verdicts),
            *_told(one),
            why.get(one.name, ""),
        )
        for one in lines
    ]
    below = [f"没有完成：{one.name}。{on_one_line(one.message, one.hint)}" for one in aside]
    below += [f"请注意：{one.name}。{'；'.join(one.words)}" for one in remarks] + [
        f"请注意：{words}。" for words in said
    ]
    nothing = [""] * (len(header) - 3)
    rows += [
        (one.name, "missing" if one.code == "county_missing" else "set_aside", *nothing, one.code) for one in aside
    ]
    return [
        Planned("各县汇总.xlsx", _summary(lines, aside, below, verdicts, as_of)),
        Planned("data/counties.csv", csv_file(pd.DataFrame(rows, columns=list(header), dtype=object))),
        Planned("run.json", run_json(told)),
    ]


def _told(one: CountyLine) -> tuple[int, int, int]:
    return one.found, one.doubtful, one.work


def _summary(
    lines: Sequence[CountyLine],
    aside: Sequence[SetAside],
    below: Sequence[str],
    verdicts: Sequence[str],
    as_of: date,
) -> bytes:
    shown = [v for v in verdicts if any(one.verdicts[v] for one in lines)]
    words = ["学籍", "名单", *(VERDICT_WORDS[v] for v in shown), "在外县\n找到", "外县有\n相近的", "要核查\n的孩子"]
    columns = (
        Col("name", "县（区）", 130),
        *(Col(f"c{n}", w, (_WIDE - 130) // len(words), "centre") for n, w in enumerate(words)),
    )
    title = f"各县控辍保学汇总（{as_of.isoformat()}）"
    book = Book(title, as_of)
    sheet = book.sheet("各县汇总", columns, title)
    notes = [
        f"完成 {len(lines)} 个县；没有完成 {len(aside)} 个县，见表后，它们的文件夹里若有结果，是以前的。名单按行计。"
    ]
    head = book.heading(sheet, title, notes, len(columns) - 1)
    book.header(sheet, head, columns, 1)
    numbers = [[one.pupils, one.listed, *(one.verdicts[v] for v in shown), *_told(one)] for one in lines]
    cells = [[clean(one.name), *map(str, n)] for one, n in zip(lines, numbers, strict=True)]
    if cells:
        cells.append(["合计", *(str(sum(column)) for column in zip(*numbers, strict=True))])
    book.rows(sheet, head + 1, columns, cells, 20.0)
    for n, text in enumerate(below, head + 1 + len(cells)):
        book.strip(sheet, (n, len(columns) - 1), text, "note", 20)
    table = Printed(tuple(c.key for c in columns), (), cells, [(row[0],) for row in cells])
    return book.finish(county_stamp("counties", table, Settings(), as_of))

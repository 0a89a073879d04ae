"""待人工比对.xlsx: pairs that may be one child, both records side by side, for a person to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide.pairs import digests
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import Stamp
from kcbx_cli.tables import Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Person, people_at, records
from kcbx_cli.write.printed import class_words, id_words, place
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import day, issue_words, month_words

#: Verdicts under which the answer still matters: the child is work, or would be without the link.
_OPEN = ("unknown_age", "papers_expired", "review", "dropout", "absent", "suspected")
_ANSWERS = ("是", "否", "不确定")
_NONE = "本月没有需要人工比对的记录"
#: Columns that are compared: the list's stands left of the registry's.
_COMPARED = (("name", "姓名", 43), ("sex", "性别", 30), ("birth", "出生日期", 76), ("id", "证件号码", 157),
             ("home", "家庭", 64))  # fmt: skip
COLUMNS = (
    Col("number", "序号", 20, "centre"),
    Col("pair", "编号", 84, "centre"),
    Col("source", "名单\n出处", 50),
    *(
        Col(f"{key}_{side}", f"{word}\n{label}", px)
        for key, word, px in _COMPARED
        for side, label in (("list", "名单"), ("registry", "学籍"))
    ),
    Col("school", "学校年级\n与状态", 56),
    Col("sentence", "比对\n说明", 94),
    Col("same", "是否同\n一人", 42, "centre", True),
    Col("why", "判断\n依据", 34, "text", True),
    Col("by", "判断人", 34, "centre", True),
)
_ORIGINS = (
    "case_id",
    "list_file",
    "list_sheet",
    "list_row",
    "registry_file",
    "registry_sheet",
    "registry_row",
    "probability",
    "list_digest",
    "registry_digest",
)
_FIRST = 3
_LAST = _FIRST + 2 * len(_COMPARED)


def review_sheet(month: Month, settings: Settings) -> bytes:
    """The workbook of the pairs in band `review` whose child is still open, one row a pair."""
    as_of = month.as_of
    title = f"{settings.county.name}待人工比对（{month_words(as_of)}）"
    book = Book(title, as_of)
    sheet = book.sheet("待人工比对", COLUMNS, title)
    last = len(COLUMNS) - 1
    pairs = _pairs(month)
    notes = [
        f"期号：{issue_words(settings, as_of)}　　共 {len(pairs)} 对　　底色为两份记录不同之处，红字为不同的字",
        "请逐对核实，在「是否同一人」一栏选 是、否 或 不确定；同一名儿童有几条相近的学籍记录时，每条占一行",
    ]
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, COLUMNS, _FIRST + 2)
    rows = [_cells(n, pair) for n, pair in enumerate(pairs, start=1)]
    for r, cells in enumerate(rows, start=head + 1):
        _write(book, sheet, r, cells)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
        same = next(i for i, c in enumerate(COLUMNS) if c.key == "same")
        book.drop_down(sheet, (head + 1, same, head + len(rows), same), _ANSWERS, "是否同一人")
    else:
        book.strip(sheet, (head + 1, last), _NONE, "zero", 40)
    return book.finish(_stamp(pairs, rows, settings, as_of))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A list row and a registry row that may be one child."""

    id: str
    case_id: str
    listed: Person
    registered: Person
    sentence: str
    probability: float
    digests: tuple[str, str]


def _pairs(month: Month) -> list[_Pair]:
    """The open pairs, those of one child together, each child once however many list rows it has."""
    near, verdicts = month.near, month.verdicts
    review = near[(near["band"] == "review").to_numpy()]
    asked = np.isin(verdicts["person"].to_numpy(), review["left"].to_numpy())
    verdict_of = {v.person: v for v in records(verdicts[asked])}
    listed = people_at(month.people, review["left"].to_list())
    registered = people_at(month.registry, review["right"].to_list())
    found: dict[tuple[int, int], tuple[tuple[Any, ...], Any, Any]] = {}
    for link in records(review):
        v, who = verdict_of.get(link.left), listed[link.left]
        if v is None or v.verdict not in _OPEN:
            continue
        order = (who.township_code or "~", who.township, who.village, v.case_id, v.child, -link.weight, link.right)
        found.setdefault((v.child, link.right), (order, v, link))
    count: Counter[str] = Counter()
    known = _digests(month.people, review["left"]), _digests(month.registry, review["right"])
    pairs = []
    for _, v, link in sorted(found.values(), key=lambda f: f[0]):
        stem = v.case_id or f"C{v.child}"
        count[stem] += 1
        left, right = listed[link.left], registered[link.right]
        digest = known[0][link.left], known[1][link.right]
        pairs.append(_Pair(f"{stem}/{count[stem]}", v.case_id, left, right, link.sentence, link.probability, digest))
    return pairs


def _digests(frame: pd.DataFrame, rows: pd.Series) -> dict[int, str]:
    """By position, the digest under which an answer about the row is remembered."""
    wanted = sorted(set(rows.tolist()))
    return dict(zip(wanted, digests(frame.iloc[wanted]), strict=True))


def _cells(number: int, pair: _Pair) -> list[str]:
    left, right = pair.listed, pair.registered
    sides = [
        text
        for ours, theirs in zip(_compared(left), _compared(right), strict=True)
        for text in (ours, theirs)
    ]  # fmt: skip
    school = "\n".join(p for p in (right.school, class_words(right), right.status) if p)
    return [
        clean(t)
        for t in (str(number), pair.id, place(left), *sides, school, pair.sentence.removesuffix("。"), "", "", "")
    ]


def _compared(who: Person) -> tuple[str, ...]:
    lines = (who.guardian_name or who.head_name, who.address or f"{who.township}{who.village}")
    return who.name, who.sex, day(who.birth or who.id_birth), id_words(who), "\n".join(p for p in lines if p)


def _write(book: Book, sheet: Any, row: int, cells: Sequence[str]) -> None:
    """One pair; of two cells that differ both are coloured, and the characters that differ are red."""
    book.row(sheet, row, COLUMNS, cells, 34.0)
    for c in range(_FIRST, _LAST, 2):
        ours, theirs = cells[c], cells[c + 1]
        marks = _differences(ours, theirs)
        if ours and theirs and any(marks[0] + marks[1]):
            _write_marked(book, sheet, (row, c), ours, marks[0])
            _write_marked(book, sheet, (row, c + 1), theirs, marks[1])


def _differences(ours: str, theirs: str) -> tuple[list[bool], list[bool]]:
    """For each character of either text, whether the other has another one there; an unknown digit never differs."""
    if len(ours) == len(theirs):
        marks = [a != b and "*" not in (a, b) for a, b in zip(ours, theirs, strict=True)]
        return marks, marks
    left, right = [True] * len(ours), [True] * len(theirs)
    for a, b, size in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        left[a : a + size] = right[b : b + size] = [False] * size
    return left, right


def _write_marked(book: Book, sheet: Any, at: tuple[int, int], text: str, marks: Sequence[bool]) -> None:
    runs = [(red, "".join(c for _, c in run)) for red, run in groupby(zip(marks, text, strict=True), itemgetter(0))]
    if len(runs) == 1:
        sheet.write_string(*at, text, book.style("differs"))
        return
    parts = [p for red, run in runs for p in (book.style("red" if red else "black"), run)]
    sheet.write_rich_string(*at, *parts, book.style("differs"))


def _stamp(pairs: Sequence[_Pair], rows: Sequence[Sequence[str]], settings: Settings, as_of: date) -> Stamp:
    """The stamp; each row also says which list row and which registry row were compared, how likely they are one child,
    and the digests under which the answer is remembered.
    """
    keys = tuple(c.key for c in COLUMNS)
    marks = [
        (p.id, p.case_id, *_origin(p.listed), *_origin(p.registered), f"{p.probability:.6f}", *p.digests) for p in pairs
    ]
    table = Printed(keys, ("pair", *keys[_FIRST:_LAST]), rows, marks, _ORIGINS)
    return county_stamp("review", table, settings, as_of)


def _origin(who: Person) -> tuple[str, str, str]:
    return who.file, who.sheet, str(who.row)

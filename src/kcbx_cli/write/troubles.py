"""数据问题.xlsx: what is wrong in the input, a sheet a list, so that it can be sent back to who wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.problems import KINDS, SEVERITIES, Kind
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import SHEET
from kcbx_cli.tables import FIELDS, Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import records
from kcbx_cli.write.filenames import sheet_title, unique
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import month_words

_NOTE = (
    "行号与原文件一致；请改正原文件。填「更正为」一栏后送回，只作记录：kcbx 不改名单，原文件没有改的，下个月还会列出"
)
_PLACE = ["file", "sheet", "row"]
_SHOWN = ["place", "name", "number"]
_Place = tuple[str, str, int]
#: what is read of a list to name its rows
_USED = ["role", "school", "township", "village", "name", "id_written", "id_pattern", "head_name", "head_id"]
#: Excel's sheets hold 1,048,576 rows; longer lists go on on another sheet.
_SHEET_ROWS = 1_000_000
SUMMARY = (
    Col("file", "名单", 250),
    Col("code", "代码", 50, "centre"),
    Col("severity", "级别", 50, "centre"),
    Col("sentence", "问题", 310),
    Col("remedy", "处理办法", 350),
    Col("count", "条数", 70, "centre"),
)
COLUMNS = (
    Col("number", "序号", 34, "centre"),
    Col("place", "学校或乡镇", 90),
    Col("sheet", "工作表", 60),
    Col("row", "行号", 46, "centre"),
    Col("name", "姓名\n（原样）", 60),
    Col("id", "证件号（原样）", 148),
    Col("field", "列", 60),
    Col("severity", "级别", 34, "centre"),
    Col("sentence", "问题", 190),
    Col("remedy", "处理办法", 170),
    Col("corrected", "更正为", 104, "text", True),
    Col("remark", "说明", 84, "text", True),
)


def troubles_book(month: Month, settings: Settings) -> bytes:
    """The workbook: a summary, then for each list its rows, sorted by school or township and row.

    Its stamp names a list's file at the first of its rows only.
    """
    title = f"{settings.county.name}数据问题（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    problems = _described(month)
    _summary(book, title, problems)
    taken = {"汇总", "选项", SHEET}
    rows: list[list[str]] = []
    marks: list[tuple[str, ...]] = []
    for key, part in problems.groupby("file", sort=False):
        file = str(key)
        cells = _cells(part, len(rows) + 1)
        for start in range(0, len(cells), _SHEET_ROWS):
            name = unique(sheet_title(_stem(file), "名单"), taken, 31)
            _sheet(book, name, f"{title}：{file}", cells[start : start + _SHEET_ROWS])
        rows += cells
        marks += [(c[0], "" if n else file) for n, c in enumerate(cells)]
    identity = ("sheet", "row", "name", "id", "field")
    table = Printed(tuple(c.key for c in COLUMNS), identity, rows, marks, ("file",))
    return book.finish(county_stamp("problems", table, settings, month.as_of))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _described(month: Month) -> pd.DataFrame:
    """The problems with school or township, name and number of their rows, in the order of the sheets."""
    problems = month.problems
    asked = _places(problems)
    wanted = set(asked)
    shown: dict[_Place, tuple[str, ...]] = {}
    for frame in (month.registry, month.people, month.special, month.attendance, month.families):
        near = np.flatnonzero(np.isin(frame["row"].to_numpy(), problems["row"].to_numpy()))
        there = [(where, at) for where, at in zip(_places(frame, near), near.tolist(), strict=True) if where in wanted]
        at = [at for _, at in there]
        rows = pd.DataFrame({c: frame[c].to_numpy()[at] for c in _USED if c in frame})
        for (where, _), texts in zip(there, _shown(rows), strict=True):
            shown.setdefault(where, texts)
    told = [shown.get(where, ("",) * len(_SHOWN)) for where in asked]
    columns = {name: np.array([t[i] for t in told], dtype=object) for i, name in enumerate(_SHOWN)}
    return problems.assign(**columns).sort_values(["file", "place", "sheet", "row", "code", "field"], kind="stable")


def _places(rows: pd.DataFrame, at: Any = slice(None)) -> list[_Place]:
    return list(zip(*(rows[c].to_numpy()[at].tolist() for c in _PLACE), strict=True))


def _shown(rows: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    """Place, name and number of each row."""
    if "head_id" in rows:
        place, name, number = rows["township"] + rows["village"], rows["head_name"], rows["head_id"]
    else:
        school = rows["role"].isin(["registry", "attendance"]) & (rows["school"] != "")
        place = rows["school"].where(school, rows["township"])
        name, number = rows["name"], rows["id_written"].where(rows["id_written"] != "", rows["id_pattern"])
    return zip(place.to_list(), name.to_list(), number.to_list(), strict=True)


def _kind(code: str) -> Kind:
    return KINDS.get(code, Kind(code, "warning", "", ""))


def _summary(book: Book, title: str, problems: pd.DataFrame) -> None:
    sheet = book.sheet("汇总", SUMMARY, title)
    head = book.heading(
        sheet, title, [f"共 {len(problems)} 条；每份名单一张工作表，按学校或乡镇排列，可以分送"], len(SUMMARY) - 1
    )
    book.header(sheet, head, SUMMARY, 1)
    counted = Counter(zip(problems["file"].to_list(), problems["code"].to_list(), strict=True))
    for r, ((file, code), count) in enumerate(sorted(counted.items()), start=head + 1):
        kind = _kind(code)
        cells = [file, kind.code, SEVERITIES[kind.severity], kind.sentence, kind.remedy, str(count)]
        book.row(sheet, r, SUMMARY, [clean(c) for c in cells], 20.0)
    if not len(problems):
        book.strip(sheet, (head + 1, len(SUMMARY) - 1), "本月没有发现数据问题", "zero", 40)


def _cells(part: pd.DataFrame, first: int) -> list[list[str]]:
    """The printed rows, numbered from `first` on: one count runs through the workbook and is a row's id."""
    rows = []
    for n, p in enumerate(records(part), start=first):
        kind = _kind(p.code)
        sentence = f"{kind.sentence}({p.detail})" if kind.sentence and p.detail else kind.sentence or p.detail
        where = str(p.row) if p.row else "整份"
        texts = (str(n), p.place, p.sheet, where, p.name, p.number, FIELDS.get(p.field, p.field),
                 SEVERITIES[kind.severity], sentence, kind.remedy, "", "")  # fmt: skip
        rows.append([clean(t) for t in texts])
    return rows


def _sheet(book: Book, name: str, title: str, rows: Sequence[Sequence[str]]) -> None:
    sheet: Any = book.sheet(name, COLUMNS, title)
    head = book.heading(sheet, title, [_NOTE], len(COLUMNS) - 1)
    book.header(sheet, head, COLUMNS, 5)
    book.rows(sheet, head + 1, COLUMNS, rows, 20.0)
    sheet.autofilter(head, 0, head + len(rows), len(COLUMNS) - 1)

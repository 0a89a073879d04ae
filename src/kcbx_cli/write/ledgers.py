"""台账/: the county's ledgers of the month: school-age children, suspected dropouts, dropouts, special arrangements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide.dates import days, number
from kcbx_cli.decide.papers import EXPIRED, NO_EXCUSE, NOT_YET, UNDATED, paper_states
from kcbx_cli.normalise import words
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.changes import CaseRow, is_dropout
from kcbx_cli.write.children import records
from kcbx_cli.write.printed import id_words, study_words
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import UNKNOWN_TOWNSHIP, VERDICT_WORDS, day, month_words, school_age_rule

FOLDER = "台账"
#: Verdicts of children who are not of school age, or not alive.
_BEYOND = ("deceased", "adult", "out_of_age")
_NEVER = 99991231
#: What a row costs, in rows of a checklist.
_ROW = 0.4
AGE = (
    Col("number", "序号", 40, "centre"),
    Col("township", "乡镇", 76, "centre"),
    Col("village", "村", 92, "centre"),
    Col("name", "姓名", 70, "centre"),
    Col("sex", "性别", 32, "centre"),
    Col("birth", "出生日期", 78, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("head", "户主", 66, "centre"),
    Col("groups", "群体标签", 96),
    Col("school", "就读学校", 150),
    Col("class_name", "年级班级", 80, "centre"),
    Col("verdict", "核对结果", 76, "centre"),
    Col("case_id", "编号", 74, "centre"),
)
CASES = (
    Col("number", "序号", 34, "centre"),
    Col("case_id", "编号", 76, "centre"),
    Col("township", "乡镇", 70, "centre"),
    Col("village", "村", 76, "centre"),
    Col("name", "姓名", 66, "centre"),
    Col("sex", "性别", 30, "centre"),
    Col("birth", "出生日期", 78, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("kind", "类别", 72, "centre"),
    Col("why", "原因", 196),
    Col("first", "首次列入", 78, "centre"),
    Col("months", "在册\n月数", 40, "centre"),
    Col("disposition", "最近的\n核查结论", 114, "centre"),
)
SPECIAL = (
    Col("number", "序号", 36, "centre"),
    Col("name", "姓名", 70, "centre"),
    Col("id_number", "身份证号", 150, "centre"),
    Col("category", "类别", 86, "centre"),
    Col("approved", "批准日期", 80, "centre"),
    Col("last", "有效期至", 80, "centre"),
    Col("state", "状态", 170, "centre"),
    Col("study", "就读地与学校", 140),
    Col("evidence", "证明材料", 126),
    Col("source", "台账出处", 142),
)


@dataclass(frozen=True, slots=True)
class CountyLedger:
    """One workbook to be made: where, about how many rows of a checklist it costs, and how."""

    path: str
    rows: float
    make: Callable[[], bytes]


def ledgers(month: Month, cases: Sequence[CaseRow], settings: Settings) -> list[CountyLedger]:
    """The workbooks; 适龄儿童台账, which costs more than all the others, where it is asked for. `cases` are the rows of 月度变化.

    A case stands in 辍学学生台账 while a finding that counts as a dropout is the newest on it, or the attendance lists
    pass the day count; else in 疑似辍学学生台账.
    """
    on_list = [c for c in cases if c["change"] != "closed"]
    out = [is_dropout(c, settings) for c in on_list]
    told = [[c[k.key] for k in CASES[1:]] for c in on_list]
    suspected, dropped = ([row for row, o in zip(told, out, strict=True) if o is wanted] for wanted in (False, True))
    listed = len(month.verdicts) - int(month.verdicts["verdict"].isin(_BEYOND).sum())

    def one(name: str, columns: Sequence[Col], count: int, rows: Callable[[], Sequence[Sequence[str]]]) -> CountyLedger:
        return CountyLedger(
            f"{FOLDER}/{name}.xlsx", _ROW * count, lambda: _workbook(name, columns, rows(), month, settings)
        )

    everyone = [one("适龄儿童台账", AGE, listed, lambda: _of_age(month))] if settings.checklist.age_ledger else []
    return [
        *everyone,
        one("疑似辍学学生台账", CASES, len(suspected), lambda: suspected),
        one("辍学学生台账", CASES, len(dropped), lambda: dropped),
        one("特殊学生台账", SPECIAL, len(month.special), lambda: _special(month.special, month.as_of, settings)),
    ]


def _workbook(
    name: str, columns: Sequence[Col], rows: Sequence[Sequence[str]], month: Month, settings: Settings
) -> bytes:
    """One ledger: title, the rule that was used, a numbered row each, signatures."""
    title = f"{settings.county.name}{name}（{month_words(month.as_of)}）"
    book = Book(title, month.as_of)
    sheet = book.sheet(name, columns, title)
    last = len(columns) - 1
    notes = [f"数据截至：{month.as_of.isoformat()}　　共 {len(rows)} 人"]
    notes += [school_age_rule(settings.school_age, month.as_of)] if columns is AGE else []
    head = book.heading(sheet, title, notes, last)
    book.header(sheet, head, columns, 4)
    for n, cells in enumerate(rows, start=1):
        book.row(sheet, head + n, columns, [str(n), *cells], 18.0)
    if rows:
        sheet.autofilter(head, 0, head + len(rows), last)
    else:
        book.strip(sheet, (head + 1, last), "无", "zero", 40)
    signed = "填表人：____________________　　　　负责人（签字盖章）：____________________　　　　日期：________年____月____日"
    book.strip(sheet, (head + max(1, len(rows)) + 1, last), signed, "line", 36)
    table = Printed(tuple(c.key for c in columns), ("number",), [], [])
    return book.finish(county_stamp("ledger", table, settings, month.as_of))


def _of_age(month: Month) -> list[list[str]]:
    """Every listed child of school age, once, by township and village: what is known, and what the month found."""
    verdicts = month.verdicts[~month.verdicts["verdict"].isin(_BEYOND).to_numpy()].drop_duplicates("child")
    people = month.people.iloc[verdicts["person"].to_numpy()]
    at = verdicts["registry"].to_numpy()
    pupils = month.registry.iloc[np.where(at >= 0, at, 0)] if len(month.registry) else None

    def registered(name: str) -> Any:
        return np.where(at >= 0, pupils[name].to_numpy(), "") if pupils is not None else np.full(len(at), "", object)

    births = people["birth"].where(people["birth"] > 0, people["id_birth"])
    written = people["id_written"].where(people["id_state"] != "not_own", "")
    number_ = people["id_pattern"].where(people["id_pattern"] != "", written)
    village = people["village"].to_numpy()
    township = people["township"].where(people["township"] != "", UNKNOWN_TOWNSHIP)
    persons = zip(people["head_name"], people["relation"], people["name"], strict=True)
    heads = pd.Series([words.household_head(*one) for one in persons], index=people.index, dtype=object)
    columns = [
        township, village, people["name"], people["sex"], _days(births), number_, heads,
        people["groups"].str.replace("|", "、", regex=False), registered("school"),
        registered("grade") + registered("class_name"), verdicts["verdict"].map(VERDICT_WORDS), verdicts["case_id"],
    ]  # fmt: skip
    order = pd.DataFrame(
        {"code": people["township_code"].to_numpy(), "township": township.to_numpy(), "village": village}
    )
    rows = np.lexsort([order[c].to_numpy().astype(str) for c in ("village", "township", "code")])
    cells = [np.asarray(c, dtype=object)[rows].tolist() for c in columns]
    return [[clean(text) for text in row] for row in zip(*cells, strict=True)]


def _days(dates: pd.Series) -> list[str]:
    codes, values = pd.factorize(dates.to_numpy())
    words = [day(int(v)) for v in values]
    return [words[c] for c in codes]


def _special(special: pd.DataFrame, as_of: date, settings: Settings) -> list[list[str]]:
    """The special register with what each paper is worth on that day, what runs out first at the top."""
    papers = paper_states(special, as_of, settings)
    left = days(papers.last) - days(np.array([number(as_of)]))[0]
    rows = []
    for row, state, last, remaining in zip(
        records(special), papers.state.tolist(), papers.last.tolist(), left.tolist(), strict=True
    ):
        cells = [
            row.name, id_words(row), row.category, day(row.approved), "" if last in (0, _NEVER) else day(last),
            _state(state, last, remaining, settings.papers.alert_days), study_words(row), row.evidence,
            f"{row.file}第{row.row}行",
        ]  # fmt: skip
        rows.append((last or _NEVER, row.file, row.sheet, row.row, [clean(c) for c in cells]))
    return [row[-1] for row in sorted(rows)]


def _state(state: int, last: int, remaining: int, alert: int) -> str:
    """A paper that runs out within `alert` days is told before, and the day after it is work again."""
    if state == EXPIRED:
        return f"已到期 {-remaining} 天，须重新办理"
    words = {UNDATED: "没有日期，须补填", NOT_YET: "还没有生效", NO_EXCUSE: "不作为不在校的依据"}
    if state in words:
        return words[state]
    return f"有效，还有 {remaining} 天到期" if last != _NEVER and remaining <= alert else "有效"

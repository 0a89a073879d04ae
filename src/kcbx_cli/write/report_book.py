"""月报.xlsx: the month's figures for the county, its townships and schools, with the formulas printed beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kcbx_cli.tables import Issued
from kcbx_cli.tables.issued import ANSWERING, CASES_BY_MONTHS, EXPIRING, ISSUED_CASES, PROGRESS, TREND
from kcbx_cli.write import report_figures as figures
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import records
from kcbx_cli.write.compared_words import FIRST_FOUND
from kcbx_cli.write.report_figures import GROUPS, HOW, STAGES, Flow
from kcbx_cli.write.report_words import (
    DEFINITIONS,
    GROUP_WORDS,
    HOW_WORDS,
    KIND_WORDS,
    SOURCE_WORDS,
    STAGE_WORDS,
    STATE_WORDS,
    compared,
    compared_words,
    month_label,
    ratio_rows,
    when,
)
from kcbx_cli.write.stamp import Printed, report_stamp
from kcbx_cli.write.wording import UNKNOWN_SCHOOL, ZERO, month_words

_SIGNED = "填表人：________________　　　　审核人：________________　　　　负责人（签字盖章）：________________　　　　日期：______年____月____日"
_PURGED = "个案编号和责任人已按规定清除，只保留数字"
_NO_SCHOOL = "（没有学籍）"
_FLOW = ("before", "moved", "new", "reopened")
_FLOW_WORDS = ("上期末", "划转", "新增", "重新\n列入")


def report_book(report: Issued) -> bytes:
    """The workbook, the same bytes for the same report."""
    title = f"{report.head['county']}控辍保学月报（{month_words(when(report))}）"
    book = Book(title, when(report))
    _main(book, title, report)
    _comparisons(book, f"{title}：四查三比对", report)
    _places(book, "乡镇", f"{title}：乡镇", figures.by_township(report))
    schools = {place.removeprefix(report.head["county"]): f for place, f in figures.by_school(report).items()}
    _places(book, "学校", f"{title}：学校", schools)
    _reasons(book, f"{title}：销号原因", report)
    _progress(book, f"{title}：核查进度", report)
    _responsible(book, f"{title}：责任人", report)
    _expiring(book, f"{title}：手续到期", report)
    _trend(book, f"{title}：逐月", report)
    _cases(book, f"{title}：个案", report)
    return book.finish(report_stamp(Printed((), (), [], []), report.head["county"], when(report)))


def _table(
    book: Book, name: str, title: str, columns: Sequence[Col], rows: Sequence[Sequence[str]], *notes: str
) -> Any:
    """A sheet with one table; returns the row below it."""
    sheet = book.sheet(name, columns, title)
    head = book.heading(sheet, title, list(notes), len(columns) - 1)
    book.header(sheet, head, columns, 1)
    book.rows(sheet, head + 1, columns, [[clean(c) for c in row] for row in rows], 17.0)
    if not rows:
        book.strip(sheet, (head + 1, len(columns) - 1), "无", "zero", 30)
    return sheet, head + 1 + max(1, len(rows))


def _even(words: Sequence[str], first: int = 160, whole: int = 1070) -> list[Col]:
    """A wide first column and others that share the page."""
    rest = (whole - first) // max(1, len(words) - 1)
    return [Col(str(i), w, rest if i else first, "centre") for i, w in enumerate(words)]


def _main(book: Book, title: str, report: Issued) -> None:
    """{小学, 初中} × {辍学, 疑似辍学, 返校}, the flow, the ratios with their formulas, and the zero statement."""
    stages = figures.by_stage(report)
    columns = _even(
        ("学段", "辍学", "疑似辍学", "返校", *_FLOW_WORDS, *(HOW_WORDS[h] for h in HOW), "销号合计", "本期末")
    )
    county = figures.whole(report)
    shown = [s for s in STAGES if s or stages[s].now or stages[s].before or stages[s].closed]
    rows = [_stage_row(STAGE_WORDS[s], stages[s]) for s in shown]
    rows.append(_stage_row("合计", county))
    head = report.head
    note = f"数据截至：{head['as_of']}　　{head['issue']}　　{head['school_age']}"
    sheet, at = _table(book, "总表", title, columns, rows, note)
    last = len(columns) - 1
    if not county.now:
        book.strip(sheet, (at, last), f"{ZERO}。本表为零报告，请签字盖章后上报。", "zero", 30)
        at += 1
    for line in (*DEFINITIONS, _month_on_month(report)):
        book.strip(sheet, (at, last), line, "note", 18)
        at += 1
    book.strip(sheet, (at, last), "比率", "band", 18)
    for name, value, parts, formula in ratio_rows(report):
        at += 1
        book.strip(
            sheet,
            (at, last),
            "　".join((f"{name}：{value}", *((f"（{parts}）",) if parts != "—" else ()), f"算法：{formula}")),
            "note",
            18,
        )
    for line in compared_words(report):
        at += 1
        book.strip(sheet, (at, last), line, "note", 18)
    book.strip(sheet, (at + 1, last), _SIGNED, "line", 36)


def _stage_row(name: str, f: Flow) -> list[str]:
    counts = [f.group("dropout"), f.group("suspected"), sum(f.returned.values())]
    return [name, *map(str, counts), *_flow_cells(f)]


def _flow_cells(f: Flow) -> list[str]:
    moved = f"{f.moved:+d}" if f.moved else "0"
    return [str(f.before), moved, str(f.new), str(f.reopened), *(str(f.by[h]) for h in HOW), str(f.closed), str(f.now)]


def _month_on_month(report: Issued) -> str:
    trend = list(records(report.table(TREND)))
    if len(trend) < 2:
        return "环比：本期是第一份月报，没有上期可比。"
    now, before = trend[-1], trend[-2]
    parts = [
        f"{words} {getattr(now, key)}（比 {month_label(before.month)} {getattr(now, key) - getattr(before, key):+d}）"
        for words, key in (("未销号", "now"), ("辍学", "dropout"), ("疑似辍学", "suspected"), ("学籍问题", "flaws"))
    ]
    return "环比：" + "，".join(parts) + "。"


def _comparisons(book: Book, title: str, report: Issued) -> None:
    """四查三比对: what each comparison was the first to find, and what else stands on its list."""
    columns = [
        Col(str(i), w, px, "centre")
        for i, (w, px) in enumerate(
            zip(("比对", "核对范围", "需核查的孩子", "说明"), (200, 200, 150, 520), strict=True)
        )
    ]
    rows = [[c.name, c.extent, str(c.found) if c.found >= 0 else "未比对", c.more] for c in compared(report)]
    _table(book, "四查三比对", title, columns, rows, FIRST_FOUND)


def _places(book: Book, name: str, title: str, flows: Mapping[str, Flow]) -> None:
    """The flow of each place, and what it has now by stage and group; the last row adds up."""
    kinds = [(stage, group) for stage in STAGES for group in GROUPS]
    words = [f"{STAGE_WORDS[s]}\n{GROUP_WORDS[g]}" for s, g in kinds]
    columns = _even((name, *_FLOW_WORDS, *(HOW_WORDS[h].replace("比对", "比对\n").replace("核查", "核查\n").replace("手续", "手续\n") for h in HOW), "销号\n合计", "本期末", *words, "返校"), 118)  # fmt: skip
    cells = []
    for place, f in flows.items():
        now = [f.groups[kind] for kind in kinds]
        cells.append([place or _NO_SCHOOL, *_flow_cells(f), *map(str, now), str(sum(f.returned.values()))])
    if cells:
        cells.append(["合计", *(_sum(row[i] for row in cells) for i in range(1, len(columns)))])
    _table(
        book,
        name,
        title,
        columns,
        cells,
        "上期末+划转+新增+重新列入-销号=本期末；划转是延续的个案换了地方，全县相抵为零",
    )


def _sum(texts: Any) -> str:
    return str(sum(int(t) for t in texts))


def _reasons(book: Book, title: str, report: Issued) -> None:
    columns = _even(("销号原因", *STAGE_WORDS.values(), "合计"), 500)
    rows = [[why, *(str(n[s]) for s in STAGES), str(sum(n.values()))] for why, n in figures.reasons(report)]
    if rows:
        rows.append(["合计", *(_sum(row[i] for row in rows) for i in range(1, len(columns)))])
    _table(book, "销号原因", title, columns, rows)


def _progress(book: Book, title: str, report: Issued) -> None:
    """What came back of the former month's checklists."""
    columns = _even(("乡镇或学校", "类别", "印发的孩子", "表已收回", "已有结论", "未有结论"), 360)
    former = report.head["former"]
    rows = [
        [p.place or UNKNOWN_SCHOOL, KIND_WORDS[p.kind], str(p.printed), "是" if p.returned else "否", str(p.answered), str(max(0, p.printed - p.answered))]
        for p in records(report.table(PROGRESS))
    ]  # fmt: skip
    note = (
        f"{month_label(int(former))} 印发的核查表，截至本期月报写出时收回的情况"
        if former
        else "本期是第一份月报，还没有印发过核查表"
    )
    _table(book, "核查进度", title, columns, rows, note)


def _responsible(book: Book, title: str, report: Issued) -> None:
    columns = _even(("角色", "姓名", "职务", "责任范围", "涉及的孩子"), 200)
    rows = [[p.role, p.name, p.title, p.scope, str(p.cases)] for p in records(report.table(ANSWERING))]
    note = "没有给责任人名册（--responsible）" if not report.head["roster"] else "一名孩子可以有几位责任人，各栏不相加"
    _table(book, "责任人", title, columns, rows, note if report.detail else _PURGED)


def _expiring(book: Book, title: str, report: Issued) -> None:
    states = tuple(STATE_WORDS)
    columns = _even(("类别", "来源", *STATE_WORDS.values(), "合计"), 220)
    count: dict[tuple[str, str], dict[str, int]] = {}
    for row in records(report.table(EXPIRING)):
        count.setdefault((row.source, row.category), {})[row.state] = row.n
    rows = [
        [category or "（没有写类别）", SOURCE_WORDS[source], *(str(n.get(s, 0)) for s in states), str(sum(n.values()))]
        for (source, category), n in sorted(count.items())
    ]
    note = f"即将到期：{report.head['alert_days']} 天以内。逐人见 台账/特殊学生台账.xlsx"
    _table(book, "手续到期", title, columns, rows, note)


def _trend(book: Book, title: str, report: Issued) -> None:
    columns = _even(
        ("月份", "上期末", "新增", "重新列入", "销号", "本期末", "其中辍学", "其中疑似", "返校", "学籍问题"), 120
    )
    rows = [
        [month_label(t.month), *(str(getattr(t, key)) for key in TREND.names[1:])] for t in records(report.table(TREND))
    ]
    sheet, at = _table(book, "逐月", title, columns, rows)
    count: dict[int, int] = {}
    for row in records(report.table(CASES_BY_MONTHS)):
        count[row.months] = count.get(row.months, 0) + row.n
    told = "，".join(f"{months} 个月 {n} 个" for months, n in sorted(count.items()))
    book.strip(sheet, (at + 1, len(columns) - 1), f"本期末未销号的个案，在册月数：{told or '无'}", "note", 30)


def _cases(book: Book, title: str, report: Issued) -> None:
    """Every case of the month by number; who it is stands in the ledger and in 月度变化.xlsx."""
    words = ("编号", "乡镇", "学校", "学段", "年级", "类别", "变化", "在册月数", "销号原因")
    columns = [
        Col(str(i), w, px, "centre")
        for i, (w, px) in enumerate(zip(words, (80, 110, 250, 70, 60, 90, 80, 70, 260), strict=True))
    ]
    change = {"new": "新增", "reopened": "重新列入", "continuing": "延续", "closed": "销号"}
    rows = [
        [c.case_id, c.township, c.school or _NO_SCHOOL, STAGE_WORDS[c.stage], str(c.grade or ""), GROUP_WORDS[c.group], change[c.change], str(c.months), c.why]
        for c in records(report.table(ISSUED_CASES))
    ]  # fmt: skip
    _table(book, "个案", title, columns, rows, "只有编号，没有姓名" if report.detail else _PURGED)

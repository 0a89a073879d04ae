"""report.html: the month on a page for a director; counts only, and small ones hidden where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kcbx_cli.decide.ratios import AT_SCHOOL
from kcbx_cli.tables import Issued
from kcbx_cli.tables.issued import CASES_BY_AGE, CASES_BY_MONTHS, RATIOS, SCORES, TREND
from kcbx_cli.write import charts, report_charts
from kcbx_cli.write import report_figures as figures
from kcbx_cli.write.children import records
from kcbx_cli.write.compared_words import FIRST_FOUND
from kcbx_cli.write.pages import contents, figure, folded, page, paragraph, section, table
from kcbx_cli.write.report_figures import GROUPS, STAGES
from kcbx_cli.write.report_words import (
    BAND_WORDS,
    CHILD_WORDS,
    DEFINITIONS,
    GROUP_WORDS,
    STAGE_WORDS,
    compared,
    month_label,
    progress_words,
    ratio_rows,
    when,
)
from kcbx_cli.write.suppress import HIDDEN, ratios_shown, shown
from kcbx_cli.write.wording import UNKNOWN_TOWNSHIP, ZERO, month_words

#: So many schools are drawn, those with the most problems first; the table has all of them.
_SCHOOLS = 20
_MONTHS_OPEN = (
    ("1个月", 1, 1),
    ("2个月", 2, 2),
    ("3个月", 3, 3),
    ("4–6个月", 4, 6),
    ("7–12个月", 7, 12),
    ("1年以上", 13, 10**6),
)
Rows = Sequence[Sequence[Any]]


def report_page(report: Issued) -> bytes:
    """The page as UTF-8 HTML, one file that needs no other; the same bytes for the same report."""
    limit = int(report.head["suppress"])
    titles, sections = [], []
    for number, (title, make) in zip("一二三四五六七八九", _SECTIONS, strict=True):
        titles.append(f"{number}、{title}")
        sections.append(section(titles[-1], *make(report, limit)))
    county = figures.whole(report)
    lead = [f"数据截至 {report.head['as_of']}。{report.head['school_age']}。"]
    lead += [f"{ZERO}。"] if not county.now else []
    lead += [f"小于 {limit} 的数已隐去(记作 {HIDDEN}),能倒推出它们的数也一并隐去。"] if limit else []
    source = f"kcbx {report.head['kcbx']}。本页只有数字,不含姓名、证号和个案编号。"
    return page(
        f"{report.head['county']}控辍保学月报({month_words(when(report))})", lead, [contents(titles), *sections], source
    )


def _values(cells: Sequence[str]) -> list[int]:
    """What is drawn: nothing for a hidden count."""
    return [0 if cell == HIDDEN else int(cell) for cell in cells]


def _said(names: Sequence[str], cells: Sequence[str]) -> str:
    return ",".join(f"{name} {cell}" for name, cell in zip(names, cells, strict=True)) + "。"


def _summed(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows with their sums at the end of each, and a row of sums."""
    wide = [[*row, sum(row)] for row in rows]
    return [*wide, [sum(column) for column in zip(*wide, strict=True)]] if wide else []


# -- sections ----------------------------------------------------------------------------------------------------


def _overview(report: Issued, limit: int) -> list[str]:
    stages = figures.by_stage(report)
    cells = shown(_summed([[stages[s].group(g) for g in GROUPS] for s in STAGES]), limit)
    rows = [(name, *row) for name, row in zip((*STAGE_WORDS.values(), "合计"), cells, strict=True)]
    headers = ("学段", *GROUP_WORDS.values(), "未销号合计")
    parts = [table("本期末未销号的个案", headers, rows, len(rows) - 1), _flow(report, limit)]
    ratios = ratios_shown(ratio_rows(report), report.table(RATIOS), figures.listed(report), limit)
    parts.append(table("比率", ("比率", "数值", "分子÷分母", "算法"), ratios))
    return [*parts, *(paragraph(line) for line in DEFINITIONS)]


def _flow(report: Issued, limit: int) -> str:
    """Former list, new, reopened, closed, present list; a hidden count of one equation is hidden in the other too."""
    f = figures.whole(report)
    on = f.before - f.closed
    now = shown([[on, f.new, f.reopened, f.now]], limit)[0]
    before = shown([[on, f.closed, f.before]], limit)[0]
    if HIDDEN in (now[0], before[0]):
        now = [HIDDEN, HIDDEN if f.new else now[1], HIDDEN if f.reopened else now[2], now[3]]
        before = [HIDDEN, HIDDEN, before[2]]
    returned = shown([[sum(f.returned.values()), f.closed - sum(f.returned.values()), f.closed]], limit)[0][0]
    row = (before[2], now[1], now[2], before[1], HIDDEN if before[1] == HIDDEN and limit else returned, now[3])
    return table("本期的变化", ("上期末", "新增", "重新列入", "销号", "其中返校", "本期末"), [row])


def _funnel(report: Issued, limit: int) -> list[str]:
    """From listed children to those who have to be looked for, and what cleared the others."""
    count = figures.listed(report)
    cleared = [(CHILD_WORDS[v], count[v]) for v in (*AT_SCHOOL, *figures.ACCOUNTED, "review")]
    steps = [(name, n) for name, n in (*cleared, ("要核查", figures.of_age(count) - sum(n for _, n in cleared))) if n]
    cells = shown([[*(n for _, n in steps), figures.of_age(count)]], limit)[0]
    names = [*(name for name, _ in steps), "适龄儿童"]
    caption = "图 1 名单上的适龄儿童怎样一步步核实到要核查的孩子"
    drawn = report_charts.bars([names[-1], *names[:-1]], _values([cells[-1], *cells[:-1]]), [cells[-1], *cells[:-1]])
    beyond = shown([[*(count[v] for v in figures.BEYOND), sum(count[v] for v in figures.BEYOND)]], limit)[0]
    others = "、".join(f"{CHILD_WORDS[v]} {n} 人" for v, n in zip(figures.BEYOND, beyond, strict=False))
    found = shown([[int(report.head["findings"])]], limit)[0][0]
    return [
        paragraph(
            (f"名单上共 {report.head['listed_children']} 人。" if beyond[-1] != HIDDEN else "")
            + f"{others},不在核查之列。"
        ),
        figure(charts.svg(drawn, "funnel", caption, _said(names, cells)), caption),
        table("图 1 的数据", ("结果", "孩子"), list(zip(names, cells, strict=True)), len(cells) - 1),
        paragraph(f"另有 {found} 名学生不在任何名单上,因学籍状态异常、休学超期或没有到校列入核查。"),
        *_comparisons(report, limit),
    ]


def _comparisons(report: Issued, limit: int) -> list[str]:
    """What each comparison was the first to find; what else stands on its list would tell small counts by subtraction."""
    told = compared(report)
    if not told:
        return []
    counted = [one for one in told if one.kind != "within" and one.found >= 0]
    cells = dict(zip((one.name for one in counted), shown([[one.found for one in counted]], limit)[0], strict=True))
    now = counted[-1].found
    cells |= {one.name: shown([[one.found, now - one.found, now]], limit)[0][0] for one in told if one.kind == "within"}
    rows = [(one.name, one.extent, cells.get(one.name, "未比对"), *(() if limit else (one.more,))) for one in told]
    headers = ("比对", "核对范围", "需核查的孩子", *(() if limit else ("说明",)))
    mark = next(n for n, one in enumerate(told) if one.kind == "sum")
    return [table(f"四查三比对({FIRST_FOUND})", headers, rows, mark)]


def _townships(report: Issued, limit: int) -> list[str]:
    flows = figures.by_township(report)
    unknown = UNKNOWN_TOWNSHIP not in flows and sum(_checked(report, UNKNOWN_TOWNSHIP)) > 0
    flows |= {UNKNOWN_TOWNSHIP: figures.flow((), "", "", "")} if unknown else {}
    names = list(flows)
    cells = shown(_summed([[f.group(g) for g in GROUPS] for f in flows.values()]), limit)
    caption = "图 2 各乡镇本期末未销号的个案"
    series = {GROUP_WORDS[g]: _values([row[i] for row in cells[:-1]]) for i, g in enumerate(GROUPS)}
    checked = shown([*(_checked(report, place) for place in names), _checked(report, None)], limit)
    rows = [(name, *row, *settled[:2]) for name, row, settled in zip([*names, "合计"], cells, checked, strict=False)]
    headers = ("乡镇", *GROUP_WORDS.values(), "未销号", "在校或已落实", "要核查或待比对")
    data = table("图 2 的数据", headers, rows, len(rows) - 1) + paragraph(
        "后两栏是名单上的适龄儿童。未销号的个案不含待人工比对的孩子,另含不在名单上的学生和往期未办结的个案。"
    )
    if not names:
        return [data]
    words = _said(names, [row[-1] for row in cells[:-1]])
    drawing = charts.svg(report_charts.stacked(names, series, "个案", lying=True), "townships", caption, words)
    return [figure(drawing, caption), data]


def _checked(report: Issued, township: str | None) -> list[int]:
    """Listed children of school age who are at school or accounted for, the others, and all."""
    count = figures.listed(report, township)
    of_age, settled = figures.of_age(count), sum(count[v] for v in (*AT_SCHOOL, *figures.ACCOUNTED))
    return [settled, of_age - settled, of_age]


def _ages(report: Issued, limit: int) -> list[str]:
    rows: list[Any] = list(records(report.table(CASES_BY_AGE)))
    parts = []
    for figure_, key, of, word in ((3, "age", "年龄", "{}岁"), (4, "grade", "年级", "{}年级")):
        known = sorted({getattr(r, key) for r in rows}, key=lambda v: (v <= (0 if key == "grade" else -1), v))
        names = [word.format(v) if v > (0 if key == "grade" else -1) else "不明" for v in known]
        counted = [[sum(r.n for r in rows if getattr(r, key) == v and r.group == g) for g in GROUPS] for v in known]
        parts += _grouped(names, counted, (figure_, f"本期末未销号的个案,按{of}", key), limit)
    return [*parts, paragraph("年级:学籍登记的年级;没有学籍的,是按出生日期应读的年级。")]


def _grouped(
    names: Sequence[str], counted: Sequence[Sequence[int]], about: tuple[int, str, str], limit: int
) -> list[str]:
    """A chart of both groups by name, with its table; `about` is its number, what it shows, and its id."""
    number, words, key = about
    if not names:
        return [paragraph(f"{words}:没有。")]
    cells = shown(_summed(counted), limit)
    series = {GROUP_WORDS[g]: _values([row[i] for row in cells[:-1]]) for i, g in enumerate(GROUPS)}
    caption = f"图 {number} {words}"
    drawing = charts.svg(
        report_charts.stacked(names, series, ""), key, caption, _said(names, [row[-1] for row in cells[:-1]])
    )
    rows = [(name, *row) for name, row in zip((*names, "合计"), cells, strict=True)]
    return [
        figure(drawing, caption),
        table(f"图 {number} 的数据", ("", *GROUP_WORDS.values(), "合计"), rows, len(rows) - 1),
    ]


def _months(report: Issued, limit: int) -> list[str]:
    rows: list[Any] = list(records(report.table(CASES_BY_MONTHS)))
    spans = [(name, low, high) for name, low, high in _MONTHS_OPEN]
    counted = [
        [sum(r.n for r in rows if low <= r.months <= high and r.group == g) for g in GROUPS] for _, low, high in spans
    ]
    return _grouped([name for name, _, _ in spans], counted, (6, "未销号的个案在册多久", "months"), limit)


def _trend(report: Issued, limit: int) -> list[str]:
    told: list[Any] = list(records(report.table(TREND)))
    months = [month_label(t.month) for t in told]
    cells = [shown([[t.dropout, t.suspected, t.now]], limit)[0] for t in told]
    series = {
        "未销号": _values([c[2] for c in cells]),
        "辍学": _values([c[0] for c in cells]),
        "疑似辍学": _values([c[1] for c in cells]),
    }
    caption = "图 5 逐月未销号的个案"
    drawing = charts.svg(report_charts.lines(months, series), "trend", caption, _said(months, [c[2] for c in cells]))
    more = () if limit else ("新增", "重新列入", "销号", "返校")
    rows = [
        (m, c[2], c[0], c[1], *(() if limit else (t.new, t.reopened, t.closed, t.returned)))
        for m, c, t in zip(months, cells, told, strict=True)
    ]
    return [figure(drawing, caption), table("图 5 的数据", ("月份", "未销号", "辍学", "疑似辍学", *more), rows)]


def _reasons(report: Issued, limit: int) -> list[str]:
    found = [(why, sum(n.values())) for why, n in figures.reasons(report)]
    progress = [paragraph(progress_words(report))] if progress_words(report) and not limit else []
    if not found:
        return [paragraph("本期没有销号的个案。"), *progress]
    cells = shown([[*(n for _, n in found), sum(n for _, n in found)]], limit)[0]
    if limit and figures.whole(report).closed < 2 * limit:
        return [paragraph("本期销号的个案太少,原因不列出。")]
    names = [*(why for why, _ in found), "合计"]
    return [table("本期销号的原因", ("原因", "个案"), list(zip(names, cells, strict=True)), len(names) - 1), *progress]


def _quality(report: Issued, limit: int) -> list[str]:
    schools = figures.school_flaws(report)
    if not schools:
        return [paragraph("没有学籍。")]
    column = shown([[s.flaws] for s in schools] + [[sum(s.flaws for s in schools)]], limit)
    flaws = {s.school: cell[0] for s, cell in zip(schools, column, strict=False)}
    worst = [s for s in sorted(schools, key=lambda s: (-s.flaws, s.school)) if flaws[s.school] not in (HIDDEN, "0")][
        :_SCHOOLS
    ]
    more = () if limit else ("本期新增", "上期遗留", "已改")
    rows = [
        (s.school, s.township, s.pupils, flaws[s.school], *(() if limit else (s.new, s.remaining, s.mended)))
        for s in schools
    ]
    data = folded(
        f"全部 {len(schools)} 所学校", table("各校学籍问题", ("学校", "所在乡镇", "学籍人数", "问题", *more), rows)
    )
    if not worst:
        return [paragraph("学籍中没有发现问题。"), data]
    names, caption = (
        [s.school.removeprefix(report.head["county"]) for s in worst],
        f"图 7 学籍问题最多的 {len(worst)} 所学校",
    )
    cells = [flaws[s.school] for s in worst]
    drawing = charts.svg(report_charts.bars(names, _values(cells), cells), "schools", caption, _said(names, cells))
    return [figure(drawing, caption), data]


def _matching(report: Issued, limit: int) -> list[str]:
    bins = report.table(SCORES)
    bins = bins[bins["count"] >= limit].assign(group=lambda b: b["group"].map(BAND_WORDS))
    bins = bins.sort_values(["group", "middle"], ignore_index=True)
    if not len(bins):
        return [paragraph("没有可以画出的孩子。")]
    link, review = float(report.head["link"]), float(report.head["review"])
    caption = (
        f"图 8 名单上的孩子与最相近学籍的权重;虚线是两条界限:{review:g} 以下不算,{link:g} 以上自动连接,其间由人比对"
    )
    words = ",".join(f"{name} {int(part['count'].sum())} 名" for name, part in bins.groupby("group")) + "。"
    drawing = charts.svg(charts.weights(bins, link, review), "scores", caption, words)
    rows = [(g, f"{m:g}", c) for g, m, c in bins.itertuples(index=False, name=None)]
    return [
        figure(drawing, caption),
        folded("图 8 的数据", table("权重分布(每格 2 比特,写中点)", ("结果", "权重", "孩子"), rows)),
    ]


_SECTIONS: tuple[tuple[str, Callable[[Issued, int], list[str]]], ...] = (
    ("本期概况", _overview),
    ("从名单到要核查的孩子", _funnel),
    ("各乡镇", _townships),
    ("年龄和年级", _ages),
    ("逐月", _trend),
    ("在册多久", _months),
    ("销号的原因", _reasons),
    ("学籍质量", _quality),
    ("比对的把握", _matching),
)

"""月报.docx: the written bulletin (通报), from a template that a county can replace."""

from __future__ import annotations

from typing import Any

from kcbx_cli.decide.ratios import AT_SCHOOL
from kcbx_cli.tables import Issued
from kcbx_cli.tables.issued import EXPIRING, TREND
from kcbx_cli.write import report_figures as figures
from kcbx_cli.write.children import records
from kcbx_cli.write.document import Document
from kcbx_cli.write.report_figures import GROUPS, STAGES, Flow
from kcbx_cli.write.report_words import (
    GROUP_WORDS,
    STAGE_WORDS,
    STATE_WORDS,
    compared_words,
    progress_words,
    ratio_rows,
    when,
)
from kcbx_cli.write.wording import ZERO, month_words

#: So many schools with the most registry problems are named.
_NAMED = 10


def report_document(report: Issued) -> bytes:
    """The document, the same bytes for the same report.

    Raises:
        KcbxError: `bad_template`, the county's own has a placeholder or a loop that is wrong.
    """
    return Document("report", report.template).fill(words(report))


def words(report: Issued) -> dict[str, Any]:
    """What the placeholders stand for; every one has a text, and `zero` says whether no case is left."""
    county, stages = figures.whole(report), figures.by_stage(report)
    listed = figures.listed(report)
    flaws = figures.school_flaws(report)
    reasons = [(why, sum(n.values())) for why, n in figures.reasons(report)]
    return {
        "county": report.head["county"],
        "month": month_words(when(report)),
        "issue": report.head["issue"],
        "as_of": report.head["as_of"],
        "school_age": report.head["school_age"],
        "zero": not county.now,
        "zero_words": ZERO,
        "first": not report.head["former"],
        "listed": {"children": report.head["listed_children"], "of_age": str(figures.of_age(listed)),
                   "enrolled": str(_of(listed, AT_SCHOOL)), "accounted": str(_of(listed, figures.ACCOUNTED)),
                   "review": str(listed["review"])},
        "registry": report.head["registry_rows"],
        "work": {"listed": str(_to_visit(listed)), "others": str(max(0, county.now - _to_visit(listed)))},
        "comparisons": "".join(compared_words(report)),
        "county_flow": _texts(county),
        "stages": [
            *({"stage": STAGE_WORDS[s], **_texts(stages[s])} for s in STAGES if s or stages[s].now or stages[s].closed),
            {"stage": "合计", **_texts(county)},
        ],
        "townships": [_township(place, f) for place, f in (*figures.by_township(report).items(), ("合计", county))],
        "clear": "、".join(p for p, f in figures.by_township(report).items() if not f.now) or "没有",
        "reasons": [{"why": why, "n": str(n)} for why, n in (*reasons, *([("合计", county.closed)] if reasons else []))],
        "compared": _compared(report),
        "progress": progress_words(report) or "上期没有发出核查表。",
        "papers": _papers(report),
        "ratios": [
            {"name": name, "value": value, "parts": parts, "formula": formula} for name, value, parts, formula in ratio_rows(report)
        ],
        "flaws": str(sum(s.flaws for s in flaws)),
        "mended": str(sum(s.mended for s in flaws)),
        "schools": [
            {"school": s.school, "pupils": str(s.pupils), "flaws": str(s.flaws), "new": str(s.new), "mended": str(s.mended)}
            for s in sorted(flaws, key=lambda s: (-s.flaws, s.school))[:_NAMED] if s.flaws
        ],
    }  # fmt: skip


def _of(count: Any, verdicts: tuple[str, ...]) -> int:
    return sum(count[v] for v in verdicts)


def _to_visit(listed: Any) -> int:
    """Listed children of school age whom nobody accounts for."""
    settled = (*AT_SCHOOL, *figures.ACCOUNTED, "review")
    return figures.of_age(listed) - _of(listed, settled)


def _texts(f: Flow) -> dict[str, str]:
    said = {name: str(getattr(f, name)) for name in ("before", "new", "reopened", "closed", "now")}
    return said | {group: str(f.group(group)) for group in GROUPS} | {"returned": str(sum(f.returned.values()))}


def _township(place: str, f: Flow) -> dict[str, str]:
    return {"township": place, **_texts(f)}


def _compared(report: Issued) -> str:
    trend = list(records(report.table(TREND)))
    if len(trend) < 2:
        return "本期是第一份月报。"
    now, before = trend[-1], trend[-2]
    change = now.now - before.now
    word = f"增加 {change}" if change > 0 else f"减少 {-change}" if change else "持平"
    parts = [f"{GROUP_WORDS[g]} {getattr(now, g)} 名（上期 {getattr(before, g)} 名）" for g in GROUPS]
    return f"与上期相比，未销号的个案{word}{' 名' if change else ''}；其中" + "，".join(parts) + "。"


def _papers(report: Issued) -> str:
    count: dict[str, int] = {}
    for row in records(report.table(EXPIRING)):
        count[row.state] = count.get(row.state, 0) + row.n
    told = [f"{STATE_WORDS[state]} {count[state]} 份" for state in ("expired", "soon", "undated") if count.get(state)]
    return "，".join(told) or "没有到期或即将到期的"

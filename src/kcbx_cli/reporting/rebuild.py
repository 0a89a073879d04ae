"""`kcbx report`: a past month's report, written again from the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Ledger, open_ledger
from kcbx_cli.passwords import PasswordBook
from kcbx_cli.result import Export, Result, Trace
from kcbx_cli.tables import Issued
from kcbx_cli.write import give, report_files
from kcbx_cli.write.report_figures import by_stage, whole
from kcbx_cli.write.report_words import STAGE_WORDS, month_label
from kcbx_cli.write.single import check


@dataclass(frozen=True)
class Asked:
    """Which month (yyyy-mm, empty for the newest), where to, and how small a cell of the page is hidden (-1: as issued)."""

    month: str
    out: Path | None
    suppress: int = -1


def rebuild(ledger: Path, asked: Asked, book: PasswordBook | None = None) -> Result:
    """Writes 月报.xlsx, 月报.docx and report.html of a month into a folder; without one only says what the report says.

    With a `book` of passwords the first two are behind the county's.

    Raises:
        KcbxError: `usage`, `no_ledger`, `no_report` (the ledger has none of that month), `exists`, `bad_template`.
    """
    with open_ledger(ledger, create=False, readonly=True) as held:
        report = issued_of(held, asked.month)
    if asked.suppress >= 0:
        report = replace(report, head={**report.head, "suppress": str(asked.suppress)})
    told: tuple[Export, ...] = ()
    if asked.out is not None:
        made = report_files(report)
        for file in made:
            check(asked.out / file.path, parent=False)
        asked.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = give("report", [(asked.out / file.path, file.make()) for file in made], book)
    data = {"out": str(asked.out or ""), **said(report)}
    return Result("report", data, tuple(_lines(report, asked.out)), trace=Trace(exports=told))


def issued_of(book: Ledger, month: str) -> Issued:
    """The report of the month, or the newest one.

    Raises:
        KcbxError: `usage`, `no_report`.
    """
    months = book.issued_months()
    wanted = month.replace("-", "") if month else str(months[-1] if months else 0)
    report = book.issued(int(wanted)) if wanted.isdigit() else None
    if report is None:
        told = "、".join(month_label(m) for m in months[-12:])
        hint = f"有月报的月份:{told}。" if months else "月报随 kcbx reconcile 一起写出并记入台账。"
        raise KcbxError(f"台账里没有 {month or '任何一个月'} 的月报", hint, "no_report")
    return report


def said(report: Issued) -> dict[str, Any]:
    """The main figures, for scripts."""
    county = whole(report)
    stages = {
        stage or "unknown": {
            "dropout": f.group("dropout"), "suspected": f.group("suspected"), "returned": f.returned[stage],
            "before": f.before, "moved": f.moved, "new": f.new, "reopened": f.reopened, "closed": f.closed, "now": f.now,
        }
        for stage, f in by_stage(report).items()
    }  # fmt: skip
    flow = {name: getattr(county, name) for name in ("before", "new", "reopened", "closed", "now")}
    return {"as_of": report.head["as_of"], "cases": flow, "stages": stages, "named": bool(report.detail)}


def _lines(report: Issued, out: Path | None) -> list[str]:
    county = whole(report)
    lines = [f"{report.head['county']}{report.head['as_of'][:7]} 月报"]
    lines.append(
        f"  个案:上期末 {county.before},新增 {county.new},重新列入 {county.reopened},销号 {county.closed},本期末 {county.now}。"
    )
    for stage, flow in by_stage(report).items():
        if flow.now or flow.returned[stage]:
            words = f"辍学 {flow.group('dropout')},疑似辍学 {flow.group('suspected')},返校 {flow.returned[stage]}"
            lines.append(f"  {STAGE_WORDS[stage]}:{words}。")
    if not report.detail:
        lines.append("  个案编号和责任人已清除,月报只有数字。")
    if out is not None:
        lines.append(f"结果在:{out}")
    return lines

"""How far a month's checklists have come since they were printed: the view between two reports."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kcbx_cli.ledger import open_ledger
from kcbx_cli.reporting.month import progress
from kcbx_cli.reporting.rebuild import issued_of
from kcbx_cli.result import Result
from kcbx_cli.write.children import records
from kcbx_cli.write.report_words import KIND_WORDS


def since(ledger: Path, month: str) -> tuple[Result, list[tuple[str, ...]]]:
    """The result, and a row a place: kind, name, children printed, sheet back or not, children answered, still open.

    What is collected meanwhile belongs to the next month's report; this one stays as it was issued.

    Raises:
        KcbxError: `usage`, `no_ledger`, `no_report`.
    """
    with open_ledger(ledger, create=False, readonly=True) as book:
        report = issued_of(book, month)
        found = progress(report, book)
    rows: list[tuple[str, ...]] = [
        (KIND_WORDS[p.kind], p.place, str(p.printed), "是" if p.returned else "", str(p.answered), str(max(0, p.printed - p.answered)))
        for p in records(found)
    ]  # fmt: skip
    lines = [f"{report.head['as_of'][:7]} 核查表的进度(月报不变,收回的结论计入下一期):"]
    for kind, words in KIND_WORDS.items():
        own = found[(found["kind"] == kind).to_numpy()]
        if len(own):
            lines.append(f"  {words} {len(own)} 份,收回 {int(own['returned'].sum())} 份;{_sum(own)}。")
    data = {
        "as_of": report.head["as_of"],
        "progress": [dict(zip(found.columns, row, strict=True)) for row in found.itertuples(index=False, name=None)],
    }
    return Result("report", data, tuple(lines)), rows


def _sum(own: pd.DataFrame) -> str:
    return f"孩子 {int(own['printed'].sum())} 名,已有结论 {int(own['answered'].sum())} 名"

"""What is held no longer than it is needed, and what a guardian may ask for.

Basis: PIPL art. 19 (no longer than the purpose needs), art. 45 (access and a copy for the person, for a child through
its guardian), art. 47 (deletion).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kcbx_cli import unchanged
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Ledger, open_ledger, unknown_cases
from kcbx_cli.result import Result, Trace
from kcbx_cli.settings import Settings
from kcbx_cli.write import give, unlink
from kcbx_cli.write.held import held_book

_WORDS = {
    "identities": "身份信息", "facts": "名单所载情况", "notes": "备注", "helpers": "结对帮扶人", "written_in": "摸排登记", "findings": "走访记录(留结论,去掉文字)",
    "corrections": "数据更正", "answers": "人工比对", "issued_detail": "月报里的个案编号和责任人",
}  # fmt: skip
#: What a purge cannot reach, and an office must see to.
_ELSEWHERE = (
    "以前的备份(备份/、恢复时改名保留的 .before- 文件)、收到的原始名单(inbox/)和没有用 --outputs 指明的文件夹里,"
    "这些孩子的信息还在;请按规定另行处理,清除后再做一次 kcbx backup。"
)


@dataclass(frozen=True)
class Purge:
    """What is to be purged: these cases, or by the rule where there are none; where outputs lie; why, and by whom."""

    cases: Sequence[str]
    outputs: Sequence[Path]
    why: str
    who: str


def purge(ledger: Path, asked: Purge, settings: Settings, today: date, *, dry_run: bool = False) -> Result:
    """Delete what identifies children; events, dispositions and counts stay. Outputs that name them are unlinked first.

    By the rule: cases closed for `security.retention_months`, and the outputs of months that are older.

    Raises:
        KcbxError: `no_case`, `case_open`, `output_occupied`, and what the ledger says; files that are deleted already
            stay so, and running it again does the rest.
    """
    before = _months_before(today, settings.security.retention_months)
    with open_ledger(ledger, create=False, readonly=dry_run) as book:
        if asked.cases:
            _check(book, asked.cases)
        cases = list(asked.cases) or book.closed_before(before)
        rule = None if asked.cases else before
        doomed = _doomed(asked, cases, rule)
        rows = book.forgettable(cases, rule)
        if not dry_run:
            unchanged.remove(ledger)
            for one in doomed:
                unlink.remove(one)
            if any(rows.values()) or cases:
                book.purge(cases, rule, asked.why, asked.who)
            unchanged.remove(ledger)
    return _purged(cases, doomed, rows, before if rule else None, dry_run=dry_run)


def export(ledger: Path, case: str, out: Path, settings: Settings, today: date) -> Result:
    """Write all that is held on a case's child, as a workbook to read and as JSON, into the folder.

    Raises:
        KcbxError: `no_case`, `exists`, and what the ledger says.
    """
    with open_ledger(ledger, create=False, readonly=True) as book:
        held = _held(book, case)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = {"schema": 1, "case": case, "county": settings.county.name, "exported": today.isoformat(), "held": held}
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    files = [
        (out / f"{case}.xlsx", held_book(case, held, settings, today)),
        (out / f"{case}.json", text.encode("utf-8", "backslashreplace")),
    ]
    trace = Trace(exports=give("export", files), cases=(case,), counts={name: len(rows) for name, rows in held.items()})
    lines = (f"个案 {case} 所存的全部信息写在:{out}({files[0][0].name} 供阅读,{files[1][0].name} 为原始数据)。",)
    return Result("export", {"out": str(out), "case": case, "rows": trace.counts}, lines, trace=trace)


def _held(book: Ledger, case: str) -> Mapping[str, list[dict[str, Any]]]:
    held = _by_number(book, case)
    if not held:
        raise unknown_cases([case])
    return held


def _by_number(book: Ledger, case: str) -> Mapping[str, list[dict[str, Any]]]:
    try:
        return book.held(case)
    except ValueError:
        return {}


def _check(book: Ledger, cases: Sequence[str]) -> None:
    standing = book.standings(cases)
    if missing := [case for case in cases if case not in standing]:
        raise unknown_cases(missing)
    if still := [case for case in cases if standing[case].open]:
        raise KcbxError(f"个案 {'、'.join(still)} 还没有销号,不能清除:孩子还要找", "先核实销号,再清除。", "case_open")


def _doomed(asked: Purge, cases: Sequence[str], rule: date | None) -> list[unlink.Doomed]:
    """What goes from the output folders: whole months by the rule, and in all others the files that name a case."""
    found = []
    known = unlink.folders(asked.outputs)
    for folder in known:
        month = unlink.month_of(folder)
        past = rule is not None and month is not None and month < rule
        found.append(unlink.whole_month(folder) if past else unlink.naming(folder, cases))
    loose = [path for path in asked.outputs if path.is_dir() and not unlink.folders([path])]
    return [one for one in (*found, *(unlink.naming(path, cases) for path in loose)) if one.files or one.unopened]


def _purged(
    cases: Sequence[str],
    doomed: Sequence[unlink.Doomed],
    rows: Mapping[str, int],
    before: date | None,
    *,
    dry_run: bool,
) -> Result:
    files = [str(one.folder / name) for one in doomed for name in one.files]
    unopened = [str(one.folder / name) for one in doomed for name in one.unopened]
    verb = "将清除" if dry_run else "已清除"
    since = f"({before.isoformat()} 以前销号的)" if before else ""
    lines = [f"{verb} {len(cases)} 个个案{since}的个人信息;经过、结论和人数都保留。"]
    lines += [f"  {_WORDS[name]} {n} 条" for name, n in rows.items() if n]
    lines += [f"{verb}结果文件 {len(files)} 份。"] if files else []
    lines += ["试运行,什么都没有删。"] if dry_run else []
    warnings = [f"有 {len(unopened)} 份文件有密码或已损坏,没有看里面,请自己检查:{unopened[0]} 等"] if unopened else []
    warnings += [_ELSEWHERE] if cases or files else []
    data = {"cases": list(cases), "rows": dict(rows), "files": files, "unopened": unopened, "dry_run": dry_run}
    trace = Trace(cases=tuple(cases), counts={**{k: n for k, n in rows.items() if n}, "files": len(files)})
    return Result("purge", data, tuple(lines), tuple(warnings), trace=trace)


def _months_before(today: date, months: int) -> date:
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)

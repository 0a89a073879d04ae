"""What a collection says of itself: counts, file names and case numbers, no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from kcbx_cli.collecting.batch import Batch, Sheet
from kcbx_cli.decide.answers import Outcome, by_action
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import WrittenIn
from kcbx_cli.problems import KINDS, Problem
from kcbx_cli.result import Result, Trace

_KINDS = {"township": "乡镇核查表", "school": "学校核查表", "review": "待人工比对", "problems": "数据问题"}
_STATES = {"unreadable": "读不了", "refused": "没有收"}
#: So many places of each kind of problem are named on the screen; --json has all.
_NAMED = 8


@dataclass(frozen=True)
class Tally:
    """What came of the batch: children written in, outcomes by case, answers about pairs and opinions about watched pupils,
    both with how many were known before.
    """

    written_in: Sequence[WrittenIn]
    outcomes: Mapping[str, Outcome]
    answers: tuple[int, int]
    opinions: tuple[pd.DataFrame, int]
    back: Sequence[str]


def result(batch: Batch, tally: Tally, *, dry_run: bool) -> Result:
    """The result of `kcbx collect`: exit code 1 when something was refused or findings contradict each other."""
    counts = _counts(batch, tally)
    findings = [f for o in tally.outcomes.values() for what, _, f in o.events if what == "answered"]
    actions = dict(by_action(batch.settings.dispositions, findings))
    conflicts = [case for case, outcome in tally.outcomes.items() if outcome.conflict]
    data = {
        "dry_run": dry_run,
        "files": [asdict(sheet) for sheet in batch.sheets.values()],
        "counts": counts,
        "actions": actions,
        "stages": dict(Counter(f.stage for f in findings)),
        "opened": [w.case_id for w in tally.written_in if w.opens and not w.watch],
        "closed": _closed(tally),
        "conflicts": conflicts,
        "returned": list(tally.back),
        "problems": [asdict(p) for p in batch.problems],
    }
    lines = _files(batch.sheets.values())
    lines += _summary(counts, actions)
    lines += _problems(batch.problems)
    lines += [f"退回:{name}" for name in tally.back]
    if dry_run:
        lines.append("试运行,什么都没有写。")
    why = _nothing_of_ours(batch)
    code = 2 if why else 1 if batch.refused else 0
    return Result("collect", data, tuple(lines), (), code, short_of="partial", error=why, trace=_trace(batch, counts))


def _nothing_of_ours(batch: Batch) -> KcbxError | None:
    """The error where not one file is a sheet of ours: nothing was recorded."""
    if any(s.state != "not_ours" for s in batch.sheets.values()):
        return None
    kind = KINDS["K602"]
    return KcbxError("给出的文件都不是 kcbx 印出的表,什么都没有收", f"{kind.remedy}。", "nothing_to_collect")


def _trace(batch: Batch, counts: Mapping[str, int]) -> Trace:
    rows = {sheet.file: sheet.rows for sheet in batch.sheets.values()}
    return Trace(tuple((f.sha256, rows[f.file]) for f in batch.files), counts=dict(counts))


def _counts(batch: Batch, tally: Tally) -> dict[str, int]:
    outcomes = tally.outcomes.values()
    return {
        "files": len(batch.files),
        "rows": sum(s.rows for s in batch.sheets.values()),
        "blank": sum(s.blank for s in batch.sheets.values()),
        "rejected": sum(s.rejected for s in batch.sheets.values()),
        "findings": sum(what == "answered" for o in outcomes for what, _, _ in o.events),
        "unchanged": sum(o.unchanged for o in outcomes) + tally.answers[1] + tally.opinions[1],
        "opened": sum(w.opens and not w.watch for w in tally.written_in),
        "closed": len(_closed(tally)),
        "conflicts": sum(o.conflict for o in outcomes),
        "pairs": tally.answers[0],
        "watch": tally.opinions[0]["case_id"].nunique(),
        "corrections": len(batch.corrections),
    }


def _closed(tally: Tally) -> list[str]:
    """Cases that this collection leaves closed."""
    return [case for case, outcome in tally.outcomes.items() if outcome.events and not outcome.open]


def _files(sheets: Collection[Sheet]) -> list[str]:
    """A line for each file with something in it; the others are counted."""
    ours = [s for s in sheets if s.state != "not_ours"]
    idle = [
        s for s in ours if (s.state == "known" and not s.rejected) or (s.state == "collected" and s.rows == s.blank)
    ]
    lines = [_line(s) for s in ours if s not in idle]
    lines += [f"没有填写或已经收过的 {len(idle)} 份。"] if idle else []
    strange = [f"「{s.file}」" for s in sheets if s.state == "not_ours"]
    more = f" 等 {len(strange)} 份" if len(strange) > _NAMED else ""
    return [*lines, f"不是 kcbx 印出的表,没有收:{'、'.join(strange[:_NAMED])}{more}。"] if strange else lines


def _line(sheet: Sheet) -> str:
    if sheet.state == "known":
        return f"「{sheet.file}」以前收过,还有 {sheet.rejected} 行没有收下,请改正后再报。"
    if sheet.state != "collected":
        return f"「{sheet.file}」{_STATES[sheet.state]}。"
    parts = [f"填了 {sheet.answered} 行", f"没有填 {sheet.blank} 行"]
    parts += [f"摸排 {sheet.written_in} 名"] if sheet.written_in else []
    parts += [f"退回 {sheet.rejected} 行"] if sheet.rejected else []
    return f"「{sheet.file}」{_KINDS[sheet.kind]} {sheet.month}:{','.join(parts)}。"


def _summary(counts: Mapping[str, int], actions: Mapping[str, int]) -> list[str]:
    lines = [f"新的核查结论 {counts['findings']} 条,销号 {counts['closed']} 个,新立个案 {counts['opened']} 个。"]
    if actions:
        lines.append("六处置:" + ",".join(f"{name} {n}" for name, n in actions.items()) + "。")
    for key, words in (
        ("unchanged", "没有变化 {} 行。"),
        ("pairs", "人工比对的回答 {} 对,下次核对时采用。"),
        ("watch", "关注名单的意见和结对 {} 人。"),
        ("corrections", "数据更正 {} 条,已记下;kcbx 不改名单,还要在原名单里改。"),
    ):
        if counts[key]:
            lines.append(words.format(counts[key]))
    return lines


def _problems(problems: Sequence[Problem]) -> list[str]:
    lines = []
    for code in sorted({p.code for p in problems} - {"K602", "K617"}):
        where = [_place(p) for p in problems if p.code == code]
        shown = "、".join(where[:_NAMED]) + (f" 等 {len(where)} 处" if len(where) > _NAMED else "")
        lines.append(f"{code} {KINDS[code].sentence}:{shown}。{KINDS[code].remedy}。")
    return lines


def _place(problem: Problem) -> str:
    row = f"第 {problem.row} 行" if problem.row else ""
    detail = f"({problem.detail})" if problem.detail else ""
    return f"「{problem.file}」{row}{detail}"

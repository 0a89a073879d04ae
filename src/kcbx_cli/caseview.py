"""What `kcbx cases` shows: lines for people, data for scripts. Names and numbers are full at a terminal only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from kcbx_cli.caseload import CaseFile
from kcbx_cli.result import Result, aligned
from kcbx_cli.write.audience import mask_id, mask_phone
from kcbx_cli.write.printed import id_words
from kcbx_cli.write.wording import EVENT_WORDS, STATE_WORDS, UNKNOWN_TOWNSHIP, day, kind_word, step_words

#: What of CASELOAD a script receives; nothing of it names a child.
_TOLD = (
    "case_id", "state", "township_code", "township", "village", "school", "groups", "kind", "reason", "first", "month",
    "months", "disposition", "expires", "stage", "category", "valid_until",
)  # fmt: skip
_HEADER = ("编号", "状态", "乡镇", "村", "类别", "月数", "走访", "核查结论", "手续")
#: The remark, and what is written into a checklist, may name anybody.
_HIDDEN = "（内容只在终端显示）"


def listing(caseload: Sequence[Any], as_of: date, expiring: int, out: str = "", warnings: Sequence[str] = ()) -> Result:
    """The result of `kcbx cases list`; `expiring` is the number of days that was asked for, -1 for none."""
    lines = aligned(_HEADER, map(_cells, caseload)) if caseload else []
    span = f"({as_of} 至 {as_of + timedelta(days=expiring)} 到期)" if expiring >= 0 else ""
    lines.append(f"共 {len(caseload)} 个{span}。" + (f"已写到:{out}" if out else ""))
    data = {"as_of": as_of.isoformat(), "count": len(caseload), "out": out, "cases": [_data(case) for case in caseload]}
    return Result("cases list", data, tuple(lines), tuple(warnings))


def _cells(case: Any) -> tuple[str, ...]:
    return (
        case.case_id,
        STATE_WORDS[case.state],
        case.township or UNKNOWN_TOWNSHIP,
        case.village,
        kind_word(case.kind),
        f"在册 {case.months} 个月",
        case.stage,
        _until(case.disposition, case.expires),
        _until(case.category, case.valid_until),
    )


def _until(words: str, last: int) -> str:
    return f"{words}(至 {day(last)})" if words and last else words


def _data(case: Any) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _TOLD}


def shown(file: CaseFile, *, personal: bool) -> Result:
    """The result of `kcbx cases show`: the child, then who said what, when, and from which file and row."""
    case = file.case
    number, *cells = _cells(case)
    lines = ["  ".join((f"个案 {number}", *filter(None, cells)))]
    lines += [f"  {label}:{text}" for label, text in _identity(file, personal) if text]
    for label, text in (("群体", case.groups.replace("|", "、")), ("学籍", f"{case.school}{case.grade}"), ("原因", case.sentence),
                        ("手续", case.category), ("责任人", case.responsible.replace("\n", ";") if personal else "")):  # fmt: skip
        lines += [f"  {label}:{text}"] if text else []
    lines.append("经过:")
    lines += [f"  {_step(step, personal)}" for step in file.history]
    for visit in file.visits:
        lines += ["核查记录:"] if "核查记录:" not in lines else []
        lines.append(f"  {_visit(visit, personal)}")
    history = [
        {name: value for name, value in step._asdict().items() if name not in ("reason", "who") or step.what != "noted"}
        for step in file.history
    ]
    return Result("cases show", {"case": _data(case), "history": history}, tuple(lines))


def _identity(file: CaseFile, personal: bool) -> list[tuple[str, str]]:
    who = file.person
    if who is None:
        return [("身份", f"已清除({file.purged})" if file.purged else "已清除")]
    number, phone = id_words(who), who.phone
    name, head, guardian = who.name, who.head_name, who.guardian_name
    birth = day(who.birth or who.id_birth)
    if not personal:
        name, head, guardian = (_hide(text) for text in (name, head, guardian))
        number, phone, birth = mask_id(number) if number else "", mask_phone(phone), birth[:4]
    return [
        ("姓名", name), ("性别", who.sex), ("出生", birth), ("身份证号", number), ("户主", head), ("监护人", guardian),
        ("电话", phone), ("住址", f"{who.township}{who.village}{who.address if personal else ''}"),
    ]  # fmt: skip


def _hide(name: str) -> str:
    return name[:1] + "*" * (len(name) - 1)


def _step(step: Any, personal: bool) -> str:
    words = [day(step.as_of), EVENT_WORDS[step.what]]
    text = step_words(step.what, step.kind, step.reason, step.disposition)
    until = f"(至 {day(step.expires)})" if step.disposition and step.expires else ""
    words.append(_HIDDEN if step.what == "noted" and not personal else text + until)
    if step.file:
        words.append(f"依据「{step.file}」" + (f"〔{step.sheet}〕" if step.sheet else "") + f"第 {step.row} 行")
    said_by = step.who or "程序"
    words.append(f"{said_by}({step.command},{step.recorded_at[:16].replace('T', ' ')} UTC)")
    return "  ".join(words)


def _visit(visit: Any, personal: bool) -> str:
    words = [visit.stage, day(visit.checked_on), visit.method, visit.disposition]
    if personal:
        words += [
            f"{label}:{text}"
            for label, text in (
                ("去向", visit.whereabouts), ("佐证", visit.evidence), ("劝返", visit.persuasion), ("核查人", visit.checker),
                ("电话", visit.checker_phone),
            )
            if text
        ]  # fmt: skip
    return "  ".join(w for w in words if w)


def done(command: str, cases: Sequence[str], word: str) -> Result:
    """The result of a command that has entered something about these cases."""
    return Result(command, {"cases": list(cases)}, (f"{word}:{'、'.join(cases)}",))

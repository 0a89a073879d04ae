"""一生一档: a Word document a child, from all that the ledger has on its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kcbx_cli import caseload
from kcbx_cli.caseload import CaseFile
from kcbx_cli.errors import KcbxError, some
from kcbx_cli.ledger import open_ledger, unknown_cases
from kcbx_cli.passwords import PasswordBook
from kcbx_cli.result import Result, Trace
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FACTS, PEOPLE
from kcbx_cli.write import give
from kcbx_cli.write.document import Document
from kcbx_cli.write.printed import id_words
from kcbx_cli.write.wording import EVENT_WORDS, STATE_WORDS, day, step_words

#: What stands in place of what was purged.
_PURGED = "（已清除）"
#: How many of them are named on the screen.
_NAMED = 5


@dataclass(frozen=True)
class Which:
    """The children whose dossiers are wanted: these cases, or all of a township, or all; closed cases too."""

    cases: Sequence[str] = ()
    township: str = ""
    everyone: bool = False


def write(
    ledger: Path, which: Which, out: Path, settings: Settings, as_of: date, book: PasswordBook | None = None
) -> Result:
    """Writes a document a child into `out`, named by case number; all are made before the first is written.

    With a `book` of passwords each is behind the county's.

    Raises:
        KcbxError: `usage`, `no_case`, `no_township`, `exists` (a document is there already), `bad_template`.
    """
    if sum((bool(which.cases), bool(which.township), which.everyone)) != 1:
        raise KcbxError("要写明是哪些孩子", "写个案编号、--township 乡镇 或 --all,三选一。", "usage")
    template = Document.load("dossier", settings.documents.dossier)
    with open_ledger(ledger, create=False, readonly=True) as held:
        everybody = held.caseload()
        if wrong := caseload.no_township(everybody, which.township):
            raise wrong
        found = caseload.chosen(everybody, caseload.Filter(township=which.township, state="all"), as_of)
        cases = [case.case_id for case in found if not which.cases or case.case_id in which.cases]
        if missing := sorted(set(which.cases) - set(cases)):
            raise unknown_cases(missing)
        files = {out / f"{case}.docx": case for case in cases}
        if there := [path.name for path in files if path.exists()]:
            raise KcbxError(f"「{out}」里已经有 {there[0]}", "请换一个文件夹,或先把原来的移走。", "exists")
        told = {path: caseload.case_file(held, case) for path, case in files.items()}
    made = {path: template.fill(words(file, settings, as_of)) for path, file in told.items()}
    gone = [file.case.case_id for file in told.values() if file.purged]
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    trace = Trace(exports=give("dossier", list(made.items()), book), cases=tuple(cases))
    lines = [f"写好 {len(made)} 份,在:{out}"]
    lines += [f"其中 {len(gone)} 份的个人信息已按规定清除,只有经过和结论:{some(gone, _NAMED)}。"] if gone else []
    return Result("dossier", {"out": str(out), "count": len(made), "purged": gone}, tuple(lines), trace=trace)


def words(file: CaseFile, settings: Settings, as_of: date) -> dict[str, Any]:
    """What the placeholders of the template stand for; every one has a text, empty where nothing is known."""
    case = file.case
    newest = file.facts[-1] if file.facts else FACTS.row()
    disposition = case.disposition + (f"（有效至 {day(case.expires)}）" if case.expires else "")
    registered = _registered(newest)
    responsible = newest.responsible or "（没有登记责任人）"
    person = file.person or PEOPLE.row()
    state = STATE_WORDS[case.state]
    if file.purged:
        registered = responsible = _PURGED
        person = person._replace(name=_PURGED)
        state += f"（个人信息已清除：{file.purged}）"
    return {
        "county": settings.county.name,
        "as_of": as_of.isoformat(),
        "child": _child(person),
        "case": {
            "case_id": case.case_id, "state": state, "first": day(case.first), "months": str(case.months),
            "groups": newest.groups.replace("|", "、"), "expected_grade": newest.expected_grade, "sentence": newest.sentence,
            "listed": newest.listed, "registered": registered, "near": newest.near,
            "responsible": responsible, "disposition": disposition or "（还没有结论）",
        },
        "history": [_step(step) for step in file.history],
        "facts": [_fact(fact) for fact in file.facts],
        "visits": [_visit(visit) for visit in file.visits],
    }  # fmt: skip


def _child(who: Any) -> dict[str, str]:
    relation = f"（{who.guardian_relation}）" if who.guardian_name and who.guardian_relation else ""
    return {
        "name": who.name, "former_name": who.former_name, "sex": who.sex, "birth": day(who.birth or who.id_birth),
        "id_number": id_words(who), "registry_number": who.registry_number, "place": f"{who.township}{who.village}",
        "address": who.address, "head_name": who.head_name, "relation": who.relation, "phone": who.phone,
        "guardian": f"{who.guardian_name}{relation}", "household": who.household, "family": who.family_names.replace("|", "、"),
    }  # fmt: skip


def _registered(fact: Any) -> str:
    school = f"{fact.school}{fact.grade}{fact.class_name}"
    return "　".join(p for p in (school, fact.status, fact.registered) if p) or "学籍系统里没有"


def _step(step: Any) -> dict[str, str]:
    text = step_words(step.what, step.kind, step.reason, step.disposition)
    sheet = f"〔{step.sheet}〕" if step.sheet else ""
    source = f"{step.file}{sheet}第{step.row}行" if step.file else ""
    return {
        "day": day(step.as_of),
        "what": EVENT_WORDS[step.what],
        "text": text,
        "source": source,
        "who": step.who or "程序",
    }


def _fact(fact: Any) -> dict[str, str]:
    span = "至".join(p for p in (day(fact.approved), day(fact.valid_until)) if p)
    status = fact.status + (f"（{day(fact.status_date)}）" if fact.status_date else "")
    paper = "　".join(p for p in (fact.category, fact.study, fact.evidence) if p)
    school = f"{fact.school}{fact.grade}{fact.class_name}" or "学籍系统里没有"
    return {"since": day(fact.since), "school": school, "status": status, "category": paper, "span": span}


def _visit(visit: Any) -> dict[str, str]:
    return {
        "day": day(visit.checked_on), "stage": visit.stage, "method": visit.method, "disposition": visit.disposition,
        "found": "　".join(p for p in (visit.whereabouts, visit.evidence) if p), "persuasion": visit.persuasion,
        "checker": "　".join(p for p in (visit.checker, visit.checker_phone) if p),
    }  # fmt: skip

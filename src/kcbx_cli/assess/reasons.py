"""`kcbx explain`: why a child was matched, or is on the suspected list."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli import __version__, intake
from kcbx_cli.asked import Asked
from kcbx_cli.assess.doubt import Doubt, best_pair, doubt
from kcbx_cli.assess.subject import Subject, find, refuse_purged
from kcbx_cli.casework import Judged
from kcbx_cli.intake import Intake
from kcbx_cli.judging import judge
from kcbx_cli.ledger import Ledger, open_ledger
from kcbx_cli.match import Explanation
from kcbx_cli.result import Result, Trace
from kcbx_cli.run import pairs
from kcbx_cli.settings import Settings
from kcbx_cli.write import single
from kcbx_cli.write.explained import Reasons, Step, explained_page
from kcbx_cli.write.given import check
from kcbx_cli.write.wording import KIND_WORDS, VERDICT_WORDS, sure

_FEW = 3
#: The candidates, and of each why a person is asked, if one is.
_Told = tuple[list[Any], list[Doubt | None]]
#: What was decided is told before what only resembles.
_PLACE = {"link": 0, "review": 1, "near": 2}


@dataclass(frozen=True)
class Question:
    """A case number or a row (`文件:工作表:行` or `文件:行`), the case ledger if any, and whether names are masked."""

    which: str
    ledger: Path | None
    masked: bool


@dataclass(frozen=True)
class Explained:
    """What is said: `result` for scripts (no names), `reasons` for people (names as was asked)."""

    result: Result
    reasons: Reasons


def explain(
    asked: Asked, settings: Settings, question: Question, page: tuple[Path, bool] | None, show: Callable[[str], None]
) -> Explained:
    """Match and judge the lists as the main job does, writing nothing, and say why one child came out as it did.

    The page, if asked for, never shows a name.

    Raises:
        KcbxError: a list cannot be read, there is no such case or row, its child was purged, or the page may not be written.
    """
    if page is not None:
        check("explain", page[0], replace=page[1])
    with _book(question.ledger) as book:
        if book is not None:
            refuse_purged(question.which, book)
        month = judge(asked, settings, book, lambda _, words: show(words))
    subject = find(question.which, month, has_ledger=book is not None)
    candidates = _candidates(month, subject)
    doubts = [doubt(month.matched, month.lists.people, month.lists.registry, link) for link in candidates]
    if page is not None:
        content = explained_page(
            _reasons(month, subject, (candidates, doubts), masked=True), settings.county.name, __version__
        )
        single.save(page[0], content, replace=page[1])
    reasons = _reasons(month, subject, (candidates, doubts), masked=question.masked)
    return Explained(
        Result("explain", _data(month, subject, (candidates, doubts), page), trace=_trace(month.lists, subject)),
        reasons,
    )


def _book(ledger: Path | None) -> AbstractContextManager[Ledger | None]:
    return nullcontext() if ledger is None else open_ledger(ledger, create=False, readonly=True)


def _trace(lists: Intake, subject: Subject) -> Trace:
    return Trace(intake.traced(lists.inputs), cases=(subject.case_id,) if subject.case_id else ())


def _candidates(month: Judged, subject: Subject) -> list[Any]:
    """The links of the child, best first: of its list row, or of the pupil with anybody on the lists."""
    links = month.matched.links
    if subject.person >= 0:
        mine = links[links["left"] == subject.person]
    else:
        pupil = month.matched.pupil
        mine = links[pupil[links["right"].to_numpy()] == pupil[subject.registry]]
    order = mine.assign(place=mine["band"].map(_PLACE))
    best = order.sort_values(["place", "weight", "left", "right"], ascending=[True, False, True, True], kind="stable")
    return list(best.head(_FEW).itertuples(index=False))


def _verdict(month: Judged, subject: Subject) -> tuple[str, str, str]:
    """Verdict or finding, its reason codes and its sentence; empty where a pupil is neither listed nor conspicuous."""
    person = subject.person if subject.person >= 0 else _listed(month, subject)
    if person >= 0:
        row = month.decided.verdicts.iloc[person]
        return str(row["verdict"]), str(row["reason"]), str(row["sentence"])
    findings = month.decided.findings
    mine = findings[findings["registry"] == subject.registry]
    return ("finding", str(mine["finding"].iloc[0]), str(mine["sentence"].iloc[0])) if len(mine) else ("", "", "")


def _listed(month: Judged, subject: Subject) -> int:
    """The list row of the child that the pupil is, -1 for none."""
    links, pupil = month.matched.links, month.matched.pupil
    made = links[(links["band"] == "link").to_numpy() & (pupil[links["right"].to_numpy()] == pupil[subject.registry])]
    return int(made["left"].min()) if len(made) else -1


def _reasons(month: Judged, subject: Subject, told: _Told, *, masked: bool) -> Reasons:
    """All that is said to people, names masked or not."""
    candidates, doubts = told
    people, registry = month.lists.people, month.lists.registry
    verdict, reason, why = _verdict(month, subject)
    said = []
    steps: list[Step] = []
    for n, (link, why_asked) in enumerate(zip(candidates, doubts, strict=True)):
        left, right = people.iloc[link.left], registry.iloc[link.right]
        names = (_name(left, masked), _name(right, masked))
        pair = pairs.explain(month.matched, people, registry, (link.left, link.right), names)
        other = right if subject.person >= 0 else left
        asked = f":{why_asked.words}" if why_asked else ""
        said.append(_candidate(link, other, pair, asked, masked=masked, listed=subject.person < 0))
        if n == 0:
            steps = _steps(pair, link, best_pair(month.matched, people, registry, link).weight)
    model = month.matched.model
    found = candidates[0].band if candidates else ""
    return Reasons(
        subject=_who(
            people.iloc[subject.person] if subject.person >= 0 else registry.iloc[subject.registry], subject, masked
        ),
        case_id=subject.case_id,
        verdict=f"学籍有异常,{KIND_WORDS[reason]}" if verdict == "finding" else VERDICT_WORDS.get(verdict, "没有异常"),
        why=why,
        outcome=_uncompared(month, subject) or _outcome(found, subject, candidates),
        candidates=said,
        steps=steps,
        link=model.link,
        review=model.review,
    )


def _steps(pair: Explanation, link: Any, best: float) -> list[Step]:
    """The weights of the pair, and what other candidates changed; they add up to the final weight.

    `best` is the weight of the child's best row: all its rows are linked by that one.
    """
    final = pair.weight if link.rule == "decided" else float(link.weight)
    lines: list[Any] = list(pair.table.itertuples(index=False))
    rows = [
        Step(r.title, r.said or _unsaid(r.comparison, pair.against), float(r.weight))
        for r in lines
        if r.comparison == "prior" or r.level != "missing"
    ]
    others = final - pair.weight
    if final == 0 and others > 0 and link.band == "review":
        rows.append(Step("请人核对", "要请人核对的,得分最低记 0", others))
    elif others >= 0.05 and abs(final - best) < 0.05:
        rows.append(Step("别的行", "名单上还有这个孩子的一行更像,按那一行算", others))
    elif abs(others) >= 0.05:
        rows.append(
            Step("其他候选", "还有别的孩子或记录也可能,互相竞争" if others < 0 else "家里其他孩子已经对上", others)
        )
    return rows


def _unsaid(comparison: str, against: str) -> str:
    others = {"stranger": "不相干的人", "sibling": "兄弟姐妹", "twin": "双胞胎"}[against]
    return f"起点:是同一人,还是{others}(各项都与这种可能相比)" if comparison == "prior" else ""


def _uncompared(month: Judged, subject: Subject) -> str:
    """Why a list row was not put to the registry at all; empty where it was."""
    if subject.person < 0 or subject.person in month.matched.minors:
        return ""
    if subject.person in month.lists.apart:
        return "点名册上只有姓名,本校学籍里没有这个名字,别处的同名学生不能算是他。"
    return "成年人不与学籍比对。"


def _outcome(band: str, subject: Subject, candidates: list[Any]) -> str:
    """What came of the comparison, in a sentence that a village teacher understands."""
    if subject.person < 0:
        return {
            "link": "这名学生就是名单上的孩子:",
            "review": "这名学生可能是名单上的孩子,要请人核对:",
            "near": "名单上没有这名学生;最相近的是:",
        }.get(band, "名单上没有姓名、证号或出生日期与这名学生相近的孩子。")
    if band == "link":
        return "在学籍里找到了这个孩子:"
    if band == "review":
        return "学籍里有学生可能是这个孩子,但还不能肯定,要请人核对:"
    if band == "near" and candidates[0].rule == "taken":
        return "学籍里没有找到这个孩子。最相近的学生已经认定是另一个孩子:"
    return (
        "学籍里没有找到这个孩子。最相近的学生不足以认定是同一人:"
        if band
        else "学籍里没有姓名、证号或出生日期相近的学生。"
    )


def _candidate(link: Any, other: pd.Series, pair: Explanation, asked: str, *, masked: bool, listed: bool) -> str:
    """One candidate: who, where, why, how sure; `asked` is why a person is asked."""
    where = (
        f"{other['township']}{other['village']}"
        if listed
        else f"{other['school']}{other['grade']}{other['class_name']}"
    )
    status = "" if listed else str(other["status"])
    details = ",".join(p for p in (_name(other, masked), where, status) if p)
    if link.rule == "decided":
        return f"{details}({_place(other)}):{pair.sentence.removesuffix('。')}。人工比对过,认定是同一人。"
    words = {"link": "认定是同一人", "review": "待人工比对", "near": "不认定"}[link.band]
    return f"{details}({_place(other)}):{pair.sentence.removesuffix('。')}。把握 {sure(float(link.probability))},{words}{asked}。"


def _who(row: pd.Series, subject: Subject, masked: bool) -> str:
    """The child: where it stands, and who it is when names may be shown."""
    kind = "名单" if subject.person >= 0 else "学籍"
    place = f"{kind}{_place(row)}"
    if masked:
        return f"{place}:{_name(row, True)}"
    birth = int(row["birth"] or row["id_birth"])
    day = f"{birth // 10000}-{birth // 100 % 100:02d}-{birth % 100:02d}" if birth else ""
    home = f"{row['township']}{row['village']}"
    return f"{place}:" + ",".join(p for p in (_name(row, False), str(row["sex"]), day, home) if p)


def _place(row: pd.Series) -> str:
    return f"「{row['file']}」" + (f"工作表「{row['sheet']}」" if row["sheet"] else "") + f"第 {row['row']} 行"


def _name(row: pd.Series, masked: bool) -> str:
    """The name, or its first character with stars."""
    name = str(row["name"])
    if not name:
        return "(没有姓名)"
    return name[0] + "*" * (len(name) - 1) if masked else re.sub(r"\s+", "", name)


def _data(month: Judged, subject: Subject, said: _Told, page: tuple[Path, bool] | None) -> dict[str, Any]:
    """For scripts: places, codes and numbers; nothing of a person."""
    people, registry = month.lists.people, month.lists.registry
    verdict, reason, _ = _verdict(month, subject)
    model = month.matched.model
    told = []
    for link, asked in zip(*said, strict=True):
        pair = pairs.explain(month.matched, people, registry, (link.left, link.right), None)
        lines: list[Any] = list(pair.table.itertuples(index=False))
        levels = [{"comparison": r.comparison, "level": r.level, "weight": round(float(r.weight), 6)} for r in lines]
        told.append(
            {
                "list": _origin(people.iloc[link.left]),
                "registry": _origin(registry.iloc[link.right]),
                "band": link.band,
                "asked": asked.code if asked else "",
                "rule": link.rule,
                "weight": float(link.weight),
                "probability": float(link.probability),
                "pair_weight": round(pair.weight, 6),
                "against": pair.against,
                "levels": levels,
            }
        )
    row = people.iloc[subject.person] if subject.person >= 0 else registry.iloc[subject.registry]
    return {
        "subject": {"kind": "list" if subject.person >= 0 else "registry", **_origin(row)},
        "case_id": subject.case_id,
        "verdict": verdict,
        "reason": reason,
        "candidates": told,
        "thresholds": {"link": model.link, "review": model.review},
        "page": None if page is None else str(page[0]),
    }


def _origin(row: pd.Series) -> dict[str, Any]:
    return {"file": str(row["file"]), "sheet": str(row["sheet"]), "row": int(np.int64(row["row"]))}

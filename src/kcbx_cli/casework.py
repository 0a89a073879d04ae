"""A month's verdicts meet the case ledger: case numbers for the work, what changed since the month before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from kcbx_cli import decide, run, wavering
from kcbx_cli.decide.duties import Home
from kcbx_cli.decide.duties import duties as duties_of
from kcbx_cli.intake import Intake
from kcbx_cli.ledger import CasePlan, Ledger, Work
from kcbx_cli.normalise import words
from kcbx_cli.problems import Problem, frame
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FACTS, PEOPLE, PROBLEMS, STANDING, WORK, Month
from kcbx_cli.write.children import children_of, people_at, records
from kcbx_cli.write.printed import study_words

_BLANK = PEOPLE.row()


@dataclass(frozen=True)
class Judged:
    """A month that was read, matched and decided, and the settings that it was decided by."""

    as_of: date
    settings: Settings
    lists: Intake
    given: run.Lists
    matched: run.Matched
    decided: decide.Decided


def month_of(judged: Judged, book: Ledger) -> tuple[CasePlan, Month]:
    """Every child at work gets its case number; cases that the month accounts for are told to the ledger.

    Open cases that are not on the month's work and that nothing accounts for join it: nobody drops out of sight.
    """
    as_of, lists, given, matched, decided = judged.as_of, judged.lists, judged.given, judged.matched, judged.decided
    owners = run.owners(matched, decided)
    plan = book.plan_month(
        as_of,
        Work(decided.work, owners.known, owners.resolved, lists.people, lists.registry, owners.doubts, owners.unseen),
    )
    own = decided.work.assign(case_id=plan.rows["case_id"])
    identity = dict(zip(given.cases["case_id"], given.cases["identity"], strict=True))
    why = owners.doubts, owners.unseen
    carried = decide.carried_over(plan.unlisted, identity, given.known, why, (as_of, judged.settings))
    work = WORK.concat([own, carried])
    numbers = work["case_id"]
    by_child = dict(zip(work["child"], numbers, strict=True))
    by_pupil = dict(zip(work["registry"].where(work["child"] < 0, -1), numbers, strict=True))
    verdicts = _without_watched(decided.verdicts, given.cases)
    of_case = verdicts["child"].map(by_child).where(verdicts["child"].isin(by_child), verdicts["case_id"])
    people = _Rows(work, lists, given.known)
    duties = duties_of(lists.responsible, people.homes())
    month = Month(
        as_of=as_of,
        people=lists.people,
        registry=lists.registry,
        special=lists.special,
        families=lists.families,
        verdicts=verdicts.assign(case_id=of_case.astype(object)),
        findings=decided.findings.assign(case_id=decided.findings["registry"].map(by_pupil).astype(object)),
        work=work,
        near=matched.links[matched.links["band"] != "link"].reset_index(drop=True),
        problems=_ordered(
            [
                lists.problems,
                matched.problems,
                decided.problems,
                _unlisted(plan, owners, book.path.name),
                people.unattended(lists.responsible, duties, book.path.name),
            ]
        ),
        known=given.known,
        changes=_changes(plan, given),
        cases=given.cases[STANDING.names],
        responsible=lists.responsible,
        duties=duties,
        comparisons=decided.comparisons,
        attendance=lists.attendance,
        schools=lists.schools,
        contradictions=decided.contradictions,
    )
    watch, told = wavering.watch_list(_seen(judged, month), plan, book)
    only = set(_only_watched(given.cases))
    accounted = {case: said for case, said in owners.resolved.items() if case not in only}
    whole = replace(book.with_facts(plan, _facts(month, matched.cases, accounted)), watch=told)
    unhelped = _unhelped(watch, book.path.name)
    problems = _ordered([month.problems, unhelped]) if len(unhelped) else month.problems
    return whole, replace(month, watch=watch, problems=problems)


def _unhelped(watch: pd.DataFrame, ledger: str) -> pd.DataFrame:
    """Children on the watch list whom nobody is paired with, and those whom no list of the month has."""
    on = watch[(watch["state"] == "on").to_numpy() & ~watch["at_work"].to_numpy()]
    lost = (on["person"] < 0).to_numpy() & (on["registry"] < 0).to_numpy()
    said = {"K633": on.loc[(on["helper"] == "").to_numpy() & ~lost, "case_id"], "K634": on.loc[lost, "case_id"]}
    return frame(
        Problem(code, ledger, field="case_id", detail=f"关注 {case}") for code, cases in said.items() for case in cases
    )


def _without_watched(verdicts: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """VERDICTS without the numbers of children who are only watched: these have no case."""
    only = verdicts["case_id"].isin(_only_watched(cases))
    return verdicts.assign(case_id=verdicts["case_id"].where(~only, "").astype(object))


def _only_watched(cases: pd.DataFrame) -> list[str]:
    """The numbers of children who never had a case."""
    return list(cases.loc[(cases["first"] == 0).to_numpy(), "case_id"])


def _seen(judged: Judged, month: Month) -> wavering.Seen:
    """The month as the watch list looks at it."""
    matched = judged.matched
    return wavering.Seen(
        as_of=month.as_of,
        settings=judged.settings,
        people=month.people,
        registry=month.registry,
        child=matched.child,
        pupil=matched.pupil,
        verdicts=month.verdicts,
        work=month.work,
        known=month.known,
        cases=judged.given.cases,
        changes=month.changes,
        states=matched.cases,
        absent=judged.decided.absent,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What a month says of a case: positions of its rows, and words. -1 is none."""

    case_id: str
    person: int = -1
    registry: int = -1
    paper: int = -1
    sentence: str = ""
    near: str = ""
    expected_grade: str = ""
    groups: str = ""


def _facts(month: Month, states: pd.DataFrame, resolved: Mapping[str, str]) -> pd.DataFrame:
    """FACTS: what the month says of every child at work, and of every case that it accounts for."""
    told = {
        w.case_id: _Told(
            w.case_id, w.person, w.registry, w.paper, w.sentence, w.near_sentence, w.expected_grade, w.groups
        )
        for w in records(
            month.work[(month.work["identity"] == 0).to_numpy() & (month.work["kind"] != "review").to_numpy()]
        )
    }
    accounted = states[states["case_id"].isin(list(resolved))]
    verdict = {v.person: v for v in records(month.verdicts[month.verdicts["person"].isin(accounted["person"])])}
    for state in records(accounted):
        said = verdict.get(state.person)
        if said is not None:
            found = _Told(state.case_id, state.person, said.registry, said.paper, said.sentence)
        else:
            found = _Told(state.case_id, registry=state.registry)
        told.setdefault(state.case_id, found)
    listed = people_at(month.people, [t.person for t in told.values()])
    pupils = people_at(month.registry, [t.registry for t in told.values()])
    papers = people_at(month.special, [t.paper for t in told.values()])
    answering = {child.case_id: child.responsible for child in children_of(month)} if len(month.duties) else {}
    rows = [
        _fact(t, listed.get(t.person, _BLANK), pupils.get(t.registry, _BLANK), papers.get(t.paper, _BLANK))
        | {"responsible": _duty_words(answering.get(t.case_id, ()))}
        for _, t in sorted(told.items())
    ]
    return FACTS.frame({name: [row[name] for row in rows] for name in FACTS.names})


def _fact(told: _Told, listed: Any, pupil: Any, paper: Any) -> dict[str, Any]:
    return {
        "case_id": told.case_id,
        "since": 0,
        "sentence": told.sentence,
        "near": told.near,
        "expected_grade": told.expected_grade,
        "groups": told.groups or (listed if told.person >= 0 else pupil).groups,
        **{name: getattr(pupil, name) for name in ("school", "grade", "class_name", "status", "status_date")},
        "listed": _origin(listed),
        "registered": _origin(pupil),
        "category": paper.category,
        "approved": paper.approved,
        "valid_until": paper.expires,
        "evidence": paper.evidence,
        "study": study_words(paper),
    }


def _duty_words(people: Sequence[Any]) -> str:
    return "\n".join(" ".join(t for t in (p.role, p.name, p.title, p.phone) if t) for p in people)


def _origin(row: Any) -> str:
    sheet = f"〔{row.sheet}〕" if row.sheet else ""
    return f"{row.file}{sheet}第{row.row}行" if row.file else ""


class _Rows:
    """The list row and the registry row of each child at work; the ledger's own person where it has neither."""

    def __init__(self, work: pd.DataFrame, lists: Intake, known: pd.DataFrame) -> None:
        listed, pupils = people_at(lists.people, work["person"]), people_at(lists.registry, work["registry"])
        held = {who.row: who for who in records(known[known["row"].isin(work["identity"])])}
        self._work = list(records(work))
        self._own = [listed.get(w.person) or held.get(w.identity) or _BLANK for w in self._work]
        self._pupil = [pupils.get(w.registry, _BLANK) for w in self._work]

    def homes(self) -> list[Home]:
        """Where each child at work belongs."""
        return [
            Home(w.township, w.village, pupil.school, own.household, _head(own) or pupil.head_name)
            for w, own, pupil in zip(self._work, self._own, self._pupil, strict=True)
        ]

    def unattended(self, roster: pd.DataFrame, duties: pd.DataFrame, ledger: str) -> pd.DataFrame:
        """Children at work for whom nobody of the roster answers, where there is a roster."""
        if not len(roster):
            return PROBLEMS.frame()
        attended = set(duties["home"].tolist())
        rows = [
            (w.case_id, own if own.file else pupil)
            for at, (w, own, pupil) in enumerate(zip(self._work, self._own, self._pupil, strict=True))
            if at not in attended
        ]
        return frame(
            Problem("K430", row.file or ledger, row.sheet, row.row if row.file else 0, detail=f"个案 {case}")
            for case, row in rows
        )


def _head(own: Any) -> str:
    return words.household_head(own.head_name, own.relation, own.name)


def _changes(plan: CasePlan, given: run.Lists) -> pd.DataFrame:
    """CHANGES of the plan, each with the position of its child in the ledger's people."""
    row = dict(zip(given.cases["case_id"], given.cases["identity"], strict=True))
    position = {int(identity): at for at, identity in enumerate(given.known["row"])}
    return plan.changes.assign(identity=[position.get(row.get(case, 0), -1) for case in plan.changes["case_id"]])


def _unlisted(plan: CasePlan, owners: run.Owners, ledger: str) -> pd.DataFrame:
    """Open cases whose child stands on no list this month, or on no roll call, and those that the corrected lists do not
    bear out."""
    said = {
        "K601": [case for case in plan.unlisted if case not in owners.doubts and case not in owners.unseen],
        "K630": plan.superseded,
        "K635": [case for case in plan.unlisted if case in owners.unseen],
    }
    return frame(
        Problem(code, ledger, field="case_id", detail=f"个案 {case}") for code, cases in said.items() for case in cases
    )


def _ordered(problems: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All problems by file, sheet and row, whatever the order in which they were found; each once."""
    everything = PROBLEMS.concat(list(problems)).drop_duplicates()
    return everything.sort_values(["file", "sheet", "row", "code", "field", "detail"], kind="stable", ignore_index=True)

"""What an office asks its case ledger, and what it tells it: list, show, close, reopen, annotate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide.answers import Finding, Said, expires, faults, stage
from kcbx_cli.decide.dates import latest, number
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Collection, Ledger, open_ledger, unknown_cases
from kcbx_cli.problems import KINDS
from kcbx_cli.settings import Disposition, Settings
from kcbx_cli.tables import CASELOAD, PEOPLE

#: Who a finding comes from when the office itself enters it.
_OFFICE = "office"
_PLACE = ("township_code", "township", "village")


@dataclass(frozen=True)
class Filter:
    """Which cases are meant; empty or 0 is any. `expiring` is a number of days, -1 for any."""

    township: str = ""
    school: str = ""
    group: str = ""
    stage: str = ""
    state: str = ""
    months: int = 0
    expiring: int = -1


@dataclass(frozen=True)
class Entry:
    """What the office enters about cases: which, who says so, on which day."""

    cases: Sequence[str]
    who: str
    day: date


@dataclass(frozen=True)
class CaseFile:
    """All that the ledger has on one case: frames CASELOAD (one row), PEOPLE (one row or none), HISTORY, VISITS, FACTS."""

    case: pd.DataFrame
    person: pd.DataFrame
    history: pd.DataFrame
    visits: pd.DataFrame
    facts: pd.DataFrame


def whole(book: Ledger, as_of: date, *, named: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """CASELOAD of every case in the order of case numbers, and the PEOPLE whose positions it names.

    Without `named` the people have a place and nothing else: less to read where nobody is shown.
    """
    people = book.people() if named else book.people(_PLACE)
    cases, facts = book.cases(as_of), book.facts()
    cases = cases[cases["first"] > 0].reset_index(drop=True)
    at = pd.Series(range(len(people)), index=people["row"].to_numpy(), dtype=np.int64)
    position = at.reindex(cases["identity"]).fillna(-1).astype(np.int64).to_numpy()
    known = facts.set_index("case_id").reindex(cases["case_id"])
    stages = book.stages()
    data: dict[str, Any] = {
        name: cases[name]
        for name in ("case_id", "first", "month", "months", "kind", "reason", "disposition", "expires")
    }
    data["state"] = np.where(cases["open"], "open", "closed").astype(object)
    data["stage"] = [stages.get(case, "") for case in cases["case_id"]]
    for name in ("sentence", "groups", "school", "grade", "category", "responsible"):
        data[name] = known[name].astype(object).where(known[name].notna(), "")
    data["valid_until"] = known["valid_until"].fillna(0).astype(np.int64)
    for name in _PLACE:
        column = people[name].to_numpy()
        data[name] = np.where(position >= 0, column[position], "") if len(column) else [""] * len(cases)
    data["person"] = position
    return CASELOAD.frame(data), people


def chosen(caseload: pd.DataFrame, wanted: Filter, as_of: date) -> pd.DataFrame:
    """The CASELOAD rows that are meant, in order.

    A text filter is met by a part of the text. Papers and findings expire when their last day lies between `as_of` and
    so many days later.
    """
    keep = np.ones(len(caseload), dtype=np.bool_)
    for name, text in (("township", wanted.township), ("school", wanted.school), ("groups", wanted.group)):
        if text:
            keep &= caseload[name].astype(str).str.contains(text, regex=False).to_numpy()
    if wanted.stage:
        keep &= (caseload["stage"] == wanted.stage).to_numpy()
    state = wanted.state or ("" if wanted.expiring >= 0 else "open")
    if state in ("open", "closed"):
        keep &= (caseload["state"] == state).to_numpy()
    keep &= (caseload["months"] >= wanted.months).to_numpy()
    if wanted.expiring >= 0:
        first, last = number(as_of), number(as_of + timedelta(days=wanted.expiring))
        soon = [
            (days > 0) & (latest(days) >= first) & (latest(days) <= last)
            for days in (caseload["expires"].to_numpy(), caseload["valid_until"].to_numpy())
        ]
        keep &= soon[0] | soon[1]
    return caseload[keep].reset_index(drop=True)


def case_file(book: Ledger, case: str, as_of: date) -> CaseFile:
    """All about one case.

    Raises:
        KcbxError: `no_case`.
    """
    _check(book, [case])
    caseload, people = whole(book, as_of)
    return file_of(book, caseload[caseload["case_id"] == case], people)


def file_of(book: Ledger, row: pd.DataFrame, people: pd.DataFrame) -> CaseFile:
    """All about the case of this one row of CASELOAD."""
    case, at = str(row["case_id"].iat[0]), int(row["person"].to_numpy()[0])
    person = people.iloc[[at]] if at >= 0 else PEOPLE.frame()
    return CaseFile(row.reset_index(drop=True), person, book.told(case), book.visits(case), book.facts(case))


def close(ledger: Path, entry: Entry, said: Said, settings: Settings) -> list[str]:
    """Closes cases with a finding, all or none; returns their numbers.

    Raises:
        KcbxError: `no_case`, `case_closed`, `not_closing` (the disposition does not close), `no_evidence` (it demands
            evidence) and what the ledger says.
    """
    found = _closing(said, settings, entry.day)
    with open_ledger(ledger, create=False) as book:
        standing = _check(book, entry.cases)
        if shut := [case for case in entry.cases if not standing[case].open]:
            raise KcbxError(f"个案 {'、'.join(shut)} 已经销号", "要改结论,请先 kcbx cases reopen。", "case_closed")
        as_of = max(book.months().values(), default=number(entry.day))
        events = [
            ("answered", _OFFICE, _finding(case, entry, said, found, as_of, stage(settings.visits, standing[case].visits, True)))
            for case in entry.cases
        ]  # fmt: skip
        book.collect(Collection(as_of, (), PEOPLE.frame(), events=events), "cases close", entry.who)
    return list(entry.cases)


def _closing(said: Said, settings: Settings, day: date) -> Disposition:
    """The disposition, when it closes a case and has what it demands."""
    closing = [d.label for d in settings.dispositions if d.closes]
    found = {d.label: d for d in settings.dispositions}.get(said.outcome)
    if found is None or not found.closes:
        raise KcbxError(f"核查结论「{said.outcome}」不能销号", "能销号的有:" + "、".join(closing) + "。", "not_closing")
    wrong = faults(said, settings.dispositions, number(day))
    if wrong:
        kind = KINDS[wrong[0][0]]
        code = "no_evidence" if wrong[0][1] == "evidence" else "usage"
        raise KcbxError(kind.sentence, kind.remedy + "。", code)
    return found


def _finding(case: str, entry: Entry, said: Said, found: Disposition, as_of: int, step: str) -> Finding:
    return Finding(
        case_id=case,
        sender=f"{_OFFICE}:{entry.who}",
        place=entry.who,
        as_of=as_of,
        disposition=found.label,
        closes=found.closes,
        deceased=found.deceased,
        expires=expires(found, said.checked_on, as_of),
        said=said,
        file="",
        sheet="",
        row=0,
        stage=step,
    )  # fmt: skip


def reopen(ledger: Path, entry: Entry, why: str) -> list[str]:
    """Takes the closing of cases back, all or none, with the reason as a remark; returns their numbers.

    The month goes on deciding: a case whose child it finds accounted for is closed again.

    Raises:
        KcbxError: `no_case`, `case_open` and what the ledger says.
    """
    from kcbx_cli.decide.cases import EVENTS

    with open_ledger(ledger, create=False) as book:
        standing = _check(book, entry.cases)
        if still := [case for case in entry.cases if standing[case].open]:
            raise KcbxError(f"个案 {'、'.join(still)} 没有销号,不用重开", "请核对编号。", "case_open")
        as_of = max(book.months().values(), default=number(entry.day))
        n = len(entry.cases)
        events = EVENTS.frame(
            {"case_id": list(entry.cases), "what": ["withdrawn"] * n, "as_of": [as_of] * n, "kind": [_OFFICE] * n,
             "who": [entry.who] * n}
        )  # fmt: skip
        with book.transaction():
            book.append(events, "cases reopen", entry.who)
            book.annotate(entry.cases, entry.day, entry.who, why)
    return list(entry.cases)


def annotate(ledger: Path, entry: Entry, text: str) -> list[str]:
    """Adds a remark to cases; returns their numbers.

    Raises:
        KcbxError: `no_case` and what the ledger says.
    """
    with open_ledger(ledger, create=False) as book:
        _check(book, entry.cases)
        book.annotate(entry.cases, entry.day, entry.who, text)
    return list(entry.cases)


def _check(book: Ledger, cases: Sequence[str]) -> dict[str, Any]:
    """Where the cases stand, all of them known."""
    standing = book.standings(cases)
    if missing := [case for case in cases if case not in standing]:
        raise unknown_cases(missing)
    return dict(standing)

"""What the office itself enters about its cases: close, reopen, annotate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kcbx_cli.decide.answers import Finding, Said, before_closing, expires, faults, stage
from kcbx_cli.decide.dates import number
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Collection, Ledger, open_ledger, unknown_cases
from kcbx_cli.problems import KINDS
from kcbx_cli.settings import Disposition, Settings
from kcbx_cli.tables import PEOPLE

#: Who a finding comes from when the office itself enters it.
_OFFICE = "office"


@dataclass(frozen=True)
class Entry:
    """What the office enters about cases: which, who says so, on which day."""

    cases: Sequence[str]
    who: str
    day: date


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

    The finding that the closing took the place of holds again, and is told once more in the history.
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
        stood = [before_closing(book.history(case).itertuples(index=False)) for case in entry.cases]
        again = EVENTS.frame({c: [getattr(s, c) for s in stood if s is not None] for c in EVENTS.names})
        with book.transaction():
            book.append(EVENTS.concat([events, again]), "cases reopen", entry.who)
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

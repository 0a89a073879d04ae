"""What a returned checklist means for a case: one rule, one function.

A row is taken when it says what was found, in the configured words, with the evidence that this finding demands. Rows of
one month about one child must agree: where two senders differ, both findings stay on record, and none of them holds
until one of the two corrects its sheet. Basis: cases are struck off one by one, on evidence (动态销号).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from kcbx_cli.settings import Disposition, Visits


@dataclass(frozen=True, slots=True)
class Said:
    """The blanks of one row, normalised. `checked_on` is yyyymmdd, 0 for none, -1 for what is no date."""

    method: str = ""
    checked_on: int = 0
    outcome: str = ""
    outcome_written: str = ""
    whereabouts: str = ""
    evidence: str = ""
    persuasion: str = ""
    checker: str = ""
    checker_phone: str = ""

    @property
    def blank(self) -> bool:
        """Nothing was filled in."""
        return self == Said()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is stored with the finding, in the order of the ledger's columns."""
        return (self.method, self.whereabouts, self.evidence, self.persuasion, self.checker, self.checker_phone)

    @property
    def digest(self) -> str:
        """Equal for rows that say the same."""
        cells = (*self.texts, str(self.checked_on), self.outcome)
        return sha256("\x1f".join(cells).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that was taken. `expires` is the last day on which it holds (yyyymmdd), 0 for no end."""

    case_id: str
    sender: str
    place: str
    as_of: int
    disposition: str
    closes: bool
    deceased: bool
    expires: int
    said: Said
    file: str
    sheet: str
    row: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as the ledger has it: `month` its newest monthly event, `reopened` the newest reopening (yyyymmdd, 0 for
    none), `visits` how many findings it has. `held` are its findings: month (yyyymm), sender, run, disposition, digest.
    """

    open: bool
    month: int
    reopened: int
    visits: int
    held: tuple[tuple[int, str, int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the findings of one case come to: `events` are (what, kind, finding), in order; `conflict` where they differ."""

    events: tuple[tuple[str, str, Finding], ...] = ()
    unchanged: int = 0
    conflict: bool = False
    open: bool = True


def faults(said: Said, dispositions: Sequence[Disposition], as_of: int) -> list[tuple[str, str]]:
    """Why a filled row cannot be taken: problem code and key of the cell; nothing when it can."""
    found = []
    known = {d.label: d for d in dispositions}.get(said.outcome)
    if not said.outcome_written:
        found.append(("K611", "outcome"))
    elif known is None:
        found.append(("K612", "outcome"))
    elif known.evidence and not said.evidence:
        found.append(("K613", "evidence"))
    if said.checked_on < 0 or (said.checked_on and not plausible(said.checked_on, as_of)):
        found.append(("K614", "checked_on"))
    return found


def plausible(checked_on: int, as_of: int) -> bool:
    """A visit lies within a year of the month that it answers for; sheets come back late, and some are early."""
    import numpy as np

    from kcbx_cli.decide.dates import earliest, later

    first = int(earliest(np.array([checked_on]))[0])
    span = later(np.array([as_of]), -12), later(np.array([as_of]), 12)
    return int(span[0][0]) <= first <= int(span[1][0])


def expires(disposition: Disposition, checked_on: int, as_of: int) -> int:
    """The last day on which a finding holds: so many months from the day of the visit, else from the sheet's month."""
    import numpy as np

    from kcbx_cli.decide.dates import earliest, later

    if not disposition.months:
        return 0
    start = earliest(np.array([checked_on or as_of]))
    return int(later(start, disposition.months)[0])


def outdated(as_of: int, case: Standing) -> bool:
    """The case has moved on since the sheet was printed: answered for, closed or reopened in a later month."""
    month = as_of // 100
    later_month = not case.open and case.month // 100 > month
    return later_month or case.reopened // 100 > month or any(held[0] > month for held in case.held)


def settle(case: Standing, findings: Sequence[Finding]) -> Outcome:
    """What the findings of one collection about one case come to, month by month."""
    outcome = Outcome(open=case.open)
    for month in sorted({f.as_of // 100 for f in findings}):
        outcome = _month(outcome, case, month, [f for f in findings if f.as_of // 100 == month])
    return outcome


def _month(before: Outcome, case: Standing, month: int, findings: Sequence[Finding]) -> Outcome:
    held = _newest(h for h in case.held if h[0] == month)
    fresh: list[Finding] = []
    for f in findings:
        already = {digest for _, digest in held.get(f.sender, ())} | {
            g.said.digest for g in fresh if g.sender == f.sender
        }
        if f.said.digest not in already:
            fresh.append(f)
    unchanged = before.unchanged + len(findings) - len(fresh)
    if not fresh:
        return replace(before, unchanged=unchanged)
    opinions = {sender: {disposition for disposition, _ in said} for sender, said in held.items()}
    opinions |= {f.sender: {g.disposition for g in fresh if g.sender == f.sender} for f in fresh}
    conflict = len(set().union(*opinions.values())) > 1
    events: list[tuple[str, str, Finding]] = []
    if not before.open and not conflict and not fresh[-1].closes:
        events.append(("withdrawn", "corrected", fresh[-1]))
    events += [("answered", f.sender.partition(":")[0], f) for f in fresh]
    if conflict:
        events.append(("withdrawn", "conflict", fresh[-1]))
    return Outcome((*before.events, *events), unchanged, conflict, conflict or not fresh[-1].closes)


def _newest(held: Iterable[tuple[int, str, int, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """By sender the dispositions and digests of its newest collection: earlier ones are superseded."""
    newest: dict[str, tuple[int, list[tuple[str, str]]]] = {}
    for _, sender, run, disposition, digest in held:
        if sender not in newest or run > newest[sender][0]:
            newest[sender] = (run, [])
        if run == newest[sender][0]:
            newest[sender][1].append((disposition, digest))
    return {sender: said for sender, (_, said) in newest.items()}


def before_closing(events: Iterable[Any]) -> Any:
    """The answer that the newest closing took the place of, among the EVENTS of a case; None where nothing stood.

    A closing that is taken back gives way to it. Only answers that leave the case open are looked for.
    """
    stood = None
    for event in events:
        if event.what in ("withdrawn", "reopened"):
            stood = None
        elif event.what == "answered" and not event.closes:
            stood = event
    return stood


def stage(visits: Visits, count: int, closes: bool) -> str:
    """The step of 三访一验 that a finding is: the last one where it closes the case, else that of the count-th visit."""
    return visits.stages[-1] if closes else visits.stages[: max(1, len(visits.stages) - 1)][: count + 1][-1]


def by_action(dispositions: Sequence[Disposition], findings: Iterable[Finding]) -> Mapping[str, int]:
    """How many findings fall to each of 六处置, in the order of the dispositions."""
    action = {d.label: d.action or d.label for d in dispositions}
    counts = dict.fromkeys(action.values(), 0)
    for f in findings:
        counts[action[f.disposition]] += 1
    return {name: n for name, n in counts.items() if n}

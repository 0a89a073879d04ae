"""What gathers while returned sheets are judged: what is taken, what is refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from kcbx_cli.decide.answers import Finding
from kcbx_cli.ledger import Collected, Correction, Ledger
from kcbx_cli.problems import KINDS, Problem
from kcbx_cli.read.returned import Entry, Returned
from kcbx_cli.settings import Settings
from kcbx_cli.write.children import records


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell that could not be taken: its place (row from 1, column from 0) and the problem's code."""

    sheet: str
    row: int
    column: int
    code: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer about two records: digests, yes, no or unsure, and where it stands."""

    left: str
    right: str
    same: str
    entry: Entry
    returned: Returned


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a school says of a watched pupil: one of OPINIONS (empty where only the helper was filled in), the helper, what
    was done.
    """

    case_id: str
    opinion: str
    helper: str
    helper_phone: str
    help: str
    returned: Returned
    entry: Entry


@dataclass(frozen=True, slots=True)
class ByHand:
    """A child who was written in."""

    entry: Entry
    returned: Returned


@dataclass
class Sheet:
    """The tally of one file. `taken` counts rows with something new, `unchanged` those that the ledger has."""

    file: str
    kind: str = ""
    place: str = ""
    month: str = ""
    state: str = "collected"
    rows: int = 0
    blank: int = 0
    answered: int = 0
    rejected: int = 0
    written_in: int = 0


@dataclass
class Batch:
    """One collection in the making."""

    settings: Settings
    book: Ledger
    months: Mapping[int, int]
    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rejected: dict[str, list[Rejected]] = field(default_factory=dict)
    returned: dict[str, Returned] = field(default_factory=dict)
    files: list[Collected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)

    @cached_property
    def watched(self) -> Mapping[str, Any]:
        """The rows of WATCHED by number."""
        return {row.case_id: row for row in records(self.book.watched())}

    @property
    def newest(self) -> int:
        """The newest month of the ledger, yyyymmdd; 0 for none."""
        return self.months[max(self.months)] if self.months else 0

    def day(self, returned: Returned) -> int:
        """The date that the sheet answers for, yyyymmdd: its own, else the newest month's."""
        return number(returned.as_of) if returned.as_of else self.newest

    def refuse(self, returned: Returned, entry: Entry, faults: Sequence[tuple[str, str]]) -> None:
        """The row cannot be taken: each fault is a problem code and the key of a cell."""
        file = returned.source.name
        self.sheets[file].rejected += 1
        for code, key in faults:
            column = entry.columns.get(key, min(entry.columns.values()))
            self.problems.append(Problem(code, file, entry.sheet, entry.row, key))
            self.rejected.setdefault(file, []).append(Rejected(entry.sheet, entry.row, column, code))

    def note(self, code: str, returned: Returned, entry: Entry, detail: str = "") -> None:
        """Something to know about a row that is taken."""
        self.problems.append(Problem(code, returned.source.name, entry.sheet, entry.row, detail=detail))

    @property
    def refused(self) -> bool:
        """Something could not be taken, or findings contradict each other."""
        return any(KINDS[p.code].severity == "error" or p.code in ("K616", "K625", "K632") for p in self.problems)


def number(day: date) -> int:
    """The date as yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day

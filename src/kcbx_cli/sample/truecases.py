"""What is true of every case, month by month, worked out from what was made up, never by asking the toolkit itself."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

import numpy as np

from kcbx_cli.sample.spec import Mask, Text

#: Verdicts that are work, and those of somebody who is still to be compared by a person.
_WORK = {"suspected", "papers_expired", "unknown_age"}
_DOUBT = "review"


@dataclass(frozen=True)
class Month:
    """One month: what is true of each person, and the verdicts that its list rows allow.

    `attending` are in class by the registry; `found` are pupils on no list about whom the registry itself raises an
    alarm, `doubtful` those whose age leaves open whether it does.
    """

    day: date
    state: Text
    verdicts: Mapping[int, set[str]]
    attending: Mask
    found: Set[int]
    doubtful: Set[int]


class Ledger:
    """The cases as they should be. Entries by person; `sure` is False from the first month on that allows two answers."""

    def __init__(self, people: int, dispositions: Mapping[str, tuple[bool, int]]) -> None:
        self.known = np.zeros(people, dtype=bool)
        self.open = np.zeros(people, dtype=bool)
        self.months = np.zeros(people, dtype=np.int64)
        self.sure = np.ones(people, dtype=bool)
        self._until = np.zeros(people, dtype=np.int64)  # last day of a closing finding
        self._dispositions = dispositions

    def case(self, person: int) -> str:
        """open, closed or none."""
        return "none" if not self.known[person] else "open" if self.open[person] else "closed"

    def month(self, seen: Month) -> None:
        """A month is run: cases open, carry over, close and open again."""
        day = int(seen.day.strftime("%Y%m%d"))
        for person, said in seen.verdicts.items():
            work = said & _WORK
            if len(said) > 1 and (work or _DOUBT in said):
                self.sure[person] = False
            if self._until[person] >= day:
                continue
            if work:
                self.known[person] = self.open[person] = True
            elif _DOUBT not in said:
                self.open[person] = False
        for person in np.flatnonzero(self.open).tolist():
            if person not in seen.verdicts and seen.attending[person]:
                self.open[person] = False  # on no list any more, and in class
        for person in seen.found:
            if self._until[person] < day:
                self.known[person] = self.open[person] = True
        self.sure[list(seen.doubtful)] = False
        self.months += self.open

    def answered(self, said: Mapping[int, str], day: int) -> None:
        """The townships have answered on the month's checklists."""
        for person, disposition in said.items():
            closes, months = self._dispositions[disposition]
            if closes:
                self.open[person] = False
                self._until[person] = _later(day, months)


def _later(day: int, months: int) -> int:
    """So many months after a visit on the month's 28th at the latest; for good without an end."""
    if not months:
        return 99991231
    visit = min(day % 100, 28)
    count = day // 10000 * 12 + day // 100 % 100 - 1 + months
    return (count // 12) * 10000 + (count % 12 + 1) * 100 + visit

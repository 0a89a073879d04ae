"""One month, as its outputs see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kcbx_cli.tables.cases import CHANGES, DUTIES, STANDING
from kcbx_cli.tables.decisions import COMPARISONS, CONTRADICTIONS
from kcbx_cli.tables.lists import ATTENDANCE, PEOPLE, RESPONSIBLE
from kcbx_cli.tables.quality import MENDED, QUALITY
from kcbx_cli.tables.watch import WATCH

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Month:
    """All that one month's outputs are written from. Positions in the frames are their 0-based row numbers.

    `people` are the rows of the person-level lists, `families` tag them, `special` is the special register.
    `near` are the LINKS of bands review and near between people and registry. `known` are the people of the case
    ledger before the month, `changes` what became of the cases since the month before, `cases` what
    was found of them up to now (STANDING). `responsible` is the roster of responsible people, and `duties` (DUTIES) says
    who of them answers for each row of `work`. `comparisons` (COMPARISONS) says what was compared, `attendance`
    (ATTENDANCE) holds the rows of the roll calls and absence reports, `schools` says how many schools have pupils in
    class and how many of them handed in a roll call, `contradictions` (CONTRADICTIONS) where two records differ.
    `watch` (WATCH) are the children who attend and may drop out. `quality` is what schools have to mend in the registry,
    `mended` what they have mended since the month before.
    """

    as_of: date
    people: pd.DataFrame
    registry: pd.DataFrame
    special: pd.DataFrame
    families: pd.DataFrame
    verdicts: pd.DataFrame
    findings: pd.DataFrame
    work: pd.DataFrame
    near: pd.DataFrame
    problems: pd.DataFrame
    known: pd.DataFrame = field(default_factory=PEOPLE.frame)
    changes: pd.DataFrame = field(default_factory=CHANGES.frame)
    cases: pd.DataFrame = field(default_factory=STANDING.frame)
    responsible: pd.DataFrame = field(default_factory=RESPONSIBLE.frame)
    duties: pd.DataFrame = field(default_factory=DUTIES.frame)
    comparisons: pd.DataFrame = field(default_factory=COMPARISONS.frame)
    attendance: pd.DataFrame = field(default_factory=ATTENDANCE.frame)
    schools: tuple[int, int] = (0, 0)
    contradictions: pd.DataFrame = field(default_factory=CONTRADICTIONS.frame)
    watch: pd.DataFrame = field(default_factory=WATCH.frame)
    quality: pd.DataFrame = field(default_factory=QUALITY.frame)
    mended: pd.DataFrame = field(default_factory=MENDED.frame)

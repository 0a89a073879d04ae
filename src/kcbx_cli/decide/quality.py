"""What a school has to mend in its registry entries, beyond what a cell by itself shows: one rule, one code.

Basis: 中小学生学籍管理办法 (教基一〔2013〕7号): one pupil one entry, entries true, complete and kept up to date; status
codes JY/T 1001. What a cell shows by itself is found when it is read (K2xx); what lists say otherwise, by `disputes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment
from kcbx_cli.decide.age import nominal_grades
from kcbx_cli.decide.dates import Flags, Ints, earliest, latest
from kcbx_cli.decide.disputes import report
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.fold import flags, group, sheets
from kcbx_cli.decide.words import by_value, grade_level
from kcbx_cli.tables import PROBLEMS

#: Grades at whose end one graduates: 小学 and 初中.
_LAST_GRADES = (6, 9)
#: A sheet that names guardians for fewer of its rows than this does not keep them, and says nothing of one pupil.
_KEPT = 0.1
Texts = NDArray[np.object_]


def quality(f: Facts) -> pd.DataFrame:
    """PROBLEMS of the registry rows, rule by rule, each in the order of the rows."""
    return PROBLEMS.concat([*_numbers(f), *_grades(f), *_statuses(f), _guardians(f)])


def _numbers(f: Facts) -> Iterator[pd.DataFrame]:
    """学籍号 against the ID number. G is normally followed by it, but may lag; L and J numbers are no ID numbers."""
    rows = f.given.registry
    numbers = rows["registry_number"].to_numpy()
    letter = by_value(rows["registry_number"], lambda n: n[:1] if len(n) == 19 else "", object)
    body = by_value(rows["registry_number"], lambda n: n[1:], object)
    valid = (rows["id_state"] == "valid").to_numpy()
    other = valid & (letter == "G") & (body != rows["id_pattern"].to_numpy())
    yield report("K271", rows, np.flatnonzero(other), "registry_number")
    yield report("K272", rows, np.flatnonzero(valid & np.isin(letter, ("L", "J"))), "registry_number")
    yield report("K273", rows, _on_several(numbers, f.pupils.of), "registry_number")


def _on_several(numbers: Texts, pupil: Ints) -> Ints:
    """Rows whose 学籍号 another pupil's row bears too."""
    at = np.flatnonzero(numbers != "")
    bearers = group(pd.factorize(numbers[at])[0])
    first = at[bearers.first[bearers.of]]
    return at[bearers.any(pupil[at] != pupil[first])[bearers.of]]


def _grades(f: Facts) -> Iterator[pd.DataFrame]:
    """A grade further from the nominal one than late entry, repeated years and suspension explain."""
    rows, allowed = f.given.registry, f.given.settings.quality.grade_years
    births = f.registry_ages["birth"].to_numpy()
    level = by_value(rows["grade"], grade_level, np.int64)
    rule, as_of = f.given.settings.school_age, f.given.as_of
    low, high = (nominal_grades(end, as_of, rule) for end in (latest(births), earliest(births)))
    apart = np.where(level > high, level - high, np.where(level < low, low - level, 0))
    odd = (births > 0) & (level > 0) & (apart > allowed) & (f.standing.state != enrolment.LEFT)
    at = np.flatnonzero(odd)
    yield report("K440", rows, at, "grade", np.array([f"相差 {n} 个年级" for n in apart[at]], dtype=object))


def _statuses(f: Facts) -> Iterator[pd.DataFrame]:
    """Statuses that cannot be, and 休学 that has run out."""
    rows, state = f.given.registry, f.standing.state
    level = by_value(rows["grade"], grade_level, np.int64)
    left = by_value(rows["status"], lambda s: "毕业" in s or "结业" in s, np.bool_) & (state == enrolment.LEFT)
    early = left & (level > 0) & ~np.isin(level, _LAST_GRADES)
    in_class = f.pupils.any(state == enrolment.ATTENDING)[f.pupils.of]
    for detail, where in (
        ("年级还不是毕业年级", early),
        ("义务教育阶段不得退学、开除", f.standing.gone_early & ~f.standing.senior),
        ("登记为死亡,另有在读的学籍", f.standing.dead & in_class),
    ):
        at = np.flatnonzero(where)
        yield report("K441", rows, at, "status", np.full(len(at), detail, dtype=object))
    for detail, which in (
        (f"已满 {f.given.settings.status.suspension_months} 个月", enrolment.OVERDUE),
        ("没有起始日期", enrolment.UNDATED),
        ("起始日期晚于统计日期", enrolment.FUTURE),
    ):
        at = np.flatnonzero(state == which)
        yield report("K442", rows, at, "status_date", np.full(len(at), detail, dtype=object))


def _guardians(f: Facts) -> pd.DataFrame:
    """Pupils on the register without a guardian, in sheets that keep guardians."""
    rows = f.given.registry
    lacks = (rows["guardian_name"] == "").to_numpy()
    where = lacks & (f.standing.state != enrolment.LEFT) & _kept(rows, lacks)
    return report("K443", rows, np.flatnonzero(where), "guardian_name")


def _kept(rows: pd.DataFrame, lacks: Flags) -> Flags:
    sheet = sheets(rows)
    there = np.bincount(sheet, weights=~lacks, minlength=1)
    return flags((there >= _KEPT * np.bincount(sheet, minlength=1))[sheet])

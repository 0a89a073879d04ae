"""The ratios of the monthly report: one formula, one function, one code that is printed beside the figure.

入学率 = in school ÷ school-age; 巩固率 = of a cohort, those who are still there ÷ those who entered; 辍学率 = dropouts in the
school year ÷ enrolment at its start. Two formulas of the last are published; they differ on pupils who died or moved away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Verdicts that say that a child is in class: by the registry, or by a roll call.
AT_SCHOOL = ("enrolled", "attending")
#: Verdicts of children who go to school: `taught` are taught at home (送教上门), `verified` were found at school.
#: `elsewhere` have papers, or a registry of another county, that show them at school there.
IN_SCHOOL = (*AT_SCHOOL, "elsewhere", "suspended", "taught", "verified")
#: Verdicts of children who do not count as of school age here: grown, too old or young, dead, struck off by a finding, or
#: moved away by the register of residents, so that another county answers for them and counts them.
NOT_COUNTED = ("deceased", "adult", "out_of_age", "cleared", "moved_away")
GRADES = {"primary": range(1, 7), "junior": range(7, 10)}
#: 巩固率: the scope, the first grade of the cohort that is now in the last one, and that last grade.
_COHORTS = (("nine_years", 1, 9), ("primary_six", 1, 6), ("junior_three", 7, 9))


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio: `over` of `under`, by which formula; `base` is the month that `under` comes from, 0 for this one.

    `under` is 0 where the ratio cannot be computed.
    """

    name: str
    scope: str
    over: int
    under: int
    formula: str
    base: int = 0


@dataclass(frozen=True, slots=True)
class Cohort:
    """Pupils who attended a grade in the first month of a school year of which there is a report (yyyymm)."""

    year: int
    month: int
    grade: int
    n: int


def enrolment(children: Mapping[str, int]) -> Ratio:
    """入学率 of the listed children, from their number by verdict.

    Basis: 入学率 counts those who have entered school; 休学 keeps the entry, 送教上门 is education, 免学 and 缓学 are not.
    """
    inside = sum(n for verdict, n in children.items() if verdict in IN_SCHOOL)
    under = sum(n for verdict, n in children.items() if verdict not in NOT_COUNTED)
    return Ratio("enrolment", "listed", inside, under, "residents")


def dropout(stage: str, dropped: int, gone: int, cohorts: Sequence[Cohort], formula: str) -> Ratio:
    """辍学率 of a stage in a school year.

    Args:
        stage: primary or junior.
        dropped: children who counted as dropouts in a month of the school year.
        gone: pupils of the stage who died or moved away in it.
        cohorts: the pupils attending at its start, by grade.
        formula: `start`: ÷ enrolment at the start; `net`: those who died or moved away leave the denominator.
    """
    first = [c for c in cohorts if c.grade in GRADES[stage]]
    under = sum(c.n for c in first) - (gone if formula == "net" else 0)
    return Ratio("dropout", stage, dropped, max(0, under), formula, first[0].month if first else 0)


def retention(year: int, attending: Mapping[int, int], cohorts: Sequence[Cohort]) -> list[Ratio]:
    """巩固率 of the cohorts that are in their last grade: those attending now ÷ those who attended their first grade.

    Only where a report was issued in the school year in which the cohort entered; moves in and out are not told apart.
    """
    known = {(c.year, c.grade): c for c in cohorts}
    found = []
    for scope, first, last in _COHORTS:
        entered = known.get((year - (last - first), first))
        under, base = (entered.n, entered.month) if entered else (0, 0)
        found.append(Ratio("retention", scope, attending.get(last, 0), under, "cohort", base))
    return found

"""Which schools and classes handed in a roll call: a class without one must not turn its pupils into absentees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.problems import Problem, frame
from kcbx_cli.run.schools import Place, classes
from kcbx_cli.tables import PROBLEMS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
#: A class of which at least so many were found has handed in a list, whatever the list calls it.
_HALF = 0.5


@dataclass(frozen=True)
class Coverage:
    """`rows`: the registry rows of classes that handed in a roll call. `schools`: how many have pupils on the roll,
    `given`: how many of them handed in any roll call. `problems`: who did not.
    """

    rows: Flags
    schools: int
    given: int
    problems: pd.DataFrame


def nothing() -> Coverage:
    """Nobody handed in anything."""
    return Coverage(np.zeros(0, dtype=np.bool_), 0, 0, PROBLEMS.frame())


def coverage(rows: pd.DataFrame, place: Place, registry: tuple[pd.DataFrame, Place], found: Ints) -> Coverage:
    """What the roll calls cover.

    A class is covered when a roll call of its school names it, or has at least half of its pupils; a school whose roll
    calls name no class is covered as a whole. Reports of absence name the absent only, and cover nobody.

    Args:
        rows: the attendance rows, with their places.
        place: of these rows.
        registry: the registry's rows and their places.
        found: the registry row of each attendance row, -1 for none.
    """
    pupils, there = registry
    attending = (pupils["status_group"] == "attending").to_numpy()
    roll = ~rows["report"].to_numpy()
    mine, theirs = classes(place, there)
    numbers, names = pd.factorize(theirs)
    listed = np.zeros(len(pupils), dtype=np.bool_)
    listed[found[roll & (found >= 0)]] = True
    size = np.bincount(numbers, weights=attending, minlength=len(names))
    held = np.bincount(numbers, weights=attending & listed, minlength=len(names))
    named = np.isin(names, mine[roll & (place.grade > 0)])
    plain = np.setdiff1d(place.school[roll], place.school[roll & ((place.grade > 0) | (place.classroom != ""))])
    school = np.zeros(len(names), dtype=np.int64)
    school[numbers] = there.school
    known = (school >= 0) & (size > 0)
    covered = known & (named | np.isin(school, plain[plain >= 0]) | (held >= _HALF * size))
    gave = np.isin(school, np.unique(school[covered]))
    first = np.full(len(names), -1, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(pupils))[::-1]
    problems = [
        _schools(pupils, there, attending & ~gave[numbers] & (there.school >= 0)),
        _told("K474", pupils, first[known & gave & ~covered], size[known & gave & ~covered]),
        _told("K477", pupils, first[covered & (held < _HALF * size)], (size - held)[covered & (held < _HALF * size)]),
    ]
    on_roll = np.unique(school[known])
    return Coverage(covered[numbers], len(on_roll), len(np.unique(school[covered])), PROBLEMS.concat(problems))


def _schools(pupils: pd.DataFrame, place: Place, without: Flags) -> pd.DataFrame:
    """Schools with pupils on the roll and no roll call: told once each, at the file that has them."""
    rows = pupils[without].assign(number=place.school[without])
    counted: Any = rows.groupby("number", sort=False).agg(
        file=("file", "first"), sheet=("sheet", "first"), school=("school", "first"), pupils=("row", "size")
    )
    return frame(
        Problem("K473", r.file, r.sheet, 0, "school", f"「{r.school}」{r.pupils} 名在读学生")
        for r in counted.itertuples(index=False)
    )


def _told(code: str, pupils: pd.DataFrame, first: Ints, counts: npt.NDArray[Any]) -> pd.DataFrame:
    """One problem a class, at its first row."""
    rows: Any = pupils.iloc[first]
    return frame(
        Problem(code, r.file, r.sheet, r.row, "class_name", f"「{r.school}」{r.grade}{r.class_name},{int(n)} 人")
        for r, n in zip(rows.itertuples(index=False), counts, strict=True)
    )

"""Whose each row of the attendance lists is, and which classes handed a list in.

Rows are put to the registry school by school and class by class: a teacher's list has little more than names. What finds
nobody at its own school goes to the kernel, as a listed person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.decide import Roll
from kcbx_cli.problems import Problem, frame
from kcbx_cli.run.coverage import Coverage, coverage, nothing
from kcbx_cli.run.local import load_model
from kcbx_cli.run.rollpairs import pairs
from kcbx_cli.run.schools import Place, places
from kcbx_cli.settings import Settings
from kcbx_cli.tables import PEOPLE, PROBLEMS, SEEN

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
#: A list may be written so many days after the day of the count.
_LATE = 7


@dataclass(frozen=True)
class RollCall:
    """`roll` for `decide`, the listed people with those whom only an attendance list knows, the problems, and the
    schools: how many there are on the roll and how many handed in a list. `apart`: people in class of whom no more than the
    name is known; no such row may contend with a list's for a pupil.
    """

    roll: Roll
    people: pd.DataFrame
    problems: pd.DataFrame
    coverage: Coverage
    apart: Ints


def roll_call(lists: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], today: int, settings: Settings) -> RollCall:
    """Put the rows of the attendance lists to pupils.

    Args:
        lists: attendance (ATTENDANCE), registry and listed people (PEOPLE).
        today: the day of the count, yyyymmdd.
        settings: the county's name and the rule of attendance.

    Raises:
        KcbxError: the model file cannot be used.
    """
    rows, registry, people = lists
    if not len(rows):
        return RollCall(Roll.none(len(registry)), people, PROBLEMS.frame(), nothing(), np.zeros(0, dtype=np.int64))
    fresh = _fresh(rows, today, settings.attendance.stale_days)
    at = np.flatnonzero(fresh & rows["usable"].to_numpy())
    used = rows.iloc[at]
    left, right = places(used, registry, settings.county.name)
    found, doubtful = pairs((used, left), (registry, right), load_model(settings))
    alone = np.setdiff1d(np.flatnonzero(found < 0), doubtful[0])
    nowhere = _bare(used.iloc[alone]) & (~left.named | left.shared)[alone] & (used["says"].to_numpy()[alone] != "out")
    gone, alone = alone[nowhere], alone[~nowhere]
    sure = np.flatnonzero(found >= 0)
    # Namesakes who cannot be told apart answer for one another: each row is put to all of them.
    whose = np.concatenate([sure, doubtful[0], alone])
    pupil = np.concatenate([found[sure], doubtful[1], np.full(len(alone), -1)])
    person = np.concatenate([np.full(len(sure) + len(doubtful[0]), -1), len(people) + np.arange(len(alone))])
    seen = SEEN.frame({"attendance": at[whose], "registry": pupil, "person": person})
    newcomers = used.iloc[alone]
    apart = len(people) + np.flatnonzero(_bare(newcomers) & (newcomers["says"] != "out").to_numpy())
    covered = coverage(used, left, (registry, right), found)
    namesakes = used.iloc[np.unique(doubtful[0])]
    problems = [
        _stale(rows[~fresh]), _unknown(used, left), _unplaced(used.iloc[gone[~left.shared[gone]]]), _shared(used, left), covered.problems, _namesakes(namesakes),
    ]  # fmt: skip
    return RollCall(
        Roll(rows, seen, covered.rows),
        PEOPLE.concat([people, newcomers[PEOPLE.names]]),
        PROBLEMS.concat(problems),
        covered,
        apart,
    )


def _fresh(rows: pd.DataFrame, today: int, stale: int) -> Flags:
    """Rows of this month's lists: not too old, and not of days to come. A month without a day ends on its last."""
    day = rows["day"].to_numpy()
    last = _days(np.where(day % 100 == 0, day + 28, day))
    now = int(_days(np.array([today]))[0])
    first = _days(np.where(day % 100 == 0, day + 1, day))
    return np.asarray((day == 0) | ((now - last <= stale) & (first - now <= _LATE)), dtype=np.bool_)


def _days(dates: Ints) -> Ints:
    months = (dates // 10000 - 1970) * 12 + dates // 100 % 100 - 1
    first: Ints = np.where(dates > 0, months, 0).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first + dates % 100 - 1


def _stale(rows: pd.DataFrame) -> pd.DataFrame:
    """Told once for each sheet and day."""
    one: Any = rows.drop_duplicates(["file", "sheet", "day"])
    return frame(Problem("K476", r.file, r.sheet, r.row, "roll_date") for r in one.itertuples(index=False))


def _unknown(rows: pd.DataFrame, left: Place) -> pd.DataFrame:
    """Schools of the lists that the registry does not have: told once each, at their first row."""
    where = (left.school < 0) & left.named & ~left.shared
    lost = rows[where].assign(name=left.name[where])
    one: Any = lost.drop_duplicates(["file", "sheet", "name"])
    return frame(
        Problem("K475", r.file, r.sheet, r.row, "school", f"「{r.name}」") for r in one.itertuples(index=False)
    )


def _shared(rows: pd.DataFrame, left: Place) -> pd.DataFrame:
    """Lists of a school whose name another has as well: told once a sheet."""
    one: Any = rows[left.shared].drop_duplicates(["file", "sheet"])
    return frame(Problem("K484", r.file, r.sheet, r.row, "school") for r in one.itertuples(index=False))


def _bare(rows: pd.DataFrame) -> Flags:
    """Rows with no more than a name."""
    bare = (rows["id_pattern"] == "") & (rows["birth"] == 0) & (rows["registry_number"] == "")
    return bare.to_numpy()


def _unplaced(rows: pd.DataFrame) -> pd.DataFrame:
    """Names of no school, which nobody can be put to: told once a file."""
    counted: Any = rows.groupby("file", sort=False).size()
    return frame(Problem("K483", file, field="school", detail=f"{n} 行") for file, n in counted.items())


def _namesakes(rows: pd.DataFrame) -> pd.DataFrame:
    one: Any = rows
    return frame(Problem("K478", r.file, r.sheet, r.row, "name") for r in one.itertuples(index=False))

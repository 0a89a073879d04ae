"""Numbers that cannot all be right: one number on several people, numbers that count up from row to row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise.columns import Cells, Flags, Whole, filled, numbered
from kcbx_cli.normalise.idcolumn import IdColumn, as_numbers

#: Rows in a row that count up by one before it is taken for a dragged fill handle.
DRAGGED_RUN = 4


def distinct_per_group(group: Whole, item: Whole) -> Whole:
    """For each row how many different items its group has; groups and items below 0 do not count and get 0."""
    counted = (group >= 0) & (item >= 0)
    width = int(item.max(initial=0)) + 1
    pairs = np.unique(group[counted] * width + item[counted])
    sizes = np.bincount(pairs // width, minlength=int(group.max(initial=0)) + 1)
    return np.where(group >= 0, sizes[np.maximum(group, 0)], 0).astype(np.int64)


def _group_has(group: Whole, flag: Flags) -> Flags:
    """For each row whether any row of its group has the flag; False for groups below 0."""
    hit = np.zeros(int(group.max(initial=0)) + 1, dtype=np.bool_)
    hit[group[flag & (group >= 0)]] = True
    has: Flags = hit[np.maximum(group, 0)] & (group >= 0)
    return has


def belongs_to(ids: IdColumn, name: Cells, relatives: Sequence[tuple[IdColumn, Cells]]) -> Flags:
    """Rows whose number is that of a relative named in the same row (head, parent) who has another name.

    `relatives` are (their numbers, their names); a relative without a name counts as another person.
    """
    found = np.zeros(len(name), dtype=np.bool_)
    for theirs, called in relatives:
        same = filled(ids.pattern) & (ids.state != "masked") & (ids.pattern == theirs.pattern)
        found |= same & ~(filled(name) & (name == called))
    return found


def lent(ids: IdColumn, name: Cells, household: Whole, head: Flags, agrees: Flags, child: Flags) -> Flags:
    """Rows that bear the number of someone else in their household.

    Where people of different names in one household share a number, it is the head's, or that of whoever's birth date it
    holds (`agrees`; `child` where that is also a child's date: beside a head, a grown-up's date may be derived from the
    head's number). When it is nobody's for sure and all of the household has it, it is taken from all.
    """
    if not (household >= 0).any():
        return np.zeros(len(name), dtype=np.bool_)
    number = numbered(np.where(ids.state == "masked", "", ids.pattern))
    pair = household * (int(number.max(initial=0)) + 1) + number
    group = np.where((household >= 0) & (number >= 0), np.unique(pair, return_inverse=True)[1], -1)
    shared = distinct_per_group(group, numbered(name)) > 1
    keeper = shared & (head | child | (agrees & ~_group_has(group, head)))
    settled = _group_has(group, keeper)
    all_of_it = distinct_per_group(household, number) == 1
    all_of_it &= ~_group_has(household, number < 0)
    found: Flags = shared & ~keeper & (settled | all_of_it)
    return found


def of_a_grown_up(ids: IdColumn, birth: Whole, today: int) -> Flags:
    """Rows whose birth date is a child's and whose valid number is that of somebody at least 12 years older and 18 or more."""
    child = (birth > 0) & (birth + 180_000 > today)
    older = (ids.birth > 0) & (ids.birth + 180_000 <= today) & (ids.birth // 10000 + 12 <= birth // 10000)
    return ids.valid() & child & older


def of_no_pupil(ids: IdColumn, birth: Whole, pupil: Flags, today: int) -> Flags:
    """Rows of pupils whose number is that of somebody of 18 or more, and whose birth date is not given or the number's."""
    older = (ids.birth > 0) & (ids.birth + 180_000 <= today)
    found: Flags = pupil & older & ((birth == 0) | (birth == ids.birth))
    return found


def several_names(number: Whole, name: Cells) -> Flags:
    """Rows whose valid number (by `numbered`) stands elsewhere in the table with another name."""
    rows = _standing_twice(number)
    found = np.zeros(len(number), dtype=np.bool_)
    found[rows] = distinct_per_group(number[rows], numbered(name[rows])) > 1
    return found


def repeated(number: Whole, name: Cells) -> Flags:
    """Rows whose valid number (by `numbered`) and name stand on an earlier row too."""
    rows = _standing_twice(number)
    called = numbered(name[rows])
    rows, called = rows[called >= 0], called[called >= 0]
    first = np.unique(number[rows] * (int(called.max(initial=0)) + 1) + called, return_index=True)[1]
    found = np.zeros(len(number), dtype=np.bool_)
    found[np.delete(rows, first)] = True
    return found


def _standing_twice(number: Whole) -> NDArray[np.intp]:
    """The rows whose number stands on another row too: few, and the only ones whose names matter."""
    rows = np.flatnonzero(number >= 0)
    return rows[np.bincount(number[rows], minlength=1)[number[rows]] > 1]


def dragged(ids: IdColumn) -> Flags:
    """Rows in a run of at least DRAGGED_RUN whose numbers go up by one, as a dragged fill handle makes them.

    Either the first 17 digits count up, or the whole number does and most check digits are wrong.
    """
    whole, body, last = as_numbers(ids.pattern)
    digits = whole & (last < 10)
    by_body = _steps(whole, body)
    by_end = _steps(digits, body * 10 + last)
    wrong = (ids.state == "bad_check") | (ids.state == "malformed")
    return _runs(by_body) | (_runs(by_end) & _group_has(np.cumsum(~by_end), wrong))


def _runs(steps: Flags) -> Flags:
    """Rows in runs of at least DRAGGED_RUN rows; `steps[i]` says that row i goes on from the row before it."""
    run = np.cumsum(~steps)
    long_enough: Flags = np.bincount(run, minlength=1)[run] >= DRAGGED_RUN
    return long_enough


def _steps(counted: Flags, number: Whole) -> Flags:
    """Rows whose number is one more than that of the row before, where both count."""
    found = np.zeros(len(number), dtype=np.bool_)
    found[1:] = counted[1:] & counted[:-1] & (np.diff(number) == 1)
    return found

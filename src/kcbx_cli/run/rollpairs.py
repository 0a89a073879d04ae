"""Which pupil each row of an attendance list is: by number, and by name within the school and class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.run.schools import Place, classes

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Side = tuple[pd.DataFrame, Place]
#: What each agreement is worth, in points; a pair needs LEAST. One number says more than a name in a class does.
_NUMBER, _NAME, _SPELLING, _BIRTH, _SCHOOL, _CLASS, _GRADE = 8, 4, 2, 3, 3, 2, 1
_OTHER_NAME, _OTHER_NUMBER, _OTHER_SEX, _OTHER_BIRTH = -6, -8, -3, -3
_LEAST = 7
#: In place of the pupil of a row that might be several.
_DOUBTFUL = -2
#: Up to this level two names may be one name in two spellings (see match.COMPARISONS).
_ONE_NAME = match.COMPARISONS["name"].index("wildcard")
_ONE_CHARACTER = match.COMPARISONS["name"].index("one_different")


def pairs(left: Side, right: Side, model: match.Model) -> tuple[Ints, tuple[Ints, Ints]]:
    """For each left row the right row that is the pupil, -1 for none; and the pairs of namesakes who cannot be told
    apart.

    Pairs are taken best first, each row once; a row whose best pupils are equally good is put to none of them.
    """
    found = np.full(len(left[0]), -1, dtype=np.int64)
    open_pairs = [np.zeros((2, 0), dtype=np.int64)]
    report = left[0]["report"].to_numpy()
    for rows in (np.flatnonzero(~report), np.flatnonzero(report)):
        mine = left[0].iloc[rows], left[1].at(rows)
        found[rows], doubtful = _of_one_kind(mine, right, model)
        open_pairs.append(np.stack([rows[doubtful[0]], doubtful[1]]))
    both = np.concatenate(open_pairs, axis=1)
    return found, (both[0], both[1])


def _of_one_kind(left: Side, right: Side, model: match.Model) -> tuple[Ints, tuple[Ints, Ints]]:
    """The same for rows that are all of roll calls, or all of reports; a pupil may stand on either."""
    i, j = _candidates(left, right)
    points = _points(left, right, i, j)
    found = _chosen(len(left[0]), (i, j, points))
    open_ = (points >= _LEAST) & (found[i] < 0) & ~np.isin(j, found)
    doubtful = i[open_], j[open_]
    found[doubtful[0]] = _DOUBTFUL
    rest = np.flatnonzero(found == -1)
    taken = np.zeros(len(right[0]), dtype=np.bool_)
    taken[found[found >= 0]] = True
    taken[doubtful[1]] = True
    i, j = _classmates((left[0].iloc[rest], left[1].at(rest)), (right[0], right[1]), taken)
    if len(i):
        found = _misspelt(left, right, (rest[i], j), found, model)
    return np.where(found == _DOUBTFUL, -1, found), doubtful


def _candidates(left: Side, right: Side) -> tuple[Ints, Ints]:
    """Pairs that bear one valid ID number, one registry number, or one name at one school."""
    name, their_name, their_former = _coded(_texts(left, "name"), _texts(right, "name"), _texts(right, "former_name"))
    here = _and(name, left[1].school)
    found = (
        _joined(*_coded(_valid(left[0]), _valid(right[0]))),
        _joined(*_coded(_texts(left, "registry_number"), _texts(right, "registry_number"))),
        _joined(here, _and(their_name, right[1].school)),
        _joined(here, _and(their_former, right[1].school)),
    )
    i, j = np.concatenate(found, axis=1)
    both = np.unique(i * len(right[0]) + j)
    return both // max(len(right[0]), 1), both % max(len(right[0]), 1)


def _classmates(left: Side, right: Side, taken: Flags) -> tuple[Ints, Ints]:
    """Pairs of one school, grade and class among those whom nobody has found yet."""
    free = np.flatnonzero(~taken)
    there = right[1].at(free)
    mine, theirs = (
        np.where((place.school >= 0) & (place.grade > 0), key, -1)
        for key, place in zip(classes(left[1], there), (left[1], there), strict=True)
    )
    i, j = _joined(mine, theirs)
    return i, free[j]


def _coded(*columns: npt.NDArray[np.object_]) -> list[Ints]:
    """The texts of the columns as numbers, equal ones alike; -1 for the empty one."""
    texts = np.concatenate(columns)
    codes = np.where(texts == "", -1, pd.factorize(texts)[0])
    return np.split(codes, np.cumsum([len(column) for column in columns])[:-1])


def _and(code: Ints, other: Ints) -> Ints:
    """One number for two, -1 where one of them is below 0."""
    return np.where((code >= 0) & (other >= 0), code * 1_000_000 + other, -1)


def _joined(mine: Ints, theirs: Ints) -> npt.NDArray[np.int64]:
    """All pairs with equal keys, as two rows; keys below 0 equal nothing."""
    order = np.argsort(theirs, kind="stable")
    first, last = (np.searchsorted(theirs[order], mine, side) for side in ("left", "right"))
    many = np.where(mine < 0, 0, last - first)
    i = np.repeat(np.arange(len(mine)), many)
    step = np.arange(len(i)) - np.repeat(np.cumsum(many) - many, many)
    return np.stack([i, order[first[i] + step]])


def _points(left: Side, right: Side, i: Ints, j: Ints) -> Ints:
    """How much speaks for each pair."""
    (mine, here), (theirs, there) = left, right
    total = np.zeros(len(i), dtype=np.int64)

    def weigh(a: npt.NDArray[np.object_], b: npt.NDArray[np.object_], same: int, other: int) -> None:
        both = (a != "") & (b != "")
        total[both & (a == b)] += same
        total[both & (a != b)] += other

    def text(name: str) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
        return mine[name].to_numpy()[i], theirs[name].to_numpy()[j]

    weigh(_valid(mine)[i], _valid(theirs)[j], _NUMBER, _OTHER_NUMBER)
    weigh(*text("registry_number"), _NUMBER, _OTHER_NAME)
    weigh(*text("sex"), 0, _OTHER_SEX)
    former = (mine["name"].to_numpy()[i] == theirs["former_name"].to_numpy()[j]) & (mine["name"].to_numpy()[i] != "")
    name, other = text("name")
    weigh(np.where(former, other, name), other, _NAME, _OTHER_NAME)
    born, theirs_born = mine["birth"].to_numpy()[i], theirs["birth"].to_numpy()[j]
    dated = (born % 100 > 0) & (theirs_born % 100 > 0)
    total[dated & (born == theirs_born)] += _BIRTH
    total[dated & (born != theirs_born)] += _OTHER_BIRTH
    school = (here.school[i] == there.school[j]) & (here.school[i] >= 0)
    grade = school & (here.grade[i] == there.grade[j]) & (here.grade[i] > 0)
    total[school] += _SCHOOL
    total[grade] += _GRADE
    total[grade & (here.classroom[i] == there.classroom[j])] += _CLASS
    return total


def _chosen(count: int, candidates: tuple[Ints, Ints, Ints]) -> Ints:
    """One to one, the best first; of pairs that are equally good for one row none is taken."""
    i, j, points = candidates
    found = np.full(count, -1, dtype=np.int64)
    enough = points >= _LEAST
    i, j, points = i[enough], j[enough], points[enough]
    once = (np.bincount(i, minlength=count)[i] == 1) & (np.bincount(j)[j] == 1 if len(j) else True)
    found[i[once]] = j[once]
    rest = np.flatnonzero(~once)
    order = rest[np.lexsort((j[rest], i[rest], -points[rest]))]
    taken: set[int] = set()
    best: dict[int, int] = {}
    rivals: dict[int, int] = {}
    for a, p in zip(i[order].tolist(), points[order].tolist(), strict=True):
        if best.setdefault(a, p) == p:
            rivals[a] = rivals.get(a, 0) + 1
    for a, b, p in zip(i[order].tolist(), j[order].tolist(), points[order].tolist(), strict=True):
        if found[a] < 0 and b not in taken and p == best[a] and rivals[a] == 1:
            found[a] = b
            taken.add(b)
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if found[a] < 0 and b not in taken and rivals[a] == 1:
            found[a] = b
            taken.add(b)
    return found


def _misspelt(left: Side, right: Side, classmates: tuple[Ints, Ints], found: Ints, model: match.Model) -> Ints:
    """`found` with classmates whose names may be one name in two spellings; then with those who differ in one character,
    where neither has another such classmate left.
    """
    i, j = classmates
    mine, theirs = (side[0].iloc[at].reset_index(drop=True) for side, at in ((left, i), (right, j)))
    level = match.score_block(mine, theirs, model)["level_name"].to_numpy()
    points = _points(left, right, i, j) - _OTHER_NAME + _SPELLING
    for alike, alone in ((level <= _ONE_NAME, False), ((level > _ONE_NAME) & (level <= _ONE_CHARACTER), True)):
        at = np.flatnonzero(alike & (found[i] == -1) & ~np.isin(j, found) & (points >= _LEAST))
        if alone and len(at):
            at = at[(np.bincount(i[at])[i[at]] == 1) & (np.bincount(j[at])[j[at]] == 1)]
        more = _chosen(len(found), (i[at], j[at], points[at]))
        found = np.where(found == -1, more, found)
    return found


def _texts(side: Side, column: str) -> npt.NDArray[np.object_]:
    texts: npt.NDArray[np.object_] = side[0][column].to_numpy(dtype=object)
    return texts


def _valid(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    return np.where(rows["id_state"] == "valid", rows["id_pattern"], "").astype(object)

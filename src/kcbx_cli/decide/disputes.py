"""Where the lists and the registry contradict each other about one child, and where two rows claim one number.

Each dispute is told at both rows, and each names the other; nothing says what stands in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment
from kcbx_cli.decide.dates import Flags, Ints, earliest, latest
from kcbx_cli.decide.facts import Facts, doubles
from kcbx_cli.decide.fold import Groups, flags, group, sheets
from kcbx_cli.decide.listed import DEATH, STRUCK_OFF, marked_out, says_out
from kcbx_cli.decide.words import by_value, is_placed, schooling_level
from kcbx_cli.tables import CONTRADICTIONS, PROBLEMS

_PLACE = ["file", "sheet", "row"]


def disputes(f: Facts) -> list[pd.DataFrame]:
    """PROBLEMS of all kinds of dispute, kind by kind, each in the order of the rows; see `both_sides`."""
    return [*_double_registration(f), *_between_lists(f), *_with_registry(f), *_numbers(f)]


def contradictions(told: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """CONTRADICTIONS of the frames that come from `both_sides`."""
    pairs = [frame.iloc[: len(frame) // 2] for frame in told if "other_row" in frame]
    return CONTRADICTIONS.concat([CONTRADICTIONS.frame({n: pair[n] for n in CONTRADICTIONS.names}) for pair in pairs])


def report(
    code: str, rows: pd.DataFrame, at: Ints, field: str = "", detail: NDArray[np.object_] | None = None
) -> pd.DataFrame:
    """PROBLEMS: one for each of the rows at these positions of a PEOPLE frame."""
    return PROBLEMS.frame(
        {
            "code": np.full(len(at), code, dtype=object),
            **_places(rows, at),
            "field": np.full(len(at), field, dtype=object),
            "detail": np.full(len(at), "", dtype=object) if detail is None else detail,
        }
    )


def _places(rows: pd.DataFrame, at: Ints) -> dict[str, NDArray[Any]]:
    """File, sheet and row of the rows at these positions."""
    return {name: rows[name].to_numpy()[at] for name in _PLACE}


def _against(code: str, field: str, rows: pd.DataFrame, at: Ints, others: pd.DataFrame, there: Ints) -> pd.DataFrame:
    """One problem at each row, its detail naming the row on the other side."""
    named = [
        f"对照「{file}」{f'「{sheet}」' if sheet else ''}第 {row} 行"
        for file, sheet, row in zip(*_places(others, there).values(), strict=True)
    ]
    return report(code, rows, at, field, np.array(named, dtype=object))


def both_sides(code: str, field: str, rows: pd.DataFrame, at: Ints, others: pd.DataFrame, there: Ints) -> pd.DataFrame:
    """The problem told at both sides, first all of one and then all of the other; the columns `other_…` name the other."""
    if not len(at):
        return PROBLEMS.frame()
    told = PROBLEMS.concat(
        [_against(code, field, rows, at, others, there), _against(code, field, others, there, rows, at)]
    )
    one, other = _places(others, there), _places(rows, at)
    return told.assign(**{f"other_{name}": np.concatenate([one[name], other[name]]) for name in _PLACE})


def _double_registration(f: Facts) -> Iterator[pd.DataFrame]:
    """双重学籍: one pupil on the register of two schools, or twice at one; rows that say left do not count."""
    on_roll = f.standing.state != enrolment.LEFT
    rows = np.flatnonzero(on_roll & doubles(f.pupils, f.standing)[f.pupils.of])
    first = f.pupils.pick(on_roll)[f.pupils.of[rows]]
    later = rows != first
    yield both_sides("K401", "", f.given.registry, rows[later], f.given.registry, first[later])


def _between_lists(f: Facts) -> Iterator[pd.DataFrame]:
    """Name, birth date, life and schooling of one child as different list rows have them, against the first row."""
    people = f.given.people
    rows = np.flatnonzero(f.children.first[f.children.of] != np.arange(len(people)))
    first = f.children.first[f.children.of[rows]]
    births = f.per_row["birth"].to_numpy()
    dead = people["removed"].to_numpy() == DEATH
    gone = people["removed"].isin(STRUCK_OFF).to_numpy()
    out = says_out(people)
    within = by_value(people["schooling"], schooling_level, object) == "within"
    for code, field, differs in (
        ("K402", "name", _other_name(people, rows, people, first)),
        ("K403", "birth_date", _other_birth(births[rows], births[first])),
        ("K404", "removed_reason", dead[rows] != dead[first]),
        ("K481", "removed_reason", gone[rows] != gone[first]),
        ("K405", "schooling", (out[rows] & within[first]) | (within[rows] & out[first])),
    ):
        yield both_sides(code, field, people, rows[differs], people, first[differs])


def _with_registry(f: Facts) -> Iterator[pd.DataFrame]:
    """Name, birth date, number and life of a linked child as a list row and the registry have them."""
    people, registry = f.given.people, f.given.registry
    linked = f.link.row[f.children.of]
    rows = np.flatnonzero(linked >= 0)
    pupil = linked[rows]
    births, theirs = f.per_row["birth"].to_numpy(), f.registry_ages["birth"].to_numpy()
    valid = (people["id_state"].to_numpy() == "valid")[rows] & (registry["id_state"].to_numpy() == "valid")[pupil]
    dead = people["removed"].to_numpy() == DEATH
    ids, their_ids = people["id_pattern"].to_numpy(), registry["id_pattern"].to_numpy()
    out = marked_out(people)
    unplaced = (people["role"] == "disability").to_numpy() & ~by_value(people["category"], is_placed, np.bool_)
    for code, field, differs in (
        ("K405", "list_out", out[rows] & (f.standing.state[pupil] == enrolment.ATTENDING)),
        ("K480", "category", unplaced[rows] & (f.standing.state[pupil] == enrolment.ATTENDING)),
        ("K406", "name", _other_name(people, rows, registry, pupil)),
        ("K407", "birth_date", _other_birth(births[rows], theirs[pupil])),
        ("K408", "id_number", valid & (ids[rows] != their_ids[pupil])),
        ("K409", "status", dead[rows] & (f.standing.state[pupil] == enrolment.ATTENDING)),
    ):
        yield both_sides(code, field, people, rows[differs], registry, pupil[differs])


def _numbers(f: Facts) -> Iterator[pd.DataFrame]:
    """Valid numbers that people of different sheets bear; matching tells those of a listed child and another pupil."""
    for rows, ages in ((f.given.people, f.per_row), (f.given.registry, f.registry_ages)):
        yield _shared_across(rows, ages["shared"].to_numpy())


def _shared_across(rows: pd.DataFrame, shared: Flags) -> pd.DataFrame:
    """One number on people of different sheets; within one sheet the reader of that sheet tells it."""
    at = np.flatnonzero(shared)
    bearers: Groups = group(pd.factorize(rows["id_pattern"].to_numpy()[at])[0])
    first = at[bearers.first[bearers.of]]
    sheet, names = sheets(rows), rows["name"].to_numpy()
    differs = (sheet[at] != sheet[first]) & (names[at] != names[first])
    return both_sides("K410", "id_number", rows, at[differs], rows, first[differs])


def _other_name(rows: pd.DataFrame, at: Ints, others: pd.DataFrame, there: Ints) -> Flags:
    """Two names, neither empty, that differ, and neither of which is the other's 曾用名."""
    name, other = rows["name"].to_numpy()[at], others["name"].to_numpy()[there]
    differs: Flags = (name != other) & (name != "") & (other != "")
    former = rows["former_name"].to_numpy()[at] == other
    return flags(differs & ~former & (others["former_name"].to_numpy()[there] != name))


def _other_birth(births: Ints, others: Ints) -> Flags:
    """Two dates that cannot mean the same day."""
    apart = (earliest(births) > latest(others)) | (earliest(others) > latest(births))
    return flags((births > 0) & (others > 0) & apart)

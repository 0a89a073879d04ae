"""From paths to people: every file read and normalised in turn, so that only one is in memory as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import normalise, read, run
from kcbx_cli.decide import Roll
from kcbx_cli.errors import KcbxError
from kcbx_cli.parallel import shared_out
from kcbx_cli.problems import Problem, frame
from kcbx_cli.settings import Settings
from kcbx_cli.tables import ATTENDANCE, FAMILIES, LISTED, PEOPLE, PROBLEMS, RESPONSIBLE, ROLES, RawTable, Table

#: Problems of a whole list: what comes of it is not to be trusted before somebody has looked.
UNFIT = ("K118", "K119", "K120", "K122")
#: The roles whose rows are people.
_PERSONS = ("registry", "special", "attendance", *LISTED)
#: Files of fewer bytes than this are read sooner than another process is made.
_WORTH_A_PROCESS = 3_000_000
#: Plain text costs about half as much to read, byte for byte, as what is packed.
_PLAIN = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Input:
    """One file as run.json tells of it. `people` are its person rows, `families` its household rows.

    `columns` are the fields that its sheets map, by role and layout; they are for `counties`, not for run.json.
    """

    file: str
    role: str
    sha256: str
    bytes: int
    people: int
    families: int
    unusable: int
    columns: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    #: whether one of UNFIT was found in it
    unfit: bool = False

    @property
    def share_unusable(self) -> float:
        """The part of its person rows by which nobody can be known."""
        return self.unusable / self.people if self.people else 0.0


@dataclass(frozen=True)
class Intake:
    """All lists of a month, in the order of file, sheet and row; `people` by role first, as LISTED has them."""

    people: pd.DataFrame
    registry: pd.DataFrame
    special: pd.DataFrame
    attendance: pd.DataFrame
    families: pd.DataFrame
    responsible: pd.DataFrame
    problems: pd.DataFrame
    inputs: tuple[Input, ...]
    #: whose the rows of `attendance` are; how many schools have pupils, and how many of these gave a list; and the people
    #: of whom no more than a name on a roll call is known (see call_roll)
    roll: Roll = field(default_factory=Roll.none)
    schools: tuple[int, int] = (0, 0)
    apart: run.Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class _Taken:
    """What one file gave: its tables by role, in order, and what is wrong with them."""

    tables: list[tuple[str, pd.DataFrame]]
    problems: list[pd.DataFrame]
    input: Input


def take_in(
    paths: Mapping[str | None, Sequence[str]],
    as_of: date,
    settings: Settings,
    passwords: Sequence[str],
    progress: Callable[[str], None],
) -> Intake:
    """Read and normalise everything; `paths` by role, None for roles that the contents must tell.

    Raises:
        KcbxError: a file cannot be read, a role is missing, or the registry holds no pupil.
    """
    sources = read.settle([source for role, given in paths.items() for source in read.find(given, role)])
    taken = _each(sources, partial(_take, as_of=as_of, settings=settings, passwords=passwords), progress)
    frames = {role: [rows for one in taken for kind, rows in one.tables if kind == role] for role in ROLES}
    problems = PROBLEMS.concat([*(found for one in taken for found in one.problems), _together(taken)])
    unfit = {*problems.loc[problems["code"].isin(UNFIT), "file"]}
    inputs = tuple(replace(one.input, unfit=one.input.file in unfit) for one in taken)
    people = _below(PEOPLE, [rows for role in LISTED for rows in frames[role]])
    families = _below(FAMILIES, frames["families"])
    _check(inputs, frames["registry"])
    return Intake(
        people=normalise.tag_families(people, families),
        registry=_below(PEOPLE, frames["registry"]),
        special=_below(PEOPLE, frames["special"]),
        attendance=_below(ATTENDANCE, frames["attendance"]),
        families=families,
        responsible=_below(RESPONSIBLE, frames["responsible"]),
        problems=problems,
        inputs=inputs,
    )


def _below(table: Table, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all files, one below the other; those of one file need not be copied."""
    return frames[0] if len(frames) == 1 else table.concat(frames)


def call_roll(lists: Intake, as_of: date, settings: Settings) -> Intake:
    """The lists with their attendance rows put to pupils; those whom no registry row at their school answers for become
    listed people.

    Raises:
        KcbxError: the model file cannot be used.
    """
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    called = run.roll_call((lists.attendance, lists.registry, lists.people), today, settings)
    problems = PROBLEMS.concat([lists.problems, called.problems])
    schools = called.coverage.schools, called.coverage.given
    return replace(
        lists, people=called.people, problems=problems, roll=called.roll, schools=schools, apart=called.apart
    )


def _take(source: read.Source, as_of: date, settings: Settings, passwords: Sequence[str]) -> _Taken:
    loaded = read.load(source, settings, passwords)
    tables, problems = cleaned(loaded, as_of, settings)
    return _Taken(tables, [loaded.problems, *problems], _input(source, tables, loaded))


def cleaned(
    loaded: read.Loaded, as_of: date, settings: Settings
) -> tuple[list[tuple[str, pd.DataFrame]], list[pd.DataFrame]]:
    """A file's rows, normalised, a table for each role that its sheets have, and what is wrong in their cells."""
    problems, tables = [], []
    for role in dict.fromkeys(table.role for table in loaded.tables):
        sheets = [table for table in loaded.tables if table.role == role]
        if role == "families":
            rows, wrong = normalise.families(sheets, settings)
        elif role == "responsible":
            rows, wrong = normalise.responsible(sheets, settings)
        elif role == "attendance":
            rows, wrong = normalise.attendance(sheets, settings, as_of)
        else:
            rows, wrong = normalise.people(sheets, settings, as_of)
        tables.append((role, rows))
        problems.append(wrong)
        if role in LISTED:
            problems.append(_nowhere(sheets, rows["township"].to_numpy()))
    return tables, problems


def _nowhere(sheets: Sequence[RawTable], townships: npt.NDArray[np.object_]) -> pd.DataFrame:
    """The sheets in which no row has a township; `townships` are those of all of their rows."""
    ends = np.cumsum([len(sheet.frame) for sheet in sheets])
    lost = [
        sheet
        for sheet, there in zip(sheets, np.split(townships != "", ends[:-1]), strict=True)
        if len(there) and not there.any()
    ]
    return frame(Problem("K117", sheet.file, sheet.sheet) for sheet in lost)


def _together(taken: Sequence[_Taken]) -> pd.DataFrame:
    """What no file shows by itself: that no file of a kind has a row, that no pupil of the registry has a status.

    A township may have nobody of a kind, and a school no pupil to mark; a school without pupils is not exported.
    """
    size = {(one.input.file, role): len(rows) for one in taken for role, rows in one.tables}
    there = {role for (_, role), rows in size.items() if rows and role != "registry"}
    found = [
        Problem("K122", file)
        for (file, role), rows in size.items()
        if role in ("registry", "families", *LISTED) and not rows and role not in there
    ]
    columns = {
        one.input.file: fields for one in taken for (role, _), fields in one.input.columns.items() if role == "registry"
    }
    pupils = [rows for one in taken for role, rows in one.tables if role == "registry"]
    if not any("suspended" in fields for fields in columns.values()) and not any(
        (rows["status"] != "").any() for rows in pupils
    ):
        found += [
            Problem("K118", file, field="status", detail="整列都是空的")
            for file, fields in columns.items()
            if "status" in fields and size[file, "registry"]
        ]
    return frame(found)


def _each(
    sources: Sequence[read.Source], take: Callable[[read.Source], _Taken], progress: Callable[[str], None]
) -> list[_Taken]:
    """What each source gave, in order. Where it pays, a second process reads along; the largest files come first."""
    work = {one: one.size // (2 if one.path.suffix.lower() in _PLAIN else 1) for one in sources}
    order = sorted(sources, key=lambda one: (-work[one], one.name))
    taken = shared_out(
        [partial(take, one) for one in order],
        worth_it=sum(work.values()) >= _WORTH_A_PROCESS,
        begun=lambda number: progress(f"读取 {order[number].name}"),
    )
    found = dict(zip(order, taken, strict=True))
    return [found[one] for one in sources]


def _input(source: read.Source, tables: Sequence[tuple[str, pd.DataFrame]], loaded: read.Loaded) -> Input:
    people = [rows for role, rows in tables if role in _PERSONS]
    return Input(
        file=source.name,
        role="+".join(sorted({role for role, _ in tables})),
        sha256=source.sha256,
        bytes=source.size,
        people=sum(map(len, people)),
        families=sum(len(rows) for role, rows in tables if role == "families"),
        unusable=sum(int((~rows["usable"]).sum()) for rows in people),
        columns={(raw.role, raw.layout): frozenset(raw.frame.columns) for raw in loaded.tables},
    )


def _check(inputs: Sequence[Input], registry: Sequence[pd.DataFrame]) -> None:
    """A month needs a registry with pupils and another list; without pupils everybody would become a suspect."""
    roles = {role for i in inputs for role in i.role.split("+")}
    if "registry" not in roles:
        raise KcbxError("没有学籍名单", "请用 --registry 指明学籍导出的文件或文件夹。", "no_registry")
    if not roles & {*LISTED, "families", "attendance"}:
        raise KcbxError(
            "没有可以和学籍比对的名单",
            "请用 --households(低收入家庭)、--population(户籍)、--disability(残联)或 --attendance(在校)指明名单。",
            "no_households",
        )
    if not sum(len(f) for f in registry):
        files = "、".join(f"「{i.file}」" for i in inputs if "registry" in i.role)
        raise KcbxError(
            f"学籍 {files} 里一名学生也没有", "请重新导出学籍;没有学籍,所有孩子都会成为疑似。", "empty_registry"
        )


def below_quality(inputs: Sequence[Input], settings: Settings) -> list[Input]:
    """The lists of which too many rows are unusable, or that as a whole are not what they should be."""
    return [i for i in inputs if i.unfit or i.share_unusable > settings.quality.max_unusable]


def described(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    """The inputs for run.json."""
    return [
        {
            "file": i.file, "role": i.role, "sha256": i.sha256, "bytes": i.bytes, "people": i.people,
            "families": i.families, "unusable": i.unusable,
        }
        for i in inputs
    ]  # fmt: skip


def traced(inputs: Sequence[Input]) -> tuple[tuple[str, int], ...]:
    """Each input for the use log: its digest and its rows."""
    return tuple((i.sha256, i.people + i.families) for i in inputs)

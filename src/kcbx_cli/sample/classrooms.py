"""What schools hand in: roll calls by township or by school and class, and the report of long absence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import dates, headers, places
from kcbx_cli.sample.cells import Cells, World, true_cells
from kcbx_cli.sample.columns import number_cells, sex_cells
from kcbx_cli.sample.families import date_number, day_number
from kcbx_cli.sample.files import Place
from kcbx_cli.sample.office import Workbook
from kcbx_cli.sample.planted import Planted, of_class
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Ints, Mask, Text, pick
from kcbx_cli.sample.wrong_ids import strike_ids
from kcbx_cli.sample.wrong_names import strike_births, strike_names

REPORT_FILE, _REPORT_SHEET = "长期缺勤学生报告表.xlsx", "长期缺勤"
_GRADES = ("", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级")
#: Share of the schools that hand in nothing, and of the classes of the others.
_SILENT_SCHOOLS, _SILENT_CLASSES = 0.04, 0.01
_REPORTED = {"out_week": (7, 29), "out_month": (30, 55), "out_few": (1, 6), "on_leave": (8, 28), "leave_long": (31, 50),
             "came_back": (20, 40)}  # fmt: skip


@dataclass
class Classrooms:
    """The rows of all roll calls: `school`, `grade` and `classroom` where each sits, `out`: the roll call says 否.

    `registry` is the registry row of each, -1 for those without one; `nameless`: the list gives no more than the name.
    `silent` marks the registry rows of classes without a roll call.
    """

    cells: Cells
    school: Ints
    grade: Ints
    classroom: Text
    out: Mask
    registry: Ints
    nameless: Mask
    silent: Mask

    def unsure(self, registered: Cells) -> set[int]:
        """Persons whom nobody can tell for sure: a name and no number, miswritten on either side or of a child without
        registry entry.
        """
        theirs = registered.harm("name")[np.maximum(self.registry, 0)]
        doubtful = self.nameless & ((self.cells.harm("name") > 0) | (theirs > 0) | (self.registry < 0))
        return set(self.cells.person[doubtful].tolist())


def classrooms(world: World, now: Standing, roll: Roll, planted: Planted, schools: places.Schools) -> Classrooms:
    """Who sits where, and which classes say nothing of it."""
    rng = world.dice.stream("classrooms")
    number = _class_numbers(roll)
    silent = _silent(world, roll, number, planted, schools)
    rows = of_class(now, roll, planted)
    rows = rows[~silent[rows]]
    strangers = np.flatnonzero(now.state == "attends_unregistered")
    speaking = np.flatnonzero(~silent)
    seat = np.array([_seat(roll, speaking, int(now.grade[s]), rng) for s in strangers], dtype=np.int64)
    at = np.concatenate([rows, seat]).astype(np.int64)
    person = np.concatenate([roll.person[rows], strangers]).astype(np.int64)
    registry = np.concatenate([rows, np.full(len(strangers), -1)]).astype(np.int64)
    order = np.lexsort((registry < 0, number[at], roll.grade[at], roll.school[at]))
    at, person, registry = at[order], person[order], registry[order]
    n = len(at)
    cells = true_cells(world, "attendance", person, roll.school[at], np.zeros(n, dtype=bool))
    strike_ids(world, cells)
    strike_names(world, cells)
    strike_births(world, cells)
    out = planted.absence[person] == "says_out"
    nameless = _writes_own(schools)[roll.school[at]]
    return Classrooms(
        cells, roll.school[at], roll.grade[at], number[at].astype("U3").astype(object), out, registry, nameless, silent
    )


def _class_numbers(roll: Roll) -> Ints:
    """The class of each row, as the registry's columns have it."""
    key = roll.school * 10 + roll.grade
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    place = np.arange(len(key)) - np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
    number: Ints = place // 45 + 1
    return number


def _silent(world: World, roll: Roll, number: Ints, planted: Planted, schools: places.Schools) -> Mask:
    """Registry rows of classes without a roll call; the classes of planted pupils have one."""
    rng = world.dice.stream("silent classes")
    needed = planted.absence[roll.person] != ""
    key = (roll.school * 10 + roll.grade) * 100 + number
    speaking, kept = np.unique(key[needed]), np.unique(roll.school[needed])
    mute = (rng.random(len(schools.name)) < _SILENT_SCHOOLS) & ~np.isin(np.arange(len(schools.name)), kept)
    if not mute.any():
        free = np.setdiff1d(np.unique(roll.school), kept)
        mute[free[:1]] = True
    classes = np.unique(key)
    quiet = classes[rng.random(len(classes)) < _SILENT_CLASSES]
    return np.asarray(mute[roll.school] | np.isin(key, np.setdiff1d(quiet, speaking)), dtype=bool)


def _seat(roll: Roll, speaking: Ints, grade: int, rng: np.random.Generator) -> int:
    """A registry row of a class of this grade that hands in a roll call."""
    fits = speaking[roll.grade[speaking] == grade]
    return int(rng.choice(fits if len(fits) else speaking))


def write_roll_calls(folder: Path, made: Classrooms, world: World, schools: places.Schools) -> Place:
    """在校/…: a workbook a township with a column for the school; junior schools write their own, a sheet a class."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Place.nowhere(len(made.cells))
    own = _writes_own(schools)
    when = int(world.dice.spec.as_of.strftime("%Y%m%d")) - 3
    n = len(made.cells)
    named = np.array(schools.name, dtype=object)[made.school]
    presence = np.where(made.out, "否", "是").astype(object)
    columns: dict[str, Any] = {
        "序号": np.arange(1, n + 1).astype("U6").astype(object), "学校": named,
        "年级": np.array(_GRADES, dtype=object)[made.grade], "班级": made.classroom + "班", "姓名": made.cells.name,
        "性别": sex_cells(made.cells), "身份证号": number_cells(made.cells), "是否到校": presence,
        "点名日期": dates.spell(np.full(n, when), np.zeros(n, dtype=np.int64), 1, made.cells.as_text),
    }  # fmt: skip
    for school in np.unique(made.school[own[made.school]]).tolist():
        _of_school(
            folder,
            schools.name[school].removeprefix(places.COUNTY_NAME),
            np.flatnonzero(made.school == school),
            made,
            columns,
            place,
        )
    township = schools.township[made.school]
    for town in np.unique(township[~own[made.school]]).tolist():
        take = np.flatnonzero(~own[made.school] & (township == town))
        name = f"{places.TOWNSHIPS[town].name}在校学生点名册.xlsx"
        book = Workbook(folder / name)
        sheet = book.sheet("点名册")
        book.title(sheet, 0, f"{places.TOWNSHIPS[town].name}各小学在校学生点名册", len(headers.ROLL_CALL))
        book.header(sheet, 1, headers.ROLL_CALL)
        lines = 2 + np.arange(len(take))
        book.body(sheet, headers.ROLL_CALL, columns, lines, take)
        book.close()
        place.put(take, name, "点名册", lines + 1)
    return place


def _writes_own(schools: places.Schools) -> Mask:
    """Which schools write a list of their own."""
    return np.array([k in ("junior", "complete", "nine_year") for k in schools.kind], dtype=bool)


def _of_school(folder: Path, school: str, take: Ints, made: Classrooms, columns: dict[str, Any], place: Place) -> None:
    """A school's own workbook: names only, one sheet a class."""
    name = f"{school}在校学生名单.xlsx"
    book = Workbook(folder / name)
    key = made.grade[take] * 100 + made.classroom[take].astype(np.int64)
    for one in np.unique(key).tolist():
        rows = take[key == one]
        title = f"{_GRADES[one // 100]}{one % 100}班"
        sheet = book.sheet(title)
        book.title(sheet, 0, f"{school}{title}", len(headers.CLASS_ROLL))
        book.header(sheet, 1, headers.CLASS_ROLL)
        lines = 2 + np.arange(len(rows))
        book.body(sheet, headers.CLASS_ROLL, columns, lines, rows)
        place.put(rows, name, title, lines + 1)
    book.close()


def write_report(folder: Path, world: World, roll: Roll, planted: Planted, schools: places.Schools) -> int:
    """在校/长期缺勤学生报告表.xlsx; returns how many rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = world.dice.stream("absence report")
    rows = np.flatnonzero(np.isin(planted.absence[roll.person], list(_REPORTED)))
    person, n = roll.person[rows], len(rows)
    today = int(day_number(np.array([int(world.dice.spec.as_of.strftime("%Y%m%d"))]))[0])
    kind = planted.absence[person]
    days = np.array([rng.integers(_REPORTED[k][0], _REPORTED[k][1] + 1) for k in kind], dtype=np.int64)
    since = date_number(today - days + 1)
    ill, back = np.isin(kind, ("on_leave", "leave_long")), kind == "came_back"
    form = np.zeros(n, dtype=np.int64)
    reason = np.where(ill, "因病请假", pick(rng, ["厌学", "外出打工", "去向不明", ""], [4, 2, 2, 1], n)).astype(object)
    number = _class_numbers(roll)[rows]
    columns: dict[str, Any] = {
        "序号": np.arange(1, n + 1).astype("U6").astype(object), "学校名称": np.array(schools.name, dtype=object)[roll.school[rows]],
        "年级": np.array(_GRADES, dtype=object)[roll.grade[rows]], "班级": "(" + number.astype("U3").astype(object) + ")班",
        "姓名": world.people.name[person], "性别": np.where(world.people.male[person], "男", "女").astype(object),
        "身份证号": world.people.number[person], "缺勤起始日期": dates.spell(since, form, 1, np.zeros(n, dtype=bool)),
        "缺勤天数": np.where(rng.random(n) < 0.7, days.astype("U3").astype(object), "").astype(object), "缺勤原因": reason,
        "是否返校": np.where(back, "是", "否").astype(object),
        "返校日期": np.where(back, dates.spell(date_number(np.full(n, today - 4)), form, 1, np.zeros(n, dtype=bool)), "").astype(object),
    }  # fmt: skip
    book = Workbook(folder / REPORT_FILE)
    sheet = book.sheet(_REPORT_SHEET)
    book.title(sheet, 0, f"{places.COUNTY_NAME}中小学长期缺勤学生报告表", len(headers.ABSENCE))
    book.header(sheet, 1, headers.ABSENCE)
    book.body(sheet, headers.ABSENCE, columns, 2 + np.arange(n), np.arange(n))
    book.close()
    return n

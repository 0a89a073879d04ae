"""`write_county`: a made-up county on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import answers, files, listing, papers, places, schooling, sources
from kcbx_cli.sample.cells import Cells, World, true_cells
from kcbx_cli.sample.columns import registry_columns
from kcbx_cli.sample.families import CHILD, Families, People, draw
from kcbx_cli.sample.listcolumns import ListTruth, list_columns
from kcbx_cli.sample.names import NameBook
from kcbx_cli.sample.papers import Papers
from kcbx_cli.sample.planted import Planted, plant
from kcbx_cli.sample.roster import write_roster
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Dice, Ints, Mask, Spec
from kcbx_cli.sample.truth import doubts, expected
from kcbx_cli.sample.wrong_ids import strike_ids
from kcbx_cli.sample.wrong_names import strike_births, strike_names


@dataclass(frozen=True)
class County:
    """What was written."""

    folder: Path
    counts: dict[str, int] = field(default_factory=dict)
    struck: dict[str, dict[str, int]] = field(default_factory=dict)  # side -> trap -> rows

    def data(self) -> dict[str, Any]:
        """For scripts: the folder's name and the counts."""
        return {"folder": self.folder.name, **self.counts}

    def lines(self) -> tuple[str, ...]:
        """For people."""
        c = self.counts
        if "months" in c:
            return (
                f"已生成虚构的县,连续 {c['months']} 个月;工作文件夹:{self.folder}。",
                "用 kcbx reconcile --month 年-月 逐月核对。",
            )
        return (
            f"已生成虚构的县:{c['townships']} 个乡镇(街道)、{c['schools']} 所学校、{c['pupils']} 条学籍,"
            f"低收入名单 {c['list_rows']} 人次,其中学龄儿童 {c['listed_school_age']} 人次。",
            *(self._further() if "residents" in c else ()),
            f"文件在 {self.folder}。truth.csv 是答案,核对时不会读它。",
        )

    def _further(self) -> tuple[str, ...]:
        c = self.counts
        return (
            f"户籍 {c['residents']} 人,残联名单 {c['disabled']} 人,点名册 {c['roll_call_rows']} 人次,"
            f"长期缺勤 {c['absences_reported']} 人。",
        )


def write_county(target: Path, spec: Spec) -> County:
    """Makes up a county and writes its files into `target`, which is created.

    学籍/ holds the registry, 低收入/ the lists, beside them stand 特殊学生台账.xlsx, 责任人名册.xlsx, kcbx.toml, truth.csv (a row for each
    person row of the lists: verdict, registry rows, traps) and truth_findings.csv (registry children with an alarm who
    stand on no list). With all sources there are 户籍/, 残联/, 在校/ and truth_sources.csv too. The same spec gives the same
    bytes.
    """
    target.mkdir(parents=True, exist_ok=True)
    drawn = draw_county(spec)
    world, now, roll, roster = drawn.world, drawn.now, drawn.roll, drawn.roster
    registered, cells, says, special, schools = drawn.registered, drawn.cells, drawn.says, drawn.special, drawn.schools
    at_school = files.write_registry(target / "学籍", drawn.pupil_columns, roll, registered)
    on_list = files.write_lists(target / "低收入", drawn.list_columns, roster, spec.as_of)
    households = files.write_families(target / "低收入", world, roster)
    files.write_special(target, special)
    roster_rows = write_roster(target, world, roster, schools)
    files.write_config(target)
    verdicts = expected(world, now, cells, says, doubts(world, roll, cells, registered, special.cells))
    pupils = answers.Pupils(roll, at_school, registered.traps(), world.people.twin)
    more: dict[str, int] = {}
    unlisted = None
    if drawn.planted is not None:
        whole = sources.County.of(world, now, roll, drawn.planted, schools, (registered, special.cells))
        verdicts, unlisted = sources.with_sources(verdicts, cells.person, whole), sources.unlisted(whole)
        more = sources.write_sources(target, whole, pupils)
    answers.write_truth(target / "truth.csv", now, cells, on_list, verdicts, pupils)
    found = answers.write_findings(target / "truth_findings.csv", now, roll, at_school, unlisted)
    return County(
        target,
        {
            "townships": len(places.TOWNSHIPS),
            "schools": len(schools.name),
            "pupils": len(roll),
            "primary": int((roll.grade <= 6).sum()),
            "junior": int((roll.grade >= 7).sum()),
            "list_rows": len(roster),
            "listed_school_age": int(verdicts.school_age.sum()),
            "missing": int(verdicts.missing.sum()),
            "households": households,
            "papers": len(special.cells),
            "responsible": roster_rows,
            "findings": found,
        }
        | more,
        {c.side: {t: int(rows.sum()) for t, rows in c.struck.items()} for c in (cells, registered, special.cells)},
    )


@dataclass(frozen=True)
class Drawn:
    """A county as it was made up, before anything is written: the people, and the columns of its lists by header."""

    world: World
    now: Standing
    roll: Roll
    roster: listing.Roster
    schools: places.Schools
    registered: Cells
    pupil_columns: dict[str, Any]
    cells: Cells
    list_columns: dict[str, Any]
    says: ListTruth
    special: Papers
    planted: Planted | None


def draw_county(spec: Spec) -> Drawn:
    """Makes up the people, their standing, and what their records say and get wrong."""
    dice, book = Dice(spec), NameBook.load()
    families, people, now, roll = population(dice, book)
    planted = plant(dice, people, now, roll) if spec.all_sources else None
    roster = listing.roster(dice, families, people, now.listed)
    world = World(dice, book, families, people, disabled(dice, people, now), heads(families, people, roster))
    schools = places.schools(spec.scale)
    roll = in_file_order(dice, roll)
    registered = registry_cells(world, roll)
    pupil_columns = registry_columns(world, now, roll, registered, schools)
    cells = list_cells(world, roster)
    columns, says = list_columns(world, now, roster, cells)
    columns |= answers.notes(world, now, roster, roll, np.array(schools.name, dtype=object))
    return Drawn(
        world,
        now,
        roll,
        roster,
        schools,
        registered,
        pupil_columns,
        cells,
        columns,
        says,
        special_papers(world, now),
        planted,
    )


def population(dice: Dice, book: NameBook) -> tuple[Families, People, Standing, Roll]:
    """Families enough to fill the registry: more are drawn until the asked-for numbers of pupils come together."""
    scale = dice.spec.scale
    with_children, childless = round(36_000 * scale) + 60, round(900 * scale) + 4
    while True:
        families, people = draw(dice, book, with_children, childless)
        listed = listing.listed_people(dice, families, people)
        now = schooling.standing(dice, families, people, listed)
        schooling.namesakes(dice, people, now)
        roll = schooling.roll(dice, families, people, now)
        if roll is not None:
            return families, people, now, roll
        with_children = round(with_children * 1.15)


def disabled(dice: Dice, people: People, now: Standing) -> Mask:
    """Who of the persons has a disability."""
    states = ("home_teaching", "home_teaching_expired", "exempt", "exempt_expired", "inclusive")
    chosen: Mask = dice.fact("disabled", now.listed) | np.isin(now.state, states)
    return chosen


def heads(families: Families, people: People, roster: listing.Roster) -> Ints:
    """Who heads each household: the father, or a grandfather who is in charge, or whoever of the listed comes first."""
    count = len(families)
    listed = np.zeros(len(people), dtype=bool)
    listed[roster.person] = True
    head = np.arange(count)
    child_first = np.full(count, -1)
    children = np.flatnonzero(people.part == CHILD)[::-1]
    child_first[people.family[children]] = children
    unfilled = ~listed[:count]
    for part in (1, 2, 3):
        takes = unfilled & listed[part * count : (part + 1) * count]
        head[takes] = part * count + np.flatnonzero(takes)
        unfilled &= ~takes
    alone = unfilled & (child_first >= 0)
    head[alone] = child_first[alone]
    elder = listed[2 * count : 3 * count] & families.left_behind & (np.arange(count) % 5 < 2)
    head[elder] = 2 * count + np.flatnonzero(elder)
    return head


def in_file_order(dice: Dice, roll: Roll) -> Roll:
    """The rows by school, grade and, within a class, by lot."""
    draw_ = dice.stream("class order").random(len(roll))
    return roll.take(np.lexsort((draw_, roll.grade, roll.school, roll.grade >= 7)))


def registry_cells(world: World, roll: Roll) -> Cells:
    """The registry's rows with what goes wrong in them."""
    cells = true_cells(world, "registry", roll.person, roll.school * 10 + roll.grade, roll.grade >= 7)
    cells = _struck(world, cells)
    cells.struck["row_two_schools"] = roll.second
    return cells


def list_cells(world: World, roster: listing.Roster) -> Cells:
    """The lists' rows with what goes wrong in them."""
    block = roster.which * 100 + np.where(roster.which == listing.SECOND, roster.township, 0)
    cells = _struck(world, true_cells(world, "list", roster.person, block, roster.which == listing.HAND))
    cells.struck |= {"row_twice": roster.again, "row_two_lists": roster.elsewhere}
    return cells


def _struck(world: World, cells: Cells) -> Cells:
    strike_ids(world, cells)
    strike_names(world, cells)
    strike_births(world, cells)
    return cells


def special_papers(world: World, now: Standing) -> Papers:
    """The special register with what goes wrong in it."""
    person = papers.holders(world, now)
    nothing = np.zeros(len(person), dtype=bool)
    cells = true_cells(world, "special", person, np.zeros(len(person), dtype=np.int64), nothing)
    return papers.papers(world, now, _struck(world, cells))

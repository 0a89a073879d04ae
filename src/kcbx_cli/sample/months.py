"""`kcbx sample --months`: a county that moves, month after month, with what is true of every case in every month."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import answers, county, files, listing, places, plot
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.columns import registry_columns
from kcbx_cli.sample.county import County
from kcbx_cli.sample.families import CHILD
from kcbx_cli.sample.listcolumns import ListTruth, list_columns
from kcbx_cli.sample.listing import Roster
from kcbx_cli.sample.monthfiles import Placed, Told, write_answers, write_truth
from kcbx_cli.sample.names import NameBook
from kcbx_cli.sample.papers import Papers
from kcbx_cli.sample.plot import Plot
from kcbx_cli.sample.roster import write_roster
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Dice, Ints, Mask, Spec
from kcbx_cli.sample.truecases import Ledger, Month
from kcbx_cli.sample.truth import doubts, expected
from kcbx_cli.sample.wrong_names import one_character
from kcbx_cli.settings import DISPOSITIONS


@dataclass(frozen=True)
class _County:
    """All that there ever is in the county, whatever the month."""

    world: World
    now: Standing
    roll: Roll
    roster: Roster
    registered: Cells
    listed: Cells
    special: Papers
    ends: Ints
    story: Plot


def write_months(target: Path, spec: Spec, count: int) -> County:
    """Makes up a county over `count` months and writes it as a workspace: inbox/YYYY-MM/ holds each month's lists.

    答案/YYYY-MM.csv says what is true of every child who ever had a case: open, closed or none, and for how many months it
    was open; `sure` is 0 where the lists leave room for doubt; 答案/YYYY-MM-出处.csv names their rows in that month's files.
    答复/YYYY-MM.csv says what the townships answer on that month's checklists, before the next. The same spec gives the same
    bytes.
    """
    target.mkdir(parents=True, exist_ok=True)
    whole = _whole(spec, count)
    files.write_config(target)
    truth = Ledger(len(whole.world.people), {d.label: (d.closes, d.months) for d in DISPOSITIONS})
    told: dict[str, int] = {}
    for month, day in enumerate(whole.story.months):
        name = f"{day:%Y-%m}"
        seen, placed = _write_month(target / "inbox" / name, whole, month)
        truth.month(seen)
        is_open = truth.open.copy()
        said = plot.answered(whole.world.dice, whole.story, month, seen.state, is_open & truth.sure)
        written = Told(whole.world.people, _townships(whole, month), seen, placed)
        write_truth(target / "答案", written, truth)
        write_answers(target / "答复", written, said)
        truth.answered(said, int(day.strftime("%Y%m%d")))
        told[name] = int(is_open.sum())
    return County(target, {"months": count, "pupils": len(whole.roll), "list_rows": len(whole.roster), **told})


def _whole(spec: Spec, count: int) -> _County:
    dice, book = Dice(spec), NameBook.load()
    families, people, now, roll = county.population(dice, book)
    roster = listing.roster(dice, families, people, now.listed)
    disabled, heads = county.disabled(dice, people, now), county.heads(families, people, roster)
    world = World(dice, book, families, people, disabled, heads)
    story = plot.plot(dice, world, now, roll, plot.month_ends(spec.as_of, count))
    roll = county.in_file_order(dice, _with_entrants(roll, now, world, story))
    special = county.special_papers(world, now)
    return _County(
        world=world,
        now=now,
        roll=roll,
        roster=roster,
        registered=county.registry_cells(world, roll),
        listed=county.list_cells(world, roster),
        special=special,
        ends=_ends(len(people), special, roll),
        story=story,
    )


def _with_entrants(roll: Roll, now: Standing, world: World, story: Plot) -> Roll:
    """The rows of all months: those who will enter get one at the school of a pupil of their grade, near by if there is one."""
    entrants = np.flatnonzero(story.when["enters"] > 0)
    township = world.families.township[world.people.family]
    school = []
    for person in entrants.tolist():
        same = roll.grade == now.grade[person]
        near = same & (township[roll.person] == township[person])
        rows = np.flatnonzero(near if near.any() else same if same.any() else np.ones(len(roll), dtype=bool))
        school.append(int(roll.school[rows[0]]))
    n = len(entrants)
    made = Roll(entrants, now.grade[entrants], np.array(school, dtype=np.int64), np.full(n, "在读", dtype=object),
                np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool))  # fmt: skip
    return roll.extended(made)


def _ends(people: int, special: Papers, roll: Roll) -> Ints:
    """The last day of each person's paper, or of a suspension without one; 0 for none."""
    ends = np.zeros(people, dtype=np.int64)
    since = np.where(roll.status_day > 0, roll.status_day, 0).astype("datetime64[D]")
    out = (roll.status == "休学") & (roll.status_day > 0)
    ends[roll.person[out]] = _year_after(since[out])
    for at, person in enumerate(special.cells.person.tolist()):
        until, approved = (_digits(special.columns[c][at]) for c in ("有效期至", "批准日期"))
        limited = special.columns["类别"][at] in ("休学", "缓学", "延缓入学")
        ends[person] = until or (_year_after(np.array([_day(approved)]))[0] if limited and approved else 0)
    return ends


def _digits(cell: Any) -> int:
    parts = re.findall(r"\d+", str(cell))
    return int(parts[0]) * 10000 + int(parts[1]) * 100 + int(parts[2]) if len(parts) >= 3 else 0


def _day(number: int) -> np.datetime64:
    return np.datetime64(f"{number // 10000:04d}-{number // 100 % 100:02d}-{number % 100:02d}")


def _year_after(days: Any) -> Ints:
    """The day before the same day a year later, yyyymmdd."""
    text = np.asarray(days, dtype="datetime64[D]").astype("U10")
    following = [int(t[:4]) * 10000 + 10000 + int(t[5:7]) * 100 + int(t[8:]) for t in text]
    return np.array([_before(n) for n in following], dtype=np.int64)


def _before(number: int) -> int:
    day = _day(number if number % 10000 != 229 else number - 1) - np.timedelta64(1, "D")
    return int(str(day).replace("-", ""))


def _write_month(folder: Path, whole: _County, month: int) -> tuple[Month, Placed]:
    """The lists of one month, what is true in it, and where it stands."""
    folder.mkdir(parents=True, exist_ok=True)
    story, day = whole.story, whole.story.months[month]
    world = replace(
        whole.world,
        dice=Dice(replace(whole.world.dice.spec, as_of=day)),
        families=replace(whole.world.families, township=_townships(whole, month)),
    )
    state = plot.states_of(whole.now, story, month, whole.ends)
    now = replace(whole.now, state=state)
    roll, there = plot.rolls_of(whole.roll, story, month)
    schools = places.schools(world.dice.spec.scale)
    pupils = registry_columns(world, now, roll, whole.registered, schools)
    attending = roll.take(np.flatnonzero(there))
    registered = files.write_registry(folder / "学籍", _kept(pupils, there), attending, _rows(whole.registered, there))
    cells = _mis_keyed(whole, world, month)
    roster = replace(whole.roster, township=np.where(
        whole.roster.which == listing.HAND, whole.roster.township, world.families.township[whole.roster.household]
    ))  # fmt: skip
    columns, says = list_columns(world, now, roster, cells)
    columns |= answers.notes(world, now, roster, roll, np.array(schools.name, dtype=object))
    shown = _shown(whole, month)
    kept = Roster(**{name: values[shown] for name, values in vars(roster).items()})
    listed = files.write_lists(folder / "低收入", _kept(columns, shown), kept, day)
    files.write_special(folder, whole.special)
    write_roster(folder, whole.world, whole.roster, schools)
    placed = Placed((kept.person, listed), (attending.person, registered))
    return _true_month(whole, (world, now, roll, there), (cells, says, shown), month), placed


def _townships(whole: _County, month: int) -> Ints:
    """Where each family lives: who has moved is in the next township of the same kind of list."""
    township = whole.world.families.township.copy()
    moved = np.unique(whole.world.people.family[whole.story.happened("moves", month)])
    for family in moved.tolist():
        kind = listing.LIST_OF_TOWNSHIP[township[family]]
        same = np.flatnonzero(listing.LIST_OF_TOWNSHIP == kind)
        township[family] = same[(int(np.searchsorted(same, township[family])) + 1) % len(same)]
    return township


def _mis_keyed(whole: _County, world: World, month: int) -> Cells:
    """The list's rows with this month's slips: a name typed by ear, or two digits of the number exchanged."""
    cells = replace(whole.listed, name=whole.listed.name.copy(), number=whole.listed.number.copy(),
                    struck={name: rows.copy() for name, rows in whole.listed.struck.items()})  # fmt: skip
    rng = world.dice.stream("months slips")
    for row in np.flatnonzero(whole.story.happens("mis_keyed", month)[cells.person]).tolist():
        wrong = one_character(world, rng, cells.name[row], "same_sound")
        if wrong != cells.name[row] and int(cells.person[row]) % 2:
            cells.name[row] = wrong
            cells.struck["name_same_sound"][row] = True
        elif len(cells.number[row]) == 18 and cells.number[row][14] != cells.number[row][15]:
            number = cells.number[row]
            cells.number[row] = number[:14] + number[15] + number[14] + number[16:]
            cells.struck["id_transposed"][row] = True
    return cells


def _shown(whole: _County, month: int) -> Mask:
    """Which rows of the roster stand on the lists of the month."""
    person = whole.roster.person
    shown: Mask = ~(whole.story.when["listed"] > month)[person] & ~whole.story.happened("unlisted", month)[person]
    return shown


def _kept(columns: dict[str, Any], rows: Mask) -> dict[str, Any]:
    return {name: values[rows] if isinstance(values, np.ndarray) else values for name, values in columns.items()}


def _rows(cells: Cells, rows: Mask) -> Cells:
    parts: dict[str, Any] = {
        name: values[rows] if isinstance(values, np.ndarray) else values
        for name, values in vars(cells).items()
        if name != "struck"
    }
    return Cells(**parts, struck={name: struck[rows] for name, struck in cells.struck.items()})


def _true_month(
    whole: _County, registry: tuple[World, Standing, Roll, Mask], lists: tuple[Cells, ListTruth, Mask], month: int
) -> Month:
    """What is true of everybody in that month, by the rows that stand on the lists."""
    world, now, roll, there = registry
    cells, says, shown = lists
    shown_cells = _rows(cells, shown)
    said = ListTruth(says.says_dead[shown], says.says_unfinished[shown])
    pupils = roll.take(np.flatnonzero(there))
    doubt = doubts(world, pupils, shown_cells, _rows(whole.registered, there), whole.special.cells)
    rows = expected(world, now, shown_cells, said, doubt)
    attending = np.zeros(len(world.people), dtype=bool)
    attending[pupils.person[pupils.status == "在读"]] = True
    alarm = np.zeros(len(world.people), dtype=bool)
    alarm[pupils.person[np.isin(pupils.status, ("流失", "辍学", "停学", "下落不明", "退学", "开除", "其他"))]] = True
    verdicts: dict[int, set[str]] = {}
    for person, verdict in zip(shown_cells.person.tolist(), rows.verdict.tolist(), strict=True):
        if world.people.part[person] == CHILD:
            verdicts.setdefault(person, set()).update(verdict.split("|"))
    day = int(whole.story.months[month].strftime("%Y%m%d"))
    overdue = pupils.person[(pupils.status == "休学") & ((whole.ends[pupils.person] < day) | (pupils.status_day == 0))]
    alarm[overdue] = True
    doubtful = alarm & ((now.nominal < 1) | (now.nominal > 9))
    found = np.flatnonzero(alarm & ~doubtful).tolist()
    return Month(
        day=whole.story.months[month],
        state=now.state,
        verdicts=verdicts,
        attending=attending & ~alarm,
        found={p for p in found if p not in verdicts},
        doubtful={p for p in np.flatnonzero(doubtful).tolist() if p not in verdicts},
    )

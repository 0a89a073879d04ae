"""All that `kcbx sample --all-sources` adds: the further lists, and what they have to find."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import classrooms, residents
from kcbx_cli.sample.answers import Pupils
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.files import Place
from kcbx_cli.sample.listcolumns import ListTruth
from kcbx_cli.sample.places import Schools
from kcbx_cli.sample.planted import OUTSIDERS, Planted, expected_of
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Ints, Mask
from kcbx_cli.sample.truth import Expected, doubts, expected

SOURCES = (
    "list_file", "list_sheet", "list_row", "verdict", "comparison", "planted", "person", "missing", "registry_file",
    "registry_sheet", "registry_row",
)  # fmt: skip
_WORK = ("suspected", "absent", "dropout")


@dataclass(frozen=True)
class County:
    """What the further lists are made from."""

    world: World
    now: Standing
    roll: Roll
    planted: Planted
    schools: Schools
    registered: Cells
    papers: Cells
    made: classrooms.Classrooms

    @classmethod
    def of(
        cls, world: World, now: Standing, roll: Roll, planted: Planted, schools: Schools, cells: tuple[Cells, Cells]
    ) -> County:
        """The county with its classrooms; `cells` are those of the registry and of the special register."""
        made = classrooms.classrooms(world, now, roll, planted, schools)
        return cls(world, now, roll, planted, schools, *cells, made)


@dataclass(frozen=True)
class _Listed:
    """The rows of one further list, where they stand, what is expected of them, and the comparison of those at work."""

    cells: Cells
    place: Place
    verdicts: Expected
    comparison: str


def write_sources(target: Path, county: County, pupils: Pupils) -> dict[str, int]:
    """户籍/, 残联/, 在校/ and truth_sources.csv; returns the counts.

    truth_sources.csv has a row for each row of the register of residents and of the list of disabled children, and for
    each row of a roll call whose child no other list has: the accepted verdicts, for planted children the comparison
    that must find them and what they were planted as, and the child's own registry rows.
    """
    world, now, planted = county.world, county.now, county.planted
    lists = [_population(target / "户籍", county), _disability(target / "残联", county)]
    made = county.made
    seats = classrooms.write_roll_calls(target / "在校", made, world, county.schools)
    reported = classrooms.write_report(target / "在校", world, county.roll, planted, county.schools)
    alone = np.flatnonzero((made.registry < 0) & ~planted.resident[made.cells.person])
    with (target / "truth_sources.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(SOURCES)
        for one in lists:
            _write(writer, county, pupils, one)
        for row in alone.tolist():
            person = int(made.cells.person[row])
            writer.writerow(
                (
                    seats.file[row],
                    seats.sheet[row],
                    seats.row[row],
                    "attending",
                    "",
                    now.state[person],
                    person,
                    0,
                    "",
                    "",
                    "",
                )
            )
    return {
        "residents": len(lists[0].cells), "disabled": len(lists[1].cells), "roll_call_rows": len(made.cells),
        "absences_reported": reported,
    }  # fmt: skip


def with_sources(verdicts: Expected, person: Ints, county: County) -> Expected:
    """What is expected of the rows of the low-income lists when all the other lists are there too."""
    now, planted = county.now, county.planted
    told = verdicts.verdict.copy()
    for row in np.flatnonzero(np.isin(now.state[person], ("moved", "outside_but_registered"))).tolist():
        told[row] = _joined(told[row], "elsewhere")
    unsure = county.made.unsure(county.registered)
    for row in [r for r, p in enumerate(person.tolist()) if p in unsure]:
        more = {"enrolled": "absent", "attending": "suspected"}.get(str(told[row]).split("|")[0], "")
        told[row] = _joined(told[row], more) if more else told[row]
    missing = verdicts.missing.copy()
    for row in np.flatnonzero(planted.absence[person] != "").tolist():
        told[row] = _absent(told[row], str(planted.absence[person[row]]))
        missing[row] |= planted.missing[person[row]]
    return Expected(told, missing, verdicts.school_age)


def unlisted(county: County) -> tuple[Mask, dict[int, str]]:
    """Persons who stand on no list at all, and the finding of those of them who are out of class."""
    alone = ~(county.now.listed | county.planted.resident)
    found = {p: expected_of("", str(county.planted.absence[p])) for p in np.flatnonzero(alone).tolist()}
    return alone, {p: kind for p, kind in found.items() if kind in _WORK}


def _population(folder: Path, county: County) -> _Listed:
    cells = residents.register(county.world, np.flatnonzero(county.planted.resident))
    place, dead = residents.write_register(folder, county.world, county.now, cells)
    return _Listed(cells, place, _expected(county, cells, dead), "population_registry")


def _disability(folder: Path, county: County) -> _Listed:
    cells = residents.federation(county.world, county.now)
    place = residents.write_federation(folder, county.world, county.now, cells)
    return _Listed(cells, place, _expected(county, cells, np.zeros(len(cells), dtype=bool)), "disability_registry")


def _expected(county: County, cells: Cells, dead: Mask) -> Expected:
    told = doubts(county.world, county.roll, cells, county.registered, county.papers)
    found = expected(county.world, county.now, cells, ListTruth(dead, np.zeros(len(cells), dtype=bool)), told)
    harmed = np.zeros(len(county.now.state), dtype=bool)
    for side in (county.registered, cells):
        harmed[side.person[(side.harm("name") > 0) | (side.harm("id") > 0)]] = True
    for row in np.flatnonzero(harmed[cells.person] & np.isin(found.verdict, ("enrolled", "suspected"))).tolist():
        found.verdict[row] = _joined(str(found.verdict[row]), "review")
    return with_sources(found, cells.person, county)


def _write(writer: Any, county: County, pupils: Pupils, listed: _Listed) -> None:
    state, absence = county.now.state, county.planted.absence
    order, starts = pupils.rows_of(len(state))
    disabled = np.zeros(len(state), dtype=bool)
    disabled[residents.federation(county.world, county.now).person] = True
    for i, person in enumerate(listed.cells.person.tolist()):
        planted = str(absence[person]) or (str(state[person]) if state[person] in OUTSIDERS else "")
        verdict = str(listed.verdicts.verdict[i])
        found = expected_of(str(state[person]), str(absence[person])) in _WORK
        by = (
            "registry_attendance"
            if absence[person]
            else "disability_registry"
            if disabled[person]
            else listed.comparison
        )
        rows = order[starts[person] : starts[person + 1]]
        at = pupils.place
        writer.writerow(
            (listed.place.file[i], listed.place.sheet[i], listed.place.row[i], verdict, by if found else "", planted, person,
             int(listed.verdicts.missing[i]), "|".join(at.file[rows]), "|".join(at.sheet[rows]),
             "|".join(at.row[rows].astype("U9")))
        )  # fmt: skip


def _absent(accepted: str, absence: str) -> str:
    """The accepted verdicts of a pupil in class by the registry, when the attendance lists say what they say."""
    instead = expected_of("", absence)
    return "|".join(dict.fromkeys(instead if v == "enrolled" else v for v in accepted.split("|")))


def _joined(accepted: str, more: str) -> str:
    return "|".join(dict.fromkeys([*accepted.split("|"), more]))

"""The files with the answers, and the remarks that the lists carry."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.files import Place
from kcbx_cli.sample.listing import Roster
from kcbx_cli.sample.schooling import Roll, Standing
from kcbx_cli.sample.spec import Ints, Mask, Text
from kcbx_cli.sample.truth import Expected

TRUTH = (
    "list_file", "list_sheet", "list_row", "verdict", "registry_file", "registry_sheet", "registry_row", "person", "missing",
    "school_age", "state", "twin", "traps", "registry_traps",
)  # fmt: skip
FINDINGS = ("registry_file", "registry_sheet", "registry_row", "finding")
_FINDING = {"unlisted_alarm": "alarm_status", "unlisted_overdue": "overdue_suspension"}


@dataclass(frozen=True)
class Pupils:
    """The registry's rows, where they stand, what went wrong with them, and who is whose twin."""

    roll: Roll
    place: Place
    traps: Text
    twin: Ints

    def rows_of(self, people: int) -> tuple[Ints, Ints]:
        """Rows in the order in which a person's are named (attending, then earliest), and where each person's start."""
        order = np.lexsort((np.arange(len(self.roll)), self.roll.status != "在读", self.roll.person))
        starts = np.searchsorted(self.roll.person[order], np.arange(people + 1))
        return order, starts


def notes(world: World, now: Standing, roster: Roster, roll: Roll, schools: Text) -> dict[str, Any]:
    """就读学校 and 备注 of the lists: what the hand-kept list knows of school, deaths and moves, old categories."""
    person = roster.person
    n = len(roster)
    school = np.full(len(world.people), "", dtype=object)
    school[roll.person[::-1]] = schools[roll.school[::-1]]
    state = now.state[person]
    away = np.isin(state, ["outside_papers", "outside_papers_expired", "outside_unknown", "transferred_away"])
    note = np.full(n, "", dtype=object)
    note[state == "dead"] = "已死亡"
    note[state == "moved"] = "户籍已迁出"
    note[away & (person % 2 == 0)] = "随父母在外"
    note[(state == "") & (person % 37 == 0)] = "在外务工"
    return {"就读学校": np.where(away, "县外就读", school[person]).astype(object), "备注": note}


def write_truth(path: Path, now: Standing, cells: Cells, place: Place, verdicts: Expected, pupils: Pupils) -> None:
    """truth.csv, UTF-8 with BOM, a row for each person row of the person-level lists.

    `verdict` holds the accepted verdicts joined with |; `registry_*` the child's own registry rows, joined with | in
    parallel, the one to be named first; `missing` is 1 for a child who is out of school and must never be `enrolled`;
    `state` is what became of the child; `twin` the person number of its twin; `traps` struck the list row,
    `registry_traps` the first registry row.
    """
    order, starts = pupils.rows_of(len(now.state))
    traps, at, state = cells.traps(), pupils.place, now.state
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(TRUTH)
        for i, person in enumerate(cells.person.tolist()):
            rows = order[starts[person] : starts[person + 1]]
            twin = int(pupils.twin[person])
            writer.writerow(
                (
                    place.file[i], place.sheet[i], place.row[i], verdicts.verdict[i],
                    "|".join(at.file[rows]), "|".join(at.sheet[rows]), "|".join(at.row[rows].astype("U9")),
                    person, int(verdicts.missing[i]), int(verdicts.school_age[i]), state[person],
                    twin if twin >= 0 else "", traps[i], pupils.traps[rows[0]] if len(rows) else "",
                )
            )  # fmt: skip


def write_findings(
    path: Path, now: Standing, roll: Roll, place: Place, unlisted: tuple[Mask, dict[int, str]] | None = None
) -> int:
    """truth_findings.csv: registry rows with an alarm status or an overdue 休学 whose child stands on no list.

    With all sources `unlisted` says who stands on none, and who of them is out of class.
    """
    found = 0
    alone, absent = unlisted or (np.ones(len(now.state), dtype=bool), {})
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(FINDINGS)
        for row, person in enumerate(roll.person.tolist()):
            finding = absent.get(person) or (_FINDING.get(now.state[person]) if alone[person] else "")
            if not finding:
                continue
            writer.writerow((place.file[row], place.sheet[row], place.row[row], finding))
            found += 1
    return found

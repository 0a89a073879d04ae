"""What `kcbx sample --months` writes beside the lists of a month: the truth of every case, and what the townships answer."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import places
from kcbx_cli.sample.families import People
from kcbx_cli.sample.files import Place
from kcbx_cli.sample.spec import Ints
from kcbx_cli.sample.truecases import Ledger, Month

CASES = ("person", "name", "birth", "id_number", "township", "state", "case", "months", "sure", "verdict")
#: Where each of these children stands in the files of the month: a line a row, `role` is list or registry.
ROWS = ("person", "role", "file", "sheet", "row")
ANSWERS = ("乡镇", "姓名", "出生日期", "身份证号", "核查日期", "核查结论", "佐证材料", "核查人", "人员序号")


@dataclass(frozen=True)
class Placed:
    """Where the records of a month stand, those of the lists and those of the registry, each with its person."""

    listed: tuple[Ints, Place]
    registered: tuple[Ints, Place]


@dataclass(frozen=True)
class Told:
    """A month as it is written: everybody, where each family lives in that month, what is true, where it stands."""

    people: People
    township: Ints
    seen: Month
    placed: Placed

    def lives(self, person: int) -> str:
        """The township in which the person lives."""
        return places.TOWNSHIPS[int(self.township[self.people.family[person]])].name


def write_truth(folder: Path, told: Told, truth: Ledger) -> None:
    """YYYY-MM.csv: what is true of every child who ever had a case, and YYYY-MM-出处.csv: the rows that are theirs."""
    people, seen = told.people, told.seen
    wanted = np.flatnonzero(truth.known | ~truth.sure)
    rows = [
        (p, people.name[p], people.birth[p], people.number[p], told.lives(p), seen.state[p], truth.case(p),
         int(truth.months[p]), int(truth.sure[p]), "|".join(sorted(seen.verdicts.get(p, ()))))
        for p in wanted.tolist()
    ]  # fmt: skip
    _write(folder / f"{seen.day:%Y-%m}.csv", CASES, rows)
    stands = []
    for role, (person, place) in (("list", told.placed.listed), ("registry", told.placed.registered)):
        mine = np.flatnonzero(np.isin(person, wanted))
        stands += [(int(person[n]), role, place.file[n], place.sheet[n], int(place.row[n])) for n in mine.tolist()]
    _write(folder / f"{seen.day:%Y-%m}-出处.csv", ROWS, sorted(stands))


def write_answers(folder: Path, told: Told, said: Mapping[int, str]) -> None:
    """YYYY-MM.csv: what the townships answer about these people; 人员序号 is `person` of the truth."""
    people, day = told.people, told.seen.day
    rows = [
        (told.lives(p), people.name[p], people.birth[p], people.number[p], _visit(day), disposition, "证明材料", "周老师", p)
        for p, disposition in sorted(said.items())
    ]  # fmt: skip
    _write(folder / f"{day:%Y-%m}.csv", ANSWERS, rows)


def _visit(day: date) -> str:
    return f"{day:%Y-%m}-{min(28, day.day):02d}"


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)

"""Rows as they will stand in a file: the truth about each person, then what goes wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kcbx_cli.sample.families import CHILD, Families, People
from kcbx_cli.sample.names import NameBook
from kcbx_cli.sample.spec import Dice, Ints, Mask, Text
from kcbx_cli.sample.traps import TRAPS


@dataclass
class Cells:
    """One entry of each array a row of a list or of the registry.

    `number` is text; where `numeric` it is stored as a number cell. `birth` is the date that the row means, yyyymmdd,
    with day 00 for year and month only and 0 for none; `birth_form` says how it is spelled (see `dates`).
    `struck` holds, by trap, which rows it struck.
    """

    side: str
    person: Ints
    block: Ints  # rows of one block stand below each other in one sheet
    as_text: Mask  # rows of text files, which have no number cells
    name: Text
    number: Text
    numeric: Mask
    birth: Ints
    birth_form: Ints
    male: Mask
    struck: dict[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.person)

    def strike(self, dice: Dice, trap: str, eligible: Mask) -> Ints:
        """Draws which eligible rows the trap strikes, keeps it, and returns their positions."""
        self.struck[trap] = dice.trap(trap, self.side, eligible)
        return np.flatnonzero(self.struck[trap])

    def harm(self, evidence: str) -> Ints:
        """How much of an evidence (id, name, birth) each row has lost: 0 none to 3 all."""
        worst = np.zeros(len(self), dtype=np.int64)
        for name, rows in self.struck.items():
            if TRAPS[name].evidence == evidence:
                worst = np.maximum(worst, rows * TRAPS[name].harm)
        return worst

    def traps(self) -> Text:
        """The names of the traps that struck each row, joined with ;."""
        out = np.full(len(self), "", dtype=object)
        for name, rows in self.struck.items():
            out[rows] += ";" + name
        joined: Text = np.array([t[1:] for t in out], dtype=object) if len(out) else out
        return joined


@dataclass(frozen=True)
class World:
    """All that is true in the county, for the traps to draw from."""

    dice: Dice
    book: NameBook
    families: Families
    people: People
    disabled: Mask  # persons
    head: Ints  # person who heads each family's household on the lists

    def parent(self, person: Ints) -> Ints:
        """A parent of each person: the father, for every third family the mother."""
        family = self.people.family[person]
        return np.where(family % 3 == 0, family + len(self.families), family)


def true_cells(world: World, side: str, person: Ints, block: Ints, as_text: Mask) -> Cells:
    """Rows without any mistake."""
    people = world.people
    n = len(person)
    return Cells(
        side=side, person=person, block=block, as_text=as_text, name=people.name[person].copy(),
        number=people.number[person].copy(), numeric=np.zeros(n, dtype=bool), birth=people.birth[person].copy(),
        birth_form=np.zeros(n, dtype=np.int64), male=people.male[person].copy(),
    )  # fmt: skip


def is_child(world: World, cells: Cells) -> Mask:
    """Which rows are children's."""
    return np.asarray(world.people.part[cells.person] == CHILD)

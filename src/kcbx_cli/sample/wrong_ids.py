"""What goes wrong with ID numbers. Each function does what its row in TRAPS says, to the rows that it strikes."""

from __future__ import annotations

import numpy as np

from kcbx_cli.sample.cells import Cells, World, is_child
from kcbx_cli.sample.spec import Mask, Text

_BLANKS = ("\u00a0", "\u200b", "\t", " ", "\u3000")


def strike_ids(world: World, cells: Cells) -> None:
    """All ID traps, those that replace the number first. One number suffers one harm, and may be ill-formatted too."""
    _fill_handle(world, cells)
    _others_number(world, cells)
    _twins_swapped(world, cells)
    _other_form(world, cells)
    _mistyped(world, cells)
    _stored_badly(world, cells)
    _ill_formatted(world, cells)


def _open(cells: Cells) -> Mask:
    """Rows that have a number and no harm to it yet."""
    return np.asarray((cells.number != "") & (cells.harm("id") == 0))


def _digits(cells: Cells) -> Mask:
    return np.array([not n.endswith("X") for n in cells.number], dtype=bool)


def _fill_handle(world: World, cells: Cells) -> None:
    ends_in_digit = _digits(cells) & (cells.number != "")
    followed = np.zeros(len(cells), dtype=bool)
    followed[:-1] = cells.block[1:] == cells.block[:-1]
    starts = cells.strike(world.dice, "id_fill_handle", ends_in_digit & followed)
    dragged = np.zeros(len(cells), dtype=bool)
    lengths = world.dice.stream(f"{cells.side} fill handle").integers(2, 7, len(starts))
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        for row in range(start + 1, min(start + 1 + length, len(cells))):
            if cells.block[row] != cells.block[start] or dragged[start] or cells.number[row] == "":
                break
            cells.number[row] = str(int(cells.number[start]) + row - start)
            dragged[row] = True
    cells.struck["id_fill_handle"] = dragged


def _others_number(world: World, cells: Cells) -> None:
    cells.number[cells.strike(world.dice, "id_absent", _open(cells))] = ""
    people, child = world.people, is_child(world, cells)
    blank = (people.number[cells.person] == "") & child
    half = world.dice.stream(f"{cells.side} parent for none").random(len(cells)) < 0.4
    rows = cells.strike(world.dice, "id_parent", _open(cells) & child)
    cells.struck["id_parent"] |= blank & half
    rows = np.flatnonzero(cells.struck["id_parent"])
    cells.number[rows] = people.number[world.parent(cells.person[rows])]
    if cells.side == "list":
        _head_on_each_row(world, cells)


def _head_on_each_row(world: World, cells: Cells) -> None:
    people = world.people
    has_child = np.zeros(len(world.families), dtype=bool)
    has_child[people.family[cells.person[is_child(world, cells) & _open(cells)]]] = True
    struck = world.dice.trap("id_head", cells.side, has_child)
    head = world.head[people.family[cells.person]]
    rows = struck[people.family[cells.person]] & (cells.person != head) & _open(cells) & (people.number[head] != "")
    cells.struck["id_head"] = rows
    cells.number[rows] = people.number[head[rows]]


def _twins_swapped(world: World, cells: Cells) -> None:
    twin = world.people.twin[cells.person]
    once, where = np.unique(cells.person, return_index=True)
    at = np.full(len(world.people), -1)
    at[once] = where
    other = np.where(twin >= 0, at[twin], -1)
    open_ = _open(cells)
    eligible = (other > np.arange(len(cells))) & open_ & open_[other] & (at[cells.person] == np.arange(len(cells)))
    rows = cells.strike(world.dice, "id_twins_swapped", eligible)
    cells.number[rows], cells.number[other[rows]] = cells.number[other[rows]].copy(), cells.number[rows].copy()
    cells.struck["id_twins_swapped"][other[rows]] = True


def _other_form(world: World, cells: Cells) -> None:
    rng = world.dice.stream(f"{cells.side} disability cards")
    rows = cells.strike(world.dice, "id_disability", _open(cells) & world.disabled[cells.person])
    kinds = rng.integers(1, 8, len(rows)).astype("U1").astype(object) + rng.integers(1, 5, len(rows)).astype("U1")
    cells.number[rows] = cells.number[rows] + kinds
    old = _open(cells) & ~is_child(world, cells) & (world.people.birth[cells.person] < 19990000)
    rows = cells.strike(world.dice, "id_fifteen", old & ~cells.struck["id_disability"])
    cells.number[rows] = _each(cells.number[rows], lambda n: n[:6] + n[8:17])


def _mistyped(world: World, cells: Cells) -> None:
    rng = world.dice.stream(f"{cells.side} mistyped")
    whole = ~cells.struck["id_disability"]
    for row in cells.strike(world.dice, "id_typo", _open(cells) & whole):
        place, step = int(rng.integers(4, 17)), int(rng.integers(1, 10))
        number = cells.number[row]
        cells.number[row] = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    for row in cells.strike(world.dice, "id_transposed", _open(cells) & whole):
        number = cells.number[row]
        places = [i for i in range(6, 16) if number[i] != number[i + 1]]
        i = places[int(rng.integers(0, len(places)))]
        cells.number[row] = number[:i] + number[i + 1] + number[i] + number[i + 2 :]
    rows = cells.strike(world.dice, "id_masked", _open(cells) & whole)
    cells.number[rows] = _each(cells.number[rows], lambda n: n[:6] + "********" + n[14:])


def _stored_badly(world: World, cells: Cells) -> None:
    whole = _open(cells) & ~cells.struck["id_disability"] & _digits(cells)
    rows = cells.strike(world.dice, "id_numeric", whole & ~cells.as_text)
    cells.numeric[rows] = True
    cells.number[rows] = _each(cells.number[rows], lambda n: n[:15] + "000")
    rows = cells.strike(world.dice, "id_scientific", whole & cells.as_text)
    cells.number[rows] = _each(cells.number[rows], lambda n: f"{float(n):.5E}")


def _ill_formatted(world: World, cells: Cells) -> None:
    rng = world.dice.stream(f"{cells.side} ill-formatted")
    text = (cells.number != "") & ~cells.numeric
    for trap in ("id_numeric", "id_scientific", "id_masked"):
        text &= ~cells.struck[trap]
    ends_in_x = np.array([n.endswith("X") for n in cells.number], dtype=bool)
    rows = cells.strike(world.dice, "id_lower_x", text & ends_in_x)
    cells.number[rows] = _each(cells.number[rows], str.lower)
    rows = cells.strike(world.dice, "id_full_width", text)
    cells.number[rows] = _each(cells.number[rows], lambda n: n.translate(_FULL_WIDTH))
    for row in cells.strike(world.dice, "id_blanks", text):
        number, blank = cells.number[row], _BLANKS[int(rng.integers(0, len(_BLANKS)))]
        place = (0, 6, 14, len(number))[int(rng.integers(0, 4))]
        cells.number[row] = number[:place] + blank + number[place:]
    rows = cells.strike(world.dice, "id_apostrophe", text & ~cells.struck["id_blanks"])
    cells.number[rows] = _each(cells.number[rows], lambda n: "'" + n)


_FULL_WIDTH = str.maketrans("0123456789Xx", "0123456789Xx".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789Xx"}))


def _each(values: Text, change: object) -> Text:
    out = np.empty(len(values), dtype=object)
    out[:] = [change(v) for v in values]  # type: ignore[operator]
    return out

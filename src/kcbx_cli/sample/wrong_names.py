"""What goes wrong with names, birth dates and sexes. Each trap does what its row in TRAPS says."""

from __future__ import annotations

import numpy as np

from kcbx_cli.sample import dates
from kcbx_cli.sample.cells import Cells, World, is_child
from kcbx_cli.sample.names import DOT
from kcbx_cli.sample.spec import Mask

#: Code points that stand in for the middle dot, and a space.
_DOTS = "•．・‧●.∙⋅ "
_MARKS = "?□●*"


def strike_names(world: World, cells: Cells) -> None:
    """All name traps: one harm a name, and it may be padded or in traditional characters too."""
    dotted = np.array([DOT in n for n in cells.name], dtype=bool)
    _other_names(world, cells, ~dotted)
    _rare(world, cells)
    _misheard(world, cells, ~dotted)
    _miswritten(world, cells, ~dotted)
    _respelled(world, cells, dotted)


def _open(cells: Cells) -> Mask:
    return np.asarray(cells.harm("name") == 0)


def _surname_length(world: World, name: str) -> int:
    return 2 if len(name) > 2 and name[:2] in dict(world.book.compound) else 1


def _other_names(world: World, cells: Cells, plain: Mask) -> None:
    people, rng = world.people, world.dice.stream(f"{cells.side} other names")
    rows = cells.strike(world.dice, "name_former", people.former[cells.person] != "")
    cells.name[rows] = people.former[cells.person[rows]]
    rows = cells.strike(world.dice, "name_nickname", _open(cells) & plain & is_child(world, cells))
    given = world.book.given(rng, cells.male[rows], people.birth[cells.person[rows]] // 10000)
    for row, fresh in zip(rows.tolist(), given.tolist(), strict=True):
        name = cells.name[row]
        surname = name[: _surname_length(world, name)]
        cells.name[row] = surname + (fresh if surname + fresh != name else "小" + fresh[-1])


def _rare(world: World, cells: Cells) -> None:
    """A rare character stands at the end of the name (see families)."""
    rng = world.dice.stream(f"{cells.side} rare")
    tables = world.book.tables
    for trap in ("name_rare_mark", "name_rare_pinyin", "name_rare_private"):
        for row in cells.strike(world.dice, trap, world.people.rare[cells.person] & _open(cells)):
            rare = world.people.name[cells.person[row]][-1]
            instead = {
                "name_rare_mark": _MARKS[int(rng.integers(0, len(_MARKS)))],
                "name_rare_pinyin": tables["pinyin"][rare],
                "name_rare_private": tables["private_use"][rare],
            }[trap]
            cells.name[row] = cells.name[row][:-1] + instead


def _misheard(world: World, cells: Cells, plain: Mask) -> None:
    for trap, table in (("name_same_sound", "same_sound"), ("name_near_sound", "near_sound"),
                        ("name_look_alike", "look_alike")):  # fmt: skip
        others = world.book.tables[table]
        rng = world.dice.stream(f"{cells.side} {trap}")
        fits = np.array([n[-1] in others for n in cells.name], dtype=bool)
        for row in cells.strike(world.dice, trap, _open(cells) & plain & fits):
            cells.name[row] = one_character(world, rng, cells.name[row], table)


def one_character(world: World, rng: np.random.Generator, name: str, table: str) -> str:
    """The name with one character changed for another of the table: of the given name, now and then of the surname."""
    others: dict[str, str] = world.book.tables[table]
    start = _surname_length(world, name)
    places = [i for i in range(start, len(name)) if name[i] in others]
    if rng.random() < 0.12 and start == 1 and name[0] in others:
        places = [0]
    if not places:
        return name
    i = places[int(rng.integers(0, len(places)))]
    choice = others[name[i]]
    return name[:i] + choice[min(int(rng.geometric(0.45)) - 1, len(choice) - 1)] + name[i + 1 :]


def _miswritten(world: World, cells: Cells, plain: Mask) -> None:
    rng = world.dice.stream(f"{cells.side} miswritten")
    length = np.array([len(n) for n in cells.name])
    for row in cells.strike(world.dice, "name_short", _open(cells) & plain & (length == 3)):
        i = int(rng.integers(1, 3))
        cells.name[row] = cells.name[row][:i] + cells.name[row][i + 1 :]
    differ = np.array([len(n) > 2 and n[-1] != n[-2] for n in cells.name], dtype=bool)
    for row in cells.strike(world.dice, "name_swapped", _open(cells) & plain & (length >= 3) & differ):
        name = cells.name[row]
        if len(name) - _surname_length(world, name) >= 2:
            cells.name[row] = name[:-2] + name[-1] + name[-2]
        else:
            cells.struck["name_swapped"][row] = False


def _respelled(world: World, cells: Cells, dotted: Mask) -> None:
    rng = world.dice.stream(f"{cells.side} respelled")
    table = world.book.tables["traditional"]
    changes = np.array([any(c in table for c in n) for n in cells.name], dtype=bool)
    for row in cells.strike(world.dice, "name_traditional", changes):
        cells.name[row] = "".join(table.get(c, c) for c in cells.name[row])
    for row in cells.strike(world.dice, "name_dot", dotted):
        cells.name[row] = cells.name[row].replace(DOT, _DOTS[int(rng.integers(0, len(_DOTS)))])
    short = np.array([len(n) == 2 for n in cells.name], dtype=bool)
    padded = world.dice.stream(f"{cells.side} long names").random(len(cells)) < 0.1
    for row in cells.strike(world.dice, "name_padded", (short | padded) & ~dotted):
        name = cells.name[row]
        blank = ("\u3000", " ", "  ", "\u00a0")[int(rng.integers(0, 4))]
        cells.name[row] = name[0] + blank + name[1:] if len(name) == 2 and rng.random() < 0.8 else name + blank


def strike_births(world: World, cells: Cells) -> None:
    """All birth-date traps: one harm a date, and any spelling on top of it."""
    rng = world.dice.stream(f"{cells.side} births")
    _other_days(world, cells)
    for row in cells.strike(world.dice, "birth_digit", _undamaged(cells)):
        day = cells.birth[row] % 100
        cells.birth[row] += (day + int(rng.integers(1, 27))) % 28 + 1 - day
        cells.struck["birth_digit"][row] = cells.birth[row] % 100 != day
    rows = cells.strike(world.dice, "birth_month_only", _undamaged(cells))
    cells.birth[rows] -= cells.birth[rows] % 100
    others = (cells.harm("id") == 3) & (cells.number != "")
    rows = cells.strike(world.dice, "birth_absent", _undamaged(cells) & ~others)
    cells.birth[rows] = 0
    there = cells.birth > 0
    rows = cells.strike(world.dice, "birth_spelling", there)
    cells.birth_form[rows] = rng.integers(1, len(dates.SPELLINGS) + 1, len(rows))
    for trap, form in (("birth_float", dates.FLOAT), ("birth_serial", dates.SERIAL), ("birth_cell", dates.CELL)):
        cells.birth_form[cells.strike(world.dice, trap, there & (cells.birth_form == 0))] = form
    rows = cells.strike(world.dice, "sex_wrong", is_child(world, cells))
    cells.male[rows] = ~cells.male[rows]


def _undamaged(cells: Cells) -> Mask:
    return np.asarray(cells.harm("birth") == 0)


def _other_days(world: World, cells: Cells) -> None:
    from lunardate import LunarDate

    for row in cells.strike(world.dice, "birth_lunar", np.ones(len(cells), dtype=bool)):
        b = int(cells.birth[row])
        moon = LunarDate.from_solar_date(b // 10000, b // 100 % 100, b % 100)
        cells.birth[row] = moon.year * 10000 + moon.month * 100 + moon.day
    month, day = cells.birth // 100 % 100, cells.birth % 100
    rows = cells.strike(world.dice, "birth_swapped", _undamaged(cells) & (day <= 12) & (day != month))
    cells.birth[rows] = cells.birth[rows] // 10000 * 10000 + day[rows] * 100 + month[rows]
    rng = world.dice.stream(f"{cells.side} year off")
    rows = cells.strike(world.dice, "birth_year_off", _undamaged(cells) & (month * 100 + day != 229))
    cells.birth[rows] += np.where(rng.random(len(rows)) < 0.5, 10000, -10000)

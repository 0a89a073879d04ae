"""Blocking keys: what two records must have in common, in some reading, to be looked at as a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kcbx_cli.match import names as name_room
from kcbx_cli.match.records import Ints, Records

MIX = np.uint64(0x9E3779B97F4A7C15)
#: What narrows a key that too many share (columns of `finer`): the name, where the key is about days or numbers; the
#: rest of the date where it is about names; and where the child lives.
BY_NAME, BY_DAY = "name", "day"


@dataclass(frozen=True)
class Key:
    """One blocking key: rows of each side and their key values (0 for none); a row may come several times.

    `finer` says what narrows values that too many rows share; empty: nothing.
    """

    name: str
    left_rows: Ints
    left_values: Ints
    right_rows: Ints
    right_values: Ints
    finer: str = ""

    @property
    def left(self) -> tuple[Ints, Ints]:
        """Rows and values of the left side."""
        return self.left_rows, self.left_values

    @property
    def right(self) -> tuple[Ints, Ints]:
        """Rows and values of the right side."""
        return self.right_rows, self.right_values


def keys(left: Records, right: Records, only: tuple[str, ...] = ()) -> Iterator[tuple[int, Key]]:
    """The blocking keys named by `only` (all when empty), each with its number: the order in which they claim pairs."""
    for number, (name, make) in enumerate(_KEYS.items()):
        if not only or name in only:
            yield number, make(name, left, right)


def one_side(records: Records, is_left: bool) -> Iterator[Key]:
    """Every key but `name_rare`, the other side being empty."""
    nobody = records.take(np.zeros(0, dtype=np.int64))
    pair = (records, nobody) if is_left else (nobody, records)
    for name, make in _KEYS.items():
        if make is not _rare_names:
            yield make(name, *pair)


def finer(records: Records, kind: str) -> list[Ints]:
    """What narrows crowded values of this kind, columns of values by record (0 for none). A pair has to share one.

    BY_NAME: the sound of a character of the given name. BY_DAY: year and month, or the day, of birth. And the township.
    """
    if kind == BY_NAME:
        first, last = (_at(records.name, sounds) for sounds in name_room.given_sounds(records.codes))
        columns = [first, np.where(last == first, 0, last)]
    else:
        columns = [records.birth // 100, records.birth % 100 * 2 + 1]
    return [*columns, records.township.astype(np.int64)]


#: What of a birth date a token may be keyed with.
_OF_BIRTH: Mapping[str, Callable[[Ints], Ints]] = {"year": lambda d: d // 10000, "day": lambda d: d % 10000}

Values = Callable[[Records], Ints]
_Make = Callable[[str, Records, Records], Key]


def _same(values: Values, narrow: str = "") -> _Make:
    """A key that has the same recipe on both sides, one value a row."""

    def make(name: str, left: Records, right: Records) -> Key:
        mine, rows = values(left), np.arange(len(left))
        if left is right:
            return Key(name, rows, mine, rows, mine, narrow)
        return Key(name, rows, mine, np.arange(len(right)), values(right), narrow)

    return make


def _cross(left_values: Values, right_values: Values, narrow: str = "") -> _Make:
    """A key that is another thing on either side."""

    def make(name: str, left: Records, right: Records) -> Key:
        return Key(name, np.arange(len(left)), left_values(left), np.arange(len(right)), right_values(right), narrow)

    return make


def _tokens(field: str, partner: str = "", narrow: str = "") -> _Make:
    """A key with a value for each token of a field: alone, with a part of the birth date (_OF_BIRTH), or with a key of the name."""

    def one_side(side: Records) -> tuple[Ints, Ints]:
        matrix = getattr(side, field)
        at, column = np.nonzero(matrix)
        token = matrix[at, column].astype(np.int64)
        if partner in _OF_BIRTH:
            token = mix(token, _OF_BIRTH[partner](side.birth)[at])
        elif partner:
            token = mix(token, _name(side, partner)[at])
        return at.astype(np.int64), token

    def make(name: str, left: Records, right: Records) -> Key:
        return Key(name, *one_side(left), *one_side(right), narrow)

    return make


def _undated(name: str, left: Records, right: Records) -> Key:
    """Adults' names with the surname, for left rows without any birth date."""
    key = _tokens("family_names", "surname_fuzzy", BY_NAME)(name, left, right)
    return replace(key, left_values=np.where(left.birth[key.left_rows] == 0, key.left_values, 0))


def _year_off(partner: str, narrow: str = "") -> _Make:
    """Birth dates a year apart, with a key of the name."""

    def make(name: str, left: Records, right: Records) -> Key:
        given = _name(left, partner)
        values = [mix(np.where(left.birth > 0, left.birth + step, 0), given) for step in (10000, -10000)]
        other = mix(right.birth, _name(right, partner))
        return Key(name, np.tile(np.arange(len(left)), 2), np.concatenate(values), np.arange(len(right)), other, narrow)

    return make


def _rare_names(name: str, left: Records, right: Records) -> Key:
    """The sound of names that few of the right side bear."""
    mine, sounds = _name(left, "sound"), _name(right, "sound")
    distinct, counts = np.unique(sounds, return_counts=True)
    few = np.zeros(len(left), dtype=bool)
    if len(distinct):
        at = np.searchsorted(distinct, mine).clip(0, len(distinct) - 1)
        few = (distinct[at] == mine) & (counts[at] <= 5)
    return Key(name, np.arange(len(left)), np.where(few, mine, 0), np.arange(len(right)), sounds)


def mix(*parts: Ints) -> Ints:
    """Several values as one; 0 where any of them is 0. Chance collisions cost a pair, nothing else."""
    out = np.zeros(len(parts[0]), dtype=np.uint64)
    present = np.ones(len(parts[0]), dtype=bool)
    for part in parts:
        present &= part != 0
        out = (out ^ part.view(np.uint64)) * MIX
        out ^= out >> np.uint64(29)
    return np.where(present, out | np.uint64(1), np.uint64(0)).view(np.int64)


def _digits(records: Records, start: int, stop: int) -> Ints:
    """Some digits of the ID number; 0 where one of them is unknown."""
    part = records.digits[:, start:stop]
    known = (part <= 10).all(axis=1)
    value = np.zeros(len(part), dtype=np.int64)
    for n in range(stop - start):
        value = value * 11 + np.where(known, part[:, n], 0)
    return np.where(known, value + 1, 0)


def _name(records: Records, key: str) -> Ints:
    """A key of the name; 0 where there is no name."""
    return _at(records.name, records.keys[key])


def _at(names: Ints, values: Ints) -> Ints:
    """The values of these names; 0 where there is no name."""
    return np.where(names >= 0, values[names], 0) if len(values) else np.zeros(len(names), dtype=np.int64)


def _former(records: Records) -> Ints:
    """The sound of the former name."""
    return _at(records.former, records.keys["sound"])


def _surnamed(records: Records, dates: Ints) -> Ints:
    return mix(dates, _name(records, "surname_fuzzy"))


def _given(records: Records, dates: Ints) -> Ints:
    return mix(dates, _name(records, "given_fuzzy"))


def _swapped(dates: Ints) -> Ints:
    """Dates with month and day exchanged, where that is another date; 0 elsewhere."""
    year, month, day = dates // 10000, dates // 100 % 100, dates % 100
    return np.where((day >= 1) & (day <= 12) & (day != month), year * 10000 + day * 100 + month, 0)


def _month(records: Records) -> Ints:
    return _surnamed(records, records.birth // 100)


def _month_alone(dates: Ints) -> Ints:
    """Year and month of dates whose day is not known; 0 for others."""
    return np.where(dates % 100 == 0, dates // 100, 0)


def _reading(side: int) -> Values:
    """The birth date read as a lunar one, in the common (0) or in the leap month (1), with the surname."""
    return lambda r: _surnamed(r, r.lunar[side])


def _born(records: Records) -> Ints:
    return _surnamed(records, records.birth)


_KEYS: Mapping[str, _Make] = {
    "id": _same(lambda r: r.number),
    "id_fifteen": _same(lambda r: _digits(r, 0, 15), BY_NAME),
    "id_day_sequence": _same(lambda r: _digits(r, 10, 18), BY_NAME),
    "id_year_sequence": _same(lambda r: mix(_digits(r, 6, 10), _digits(r, 14, 18)), BY_NAME),
    "id_sequence_surname": _same(lambda r: mix(_digits(r, 14, 18), _name(r, "surname_fuzzy")), BY_NAME),
    "registry_number": _cross(lambda r: r.registry_body, lambda r: r.number),
    "number_in_registry": _cross(lambda r: r.number, lambda r: r.registry_body),
    "name_sound_year": _same(lambda r: mix(_name(r, "sound"), r.birth // 10000), BY_DAY),
    "name_fuzzy_month": _same(lambda r: mix(_name(r, "fuzzy"), r.birth // 100), BY_DAY),
    "birth_surname": _same(_born, BY_NAME),
    "birth_given": _same(lambda r: mix(r.birth, _name(r, "given_fuzzy")), BY_NAME),
    "id_birth_surname": _same(lambda r: mix(r.id_birth, _name(r, "surname_fuzzy")), BY_NAME),
    "former_name": _cross(lambda r: _name(r, "sound"), _former, BY_DAY),
    "name_former": _cross(_former, lambda r: _name(r, "sound"), BY_DAY),
    "lunar_left_0": _cross(_reading(0), _born, BY_NAME),
    "lunar_right_0": _cross(_born, _reading(0), BY_NAME),
    "lunar_left_1": _cross(_reading(1), _born, BY_NAME),
    "lunar_right_1": _cross(_born, _reading(1), BY_NAME),
    "lunar_given_left": _cross(lambda r: _given(r, r.lunar[0]), lambda r: _given(r, r.birth), BY_NAME),
    "lunar_given_right": _cross(lambda r: _given(r, r.birth), lambda r: _given(r, r.lunar[0]), BY_NAME),
    "year_off_surname": _year_off("surname_fuzzy", BY_NAME),
    "year_off_given": _year_off("given_fuzzy", BY_NAME),
    "birth_place": _same(lambda r: mix(r.birth, r.township.view(np.int64)), BY_NAME),
    "month_left": _cross(lambda r: _surnamed(r, _month_alone(r.birth)), _month, BY_NAME),
    "month_right": _cross(_month, lambda r: _surnamed(r, _month_alone(r.birth)), BY_NAME),
    "birth_swapped": _cross(lambda r: _surnamed(r, _swapped(r.birth)), _born, BY_NAME),
    "family_number": _tokens("family_ids", narrow=BY_NAME),
    "phone": _tokens("phones", narrow=BY_NAME),
    "family_name_year": _tokens("family_names", "year", BY_NAME),
    "family_name_given": _tokens("family_names", "given_fuzzy", BY_DAY),
    "family_name_day": _tokens("family_names", "day", BY_NAME),
    "family_name_undated": _undated,
    "name_place": _same(lambda r: mix(r.township.astype(np.int64), _name(r, "sound")), BY_DAY),
    "name_rare": _rare_names,
}  # fmt: skip

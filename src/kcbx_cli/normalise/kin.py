"""A child's family: who stands beside it in the row, and who else lives in its household."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kcbx_cli.normalise import idcolumn, names, phones, words
from kcbx_cli.normalise.columns import (
    Cells,
    Flags,
    Raw,
    Whole,
    empty,
    filled,
    flags,
    glued,
    joined_by_row,
    numbered,
    strings,
)  # fmt: skip
from kcbx_cli.normalise.idcolumn import IdColumn
from kcbx_cli.normalise.text import label

#: A household number with more people than this is no household.
LARGEST_HOUSEHOLD = 30
_RELATIVES = {"member1": "", "member2": "", "father": "父亲", "mother": "母亲", "guardian": "", "head": "户主"}


@dataclass(frozen=True)
class Relatives:
    """The relatives that a row names: name, relation to the child, telephone, number; keys as in `_RELATIVES`."""

    name: dict[str, Cells]
    relation: dict[str, Cells]
    phone: dict[str, Cells]
    ids: dict[str, IdColumn]


@dataclass(frozen=True)
class Households:
    """Which rows live together. `key` is -1 where that is not known."""

    number: Cells
    key: Whole
    relation: Cells
    head: Flags
    oversized: Flags


def relatives(raw: Raw) -> Relatives:
    """The relatives in the columns of each row."""
    called = {w: raw.mapped(f"{w}_name", names.clean, names.plain) for w in _RELATIVES if raw.has(f"{w}_name")}
    relation = {w: raw.mapped(f"{w}_relation", words.relation) for w in called if raw.has(f"{w}_relation")}
    phone = {w: raw.mapped(f"{w}_phone", phones.parse, phones.plain) for w in _RELATIVES if raw.has(f"{w}_phone")}
    ids = {w: idcolumn.parse(raw.distinct(f"{w}_id")) for w in _RELATIVES if raw.has(f"{w}_id")}
    return Relatives(called, relation, phone, ids)


def households(raw: Raw, name: Cells, near: Relatives) -> Households:
    """The households of a list, by their number or else by the head's ID number."""
    relation = raw.mapped("relation", words.relation)
    head = flags(relation, lambda w: words.is_head(w or ""))
    if "head" in near.name:
        head |= ~filled(relation) & filled(name) & (name == near.name["head"])
    number = _carried_down(raw.mapped("household", label), relation, head)
    known = number
    if "head" in near.ids:
        known = np.where(filled(number), number, near.ids["head"].numbers())
    key = numbered(known)
    sizes = np.bincount(key[key >= 0], minlength=int(key.max(initial=0)) + 1)
    oversized = (key >= 0) & (sizes[np.maximum(key, 0)] > LARGEST_HOUSEHOLD)
    return Households(number, np.where(oversized, -1, key), relation, head, oversized)


def _carried_down(number: Cells, relation: Cells, head: Flags) -> Cells:
    """Where only the head's row bears the household number, the rows below it get it."""
    there = filled(number)
    below = ~there & filled(relation) & ~head
    if not below.any() or not there[head].all() or not head.any():
        return number
    last = np.maximum.accumulate(np.where(there, np.arange(len(number)), -1))
    return np.where(below & (last >= 0), number[np.maximum(last, 0)], number)


def head_names(home: Households, name: Cells, near: Relatives) -> Cells:
    """The head's name: as the row says, else that of the household's row of the head."""
    told = near.name.get("head", empty(len(name)))
    by_key = empty(int(home.key.max(initial=0)) + 1)
    at = np.flatnonzero(home.head & (home.key >= 0))[::-1]
    by_key[home.key[at]] = name[at]
    found = np.where(home.key >= 0, by_key[np.maximum(home.key, 0)], "")
    found = np.where(filled(told), told, found)
    return np.where(filled(found) | ~home.head, found, name)


def headed_by_children(home: Households, name: Cells, head_name: Cells, grown: Flags) -> Flags:
    """Rows of children whose head is no adult: the child itself, or another child of its household."""
    itself = home.head | (filled(name) & (name == head_name))
    heads = empty(int(home.key.max(initial=0)) + 1)
    at = np.flatnonzero(home.head & ~grown & (home.key >= 0))[::-1]
    heads[home.key[at]] = head_name[at]
    another = (home.key >= 0) & filled(head_name) & (head_name == heads[np.maximum(home.key, 0)])
    found: Flags = ~grown & (itself | another)
    return found


def without_head(near: Relatives, where: Flags) -> Relatives:
    """The relatives without the head's name in these rows; number and telephone still tell the household."""
    name = {who: np.where(where, "", cells) if who == "head" else cells for who, cells in near.name.items()}
    return replace(near, name=name)


def adults(ids: IdColumn, birth: Whole, relation: Cells, as_of: int) -> Flags:
    """Who is 18 or older on `as_of` (yyyymmdd), by a valid number, else the birth date, else the relation."""
    born = np.where(ids.valid() & (ids.birth > 0), ids.birth, np.where(birth > 0, birth, ids.birth))
    by_word = flags(relation, lambda w: words.is_adult(w or ""))
    return np.where(born > 0, born + 180_000 <= as_of, by_word)


def _housemates(home: Households, grown: Flags) -> tuple[Whole, Whole]:
    """Pairs (row, row of a grown-up other person of the same household)."""
    at = np.flatnonzero(grown & (home.key >= 0))
    if not len(at):
        return at, at
    at = at[np.argsort(home.key[at], kind="stable")]
    count = np.bincount(home.key[at], minlength=int(home.key.max(initial=0)) + 1)
    start = np.cumsum(count) - count
    rows = np.flatnonzero(home.key >= 0)
    many = count[home.key[rows]]
    left = np.repeat(rows, many)
    step = np.arange(len(left)) - np.repeat(np.cumsum(many) - many, many)
    right = at[np.repeat(start[home.key[rows]], many) + step]
    other = left != right
    return left[other], right[other]


def families(
    name: Cells, numbers: tuple[IdColumn, Cells], near: Relatives, home: Households, grown: Flags
) -> tuple[Cells, Cells]:
    """(family_names, family_ids): parents, guardians and other adults of the household, without the person itself.

    `numbers` are the people's own, and the valid numbers of others that stood in their place.
    """
    ids, borrowed = numbers
    n = len(name)
    rows = np.arange(n)
    left, right = _housemates(home, grown)
    called = [(rows, column) for column in near.name.values()] + [(left, name[right])]
    theirs = [(rows, column.numbers()) for column in near.ids.values()] + [(left, ids.numbers()[right])]
    return _joined(called, name, n), _joined([*theirs, (rows, borrowed)], ids.pattern, n)


def _joined(parts: list[tuple[Whole, Cells]], own: Cells, length: int) -> Cells:
    rows = np.concatenate([r for r, _ in parts])
    if not len(rows):
        return empty(length)
    values = np.concatenate([v for _, v in parts])
    other = values != own[rows]
    return joined_by_row(rows[other], values[other], length)


def guardians(raw: Raw, name: Cells, near: Relatives, head_name: Cells) -> tuple[Cells, Cells, Cells]:
    """(name, relation, telephones) of whom to call: the member marked as guardian, else 监护人, else the first of member
    1, member 2, father, mother, head."""
    chosen, relation, phone = empty(raw.length), empty(raw.length), empty(raw.length)
    marked = {w: raw.flags(f"{w}_guardian", _is_guardian) for w in ("member1", "member2") if w in near.name}
    anyone = np.ones(raw.length, dtype=np.bool_)
    order: list[tuple[str, Flags]] = [(w, marked[w]) for w in marked]
    order += [(w, anyone) for w in ("guardian", "member1", "member2", "father", "mother", "head")]
    for who, where in order:
        called = head_name if who == "head" else near.name.get(who)
        if called is None:
            continue
        now = where & ~filled(chosen) & filled(called) & (called != name)
        kind = near.relation.get(who)
        chosen = np.where(now, called, chosen)
        relation = np.where(now, _RELATIVES[who] if kind is None else kind, relation)
        phone = np.where(now, near.phone.get(who, empty(raw.length)), phone)
    return chosen, relation, _telephones(raw, near, phone)


def _is_guardian(cell: object) -> bool:
    return words.yes(cell, "监护人")


def _telephones(raw: Raw, near: Relatives, first: Cells) -> Cells:
    others = [near.phone[w] for w in near.phone]
    own = [raw.mapped(f, phones.parse, phones.plain) for f in ("phone", "household_phone") if raw.has(f)]
    return united_phones([first, *own, *others])


def united_phones(columns: list[Cells]) -> Cells:
    """Row by row the telephone numbers of several columns, each already parsed, without repeats."""
    together = glued(columns, phones.JOINER)
    mixed = np.zeros(len(together), dtype=np.bool_)
    for column in columns:  # only a cell of several numbers can repeat part of another one
        if phones.JOINER in "".join(column):
            mixed |= flags(column, lambda line: phones.JOINER in (line or ""))
    if mixed.any():
        together[mixed] = strings(together[mixed], phones.parse)
    return together

"""From the headers of a sheet to the fields they mean under one layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kcbx_cli.read.aliases import BY_CONTENT, SHARED
from kcbx_cli.read.grid import Cells, Row, array, letter
from kcbx_cli.read.headers import Block, Header
from kcbx_cli.read.layouts import Layout

#: Fields of which a wrong column would take one person for another: two columns for them are a question.
STRICT = frozenset({"name", "id_number", "head_name", "head_id"})

_NUMBER_OF_PERSON = re.compile(r"\d{17}[\dXx]|\d{15}")
_NUMBER_OF_REGISTRY = re.compile(r"[GLJglj]\d{17}[\dXx]")
#: Integers of this size in a column are ID numbers that a program stored as numbers.
_LEAST_ID = 1e14


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column holds each field, under one layout.

    `rivals`: for strict fields the columns that compete for it. `twins`: for other fields the columns that have the very
    same header as the one that is used, and are not used.
    """

    columns: Mapping[str, int]
    rivals: Mapping[str, tuple[int, ...]]
    twins: Mapping[str, tuple[int, ...]]


#: Gives whole columns of the sheet, below the header.
Fetch = Callable[[Sequence[int]], list[Cells]]


def shared_fields(block: Block) -> frozenset[str]:
    """The fields that the shared table knows among the headers."""
    return frozenset(f for h in block.headers for f in [shared_field(h)] if f)


def shared_field(header: Header) -> str:
    """The field that the shared table knows for a header, or empty."""
    return _shared(header)[0]


def words(block: Block) -> frozenset[str]:
    """All words of the headers that marks are looked for in."""
    return frozenset(k for h in block.headers for k in h.keys)


def assign(block: Block, layout: Layout, head: Sequence[Row], fetch: Fetch) -> Mapped:
    """Fields and their columns. Where several columns mean one field, the better header wins; for a strict field a
    column that is empty or the same as another gives way, and what remains is returned as rivals."""
    found: dict[str, list[tuple[int, int]]] = {}
    for header in block.headers:
        field, rank = _field(header, layout, head)
        if field:
            found.setdefault(field, []).append((rank, header.column))
    _settle_by_content(block, found, head)
    columns: dict[str, int] = {}
    rivals: dict[str, tuple[int, ...]] = {}
    twins: dict[str, tuple[int, ...]] = {}
    for field, places in found.items():
        places.sort()
        taught = places[0][0] < 0
        if len(places) > 1 and not taught and field not in STRICT:
            places = [p for p in places if _filled(head[block.last + 1 :], p[1])] or places
        left = [c for _, c in places]
        if len(left) > 1 and field in STRICT and not taught:
            left = _different(left, fetch)
        if len(left) > 1 and field in STRICT and not taught:
            rivals[field] = tuple(sorted(left))
        same = tuple(c for rank, c in places[1:] if rank == places[0][0])
        if same and field not in STRICT and not taught:
            twins[field] = same
        columns[field] = left[0]
    return Mapped(dict(sorted(columns.items(), key=lambda item: item[1])), rivals, twins)


def _filled(rows: Sequence[Row], column: int) -> bool:
    return any(row[column] not in ("", None) for row in rows)


def _field(header: Header, layout: Layout, head: Sequence[Row]) -> tuple[str, int]:
    """The field of a header and its rank: -1 by a [layouts] entry, 0 by the layout, else by the shared table."""
    for key in (f"@{letter(header.column)}", *header.keys):
        if key in layout.aliases:
            return layout.aliases[key], -1 if layout.taught else 0
    field, rank = _shared(header)
    taken = layout.taught and field in layout.aliases.values()
    return ("", 0) if taken else (field, rank)


def _shared(header: Header) -> tuple[str, int]:
    return next((SHARED[k] for k in header.keys if k in SHARED), ("", 0))


def _ambiguous(header: Header) -> tuple[str, str] | None:
    return next((BY_CONTENT[k] for k in header.keys if k in BY_CONTENT), None)


def _settle_by_content(block: Block, found: dict[str, list[tuple[int, int]]], head: Sequence[Row]) -> None:
    """Columns whose header may mean two fields go where their cells belong, unless another column holds that already."""
    for header in block.headers:
        choice = _ambiguous(header)
        if choice is None or any(header.column == c and r < 0 for p in found.values() for r, c in p):
            continue
        content = looks_like([row[header.column] for row in head[block.last + 1 :]])
        target = content if content in choice else choice[0]
        for places in found.values():
            places[:] = [p for p in places if p[1] != header.column]
        if not found.get(target):
            found[target] = [(0, header.column)]
    for field in [f for f, places in found.items() if not places]:
        del found[field]


def looks_like(cells: Sequence[Any]) -> str:
    """`id_number` or `registry_number` when most of the filled cells have that form, else empty."""
    filled = [c for c in cells if c not in ("", None)]
    if not filled:
        return ""
    persons = sum(_personal(c) for c in filled)
    pupils = sum(isinstance(c, str) and bool(_NUMBER_OF_REGISTRY.fullmatch(c.strip())) for c in filled)
    if max(persons, pupils) * 2 <= len(filled):
        return ""
    return "id_number" if persons >= pupils else "registry_number"


def _personal(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(_NUMBER_OF_PERSON.fullmatch(cell.strip().lstrip("'")))
    return isinstance(cell, (int, float)) and cell >= _LEAST_ID


def _different(columns: list[int], fetch: Fetch) -> list[int]:
    """The columns without those that are empty or hold the same as an earlier one."""
    cells = fetch(columns)
    kept: list[tuple[int, Cells]] = []
    for column, values in zip(columns, cells, strict=True):
        here = array([None if v == "" else v for v in values.tolist()])
        if not any(v is not None for v in here) or any((here == other).all() for _, other in kept):
            continue
        kept.append((column, here))
    return [c for c, _ in kept] or columns[:1]

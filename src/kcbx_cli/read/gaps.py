"""What of a list is not used although it says something, and what a list lacks to know a child by."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from kcbx_cli.normalise.text import something
from kcbx_cli.problems import Problem
from kcbx_cli.read.aliases import UNUSED
from kcbx_cli.read.body import Body, Flags
from kcbx_cli.read.choose import Fit
from kcbx_cli.read.grid import Cells, Grid, letter
from kcbx_cli.read.headers import Block, Header
from kcbx_cli.read.quoted import HIDDEN
from kcbx_cli.tables import LISTED

#: So many columns are named; of the others only the number is told.
_NAMED = 12
#: A child is found by one of these; a list that has neither finds nobody for sure, and no age.
_KNOWN_BY = ("birth_date", "id_number")
_PUPILS_AND_LISTED = ("registry", *LISTED)
#: What holds an ID number besides its own column, in lists that an office makes itself.
_ALSO_NUMBER = {"registry": "registry_number", "disability": "disability_number"}


def gaps(file: str, sheet: tuple[Grid, Block], best: Fit, rows: Body, known: Collection[str]) -> list[Problem]:
    """Columns under a header that nobody knows and that hold something in most rows; a list of people without birth
    dates and ID numbers; and columns that are not there at all, by which children are known or known to be in class.

    Args:
        file: its name, for the problems.
        sheet: the sheet, not yet released, and its header.
        best: the layout by which it is read.
        rows: its data rows.
        known: every word that may stand in a header, folded.
    """
    grid, block = sheet
    found: list[Problem] = []
    if not len(rows.positions):
        return found
    strange = [h for h in block.headers if h.column not in best.mapped.columns.values() and _strange(h, known)]
    lost = _lost(best)
    told: list[Header] = []
    if strange and (lost or not best.layout.wide):
        cells = grid.columns([h.column for h in strange])
        half = len(rows.positions) / 2
        told = [h for h, c in zip(strange, cells, strict=True) if np.sum(_says(c[rows.positions])) > half]
    if told and not best.layout.wide:
        found.append(Problem("K115", file, grid.name, block.last + 1, detail=_named(told)))
    if best.layout.role in _PUPILS_AND_LISTED and not any(_filled(rows, f) for f in _KNOWN_BY):
        found.append(Problem("K116", file, grid.name, block.last + 1))
    detail = f"表头不认得的列:{_named(told)}" if told else ""
    found += [Problem(code, file, grid.name, block.last + 1, field, detail) for code, field in lost]
    return found


def _lost(best: Fit) -> list[tuple[str, str]]:
    """Codes and fields of the columns that a list of people does not have, where that makes another list of it.

    A national system's export always has ID numbers; a list of one's own making need not. A registry says who is in
    class, or at least who is not (休学中); one that says neither has everybody in class.
    """
    layout, have = best.layout, {*best.mapped.columns, *best.layout.constants}
    found = []
    if layout.role == "registry" and not have & {"status", "suspended"}:
        found.append(("K118", "status"))
    if layout.role not in _PUPILS_AND_LISTED:
        return found
    if "name" not in have:
        found.append(("K119", "name"))
    if "id_number" not in have and layout.wide:
        found.append(("K120", "id_number"))
    elif "birth_date" in have and not have & {"id_number", _ALSO_NUMBER.get(layout.role, "")}:
        found.append(("K121", "id_number"))
    return found


def _strange(header: Header, known: Collection[str]) -> bool:
    return not any(key in known or key in UNUSED for key in header.keys)


def _says(cells: Cells) -> Flags:
    """Where a cell says something: not in dashes, zeros and the like."""
    values = cells.tolist()
    empty = {v for v in set(values) if not something(v)}
    return np.fromiter((v not in empty for v in values), dtype=np.bool_, count=len(values))


def _filled(rows: Body, field: str) -> bool:
    return any(something(cell) for cell in rows.columns.get(field, ()))


def _named(headers: list[Header]) -> str:
    """Letters, each with its header where that cannot be a name."""
    words = [f"{letter(h.column)} 列" + f"「{h.text}」" * (HIDDEN not in h.parts) for h in headers[:_NAMED]]
    return "、".join(words) + (f" 等 {len(headers)} 列" if len(headers) > _NAMED else "")

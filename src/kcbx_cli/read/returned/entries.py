"""The rows of a returned sheet: each with its id, its cells, and whether it still is the row that was printed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kcbx_cli.normalise.text import nothing, squeezed, text
from kcbx_cli.read.grid import Row
from kcbx_cli.read.returned import columns as layout
from kcbx_cli.read.returned.columns import Columns
from kcbx_cli.stamps import ANSWER, CHECKLISTS, FOUND, ID_COLUMN, OPINION, WATCH, Stamp, row_digest

Trust = Literal["sound", "altered", "strange", "unstamped"]
#: What stands for a child's name in rows that are not a child's.
_NO_NAMES = frozenset(("姓名", "学生姓名", "合计", "总计", "小计"))
#: Cells of a row added by hand that tell who the child is.
_WHO = ("name", "sex", "birth", "id_number")
_CASE = re.compile(r"\d{4}-\d{4,6}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－_", "-"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `row` counts from 1 as a spreadsheet does, `columns` from 0; `id` is empty for a row added by hand.

    `trust`: sound (the printed identity is as it was printed), altered, strange (an id that was not printed on this
    sheet), unstamped (nothing to compare with). `marks` is what the stamp says of the row beyond its digest. `broken`
    are the keys of cells that hold an error or a formula without a value. `kind` is that of its sheet.
    """

    sheet: str
    row: int
    id: str
    cells: Mapping[str, Any]
    columns: Mapping[str, int]
    trust: Trust
    marks: Mapping[str, str]
    broken: tuple[str, ...] = ()
    kind: str = ""


def entries(
    sheet: str, rows: Sequence[Row], found: Columns, stamp: Stamp | None, broken: Collection[tuple[int, int]]
) -> Iterator[Entry]:
    """The rows of one sheet that a person may have worked on; titles, totals and signatures are left out.

    Args:
        sheet: its name.
        rows: its cells from the first row on.
        found: which column is which.
        stamp: of the file, None where there is none.
        broken: row and column (0-based) of cells that hold an error or a formula without a value.
    """
    printed_rows = {mark[0]: mark for mark in stamp.rows} if stamp else {}
    by_hand = found.kind in (*CHECKLISTS, WATCH)
    for number, cells in layout.below(rows, found):
        if any(isinstance(c, str) and c.startswith(FOUND) for c in rows[number]):
            continue
        row_id = _id(cells.get(ID_COLUMN[found.kind]), found.kind)
        mark: tuple[str, ...] = printed_rows.get(row_id, ())
        if not row_id:
            if not (by_hand and _is_child(cells)):
                continue
            trust: Trust = "sound" if stamp else "unstamped"
        elif stamp is None:
            trust = "unstamped"
        elif not mark:
            trust = "strange"
        else:
            trust = "sound" if _digest(cells, stamp.identity) == mark[1] else "altered"
        marks = dict(zip(stamp.columns, mark[2:], strict=True)) if stamp and mark else {}
        bad = tuple(key for key, column in found.at.items() if (number, column) in broken)
        yield Entry(sheet, number + 1, row_id, cells, found.at, trust, marks, bad, found.kind)


def _id(cell: Any, kind: str) -> str:
    """The row's id; empty for a blank cell or one in which no number stands."""
    if cell is None:
        return ""
    line = text(cell)
    if kind == "review":
        return line if "/" in line else ""
    line = squeezed(cell).translate(_DASHES)
    if kind == "problems":
        return line if line.isdecimal() else ""
    if _CASE.fullmatch(line):
        return line
    return "" if nothing(line) or not any(c.isdigit() for c in line) else line


def _is_child(cells: Mapping[str, Any]) -> bool:
    """A row that somebody added: it says who the child is, or holds an answer; a numbered blank row does not."""
    name = squeezed(cells.get("name"))
    if name in _NO_NAMES:
        return False
    return any(text(cells.get(key)) for key in (*_WHO, *ANSWER, *OPINION))


def _digest(cells: Mapping[str, Any], identity: Sequence[str]) -> str:
    return row_digest([printed(cells.get(key)) for key in identity])


def printed(cell: Any) -> str:
    """A cell as it was printed, whatever an office program made of it: a day is yyyy-mm-dd, line breaks are plain."""
    if isinstance(cell, str):
        return cell.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return f"{cell:%Y-%m-%d}" if isinstance(cell, date) else text(cell)

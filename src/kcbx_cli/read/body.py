"""The rows below a header: data rows as columns, the others counted by kind."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.read.aliases import folded
from kcbx_cli.read.grid import Cells, Grid, Row
from kcbx_cli.read.headers import Block

Flags = NDArray[np.bool_]

#: A row that has nothing but these is a row of a form that nobody filled in.
_PLACES = frozenset({
    "province", "city", "county", "township", "village", "hamlet", "hukou_area", "school_code", "school", "stage", "grade",
    "class_name",
})  # fmt: skip
#: A row with one of these and a name is a person's, whatever its first cells say.
_PERSONAL = ("id_number", "head_id", "registry_number", "birth_date", "relation", "disability_number")
_NAMES = ("name", "head_name")
#: What one person has alone: such a cell merged over rows means one person on several rows.
_OWN = ("name", "id_number", "registry_number", "person_number")
#: A single cell above a repeated header that is no longer than this may be a person.
_LONGEST_NAME = 4
#: So many columns tell whether a row says the header again.
_TOLD = 8
#: The first columns of a sheet are looked at even where they are not mapped: 合计 stands under 序号.
_WATCHED = 3

#: So many lines with somebody's name may stand at the foot of a page: who filled the list in, who checked it.
_SIGNERS = 2

_DATE = "^(19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日$"
#: What stands beside a child's name as well: a date of birth, its school.
_BESIDE_A_NAME = re.compile(f"{_DATE}|^(村|学校|单位|乡镇|日期|时间):")
#: What no name has.
_NO_NAME = re.compile("[0-9:]")
#: Compared with the text in half width, without spaces.
_MARKS = {
    "total": re.compile("^(本?[页村镇乡校班县区户组]|全[县镇乡村校]|总)?(合计|总计|小计|共计|累计)"),
    "signature": re.compile(
        "^(填表|制表|审核|填报|经办|负责|复核|校对|统计|报送|汇总|登记|核查|调查|分管|主管|校长|书记|主任|班主任|驻村|村|学校|单位|乡镇|领导){1,3}"
        "(人|员|单位|日期|时间|领导)?(签字|签名|签章|盖章|公章)?:"
        "|^(单位|学校|村委会|乡镇|政府)?.{0,6}(盖章|公章|签章)[)]?:?$"
        "|^(填表|制表|填报|报送|上报|统计|打印|导出)?(日期|时间):"
        f"|{_DATE}|^年月日$"
    ),
    "remark": re.compile("^(注|备注|说明|填表说明|填写说明|注意事项?)[:0-9一①]|^(示例|样例|例)(:|$)|^[(]?(必填|选填)[)]?$"),
}  # fmt: skip
_ANY_MARK = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _MARKS.values()))
_SPACES = re.compile(r"\s+")
#: So many characters are more than a count; after a colon somebody's name follows.
_LONG = 5
_COLON = re.compile("[:\uff1a]")


@dataclass(frozen=True)
class Body:
    """The data rows. `numbers` are 1-based row numbers in the file; `skipped` are those of the other rows, by kind."""

    columns: Mapping[str, Cells]
    numbers: NDArray[np.int64]
    positions: NDArray[np.int64]
    skipped: Mapping[str, NDArray[np.int64]]


def take(grid: Grid, block: Block, columns: Mapping[str, int], constants: Mapping[str, str]) -> Body:
    """The data rows below the header, only the mapped columns, each cell as it is stored, empty cells None."""
    start = block.last + 1
    width = len(grid.head()[0])
    watched = [c for c in range(min(_WATCHED, width)) if c not in columns.values()]
    cells = [c[start:] for c in grid.columns([*columns.values(), *watched])]
    found = dict(zip(columns, cells, strict=False))
    _fill_merged(grid, start, columns, found)
    filled = {field: _filled(column) for field, column in found.items()}
    kinds = _kinds(block, columns, found, filled, (cells[len(columns) :], grid.head()))
    keep = kinds == ""
    positions = np.flatnonzero(keep) + start
    lines = grid.numbers()
    every = np.arange(start, start + len(kinds), dtype=np.int64)
    numbers = every + 1 if lines is None else lines[every].astype(np.int64)
    skipped = {str(kind): numbers[kinds == kind] for kind in np.unique(kinds[~keep].astype(str))}
    data = {field: _stored(column[keep], filled[field][keep]) for field, column in found.items()}
    data |= {field: np.full(len(positions), value, dtype=object) for field, value in constants.items()}
    return Body(data, numbers[keep], positions, skipped)


def _fill_merged(grid: Grid, start: int, columns: Mapping[str, int], cells: Mapping[str, Cells]) -> None:
    """Cells that are merged over several rows, as a household's are in hand-made lists, count for each of the rows."""
    fields = {column: field for field, column in columns.items() if field not in _OWN}
    for (top, left), (bottom, right) in grid.merged:
        if top >= start and bottom > top and left == right and left in fields:
            column = cells[fields[left]]
            column[top - start : bottom - start + 1] = column[top - start]


def frame(body: Body) -> pd.DataFrame:
    """The data rows as the frame of a RawTable."""
    block = np.empty((len(body.columns), len(body.numbers)), dtype=object)
    for at, cells in enumerate(body.columns.values()):
        block[at] = cells
    made = pd.DataFrame(block.T, columns=list(body.columns), dtype=object, copy=False)
    made.insert(0, "row", body.numbers)
    return made


def _filled(column: Cells) -> Flags:
    there: Flags = column != ""
    return there


def _stored(kept: Cells, filled: Flags) -> Cells:
    kept[~filled] = None
    return kept


def _kinds(
    block: Block,
    columns: Mapping[str, int],
    cells: Mapping[str, Cells],
    filled: Mapping[str, Flags],
    seen: tuple[Sequence[Cells], Sequence[Row]],
) -> Cells:
    """For each row the kind of non-data row it is, or empty. `seen`: the watched columns, and the head of the sheet."""
    watched, head = seen
    length = len(next(iter(cells.values())))
    kinds = np.full(length, "", dtype=object)
    if not length:
        return kinds
    used = [filled[f] for f in cells if f not in _PLACES] or [np.zeros(length, dtype=np.bool_)]
    count = np.sum(used, axis=0)
    kinds[count == 0] = "blank"
    nobody = np.zeros(length, dtype=np.bool_)
    numbered = np.any([_personal(f, cells[f], filled[f]) for f in _PERSONAL if f in filled] or [nobody], axis=0)
    repeated = _repeated(block, columns, cells, count, head)
    kinds[repeated] = "repeated_header"
    loose = np.flatnonzero(~numbered & ~repeated)
    looked_at = [*(cells[f] for f in _NAMES if f in cells), *(cells[f] for f in _PLACES if f in cells), *watched]
    marked = loose[_says(looked_at, loose, _ANY_MARK)]
    for kind, pattern in _MARKS.items():
        rows = marked[_says(looked_at, marked, pattern)]
        kinds[rows] = kind
    kinds[_people(kinds, loose, [cells[f] for f in _NAMES if f in cells], looked_at)] = ""
    anything = np.sum([*filled.values(), *(_filled(c) for c in watched)], axis=0)
    _titles(kinds, repeated, anything, numbered, cells.get("name", cells.get("head_name")))
    if _numbering(head, block.last + 1) and kinds[0] == "":
        kinds[0] = "numbering"
    return kinds


def _people(kinds: Cells, loose: NDArray[np.int64], names: Sequence[Cells], looked_at: Sequence[Cells]) -> list[int]:
    """Rows with a mark that are a person's all the same: somebody is named, and it is no line at the foot of a page."""
    marked = loose[kinds[loose] != ""].tolist()
    named = [r for r in marked if kinds[r] in _MARKS and _names_somebody([column[r] for column in names])]
    data, ends = (
        np.flatnonzero(kinds == "").tolist(),
        [*np.flatnonzero(kinds == "repeated_header").tolist(), len(kinds)],
    )
    people: list[int] = []
    signers: dict[int, list[int]] = {}
    for row in reversed(named):
        end = ends[bisect(ends, row)]
        last = bisect(data, row) == bisect(data, end) and not (people and people[-1] < end)
        if last and any(_at_a_foot(column[row]) for column in looked_at):
            signers.setdefault(end, []).append(row)
        else:
            people.append(row)
    return people + [row for rows in signers.values() if len(rows) > _SIGNERS for row in rows]


def _names_somebody(cells: Sequence[Any]) -> bool:
    """Whether the first filled cell of the columns of names may be a name: no mark, no figure, no colon."""
    text = next((_bare(c) for c in cells if isinstance(c, str) and c.strip()), "")
    return bool(text) and not _NO_NAME.search(text) and not any(p.search(text) for p in _MARKS.values())


def _at_a_foot(cell: Any) -> bool:
    """Whether a cell has a mark that does not stand beside a child's name."""
    text = _bare(cell) if isinstance(cell, str) else ""
    return any(p.search(text) for p in _MARKS.values()) and not _BESIDE_A_NAME.search(text)


def _bare(text: str) -> str:
    """In half width, without spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def _personal(field: str, column: Cells, filled: Flags) -> Flags:
    """Where a cell is more than the count of people or the 审核人: that other rows have in this column."""
    there = filled.copy()
    cells = column[filled].tolist()
    if not _all_long(cells):
        words = field == "relation"
        short = {v for v in set(cells) if _short(v, words)}
        there[filled] = [v not in short for v in cells]
    return there


def _all_long(cells: Sequence[Any]) -> bool:
    """Whether no cell is short, told of the whole column at once."""
    try:
        together = "".join(cells)
    except TypeError:  # some are numbers
        return False
    return min(map(len, cells), default=_LONG) >= _LONG and not _COLON.search(together)


def _short(cell: Any, words: bool) -> bool:
    """Whether a cell is only a number of up to four digits, with or without 人; or, where words count, no word; or has a
    colon."""
    if not isinstance(cell, str):
        return isinstance(cell, (int, float)) and abs(cell) < 10_000
    if len(cell) >= _LONG:
        return _COLON.search(cell) is not None
    return not (words and any(c.isalpha() for c in cell) and not cell[0].isdigit())


def _says(columns: Iterable[Cells], rows: NDArray[np.int64], pattern: re.Pattern[str]) -> Flags:
    hit = np.zeros(len(rows), dtype=np.bool_)
    for column in columns:
        cells = column[rows].tolist()
        texts = {v for v in set(cells) if isinstance(v, str) and v and pattern.search(_bare(v))}
        if texts:
            hit |= np.fromiter((v in texts for v in cells), dtype=np.bool_, count=len(cells))
    return hit


def _repeated(
    block: Block, columns: Mapping[str, int], cells: Mapping[str, Cells], count: NDArray[Any], head: Sequence[Row]
) -> Flags:
    """Rows that say again what the header says."""
    texts: dict[str, set[str]] = {}
    for field, column in list(columns.items())[:_TOLD]:
        words = {
            row[column] for row in head[block.first : block.last + 1] if isinstance(row[column], str) and row[column]
        }
        if words:
            texts[field] = words
    hits = np.zeros(len(count), dtype=np.int64)
    for field, words in texts.items():
        for word in words:
            hits += np.equal(cells[field], word).astype(np.bool_)
    again: Flags = (hits >= 2) | ((hits == 1) & (count == 1))
    return again


def _titles(kinds: Cells, repeated: Flags, count: NDArray[Any], numbered: Flags, names: Cells | None) -> None:
    """A title that is printed again above a repeated header: one cell, directly above, and no one's name."""
    for row in np.flatnonzero(repeated):
        above = row - 1
        while above >= 0 and kinds[above] in ("", "blank") and count[above] <= 1 and not numbered[above]:
            if names is not None and 0 < len(str(names[above]).strip()) <= _LONGEST_NAME:
                break
            if count[above]:
                kinds[above] = "title"
            above -= 1


def _numbering(head: Sequence[Row], row: int) -> bool:
    """Whether the row below the header only numbers the columns: 1 2 3 …, perhaps after 甲 乙."""
    if row >= len(head):
        return False
    filled = [
        folded(str(int(c) if isinstance(c, float) and c.is_integer() else c)) for c in head[row] if c not in ("", None)
    ]
    figures = [c for c in filled if c not in "甲乙丙丁"]
    return len(figures) >= 3 and figures == [str(i) for i in range(1, len(figures) + 1)]

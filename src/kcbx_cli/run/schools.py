"""Schools and classes of two lists, numbered alike, whatever the way in which each of them is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.normalise import class_number, grade_number, school_key

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Place:
    """By row: the number of the school (-1 unknown), the name by which it was looked for, whether there was any name, the
    grade (0 unknown), and the class as digits or as it is called (empty unknown).
    """

    school: Ints
    name: Texts
    named: npt.NDArray[np.bool_]
    grade: Ints
    classroom: Texts


def places(rows: pd.DataFrame, registry: pd.DataFrame, county: str) -> tuple[Place, Place]:
    """The places of the rows of an attendance list and of those of the registry, schools numbered by the registry.

    A list without a column for the school or the class has them in the name of its sheet or file.
    """
    own = _mapped(_texts(registry, "school"), lambda s: school_key(s, county))
    codes, names = pd.factorize(own)
    school = np.where(own == "", -1, codes).astype(np.int64)
    known = {name: n for n, name in enumerate(names) if name}
    by_code = dict(zip(registry["school_code"].to_numpy()[::-1], school[::-1], strict=True))
    by_code.pop("", None)

    called = _mapped(_texts(rows, "school"), lambda s: school_key(s, county))
    told = _mapped(_texts(rows, "school_code"), lambda c: by_code.get(c, -1), np.int64)
    found = _mapped(called, lambda s: _number(s, known), np.int64)
    found = np.where(told >= 0, told, found)
    titles = _titles(rows)
    bare = (called == "") & (told < 0)
    found[bare] = _mapped(titles[bare], lambda t: _inside(t, known, county), np.int64)
    left = Place(found, np.where(called != "", called, titles).astype(object), ~bare | (found >= 0), *_classes(rows))
    return left, Place(school, own, own != "", *_classes(registry))


def _number(name: str, known: dict[str, int]) -> int:
    """The school of that name; else the only one whose name holds it, or that it holds."""
    if not name:
        return -1
    if name in known:
        return known[name]
    near = [n for other, n in known.items() if len(other) >= 4 and len(name) >= 4 and (other in name or name in other)]
    return near[0] if len(near) == 1 else -1


def _inside(title: str, known: dict[str, int], county: str) -> int:
    """The school with the longest name that occurs in the title, or whose name without the kind of school does."""
    line = school_key(title, county)
    held = [name for name in known if name in line]
    if held:
        return known[max(held, key=len)]
    return _number(line, known)


def _titles(rows: pd.DataFrame) -> Texts:
    """Name of the file, without its ending, and of the sheet."""
    pair = _texts(rows, "file") + "\n" + _texts(rows, "sheet")
    return _mapped(pair, lambda t: PurePosixPath(t.split("\n")[0]).stem + " " + t.split("\n")[1])


def _classes(rows: pd.DataFrame) -> tuple[Ints, Texts]:
    """Grade and class of each row; of a sheet that has no column for them, by its name."""
    named, sheet = _texts(rows, "class_name"), _texts(rows, "sheet")
    grade = _mapped(_texts(rows, "grade"), grade_number, np.int64)
    by_class = _mapped(named, lambda c: grade_number(c) if not c.isdigit() else 0, np.int64)
    by_sheet = _mapped(sheet, lambda s: grade_number(s) if "年级" in s or "初" in s else 0, np.int64)
    grade = np.where(grade > 0, grade, np.where(by_class > 0, by_class, by_sheet))
    return grade, _mapped(named + "\n" + sheet, _classroom)


def _classroom(both: str) -> str:
    own, sheet = both.split("\n")
    if own:
        return class_number(own)
    return class_number(sheet) if sheet.endswith("班") else ""


def _texts(rows: pd.DataFrame, column: str) -> Texts:
    texts: Texts = rows[column].to_numpy(dtype=object)
    return texts


def _mapped(texts: Texts, function: Callable[[str], Any], kind: type = object) -> npt.NDArray[Any]:
    """The function of each text, worked out once for each distinct one, as an array of that kind."""
    codes, values = pd.factorize(texts)
    table: npt.NDArray[Any] = np.empty(len(values), dtype=kind)
    table[:] = [function(v) for v in values]
    return table[codes]

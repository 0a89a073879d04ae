"""Schools and classes of two lists, numbered alike, whatever the way in which each of them is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.decide.words import by_value
from kcbx_cli.normalise import class_number, grade_number, school_key
from kcbx_cli.normalise.text import squeezed
from kcbx_cli.run.namesakes import numbered, told_apart

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
_BRACKETS = str.maketrans("", "", "()")
_TITLE_GRADE = re.compile(r"([一二三四五六七八九]|(?<!\d)[1-9])(?:年级|(?=\d{1,2}班))|初中?[一二三1-3]")
_TITLE_CLASS = re.compile(
    r"(?:年级|初[一二三]|[一二三四五六七八九](?=\d))?(\d{1,2}|[一二三四五六七八九十]{1,3})班(?!主任|级)"
)


@dataclass(frozen=True)
class Place:
    """By row: the number of the school (-1 unknown), the name by which it was looked for, whether there was any name, the
    grade (0 unknown), the class as digits or as it is called (empty unknown), and whether the name is that of several
    schools and nothing tells which.
    """

    school: Ints
    name: Texts
    named: npt.NDArray[np.bool_]
    grade: Ints
    classroom: Texts
    shared: npt.NDArray[np.bool_]

    def at(self, rows: Ints) -> Place:
        """That of these rows."""
        return Place(
            self.school[rows], self.name[rows], self.named[rows], self.grade[rows], self.classroom[rows], self.shared[rows]
        )  # fmt: skip


def classes(*sides: Place) -> list[Ints]:
    """A number for the school, grade and class of each row of each side, equal ones alike."""
    codes, known = pd.factorize(np.concatenate([place.classroom for place in sides]))
    level = np.concatenate([place.school * 10 + place.grade for place in sides])
    return np.split(level * (len(known) + 1) + codes, np.cumsum([len(place.school) for place in sides])[:-1])


def places(rows: pd.DataFrame, registry: pd.DataFrame, county: str) -> tuple[Place, Place]:
    """The places of the rows of an attendance list and of those of the registry, schools numbered by the registry.

    A list without a column for the school or the class has them above its header, or in the name of its sheet or file.
    """
    own = by_value(_texts(registry, "school"), lambda s: school_key(s, county), object)
    codes, names = pd.factorize(own)
    name_of = np.where(own == "", -1, codes).astype(np.int64)
    school, schools = numbered(registry, name_of)
    known = {name: n for n, name in enumerate(names) if name}
    by_code = dict(zip(registry["school_code"].to_numpy()[::-1], school[::-1], strict=True))
    by_code.pop("", None)

    called = by_value(_texts(rows, "school"), lambda s: school_key(s, county), object)
    told = by_value(_texts(rows, "school_code"), lambda c: by_code.get(c, -1), np.int64)
    found = by_value(called, lambda s: _number(s, known), np.int64)
    titles = _titles(rows)
    bare = (called == "") & (told < 0)
    for where in (_texts(rows, "title"), titles):
        lost = bare & (found < 0)
        found[lost] = by_value(where[lost], lambda t: _inside(t, known, county), np.int64)
    by_name, found = found, np.where(told >= 0, told, told_apart(rows, found, (registry, school), schools))
    shared = (by_name >= 0) & (found < 0)
    named = np.where(called != "", called, titles).astype(object)
    left = Place(found, named, ~bare | (by_name >= 0), *_titled(rows, *_classes(rows)), shared)
    return left, Place(school, own, own != "", *_classes(registry), np.zeros(len(own), dtype=np.bool_))


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
    return by_value(pair, lambda t: PurePosixPath(t.split("\n")[0]).stem + " " + t.split("\n")[1], object)


def _classes(rows: pd.DataFrame) -> tuple[Ints, Texts]:
    """Grade and class of each row; of a sheet that has no column for them, by its name."""
    named, sheet = _texts(rows, "class_name"), _texts(rows, "sheet")
    grade = by_value(_texts(rows, "grade"), grade_number, np.int64)
    by_class = by_value(named, lambda c: grade_number(c) if not c.isdigit() else 0, np.int64)
    by_sheet = by_value(sheet, lambda s: grade_number(s) if "年级" in s or "初" in s else 0, np.int64)
    grade = np.where(grade > 0, grade, np.where(by_class > 0, by_class, by_sheet))
    return grade, by_value(named + "\n" + sheet, _classroom, object)


def _titled(rows: pd.DataFrame, grade: Ints, classroom: Texts) -> tuple[Ints, Texts]:
    """The same, where neither row nor sheet names a grade or class: by what stands above the header."""
    title = _texts(rows, "title")
    bare = (grade == 0) & (classroom == "")
    grade, classroom = grade.copy(), classroom.copy()
    grade[bare] = by_value(title[bare], _title_grade, np.int64)
    classroom[bare] = by_value(title[bare], _title_class, object)
    return grade, classroom


def _title_grade(title: str) -> int:
    """The grade that a title names: 七年级1班, 七(1)班, 初一2班; 0 for none. A year (2021年) is none."""
    line = squeezed(title).translate(_BRACKETS)
    found = _TITLE_GRADE.search(line)
    if not found:
        return 0
    junior = "中学" in line and "小学" not in line
    return grade_number(found[0] if found[0][0] == "初" else f"{'初中' if junior else ''}{found[1]}年级")


def _title_class(title: str) -> str:
    """The number of the class that a title names; empty for none."""
    found = _TITLE_CLASS.search(squeezed(title).translate(_BRACKETS))
    return class_number(found[1] + "班") if found else ""


def _classroom(both: str) -> str:
    own, sheet = both.split("\n")
    if own:
        return class_number(own)
    return class_number(sheet) if sheet.endswith("班") else ""


def _texts(rows: pd.DataFrame, column: str) -> Texts:
    texts: Texts = rows[column].to_numpy(dtype=object)
    return texts

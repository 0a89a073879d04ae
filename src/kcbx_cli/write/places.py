"""Which township or school each child is printed for, and the order in which places and children stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import pandas as pd

from kcbx_cli.decide.duties import village_key
from kcbx_cli.decide.namesakes import school_codes
from kcbx_cli.normalise import class_number, grade_number
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.children import Child
from kcbx_cli.write.roster import Place
from kcbx_cli.write.wording import UNKNOWN_CODE, UNKNOWN_SCHOOL, UNKNOWN_TOWNSHIP

UNKNOWN = Place("township", "", UNKNOWN_TOWNSHIP)
SchoolNamer = Callable[[str, str], Place]


def townships(month: Month, children: Sequence[Child], settings: Settings) -> dict[Place, list[Child]]:
    """Every township in order, with its children by village and family; also those that have none.

    With a township table the places are its townships, and children of a township that it does not know go to
    未明乡镇; without one the places are the names that stand in the lists.
    """
    places = [Place("township", t.code, t.name) for t in settings.townships]
    table = {place.code: place for place in places if place.code}
    former = {name: place for t, place in zip(settings.townships, places, strict=True) for name in t.former}
    names = former | {place.name: place for place in places}
    if not places:
        written = {*month.people["township"].unique(), *(c.township for c in children)} - {""}
        names = {name: Place("township", "", name) for name in sorted(written)}
        places = list(names.values())
    found: dict[Place, list[Child]] = {p: [] for p in places}
    for child in sorted(children, key=_at_home):
        place = table.get(child.township_code) or names.get(child.township) or UNKNOWN
        found.setdefault(place, []).append(child)
    return found


def township_namer(settings: Settings) -> Callable[[str, str], str]:
    """What a township is called, from its code and its name as written: by the township table where there is one."""
    by_code = {t.code: t.name for t in settings.townships if t.code}
    by_name = {former: t.name for t in settings.townships for former in t.former}
    by_name |= {t.name: t.name for t in settings.townships}
    if not settings.townships:
        return lambda _, name: name or UNKNOWN_TOWNSHIP
    return lambda code, name: by_code.get(code) or by_name.get(name) or UNKNOWN_TOWNSHIP


def township_order(settings: Settings) -> Callable[[str], tuple[int, str]]:
    """The sorting key of a township's name: the order of the township table, then the names, the unknown one last."""
    place = {t.name: n for n, t in enumerate(settings.townships)}
    last = len(place)
    return lambda name: (last + 1, "") if name == UNKNOWN_TOWNSHIP else (place.get(name, last), name)


def school_namer(registry: pd.DataFrame) -> SchoolNamer:
    """What school a registry row is of, from its 学校标识码 and the name as written.

    Several schools of one name have their codes behind it (中心小学（3250000001）); rows of such a name with a code that is
    none of theirs, or without, are nobody knows whose, and stand under a name of their own. A name that is one school's
    has that school's code, whatever slip a row has.
    """
    codes = school_codes(registry["school"].to_numpy(dtype=object), registry["school_code"].to_numpy(dtype=object))

    def named(code: str, name: str) -> Place:
        known = codes.get(name, []) if name else []
        if len(known) > 1:
            code = code if code in known else ""
            return Place("school", code, f"{name}（{code or UNKNOWN_CODE}）")
        return Place("school", known[0] if known else code, name or code or UNKNOWN_SCHOOL)

    return named


def schools(children: Sequence[Child], named: SchoolNamer) -> dict[Place, list[Child]]:
    """Every school that has a registered child to account for, with its children by class."""
    found: dict[Place, list[Child]] = {}
    for child in children:
        if (pupil := child.registered) is not None:
            found.setdefault(named(pupil.school_code, pupil.school), []).append(child)
    return {place: sorted(found[place], key=_in_class) for place in sorted(found, key=attrgetter("code", "name"))}


def _at_home(child: Child) -> tuple[str, ...]:
    return village_key(child.village), child.person.head_name, child.case_id, child.person.name


def _in_class(child: Child) -> tuple[Any, ...]:
    pupil = child.registered
    return *class_order(pupil.grade, pupil.class_name), child.case_id, pupil.name


@lru_cache(maxsize=1024)
def class_order(grade: str, class_name: str) -> tuple[int, str, int, str]:
    """The sorting key of a class: by the number of its grade, then by its own, then as they are written."""
    number = class_number(class_name)
    return grade_number(grade) or 99, grade, int(number) if number.isdecimal() else 999, class_name

"""Schools of one name: told apart by 学校标识码 in the registry; of a list's by the township it names, or whose pupils
it has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.decide.namesakes import school_codes

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
#: What a list may leave out of a township's name.
_KINDS = ("街道", "镇", "乡")


def numbered(registry: pd.DataFrame, name: Ints) -> tuple[Ints, dict[int, list[int]]]:
    """The number of the school of each registry row, -1 for none, and the schools of each name.

    Args:
        registry: PEOPLE.
        name: the number of the name of its school, -1 for none.
    """
    code = registry["school_code"].to_numpy(dtype=object)
    told = school_codes(name[name >= 0], code[name >= 0])
    several = {one: {c: n for n, c in enumerate(codes)} for one, codes in sorted(told.items()) if len(codes) > 1}
    school, schools = name.copy(), {n: [n] for n in np.unique(name[name >= 0]).tolist()}
    free = int(name.max(initial=-1)) + 1
    for one, codes in several.items():
        mine = np.flatnonzero(name == one)
        # Rows with another code, or none, are of nobody knows which: the number after the last.
        school[mine] = [free + codes.get(c, len(codes)) for c in code[mine]]
        schools[one] = [free + n for n in codes.values()]
        free += len(codes) + 1
    return school, schools


def told_apart(
    rows: pd.DataFrame, name: Ints, registry: tuple[pd.DataFrame, Ints], schools: dict[int, list[int]]
) -> Ints:
    """The school of each row of a list whose school is known by its name; -1 where that is the name of several and
    nothing tells which.
    """
    single = {one: n[0] for one, n in schools.items() if len(n) == 1}
    found = np.array([single.get(one, -1) for one in name.tolist()], dtype=np.int64)
    shared = (name >= 0) & (found < 0)
    if not shared.any():
        return found
    some: Any = rows[shared].assign(at=np.flatnonzero(shared), name_of=name[shared])
    homes = _townships(registry, schools)
    for keys, group in some.groupby(["file", "sheet", "township", "title", "name_of"], sort=False):
        file, sheet, township, title, one = keys
        of = schools[int(one)]
        named = [n for n in of if homes[n] and _names(f"{township} {title} {file} {sheet}", homes[n])]
        if len(named) != 1:
            theirs = _whose(group, registry)
            named = [n for n in of if n in theirs]
        if len(named) == 1:
            found[group["at"].to_numpy()] = named[0]
    return found


def _townships(registry: tuple[pd.DataFrame, Ints], schools: dict[int, list[int]]) -> dict[int, str]:
    """The township of most pupils of each school that shares its name; empty where two such schools have the same."""
    pupils, school = registry
    township = pupils["township"].to_numpy(dtype=object)
    found: dict[int, str] = {}
    for of in (n for n in schools.values() if len(n) > 1):
        for one in of:
            homes = pd.Series(township[(school == one) & (township != "")], dtype=object)
            found[one] = str(homes.mode().iloc[0]) if len(homes) else ""
        homes_of = [found[one] for one in of]
        found |= {one: "" for one in of if homes_of.count(found[one]) > 1}
    return found


def _names(text: str, township: str) -> bool:
    short = township
    for kind in _KINDS:
        short = short.removesuffix(kind) if len(short) - len(kind) > 1 else short
    return short in text


def _whose(rows: pd.DataFrame, registry: tuple[pd.DataFrame, Ints]) -> set[int]:
    """The schools of the pupils whose numbers these rows have."""
    pupils, school = registry
    mine: set[int] = set()
    for column in ("id_pattern", "registry_number"):
        numbers = set(rows[column]) - {""}
        if column == "id_pattern":
            numbers = set(rows.loc[rows["id_state"] == "valid", column])
        mine |= set(school[pupils[column].isin(numbers).to_numpy()].tolist()) if numbers else set()
    return mine

"""The children whom somebody has to account for: one row each, in the order of the checklists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide.age import expected_grade
from kcbx_cli.decide.compared import groups_of
from kcbx_cli.decide.dates import Ints
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.fold import take
from kcbx_cli.tables import WORK

#: Verdicts that leave something to do in the village. `review` is for the office to settle first.
KINDS = ("suspected", "papers_expired", "unknown_age", "dropout", "absent")
#: The order of the rows; what comes after the birth date only settles ties.
_ORDER = ["township_code", "township", "village", "birth", "name", "file", "sheet", "row"]
_PLACE = ("township_code", "township", "village")
#: The shortest run of characters up to the ending of a village's name, else up to the number of its group.
_VILLAGE = re.compile(
    r"[\u4e00-\u9fff]{1,8}?(?:村委会|村(?!信用|村(?:\d|委|$))|社区(?!居委)|居委会)|[\u4e00-\u9fff]{2,6}?(?=\d+[组社])"
)
_PRINTED = (*_PLACE, "name", "file", "sheet", "row")


#: Columns of equal length.
Lines = Mapping[str, NDArray[Any]]


def work(f: Facts, decided: Lines, findings: Lines) -> pd.DataFrame:
    """WORK: listed children whose verdict asks for it, and findings. `case_id` is left for the ledger to fill, as is
    `identity`.

    Args:
        f: the facts.
        decided: one line for each child, in the order of `f.children`: verdict, reason, sentence, registry, near,
            paper and comparison.
        findings: the lines of findings.find.
    """
    own, pupils = groups_of(f)
    parts = (_listed(f, {**decided, "groups": own}), _found(f, findings, pupils))
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    births = rows["birth"].tolist()
    grades = {b: expected_grade(b, f.given.as_of, f.given.settings) for b in dict.fromkeys(births)}
    rows["expected_grade"] = np.array([grades[b] for b in births], dtype=object)
    keys = list(zip(*(rows[name].tolist() for name in _ORDER), strict=True))
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    return WORK.frame({name: rows[name][order] for name in rows if name in WORK.names})


def _listed(f: Facts, decided: Lines) -> dict[str, NDArray[Any]]:
    listed = np.flatnonzero(np.isin(decided["verdict"].astype(str), KINDS))
    line = {name: values[listed] for name, values in decided.items()}
    placed = f.children.pick((f.given.people["township"] != "").to_numpy())
    person = np.where(placed >= 0, placed, f.children.first)[listed]
    return {
        **_printed(f, person, line["registry"]),
        "child": f.children.numbers[listed],
        "person": person,
        "registry": line["registry"],
        "near": line["near"],
        "near_sentence": take(f.given.links["sentence"].to_numpy(), f.link.near_at[listed], ""),
        "paper": line["paper"],
        "kind": line["verdict"],
        "reason": line["reason"],
        "sentence": line["sentence"],
        "comparison": line["comparison"],
        "groups": line["groups"],
        "birth": f.age.birth[listed],
    }


def _found(f: Facts, findings: Lines, groups: NDArray[Any]) -> dict[str, NDArray[Any]]:
    registry = findings["registry"]
    none = np.full(len(registry), -1, dtype=np.int64)
    return {
        **_printed(f, none, registry),
        "child": none,
        "person": none,
        "registry": registry,
        "near": none,
        "near_sentence": np.full(len(registry), "", dtype=object),
        "paper": findings["paper"],
        "kind": findings["finding"],
        "reason": findings["reason"],
        "sentence": findings["sentence"],
        "comparison": findings["comparison"],
        "groups": groups[f.pupils.of[registry]],
        "birth": f.registry_ages["birth"].to_numpy()[registry],
    }


def _printed(f: Facts, person: Ints, registry: Ints) -> dict[str, NDArray[Any]]:
    """Where the family lives and who it is: from the list row, and where that gives no township from the registry."""
    people, pupils = f.given.people, f.given.registry
    unplaced = (take(people["township"].to_numpy(), person, "") == "") & (registry >= 0)
    printed: dict[str, NDArray[Any]] = {}
    for name in _PRINTED:
        blank = 0 if name == "row" else ""
        own = take(people[name].to_numpy(), person, blank)
        theirs = take(pupils[name].to_numpy(), registry, blank)
        printed[name] = np.where(unplaced if name in _PLACE else person < 0, theirs, own)
    for at in np.flatnonzero(printed["village"] == "").tolist():
        homes = [(frame, row) for frame, row in ((people, person[at]), (pupils, registry[at])) if row >= 0]
        known = [f["address"].iat[r] for f, r in homes if f["township"].iat[r] == printed["township"][at]]
        printed["village"][at] = next(filter(None, (village_in(str(a), printed["township"][at]) for a in known)), "")
    return printed


def village_in(address: str, township: str) -> str:
    """The village or community that an address names behind its township, as it is called there; `""` when it names none.

    The registry has no column for it: 云岭镇大坪村3组, 云岭镇大坪3组. What has no such ending (a street, a house) is none.
    """
    found = _VILLAGE.match(address.replace(" ", "").partition(township)[2]) if township else None
    return found[0] if found else ""

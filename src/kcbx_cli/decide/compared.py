"""The month's comparisons: which were made, and which of them found each child.

Basis: the ministry's 四查三比对 of 2024: 户籍×学籍 finds children of school age without a registry entry, 学籍×在校 finds
dropouts, 辍学×脱贫库 says which of them are of low-income families. The list of disabled children is compared as well,
and what the registry says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kcbx_cli.decide import enrolment
from kcbx_cli.decide.dates import Flags, Ints
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.findings import of_school_age
from kcbx_cli.decide.fold import Groups, flags, take
from kcbx_cli.decide.listed import DEATH
from kcbx_cli.decide.rules import dropout_or_absent
from kcbx_cli.tables import COMPARISON_NAMES, COMPARISONS

#: The tags that make a child one whom the third comparison looks for.
LOW_INCOME = (
    "低保", "低保边缘", "刚性支出困难", "特困", "监测对象", "脱贫户", "其他低收入",
)  # fmt: skip
OVERLAP = "out_of_school_low_income"
_LIST_OF = {
    "disability_registry": "disability", "population_registry": "population", "households_registry": "households",
}  # fmt: skip
_NEEDS = {**_LIST_OF, "registry_attendance": "attendance", "registry_status": "registry"}
#: What the comparison with the roll calls lacks when there are some, and no pupil was found on any.
UNUSABLE = "usable_attendance"
_INSIDE = 2


def comparison_of(f: Facts) -> np.ndarray:
    """For each listed child the comparison under which it belongs when it is at work.

    What an attendance list says goes first; else the list on which the child stands, that of disabled children before
    the register of residents before the low-income lists, whose children the register names too.
    """
    found = np.full(f.children.count, "registry_attendance", dtype=object)
    for name, role in reversed(_LIST_OF.items()):
        found[_on(f, role)] = name
    found[dropout_or_absent(f)] = "registry_attendance"
    return found


def comparisons(f: Facts, work: pd.DataFrame) -> pd.DataFrame:
    """COMPARISONS in the order of COMPARISON_NAMES, then the overlap with low-income families.

    A child is of such a family when a list tags it so, or when it stands on a low-income list, whatever that list says.
    """
    on = {role: _on(f, role) for role in _LIST_OF.values()}
    sizes = {name: _school_age(f, on[role]) for name, role in _LIST_OF.items()}
    sizes["registry_attendance"] = len(np.unique(f.pupils.of[_compared_pupils(f)]))
    sizes["registry_status"] = len(np.unique(f.pupils.of[of_school_age(f)]))
    there = {role: bool(mine.any()) for role, mine in on.items()}
    there |= {"attendance": bool(len(f.given.roll.rows)), "registry": bool(len(f.given.registry))}
    rows: list[Mapping[str, object]] = []
    for name in COMPARISON_NAMES:
        made, count = there[_NEEDS[name]], int((work["comparison"] == name).sum())
        lacking = "" if made else _NEEDS[name]
        if name == "registry_attendance" and made and not sizes[name] and not count:
            made, lacking = False, UNUSABLE
        rows.append(
            {"comparison": name, "made": made, "lacking": lacking, "compared": sizes[name] if made else 0, "found": count,
             "earlier": _earlier(f, work, name, on)}
        )  # fmt: skip
    poor = _stand_on(f, work, on["households"])
    poor |= np.array([not set(LOW_INCOME).isdisjoint(tags.split("|")) for tags in work["groups"]], dtype=np.bool_)
    tags_of_lists = "|".join(f.given.people["groups"].unique())
    tagged = there["households"] or any(tag in tags_of_lists for tag in LOW_INCOME)
    rows.append(
        {"comparison": OVERLAP, "made": bool(tagged), "lacking": "" if tagged else "households",
         "compared": len(work) if tagged else 0, "found": int(poor.sum()), "earlier": 0}
    )  # fmt: skip
    return COMPARISONS.frame({name: [row[name] for row in rows] for name in COMPARISONS.names})


def _earlier(f: Facts, work: pd.DataFrame, name: str, on: Mapping[str, Flags]) -> int:
    """How many children at work stand on the list of this comparison though an earlier one counts them."""
    if name not in _LIST_OF:
        return 0
    return int((_stand_on(f, work, on[_LIST_OF[name]]) & (work["comparison"] != name).to_numpy()).sum())


def _stand_on(f: Facts, work: pd.DataFrame, on: Flags) -> Flags:
    """Which children at work are among these listed ones."""
    child = work["child"].to_numpy()
    at = np.where(child >= 0, np.searchsorted(f.children.numbers, child), -1)
    found: Flags = take(on, at, False)
    return found


def groups_of(f: Facts) -> tuple[np.ndarray, np.ndarray]:
    """The tags of all rows of each listed child with its pupil's, and of each pupil: sorted, joined with |."""
    pupil = _tags(f.given.registry["groups"].to_numpy(), f.pupils)
    own = _tags(f.given.people["groups"].to_numpy(), f.children)
    theirs = take(pupil, f.link.pupil, "")
    both = np.flatnonzero((theirs != "") & (theirs != own))
    for child in both.tolist():
        own[child] = "|".join(sorted({*own[child].split("|"), *theirs[child].split("|")} - {""}))
    return own, pupil


def _tags(tags: np.ndarray, groups: Groups) -> np.ndarray:
    found = np.full(groups.count, "", dtype=object)
    for row in np.flatnonzero(tags != "").tolist():
        mine = groups.of[row]
        if found[mine] != tags[row]:
            found[mine] = "|".join(sorted({*found[mine].split("|"), *tags[row].split("|")} - {""}))
    return found


def _on(f: Facts, role: str) -> Flags:
    return f.children.any((f.given.people["role"] == role).to_numpy())


def _school_age(f: Facts, mine: Flags) -> int:
    gone = f.children.any(f.given.people["removed"].to_numpy() == DEATH) | f.said.struck_off
    return int((mine & (f.age.where == _INSIDE) & ~gone).sum())


def _compared_pupils(f: Facts) -> Ints:
    """Registry rows of pupils on the roll, in a class that handed in a roll call or named by an attendance list."""
    named: Flags = (f.in_class.at >= 0)[f.pupils.of]
    on_roll = f.standing.state == enrolment.ATTENDING
    covered = f.given.roll.covered if len(f.given.roll.rows) else np.zeros(len(on_roll), dtype=np.bool_)
    return np.flatnonzero(flags(on_roll & (covered | named)))

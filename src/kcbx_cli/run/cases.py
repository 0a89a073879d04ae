"""Whose case is whose: the ledger's cases against a month's verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kcbx_cli import decide
from kcbx_cli.decide import Decided, Doubt, Unseen
from kcbx_cli.decide.ratios import AT_SCHOOL
from kcbx_cli.decide.work import KINDS
from kcbx_cli.run.local import Matched


@dataclass(frozen=True)
class Owners:
    """`known` is the case number of each row of work, empty for none; `resolved` the accounted-for cases' verdicts.

    `doubts` are the cases whose child waits for a person to compare it with a registry row, `unseen` those that were found
    absent and that no roll call of the month has in class: neither is accounted for.
    """

    known: list[str]
    resolved: Mapping[str, str]
    doubts: Mapping[str, Doubt]
    unseen: Mapping[str, Unseen]


def owners(matched: Matched, decided: Decided) -> Owners:
    """The case of each row of work, and the cases whose child the month finds accounted for.

    A case goes with its child's list row where there is one, else with its registry row. Of two cases that turn out to
    be one child the older one is carried on and the other is a duplicate. A child under review resolves nothing.
    """
    first = decided.verdicts.drop_duplicates("child")
    verdict = first.set_index("child")["verdict"]
    of_child: dict[int, str] = {}
    of_pupil: dict[int, str] = {}
    row_of: dict[int, int] = {}
    resolved: dict[str, str] = {}
    for case, person, row in zip(*(matched.cases[c].tolist() for c in ("case_id", "person", "registry")), strict=True):
        if person < 0 and row < 0:
            continue
        place, key = (of_child, matched.child[person]) if person >= 0 else (of_pupil, matched.pupil[row])
        if person < 0:
            row_of.setdefault(int(key), row)
        if place.setdefault(int(key), case) != case:
            resolved[case] = "duplicate"
    known = []
    for child, row in zip(decided.work["child"].tolist(), decided.work["registry"].tolist(), strict=True):
        case = of_child.pop(child, "")
        known.append(case or (of_pupil.pop(int(matched.pupil[row]), "") if row >= 0 else ""))
    settled = {case: str(verdict.get(child, "enrolled")) for child, case in of_child.items()}
    resolved |= {case: said for case, said in settled.items() if said != "review"}
    waiting = first[(first["verdict"] == "review").to_numpy()]
    doubts = {
        of_child[child]: Doubt(child, person, candidate)
        for child, person, candidate in zip(
            *(waiting[c].tolist() for c in ("child", "person", "registry")), strict=True
        )
        if child in of_child
    }
    rows = np.array([row_of[pupil] for pupil in of_pupil], dtype=np.int64)
    told = decide.pupil_verdicts(decided.facts, decided.verdicts["verdict"].to_numpy(), rows)
    # A pupil whose listed child is at work with a case of its own is that child.
    said = ["duplicate" if one in KINDS else one for one in told.tolist()]
    resolved |= dict(zip(of_pupil.values(), said, strict=True))
    unseen = {case: why for case, why in _unseen(matched, decided).items() if resolved.get(case) in AT_SCHOOL}
    return Owners(known, {c: said for c, said in resolved.items() if c not in unseen}, doubts, unseen)


def _unseen(matched: Matched, decided: Decided) -> dict[str, Unseen]:
    """Open cases that wait for a roll call, and that none of the month accounts for."""
    waiting = matched.cases[(matched.cases["absence"] != "").to_numpy()]
    waiting = waiting[((waiting["person"] >= 0) | (waiting["registry"] >= 0)).to_numpy()]
    person, registry = waiting["person"].to_numpy(), waiting["registry"].to_numpy()
    row, reason = decide.unseen_of(decided.facts, decided.verdicts["verdict"].to_numpy(), (person, registry))
    child = [int(matched.child[p]) if p >= 0 else -1 for p in person]
    columns = (waiting["case_id"], child, person, np.where(row >= 0, row, registry), waiting["absence"], reason)
    return {
        case: Unseen(of, int(listed), int(pupil), kind, why)
        for case, of, listed, pupil, kind, why in zip(*columns, strict=True)
        if why
    }

"""Whose case is whose: the ledger's cases against a month's verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kcbx_cli.decide import Decided, Doubt
from kcbx_cli.run.local import Matched


@dataclass(frozen=True)
class Owners:
    """`known` is the case number of each row of work, empty for none; `resolved` the accounted-for cases' verdicts.

    `doubts` are the cases whose child waits for a person to compare it with a registry row.
    """

    known: list[str]
    resolved: Mapping[str, str]
    doubts: Mapping[str, Doubt]


def owners(matched: Matched, decided: Decided) -> Owners:
    """The case of each row of work, and the cases whose child the month finds accounted for.

    A case goes with its child's list row where there is one, else with its registry row. Of two cases that turn out to
    be one child the older one is carried on and the other is a duplicate. A child under review resolves nothing.
    """
    first = decided.verdicts.drop_duplicates("child")
    verdict = first.set_index("child")["verdict"]
    of_child: dict[int, str] = {}
    of_pupil: dict[int, str] = {}
    resolved: dict[str, str] = {}
    for case, person, row in zip(*(matched.cases[c].tolist() for c in ("case_id", "person", "registry")), strict=True):
        if person < 0 and row < 0:
            continue
        place, key = (of_child, matched.child[person]) if person >= 0 else (of_pupil, matched.pupil[row])
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
    resolved |= dict.fromkeys(of_pupil.values(), "enrolled")
    return Owners(known, resolved, doubts)

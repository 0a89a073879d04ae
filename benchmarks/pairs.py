"""Twins, and brothers and sisters: two listed children of whom one is missing, under all orders of damage to the numbers.

A county without errors is made up in which three families of ten have twins. Of each pair of which both children stand in
the registry one child is taken out of it. Then the ID numbers of the child who stays, of the child who is missing, and
of the registry row are damaged, every combination of `DAMAGES` in turn. Whoever links the missing child has hidden it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from compare import wilson
from counties import Child, children, prepare, read_links
from kcbx_cli.sample import FACTS, Spec
from running import BUILD, Engine, run

#: What can be wrong with a number; `other` is the number of the other child of the pair.
DAMAGES = ("whole", "digit", "tail", "masked", "absent", "other")
#: A registry has no masked numbers.
IN_REGISTRY = ("whole", "digit", "tail", "absent", "other")
SEEDS = (9111, 9112)
_WORDS = {
    "whole": "whole", "digit": "one digit wrong", "tail": "last three digits lost", "masked": "date hidden",
    "absent": "absent", "other": "the other child's",
}  # fmt: skip


def measure(engines: Sequence[Engine], path: Path, scale: float) -> None:
    """All engines on the pairs; the results go to `path`."""
    found = []
    for seed in SEEDS:
        base = BUILD / "counties" / f"pairs-seed{seed}-scale{scale:g}"
        _make(base, seed, scale)
        for kind in ("twins", "siblings"):
            for turn in range(2):
                folder = BUILD / "counties" / f"pairs-{kind}-{seed}-{turn}-scale{scale:g}"
                cases = _stage(base, folder, kind, turn)
                for engine in engines:
                    found += _counted(engine, folder, cases, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), "utf-8")


def _make(folder: Path, seed: int, scale: float) -> None:
    usual = FACTS["twins"]
    FACTS["twins"] = 0.3
    try:
        prepare(folder, Spec(seed=seed, errors=0.0, scale=scale))
    finally:
        FACTS["twins"] = usual


def _pairs(base: Path, kind: str) -> list[tuple[Child, Child]]:
    """Pairs of listed children of school age with one list row and one registry row each."""
    known = {c.person: c for c in children(base) if len(c.rows) == 1 and len(c.own) == 1 and not c.missing}
    if kind == "twins":
        return [(c, known[c.twin]) for c in known.values() if c.twin in known and c.person < c.twin]
    listed = pd.read_csv(base / "listed.csv", dtype=str, keep_default_na=False)
    families = defaultdict(list)
    for child in known.values():
        if child.twin < 0:
            families[listed["household"][min(child.rows)]].append(child)
    return [(f[0], f[1]) for f in families.values() if len(f) == 2]


def _stage(base: Path, folder: Path, kind: str, turn: int) -> list[tuple[Child, Child, tuple[str, str, str]]]:
    """Writes the county with the pairs' registry rows taken out and numbers damaged; (stays, missing, damages)."""
    listed, registry = (pd.read_csv(base / f, dtype=str, keep_default_na=False) for f in ("listed.csv", "registry.csv"))
    orders = list(product(DAMAGES, DAMAGES, IN_REGISTRY))
    cases = []
    for n, pair in enumerate(_pairs(base, kind)):
        stays, missing = pair if (n + turn) % 2 else pair[::-1]
        cases.append((stays, missing, orders[(n + turn * len(orders) // 2) % len(orders)]))
    number, pupil = listed["id_pattern"].to_numpy(dtype=object), registry["id_pattern"].to_numpy(dtype=object)
    letters = registry["registry_number"].to_numpy(dtype=object)
    for stays, missing, (a, b, c) in cases:
        i, j, row = min(stays.rows), min(missing.rows), min(stays.own)
        first, second = number[i], number[j]
        number[i], number[j] = _damaged(first, second, a, 16), _damaged(second, first, b, 13)
        pupil[row] = _damaged(first, second, c, 15)
        letters[row] = letters[row] if c == "whole" else ""
    keep = np.ones(len(registry), dtype=bool)
    keep[[min(missing.own) for _, missing, _ in cases]] = False
    place = np.cumsum(keep) - 1
    folder.mkdir(parents=True, exist_ok=True)
    _renumbered(listed, number).to_csv(folder / "listed.csv", index=False)
    left = _renumbered(registry.assign(registry_number=letters), pupil)[keep]
    left.assign(at=np.arange(len(left))).to_csv(folder / "registry.csv", index=False)
    return [(replace(s, own=frozenset(int(place[r]) for r in s.own)), m, d) for s, m, d in cases]


def _damaged(own: str, other: str, damage: str, place: int) -> str:
    """A number after damage; `place` is the digit that goes wrong."""
    if damage == "digit":
        return own[:place] + str((int(own[place]) + 3) % 10) + own[place + 1 :] if own else own
    return {
        "whole": own, "tail": own[:15] + "***" if own else "", "masked": own[:6] + "*" * 8 + own[14:] if own else "",
        "absent": "", "other": other,
    }[damage]  # fmt: skip


def _renumbered(frame: pd.DataFrame, numbers: np.ndarray) -> pd.DataFrame:
    """The frame with other numbers and the birth dates inside them."""
    inside = [n[6:14] if n[6:14].isdigit() else "0" for n in numbers]
    return frame.assign(id_pattern=numbers, id_birth=inside)


def _counted(engine: Engine, folder: Path, cases: Sequence, kind: str) -> list[dict[str, object]]:
    """What became of each case, by variant of the engine."""
    out = BUILD / "links" / f"{engine.name.replace(' ', '_')}-{folder.name}"
    try:
        links = read_links(run(engine, folder, out).links)
    except RuntimeError as error:
        print(f"{engine.name} failed: {error}")
        return []
    found = []
    for variant, pairs in links.items():
        said = defaultdict(dict)
        for left, right, band in pairs:
            said[left][right] = band
        tally: Counter[str] = Counter()
        for stays, missing, damages in cases:
            of_missing, of_other = said[min(missing.rows)], said[min(stays.rows)]
            right = of_other.get(min(stays.own))
            hidden = "link" in of_missing.values()
            key = "|".join(damages)
            tally.update({f"{key}:pairs": 1, f"{key}:hidden": hidden, f"{key}:right": right == "link"})
            tally.update(
                {
                    f"{key}:review": "review" in of_missing.values()
                    or (right != "link" and "review" in of_other.values())
                }
            )
            tally.update({f"{key}:lost": not of_other})
        found.append({"engine": engine.name, "variant": variant, "kind": kind, "tally": dict(tally)})
    return found


def _sum(found: Sequence[dict], what: str, damage: str = "", place: int = -1) -> int:
    return sum(
        n for one in found for key, n in one["tally"].items()
        if key.endswith(f":{what}") and (place < 0 or key.split(":")[0].split("|")[place] == damage)
    )  # fmt: skip


def table(path: Path) -> str:
    """All engines on twins and siblings, then kcbx by damage."""
    found = json.loads(path.read_text("utf-8"))
    lines = []
    for kind, words in (("twins", "Twins"), ("siblings", "Brothers and sisters")):
        of_kind = [f for f in found if f["kind"] == kind]
        lines += [f"**{words}**: one of two is missing, {len(DAMAGES) ** 2 * len(IN_REGISTRY)} orders of damage.", "",
                  "| engine | pairs | missing hidden | 95 % | the other child linked right | left without link or review | pairs that a person sees |",
                  "|" + "---|" * 7]  # fmt: skip
        for engine, variant in dict.fromkeys((f["engine"], f["variant"]) for f in of_kind):
            lines.append(
                _row(engine, variant, [f for f in of_kind if (f["engine"], f["variant"]) == (engine, variant)])
            )
        lines.append("")
    ours = [f for f in found if f["engine"] == "kcbx" and f["kind"] == "twins"]
    lines += ["**kcbx, twins, by what is wrong with the number**, each over all orders of the other two: hidden / linked right / seen by a person, of pairs.", "",
              "| number | of the child who stays, on the list | of the missing child, on the list | of the child who stays, in the registry |",
              "|---|---|---|---|"]  # fmt: skip
    for damage in DAMAGES:
        cells = [
            " / ".join(str(_sum(ours, w, damage, p)) for w in ("hidden", "right", "review", "pairs")) for p in range(3)
        ]
        lines.append(f"| {_WORDS[damage]} | " + " | ".join(c if c != "0 / 0 / 0 / 0" else "" for c in cells) + " |")
    return "\n".join(lines)


def _row(engine: str, variant: str, found: Sequence[dict]) -> str:
    total, hidden = _sum(found, "pairs"), _sum(found, "hidden")
    low, high = wilson(hidden, total)
    name = engine if engine == "kcbx" else f"{engine}: {variant}"
    return (
        f"| {name} | {total} | {hidden} | {low:.2%}–{high:.2%} | {_sum(found, 'right') / total:.1%} | "
        f"{_sum(found, 'lost')} | {_sum(found, 'review') / total:.1%} |"
    )

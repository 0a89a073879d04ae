"""Counties to measure on: made up, normalised once for all engines, with the truth; and how links are scored.

`prepare` leaves three CSV files in a folder (UTF-8, every cell text): `listed.csv`, the list rows that may be children;
`registry.csv`, the pupils; `truth.csv`, a row for each list row of a child of school age. An engine sees the first two.
Both have a column `at`, the row's position; an engine's links name rows by it.
"""

from __future__ import annotations

import argparse
import csv
import gc
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from kcbx_cli import configuration, intake, sample
from kcbx_cli.decide import ages

AS_OF = date(2021, 10, 31)
#: Best first: which of a child's registry rows is named.
RANKS = {"attending": 0, "suspended": 1, "alarm": 2, "left": 3}
#: Link, then review: what an engine may say of a pair.
BANDS = ("link", "review")


@dataclass(frozen=True)
class Child:
    """A listed child of school age. `rows` are positions in listed.csv, `own` those of its rows in registry.csv."""

    person: int
    rows: frozenset[int]
    own: frozenset[int]
    missing: bool
    twin: int
    traps: str


@dataclass(frozen=True)
class Score:
    """What the links of one engine on one county are worth; counts are of children of school age.

    `links` counts distinct (child, registry child) links made without a person, `right` those that are right. `enrolled`
    are the children that stand in the registry, `found` those of them linked right, `reached` those linked right or right
    in review. `hidden` are missing children linked to somebody else; `alarms` are children at school who got neither link
    nor review; `review` are children sent to a person.
    """

    children: int = 0
    enrolled: int = 0
    missing: int = 0
    links: int = 0
    right: int = 0
    found: int = 0
    reached: int = 0
    hidden: int = 0
    alarms: int = 0
    review: int = 0
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @property
    def precision(self) -> float:
        """Right links of all links made without a person."""
        return self.right / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """Children in the registry who are linked right without a person."""
        return self.found / self.enrolled if self.enrolled else 1.0

    @property
    def reach(self) -> float:
        """Children in the registry whose right row is linked or put before a person."""
        return self.reached / self.enrolled if self.enrolled else 1.0

    @property
    def share_review(self) -> float:
        """Children sent to a person, of all listed children of school age."""
        return self.review / self.children if self.children else 0.0


def prepare(folder: Path, spec: sample.Spec) -> None:
    """Makes up the county, reads and normalises it with the toolkit, and leaves the three files in `folder`."""
    if (folder / "truth.csv").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        county = Path(made)
        sample.write_county(county, spec)
        settings = configuration.load(county / "kcbx.toml", {})
        paths = {"registry": [str(county / "学籍")], "households": [str(county / "低收入")]}
        lists = intake.take_in(paths, AS_OF, settings, (), lambda _: None)
        truth = pd.read_csv(county / "truth.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    young = ages(lists.people, AS_OF, settings)["stage"].to_numpy() != "adult"
    listed, registry = lists.people.loc[young].reset_index(drop=True), lists.registry
    _write(listed, folder / "listed.csv")
    _write(
        registry.assign(rank=registry["status_group"].map(RANKS).fillna(len(RANKS)).astype(int)),
        folder / "registry.csv",
    )
    _answers(truth, listed, registry).to_csv(folder / "truth.csv", index=False)


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.assign(at=np.arange(len(frame))).to_csv(path, index=False)


def _origin(frame: pd.DataFrame, prefix: str = "") -> list[tuple[str, str, str]]:
    return list(zip(*(frame[prefix + c].astype(str) for c in ("file", "sheet", "row")), strict=True))


def _answers(truth: pd.DataFrame, listed: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """A row for each list row of a child of school age: its position (-1: not taken for a child) and its own pupils."""
    here = {origin: n for n, origin in enumerate(_origin(listed))}
    there = {origin: n for n, origin in enumerate(_origin(registry))}
    truth = truth[truth["school_age"] == "1"]
    own = []
    for files, sheets, rows in zip(truth["registry_file"], truth["registry_sheet"], truth["registry_row"], strict=True):
        parts = zip(files.split("|"), sheets.split("|"), rows.split("|"), strict=True) if files else ()
        own.append("|".join(str(there[p]) for p in parts))
    return pd.DataFrame(
        {
            "left": [here.get(o, -1) for o in _origin(truth, "list_")],
            "person": truth["person"].to_numpy(),
            "own": own,
            "missing": truth["missing"].to_numpy(),
            "twin": truth["twin"].to_numpy(),
            "traps": (truth["traps"] + "/" + truth["registry_traps"]).to_numpy(),
        }
    )


def children(folder: Path) -> list[Child]:
    """The listed children of school age of a prepared county."""
    rows: dict[int, set[int]] = defaultdict(set)
    last: dict[int, dict[str, str]] = {}
    traps: dict[int, list[str]] = defaultdict(list)
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            person = int(row["person"])
            rows[person] |= {int(row["left"])} - {-1}
            traps[person].append(row["traps"])
            last[person] = row
    return [
        Child(
            person=person,
            rows=frozenset(rows[person]),
            own=frozenset(int(p) for p in row["own"].split("|") if p),
            missing=row["missing"] == "1",
            twin=int(row["twin"] or -1),
            traps=" ".join(traps[person]),
        )
        for person, row in last.items()
    ]


def read_links(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """An engine's links by variant: (position in listed.csv, position in registry.csv, band)."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["variant"]].append((int(row["left"]), int(row["right"]), row["band"]))
    return found


def score(truth: list[Child], links: list[tuple[int, int, str]]) -> Score:
    """The links of one variant against the truth. Rows of one child count once; so do registry rows of one child."""
    said: dict[int, dict[str, set[int]]] = defaultdict(lambda: {band: set() for band in BANDS})
    for left, right, band in links:
        said[left][band].add(right)
    count = dict.fromkeys(
        ("enrolled", "missing", "links", "right", "found", "reached", "hidden", "alarms", "review"), 0
    )
    wrong = []
    for child in truth:
        linked = set().union(*(said[row]["link"] for row in child.rows)) if child.rows else set()
        asked = set().union(*(said[row]["review"] for row in child.rows)) if child.rows else set()
        right, others = bool(linked & child.own), linked - child.own
        count["links"] += right + len(others)
        count["right"] += right
        count["enrolled"] += bool(child.own)
        count["found"] += right
        count["reached"] += bool((linked | asked) & child.own)
        count["missing"] += child.missing
        count["hidden"] += child.missing and bool(others)
        count["alarms"] += bool(child.own) and not child.missing and not linked and not asked
        count["review"] += bool(asked) and not linked
        kinds = [k for k, is_so in (
            ("HIDDEN", child.missing and others), ("WRONG", others), ("LOST", child.own and not (linked | asked) & child.own),
            ("REVIEW", asked and not linked),
        ) if is_so]  # fmt: skip
        if kinds:
            wrong.append(f"{'+'.join(kinds)} person {child.person} left {sorted(child.rows)} own {sorted(child.own)} "
                         f"linked {sorted(linked)} review {sorted(asked)} traps {child.traps}")  # fmt: skip
    return Score(children=len(truth), **count, wrong=tuple(wrong))


def main() -> None:
    """Prepares one county: python benchmarks/counties.py FOLDER --seed 9001 --errors 4 --mix office."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=9001)
    parser.add_argument("--errors", type=float, default=1.0)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--mix", choices=list(sample.MIXES), default="office")
    asked = parser.parse_args()
    gc.disable()
    prepare(asked.folder, sample.Spec(scale=asked.scale, seed=asked.seed, errors=asked.errors, mix=asked.mix))


if __name__ == "__main__":
    sys.exit(main())

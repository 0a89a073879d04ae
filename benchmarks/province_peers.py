"""A province beside Splink 5: both link the same normalised tables in one run; whom each links right, by the truth files.

`tables` normalises every county once with the toolkit, into listed.csv, registry.csv and truth.csv as in counties.py, with
positions (`at`) that count through all counties. A child who lives here and is registered in the next county counts as
linked right when it is linked to any row of that county's registry: the truth files do not say to which.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

import province
from counties import AS_OF, RANKS, Child, Score, read_links, score
from kcbx_cli import configuration, intake
from kcbx_cli.decide import ages
from kcbx_cli.parallel import spread
from running import BUILD, HERE

PROVINCE, TABLES, RESULTS = BUILD / "province", BUILD / "province-tables", BUILD / "results"
#: Engine, script, environment; and how long one may take in seconds.
PEERS = (("kcbx", "kcbx_province.py", ""), ("Splink", "splink_province.py", "splink"))
MOST_SECONDS = 1200
#: Room for the persons of a county, who are numbered anew in each.
_PERSONS = 1_000_000


def tables(count: int, jobs: int = 2) -> None:
    """The normalised tables of the first so many counties, once."""
    lacking = [name for name in province.names()[:count] if not (TABLES / name / "registry.csv").exists()]
    spread(_normalised, lacking, jobs)
    starts = {"listed": 0, "registry": 0}
    for folder in folders(count):
        for table in starts:
            path = folder / f"{table}.csv"
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            if "at" not in frame:
                frame.assign(at=np.arange(len(frame)) + starts[table]).to_csv(path, index=False)
            starts[table] += len(frame)


def _normalised(name: str) -> None:
    paths = {
        role: [str(PROVINCE / "parquet" / folder / f"{name}.parquet")]
        for role, folder in (("registry", "学籍"), ("households", "低收入"))
    }
    settings = configuration.load(PROVINCE / "parquet" / "设置" / f"{name}.toml", {})
    lists = intake.take_in(paths, AS_OF, settings, (), lambda _: None)
    young = ages(lists.people, AS_OF, settings)["stage"].to_numpy() != "adult"
    registry = lists.registry.assign(rank=lists.registry["status_group"].map(RANKS).fillna(len(RANKS)).astype(int))
    (TABLES / name).mkdir(parents=True, exist_ok=True)
    lists.people.loc[young].to_csv(TABLES / name / "listed.csv", index=False)
    registry.to_csv(TABLES / name / "registry.csv", index=False)


def folders(count: int) -> list[Path]:
    """The tables of the first so many counties."""
    return [TABLES / name for name in province.names()[:count]]


def truth(count: int) -> list[Child]:
    """The listed children of school age of the first so many counties; `own` of one registered next door is -1 - county."""
    found = []
    for number, folder in enumerate(folders(count)):
        at = [
            dict(zip(frame["row"], frame["at"], strict=True))
            for frame in (_places(folder / f"{t}.csv") for t in ("listed", "registry"))
        ]
        rows, own, last = defaultdict(set), defaultdict(set), {}
        with (PROVINCE / "parquet" / "答案" / f"truth_{folder.name}.csv").open(
            encoding="utf-8-sig", newline=""
        ) as file:
            for row in (r for r in csv.DictReader(file) if r["school_age"] == "1"):
                if row["registry_county"] == "next" and number == count - 1:
                    continue  # that county is not among these
                person = int(row["person"])
                last[person] = row
                rows[person] |= {at[0][row["list_row"]]} if row["list_row"] in at[0] else set()
                own[person] |= {at[1][r] for r in row["registry_row"].split("|") if r}
                if row["registry_county"] == "next":
                    own[person].add(-2 - number)
        found += [
            Child(number * _PERSONS + p, frozenset(rows[p]), frozenset(own[p]), last[p]["missing"] == "1", -1, "")
            for p in last
        ]
    return found


def _places(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=["row", "at"])
    return frame.assign(at=frame["at"].astype("int64"))


def scored(links: list[tuple[int, int, str]], children: list[Child], count: int) -> Score:
    """The links against the truth; a link into the next county is one to -1 - that county for who is registered there."""
    ends = np.cumsum([len(_places(folder / "registry.csv")) for folder in folders(count)])
    next_door = {row: own for child in children for own in child.own if own < 0 for row in child.rows}
    right = np.array([r for _, r, _ in links], dtype=np.int64)
    county = np.searchsorted(ends, right, side="right").tolist()
    told = [
        (left, next_door[left] if left in next_door and c == -1 - next_door[left] else r, band)
        for (left, r, band), c in zip(links, county, strict=True)
    ]
    return score(children, told)


def measure(counts: list[int]) -> None:
    """Each engine on each number of counties, one after the other; one that fails or takes too long is said."""
    tables(max(counts))
    path = RESULTS / "province-peers.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else []
    for count in counts:
        children = truth(count)
        for engine, script, place in PEERS:
            out = BUILD / "links" / f"province-{engine}-{count}"
            python = str(BUILD / place / "bin" / "python") if place else sys.executable
            command = [python, str(HERE / "engines" / script), str(out), *map(str, folders(count))]
            found = [f for f in found if (f["engine"], f["counties"]) != (engine, count)] + _one(
                engine, count, command, out, children
            )
            path.write_text(json.dumps(found, indent=0), "utf-8")


def _one(engine: str, count: int, command: list[str], out: Path, children: list[Child]) -> list[dict]:
    about = {"engine": engine, "counties": count}
    try:
        ran = province.watched(command, MOST_SECONDS)
    except RuntimeError as error:
        print(f"{engine} {count}: {error}", flush=True)
        return [about | {"failed": str(error)[-300:]}]
    used = json.loads((out / "used.json").read_text("utf-8"))
    rows = []
    for variant, links in read_links(out / "links.csv").items():
        got = scored(links, children, count)
        counts = {k: v for k, v in vars(got).items() if k != "wrong"}
        rows.append(about | {"variant": variant, "stages": used["seconds"], "seconds": ran.seconds, "processor": ran.processor,
                             "memory": ran.memory, "counts": counts, "precision": got.precision, "recall": got.recall})  # fmt: skip
        print(rows[-1], flush=True)
    return rows


if __name__ == "__main__":
    measure([int(n) for n in sys.argv[1:]])

"""kcbx on the tables of a province as it does it: each county by itself, by two processes, then across the borders.

kcbx_province.py OUT COUNTY…
"""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path

import numpy as np
from common import Clock, Link, finish
from kcbx import table

from kcbx_cli import match
from kcbx_cli.match.records import SHARES
from kcbx_cli.parallel import spread
from kcbx_cli.run.borders import Missed
from kcbx_cli.run.engine import Local, Search
from kcbx_cli.run.local import with_context
from kcbx_cli.write.workroom import Workroom, workroom


def one(model: match.Model, room: Workroom, numbered: tuple[int, Path]) -> tuple[list[Link], int]:
    """One county by itself: its links, and how many pupils it has; what it gives up is laid down."""
    number, county = numbered
    listed, registry = table(county / "listed.csv"), table(county / "registry.csv")
    here, there = (frame["at"].astype("int64").to_numpy() for frame in (listed, registry))
    matching = match.link(listed, registry, model, right_rank=registry["rank"].astype("int64").to_numpy())
    said = matching.links[matching.links["band"] != "near"]
    left, right = said["left"].to_numpy(), said["right"].to_numpy()
    columns = (here[left], there[right], said["probability"].to_numpy(), said["band"].to_numpy())
    links = [("model", *row) for row in zip(*(c.tolist() for c in columns), strict=True)]
    lost = ~np.isin(np.arange(len(listed)), left)
    young = np.arange(len(listed))
    people = with_context(listed, matching.left_context, young)[[*match.RECORD, *SHARES]]
    frame = with_context(registry, matching.right_context, np.arange(len(registry)))
    for name in ("sheet", "school", "status"):
        frame[name] = registry[name].to_numpy()
    frame["row"] = there
    frame["in_class"] = (registry["status_group"] == "attending").to_numpy()
    frame["known"] = np.isin(matching.right_child, matching.right_child[right])
    room.put(f"{number}.missed", Missed(people, here, lost, matching.left_child).of(here[lost]))
    room.put(f"{number}.offered", frame)
    room.put(f"{number}.leads", match.leads(match.encode(frame)))
    return links, len(np.unique(matching.right_child))


def main() -> None:
    """Links within the counties and across their borders; reading the tables counts as columns for the peers, here too."""
    gc.disable()
    out, *counties = map(Path, sys.argv[1:])
    clock = Clock()
    model = match.load_model()
    numbers = range(len(counties))
    with clock("predict"), workroom(out / "room") as room:
        done = spread(partial(one, model, room), list(enumerate(counties)), 2)
        Local(2).search(Search(room, tuple(numbers), sum(pupils for _, pupils in done), model))
        abroad = [room.get(f"{n}.found") for n in numbers if room.has(f"{n}.found")]
    links = [link for of_county, _ in done for link in of_county]
    for found in abroad:
        columns = (found[c].tolist() for c in ("person", "row", "probability", "band"))
        links += [("model", *row) for row in zip(*columns, strict=True)]
    finish(out, links, clock)


if __name__ == "__main__":
    main()

"""kcbx on the tables of a province as it does it: each county by itself, by two processes, then across the borders.

kcbx_province.py OUT COUNTY…
"""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from common import Clock, Link, finish
from kcbx import table

from kcbx_cli import match
from kcbx_cli.parallel import spread
from kcbx_cli.run.borders import Missed, Offered, across, chosen, wanted_everywhere
from kcbx_cli.run.local import with_context

#: A county's links, whom it misses, whom it offers to others, and where its registry rows stand in all of them.
Done = tuple[list[Link], Missed, Offered, np.ndarray]


def one(model: match.Model, county: Path) -> Done:
    """One county by itself."""
    listed, registry = table(county / "listed.csv"), table(county / "registry.csv")
    here, there = (frame["at"].astype("int64").to_numpy() for frame in (listed, registry))
    matching = match.link(listed, registry, model, right_rank=registry["rank"].astype("int64").to_numpy())
    said = matching.links[matching.links["band"] != "near"]
    left, right = said["left"].to_numpy(), said["right"].to_numpy()
    columns = (here[left], there[right], said["probability"].to_numpy(), said["band"].to_numpy())
    links = [("model", *row) for row in zip(*(c.tolist() for c in columns), strict=True)]
    lost = ~np.isin(np.arange(len(listed)), left)
    home = (listed["file"] + "\n" + listed["household"]).to_numpy(dtype=object)
    rows = np.flatnonzero(lost | ((listed["household"] != "").to_numpy() & np.isin(home, home[lost])))
    known = np.isin(matching.right_child, matching.right_child[right])
    free = np.flatnonzero((registry["status_group"] == "attending").to_numpy() & ~known)
    frame = with_context(registry, matching.right_context, free)
    for name in ("sheet", "row", "school"):
        frame[name] = registry[name].to_numpy()[free]
    frame["at"] = there[free]
    keys = list(match.one_side(match.encode(frame), is_left=False))
    missed = Missed(listed.iloc[rows][[*match.RECORD]].reset_index(drop=True), here[rows], lost[rows])
    return links, missed, Offered(frame, keys, len(np.unique(matching.right_child))), there


def main() -> None:
    """Links within the counties and across their borders; reading the tables counts as columns for the peers, here too."""
    gc.disable()
    out, *counties = map(Path, sys.argv[1:])
    clock = Clock()
    model = match.load_model()
    with clock("predict"):
        done = spread(partial(one, model), counties, 2)
        everyone, reach = wanted_everywhere([d[1] for d in done])
        parts = [chosen(d[2], n, reach) for n, d in enumerate(done)]
        pupils = pd.concat(parts, ignore_index=True).assign(row=lambda f: f["at"].astype("int64"))
        found = across(everyone, pupils, sum(d[2].pupils for d in done), model)
    links = [link for d in done for link in d[0]]
    links += [
        ("model", *row)
        for row in zip(*(found[c].tolist() for c in ("person", "row", "probability", "band")), strict=True)
    ]
    finish(out, links, clock)


if __name__ == "__main__":
    main()

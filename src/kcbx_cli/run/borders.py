"""Across county borders: children whom their own county misses and whom another county's registry has in class.

A county alone cannot know them. Each county gives up two things: the children it misses, with those they live with, and
the pupils in class of whom none of its own lists knows. Only those pupils whom a blocking key leads to are compared;
they stand for all pupils of all counties, so that among millions more is asked of a link than within a county.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.run.local import Lists, Matched, with_context
from kcbx_cli.tables import Table
from kcbx_cli.tables.table import Column

Ints = npt.NDArray[np.int64]

ABROAD = Table(
    "abroad",
    (
        Column("county", "int", "number of the county whose list has the child"),
        Column("person", "int", "position in that county's frame of listed people"),
        Column("there", "int", "number of the county whose registry has the child"),
        Column("file", "text", "that registry's file"),
        Column("sheet", "text", "its sheet"),
        Column("row", "int", "its row"),
        Column("school", "text", "the school there"),
        Column("probability", "float", "match probability"),
        Column("band", "text", "link or review"),
        Column("sentence", "text", "in Chinese, what agrees and what differs"),
    ),
)
_ORIGIN = ("file", "sheet", "row", "school")


@dataclass(frozen=True)
class Missed:
    """Children whom a county misses (`wanted`), and those who live with them: RECORD columns, positions in its lists."""

    frame: pd.DataFrame
    person: Ints
    wanted: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Offered:
    """Pupils in class whom no list of their county knows: RECORD, CONTEXT and where they stand; and their key values.

    `pupils` counts all pupils of the county's registry.
    """

    frame: pd.DataFrame
    keys: list[tuple[str, Ints, Ints]]
    pupils: int


def missed(lists: Lists, matched: Matched, verdicts: pd.DataFrame) -> Missed:
    """Whom this county misses: `verdicts` (VERDICTS) says suspected, because no registry row has the child in class."""
    child = np.zeros(len(lists.people), dtype=np.bool_)
    child[verdicts.loc[(verdicts["verdict"] == "suspected").to_numpy(), "person"].to_numpy()] = True
    child &= np.isin(np.arange(len(lists.people)), matched.minors)
    people = lists.people
    home = people["file"].to_numpy(dtype=object) + "\n" + people["household"].to_numpy(dtype=object)
    with_them = (people["household"] != "").to_numpy() & np.isin(pd.factorize(home)[0], pd.factorize(home)[0][child])
    rows = matched.minors[(child | with_them)[matched.minors]]
    return Missed(people.iloc[rows][[*match.RECORD]].reset_index(drop=True), rows, child[rows])


def offered(lists: Lists, matched: Matched) -> Offered:
    """Which of this county's pupils might be another county's children."""
    sure = matched.links[(matched.links["band"] != "near").to_numpy()]
    known = np.isin(matched.pupil, matched.pupil[sure["right"].to_numpy()])
    rows = np.flatnonzero((lists.registry["status_group"] == "attending").to_numpy() & ~known)
    frame = with_context(lists.registry, matched.context[1], rows)
    for name in _ORIGIN[1:]:
        frame[name] = lists.registry[name].to_numpy()[rows]
    return Offered(frame, list(match.one_side(match.encode(frame), is_left=False)), len(np.unique(matched.pupil)))


def wanted_everywhere(counties: Sequence[Missed]) -> tuple[pd.DataFrame, match.Reach]:
    """The missed of all counties as one frame, with `county` and `position`, and what their keys lead to."""
    parts = [
        _marked(one.frame, n).assign(county=n, position=one.person, wanted=one.wanted) for n, one in enumerate(counties)
    ]
    everyone = pd.concat(parts, ignore_index=True)
    return everyone, match.reach(match.encode(everyone))


def chosen(one: Offered, number: int, reach: match.Reach) -> pd.DataFrame:
    """Those of a county's offered pupils whom a key of the missed leads to, with `there`."""
    rows = match.reached(one.keys, reach)
    part = one.frame.iloc[rows].reset_index(drop=True)
    return _marked(part, number).assign(there=number, origin=part["file"])


def across(everyone: pd.DataFrame, pupils: pd.DataFrame, count: int, model: match.Model) -> pd.DataFrame:
    """ABROAD: which of the missed stand in another county's registry; `count` pupils there are in all.

    A pair within one county is that county's own matter and has been decided there.
    """
    if not everyone["wanted"].any() or not len(pupils):
        return ABROAD.frame()
    found = match.link(everyone, match.selected(pupils, count), model)
    links = found.links[(found.links["band"] != "near").to_numpy()]
    i, j = links["left"].to_numpy(), links["right"].to_numpy()
    foreign = everyone["wanted"].to_numpy()[i] & (everyone["county"].to_numpy()[i] != pupils["there"].to_numpy()[j])
    links, i, j = links[foreign], i[foreign], j[foreign]
    here = with_context(everyone, found.left_context, i)
    there = with_context(pupils, found.right_context, j)
    side, other = everyone.iloc[i], pupils.iloc[j]
    table = ABROAD.frame(
        {
            "county": side["county"].to_numpy(),
            "person": side["position"].to_numpy(),
            "there": other["there"].to_numpy(),
            "file": other["origin"].to_numpy(),
            **{name: other[name].to_numpy() for name in _ORIGIN[1:]},
            "probability": links["probability"].to_numpy(),
            "band": links["band"].to_numpy(),
            "sentence": np.array(match.sentences(here, there, model), dtype=object),
        }
    )
    return table.sort_values(["county", "person", "there", "file", "sheet", "row"], ignore_index=True)


def _marked(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows with the county in their file's name: households are numbered anew in every county."""
    return frame.assign(file=pd.Series(f"{number}/" + frame["file"].to_numpy(dtype=object), dtype=object))

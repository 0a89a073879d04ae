"""Across county borders: children whom their own county misses and whom another county's registry has in class.

A county alone cannot know them. Each county gives up two things: the children it misses, with those they live with, and
the pupils in class of whom none of its own lists knows. Then every county asks all others, by itself: of their pupils it
compares those whom a blocking key leads to, crowded key values narrowed and exploding ones left out as they count among
all counties. They stand for all pupils of all counties, so that among millions more is asked of a link than within a
county. Whom several counties claim is decided once more, with all who claim the pupil in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.match.records import SHARES
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
        Column("pupil", "int", "position among the pupils whom that county offers"),
    ),
)
_ORIGIN = ("file", "sheet", "row", "school")
_ORDER = ["county", "person", "there", "file", "sheet", "row"]


@dataclass(frozen=True)
class Missed:
    """Children whom a county misses (`wanted`), and those who live with them: RECORD and SHARES, positions in its lists."""

    frame: pd.DataFrame
    person: Ints
    wanted: npt.NDArray[np.bool_]

    def of(self, persons: Ints) -> Missed:
        """Some of its people, with those who live with them."""
        household = self.frame["household"].to_numpy(dtype=object)
        home = pd.factorize(self.frame["file"].to_numpy(dtype=object) + "\n" + household)[0]
        named = np.isin(self.person, persons)
        with_them = (household != "") & np.isin(home, home[named])
        rows = np.flatnonzero(named | with_them)
        return Missed(self.frame.iloc[rows].reset_index(drop=True), self.person[rows], self.wanted[rows])


@dataclass(frozen=True)
class Offered:
    """Pupils in class whom no list of their county knows: RECORD, CONTEXT and where they stand; and what leads to them.

    `pupils` counts all pupils of the county's registry.
    """

    frame: pd.DataFrame
    leads: match.Leads
    pupils: int


def missed(lists: Lists, matched: Matched, verdicts: pd.DataFrame) -> Missed:
    """Whom this county misses: `verdicts` (VERDICTS) says suspected, because no registry row has the child in class."""
    child = np.zeros(len(lists.people), dtype=np.bool_)
    child[verdicts.loc[(verdicts["verdict"] == "suspected").to_numpy(), "person"].to_numpy()] = True
    minors = matched.minors
    frame = with_context(lists.people.iloc[minors], matched.context[0], np.arange(len(minors)))
    everyone = Missed(frame[[*match.RECORD, *SHARES]], minors, child[minors])
    return everyone.of(minors[child[minors]])


def offered(lists: Lists, matched: Matched) -> Offered:
    """Which of this county's pupils might be another county's children."""
    sure = matched.links[(matched.links["band"] != "near").to_numpy()]
    known = np.isin(matched.pupil, matched.pupil[sure["right"].to_numpy()])
    rows = np.flatnonzero((lists.registry["status_group"] == "attending").to_numpy() & ~known)
    frame = with_context(lists.registry, matched.context[1], rows)
    for name in _ORIGIN[1:]:
        frame[name] = lists.registry[name].to_numpy()[rows]
    return Offered(frame, match.leads(match.encode(frame)), len(np.unique(matched.pupil)))


def everyone(counties: Mapping[int, Missed]) -> pd.DataFrame:
    """The missed of these counties as one frame, with `county`, `position` and `wanted`."""
    parts = [
        _marked(one.frame, n).assign(county=n, position=one.person, wanted=one.wanted) for n, one in counties.items()
    ]
    return pd.concat(parts, ignore_index=True)


def chosen(offered: pd.DataFrame, number: int, rows: Ints) -> pd.DataFrame:
    """Some of the pupils whom a county offers, with `there`, `pupil` and `origin`."""
    part = offered.iloc[rows].reset_index(drop=True)
    return _marked(part, number).assign(there=number, pupil=rows, origin=part["file"])


@dataclass(frozen=True)
class About:
    """Whom counties ask about: county and row of each offered pupil, ascending, and for each county that asks the positions
    of those whom it asks about.
    """

    there: Ints
    row: Ints
    asks: Mapping[int, Ints]


def asked_about(county: Ints, people: match.Records, leads: Mapping[int, match.Leads]) -> About:
    """Which pupils of other counties the people (from `everyone`, encoded) are worth comparing with.

    `county` is that of each of the people; `leads` lead to each county's offered pupils and may be any selection that holds
    those that lead to one of the people (`match.reached`).
    """
    numbers, rows = np.array(list(leads)), np.array([one.rows for one in leads.values()])
    starts = np.cumsum(rows) - rows
    i, j = match.led_to(people, match.one_below_the_other(list(leads.values())))
    place = np.searchsorted(starts, j, side="right") - 1
    foreign = county[i] != numbers[place]
    asks, at = np.divmod(np.unique(county[i[foreign]] * (rows.sum() + 1) + j[foreign]), rows.sum() + 1)
    at, position = np.unique(at, return_inverse=True)
    place = np.searchsorted(starts, at, side="right") - 1
    who, first = np.unique(asks, return_index=True)
    parts = np.split(position, first[1:]) if len(who) else []
    return About(numbers[place], at - starts[place], dict(zip(who.tolist(), parts, strict=True)))


def across(people: pd.DataFrame, pupils: pd.DataFrame | match.Prepared, count: int, model: match.Model) -> pd.DataFrame:
    """ABROAD: which of the missed (`everyone`) stand in another county's registry; `count` pupils there are in all.

    `pupils` are from `chosen`, or such that have been prepared already (`some`). A pair within one county is that county's
    own matter and has been decided there.
    """
    ready = pupils if isinstance(pupils, match.Prepared) else match.selected(pupils, count)
    pupils = ready.frame
    if not people["wanted"].any() or not len(pupils):
        return ABROAD.frame()
    found = match.link(match.selected(people, 0), ready, model)
    links = found.links[(found.links["band"] != "near").to_numpy()]
    i, j = links["left"].to_numpy(), links["right"].to_numpy()
    foreign = people["wanted"].to_numpy()[i] & (people["county"].to_numpy()[i] != pupils["there"].to_numpy()[j])
    links, i, j = links[foreign], i[foreign], j[foreign]
    here = with_context(people, found.left_context, i)
    there = with_context(pupils, found.right_context, j)
    side, other = people.iloc[i], pupils.iloc[j]
    table = ABROAD.frame(
        {
            "county": side["county"].to_numpy(),
            "person": side["position"].to_numpy(),
            "there": other["there"].to_numpy(),
            "pupil": other["pupil"].to_numpy(),
            "file": other["origin"].to_numpy(),
            **{name: other[name].to_numpy() for name in _ORIGIN[1:]},
            "probability": links["probability"].to_numpy(),
            "band": links["band"].to_numpy(),
            "sentence": np.array(match.sentences(here, there, model), dtype=object),
        }
    )
    return in_order(table)


def some(prepared: match.Prepared, rows: Ints) -> match.Prepared:
    """Some rows of what was prepared, without preparing them again: what is computed of a row depends on it alone."""
    frame = prepared.frame.iloc[rows].reset_index(drop=True)
    records = prepared.records.take(rows).without_spare_names()
    return match.Prepared(frame, records, prepared.household[rows], prepared.stands_for)


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """ABROAD in the order of the counties, their children and where these are."""
    return found[ABROAD.names].sort_values(_ORDER, ignore_index=True)


def contested(claims: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows of ABROAD claim a pupil whom another county claims as well."""
    of_pupil = claims.groupby(["there", "pupil"])["county"]
    several: npt.NDArray[np.bool_] = (of_pupil.transform("nunique") > 1).to_numpy(dtype=np.bool_)
    return several


def together(
    claims: pd.DataFrame, missing: Mapping[int, Missed], pupil: pd.DataFrame, count: int, model: match.Model
) -> pd.DataFrame:
    """The claims (ABROAD) of several counties on one pupil (from `chosen`), decided in one go. None becomes surer.

    `missing` holds, by number, the missed of at least the counties that claim.
    """
    child = ["county", "person"]
    county = claims["county"].to_numpy(dtype=np.int64)
    persons = {n: claims["person"].to_numpy()[county == n] for n in np.unique(county).tolist()}
    found = across(everyone({n: missing[n].of(who) for n, who in persons.items()}), pupil, count, model)
    found = found.merge(claims[[*child, "probability", "band"]], on=child, suffixes=("", "_alone"))
    sure = (found["band"] == "link") & (found["band_alone"] == "link")
    found["band"] = pd.Series(np.where(sure, "link", "review"), dtype=object)
    found["probability"] = np.minimum(found["probability"], found["probability_alone"])
    return found[ABROAD.names]


def _marked(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows with the county in their file's name: households are numbered anew in every county."""
    return frame.assign(file=pd.Series(f"{number}/" + frame["file"].to_numpy(dtype=object), dtype=object))

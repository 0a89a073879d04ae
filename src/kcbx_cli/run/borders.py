"""Across county borders: children whom their own county misses and whom another county's registry has in class.

A county alone cannot know them. Each county gives up two things: the children it misses, with those they live with, and
its pupils. Then every county asks all others, by itself: of their pupils it compares those whom a blocking key leads to,
crowded key values narrowed and exploding ones left out as they count among all counties. They stand for all pupils of
all counties, so that among millions more is asked of a link than within a county. First come the pupils in class of whom
no list of their own county knows; among all others only who is plainly the child is linked, and only if in class. Whom
several children claim is decided once more, with all who claim the pupil in one go (claims.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.match.context import own_numbers
from kcbx_cli.match.records import SHARES
from kcbx_cli.run.local import Lists, Matched, with_context
from kcbx_cli.run.plain import Flags, plainly_one
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
        Column("status", "text", "学生当前状态 there"),
        Column(
            "doubt", "text", "why no link: taken (another child has the pupil), not_in_class or alike; empty for a link"
        ),
        Column("child", "int", "number of the child in its county"),
        Column("identity", "int", "of the pupil: the valid ID number, else below 0 and told by county and position"),
    ),
)
_ORIGIN = ("file", "sheet", "row", "school", "status")
#: Room for the pupils of a county, who are numbered anew in each.
_MOST_PUPILS = 1 << 32
_ORDER = ["county", "person", "there", "file", "sheet", "row"]


@dataclass(frozen=True)
class Missed:
    """Children whom a county misses (`wanted`), and those who live with them: RECORD and SHARES, positions in its lists.

    `child` numbers the children.
    """

    frame: pd.DataFrame
    person: Ints
    wanted: npt.NDArray[np.bool_]
    child: Ints

    def of(self, persons: Ints) -> Missed:
        """Some of its people, with those who live with them."""
        household = self.frame["household"].to_numpy(dtype=object)
        home = pd.factorize(self.frame["file"].to_numpy(dtype=object) + "\n" + household)[0]
        named = np.isin(self.person, persons)
        with_them = (household != "") & np.isin(home, home[named])
        rows = np.flatnonzero(named | with_them)
        frame = self.frame.iloc[rows].reset_index(drop=True)
        return Missed(frame, self.person[rows], self.wanted[rows], self.child[rows])


@dataclass(frozen=True)
class Offered:
    """The pupils of a county: RECORD, CONTEXT and where they stand; and what leads to them.

    `in_class` and `known` (to a list of the county) are columns of theirs. `pupils` counts them, who may have several rows.
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
    everyone = Missed(frame[[*match.RECORD, *SHARES]], minors, child[minors], matched.child[minors])
    return everyone.of(minors[child[minors]])


def offered(lists: Lists, matched: Matched) -> Offered:
    """Which of this county's pupils might be another county's children."""
    sure = matched.links[(matched.links["band"] != "near").to_numpy()]
    frame = with_context(lists.registry, matched.context[1], np.arange(len(lists.registry)))
    for name in _ORIGIN[1:]:
        frame[name] = lists.registry[name].to_numpy()
    frame["in_class"] = (lists.registry["status_group"] == "attending").to_numpy()
    frame["known"] = np.isin(matched.pupil, matched.pupil[sure["right"].to_numpy()])
    return Offered(frame, match.leads(match.encode(frame)), len(np.unique(matched.pupil)))


def everyone(counties: Mapping[int, Missed]) -> pd.DataFrame:
    """The missed of these counties as one frame, with `county`, `position`, `wanted` and `child`."""
    parts = [
        _marked(one.frame, n).assign(county=n, position=one.person, wanted=one.wanted, child=one.child)
        for n, one in counties.items()
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
    free = (ready.frame["in_class"] & ~ready.frame["known"]).to_numpy(dtype=np.bool_)
    sides = match.selected(people, 0), ready
    parts = [
        _links(sides, np.flatnonzero(chosen), model)
        for chosen in (free, ~free)
        if people["wanted"].any() and chosen.any()
    ]
    if not parts:
        return ABROAD.frame()
    found = pd.concat(parts, ignore_index=True)
    best = found.assign(sure=found["band"] == "link").sort_values(
        ["sure", "probability"], ascending=False, kind="stable"
    )
    return in_order(best.drop_duplicates(["county", "person"]))


def _links(sides: tuple[match.Prepared, match.Prepared], rows: Ints, model: match.Model) -> pd.DataFrame:
    """ABROAD of the people and some rows of the pupils."""
    people, ready = sides[0].frame, some(sides[1], rows)
    pupils = ready.frame
    in_class = pupils["in_class"].to_numpy(dtype=np.bool_)
    found = match.link(sides[0], ready, model, right_rank=None if in_class.all() else (~in_class).astype(np.int64))
    links = found.links[(found.links["band"] != "near").to_numpy()]
    i, j = links["left"].to_numpy(), links["right"].to_numpy()
    foreign = people["wanted"].to_numpy()[i] & (people["county"].to_numpy()[i] != pupils["there"].to_numpy()[j])
    links, i, j = links[foreign], i[foreign], j[foreign]
    side, other = people.iloc[i], pupils.iloc[j]
    doubt = _doubts((links["band"] == "link").to_numpy(), side, other, model)
    here = with_context(people, found.left_context, i)
    there = with_context(pupils, found.right_context, j)
    number, place = own_numbers(ready.records)[j], other["there"].to_numpy() * _MOST_PUPILS + other["pupil"].to_numpy()
    return ABROAD.frame(
        {
            "county": side["county"].to_numpy(),
            "person": side["position"].to_numpy(),
            "child": side["child"].to_numpy(),
            "there": other["there"].to_numpy(),
            "pupil": other["pupil"].to_numpy(),
            "identity": np.where(number > 0, number, -1 - place),
            "file": other["origin"].to_numpy(),
            **{name: other[name].to_numpy() for name in _ORIGIN[1:]},
            "probability": links["probability"].to_numpy(),
            "band": np.where(doubt == "", "link", "review"),
            "doubt": doubt,
            "sentence": _in_words(here, there, doubt, model),
        }
    )


def _doubts(linked: Flags, people: pd.DataFrame, pupils: pd.DataFrame, model: match.Model) -> npt.NDArray[np.object_]:
    """Why each pair, which the kernel may have linked, is no link; empty where it is one."""
    known = np.flatnonzero(pupils["known"])
    doubts = np.full(len(people), "", dtype=object)
    doubts[known[~plainly_one(people.iloc[known], pupils.iloc[known], model)]] = "taken"
    doubts[~pupils["in_class"].to_numpy(dtype=np.bool_)] = "not_in_class"
    doubts[~linked] = "alike"
    return doubts


def _in_words(here: pd.DataFrame, there: pd.DataFrame, doubt: npt.NDArray[np.object_], model: match.Model) -> list[str]:
    said = match.sentences(here, there, model)
    names = zip(said, here["name"], there["name"], doubt, strict=True)
    return [without_names(words, a, b) if why else words for words, a, b, why in names]


def without_names(sentence: str, here: str, there: str) -> str:
    """A sentence that does not name the two: where they may be two children one is another county's."""
    return sentence.replace(f"({here}/{there})", "")


def some(prepared: match.Prepared, rows: Ints) -> match.Prepared:
    """Some rows of what was prepared, without preparing them again: what is computed of a row depends on it alone."""
    frame = prepared.frame.iloc[rows].reset_index(drop=True)
    records = prepared.records.take(rows).without_spare_names()
    return match.Prepared(frame, records, prepared.household[rows], prepared.stands_for)


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """ABROAD in the order of the counties, their children and where these are."""
    return found[ABROAD.names].sort_values(_ORDER, ignore_index=True)


def _marked(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows with the county in their file's name: households are numbered anew in every county."""
    return frame.assign(file=pd.Series(f"{number}/" + frame["file"].to_numpy(dtype=object), dtype=object))

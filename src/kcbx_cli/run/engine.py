"""Where the work is done: in processes of this machine, or on Spark. The work is the same, and so is what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.parallel import spread
from kcbx_cli.run import borders

Made = TypeVar("Made")
Given = TypeVar("Given")


class Room(Protocol):
    """Where the processes of a run lay things down for each other: whole, or not at all."""

    def put(self, name: str, content: object) -> None:
        """Lay a thing down under a name."""

    def get(self, name: str) -> Any:
        """What was laid down under the name."""


@dataclass(frozen=True)
class Search:
    """A search across borders: the counties by number, how many pupils they have in all, and the model.

    In the room lies of each county whom it misses and whom it offers.
    """

    room: Room
    counties: tuple[int, ...]
    pupils: int
    model: match.Model

    def missed(self, number: int) -> borders.Missed:
        """Whom a county misses."""
        found: borders.Missed = self.room.get(f"{number}.missed")
        return found

    def offered(self, number: int) -> borders.Offered:
        """Whom a county offers."""
        found: borders.Offered = self.room.get(f"{number}.offered")
        return found

    def lay(self, number: int, found: pd.DataFrame) -> None:
        """Lay down what is found of a county's children (ABROAD)."""
        self.room.put(f"{number}.found", borders.in_order(found))


class Engine(Protocol):
    """Something that does work item by item, whole counties at a time."""

    def each(
        self, work: Callable[[Given], Made], items: Sequence[Given], done: Callable[[int], None] = ...
    ) -> list[Made]:
        """What the work makes of each item, in their order; they are begun in that order too.

        What it makes must pickle and be small; on other machines the work and the items must pickle as well. An item
        whose process died is done again. `done` is told how many are done, as they are.

        Raises:
            Exception: whatever the work raises.
        """

    def search(self, asked: Search) -> None:
        """Look for the missed of each county among what all others offer; lays down `found` (ABROAD), for some."""


@dataclass(frozen=True)
class Local:
    """So many processes of this machine."""

    jobs: int = 1

    def each(
        self, work: Callable[[Given], Made], items: Sequence[Given], done: Callable[[int], None] = lambda _: None
    ) -> list[Made]:
        """See Engine."""
        return spread(work, items, self.jobs, done)

    def search(self, asked: Search) -> None:
        """See Engine. One county's pupils are in memory at a time, but for those whom a key of the missed leads to."""
        missing = {number: asked.missed(number) for number in asked.counties}
        people = borders.everyone(missing)
        reach = match.reach(match.encode(people))
        parts = []
        for number in asked.counties:
            offer = asked.offered(number)
            parts.append(borders.chosen(offer, number, match.reached(offer.keys, reach)))
        pupils = pd.concat(parts, ignore_index=True)
        about = borders.asked_about(people, pupils)
        prepared = match.selected(pupils, asked.pupils)

        def asks(number: int) -> pd.DataFrame:
            mine = borders.everyone({number: missing[number]})
            return borders.across(mine, borders.some(prepared, about[number]), asked.pupils, asked.model)

        claims = [one for one in self.each(asks, sorted(about)) if len(one)]
        if not claims:
            return
        found = _settled(pd.concat(claims, ignore_index=True), missing, pupils, asked)
        for number in found["county"].unique().tolist():
            asked.lay(number, found[found["county"] == number])


def _settled(
    claims: pd.DataFrame, missing: dict[int, borders.Missed], pupils: pd.DataFrame, asked: Search
) -> pd.DataFrame:
    """The claims, those of several counties on one pupil decided once more."""
    several = borders.contested(claims)
    parts = [claims[~several]]
    for (there, pupil), own in claims[several].groupby(["there", "pupil"]):
        at = np.flatnonzero((pupils["there"] == there).to_numpy() & (pupils["pupil"] == pupil).to_numpy())
        one = pupils.iloc[at].reset_index(drop=True)
        parts.append(borders.together(own, missing, one, asked.pupils, asked.model))
    return pd.concat(parts, ignore_index=True)

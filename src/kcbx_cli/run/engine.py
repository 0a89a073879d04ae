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
from kcbx_cli.run.claims import contested, together

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

    In the room lies of each county whom it misses, whom it offers, and what leads to these.
    """

    room: Room
    counties: tuple[int, ...]
    pupils: int
    model: match.Model

    def missed(self, number: int) -> borders.Missed:
        """Whom a county misses."""
        found: borders.Missed = self.room.get(f"{number}.missed")
        return found

    def offered(self, number: int) -> pd.DataFrame:
        """Whom a county offers (`borders.Offered`)."""
        found: pd.DataFrame = self.room.get(f"{number}.offered")
        return found

    def leads(self, number: int) -> match.Leads:
        """What leads to those whom a county offers."""
        found: match.Leads = self.room.get(f"{number}.leads")
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


class Sized(Protocol):
    """Something to be done that is known to be larger or smaller than others."""

    @property
    def size(self) -> int:
        """How large, in bytes."""


Large = TypeVar("Large", bound=Sized)


def largest_first(
    engine: Engine, work: Callable[[Large], Made], items: Sequence[Large], done: Callable[[int], None]
) -> list[Made]:
    """What the engine makes of each item, in their order; the largest are begun first, so that none is left over."""
    order = sorted(range(len(items)), key=lambda n: (-items[n].size, n))
    made = engine.each(work, [items[n] for n in order], done)
    return [one for _, one in sorted(zip(order, made, strict=True), key=lambda pair: pair[0])]


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
        """See Engine. Only those pupils are in memory whom a county asks about."""
        missing = {number: asked.missed(number) for number in asked.counties}
        people = borders.everyone(missing)
        about = _asked_about(asked, people)
        if not len(about.row):
            return
        parts = [
            borders.chosen(asked.offered(number), number, about.row[about.there == number])
            for number in np.unique(about.there).tolist()
        ]
        pupils = pd.concat(parts, ignore_index=True)
        prepared = match.selected(pupils, asked.pupils)

        def ask(number: int) -> pd.DataFrame:
            mine, theirs = borders.everyone({number: missing[number]}), borders.some(prepared, about.asks[number])
            return borders.across(mine, theirs, asked.pupils, asked.model)

        claims = [one for one in spread(ask, sorted(about.asks), self.jobs) if len(one)]
        if not claims:
            return
        found = _settled(pd.concat(claims, ignore_index=True), missing, pupils, asked)
        for number in found["county"].unique().tolist():
            asked.lay(number, found[found["county"] == number])


def _asked_about(asked: Search, people: pd.DataFrame) -> borders.About:
    """Whom the counties ask about. Of one county at a time all that leads to its pupils is in memory."""
    records = match.encode(people)
    reach = match.reach(records)
    leads = {number: match.reached(asked.leads(number), reach) for number in asked.counties}
    return borders.asked_about(people["county"].to_numpy(), records, leads)


def _settled(
    claims: pd.DataFrame, missing: dict[int, borders.Missed], pupils: pd.DataFrame, asked: Search
) -> pd.DataFrame:
    """The claims, those of several children on one pupil decided once more."""
    several = contested(claims)
    parts = [claims[~several]]
    place = pd.MultiIndex.from_frame(pupils[["there", "pupil"]])
    for _, own in claims[several].groupby("identity"):
        at = np.unique(place.get_indexer(pd.MultiIndex.from_frame(own[["there", "pupil"]])))
        parts.append(together(own, missing, pupils.iloc[at].reset_index(drop=True), asked.pupils, asked.model))
    return pd.concat(parts, ignore_index=True)

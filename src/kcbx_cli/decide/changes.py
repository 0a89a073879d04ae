"""What has changed since the month before: which cases are new, go on, are closed or are back.

A case is on a month's list while its newest monthly event of that month leaves it open. What the townships answer
after the list was written shows up in the next month's difference, wherever the answer is dated, so that a case is
told to be closed once. Always: the former list + new + reopened - closed = this list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kcbx_cli.tables import CHANGES

#: Monthly events that leave a case open.
OPENING = ("opened", "carried", "reopened")
#: The order in which the changes are told.
ORDER = ("new", "reopened", "continuing", "closed")


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case between two lists: on the former, on this one, opened since the former or with it, and brought back by a
    month after a person's answer had closed it."""

    was: bool
    is_now: bool
    opened: bool
    returned: bool


def changes_of(case: CaseChange) -> tuple[str, ...]:
    """What is told of the case; a case that an answer closed and that is back all the same is told as both."""
    if not case.was and not case.is_now:
        return ()
    if case.was and case.is_now:
        return ("closed", "reopened") if case.returned else ("continuing",)
    if case.was:
        return ("closed",)
    return ("new",) if case.opened else ("reopened",)


@dataclass
class _Story:
    """What the events since the former list say of one case, read in order."""

    was: bool = False
    is_now: bool = False
    opened: bool = False
    returned: bool = False
    open: Any = None
    close: Any = None


def changes(events: pd.DataFrame, former: int, counted: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
    """CHANGES by kind of change and case number.

    Args:
        events: all EVENTS dated from the former month (yyyymm; 0 for none) to this one, in the order of recording.
        former: the newest month before this one that was ever run.
        counted: for each case the date of its first month and the months in which it was open before this one.
    """
    stories: dict[str, _Story] = {}
    told: Iterator[Any] = events.sort_values("as_of", kind="stable").itertuples(index=False)
    for event in told:
        _read(stories.setdefault(event.case_id, _Story()), event, event.as_of // 100 == former)
    rows = []
    for case, story in stories.items():
        between = CaseChange(story.was, story.is_now, story.opened, story.returned)
        rows += [_row(case, change, story, counted) for change in changes_of(between)]
    rows.sort(key=lambda r: (ORDER.index(r["change"]), r["case_id"][:4], len(r["case_id"]), r["case_id"]))
    return CHANGES.frame({name: [r[name] for r in rows] for name in CHANGES.names})


def _read(story: _Story, event: Any, before: bool) -> None:
    answered = story.close is not None and story.close.what == "answered"
    story.opened |= event.what == "opened"
    if event.what == "answered":
        story.close = event if event.closes else story.close
    elif event.what == "withdrawn":
        story.close = None
    elif event.kind == "written_in":
        story.open = event  # found door to door after the list was written: the next list tells it
    elif event.what == "closed":
        story.close = event
        _stands(story, False, before)
    elif event.what in OPENING:
        story.returned |= event.what == "reopened" and answered and not before
        story.open = event
        _stands(story, True, before)


def _stands(story: _Story, on_list: bool, before: bool) -> None:
    if before:
        story.was = on_list
    else:
        story.is_now = on_list


def _row(case: str, change: str, story: _Story, counted: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    why = story.close if change == "closed" else story.open
    answered = why is not None and why.what == "answered"
    first, months = counted.get(case, (story.open.as_of, 0))
    return {
        "case_id": case,
        "change": change,
        "kind": "answered" if answered else getattr(why, "kind", ""),
        "reason": getattr(why, "reason", ""),
        "disposition": why.disposition if answered else "",
        "who": why.who if answered else "",
        "first": first,
        "months": months + (change != "closed"),
        "identity": -1,
    }

"""What has changed since the month before."""

from itertools import product

import pytest

from kcbx_cli.decide.cases import EVENTS
from kcbx_cli.decide.changes import CaseChange, changes, changes_of

SEPTEMBER, OCTOBER = 20210930, 20211031


def told(*events, former=202109, counted=None):
    """(case, change, kind, disposition, months) of each change; events are (what, as_of, kind or disposition)."""
    rows = [
        {"case_id": case, "what": what, "as_of": as_of, "closes": what == "answered", "who": "某校" if what == "answered" else "",
         ("disposition" if what == "answered" else "kind"): word} for case, what, as_of, word in events
    ]  # fmt: skip
    blank = EVENTS.frame(length=1).iloc[0].to_dict()
    frame = EVENTS.frame({n: [row.get(n, blank[n]) for row in rows] for n in EVENTS.names})
    found = changes(frame, former, counted or {"A": (SEPTEMBER, 1)})
    return [tuple(r) for r in found[["case_id", "change", "kind", "disposition", "months"]].itertuples(index=False)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("A", "carried", SEPTEMBER, "suspected"), ("A", "carried", OCTOBER, "suspected")], [("continuing", "suspected", "", 2)]),
        ([("A", "carried", SEPTEMBER, "suspected"), ("A", "closed", OCTOBER, "enrolled")], [("closed", "enrolled", "", 1)]),
        # answered after September's list was written: told in October, wherever the answer is dated
        ([("A", "opened", SEPTEMBER, "suspected"), ("A", "answered", SEPTEMBER, "在校有学籍")], [("closed", "answered", "在校有学籍", 1)]),
        ([("A", "opened", SEPTEMBER, "suspected"), ("A", "answered", 20211009, "在校有学籍")], [("closed", "answered", "在校有学籍", 1)]),
        # closed on the list, back a month later
        ([("A", "closed", SEPTEMBER, "enrolled"), ("A", "reopened", OCTOBER, "suspected")], [("reopened", "suspected", "", 2)]),
        # closed by an answer and back within the month: both are told
        ([("A", "carried", SEPTEMBER, "suspected"), ("A", "answered", SEPTEMBER, "休学"), ("A", "reopened", OCTOBER, "papers_expired")],
         [("reopened", "papers_expired", "", 2), ("closed", "answered", "休学", 1)]),
        # the month was run again with better lists, and again with worse ones: still on the list
        ([("A", "carried", SEPTEMBER, "suspected"), ("A", "closed", OCTOBER, "enrolled"), ("A", "reopened", OCTOBER, "suspected")],
         [("continuing", "suspected", "", 2)]),
        # the answer was withdrawn before the next list
        ([("A", "opened", SEPTEMBER, "suspected"), ("A", "answered", SEPTEMBER, "休学"), ("A", "withdrawn", SEPTEMBER, "conflict"),
          ("A", "carried", OCTOBER, "suspected")], [("continuing", "suspected", "", 2)]),
        # written in by hand on September's checklist: new on October's list
        ([("A", "opened", SEPTEMBER, "written_in"), ("A", "carried", OCTOBER, "unlisted")], [("new", "unlisted", "", 2)]),
        # closed long ago and reopened by the office
        ([("A", "withdrawn", SEPTEMBER, "office"), ("A", "carried", OCTOBER, "suspected")], [("reopened", "suspected", "", 2)]),
        # opened in September and closed when September was run again: never told
        ([("A", "opened", SEPTEMBER, "suspected"), ("A", "closed", SEPTEMBER, "enrolled")], []),
    ],
)  # fmt: skip
def test_what_is_told_of_a_case(events, expected):
    assert told(*events) == [("A", *row) for row in expected]


def test_in_the_first_month_everything_is_new():
    rows = told(
        ("B", "opened", OCTOBER, "suspected"), ("A", "opened", OCTOBER, "suspected"), former=0, counted={"": (0, 0)}
    )
    assert rows == [("A", "new", "suspected", "", 1), ("B", "new", "suspected", "", 1)]


def test_former_list_and_this_one_always_add_up():
    for was, now, opened, returned in product((False, True), repeat=4):
        said = changes_of(CaseChange(was, now, opened, returned))
        assert was + len({"new", "reopened"} & set(said)) - ("closed" in said) == now

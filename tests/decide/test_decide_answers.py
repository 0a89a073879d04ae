"""What findings of returned sheets mean for a case, by cases."""

from pathlib import Path

import pytest
import yaml_cases

from kcbx_cli.decide.answers import Finding, Said, Standing, expires, faults, outdated, plausible, settle, stage
from kcbx_cli.settings import DISPOSITIONS, Disposition, Visits

CASES = yaml_cases.told(Path(__file__).with_name("answers.yaml"))
OCTOBER = 20211031


def said(outcome):
    return Said(outcome=outcome, outcome_written=outcome)


def finding(sender, outcome, n=0):
    return Finding(
        "2021-0001", sender, "甲乡", OCTOBER, outcome, outcome == "在校", False, 0, said(outcome), "a.xlsx", "", n
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_settle(case):
    held = tuple((m, s, run, d, said(d).digest) for m, s, run, d in case.get("held", []))
    standing = Standing(not case.get("closed", False), OCTOBER, 0, len(held), held)
    outcome = settle(standing, [finding(s, d, n) for n, (s, d) in enumerate(case["said"])])
    told = [f"{what} {f.disposition if what == 'answered' else kind}" for what, kind, f in outcome.events]
    assert told == case["events"]
    assert (outcome.open, outcome.conflict, outcome.unchanged) == (
        case.get("open", True), case.get("conflict", False), case.get("unchanged", 0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(True, 20211031, 0, 0), False),
        (Standing(True, 20211130, 0, 0), False),
        (Standing(False, 20211031, 0, 0), False),
        (Standing(False, 20211130, 0, 0), True),
        (Standing(True, 20211130, 20211130, 0), True),
        (Standing(True, 20211130, 0, 1, ((202111, "t", 3, "失联", "d"),)), True),
        (Standing(True, 20211130, 0, 1, ((202110, "t", 3, "失联", "d"),)), False),
    ],
)
def test_a_sheet_is_outdated_once_a_later_month_has_spoken(standing, expected):
    assert outdated(OCTOBER, standing) is expected


@pytest.mark.parametrize(
    ("months", "checked_on", "last"),
    [(0, 20211105, 0), (12, 20211105, 20221105), (12, 0, 20221031), (6, 20210831, 20220228), (12, 20211000, 20221001)],
)
def test_how_long_a_finding_holds(months, checked_on, last):
    assert expires(Disposition("在校", months=months), checked_on, OCTOBER) == last


@pytest.mark.parametrize(
    ("checked_on", "fits"), [(20201031, True), (20201030, False), (20221031, True), (20221101, False)]
)
def test_a_visit_lies_within_a_year(checked_on, fits):
    assert plausible(checked_on, OCTOBER) is fits


def test_every_disposition_that_closes_demands_evidence_and_each_fault_is_told():
    assert all(d.evidence for d in DISPOSITIONS if d.closes)
    for d in DISPOSITIONS:
        expected = [("K613", "evidence")] if d.evidence else []
        assert faults(said(d.label), DISPOSITIONS, OCTOBER) == expected
    bad = Said(outcome_written="在学校", checked_on=-1)
    assert faults(bad, DISPOSITIONS, OCTOBER) == [("K612", "outcome"), ("K614", "checked_on")]
    assert faults(Said(method="电话核实"), DISPOSITIONS, OCTOBER) == [("K611", "outcome")]


def test_the_steps_of_three_visits_and_a_check():
    assert [stage(Visits(), n, closes=False) for n in range(5)] == ["一访", "二访", "三访", "三访", "三访"]
    assert stage(Visits(), 0, closes=True) == "一验"
    assert stage(Visits(stages=("走访",)), 2, closes=False) == "走访"

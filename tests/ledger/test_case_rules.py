"""What happens to a case: the rules, each by its cases in case_rules.yaml."""

from itertools import product
from pathlib import Path

import pytest
import yaml_cases

from kcbx_cli.decide.cases import RULES, CaseMonth, awaits_roll_call, happens

TOLD = yaml_cases.told(Path(__file__).with_name("case_rules.yaml"))
DEFAULTS = {"month": 202111, "newest": 202110, "last": 202110, "known": True, "open": False, "at_work": False, "resolved": False}  # fmt: skip
CASES = [pytest.param(case, what, id=f"{what}: {case['why']}") for what, cases in TOLD.items() for case in cases]


@pytest.mark.parametrize(("case", "what"), CASES)
def test_case(case, what):
    facts = CaseMonth(**(DEFAULTS | {name: value for name, value in case.items() if name != "why"}))
    assert happens(facts) == ("" if what == "nothing" else what)


def test_every_rule_has_cases():
    assert set(TOLD) == set(RULES) | {"nothing"}


def every_month():
    flags = product((False, True), repeat=4)
    months = product((202109, 202110, 202111), (202110,), (0, 202109, 202110))
    for (known, is_open, at_work, resolved), (month, newest, last) in product(list(flags), list(months)):
        for fresh in (False, known and last == month):
            yield CaseMonth(month, newest, last, known, is_open and known, at_work, resolved, fresh)


def test_at_most_one_rule_applies():
    assert all(sum(rule(case) for rule in RULES.values()) <= 1 for case in every_month())


def test_what_has_happened_does_not_happen_again():
    for case in every_month():
        if what := happens(case):
            newest = max(case.month, case.newest)
            after = CaseMonth(
                case.month, newest, case.month, True, what not in ("closed", "superseded"), case.at_work, case.resolved
            )
            assert happens(after) == ""


@pytest.mark.parametrize(
    ("kind", "reason", "found", "waits"),
    [
        ("dropout", "status_attending;absent_long", False, True),
        ("absent", "no_registry_entry;absent_days", False, True),
        ("absent", "carried_unseen", True, True),
        ("written_in", "", True, True),
        ("papers_expired", "status_attending;paper_expired", True, True),
        ("papers_expired", "status_attending;paper_expired", False, False),
        ("written_in", "", False, False),
        ("suspected", "no_registry_entry", True, False),
        ("alarm_status", "status_alarm", True, False),
    ],
)
def test_what_waits_for_a_roll_call(kind, reason, found, waits):
    assert awaits_roll_call(kind, reason, found) == waits

"""The watch list: who is proposed, by the cases in watching.yaml, and what months and people do to a child on it."""

from itertools import product
from pathlib import Path

import pytest
import yaml_cases

from kcbx_cli.decide import watching
from kcbx_cli.decide.watching import OFF, ON, PROPOSED, Signs
from kcbx_cli.settings import Wavering

CASES = yaml_cases.told(Path(__file__).with_name("watching.yaml"))


@pytest.mark.parametrize("case", [pytest.param(c, id=c["case"]) for c in CASES])
def test_who_is_proposed(case):
    codes = watching.signs_of(Signs(**case.get("given", {})), Wavering(**case.get("rule", {})))
    assert list(codes) == case["codes"]


def test_each_rule_has_a_case_and_a_phrase():
    told = {code for case in CASES for code in case["codes"]}
    assert told == watching.STRONG.keys() | watching.WEAK.keys() <= watching.PHRASES.keys()


@pytest.mark.parametrize(
    ("state", "refused", "codes", "what"),
    [
        (OFF, "", ("sibling_open",), "proposed"),
        (OFF, "", (), ""),
        (OFF, "sibling_open", ("sibling_open",), ""),
        (OFF, "sibling_open;had_case", ("had_case", "sibling_open"), ""),
        (OFF, "sibling_open", ("sibling_open", "often_absent"), "proposed"),
        (PROPOSED, "", ("sibling_open",), ""),
        (PROPOSED, "", (), "lapsed"),
        (ON, "", (), ""),
        (ON, "", ("often_absent",), ""),
    ],
)
def test_what_a_month_does(state, refused, codes, what):
    assert watching.month_says(state, refused, codes) == what


def test_what_a_person_says():
    said = {(s, o): watching.answer(s, o) for s, o in product((OFF, PROPOSED, ON), watching.OPINIONS)}
    assert {k for k, v in said.items() if v == "put_on"} == {
        (s, o) for s in (OFF, PROPOSED) for o in ("列入关注", "继续关注")
    }
    assert {k for k, v in said.items() if v == "declined"} == {(PROPOSED, o) for o in ("解除关注", "不列入")}
    assert {k for k, v in said.items() if v == "taken_off"} == {(ON, o) for o in ("解除关注", "不列入")}


def test_a_month_after_a_month_changes_nothing():
    for state, codes in product((OFF, PROPOSED, ON), ((), ("had_case", "parents_away"))):
        after = watching.STATES.get(watching.month_says(state, "", codes), state)
        assert watching.month_says(after, "", codes) == ""

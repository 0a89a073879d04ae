from pathlib import Path

import pytest
import yaml_cases
from match_people import number, people

from kcbx_cli.match import COMPARISONS, load_model, score_block

CASES = yaml_cases.told(Path(__file__).with_name("levels.yaml"))
MODEL = load_model()


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_level(case):
    left, right = ({"name": "冉思琪"} | case[side] for side in "ab")
    told = score_block(people(left), people(right), MODEL).iloc[0]
    asked = {c: case[c] for c in COMPARISONS if c in case}
    assert asked
    assert {c: COMPARISONS[c][told[f"level_{c}"]] for c in asked} == asked


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_levels_do_not_depend_on_the_side(case):
    left, right = ({"name": "冉思琪"} | case[side] for side in "ab")
    there = score_block(people(left), people(right), MODEL).filter(like="level_")
    back = score_block(people(right), people(left), MODEL).filter(like="level_")
    assert there.equals(back)


def test_weights_and_prior_add_up_and_are_pairwise():
    rows = [{"name": "冉思琪"} | c[side] for c in CASES for side in "ab"]
    told = score_block(people(*rows[::2]), people(*rows[1::2]), MODEL)
    total = told.filter(like="weight_").sum(axis=1) + told["prior"]
    assert (total - told["weight"]).abs().max() < 1e-9
    alone = score_block(people(rows[0]), people(rows[1]), MODEL)
    assert alone.iloc[0].equals(told.iloc[0])


def test_frames_of_different_length_are_refused():
    with pytest.raises(ValueError, match="length"):
        score_block(people({"name": "冉思琪"}), people(), MODEL)


def test_the_numbers_of_the_cases():
    assert number(20110305, 12) == "500229201103050127"
    assert number(20110305, 14) == "500229201103050143"

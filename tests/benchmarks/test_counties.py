"""The scoring counts right, the pairs' damage is what it says, and a tiny county runs through two engines."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from stdnum.cn import ric  # noqa: E402

import compare  # noqa: E402
import counties  # noqa: E402
import febrl  # noqa: E402
import growth  # noqa: E402
import pairs  # noqa: E402
import running  # noqa: E402
from counties import Child, score  # noqa: E402
from kcbx_cli.sample import Spec  # noqa: E402


def child(person, rows, own=(), *, missing=False):
    return Child(person, frozenset(rows), frozenset(own), missing, -1, "")


TRUTH = [
    child(1, [0], [10]),
    child(2, [1, 2], [11, 12]),
    child(3, [3], missing=True),
    child(4, [4], [14], missing=True),
    child(5, [5], [15]),
    child(6, [], [16]),
]


def test_right_links_count_once_a_child():
    found = score(TRUTH, [(0, 10, "link"), (1, 11, "link"), (2, 12, "link"), (4, 14, "link"), (5, 15, "link")])
    assert (found.children, found.enrolled, found.missing) == (6, 5, 2)
    assert (found.links, found.right, found.found, found.hidden, found.review) == (4, 4, 4, 0, 0)
    assert found.precision == 1.0
    assert found.recall == pytest.approx(4 / 5)
    assert found.alarms == 1  # the child whose rows were not taken for a child's


def test_a_missing_child_linked_to_somebody_is_hidden_and_one_linked_to_its_own_row_is_not():
    found = score(TRUTH, [(3, 10, "link"), (4, 14, "link")])
    assert (found.hidden, found.links, found.right) == (1, 2, 1)
    assert score(TRUTH, [(4, 15, "link")]).hidden == 1


def test_a_review_counts_as_found_but_not_as_linked():
    found = score(TRUTH, [(0, 10, "review"), (3, 11, "review"), (5, 99, "review")])
    assert (found.review, found.reached, found.found, found.links, found.hidden) == (3, 1, 0, 0, 0)
    assert found.alarms == 2  # persons 2 and 6: neither link nor review
    assert found.share_review == pytest.approx(3 / 6)


def test_a_second_wrong_link_costs_precision():
    found = score(TRUTH, [(0, 10, "link"), (0, 11, "link")])
    assert (found.links, found.right, found.found) == (2, 1, 1)


def test_wilson_interval():
    low, high = compare.wilson(95, 100)
    assert (round(low, 4), round(high, 4)) == (0.8882, 0.9785)
    assert compare.wilson(0, 0) == (0.0, 1.0)


def test_damages():
    own, other = "11010519491231002X", "110105194912310038"
    assert pairs._damaged(own, other, "whole", 16) == own
    assert pairs._damaged(own, other, "tail", 16) == "110105194912310***"
    assert pairs._damaged(own, other, "masked", 16) == "110105********002X"
    assert pairs._damaged(own, other, "other", 16) == other
    assert sum(a != b for a, b in zip(pairs._damaged(own, other, "digit", 16), own, strict=True)) == 1


@pytest.mark.parametrize("turn", [1, 2, 53, 106])
def test_another_area_code_keeps_the_check_digit(turn):
    code = growth._area("110105", turn)
    assert len(code) == 6
    assert ric.calc_check_digit(code + "19491231002X") == "X"


def test_a_county_many_times_over_holds_other_people():
    one = pd.DataFrame(
        {
            "name": ["王小明", "李华"], "family_names": ["王大|赵红", "李大"], "id_pattern": ["11010519491231002X", ""],
            "registry_number": ["G11010519491231002X", ""], "phone": ["13800000001、13800000002", ""], "birth": [19491231, 0],
        }
    )  # fmt: skip
    many = growth.times_over(one, 3, list("明小华大红"), {"110105": ""})
    assert len(many) == 6
    assert len({*many["name"]}) == 6
    assert many["name"].str[0].tolist() == ["王", "李"] * 3
    whole = [n for n in many["id_pattern"] if n]
    assert len({*whole}) == 3
    assert all(ric.calc_check_digit(n) == n[17] for n in whole)
    assert many["registry_number"].iloc[2] == "G" + many["id_pattern"].iloc[2]
    assert many["phone"].iloc[3] == ""


def test_growth_follows_the_power_that_was_put_in():
    found = [{"rows": r, "cpu": 3e-6 * r**1.3} for r in growth.SIZES]
    assert growth.exponent(found, 90_000) == pytest.approx(1.3)
    assert growth.exponent(found[:1], 90_000) is None


@pytest.mark.parametrize(("word", "code"), [("Robert", "R163"), ("Tymczak", "T522"), ("Ashcraft", "A261"), ("", "")])
def test_soundex(word, code):
    assert febrl.soundex(word).upper() == code


def test_expectation_maximisation_tells_matches_from_others():
    rng = np.random.default_rng(1)
    same = rng.random(4000) < 0.3
    sizes = febrl._sizes()
    levels = np.stack([np.where(rng.random(4000) < np.where(same, 0.9, 0.05), 0, s - 2) for s in sizes], axis=1).astype(
        np.int8
    )
    levels[:, -1] = 1
    strangers = levels[~same]
    weight = febrl.maximise(levels, febrl.shares(strangers, np.ones(len(strangers))), 0.1, 10.0)
    assert ((weight > 0) == same).mean() > 0.995


def test_a_tiny_county_runs_through(tmp_path):
    county = tmp_path / "county"
    counties.prepare(county, Spec(scale=0.02, seed=7))
    truth = counties.children(county)
    assert 40 < len(truth) < 140
    for engine in running.ENGINES[:2]:
        found = running.run(engine, county, tmp_path / engine.name)
        for links in counties.read_links(found.links).values():
            scored = score(truth, links)
            assert scored.recall > 0.9
            assert scored.precision > 0.9
        assert found.matching(training=True) >= found.stages["predict"] > 0


def test_an_engine_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="listed.csv"):
        running.run(running.ENGINES[1], tmp_path / "nothing", tmp_path / "out")


def test_the_parts_are_listed():
    shown = subprocess.run([sys.executable, str(BENCHMARKS / "matching.py"), "--help"], capture_output=True, text=True)
    assert "growth" in shown.stdout

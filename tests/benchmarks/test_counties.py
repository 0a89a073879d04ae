"""The scoring counts right, the pairs' damage is what it says, and a tiny county runs through two engines."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from stdnum.cn import ric  # noqa: E402

import compare  # noqa: E402
import counties  # noqa: E402
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
    assert ric.calc_check_digit(code + "19491231002") == ric.calc_check_digit("11010519491231002")


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

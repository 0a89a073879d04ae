"""Statistics of evaluation: against closed forms, an independent implementation, and made-up truths."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcbx_cli.match import evaluate as e
from kcbx_cli.match import load_model
from kcbx_cli.match.explain import level_words, title
from kcbx_cli.match.model import COMPARISONS


def judged(weights, right, present=None, review=-2.0, link=8.0, counted=None):
    """Rows with answers, their bands by thresholds."""
    weight = np.array(weights, dtype=np.float64)
    band = np.where(weight >= link, e.LINK, np.where(weight >= review, e.REVIEW, e.NEAR))
    there = np.array(right if present is None else present, dtype=np.float64)
    rows = np.ones(len(weight), dtype=bool) if counted is None else np.array(counted)
    return e.Judged(weight, band, np.array(right, dtype=np.float64), there, rows, labelled=True)


@given(st.integers(1, 4000), st.data())
@settings(deadline=None)
def test_intervals_are_those_of_an_independent_implementation(of, data):
    from scipy.stats import binomtest  # slow to import: only for the worker that has this test

    hits = data.draw(st.integers(0, of))
    found = e.share(hits, of)
    if 0 < hits < of:
        expected = binomtest(hits, of).proportion_ci(method="wilson")
    else:
        expected = binomtest(hits, of).proportion_ci(method="exact")
    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share_and_shrinks_with_more_of_the_same(of, data):
    hits = data.draw(st.integers(0, of))
    once, tenfold = e.share(hits, of), e.share(10 * hits, 10 * of)
    assert 0 <= once.low <= once.share <= once.high <= 1
    assert tenfold.high - tenfold.low < once.high - once.low


def test_a_share_of_nothing_is_not_a_number():
    assert math.isnan(e.share(0, 0).share)
    assert math.isnan(e.share(0, 0).low)


def test_zero_errors_in_300_allow_about_one_per_cent():
    assert e.share(0, 300).high == pytest.approx(0.0122, abs=1e-4)


def test_measures_by_hand():
    #           linked right, linked wrong, asked right, asked wrong, missed, not there
    rows = judged([20, 12, 3, 1, -5, -math.inf], [1, 0, 1, 0, 0, 0], [1, 1, 1, 0, 1, 0])
    m = e.measured(rows)
    assert (m.precision.hits, m.precision.of) == (1, 2)
    assert (m.recall.hits, m.recall.of) == (1, 4)
    assert (m.found.hits, m.found.of) == (2, 4)
    assert (m.review.hits, m.review.of) == (2, 6)


def test_only_counted_rows_make_the_share_sent_to_review():
    rows = judged([3, 3, 20], [1, 1, 1], counted=[True, False, True])
    assert (e.measured(rows).review.hits, e.measured(rows).review.of) == (1, 2)


weights = st.lists(st.floats(-20, 40), min_size=1, max_size=60)


@given(weights, st.data())
@settings(max_examples=50, deadline=None)
def test_a_higher_threshold_never_links_more_and_never_asks_less(values, data):
    right = data.draw(st.lists(st.sampled_from([0, 1]), min_size=len(values), max_size=len(values)))
    table = e.curve(judged(values, right), [1.0, 4.0, 8.0, 8.0, 16.0])
    assert table["threshold"].tolist() == [1.0, 4.0, 8.0, 16.0]
    assert table["made"].is_monotonic_decreasing
    assert table["review"].is_monotonic_increasing
    assert (table["wrong"] >= 0).all()


def test_the_curve_at_the_threshold_in_use_says_what_the_measures_say():
    rows = judged([20, 12, 9, 3, -5], [1, 1, 0, 1, 0], [1, 1, 1, 1, 1])
    (at,) = e.curve(rows, [8.0]).to_dict("records")
    m = e.measured(rows)
    assert (at["precision"], at["recall"], at["review"]) == (m.precision.share, m.recall.share, m.review.share)


def test_calibrated_probabilities_lie_within_their_intervals_and_wrong_ones_do_not():
    rng = np.random.default_rng(5)
    p = rng.beta(0.3, 0.3, 20_000)
    right = (rng.random(len(p)) < p).astype(float)
    good = e.calibration(p, right)
    assert good["pairs"].sum() == len(p)
    inside = (good["low"] <= good["predicted"]) & (good["predicted"] <= good["high"])
    assert inside.mean() >= 0.9
    bad = e.calibration(np.sqrt(p), right)
    assert ((bad["predicted"] > bad["high"]) & (bad["from"] >= 0.1)).sum() >= 5


def test_every_probability_has_its_bin_at_both_ends():
    assert e.calibration(np.array([0.0, 1.0]), np.array([0.0, 1.0]))["pairs"].tolist() == [1, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
@settings(max_examples=50, deadline=None)
def test_expected_counts_lie_between_nothing_and_all(chances):
    found = e.expected(np.array(chances))
    assert 0 <= found.low <= found.count <= found.high + 1e-9 <= len(chances) + 1e-6


def test_expected_counts_hold_in_about_95_of_100_cases():
    rng = np.random.default_rng(9)
    chances = rng.random(400)
    found = e.expected(chances)
    counts = (rng.random((2000, 400)) < chances).sum(axis=1)
    assert 0.93 < ((counts >= found.low) & (counts <= found.high)).mean() < 0.97


def test_without_labels_the_probabilities_stand_in():
    weight = np.array([10.0, 9.0, 0.0, -math.inf])
    band = np.array([e.LINK, e.LINK, e.REVIEW, e.NEAR])
    rows = e.by_probability(weight, band, np.ones(4, dtype=bool))
    found = e.unlabelled(rows, with_itself=np.array([30.0, 30.0, 5.0, 30.0]), link=8.0)
    assert found.false.count == pytest.approx(1 / (1 + 2**10) + 1 / (1 + 2**9))
    assert found.missed.count == pytest.approx(0.5)
    assert (found.unlinkable.hits, found.unlinkable.of) == (1, 4)
    assert math.isnan(e.measured(rows).precision.low)


def test_probability_of_no_candidate_is_zero_and_of_the_surest_is_a_number():
    assert e.probability(np.array([-math.inf, 0.0, 5000.0])).tolist() == [0.0, 0.5, 1.0]


def test_thresholds_follow_from_costs():
    model = load_model()
    there = model.with_costs(1000.0, 0.2)
    wrong = 1 / (1 + 2**there.link)
    assert wrong * 1000 == pytest.approx(0.2)
    assert 1 / (1 + 2**-there.review) == pytest.approx(0.2)
    assert model.with_costs(0.0, 0.0) == model


def test_dearer_children_and_cheaper_reviews_link_less():
    model = load_model()
    assert model.with_costs(10_000, 0.2).link > model.with_costs(100, 0.2).link > model.with_costs(100, 2.0).link


def test_a_review_that_costs_more_than_a_visit_is_never_worth_while():
    there = load_model().with_costs(1000.0, 1.5)
    assert there.review == there.link


def test_the_table_of_costs_counts_what_each_pair_of_thresholds_does():
    rows = judged([20, 13, 9, -1, -9], [1, 1, 0, 0, 0])
    table = e.by_cost(rows, load_model(), [(20.0, 0.2), (10_000.0, 0.2)])
    assert table["made"].tolist() == [3, 1]
    assert table["wrong"].tolist() == [1, 0]
    assert table["asked"].tolist() == pytest.approx([1 / 5, 3 / 5])


@given(weights)
@settings(max_examples=30, deadline=None)
def test_a_histogram_counts_every_known_weight_once(values):
    weight = np.array([*values, -math.inf])
    table = e.histogram(weight, np.array(["甲"] * len(weight), dtype=object))
    assert table["count"].sum() == len(values)
    assert table["middle"].between(-60, 60).all()


def test_every_level_has_its_line_and_its_words():
    table = e.weights_table(load_model())
    assert len(table) == sum(len(levels) - 1 for levels in COMPARISONS.values())
    assert np.allclose(table["weight_twin"], np.log2(table["m"] / table["u_twin"]))
    for comparison, levels in COMPARISONS.items():
        assert title(comparison)
        assert all(level_words(comparison, level) and "/" not in level_words(comparison, level) for level in levels)

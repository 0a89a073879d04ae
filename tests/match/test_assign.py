from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from kcbx_cli.match.assign import assign


def brute(gain):
    """The best total over all one-to-one choices, some of which leave nodes alone."""
    rows, columns = gain.shape
    wide = np.zeros((rows, columns + rows))
    wide[:, :columns] = np.maximum(gain, 0)
    return max(sum(wide[r, c] for r, c in enumerate(p)) for p in permutations(range(columns + rows), rows))


def solve(gain):
    left, right = np.nonzero(gain)
    return left, right, assign(left, right, gain[left, right])


grids = st.integers(1, 4).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([0.0, -3.0, 2.0, 5.5, 9.0, 20.0]), min_size=3, max_size=3), min_size=n, max_size=n
    )
)


@settings(max_examples=80, deadline=None)
@given(grids)
def test_the_best_total_and_nobody_twice(grid):
    gain = np.array(grid)
    left, right, found = solve(gain)
    taken = found.taken
    assert len(set(left[taken])) == taken.sum() == len(set(right[taken]))
    assert gain[left[taken], right[taken]].sum() == pytest.approx(brute(gain))


@settings(max_examples=60, deadline=None)
@given(grids)
def test_the_weight_after_competition_is_what_the_rest_can_do_without_the_edge(grid):
    gain = np.array(grid)
    left, right, found = solve(gain)
    best = brute(gain)
    for k in range(len(left)):
        without, forced = gain.copy(), gain.copy()
        without[left[k], right[k]] = 0
        forced[left[k], :], forced[:, right[k]] = 0, 0
        if found.taken[k]:
            assert found.weight[k] == pytest.approx(best - brute(without))
        elif gain[left[k], right[k]] > 0:
            loss = gain[left[k], right[k]] + brute(forced) - best
            assert found.weight[k] == pytest.approx(min(loss, gain[left[k], right[k]]))
        else:
            assert found.weight[k] == gain[left[k], right[k]]


def test_a_few_who_all_resemble_many_are_solved_at_once():
    """Seven of a name that twenty-eight pupils bear: a search would look at two million sets of pupils for every pair."""
    gain = np.random.default_rng(4).uniform(1.0, 9.0, (7, 28))
    left, right, found = solve(gain)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    assert sorted(zip(left[found.taken], right[found.taken], strict=True)) == list(zip(rows, columns, strict=True))
    assert (found.weight[found.taken] <= gain.max()).all()


def test_a_large_group_is_solved_as_well_as_a_small_one():
    rng = np.random.default_rng(5)
    gain = rng.uniform(1, 20, (12, 40)) * (rng.random((12, 40)) < 0.5)
    left, right, found = solve(gain)
    again = solve(gain[:, ::-1])[2]
    assert found.taken.sum() == 12
    assert found.weight[found.taken].sum() == pytest.approx(again.weight[again.taken].sum())


def test_a_tie_weighs_nothing():
    found = assign(np.array([0, 0]), np.array([0, 1]), np.array([20.0, 20.0]))
    assert found.taken.tolist() == [True, False]
    assert found.weight.tolist() == [0.0, 0.0]


def test_no_edges():
    empty = np.zeros(0, dtype=np.int64)
    assert len(assign(empty, empty, np.zeros(0)).taken) == 0

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from match_people import county, people

from kcbx_cli.match import load_model, sieve
from kcbx_cli.match.context import with_shares
from kcbx_cli.match.contradict import contradicting
from kcbx_cli.match.records import encode
from kcbx_cli.match.score import score_pairs

MODEL = load_model().for_rows(5000)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(-30, 40))
def test_pairs_given_up_early_are_those_below_the_floor(seed, floor):
    rng = np.random.default_rng(seed)
    rows = county(60, seed)
    other = [dict(r) for r in rows]
    for row in other:
        for field in ("id_pattern", "phone", "village", "family_names", "township", "sex"):
            if rng.random() < 0.3:
                row[field] = other[int(rng.integers(60))][field]
    left, right = (with_shares(encode(people(*r))) for r in (rows, other))
    i, j = (a.ravel() for a in np.meshgrid(np.arange(60), np.arange(60)))
    whole = score_pairs(left, right, i, j, MODEL)
    at, scores = sieve.score_likely(left, right, (i, j), MODEL, floor, lambda levels, a, b: contradicting(levels))
    expected = np.flatnonzero((whole.weight >= floor) | contradicting(whole.levels))
    assert at.tolist() == expected.tolist()
    assert (scores.weight == whole.weight[expected]).all()
    assert (scores.levels == whole.levels[expected]).all()

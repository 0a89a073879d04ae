import numpy as np
import pandas as pd
import pytest
from match_people import child, county, people

from kcbx_cli.match import COMPARISONS, estimate, load_model

MODEL = load_model()


def lists(count=1500, seed=4):
    """A registry and a list of half of it: 12 % of birth dates a year off, 6 % of the sexes wrong, 20 % without ID."""
    registry = county(count, seed)
    rng = np.random.default_rng(seed)
    listed = []
    for row in registry[: count // 2]:
        one = dict(row)
        if rng.random() < 0.12:
            one["birth"] = int(str(row["birth"])) - 10000
        if rng.random() < 0.06:
            one["sex"] = "女" if row["sex"] == "男" else "男"
        if rng.random() < 0.2:
            one["id_pattern"] = ""
        listed.append(one)
    return people(*listed), people(*registry)


def at(comparison, level):
    return COMPARISONS[comparison].index(level)


def test_known_error_rates_are_recovered_without_labels():
    left, right = lists()
    found = estimate(left, right, MODEL)
    assert found.converged
    assert found.matches == pytest.approx(len(left), rel=0.02)
    m = found.model.m
    assert m["birth"][at("birth", "year_off")] == pytest.approx(0.12, abs=0.03)
    assert m["sex"][at("sex", "different")] == pytest.approx(0.06, abs=0.02)
    assert found.model.u["sex"][0][at("sex", "same")] == pytest.approx(0.5, abs=0.03)
    shares = [(right["birth"] == b).mean() for b in left["birth"]]
    assert found.model.u["birth"][0][at("birth", "identical")] == pytest.approx(np.mean(shares), rel=0.4)


def test_every_distribution_adds_up_and_what_was_not_seen_is_named():
    left, right = lists(400)
    found = estimate(left, right, MODEL)
    for comparison in COMPARISONS:
        assert found.model.m[comparison][:-1].sum() == pytest.approx(1, abs=0.03)
        assert np.allclose(found.model.u[comparison][:, :-1].sum(axis=1), 1, atol=0.03)
    assert "birth.lunar.m" in found.kept
    assert "birth.year_off.m" not in found.kept
    assert found.model.m["name"][at("name", "swapped")] == pytest.approx(MODEL.m["name"][at("name", "swapped")])


def test_the_order_of_rows_does_not_matter_to_m():
    left, right = lists(400)
    one = estimate(left, right, MODEL).model.m["birth"]
    turned = right.iloc[::-1].reset_index(drop=True)
    other = estimate(left.iloc[::-1].reset_index(drop=True), turned, MODEL).model.m["birth"]
    assert np.allclose(one, other, atol=5e-3)


def test_decided_pairs_count_as_they_were_decided():
    left, right = lists(300)
    none = pd.DataFrame({"left": range(150), "right": range(150), "same": [False] * 150})
    assert estimate(left, right, MODEL, none.iloc[:60]).matches < estimate(left, right, MODEL).matches - 50


def test_not_converged_is_said():
    left, right = lists(300)
    assert not estimate(left, right, MODEL, most_iterations=1).converged


def test_lists_that_have_nobody_in_common_teach_nothing():
    with pytest.raises(ValueError, match="rows"):
        estimate(people(), people(child("王伟", 20110305)), MODEL)
    apart = (
        people(child("王伟", 20110305, household="1")),
        people(child("李秀英", 20070809, 8, phone="1", village="", family_names="李四")),
    )
    with pytest.raises(ValueError, match="pair|child"):
        estimate(*apart, MODEL)

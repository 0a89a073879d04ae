"""How common names are: the shipped prior, the county's counts, and that the two together foretell other people."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from kcbx_cli.match import frequency as room
from kcbx_cli.match.frequency import frequency, load_prior
from kcbx_cli.match.names import encode

NONE = np.array([], dtype=object)


def names(*told):
    return np.array(told, dtype=object)


def county(n, seed):
    """Made-up people: surnames and given names by the prior, one in five with one of fifty fashionable given names."""
    rng = np.random.default_rng(seed)
    prior = load_prior()

    def drawn(table, size):
        weights = np.array(list(table.values()))
        return rng.choice(np.array(list(table), dtype=object), size, p=weights / weights.sum())

    first, second = drawn(prior.given, n), drawn(prior.given, n)
    fashion = np.array(
        [a + b for a, b in zip("子浩宇欣梓雨佳思俊文", "涵然轩怡睿婷琪豪杰博", strict=True)], dtype=object
    )
    given = np.where(rng.random(n) < 0.2, rng.choice(fashion, n), first + second)
    return drawn(prior.surnames, n) + given


def test_the_prior_adds_up_and_knows_its_surnames():
    prior = load_prior()
    assert sum(prior.surnames.values()) == pytest.approx(1, abs=1e-3)
    assert sum(prior.given.values()) == pytest.approx(1, abs=1e-3)
    assert list(prior.surnames)[:3] == ["王", "李", "张"]
    assert "欧阳" in prior.surnames and not {"浩然", "山口"} & set(prior.surnames)


def test_surnames_entered_the_wrong_way_round_are_taken_off_the_given_names():
    given = load_prior().given
    assert given["刘"] < given["玲"] / 10 and given["赵"] < given["玲"] / 10


def test_without_counts_common_names_are_likelier_than_rare_ones():
    told = frequency(names("张伟", "王小明", "欧阳瑾萱", ""), NONE)
    assert told[0] > told[1] > told[2] > 0 == told[3]


def test_a_name_counted_often_is_common_and_one_counted_once_is_not_taken_at_its_word():
    people = np.concatenate([names(*["冉雪梅"] * 40), county(3000, seed=1)])
    told = frequency(names("冉雪梅", people[-1], "冉雪琴"), people)
    assert 0.7 < told[0] * len(people) / 40 < 1.05
    assert 0 < told[1] < 0.7 / len(people)
    assert 0 < told[2] < told[0]


def test_what_it_foretells_of_other_people_comes_true():
    people = county(16_000, seed=2)
    half, rest = people[:8000], people[8000:]
    kinds, count = np.unique(half, return_counts=True)
    foretold = frequency(kinds, half) * len(rest)
    others = dict(zip(*np.unique(rest, return_counts=True), strict=True))
    seen = np.array([others.get(k, 0) for k in kinds])
    for times in (count == 1, count == 2, count > 2):
        assert foretold[times].mean() == pytest.approx(seen[times].mean(), rel=0.3)


def test_the_order_of_people_and_empty_names_change_nothing():
    people = county(2000, seed=3)
    one = frequency(people[:50], people)
    shuffled = np.concatenate([names("", ""), people[np.random.default_rng(0).permutation(len(people))]])
    np.testing.assert_allclose(frequency(people[:50], shuffled), one, rtol=1e-12)
    np.testing.assert_array_equal(frequency(encode(people[:50]), encode(people)), one)


def test_odd_names_have_a_chance_too():
    told = frequency(names("阿依古丽·买买提", "明", "王?", "龘龘龘"), names("王小明", "李雪"))
    assert (told > 0).all() and (told < 1e-2).all()


def test_the_shipped_prior_is_what_the_script_makes(monkeypatch):
    for package in ("sinonym", "faker"):
        pytest.importorskip(package)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    script = importlib.import_module("build_prior")
    made = {"surnames": script.listed(script.surnames()), "given": script.listed(script.given())}
    assert made == json.loads(Path(room.__file__).with_name("prior.json").read_text(encoding="utf-8"))

"""The order of rows changes row numbers, never what is decided on whom; and every row gets one verdict."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_county import inputs

from kcbx_cli import decide
from kcbx_cli.decide import reasons
from kcbx_cli.tables import VERDICT_ORDER

BIRTHS = st.sampled_from([0, 20120305, 20170305, 20050305, 19850305, 20150831, 20310101])
PEOPLE = st.fixed_dictionaries(
    {
        "birth": BIRTHS,
        "child": st.integers(0, 4),
        "relation": st.sampled_from(["", "户主", "之子"]),
        "removed": st.sampled_from(["", "", "", "死亡", "迁出"]),
        "schooling": st.sampled_from(["", "七年级", "普通高中"]),
        "education": st.sampled_from(["", "小学"]),
        "id_state": st.sampled_from(["absent", "masked"]),
    }
)
REGISTRY = st.fixed_dictionaries(
    {
        "birth": BIRTHS,
        "pupil": st.integers(0, 3),
        "status": st.sampled_from(["在读", "休学", "流失", "退学", "转出", ""]),
        "status_date": st.sampled_from([0, 20210901, 20190901]),
        "grade": st.sampled_from(["四年级", "高一"]),
    }
)
SPECIAL = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["送教上门", "缓学", "外县就读", "休学", "随班就读", "其他"]),
        "approved": st.sampled_from([0, 20210901, 20190901, 20211201]),
        "expires": st.sampled_from([0, 20221231, 20210831]),
    }
)


@st.composite
def counties(draw: st.DrawFn) -> dict[str, Any]:
    people = draw(st.lists(PEOPLE, min_size=1, max_size=8))
    registry = draw(st.lists(REGISTRY, min_size=1, max_size=6))
    special = draw(st.lists(SPECIAL, max_size=4))
    pupils = sorted({row["pupil"] for row in registry})
    pairs, used = [], set()
    for child in sorted({row["child"] for row in people}):
        pupil = draw(st.sampled_from([None, *pupils]))
        if pupil is not None and pupil not in used:
            used.add(pupil)
            left = next(i for i, row in enumerate(people) if row["child"] == child)
            right = next(i for i, row in enumerate(registry) if row["pupil"] == pupil)
            pairs.append([left, right, draw(st.sampled_from(["link", "link", "review", "near"])), 0.9])
    papers = [[i, draw(st.integers(0, len(people) - 1))] for i in range(len(special)) if draw(st.booleans())]
    return {"people": people, "registry": registry, "special": special, "links": pairs, "special_people": papers}


def shuffled(case: dict[str, Any], key: str, order: list[int]) -> dict[str, Any]:
    """The same county with the rows of one frame in another order; file and row stay with their row."""
    place = {old: new for new, old in enumerate(order)}
    rows = [{"row": i + 2} | row for i, row in enumerate(case[key])]
    moved = case | {key: [rows[old] for old in order]}
    left = [("people", "links"), ("special", "special_people")]
    right = [("registry", "links"), ("people", "special_people")]
    for name, pairs in left:
        if name == key:
            moved[pairs] = [[place[p[0]], *p[1:]] for p in moved[pairs]]
    for name, pairs in right:
        if name == key:
            moved[pairs] = [[p[0], place[p[1]], *p[2:]] for p in moved[pairs]]
    return moved


def by_child(decided: decide.Decided) -> pd.DataFrame:
    return decided.verdicts.groupby("child")[["verdict", "reason", "sentence"]].first()


@settings(max_examples=20, deadline=None)
@given(counties(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nobodys_verdict(case: dict[str, Any], random: Any) -> None:
    decided = decide.verdicts(inputs(case))
    tally = decide.tally(decided.verdicts)
    assert list(tally) == list(VERDICT_ORDER)
    assert sum(tally.values()) == len(case["people"])
    assert decided.work["child"][decided.work["child"] >= 0].is_unique
    # Of a pupil who is registered twice the earliest row is named, so there the order may tell.
    once = len({row["pupil"] for row in case["registry"]}) == len(case["registry"])
    for key in ("special", "people", *["registry"] * once):
        order = list(range(len(case[key])))
        random.shuffle(order)
        again = decide.verdicts(inputs(shuffled(case, key, order)))
        pd.testing.assert_frame_equal(by_child(again), by_child(decided))
        assert sorted(again.findings["finding"]) == sorted(decided.findings["finding"])
        assert sorted(again.work["kind"]) == sorted(decided.work["kind"])


def test_the_same_twice_is_the_same() -> None:
    case = {"people": [{}, {"birth": 0}], "registry": [{"status": "流失"}], "special": [{"category": "缓学"}]}
    one, two = decide.verdicts(inputs(case)), decide.verdicts(inputs(case))
    for name in ("verdicts", "findings", "work", "problems"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


def test_a_sentence_is_made_once_for_all_who_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = reasons.sentence
    monkeypatch.setattr(reasons, "sentence", lambda *words: made.append(words) or original(*words))
    decided = decide.verdicts(inputs({"people": [{"birth": 20120305 + i % 2 * 50000} for i in range(200)]}))
    assert decide.tally(decided.verdicts)["suspected"] == 100
    assert len(made) == 2


def test_a_child_found_in_another_county_is_cleared_on_all_its_rows_and_nothing_else_changes():
    case = {
        "people": [{"child": 0, "name": "儿童甲"}, {"child": 1}, {"child": 0, "name": "儿童乙"}],
        "registry": [{"status": "辍学", "name": "别人"}],
    }
    before = decide.verdicts(inputs(case))
    after = decide.with_abroad(before, (2,))
    assert before.verdicts["verdict"].tolist() == ["suspected"] * 3
    assert after.verdicts["verdict"].tolist() == ["elsewhere", "suspected", "elsewhere"]
    assert set(after.verdicts["reason"].iloc[[0, 2]]) == {"registry_elsewhere"}
    assert sorted(before.work["child"]) == [-1, 0, 1]
    assert sorted(after.work["child"]) == [-1, 1]
    assert len(after.problems)
    for name in ("findings", "problems", "contradictions"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))

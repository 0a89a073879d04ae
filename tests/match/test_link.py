import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_people import child, county, people

from kcbx_cli.match import explain, group, link, load_model, prepare

MODEL = load_model()
REGISTRY = county(400, seed=3)


def who(matching, band="link"):
    chosen = matching.links[matching.links["band"] == band]
    return dict(zip(chosen["left"], chosen["right"], strict=True))


def test_clean_records_with_a_valid_number_are_linked():
    listed = people(*REGISTRY[:120])
    matching = link(listed, people(*REGISTRY), MODEL)
    assert who(matching) == {n: n for n in range(120)}
    assert set(matching.links.loc[matching.links["band"] == "link", "rule"]) == {"exact_id"}


def test_prepared_frames_are_linked_as_the_frames_are_and_as_often_as_one_likes():
    listed, registered = people(*REGISTRY[:120]), people(*REGISTRY[60:])
    plain = link(listed, registered, MODEL)
    one, other = prepare(listed), prepare(registered)
    for _ in range(2):
        again = link(one, other, MODEL)
        assert again.links.equals(plain.links)
        assert again.left_context.equals(plain.left_context)
    assert prepare(one) is one


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 10**6))
def test_the_order_of_rows_does_not_change_who_is_matched(random, seed):
    damaged = [dict(r) for r in county(60, seed)]
    registry = [dict(r) for r in damaged[:50]] + county(60, seed + 1)
    rng = np.random.default_rng(seed)
    for row in damaged:
        spoil = rng.integers(0, 5)
        if spoil == 0:
            row["id_pattern"] = ""
        if spoil <= 1:
            row["name"] = str(row["name"])[:1] + "某"
        if spoil == 2:
            row["birth"] = 0
        if spoil == 3:
            row["id_pattern"] = str(row["id_pattern"])[:15] + "***"
    a, b = list(range(len(damaged))), list(range(len(registry)))
    random.shuffle(a)
    random.shuffle(b)
    first = link(people(*damaged), people(*registry), MODEL)
    second = link(people(*[damaged[n] for n in a]), people(*[registry[n] for n in b]), MODEL)
    for band in ("link", "review"):
        assert who(first, band) == {a[x]: b[y] for x, y in who(second, band).items()}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_no_registry_child_is_linked_twice(seed):
    rng = np.random.default_rng(seed)
    registry = county(30, seed)
    listed = [dict(registry[int(n)]) for n in rng.integers(0, 30, 60)]
    for n, row in enumerate(listed):
        row["household"] = str(n)
        if rng.random() < 0.5:
            row["name"] = str(row["name"])[0] + "某某"
            row["id_pattern"] = ""
    matching = link(people(*listed), people(*registry), MODEL)
    links = matching.links[matching.links["band"] == "link"]
    pairs = {
        (matching.left_child[x], matching.right_child[y]) for x, y in zip(links["left"], links["right"], strict=True)
    }
    assert len({x for x, _ in pairs}) == len(pairs) == len({y for _, y in pairs})


def test_a_child_registered_twice_is_one_child_and_the_ranked_row_is_named():
    twice = child("冉思琪", 20110305, 12)
    registry = people(twice, *REGISTRY[:50], twice | {"registry_number": "L500229201103050129"})
    assert group(registry, MODEL)[51] == 0
    rank = np.arange(len(registry))[::-1]
    matching = link(people(twice), registry, MODEL, right_rank=rank)
    assert who(matching) == {0: 51}
    assert who(link(people(twice), registry, MODEL, right_rank=rank[::-1])) == {0: 0}


def test_a_child_on_two_lists_has_two_rows_and_one_link():
    listed = child("冉思琪", 20110305, 12)
    other = listed | {"id_pattern": "", "file": "低保.xlsx", "household": "", "name": "冉思祺"}
    matching = link(people(listed, other), people(listed, *REGISTRY[:50]), MODEL)
    assert who(matching) == {0: 0, 1: 0}
    assert matching.left_child.tolist() == [0, 0]


def test_one_number_and_birth_date_on_two_lists_is_one_child_whatever_the_given_name():
    listed = child("冉思琪", 20110305, 12)
    other = listed | {"file": "低保.xlsx", "household": "", "name": "冉小妹"}
    assert group(people(listed, other), MODEL).tolist() == [0, 0]
    twin = child("冉小妹", 20110305, 14)
    assert group(people(listed, twin, other), MODEL)[2] != 0


def test_one_number_under_another_name_and_birth_date_is_a_contradiction():
    elder = child("冉思琪", 20080305, 12)
    younger = child("冉俊杰", 20120711, 13) | {"id_pattern": elder["id_pattern"]}
    matching = link(people(younger), people(elder, *REGISTRY[:50]), MODEL)
    assert who(matching) == {} == who(matching, "review")
    assert matching.contradictions[["left", "right", "reason"]].to_numpy().tolist() == [[0, 0, "number_of_another"]]


def test_two_equal_candidates_go_to_review_and_are_not_guessed():
    listed = child("王伟", 20110305, 12, id_pattern="", phone="", family_names="", village="", township="")
    one = listed | {"registry_number": "G" + str(child("王伟", 20110305, 31)["id_pattern"])}
    two = listed | {"registry_number": "G" + str(child("王伟", 20110305, 57)["id_pattern"])}
    matching = link(people(listed), people(one, two, *REGISTRY[:50]), MODEL)
    assert who(matching) == {}
    assert len(who(matching, "review")) == 1
    assert matching.links["rule"].tolist()[0] == "tie"


def test_weights_of_an_explanation_add_up_to_the_score():
    left, right = child("冉思琪", 20110305, 12), child("冉思祺", 20110305, 12, id_pattern="500229201103050***")
    matching = link(people(left), people(right, *REGISTRY[:50]), MODEL)
    told = explain(left | dict(matching.left_context.iloc[0]), right | dict(matching.right_context.iloc[0]), MODEL)
    assert told.table["weight"].sum() == pytest.approx(told.weight)
    assert "出生日期一致" in told.sentence
    assert told.sentence.endswith("。")

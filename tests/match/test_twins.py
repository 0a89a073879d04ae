"""Twins and siblings: the one who is missing is never hidden by the one who is enrolled.

Every order of damage is one family of one made-up county, so that a single run of the kernel sees them all.
"""

from itertools import product

import numpy as np
import pytest
from match_people import SURNAMES, child, county, number, people

from kcbx_cli.match import group, link, load_model

MODEL = load_model()
OTHERS = county(200, seed=8)
NAMES = [("思琪", "思雨"), ("俊", "琪"), ("思琪", "俊杰"), ("明", "亮"), ("子涵", "子轩")]
SAME_SOUND = [("思雨", "思宇"), ("小伟", "小玮")]
DAMAGES = {
    "whole": lambda own, other: own,
    "absent": lambda own, other: "",
    "typo_check": lambda own, other: own[:17] + ("0" if own[17] != "0" else "1"),
    "typo_sequence": lambda own, other: own[:16] + str((int(own[16]) + 2) % 10) + own[17],
    "towards_twin": lambda own, other: own[:16] + other[16] + own[17],
    "checked_as_twin": lambda own, other: own[:17] + other[17],
    "transposed": lambda own, other: own[:12] + own[13] + own[12] + own[14:],
    "numeric": lambda own, other: own[:15] + "***",
    "masked": lambda own, other: own[:6] + "********" + own[14:],
    "masked_tail": lambda own, other: own[:14] + "****",
    "twins": lambda own, other: other,
    "typo_of_twins": lambda own, other: other[:16] + str((int(other[16]) + 2) % 10) + other[17],
}
CASES = list(product(NAMES, DAMAGES, ("list", "registry")))


def tellable(given, *damages):
    """Whether two listed rows can be told apart at all: not by one valid number under names of one sound."""
    return given in NAMES or "twins" not in damages


def family(n, given, **more):
    """Two twins of family n."""
    surname = SURNAMES[n % len(SURNAMES)]
    birth = 20070101 + n % 9 * 10000 + n // 9 % 12 * 100 + n % 28
    common = {
        "household": f"h{n}", "phone": f"137{n:08d}", "village": f"{n % 40}组村", "family_names": f"{surname}家{n}|妈{n}",
    } | more  # fmt: skip
    area = f"{500100 + n}"
    return [
        child(surname + g, birth, s, id_pattern=number(birth, s, area), **common)
        for g, s in zip(given, (121, 123), strict=True)
    ]


def who(matching, band):
    chosen = matching.links[matching.links["band"] == band]
    return dict(zip(chosen["left"], chosen["right"], strict=True))


def one_missing(cases, both_listed, **more):
    """The families of all cases: what is listed (missing first), what is registered."""
    listed, registered = [], []
    for n, (given, damage, side) in enumerate(cases):
        missing, enrolled = family(n, given, **more)
        own, other = str(missing["id_pattern"]), str(enrolled["id_pattern"])
        row = dict(enrolled, household="", phone=f"138{n:08d}")
        if side == "list":
            missing["id_pattern"] = DAMAGES[damage](own, other)
        else:
            row["id_pattern"] = DAMAGES[damage](other, own)
        listed += [missing, enrolled] if both_listed else [missing]
        registered.append(row)
    return listed, registered


def test_the_missing_twin_is_not_linked_to_the_enrolled_listed_one():
    cases = [c for c in product(NAMES + SAME_SOUND, DAMAGES, ("list", "registry")) if tellable(c[0], c[1])]
    listed, registered = one_missing(cases, both_listed=True)
    matching = link(people(*listed), people(*registered, *OTHERS), MODEL)
    linked = who(matching, "link")
    assert [n for n in linked if n % 2 == 0] == []
    assert all(linked[n] == n // 2 for n in linked)
    assert len(linked) > len(registered) * 0.8


def test_the_missing_twin_is_not_linked_to_an_enrolled_one_who_is_not_listed():
    listed, registered = one_missing(CASES, both_listed=False, household="", family_names="")
    matching = link(people(*listed), people(*registered, *OTHERS), MODEL)
    assert who(matching, "link") == {}


def test_enrolled_twins_are_never_crossed():
    listed, registered = [], []
    cases = [c for c in product(NAMES + SAME_SOUND, DAMAGES, DAMAGES) if tellable(*c)]
    for n, (given, first, second) in enumerate(cases):
        one, two = family(n, given)
        a, b = str(one["id_pattern"]), str(two["id_pattern"])
        listed += [dict(one, id_pattern=DAMAGES[first](a, b)), dict(two, id_pattern=DAMAGES[second](b, a))]
        registered += [dict(one, household=""), dict(two, household="")]
    linked = who(link(people(*listed), people(*registered, *OTHERS), MODEL), "link")
    assert [(a, b) for a, b in linked.items() if a != b] == []
    assert len(linked) > len(listed) * 0.9


def test_twins_are_never_grouped():
    rows = []
    cases = [c for c in product(NAMES + SAME_SOUND, DAMAGES) if tellable(*c)]
    for n, (given, damage) in enumerate(cases):
        one, two = family(n, given)
        one["id_pattern"] = DAMAGES[damage](str(one["id_pattern"]), str(two["id_pattern"]))
        rows += [one, two]
    assert len(np.unique(group(people(*rows), MODEL))) == len(rows)


@pytest.mark.parametrize("given", [("梓婷", "平"), ("兴", "兴路"), ("思雨", "思宇")])
def test_twins_are_not_grouped_across_lists_when_one_list_exchanged_their_numbers(given):
    one, two = family(1, given)
    first = dict(one, household="", file="a"), dict(two, household="", file="a")
    second = dict(one, id_pattern=two["id_pattern"], file="b"), dict(two, id_pattern=one["id_pattern"], file="b")
    children = group(people(*first, *second), MODEL)
    assert not {children[0], children[2]} & {children[1], children[3]}


def test_twins_with_exchanged_numbers_are_linked_by_name():
    one, two = family(1, ("思琪", "俊杰"))
    listed = dict(one, id_pattern=two["id_pattern"]), dict(two, id_pattern=one["id_pattern"])
    matching = link(people(*listed), people(one, two, *OTHERS), MODEL)
    assert who(matching, "link") == {0: 0, 1: 1}
    assert set(matching.contradictions["reason"]) == {"number_of_twin"}


@pytest.mark.parametrize("slip", [20080101, 20070201, 0])
def test_a_number_never_links_where_the_name_is_a_brothers(slip):
    one, two = family(1, ("思琪", "俊杰"))
    listed = dict(one, id_pattern=two["id_pattern"], birth=slip), dict(two, id_pattern=one["id_pattern"])
    linked = who(link(people(*listed), people(one, two, *OTHERS), MODEL), "link")
    assert linked.get(0, 0) == 0
    assert linked.get(1, 1) == 1


def test_a_child_twice_in_one_household_under_two_misspelt_names_is_one():
    child_ = child("冉思琪", 20110305, 122, household="h1", family_names="冉大山")
    listed = [dict(child_, name="冉琪"), dict(child_, name="冉思其")]
    matching = link(people(*listed), people(dict(child_, household=""), *OTHERS), MODEL)
    assert who(matching, "link") == {0: 0, 1: 0}
    assert matching.left_child.tolist() == [0, 0]


def test_with_exchanged_numbers_and_one_twin_missing_the_name_decides():
    missing, enrolled = family(1, ("思琪", "俊杰"))
    listed = dict(missing, id_pattern=enrolled["id_pattern"]), dict(enrolled, id_pattern=missing["id_pattern"])
    matching = link(people(*listed), people(enrolled, *OTHERS), MODEL)
    assert 0 not in who(matching, "link")
    assert (who(matching, "link") | who(matching, "review")).get(1) == 0


def test_a_missing_sibling_is_not_linked_and_the_enrolled_one_is():
    missing = child("冉思琪", 20110305, 121, id_pattern="")
    enrolled = child("冉思雨", 20120410, 120)
    matching = link(people(missing, enrolled), people(enrolled, *OTHERS), MODEL)
    assert who(matching, "link") == {1: 0}
    assert who(matching, "review") == {}


def test_household_evidence_lifts_the_brother_of_a_linked_child():
    sister, brother = child("冉思琪", 20110305, 122), child("冉俊杰", 20130711, 121)
    listed = [dict(r, phone="", family_names="冉大山") for r in (sister, brother)]
    listed[1] |= {"id_pattern": "", "birth": 0, "township": "", "village": ""}
    namesakes = [child("冉俊杰", 20070101 + n * 10000, 31 + n, phone="", family_names="邓秀英") for n in range(3)]
    registered = [dict(r, family_names="邓小凤|田桂英", phone="13755550000") for r in (sister, brother)] + namesakes
    alone = link(people(listed[1]), people(*registered, *OTHERS), MODEL).links
    together = link(people(*listed), people(*registered, *OTHERS), MODEL).links
    before = alone[(alone["left"] == 0) & (alone["right"] == 1)].iloc[0]
    after = together[(together["left"] == 1) & (together["right"] == 1)].iloc[0]
    assert after["weight"] > before["weight"] + 2
    assert (after["rule"], after["band"]) == ("household", "link")


@pytest.mark.parametrize("sequence", [1, 121, 998])
def test_numbers_of_the_tests_are_valid(sequence):
    whole = number(20110305, sequence)
    assert sum((10 if c == "X" else int(c)) * (2 ** (17 - n) % 11) for n, c in enumerate(whole)) % 11 == 1

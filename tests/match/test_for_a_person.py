"""Pairs that no weight may link: a stranger's row with a pupil's number, and namesakes with numbers of their own."""

import pytest

from kcbx_cli import match
from kcbx_cli.tables import PEOPLE

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(birth, sequence, area="999999"):
    body = f"{area}{birth}{sequence:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def people(*rows):
    blank = {"township": "甲乡", "sex": "男", "id_state": "valid", "file": "甲"}
    full = [{**blank, **row, "row": n} for n, row in enumerate(rows)]
    return PEOPLE.frame({c: [r.get(c, 0 if c in ("birth", "id_birth", "row") else "") for r in full]
                         for c in ("name", "sex", "birth", "id_birth", "id_pattern", "id_state", "township", "village",
                                   "family_names", "household", "file", "row")})  # fmt: skip


def band(left, right):
    others = [
        {"name": f"陈{c}", "birth": 20120000 + 100 * m + d, "id_birth": 20120000 + 100 * m + d,
         "id_pattern": number(20120000 + 100 * m + d, 2 * d + 1), "family_names": f"陈{c}父"}
        for m, c in enumerate("东南西北中发白梅兰竹菊", 1) for d in range(1, 28)
    ]  # fmt: skip
    links = match.link(people(left), people(right, *others), match.load_model()).links
    return links.loc[links["right"] == 0, "band"].iloc[0] if (links["right"] == 0).any() else "none"


CHILD = {"name": "王小明", "birth": 20120305, "id_birth": 20120305, "id_pattern": number("20120305", 1),
         "family_names": "王大山"}  # fmt: skip


def test_the_child_itself_is_linked():
    assert band(CHILD, CHILD) == "link"


@pytest.mark.parametrize("birth", [20120305, 0])
@pytest.mark.parametrize("family", ["刘老汉", ""])
def test_a_strangers_name_with_the_number_is_for_a_person(birth, family):
    stranger = {**CHILD, "name": "刘强东", "birth": birth, "family_names": family}
    assert band(stranger, CHILD) in ("review", "none")


@pytest.mark.parametrize("area", ["999999", "110101"])
def test_a_namesake_with_a_valid_number_of_its_own_is_for_a_person(area):
    namesake = {**CHILD, "id_pattern": number("20120305", 77, area), "family_names": ""}
    assert band(namesake, CHILD) in ("review", "near", "none")


def test_a_new_name_in_the_same_family_is_linked_by_the_number():
    renamed = {**CHILD, "name": "李子轩"}
    assert band(renamed, {**CHILD, "family_names": "王大山|李梅"}) in ("link", "review")

"""Who answers for which child."""

import pytest

from kcbx_cli.decide.duties import Home, duties, village_key
from kcbx_cli.tables import RESPONSIBLE

HOME = Home("甲乡", "石门村", "青石县甲乡中心小学", "990001", "赵大山")


def roster(*rows):
    blank = RESPONSIBLE.frame(length=1).iloc[0].to_dict()
    return RESPONSIBLE.frame({n: [(blank | {"layer": "area"} | row)[n] for row in rows] for n in RESPONSIBLE.names})


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({"layer": "county"}, True),
        ({"township": "甲乡"}, True),
        ({"township": "乙乡"}, False),
        ({"township": "甲乡", "village": "石门村委会"}, True),
        ({"township": "乙乡", "village": "石门村"}, False),
        ({"village": "大坪村"}, False),
        ({"school": "甲乡中心小学"}, True),
        ({"school": "乙乡中心小学"}, False),
        ({"household": "990001"}, True),
        ({"household": "990002"}, False),
        ({"household": "990002", "head_name": "赵大山"}, False),
        ({"head_name": "赵大山", "village": "石门村"}, True),
        ({"head_name": "赵大山", "village": "大坪村"}, False),
        ({"head_name": "钱大山"}, False),
    ],
)  # fmt: skip
def test_a_row_answers_for_what_it_names(row, answers):
    assert (len(duties(roster(row), [HOME])) == 1) is answers


def test_the_widest_layer_is_told_first_and_homes_keep_their_order():
    people = roster(
        {"layer": "household", "head_name": "赵大山"}, {"layer": "village", "village": "石门村"}, {"layer": "county"}
    )
    found = duties(people, [Home("乙乡", "", "", "", ""), HOME])
    assert found["home"].tolist() == [0, 1, 1, 1] and found["person"].tolist() == [2, 2, 1, 0]


def test_a_child_of_no_school_is_nobodys_pupil():
    assert not len(duties(roster({"school": "甲乡中心小学"}), [Home("甲乡", "", "", "", "")]))


@pytest.mark.parametrize("name", ["石门村", "石门村委会", "石门村民委员会", "石门社区", "石门社区居委会", "石门"])
def test_one_village_under_its_names(name):
    assert village_key(name) == "石门"

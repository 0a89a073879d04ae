import numpy as np
from match_people import child, county, people

from kcbx_cli.match import block, link, load_model
from kcbx_cli.match.records import encode

MODEL = load_model()


def test_a_key_value_that_would_explode_is_left_out_and_named():
    crowd = [child("王伟", 20110101, n, household="", phone="12345678") for n in range(90)]
    pairs = block.candidates(encode(people(*crowd)), encode(people(*crowd)))
    left_out = pairs.blocks[~pairs.blocks["used"]]
    assert "phone" in set(left_out["key"])
    assert (left_out["pairs"] == 90 * 90).all()
    assert (left_out[["left_row", "right_row"]] >= 0).all(axis=None)
    assert len(pairs.left) < 90 * 90


def test_a_pair_comes_once_under_its_first_key():
    rows = encode(people(*county(60, 2)))
    pairs = block.candidates(rows, rows)
    code = pairs.left * 60 + pairs.right
    assert len(np.unique(code)) == len(code)
    same = pairs.left == pairs.right
    assert same.sum() == 60
    assert set(pairs.key[same]) == {0}


def test_within_a_list_each_pair_comes_once():
    rows = encode(people(*county(60, 2)))
    pairs = block.candidates(rows, rows, within=True)
    assert (pairs.left < pairs.right).all()


def test_counts_are_those_of_the_pairs():
    rows = encode(people(*county(60, 2)))
    pairs = block.candidates(rows, rows)
    used = pairs.blocks[pairs.blocks["used"]].set_index("key")["pairs"]
    assert used["id"] == 60
    assert used.sum() >= len(pairs.left)


def test_damaged_records_still_meet():
    one = child("冉思琪", 20110305, 12)
    number = str(one["id_pattern"])
    damaged = [
        dict(one, birth=20110503, id_pattern=""),
        dict(one, birth=20110131, id_pattern="", phone="", family_names=""),
        dict(one, name="冉?琪", birth=0, id_pattern=number[:15] + "***"),
        dict(one, name="张三", birth=0, id_pattern=number[:10] + "99" + number[12:], phone="", family_names=""),
        dict(one, name="", id_pattern=number[:9] + "0" + number[10:]),
        dict(one, name="", birth=0, id_pattern="", family_ids="500229198003050123"),
    ]
    right = encode(people(dict(one, family_ids="500229198003050123"), *county(40, 3)))
    for row in damaged:
        pairs = block.candidates(encode(people(row)), right)
        assert 0 in pairs.right, row


def test_empty_lists():
    for left, right in ((people(), people(*county(3, 1))), (people(*county(3, 1)), people()), (people(), people())):
        found = link(left, right, MODEL)
        assert len(found.links) == 0
        assert len(found.left_child) == len(left)

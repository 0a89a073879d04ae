import numpy as np
from match_people import child, county, people

from kcbx_cli.match import block, link, load_model
from kcbx_cli.match.records import encode

MODEL = load_model()


def test_a_key_value_that_would_explode_is_left_out_and_named():
    crowd = [child("王伟", 20110101, n, household="", phone="12345678") for n in range(90)]
    pairs = block.candidates(encode(people(*crowd)), encode(people(*crowd)))
    left_out = pairs.blocks[~pairs.blocks["used"]]
    assert {"phone+"} <= set(left_out["key"])
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
        dict(one, name="冉雪林", birth=20100305, id_pattern="", phone="", family_names=""),
        dict(one, name="张思琪", birth=20110201, id_pattern="", phone="", family_names=""),
        dict(one, name="冉雪林", birth=20110300, id_pattern="", phone="", family_names=""),
        dict(one, name="冉雪林", birth=0, id_pattern="", phone=""),
        dict(
            one,
            name="冉雪林",
            birth=0,
            id_pattern=number[:9] + number[10] + number[9] + number[11:],
            phone="",
            family_names="",
        ),
        dict(one, name="张三", id_pattern="", phone="", family_names=""),
    ]
    right = encode(people(dict(one, family_ids="500229198003050123"), *county(40, 3)))
    for row in damaged:
        pairs = block.candidates(encode(people(row)), right)
        assert 0 in pairs.right, row


def test_crowded_values_are_narrowed_to_those_with_a_name_or_a_township_in_common(monkeypatch):
    crowd = [child("王" + a + b, 20110101, n, township=f"{n}镇", family_names="", phone="", household="")
             for n, (a, b) in enumerate((a, b) for a in "伟芳娜敏静" for b in "强磊军洋勇")]  # fmt: skip
    rows = encode(people(*crowd))
    monkeypatch.setattr(block, "CROWDED", 24)
    pairs = block.candidates(rows, rows, only=("birth_surname",))
    assert len(pairs.left) < 25 * 25
    assert {(i, j) for i in range(25) for j in range(25) if i // 5 == j // 5 or i % 5 == j % 5} <= set(
        zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    )
    monkeypatch.setattr(block, "CROWDED", 25)
    assert len(block.candidates(rows, rows, only=("birth_surname",)).left) == 25 * 25


def test_narrowing_loses_no_link(monkeypatch):
    registry = people(*county(400, 3), *(dict(r, name=r["name"][:1] + "某某") for r in county(50, 4)))
    damaged = [dict(r, id_pattern="", phone="") for r in county(400, 3)[:80]]
    listed = people(*damaged, *county(400, 3)[80:120])
    whole = link(listed, registry, MODEL)
    monkeypatch.setattr(block, "CROWDED", 0)
    narrow = link(listed, registry, MODEL)
    assert len(narrow.blocks) > len(whole.blocks)
    chosen = [m.links.loc[m.links["band"] != "near", ["left", "right", "band"]] for m in (whole, narrow)]
    assert chosen[0].to_numpy().tolist() == chosen[1].to_numpy().tolist()


def test_empty_lists():
    for left, right in ((people(), people(*county(3, 1))), (people(*county(3, 1)), people()), (people(), people())):
        found = link(left, right, MODEL)
        assert len(found.links) == 0
        assert len(found.left_child) == len(left)

"""Pairs found by what leads to the rows alone are those found with the rows at hand."""

import numpy as np
import pandas as pd
import pytest
from match_people import child, county, people

from kcbx_cli import match
from kcbx_cli.match import block
from kcbx_cli.match.keys import keys
from kcbx_cli.match.records import encode

MODEL = match.load_model()


def crowded(seed: int, count: int) -> pd.DataFrame:
    """A county with so many of one name, day and telephone that values are narrowed, and one explodes."""
    crowd = [child("王伟", 20110101, n, household="", phone="12345678") for n in range(70)]
    return people(*county(count, seed), *crowd)


def pairs_of(left: match.Records, right: match.Records) -> set[tuple[int, int]]:
    nobody = left.take(np.zeros(0, dtype=np.int64))
    names = tuple(key.name for _, key in keys(nobody, nobody) if key.name != "name_rare")
    found = block.candidates(left, right, only=names)
    assert found.blocks["key"].str.endswith("+").any()
    assert not found.blocks["used"].all()
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


@pytest.mark.parametrize("seed", [2, 3])
def test_the_leads_of_several_lists_make_the_pairs_of_the_lists_together(seed):
    left, parts = encode(crowded(seed, 90)), [crowded(seed + 10, 120), crowded(seed, 60)]
    reach = match.reach(left)
    whole = match.one_below_the_other([match.reached(match.leads(encode(part)), reach) for part in parts])
    i, j = match.led_to(left, whole)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == pairs_of(left, encode(pd.concat(parts, ignore_index=True)))
    assert len(i) > 100


def test_little_of_what_leads_nowhere_is_kept():
    left, right = encode(people(*county(20, 2))), match.leads(encode(people(*county(400, 3))))
    kept = match.reached(right, match.reach(left))
    assert sum(len(v) for _, v in kept.keys.values()) < 0.3 * sum(len(v) for _, v in right.keys.values())


def test_records_without_spare_names_are_the_same_records():
    left, right = crowded(2, 60), crowded(3, 60)
    whole, some = match.prepare(right), np.arange(0, len(right), 3)
    taken = whole.records.take(some)
    bare = taken.without_spare_names()
    assert len(bare.codes) < len(taken.codes)
    named = [np.where(r.name >= 0, r.codes.names[r.name], "") for r in (taken, bare)]
    assert named[0].tolist() == named[1].tolist() == right["name"].iloc[some].tolist()
    found = [
        match.link(
            left,
            match.Prepared(right.iloc[some].reset_index(drop=True), records, whole.household[some], len(right)),
            MODEL,
        ).links
        for records in (taken, bare)
    ]
    pd.testing.assert_frame_equal(found[0], found[1])
    assert len(found[0]) > 10


def test_a_list_without_any_name_has_no_spare_names():
    nameless = encode(people(dict(child("王伟", 20110101, 1), name="")))
    assert len(nameless.without_spare_names().codes) == 0
    assert nameless.without_spare_names().name.tolist() == [-1]

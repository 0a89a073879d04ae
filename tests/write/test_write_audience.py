from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcbx_cli.settings import Checklist
from kcbx_cli.write.audience import OUTPUTS, SWITCHED, VIEWS, mask_id, mask_phone, output, tags, view

ID = "999999201203050104"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (ID, "999999********0104"),
        ("99999920120305****", "999999" + "*" * 12),
        ("999999120305010", "999999*****5010"),
        ("H12345678", "H1*****78"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_mask_id(number, expected):
    assert mask_id(number) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("13800000001", "138****0001"),
        ("13800000001、023-59220000", "138****0001、023*****0000"),
        ("59220000", "******00"),
        ("", ""),
    ],
)
def test_mask_phone(numbers, expected):
    assert mask_phone(numbers) == expected


@given(st.text("0123456789X", min_size=8, max_size=20))
def test_masks_hide_at_least_four_characters(number):
    assert mask_id(number).count("*") >= 4
    assert mask_phone(number).count("*") >= 4 or len(number) < 11
    assert len(mask_id(number)) == len(number)


@pytest.mark.parametrize("audience", ["township", "school"])
def test_own_children_in_full_others_masked(audience):
    assert view(audience, "id", ID) == ID
    assert view(audience, "phone", "13800000001") == "13800000001"
    assert view(audience, "id", ID, own=False) == "999999********0104"
    assert view(audience, "phone", "13800000001", own=False) == "138****0001"
    assert view(audience, "groups", "低保") == ""


@pytest.mark.parametrize("what", sorted(VIEWS))
def test_nothing_is_public_and_the_county_sees_all(what):
    for own in (True, False):
        assert view("public", what, "某", own=own) == ""
        assert view("county", what, "某", own=own) == "某"


def test_every_audience_is_declared_for_everything():
    assert {frozenset(views) for views in VIEWS.values()} == {frozenset(("county", "township", "school", "public"))}


def test_tags():
    plain, shown = Checklist(), Checklist(show_disability=True, show_poverty=True)
    assert tags("county", "低保|残疾", plain) == "低保、残疾"
    assert tags("township", "低保|残疾|孤儿", plain) == ""
    assert tags("school", "低保|残疾|孤儿", Checklist(show_disability=True)) == "残疾"
    assert tags("school", "低保|残疾|孤儿", shown) == "低保、残疾"
    assert tags("public", "低保|残疾", shown) == ""


def test_what_an_audience_may_never_see_is_declared_for_no_output_of_its_own():
    for declared in OUTPUTS:
        hidden = {w for w, views in VIEWS.items() if views[declared.audience] == ("off", "off")} - set(SWITCHED)
        assert not declared.holds & hidden, declared.pattern


def test_an_output_that_is_not_declared_is_refused():
    assert output("乡镇核查表/葛城街道.xlsx").audience == "township"
    with pytest.raises(KeyError):
        output("名册.xlsx")

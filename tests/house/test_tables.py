"""Frames of a declared table: its columns and no other, and each frame its owner's alone."""

from __future__ import annotations

import pandas as pd
import pytest

from kcbx_cli.tables import PROBLEMS


def test_a_frame_without_rows_is_its_owner_s_alone():
    one = PROBLEMS.frame()
    one["more"] = []
    one.index = pd.Index([], name="row")
    pd.testing.assert_frame_equal(PROBLEMS.frame(), PROBLEMS.frame(length=1).iloc[:0])


@pytest.mark.parametrize(
    ("given", "error"), [({"school": []}, KeyError), ({"code": [], "file": ["甲.xlsx", "乙.xlsx"]}, ValueError)]
)
def test_what_is_no_table_is_refused_also_without_rows(given, error):
    with pytest.raises(error):
        PROBLEMS.frame(given)

from __future__ import annotations

import golden
import pytest

_MADE = golden.snapshots()


def test_the_folder_holds_what_is_made():
    assert sorted(_MADE) == sorted(p.name for p in golden.FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", sorted(_MADE))
def test_workbook_is_as_it_was_looked_at(name):
    assert _MADE[name] == (golden.FOLDER / name).read_text(encoding="utf-8"), (
        "look at the pages, then run: python tests/write/golden.py"
    )

from __future__ import annotations

import golden
import pytest

_LOOKED_AT = sorted(p.name for p in golden.FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def made():
    """The snapshots of what is written now."""
    return golden.snapshots()


def test_the_folder_holds_what_is_made(made):
    assert sorted(made) == _LOOKED_AT


@pytest.mark.parametrize("name", _LOOKED_AT)
def test_workbook_is_as_it_was_looked_at(made, name):
    assert made[name] == (golden.FOLDER / name).read_text(encoding="utf-8"), (
        "look at the pages, then run: python tests/write/golden.py"
    )

from __future__ import annotations

import pytest
from offices import table

from kcbx_cli.sample import County, Spec, write_county


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> County:
    """A small county in which every trap occurs."""
    return write_county(tmp_path_factory.mktemp("small") / "county", Spec(scale=0.0107, seed=11, every_trap=True))


@pytest.fixture(scope="session")
def truth(small: County) -> list[dict[str, str]]:
    return table(small.folder / "truth.csv")

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kcbx_cli.sample import County, Spec, write_county


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> County:
    """A small county in which every trap occurs."""
    return write_county(tmp_path_factory.mktemp("small") / "county", Spec(scale=0.0107, seed=11, every_trap=True))


@pytest.fixture(scope="session")
def truth(small: County) -> list[dict[str, str]]:
    return rows_of(small.folder / "truth.csv")

"""A ledger in a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kcbx_cli.ledger import Ledger, open_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kcbx-ledger.db"


@pytest.fixture
def opened(path: Path) -> Callable[..., Ledger]:
    return lambda **more: open_ledger(path, timeout=0.1, **more)

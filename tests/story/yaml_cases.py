"""Cases that are written down in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def told(path: Path) -> Any:
    """What a file says; by the parser in C where there is one: each worker reads all of them before its first test."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

"""Small files that people and programs write (settings, passwords, logs), read without trusting what lies at their path."""

from __future__ import annotations

import errno
import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

#: No settings file, password list or template is larger.
MOST = 32 << 20


def content(path: Path, most: int = MOST) -> bytes:
    """The bytes of a regular file; never waits for a pipe, never reads a device to its end.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger than `most`.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.ESPIPE, "not a regular file", str(path))
    with open(path, "rb") as file:
        read = file.read(most + 1)
    if len(read) > most:
        raise OSError(errno.EFBIG, "too large", str(path))
    return read


def from_json(text: str | bytes) -> Any:
    """The value that JSON says.

    Raises:
        ValueError: it is none, or nested deeper than anything of ours.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def from_toml(text: str) -> dict[str, Any]:
    """The tables that TOML says.

    Raises:
        tomllib.TOMLDecodeError: it is none, or nested deeper than anything of ours.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("nested too deeply") from error

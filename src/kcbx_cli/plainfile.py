"""Small files that people write (settings, passwords, templates), read without trusting what lies at their path."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

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

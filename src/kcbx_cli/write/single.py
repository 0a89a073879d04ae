"""One file that a command was asked for, outside an output folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from kcbx_cli.errors import KcbxError


def save(path: Path, content: bytes) -> None:
    """Write a new file, for the owner alone; what is there already is never replaced.

    Raises:
        KcbxError: `exists`, or it cannot be written.
    """
    try:
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
        ) as file:
            file.write(content)
    except FileExistsError as error:
        raise KcbxError(f"「{path}」已经有了,没有改动", "请换一个文件名,或先把它移走。", "exists") from error
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise KcbxError(f"「{path}」写不了:{error.strerror}", "请检查路径、权限和磁盘空间。", "not_writable") from error

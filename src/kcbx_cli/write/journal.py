"""The journal beside an output folder, and the lock that tells a live run from a killed one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.halfway import lock
from kcbx_cli.plainfile import from_json

_LIMIT = 1 << 20


def path_of(target: Path) -> Path:
    """Where the journal of an output folder lies."""
    return target.with_name(f".{target.name}.kcbx-journal")


def strays(target: Path) -> list[Path]:
    """The hidden folders beside an output folder that some run has made."""
    pattern = re.compile(rf"{re.escape('.' + target.name)}\.kcbx-(?:new|old|try|work)-[a-z0-9_]{{8}}")
    try:
        names = sorted(os.listdir(target.parent))
    except OSError:
        return []
    return [target.parent / name for name in names if pattern.fullmatch(name)]


def claim(target: Path, fresh: bool = False) -> int:
    """Open and lock the journal; `fresh` wants an empty one. The lock ends with the process, whatever ends it."""
    while True:
        journal = os.open(path_of(target), os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        if not lock(journal) or (fresh and os.fstat(journal).st_size):
            os.close(journal)
            raise _busy(target)
        if os.fstat(journal).st_nlink:
            return journal
        os.close(journal)  # its owner finished between our opening and our locking


def _busy(target: Path) -> KcbxError:
    return KcbxError(f"另一次运行正在写输出文件夹「{target.name}」", "请等它结束后再运行。", "output_busy")


def write_token(journal: int, token: dict[str, Any]) -> None:
    """Put the token into the journal, on the disk itself."""
    content = json.dumps(token, ensure_ascii=False).encode()
    while content:
        content = content[os.write(journal, content) :]
    os.fsync(journal)


def read_token(journal: int) -> dict[str, Any]:
    """The token in the journal; empty when none was written to its end: then nothing has been renamed yet."""
    os.lseek(journal, 0, os.SEEK_SET)
    try:
        token: dict[str, Any] = from_json(os.read(journal, _LIMIT))
    except ValueError:
        return {}
    return token


def close(target: Path, journal: int) -> None:
    """Everything is decided: empty the journal first, so that no later run decides again, then sweep.

    What cannot be swept now is swept by a later run.
    """
    with contextlib.suppress(OSError):
        os.ftruncate(journal, 0)
        os.fsync(journal)
    for stray in strays(target):
        shutil.rmtree(stray, ignore_errors=True)
    if os.name == "nt":  # an open file cannot be removed there
        os.close(journal)
    with contextlib.suppress(OSError):
        path_of(target).unlink(missing_ok=True)
    if os.name != "nt":
        os.close(journal)

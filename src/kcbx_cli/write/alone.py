"""One file of its own that may replace an earlier one: it appears whole or not at all, readable by its owner alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from kcbx_cli.errors import KcbxError


def check(path: Path, *, replace: bool) -> None:
    """Whether the file may be written, asked before the work begins.

    Raises:
        KcbxError: it is there already and may not be replaced, or its folder is not there.
    """
    if path.is_dir():
        raise KcbxError(f"「{path}」是文件夹,不能写成文件", "请用 --out 指明文件名。", "exists")
    if path.exists() and not replace:
        raise KcbxError(f"「{path}」已经有了,没有改动", "要替换它请加 --force,或用 --out 换个名字。", "exists")
    if not path.absolute().parent.is_dir():
        raise KcbxError(f"没有文件夹「{path.parent}」", "请先建好文件夹,或用 --out 换个地方。", "no_folder")


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write the file beside its place and move it there.

    Raises:
        KcbxError: as `check`.
        OSError: the disk is full, or the folder may not be written to; nothing is left behind.
    """
    check(path, replace=replace)
    descriptor, beside = tempfile.mkstemp(prefix=".kcbx-", dir=path.absolute().parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise

"""One file that a command was asked for, outside an output folder: it appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.halfway import put


def check(path: Path, *, replace: bool | None = None, parent: bool = True) -> None:
    """Whether the file may be written; to be asked before long work begins. Without `parent` its folder may be missing.

    `replace`: whether `--force` was given; None where the command has no such option.

    Raises:
        KcbxError: `exists` when it is there already and may not be replaced, `no_folder`.
    """
    if path.is_dir():
        raise KcbxError(f"「{path}」是文件夹,不能写成文件", "请写明文件名。", "exists")
    if path.exists() and not replace:
        instead = "" if replace is None else ";要替换它就加上 --force"
        raise KcbxError(f"「{path}」已经有了,没有改动", f"请换一个地方,或先把它移走{instead}。", "exists")
    if parent and not path.absolute().parent.is_dir():
        raise KcbxError(f"没有文件夹「{path.parent}」", "请先建好文件夹,或换个地方。", "no_folder")


def save(path: Path, content: bytes, *, replace: bool | None = None) -> None:
    """Write the file beside its place and move it there, for the owner alone.

    What is there already is never replaced unless `replace` says so.

    Raises:
        KcbxError: as `check`, or `not_writable`; nothing is left behind.
    """
    check(path, replace=replace)
    try:
        put(path, content)
    except OSError as error:
        raise KcbxError(f"「{path}」写不了:{reason(error)}", "请检查路径、权限和磁盘空间。", "not_writable") from error

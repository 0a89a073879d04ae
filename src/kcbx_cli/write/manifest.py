"""What kcbx wrote into an output folder, so that nothing else is ever replaced.

Every folder that kcbx writes holds `.kcbx.json`: each file's path with its SHA-256. run.json is named there without
one, because its timings differ from run to run and all else is the same, byte for byte.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.plainfile import from_json

#: The manifest's own name.
MANIFEST = ".kcbx.json"
#: Written by kcbx, but not compared.
_UNCOMPARED = frozenset({"run.json"})
#: Made by a file manager that merely shows the folder; nobody's work.
_DROPPINGS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
#: What Excel, WPS and LibreOffice lay beside a workbook while they have it open.
_LOCKS = ("~$", ".~")
_NAMED = 5
#: Says of a SHA-256 whether a file of that content was collected.
Collected = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a folder, by relative path: foreign files, changed ones, and lock files of office programs."""

    foreign: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()

    @property
    def untouched(self) -> bool:
        """Only what kcbx wrote, as kcbx wrote it."""
        return not (self.foreign or self.changed)


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def manifest(digests: Mapping[str, str]) -> bytes:
    """The manifest of files with these digests; the same bytes for the same files."""
    files = {path: "" if path in _UNCOMPARED else digests[path] for path in sorted(digests)}
    return (json.dumps({"schema": 1, "files": files}, ensure_ascii=False, indent=0) + "\n").encode()


def standing(folder: Path) -> str:
    """Which set of files stands in the folder: the digest of its manifest, empty when it has none."""
    try:
        return digest((folder / MANIFEST).read_bytes())
    except OSError:
        return ""


def whole(folder: Path) -> bool:
    """Whether every file that the manifest names is there."""
    return all((folder / path).is_file() for path in written_files(folder))


def survey(folder: Path, collected: Collected = lambda _: False) -> Contents:
    """What in the folder is not as kcbx wrote it. A folder that does not exist holds nothing.

    `collected` says of a SHA-256 whether a file of that content was collected: what was filled in is kept elsewhere then.
    """
    listed = written_files(folder)
    known_folders = {str(parent) for path in listed for parent in PurePosixPath(path).parents}
    foreign: list[str] = []
    changed: list[str] = []
    locks: list[str] = []
    for path, entry in _walk(folder, "", known_folders):
        if entry.name.startswith(_LOCKS):
            locks.append(path)
        elif path not in listed or entry.is_symlink() or not entry.is_file():
            foreign.append(path)
        elif listed[path] and (found := _digest_of(entry.path)) != listed[path] and not collected(found):
            changed.append(path)
    return Contents(tuple(sorted(foreign)), tuple(sorted(changed)), tuple(sorted(locks)))


def written_files(folder: Path) -> dict[str, str]:
    """What kcbx wrote there, by relative path, with the SHA-256 of each; nothing without a manifest."""
    try:
        files = from_json((folder / MANIFEST).read_bytes())["files"]
        return {str(path): str(sha) for path, sha in files.items()} | {MANIFEST: ""}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _walk(folder: Path, prefix: str, known_folders: set[str]) -> Iterable[tuple[str, os.DirEntry[str]]]:
    """Files of the folder and its known sub-folders; an unknown sub-folder is told as one entry, unopened."""
    try:
        entries = sorted(os.scandir(folder / prefix), key=lambda e: e.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = prefix + entry.name
        if path in known_folders and entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, path + "/", known_folders)
        elif entry.name.casefold() not in _DROPPINGS:
            yield path, entry


def _digest_of(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def check(out: Path, planned: Sequence[str] = (), collected: Collected = lambda _: False) -> None:
    """Refuse, before any work, a folder that must not or cannot be written. Nothing stays behind.

    Args:
        out: the output folder; it need not exist.
        planned: relative paths that will be written, where they are known already.
        collected: says of a SHA-256 whether such a file was collected; then it may be replaced.

    Raises:
        KcbxError: `output_occupied` (something that kcbx did not write, or a file changed since), `output_open`,
            `output_is_here` (the working directory is inside it), `output_not_writable`.
    """
    target = resolve(out)
    check_paths(planned)
    here = Path(os.path.realpath("."))
    if here == target or target in here.parents:
        raise KcbxError(
            "输出文件夹就是当前所在的文件夹,换入新结果时会把它整个换掉",
            "请先回到上一级文件夹,再用 --out 指定它。",
            "output_is_here",
        )
    check_untouched(target, collected)
    _check_writable(target)


def resolve(out: Path) -> Path:
    """The folder that is really meant: absolute, links followed.

    Raises:
        KcbxError: it is the root of a disk, or a file stands there.
    """
    target = Path(os.path.realpath(out))
    if not target.name:
        raise KcbxError(f"「{out}」是磁盘的根,不能作输出文件夹", "请在 --out 中指定一个文件夹。", "output_occupied")
    if target.exists() and not target.is_dir():
        raise KcbxError(f"「{out}」是一个文件,不是文件夹", "请在 --out 中另指定一个文件夹。", "output_occupied")
    return target


def check_untouched(target: Path, collected: Collected = lambda _: False) -> None:
    """Refuse a folder in which anything is not as kcbx wrote it, or is open in an office program.

    Raises:
        KcbxError: `output_open` or `output_occupied`.
    """
    found = survey(target, collected)
    if found.locks:
        raise KcbxError(
            f"输出文件夹「{target.name}」中有文件正在别处打开:{_names(found.locks)}",
            "请在 Excel、WPS 或 LibreOffice 中关闭它再运行;如果并没有人打开,请删除这个锁文件。",
            "output_open",
        )
    if found.untouched:
        return
    told = [
        f"{what}:{_names(files)}"
        for what, files in (("不是 kcbx 写的", found.foreign), ("写出后被改过", found.changed))
        if files
    ]
    raise KcbxError(
        f"输出文件夹「{target.name}」里的内容不能覆盖。{';'.join(told)}",
        "填好的核查表请先用 kcbx collect 收回;别的文件请移走,或者用 --out 指定另一个文件夹。",
        "output_occupied",
    )


def _names(files: Sequence[str]) -> str:
    shown = "、".join(f"「{name}」" for name in files[:_NAMED])
    return shown if len(files) <= _NAMED else f"{shown} 等 {len(files)} 个"


def _check_writable(target: Path) -> None:
    """Make and remove a folder where the staged one will be: the only test that permissions do not deceive."""
    parent = target.parent
    while not parent.exists():
        parent = parent.parent
    try:
        made = tempfile.mkdtemp(prefix=f".{target.name}.kcbx-try-", dir=parent)
    except OSError as error:
        raise not_written(error, parent) from error
    with contextlib.suppress(OSError):
        os.rmdir(made)


def not_written(error: OSError, folder: Path) -> KcbxError:
    """The error to show when the system refuses to write."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return KcbxError(f"磁盘已满,没有写出任何文件(文件夹「{folder}」)", "请腾出空间后再运行一次。", "disk_full")
    return KcbxError(
        f"文件夹「{folder}」不能写入:{reason(error)}",
        "请检查权限、路径长度和磁盘,或者用 --out 指定另一个文件夹。",
        "output_not_writable",
    )


def check_paths(paths: Sequence[str]) -> None:
    """Refuse paths that would leave the folder, or that one another's case makes the same.

    Raises:
        ValueError: that is a mistake in the program, not in the input.
    """
    seen: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if "\\" in path or ":" in path or any(part in ("", ".", "..") for part in parts) or path == MANIFEST:
            raise ValueError(f"not a relative path: {path}")
        if path.casefold() in seen:
            raise ValueError(f"planned twice: {path}")
        seen.add(path.casefold())

"""All files of a month appear together, or none does.

The protocol, with the case ledger's part in it (the pipeline glues the two; they never import each other):

    if token := ledger.pending():               what a killed run left
        ledger.settle(token, recover(Path(token["out"]), ledger.keeps))
    recover(out, ledger.keeps)
    check(out)                                  before any work
    ...
    with prepare(out, files) as staged, ledger.recording(plan, staged.token):
        swap(staged)

1. `prepare` writes and syncs everything beside DIR, in `.DIR.kcbx-new-…`, and then the journal.
2. `ledger.recording` stores the month's events and the token as pending, in one transaction.
3. `swap` renames DIR to `.DIR.kcbx-old-…` and `.DIR.kcbx-new-…` to DIR. The second rename decides.
4. Leaving `recording`, the pending events become history; leaving `prepare`, the old files and the journal go.
   An error before that undoes all.

The journal `.DIR.kcbx-journal` lies beside DIR for as long as this takes. It holds the token, and a lock that dies with
its process, so that a second run tells a live run from a killed one. What the next run finds there decides:

    new folder still there              the second rename has not happened: DIR is put back, the new one goes
    new folder gone, ledger has the id  complete: DIR stays, the old one goes
    new folder gone, ledger has it not  DIR is undone, unless somebody has worked in it since
    journal empty                       all was decided, only rubbish is left: it goes

Folders are 0700 and files 0600. Where the system cannot sync a folder (Windows), files alone are synced.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.write import journal as beside
from kcbx_cli.write.manifest import (
    MANIFEST,
    check,
    check_paths,
    check_untouched,
    digest,
    manifest,
    not_written,
    resolve,
    standing,
    survey,
    whole,
)

__all__ = ["Staged", "check", "commit", "discard", "finish", "prepare", "recover", "standing", "swap", "whole"]

#: Windows refuses a rename while a virus scanner looks at a file: seconds to wait before each further try.
_PAUSES: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8) if os.name == "nt" else ()
#: WinError 5 (access denied) and 32 (sharing violation): what a rename says of a folder in use.
_IN_USE = (5, 32)
_SYNCING_AT_ONCE = 8


@dataclass(slots=True)
class Staged:
    """Files that are written and synced beside their folder, ready to be swapped in.

    `token` is plain JSON: `id` (which set of files), `out`, `new`, `old` (absolute paths) and `made` (parent folders
    that did not exist). `journal` is the open, locked journal, -1 once all is decided.
    """

    token: dict[str, Any]
    journal: int

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            finish(self)
        else:
            discard(self)


def commit(out: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Replace the folder's files where no ledger is concerned: recover, check, prepare, swap, finish.

    Raises:
        KcbxError: as `check`, `prepare` and `swap`; the folder is as it was.
    """
    recover(out)
    check(out)
    with prepare(out, files) as staged:
        swap(staged)


def prepare(out: Path, files: Sequence[tuple[str, bytes]]) -> Staged:
    """Write all files, with their manifest, into a private folder beside `out`.

    Args:
        out: the output folder.
        files: relative path, its parts separated by `/`, and content.

    Raises:
        KcbxError: `disk_full`, `output_not_writable`, `output_busy` (another run is writing there, or a killed one
            has not been recovered). Nothing is left behind.
    """
    target = resolve(out)
    check_paths([path for path, _ in files])
    made: list[str] = []
    try:
        make_folders(target.parent, made)
        journal = beside.claim(target, fresh=True)
    except OSError as error:
        _remove_made(made)
        raise not_written(error, target.parent) from error
    try:
        new = tempfile.mkdtemp(prefix=f".{target.name}.kcbx-new-", dir=target.parent)
        token = {"id": _write_all(Path(new), files), "out": str(target), "new": new, "old": _old(new), "made": made}
        beside.write_token(journal, token)
    except BaseException as error:
        beside.close(target, journal)
        _remove_made(made)
        if isinstance(error, OSError):
            raise not_written(error, target.parent) from error
        raise
    return Staged(token, journal)


def swap(staged: Staged, collected: Callable[[str], bool] = lambda _: False) -> None:
    """Put the new files in the place of the old ones. After an error `discard` puts things back; `with` calls it.

    Raises:
        KcbxError: `output_occupied` or `output_open` (somebody has changed a file, see `check`, or opened it meanwhile),
            `output_not_writable`.
    """
    target, new, old = (Path(staged.token[key]) for key in ("out", "new", "old"))
    try:
        check_untouched(target, collected)
        if target.exists():
            _rename(target, old)
        _rename(new, target)
        _sync_folder(target.parent)
    except OSError as error:
        if getattr(error, "winerror", 0) in _IN_USE:
            raise KcbxError(
                f"输出文件夹「{target.name}」换不上新结果:它或其中的文件正在别处打开",
                "请关闭打开的文件和资源管理器窗口,再运行一次。",
                "output_open",
            ) from error
        raise not_written(error, target) from error


def finish(staged: Staged) -> None:
    """Remove the old files and the journal; the new ones have been swapped in and the ledger knows it."""
    if staged.journal >= 0:
        beside.close(Path(staged.token["out"]), staged.journal)
        staged.journal = -1


def discard(staged: Staged) -> None:
    """Put the folder back as it was before `prepare`.

    Raises:
        KcbxError: `output_open` when the old folder cannot be renamed back; the next run does it.
    """
    if staged.journal < 0:
        return
    try:
        _restore(staged.token)
    except OSError as error:
        os.close(staged.journal)
        staged.journal = -1
        raise KcbxError(
            f"输出文件夹「{Path(staged.token['out']).name}」换到一半被系统拒绝,旧结果暂存在旁边的隐藏文件夹里",
            "请关闭打开的文件后再运行一次,程序会先把旧结果放回原处。",
            "output_open",
        ) from error
    finish(staged)
    _remove_made(staged.token["made"])


def recover(out: Path, keeps: Callable[[str], bool] = lambda _: True) -> str:
    """Complete or undo what a killed run left beside `out`.

    Args:
        out: the output folder.
        keeps: says of an id whether the ledger has recorded those files.

    Returns:
        The id of the files that stand in `out` now, empty for none: equal to a token's `id` when its files are in.

    Raises:
        KcbxError: `output_busy` when another run is writing there now; `output_not_writable`.
    """
    target = resolve(out)
    if not (beside.path_of(target).exists() or beside.strays(target)):
        return standing(target)
    try:
        journal = beside.claim(target)
        token = beside.read_token(journal)
        if token and _is_undone(token, keeps):
            _restore(token)
        beside.close(target, journal)
        if token and not target.exists():
            _remove_made(token["made"])
    except OSError as error:
        raise not_written(error, target.parent) from error
    return standing(target)


def _is_undone(token: dict[str, Any], keeps: Callable[[str], bool]) -> bool:
    """Whether the renames of a killed run are to be taken back: see the table at the top."""
    target, new = Path(token["out"]), Path(token["new"])
    if new.exists() or not target.exists():
        return True
    return standing(target) == token["id"] and not keeps(token["id"]) and survey(target).untouched


def _restore(token: dict[str, Any]) -> None:
    """Take back the renames that were made, the last first. The new folder is rubbish afterwards."""
    target, new, old = (Path(token[key]) for key in ("out", "new", "old"))
    if not new.exists() and standing(target) == token["id"]:
        _rename(target, new)
    if old.exists() and not target.exists():
        _rename(old, target)
        _sync_folder(target.parent)


# -- writing -----------------------------------------------------------------------------------------------------


def _write_all(new: Path, files: Sequence[tuple[str, bytes]]) -> str:
    """Write and sync the files and their manifest; its digest is the id of the set."""
    listed = manifest({path: digest(content) for path, content in files})
    paths = [new / path for path, _ in files] + [new / MANIFEST]
    for path, content in zip(paths, [content for _, content in files] + [listed], strict=True):
        make_folders(path.parent, [])
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    with ThreadPoolExecutor(_SYNCING_AT_ONCE) as pool:
        list(pool.map(_sync_file, paths))
    for folder in sorted({path.parent for path in paths}):
        _sync_folder(folder)
    return digest(listed)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _rename(source: Path, destination: Path) -> None:
    for pause in (*_PAUSES, 0.0):
        try:
            os.rename(source, destination)
            return
        except PermissionError:
            if not pause:
                raise
            time.sleep(pause)


def make_folders(folder: Path, made: list[str]) -> None:
    """Make the folder and the parents that it lacks, for the owner alone; `made` grows by each."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        with contextlib.suppress(FileExistsError):  # another county's process was first
            os.mkdir(parent, 0o700)
            made.append(str(parent))


def _remove_made(made: list[str]) -> None:
    """Remove the folders again, the deepest first; one that holds something stays."""
    with contextlib.suppress(OSError):
        for parent in reversed(made):
            os.rmdir(parent)


def _old(new: str) -> str:
    head, _, tail = new.rpartition(".kcbx-new-")
    return f"{head}.kcbx-old-{tail}"

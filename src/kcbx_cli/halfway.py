"""Files on their way: written beside their place and moved there whole; what a killed run left is removed by the next.

A file that is being written is locked, and the lock ends with its process, whatever ends it: so one that was left
behind is told from one that another run is writing. Windows removes no open file, which says the same.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

#: How the names of files begin that are not whole yet.
HALF = ".kcbx-half-"


class Half:
    """A file beside its place, for the owner alone: whole, on the disk, and not yet where it goes."""

    def __init__(self, folder: Path, content: bytes = b"") -> None:
        """Write it; what killed runs left in the folder goes first.

        Raises:
            OSError: the folder cannot be written, or is full; nothing is left behind.
        """
        sweep(folder)
        self.path, self._descriptor = _new(folder)
        try:
            while content:
                content = content[os.write(self._descriptor, content) :]
            os.fsync(self._descriptor)
            if os.name == "nt":  # no open file is moved there
                self._close()
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """It is done with: moved to its place, or not wanted."""
        self._close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def put(path: Path, content: bytes) -> None:
    """The content at its place, whole or not at all; a file that is there is replaced.

    Raises:
        OSError: it cannot be written; what is there stays, and nothing is left behind.
    """
    half = Half(path.absolute().parent, content)
    try:
        os.replace(half.path, path)
    finally:
        half.drop()


def sweep(folder: Path) -> None:
    """Remove what killed runs left; what is being written now stays."""
    for left in folder.glob(f"{HALF}*"):
        with contextlib.suppress(OSError):
            if os.name == "nt":
                left.unlink()
                continue
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if lock(descriptor, unsure=False):
                    left.unlink()
            finally:
                os.close(descriptor)


def lock(descriptor: int, *, unsure: bool = True) -> bool:
    """Lock an open file; False when another process has locked it, `unsure` on a file system without locks."""
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return unsure
    return True


def _new(folder: Path) -> tuple[Path, int]:
    while True:
        descriptor, name = tempfile.mkstemp(prefix=HALF, dir=folder)
        if os.name == "nt" or (lock(descriptor) and os.fstat(descriptor).st_nlink):
            return Path(name), descriptor
        os.close(descriptor)  # another run has swept it before it was locked

"""The inbox, watched: a month is run when all of its lists are there and nobody is still copying.

What was run is known by the inputs' digests in out/MONTH/run.json, so that a restart runs nothing twice and a changed
list is run once more. A month that failed is run again when its files change, or when the watch is started anew.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.plainfile import from_json
from kcbx_cli.settings import Watch

_MONTH = re.compile(r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])")
#: What programs lay beside a file while they write it, or have it open.
_UNFINISHED = ("~$*", ".~lock*", "*.part", "*.partial", "*.crdownload", "*.tmp", "*.download", ".syncthing.*", "*.!qb")
#: Codes of runs that only say that lists are still missing.
WAITING = frozenset(("no_registry", "no_households", "no_input"))

#: Relative name, bytes, nanoseconds of the last change: for each file.
Snapshot = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Ended:
    """How the run of a month ended: exit code, status, and the error's code, message and hint, as its envelope has them."""

    month: str
    exit_code: int
    status: str
    code: str
    message: str = ""
    hint: str = ""

    @property
    def waits(self) -> bool:
        """Nothing is wrong: lists are missing as yet."""
        return self.code in WAITING


@dataclass
class _Folder:
    seen: Snapshot = ()
    since: float = 0.0
    tried: Snapshot = ()


@dataclass
class Inbox:
    """The months of an inbox as they were last seen.

    `now` is a clock that never goes back, in seconds.
    """

    inbox: Path
    out: Path
    watch: Watch
    now: Callable[[], float] = time.monotonic
    _folders: dict[str, _Folder] = field(default_factory=dict)
    _strange: set[str] = field(default_factory=set)

    def due(self) -> Iterator[str]:
        """Months whose lists are complete, have stopped growing and were not run as they are; the earliest first."""
        for folder in sorted(self.inbox.iterdir()) if self.inbox.is_dir() else ():
            if _MONTH.fullmatch(folder.name) and folder.is_dir() and self._is_due(folder):
                yield folder.name

    def strange(self) -> list[str]:
        """Folders that are no month, each told once."""
        names = [p.name for p in self.inbox.iterdir() if p.is_dir()] if self.inbox.is_dir() else []
        new = sorted(n for n in names if not (n.startswith(".") or _MONTH.fullmatch(n) or n in self._strange))
        self._strange.update(new)
        return new

    def tried(self, month: str) -> None:
        """The month was run with the files that were seen last, and is not run again until they change."""
        self._folders[month].tried = self._folders[month].seen

    def _is_due(self, folder: Path) -> bool:
        state = self._folders.setdefault(folder.name, _Folder())
        found = snapshot(folder)
        if found is None or found != state.seen:
            state.seen, state.since = found or (), self.now()
            return False
        if not found or found == state.tried or self.now() - state.since < self.watch.settle_seconds:
            return False
        if not self._complete(found):
            return False
        if self._was_run(folder):
            state.tried = found
            return False
        return True

    def _complete(self, found: Snapshot) -> bool:
        """Every kind of list that is expected has a file; without expectations the run itself tells."""
        names = [name for name, _, _ in found]
        parts = [part for name in names for part in (name, *name.split("/"))]
        return all(fnmatch.filter(parts, pattern) for pattern in self.watch.expected)

    def _was_run(self, folder: Path) -> bool:
        """Whether the standing results come from these very files."""
        try:
            told = from_json((self.out / folder.name / "run.json").read_bytes())
            before = sorted(i["sha256"] for i in told["inputs"])
            return bool(before == sorted(_digest(s.path) for s in read.find([str(folder)])))
        except (OSError, ValueError, KeyError, TypeError, KcbxError):
            return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def snapshot(folder: Path) -> Snapshot | None:
    """The files of a folder and all below it; None while one of them is being written or is open."""
    found = []
    for path in sorted(folder.rglob("*")):
        low = path.name.lower()
        if any(fnmatch.fnmatch(low, pattern) for pattern in _UNFINISHED):
            return None
        if low.startswith("."):
            continue
        try:
            about = path.lstat()
        except OSError:  # renamed under our eyes
            return None
        if not path.is_dir():
            found.append((path.relative_to(folder).as_posix(), about.st_size, about.st_mtime_ns))
    return tuple(found)


@dataclass(frozen=True)
class Watcher:
    """The loop: `run` does a month, `tell` is told what happened, `pause` waits and says whether to stop; `passed` is told
    of folders that are no month.
    """

    inbox: Inbox
    run: Callable[[str], Ended]
    tell: Callable[[Ended], None]
    pause: Callable[[float], bool]
    passed: Callable[[Sequence[str]], None]

    def once(self) -> list[Ended]:
        """Looks twice, as far apart as files must rest, and runs what is complete."""
        list(self.inbox.due())
        if self.pause(self.inbox.watch.settle_seconds):
            return []
        return self._round()

    def until_stopped(self) -> int:
        """Watches until `pause` says stop; the number of runs."""
        count = 0
        while True:
            count += len(self._round())
            if self.pause(self.inbox.watch.interval_seconds):
                return count

    def _round(self) -> list[Ended]:
        ended = []
        if strange := self.inbox.strange():
            self.passed(strange)
        for month in self.inbox.due():
            one = self.run(month)
            self.inbox.tried(month)
            ended.append(one)
            self.tell(one)
            if self.pause(0):
                break
        return ended

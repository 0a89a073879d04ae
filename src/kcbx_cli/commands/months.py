"""One month as a process of its own: what it does to memory, or to itself, is over with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcbx_cli.plainfile import from_json
from kcbx_cli.watching import WAITING, Ended


@dataclass(frozen=True)
class Months:
    """The workspace whose months are run, and with which settings."""

    workspace: Path
    config: Path | None
    password_file: Path | None

    def run(self, month: str) -> Ended:
        """Runs `kcbx reconcile` on a month and waits for its end, also when the watch is asked to stop meanwhile.

        The process is no member of the terminal's group: Ctrl-C stops the watch, never a month that is being written.
        """
        done = subprocess.run(  # noqa: S603 - this very program with paths as arguments, no shell
            self._arguments(month),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=self.workspace,
            check=False,
            **_APART,
        )
        told = _envelope(done.stdout)
        error = told.get("error") or {}
        code = str(error.get("code", ""))
        status = "waiting" if code in WAITING else str(told.get("status", "failed"))
        exit_code = done.returncode if done.returncode in (0, 1) else 2
        return Ended(month, exit_code, status, code, str(error.get("message", "")), str(error.get("hint", "")))

    def _arguments(self, month: str) -> list[str]:
        given = [sys.executable, "-m", "kcbx_cli", "reconcile", "--month", month, "--json", "--quiet"]
        for option, path in (("--config", self.config), ("--password-file", self.password_file)):
            given += [option, str(path.absolute())] if path else []
        return given


_APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if sys.platform == "win32"
    else {"start_new_session": True}
)


def _envelope(printed: bytes) -> dict[str, Any]:
    try:
        told = from_json(printed.decode("utf-8", "replace"))
    except ValueError:  # killed, or out of memory: it had no time to say anything
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[float], bool]]:
    """A pause that SIGINT and SIGTERM cut short, and that says whether they came."""
    stop = threading.Event()
    names = [n for n in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, n)]
    before = {name: signal.signal(getattr(signal, name), lambda *_: stop.set()) for name in names}
    try:
        yield stop.wait
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)

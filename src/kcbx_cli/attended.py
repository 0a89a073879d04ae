"""What a run that nobody watches leaves behind: lines in a log, and a notice to a program of the office's own.

Neither holds personal data: commands, counts, codes and the messages that are made without any (see errors.py).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from kcbx_cli import __version__
from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.result import Result
from kcbx_cli.settings import Log, Notice, Settings

#: Seconds that a notice may take.
_PATIENCE = 60
_STATUS = {0: "finished", 1: "below_quality", 2: "failed"}


class Session:
    """One command from its beginning to its end, as the log and the notice tell it."""

    def __init__(self, command: str, settings: Settings, warn: Callable[[str], None]) -> None:
        """Nothing is written before `begin`. `warn` shows the user that log or notice did not work."""
        self._command = command
        self._notice = settings.notice
        self._warn = warn
        self._started = time.monotonic()
        self._code = ""
        self._status = ""
        self._log = _logger(settings.log, self._trouble) if settings.log.file else None

    def begin(self) -> None:
        """The command starts."""
        self._write(logging.INFO, "started", pid=os.getpid(), kcbx=__version__)

    def result(self, result: Result) -> None:
        """The command has a result."""
        for warning in result.warnings:
            self._write(logging.WARNING, "warning", message=warning)
        self._write(logging.DEBUG, "result", data={k: v for k, v in result.data.items() if k in _TOLD})
        self._status = result.short_of if result.exit_code == 1 else ""
        if result.error is not None:
            self.failed(result.error)

    def failed(self, error: KcbxError, cause: BaseException | None = None) -> None:
        """The command cannot go on; of the cause only the places in the code are kept, for a text may hold a cell."""
        self._code = error.code
        frames = (
            [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(cause.__traceback__)]
            if cause
            else []
        )
        self._write(logging.ERROR, "failed", code=error.code, message=error.message, hint=error.hint, frames=frames)

    def end(self, exit_code: int) -> None:
        """The command is over: the last line of the log, then the notice."""
        seconds = round(time.monotonic() - self._started, 1)
        status = self._status or _STATUS.get(exit_code, "failed")
        self._write(logging.INFO, "ended", exit_code=exit_code, status=status, seconds=seconds)
        words = {
            "command": self._command, "status": status, "exit_code": str(exit_code), "code": self._code or "ok", "seconds": str(seconds),
        }  # fmt: skip
        if self._command.split(" ")[0] in self._notice.commands:
            told = notify(self._notice, words, failed=exit_code == 2)
            if told:
                self._trouble(told)
                self._write(logging.WARNING, "notice", message=told)
        if self._log is not None:
            for handler in self._log.handlers:
                handler.close()

    def _write(self, level: int, event: str, **told: Any) -> None:
        if self._log is not None:
            self._log.log(level, event, extra={"told": {"command": self._command, **told}})

    def _trouble(self, what: str) -> None:
        self._warn(what)


#: What of a result's data stands in the log at level debug: counts and times, nothing else.
_TOLD = frozenset(("counts", "timings", "problems", "as_of", "below_quality", "unchanged"))


def notify(notice: Notice, words: dict[str, str], *, failed: bool) -> str:
    """Runs the office's program. The words are put in its arguments, never before a shell; it is given no KCBX_ variable.

    Returns:
        What went wrong, in Chinese; empty when it ran well or none is set.
    """
    wanted = notice.failure if failed else notice.success
    if not wanted:
        return ""
    arguments = [_filled(argument, words) for argument in wanted]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is the office's own setting
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith("KCBX_")},
            timeout=_PATIENCE,
            check=False,
        )
    except OSError as error:
        return f"通知程序「{Path(arguments[0]).name}」没有运行:{reason(error)}"
    except (ValueError, subprocess.SubprocessError):
        return f"通知程序「{Path(arguments[0]).name}」没有在 {_PATIENCE} 秒内结束,已停止"
    return f"通知程序「{Path(arguments[0]).name}」返回了 {done.returncode}" if done.returncode else ""


def _filled(argument: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        argument = argument.replace("{" + name + "}", word)
    return argument


# -- the log's file ----------------------------------------------------------------------------------------------


def _logger(log: Log, trouble: Callable[[str], None]) -> logging.Logger | None:
    try:
        handler = _Handler(log)
    except OSError as error:
        trouble(f"运行日志「{log.file}」写不了:{reason(error)}")
        return None
    handler.trouble = trouble
    logger = logging.Logger("kcbx", getattr(logging, log.level.upper()))
    logger.addHandler(handler)
    return logger


class _Handler(RotatingFileHandler):
    """A rotating file for the owner alone. A full disk or a log that is held open elsewhere never ends a run."""

    trouble: Callable[[str], None] | None = None

    def __init__(self, log: Log) -> None:
        super().__init__(
            log.file, maxBytes=log.max_mb << 20, backupCount=log.keep, encoding="utf-8", errors="backslashreplace"
        )

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        return json.dumps(line, ensure_ascii=False, default=str)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        error = sys.exc_info()[1]
        if self.trouble is not None:
            self.trouble(f"运行日志写不进去:{reason(error) if isinstance(error, OSError) else '格式有误'}")
            self.trouble = None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

"""What may be printed, and where: the envelope or the summary on stdout, all else on stderr.

No personal data passes here: commands hand over counts, file names and sentences of their own. Only what is about one
child (see `on_terminal`) names it, and only to a person.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

from kcbx_cli.errors import KcbxError
from kcbx_cli.result import Result, failure
from kcbx_cli.terminal import harmless


class Listener(Protocol):
    """Who is told what a command shows: the log."""

    def result(self, result: Result) -> None:
        """A command has a result."""

    def failed(self, error: KcbxError, cause: BaseException | None = None) -> None:
        """A command did not finish."""


_listeners: list[Listener] = []


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """While this lasts, the listener is told all results and errors."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def alone() -> Iterator[None]:
    """While this lasts, libraries say nothing on the screen: their warnings quote cells of the lists."""
    shown, last = warnings.showwarning, logging.lastResort
    warnings.showwarning = lambda *_, **__: None
    logging.lastResort = None
    try:
        yield
    finally:
        warnings.showwarning, logging.lastResort = shown, last


def show(result: Result, *, as_json: bool, quiet: bool) -> None:
    """Prints a command's result: the envelope with --json, else its lines; warnings go to stderr."""
    for listener in _listeners:
        listener.result(result)
    if as_json:
        _write(sys.stdout, result.envelope())
        return
    for warning in result.warnings:
        warn(warning)
    if result.lines and not quiet:
        say("\n".join(result.lines))
    if result.error is not None:
        _say(result.error)


def prepare() -> None:
    """Output in whatever encoding the terminal has (936 on a Chinese Windows): what it lacks becomes `?`, never an error."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us, as services do
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lasts
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def fail(command: str, error: KcbxError, *, as_json: bool, cause: BaseException | None = None) -> None:
    """Prints why a run did not finish, and what to do; `cause` is for the log only."""
    for listener in _listeners:
        listener.failed(error, cause)
    if as_json:
        _write(sys.stdout, failure(command, error))
    else:
        _say(error)


def say(words: str) -> None:
    """Tells something on stdout."""
    _write(sys.stdout, harmless(words))


def warn(words: str) -> None:
    """Tells a person something beside the result."""
    _write(sys.stderr, harmless(f"注意:{words}"))


def _say(error: KcbxError) -> None:
    _write(sys.stderr, harmless(f"错误:{error.message}"))
    if error.hint:
        _write(sys.stderr, harmless(f"办法:{error.hint}"))


def on_terminal() -> bool:
    """Whether a person reads along: only then may a command that is about one child show a name."""
    return sys.stdout.isatty()


def tabulated(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as lines no wider than the terminal; columns of numbers stand right. Nothing without rows.

    No ruling lines: their characters are one column wide on some Chinese terminals and two on others.
    """
    if not rows:
        return []
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for n, header in enumerate(headers):
        number = any(row[n] for row in rows) and all(not row[n] or row[n][-1].isdigit() for row in rows)
        drawn.add_column(header, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    stream = io.StringIO()
    width = shutil.get_terminal_size((80, 24)).columns
    Console(file=stream, width=width, color_system=None, highlight=False, markup=False, legacy_windows=False).print(
        drawn
    )
    return [line.rstrip() for line in stream.getvalue().splitlines()]


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """A line that says which stage runs, on a terminal only."""
    shown = Progress(sys.stderr if sys.stderr.isatty() and not quiet else None)
    try:
        yield shown
    finally:
        shown.clear()


class Progress:
    """Tells the stage; silent when it has no terminal."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def __call__(self, stage: str) -> None:
        """Shows the stage that begins now in place of the former one."""
        if self._stream is not None:
            self._stream.write(f"\r\x1b[2K{stage}……")
            self._stream.flush()

    def clear(self) -> None:
        """Takes the line away."""
        if self._stream is not None:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def _write(stream: TextIO, line: str) -> None:
    """Writes a line; what the stream's encoding lacks becomes `?`.

    A lone surrogate (a file name that is no text) has no place in any encoding. Nobody listens any more, or the disk is
    full: nothing is written from then on, for what was done stays done, and its exit code must say so.
    """
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""What a command returns, and the one JSON envelope in which a script receives it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kcbx_cli import __version__
from kcbx_cli.errors import KcbxError
from kcbx_cli.terminal import columns

#: Version of the envelope; it grows when a key changes its meaning.
SCHEMA = 1


@dataclass(frozen=True)
class Export:
    """One file that was given out: for which audience and place, its number, rows of people and SHA-256."""

    audience: str
    place: str
    number: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Trace:
    """What the use log is told of a command: (SHA-256, rows) of its inputs, what it gave out, cases, counts.

    No personal data: a case is named by its number.
    """

    inputs: tuple[tuple[str, int], ...] = ()
    exports: tuple[Export, ...] = ()
    cases: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The outcome of a command. `lines` are for people, `data` is for scripts; neither holds personal data."""

    command: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    exit_code: int = 0
    #: the word for exit code 1
    short_of: str = "below_quality"
    #: why it is not finished (exit code 2), where there is something to show all the same
    error: KcbxError | None = None
    #: for the use log, not for the envelope
    trace: Trace = field(default_factory=Trace)

    def envelope(self) -> str:
        """The result as one line of JSON."""
        status = {0: "finished", 1: self.short_of}.get(self.exit_code, "failed")
        error = None if self.error is None else _told(self.error)
        return _dump(self.command, status, self.exit_code, data=self.data, warnings=list(self.warnings), error=error)


def padded(text: str, wide: int) -> str:
    """The text with so many spaces behind it that it is `wide` columns wide on a terminal."""
    return text + " " * (wide - columns(text))


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of columns two spaces apart, each as wide as its widest cell; a column without a cell is left out.

    Any number of rows, and as wide as they come: for lists that are read in a pager or a pipe.
    """
    whole = [header, *rows]
    wide = [max(map(columns, column)) if any(column[1:]) else -1 for column in zip(*whole, strict=True)]
    return ["  ".join(padded(t, w) for t, w in zip(row, wide, strict=True) if w >= 0).rstrip() for row in whole]


def failure(command: str, error: KcbxError) -> str:
    """The envelope of a run that did not finish."""
    return _dump(command, "failed", 2, data={}, warnings=[], error=_told(error))


def _told(error: KcbxError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _dump(command: str, status: str, exit_code: int, **rest: Any) -> str:
    envelope = {"schema": SCHEMA, "kcbx": __version__, "command": command, "status": status, "exit_code": exit_code}
    return json.dumps(envelope | rest, ensure_ascii=False, sort_keys=False)

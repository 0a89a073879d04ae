"""One file that a month will put into its output folder: where it goes and what it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that is ready to be written. `path` is relative to the output folder, its parts separated by `/`."""

    path: str
    content: bytes

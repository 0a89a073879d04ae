"""The way out of a run that nothing else can stop: say why, and leave. Nothing is half written where this is used."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from kcbx_cli.errors import KcbxError


def _plainly(error: KcbxError) -> None:
    sys.stderr.write(f"{error.message}\n{error.hint}\n")
    sys.stderr.flush()


#: Who says it: the command line puts its own in here.
_speaker: list[Callable[[KcbxError], None]] = [_plainly]


def speak_with(speaker: Callable[[KcbxError], None]) -> None:
    """From now on this says the last word (in the envelope, in the log)."""
    _speaker[0] = speaker


def leave(error: KcbxError) -> NoReturn:
    """Ends the process with exit code 2. A helper process goes silently: the one that waits for it speaks."""
    try:
        if multiprocessing.parent_process() is None:
            _speaker[0](error)
    finally:
        os._exit(2)

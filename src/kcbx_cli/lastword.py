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


#: SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX: no dialog that waits for ever, no report by Windows Error Reporting.
_NO_DIALOG, _NO_REPORT = 1, 2
#: Who says it: the command line puts its own in here.
_speaker: list[Callable[[KcbxError], None]] = [_plainly]


def speak_with(speaker: Callable[[KcbxError], None]) -> None:
    """From now on this says the last word (in the envelope, in the log)."""
    _speaker[0] = speaker


def leave_no_image() -> None:
    """Foreign code that crashes leaves no image of the memory, with the lists in it, on the disk or with the system's maker."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_NO_DIALOG | _NO_REPORT)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def leave(error: KcbxError) -> NoReturn:
    """Ends the process with exit code 2. A helper process goes silently: the one that waits for it speaks."""
    try:
        if multiprocessing.parent_process() is None:
            _speaker[0](error)
    finally:
        os._exit(2)

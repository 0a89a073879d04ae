"""Ctrl-C while several things are worked at: never lost, and heeded where nothing is half done.

Python raises KeyboardInterrupt wherever it happens to be. In a finalizer, a callback or a hook around a fork the
exception is printed and dropped, and a ledger whose month is complete swallows it, so that a run of many counties would
go on as if nobody had asked. Here it is raised as always, and remembered as well.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

#: The interrupts that came since `heeded` began.
_came: list[int] = []


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """While this lasts, `check` knows of every interrupt.

    Nothing is changed where interrupts are ignored (a program in the background), are somebody else's, or are heeded
    already.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    _came.clear()
    signal.signal(signal.SIGINT, _interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def check() -> None:
    """Raises KeyboardInterrupt when there has been an interrupt, whatever became of the exception at that time."""
    if _came:
        raise KeyboardInterrupt


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """An interrupt waits until this is over; a process that is forked meanwhile begins with interrupts held back."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where nothing is forked
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignored() -> None:
    """From now on this process, and those that it makes, are not interrupted, also not by what was held back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _interrupted(number: int, _: Any) -> None:
    _came.append(number)
    raise KeyboardInterrupt

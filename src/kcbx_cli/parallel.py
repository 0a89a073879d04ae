"""Two things at once, where the machine has a second core and can fork; the results are the same without."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

Here = TypeVar("Here")
There = TypeVar("There")


def both(here: Callable[[], Here], there: Callable[[], There], *, worth_it: bool = True) -> tuple[Here, There]:
    """The results of both: `there` runs in a forked process meanwhile, and must return something that pickles.

    Run one after the other on one core, where there is no fork, or when it is not `worth_it`. A process that dies (out
    of memory, killed) costs only time: its part is done here.

    Raises:
        Exception: whatever either of them raises; that of `here` first.
    """
    if not worth_it or sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return here(), there()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(there, receiver, sender))
    child.start()
    sender.close()
    try:
        mine = here()
        try:
            good, theirs = receiver.recv()
        except EOFError:
            return mine, there()
        if not good:
            raise theirs
        return mine, theirs
    finally:
        receiver.close()
        if child.exitcode is None:
            child.terminate()
        child.join()


def _send(there: Callable[[], object], receiver: Connection, sender: Connection) -> None:
    receiver.close()
    try:
        answer: tuple[bool, object] = (True, there())
    except Exception as error:
        answer = (False, error)
    sender.send(answer)
    sender.close()

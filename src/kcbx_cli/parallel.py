"""Two processes at one list of tasks, where the machine has a second core and can fork; the results are the same without."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

Made = TypeVar("Made")
#: So many tasks are shared out, each by its number in so many bytes: what fits into the smallest pipe at one go.
_SHARED, _NUMBER = 2048, 2


@dataclass(frozen=True, slots=True)
class _Failed:
    """In the place of a result: the task's error."""

    error: Exception


def shared_out(
    tasks: Sequence[Callable[[], Made]], *, worth_it: bool = True, begun: Callable[[int], None] = lambda _: None
) -> list[Made]:
    """The results of the tasks, in their order. A forked process takes part: whoever is free takes the next task.

    All are done here on one core, where there is no fork, or when it is not `worth_it`. A process that dies (out of
    memory, killed) costs only time: its part is done here.

    Args:
        tasks: in the order in which they are begun, the dearest first. What they return must pickle.
        worth_it: whether there is enough to do for another process.
        begun: is told the number of each task that is begun in this process.

    Raises:
        Exception: that of the first task that fails; no other is begun after a failure.
    """
    together = worth_it and len(tasks) > 1 and sys.platform == "linux" and (os.cpu_count() or 1) > 1
    done = _with_another(tasks, begun) if together else {}
    made = []
    for number, task in enumerate(tasks):
        if number not in done:
            begun(number)
        result = done[number] if number in done else task()
        if isinstance(result, _Failed):
            raise result.error
        made.append(result)
    return made


def _with_another(tasks: Sequence[Callable[[], Made]], begun: Callable[[int], None]) -> Mapping[int, Made | _Failed]:
    """What this process and another one did, by the number of the task."""
    queue, entry = os.pipe()
    os.write(entry, b"".join(n.to_bytes(_NUMBER, "little") for n in range(min(len(tasks), _SHARED))))
    os.close(entry)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(tasks, queue, (receiver, sender)))
    try:
        child.start()
        sender.close()
        mine = _done(tasks, queue, begun)
        try:
            theirs: Mapping[int, Made | _Failed] = receiver.recv()
        except EOFError:
            theirs = {}
        return {**mine, **theirs}
    finally:
        os.close(queue)
        receiver.close()
        if child.exitcode is None:
            child.terminate()
        child.join()


def _send(tasks: Sequence[Callable[[], Made]], queue: int, pipe: tuple[Connection, Connection]) -> None:
    receiver, sender = pipe
    receiver.close()
    sender.send(_done(tasks, queue, lambda _: None))
    sender.close()


def _done(tasks: Sequence[Callable[[], Made]], queue: int, begun: Callable[[int], None]) -> dict[int, Made | _Failed]:
    """What one process does: task by task until the queue is empty, which a failure makes it for both."""
    done: dict[int, Made | _Failed] = {}
    while number := os.read(queue, _NUMBER):
        at = int.from_bytes(number, "little")
        begun(at)
        try:
            done[at] = tasks[at]()
        except Exception as error:
            done[at] = _Failed(error)
            os.read(queue, _SHARED * _NUMBER)
    return done

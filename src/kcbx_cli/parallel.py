"""Several processes at one list of tasks, where the machine can fork; the results are the same without."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, TypeVar

from kcbx_cli import interrupts

Made = TypeVar("Made")
Given = TypeVar("Given")
#: So many tasks are shared out, each by its number in so many bytes: what fits into the smallest pipe at one go.
_SHARED, _NUMBER = 2048, 2
#: PR_SET_PDEATHSIG: workers whose parent was killed would wait for tasks for ever, with what they know in memory.
_PARENT_DEATH = 1
#: Whether this process is one of several already, and whether it was forked for one task (see `apart`).
_alone = _apart = False
#: What forked processes work at: the function and its items.
_known: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


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
    together = worth_it and not _alone and len(tasks) > 1 and sys.platform == "linux" and (os.cpu_count() or 1) > 1
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
        done: dict[int, Made | _Failed] = dict(_done(tasks, queue, begun))
        with contextlib.suppress(EOFError, OSError):  # the end, or the end of the process
            while True:
                number, made = receiver.recv()
                done[number] = made
        return done  # the other process has nothing left to do but to end, for which nobody need wait
    except BaseException:
        if child.exitcode is None:
            child.terminate()
        child.join()
        raise
    finally:
        os.close(queue)
        receiver.close()


def _send(tasks: Sequence[Callable[[], Made]], queue: int, pipe: tuple[Connection, Connection]) -> None:
    receiver, sender = pipe
    receiver.close()
    # Pickled as soon as it is there: at the end one process would wait for the other to do it.
    for made in [ForkingPickler.dumps(one) for one in _done(tasks, queue, lambda _: None)]:
        sender.send_bytes(made)
    sender.close()


def _done(
    tasks: Sequence[Callable[[], Made]], queue: int, begun: Callable[[int], None]
) -> Iterator[tuple[int, Made | _Failed]]:
    """What one process does: task by task until the queue is empty, which a failure makes it for both."""
    while number := os.read(queue, _NUMBER):
        at = int.from_bytes(number, "little")
        begun(at)
        made: Made | _Failed
        try:
            made = tasks[at]()
        except Exception as error:
            made = _Failed(error)
            os.read(queue, _SHARED * _NUMBER)
        yield at, made


def apart(task: Callable[[], Made]) -> Made:
    """What the task returns, made by a forked process of its own where this machine forks, so that this one stays as it is.

    For libraries whose threads do not outlive a fork (lets-plot): a copy of a process that has used one waits for ever,
    so no process that may be forked again uses one. A process that dies costs only time: its task is done here.

    Raises:
        Exception: whatever the task raises.
    """
    if _apart or sys.platform != "linux":
        return task()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send_one, args=(task, (receiver, sender)))
    try:
        child.start()
        sender.close()
        try:
            made = receiver.recv()
        except EOFError:
            made = task()
    finally:
        receiver.close()
        if child.exitcode is None:
            child.join(1)
            child.terminate()
        child.join()
    if isinstance(made, _Failed):
        raise made.error
    result: Made = made
    return result


def _send_one(task: Callable[[], Made], pipe: tuple[Connection, Connection]) -> None:
    global _apart
    _apart = True
    receiver, sender = pipe
    receiver.close()
    try:
        made: Made | _Failed = task()
    except Exception as error:
        made = _Failed(error)
    sender.send(made)
    sender.close()


def spread(
    work: Callable[[Given], Made], items: Sequence[Given], jobs: int, done: Callable[[int], None] = lambda _: None
) -> list[Made]:
    """What `work` makes of each item, in their order, by so many forked processes, none of which forks again.

    What it makes must pickle; the work and the items need not, for a fork knows them. An interrupt lets the items in
    hand be finished and begins no other, also one that Python lost (see `interrupts`). When a process dies (out of memory,
    killed) what it had not done is done here.

    Args:
        done: is told how many are done, as they are.

    Raises:
        KeyboardInterrupt: there was an interrupt.
        Exception: whatever `work` raises.
    """
    with interrupts.heeded():
        if jobs < 2 or len(items) < 2 or sys.platform != "linux":
            return [_counted(work(item), n, done) for n, item in enumerate(items, 1)]
        return _spread(work, items, jobs, done)


def _spread(
    work: Callable[[Given], Made], items: Sequence[Given], jobs: int, done: Callable[[int], None]
) -> list[Made]:
    made: dict[int, Made] = {}
    waiting: dict[Future[Made], int] = {}
    left = iter(range(len(items)))
    _known[:] = [(work, items)]
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), initializer=alone, initargs=(os.getpid(),))

    def begin() -> None:
        waiting.update({pool.submit(_known_work, n): n for n in islice(left, jobs - len(waiting))})

    try:
        with interrupts.held_back():
            begin()
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                made[waiting.pop(future)] = _counted(future.result(), len(made) + 1, done)
            begin()
    except BrokenProcessPool:
        for n in [n for n in range(len(items)) if n not in made]:
            interrupts.check()
            made[n] = _counted(work(items[n]), len(made) + 1, done)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        _known.clear()
    return [made[n] for n in range(len(items))]


def _known_work(number: int) -> Any:
    work, items = _known[0]
    return work(items[number])


def _counted(result: Made, number: int, done: Callable[[int], None]) -> Made:
    done(number)
    interrupts.check()
    return result


def alone(parent: int) -> None:
    """From now on this process works by itself and forks no more, lets nobody but its `parent` interrupt it, and does not outlive it."""
    global _alone, _apart
    _alone = _apart = True
    interrupts.ignored()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
        if os.getppid() != parent:  # it died before this process could ask to be told
            os._exit(1)

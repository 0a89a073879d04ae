"""Time and memory of reading one file, bounded also where a library cannot be interrupted.

A thread watches while the file is read. Past a limit it interrupts the reading; where that does not help within a few
seconds, because foreign code never comes back, the whole process ends with the same message (see `lastword`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
import time
from collections.abc import Iterator

from kcbx_cli import lastword
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Limits

#: Seconds between two looks, and those that an interrupted reading has to end by itself.
_LOOK, GRACE = 0.1, 5.0
_MB = 1 << 20


class Exceeded(BaseException):
    """Raised inside the reading that has gone past its limits; no `except Exception` of a library swallows it."""


@contextlib.contextmanager
def bounded(name: str, limits: Limits) -> Iterator[None]:
    """What is done inside may take so long and so much memory, counted from here.

    Raises:
        KcbxError: `too_large`, it took more.
    """
    watch = _Watch(name, limits)
    watch.start()
    try:
        yield
        watch.stop()
    except Exceeded:
        watch.stop()
        raise watch.error from None
    except BaseException:
        # what the interruption made other code raise is the interruption, not a finding about the file
        if watch.stop():
            raise watch.error from None
        raise


class _Watch(threading.Thread):
    """Looks at clock and memory until it is stopped."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__(daemon=True)
        self._file = name
        self._limits = limits
        self._reader = threading.get_ident()
        self._done = threading.Event()
        self._sent = False
        self._lock = threading.Lock()
        self._until = time.monotonic() + max(limits.seconds, 0)
        self._most = resident() + limits.memory_mb * _MB
        self.error = KcbxError("", "", "too_large")

    def run(self) -> None:
        while not self._done.wait(_LOOK):
            if time.monotonic() > self._until:
                self._interrupt(f"读了 {self._limits.seconds} 秒还没有读完", "seconds")
                return
            if resident() > self._most:
                self._interrupt(f"读的时候用了超过 {self._limits.memory_mb} MB 的内存", "memory_mb")
                return

    def _interrupt(self, what: str, setting: str) -> None:
        self.error = KcbxError(
            f"「{self._file}」{what}", f"请拆分后再试;确实需要时调高配置文件 [limits] 的 {setting}。", "too_large"
        )
        with self._lock:
            if self._done.is_set():
                return
            self._sent = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._reader), ctypes.py_object(Exceeded))
        if not self._done.wait(GRACE):
            with _real_stderr():
                lastword.leave(self.error)

    def stop(self) -> bool:
        """Ends the watch; whether it had interrupted. An interruption that is still on its way arrives in here."""
        with self._lock:
            self._done.set()
        if self._sent:
            with contextlib.suppress(Exceeded):
                for _ in range(100):
                    time.sleep(0.001)
        return self._sent


def resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not say."""
    if sys.platform == "win32":
        return _resident_windows()
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak << 10


def _resident_windows() -> int:
    """PROCESS_MEMORY_COUNTERS.WorkingSetSize, by GetProcessMemoryInfo of kernel32."""

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", ctypes.c_uint32),
            ("PageFaultCount", ctypes.c_uint32),
            *((n, ctypes.c_size_t) for n in ("PeakWorkingSetSize", "WorkingSetSize", "a", "b", "c", "d", "e", "f")),
        ]

    counters = Counters(cb=ctypes.sizeof(Counters))
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    got = kernel.K32GetProcessMemoryInfo(
        ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(counters), counters.cb
    )
    return int(counters.WorkingSetSize) if got else 0


# -- a library's own last words ----------------------------------------------------------------------------------

#: The real standard error, while `silenced` keeps foreign code from writing there.
_kept: list[int] = []


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Foreign code writes nothing to standard error: a panic inside the reading library prints its own traceback."""
    try:
        real = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    _kept.append(real)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(real, 2)
        _kept.remove(real)
        os.close(nowhere)
        os.close(real)


@contextlib.contextmanager
def _real_stderr() -> Iterator[None]:
    if _kept:
        os.dup2(_kept[0], 2)
    yield

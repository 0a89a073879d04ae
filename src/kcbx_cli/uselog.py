"""The use log: who used which lists when, and what was given out for whom. Append-only, each entry chained to the last.

It lies beside the case ledger as `….use.jsonl`, one JSON object a line. An entry holds `n` (1, 2, 3 …), `at` (UTC),
`who`, `command`, `event` (began, finished, failed), what the command told (see `result.Trace`), `prev` (the former
entry's hash) and `hash`: SHA-256 over the entry without it. Beside it `….use.head` names the newest entry, and the
case ledger keeps an anchor for each command that changed it, so that a log that was cut off, or written anew from its
first line, is found out too. No personal data: digests, counts, places, case numbers.

Basis: PIPL art. 51 and 54 (records of handling, audits of them).
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.plainfile import from_json

#: What stands before the first entry.
ORIGIN = "0" * 64
_TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its number and its hash."""

    n: int = 0
    hash: str = ORIGIN


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the log: `line` (0 for the log as a whole) and a Chinese sentence."""

    line: int
    sentence: str


def beside(ledger: Path) -> Path:
    """The use log of a case ledger."""
    return ledger.with_name(f"{ledger.name.removesuffix('.db')}.use.jsonl")


def head_of(log: Path) -> Path:
    """The file that names the newest entry of a log."""
    return log.with_suffix(".head")


def append(log: Path, entry: Mapping[str, Any]) -> Head:
    """Add an entry; it is on the disk when this returns. `entry` has no `n`, `at`, `who`, `prev` or `hash`.

    Raises:
        KcbxError: `use_log`, it cannot be written: then nothing may be shown or given out.
    """
    try:
        with _locked(log) as descriptor:
            last, torn = _tail(descriptor)
            body = {"n": last.n + 1, "at": _now(), "who": _who(), **entry}
            if torn:
                body["torn"] = hashlib.sha256(torn).hexdigest()
            line = sealed(body, last.hash)
            os.lseek(descriptor, 0, os.SEEK_END)
            _write(descriptor, (b"\n" if torn else b"") + _dump(line) + b"\n")
            head = Head(line["n"], line["hash"])
            _replace(head_of(log), _dump({"n": head.n, "hash": head.hash}) + b"\n")
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "最后一行读不懂"
        raise KcbxError(
            f"使用记录「{log.name}」写不进去:{said}。没有登记,就不显示也不写出任何个人信息",
            "请检查权限和磁盘;用 kcbx log verify 检查使用记录是否被改动。",
            "use_log",
        ) from error
    return head


def sealed(body: Mapping[str, Any], prev: str) -> dict[str, Any]:
    """The entry with the former entry's hash and its own."""
    line = {**body, "prev": prev}
    return {**line, "hash": hashlib.sha256(_dump(line)).hexdigest()}


def entries(log: Path) -> list[dict[str, Any]]:
    """The entries that can be read, in order.

    Raises:
        KcbxError: `no_use_log`.
    """
    return [entry for _, _, entry in _lines(log) if entry is not None]


def verify(log: Path, anchors: Iterable[Head] = ()) -> list[Fault]:
    """What is wrong with the log, in order of lines; nothing when every entry is there as it was written.

    Args:
        log: its file.
        anchors: entries that the case ledger remembers.

    Raises:
        KcbxError: `no_use_log`.
    """
    faults: list[Fault] = []
    known = {0: ORIGIN}
    last, torn = Head(), b""
    for number, raw, entry in _lines(log):
        if entry is None:
            if torn:
                faults.append(_unread(number - 1))
            torn = raw
            continue
        if torn and entry.get("torn") != hashlib.sha256(torn).hexdigest():
            faults.append(_unread(number - 1))
        torn = b""
        faults += _chained(number, entry, last)
        last = Head(_whole(entry.get("n")), str(entry["hash"]))
        known[last.n] = last.hash
    if torn:
        faults.append(Fault(0, "最后一行没有写完整:写入时断电,或者被截断"))
    wanted = [(anchor, "台账里留的底") for anchor in anchors]
    with contextlib.suppress(FileNotFoundError):
        wanted.append((_read_head(head_of(log)), "记在旁边的最新编号"))
    for anchor, words in wanted:
        if known.get(anchor.n) != anchor.hash:
            said = "末尾被截去" if anchor.n > last.n else "整份记录被改写过"
            faults.append(Fault(0, f"{said}:{words}是第 {anchor.n} 条,记录里没有这一条或内容不同"))
    return faults


def _chained(number: int, entry: dict[str, Any], last: Head) -> list[Fault]:
    """What is wrong with one entry after the former one."""
    body = {key: value for key, value in entry.items() if key not in ("hash", "prev")}
    if sealed(body, str(entry.get("prev", "")))["hash"] != entry["hash"]:
        return [Fault(number, f"第 {number} 行被改动过")]
    if entry["prev"] != last.hash or entry.get("n") != last.n + 1:
        return [
            Fault(
                number,
                f"第 {number} 行不接在上一行后面(上一条是第 {last.n} 条,这一条是第 {entry.get('n')} 条):"
                "之前有几行被删去、插入或换了次序",
            )
        ]
    return []


def _unread(number: int) -> Fault:
    return Fault(number, f"第 {number} 行读不懂:被改动或损坏")


def _lines(log: Path) -> Iterator[tuple[int, bytes, dict[str, Any] | None]]:
    """Number, bytes and entry of each line; no entry where it cannot be read."""
    try:
        content = log.read_bytes()
    except OSError as error:
        raise KcbxError(f"没有使用记录「{log}」", "请用 --ledger 指明台账;使用记录在它旁边。", "no_use_log") from error
    for number, raw in enumerate(content.splitlines(), start=1):
        try:
            entry = from_json(raw)
        except ValueError:
            entry = None
        yield number, raw, entry if isinstance(entry, dict) and isinstance(entry.get("hash"), str) else None


def _tail(descriptor: int) -> tuple[Head, bytes]:
    """The newest whole entry, and what stands behind it of one that was not written to its end."""
    end = start = os.fstat(descriptor).st_size
    tail = b""
    while start:
        size = min(_TAIL, start)
        start -= size
        os.lseek(descriptor, start, os.SEEK_SET)
        tail = os.read(descriptor, size) + tail
        if tail.rstrip(b"\n").count(b"\n") > 1:
            break
    whole, _, torn = tail.rpartition(b"\n") if end else (b"", b"", b"")
    if not whole:
        return Head(), torn
    entry = from_json(whole.splitlines()[-1])
    return Head(_whole(entry["n"]), str(entry["hash"])), torn


def _read_head(path: Path) -> Head:
    try:
        said = from_json(path.read_bytes())
        return Head(_whole(said["n"]), str(said["hash"]))
    except (ValueError, KeyError, TypeError):
        return Head(-1, "")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else -1


@contextlib.contextmanager
def _locked(log: Path) -> Iterator[int]:
    """The log, opened for reading and appending, for the owner alone; other processes wait."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    descriptor = os.open(log, flags, 0o600)
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _write(descriptor, content)
    finally:
        os.close(descriptor)
    os.replace(beside, path)


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _who() -> str:
    """The account and the machine that the command ran on."""
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (OSError, KeyError, ImportError):
        return f"?@{platform.node()}"

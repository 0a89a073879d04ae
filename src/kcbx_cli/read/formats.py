"""Opening a file of any format: from bytes to its sheets, within the limits."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kcbx_cli.errors import KcbxError
from kcbx_cli.problems import Problem
from kcbx_cli.read import plain, sniff, workbook
from kcbx_cli.read.archive import Package
from kcbx_cli.read.grid import Grid
from kcbx_cli.read.report import Source
from kcbx_cli.settings import Limits


@dataclass(frozen=True)
class Opened:
    """A file's format and sheets; `raw` is the package for a second look at cells, where there is one."""

    kind: str
    grids: Sequence[Grid]
    raw: Package | None = None
    problems: list[Problem] = field(default_factory=list)


def open_file(source: Source, limits: Limits, passwords: Sequence[str], known: Collection[str]) -> Opened:
    """The sheets of a file.

    Raises:
        KcbxError: it cannot be read, is protected, or would cost more than the limits.
    """
    data = _bytes(source, limits)
    kind = sniff.kind(data, source.name)
    if kind == "encrypted":
        raise KcbxError(f"「{source.name}」有密码", "", "password")
    if kind == "text":
        rows = plain.read(data, source.name, known)
        return Opened(kind, [rows])
    package = Package(data, source.name, limits) if kind == "xlsx" else None
    if package:
        package.check()
    book = workbook.open_book(data)
    return Opened(kind, list(workbook.grids(book)), package)


def _bytes(source: Source, limits: Limits) -> bytes:
    if source.size > limits.memory_mb << 20:
        raise KcbxError(
            f"「{source.name}」有 {source.size >> 20} MB,超过了上限 {limits.memory_mb} MB",
            "请拆分后再试;确实需要时调高配置文件 [limits] 的 memory_mb。",
            "too_large",
        )
    try:
        with source.path.open("rb") as file:
            data = file.read(source.size + 1)
    except OSError as error:
        raise KcbxError(
            f"「{source.name}」打不开:{error.strerror or '读取出错'}",
            "请检查权限,并关闭正在使用它的程序。",
            "unreadable_file",
        ) from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise KcbxError(f"「{source.name}」在读取时被改动了", "请关闭正在编辑它的程序后再运行。", "unreadable_file")
    return data

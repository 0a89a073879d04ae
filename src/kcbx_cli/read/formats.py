"""Opening a file of any format: from bytes to its sheets, within the limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from python_calamine import CalamineWorkbook, PasswordError

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.problems import Problem
from kcbx_cli.read import biff, markup, plain, secret, sniff, workbook
from kcbx_cli.read.archive import Package
from kcbx_cli.read.grid import Grid
from kcbx_cli.read.report import Source
from kcbx_cli.settings import Limits


@dataclass(frozen=True)
class Opened:
    """A file's format and sheets; `raw` is the package for a second look at cells, where there is one, and `password`
    what opened it, empty where nothing had to.
    """

    kind: str
    grids: Sequence[Grid]
    raw: Package | None = None
    problems: list[Problem] = field(default_factory=list)
    password: str = ""


def open_file(source: Source, limits: Limits, passwords: Sequence[str], known: Collection[str]) -> Opened:
    """The sheets of a file.

    Args:
        source: the file.
        limits: what it may cost.
        passwords: to try when it is protected.
        known: words of headers, by which the separator of a text table is told.

    Raises:
        KcbxError: it cannot be read, is protected, or would cost more than the limits.
    """
    if _starts_like_parquet(source):
        from kcbx_cli.read.parquet import ParquetGrid

        return Opened("parquet", [ParquetGrid(source.path, source.name, limits)])
    data = _bytes(source, limits)
    if sniff.kind(data, source.name) == "encrypted":
        data, password = secret.opened(data, source.name, passwords)
        return replace(_sheets(data, source, limits, (), known), password=password)
    return _sheets(data, source, limits, passwords, known)


def _sheets(data: bytes, source: Source, limits: Limits, passwords: Sequence[str], known: Collection[str]) -> Opened:
    """The sheets of a file that is no encrypted package; one inside another is nobody's work."""
    kind = sniff.kind(data, source.name)
    if kind == "encrypted":
        raise KcbxError(f"「{source.name}」加了两重密码,解不开", "请用 Excel 或 WPS 打开,去掉密码后另存。", "password")
    if kind == "text":
        rows, problems = plain.read(data, source.name, known)
        return Opened(kind, [rows], problems=problems)
    if kind == "html":
        return Opened(kind, markup.html(data, source.name))
    if kind == "spreadsheetml":
        return Opened(kind, markup.spreadsheetml(data, source.name))
    if kind == "xls":
        return _binary(data, source.name, passwords)
    return _zipped(kind, data, source.name, limits)


def _zipped(kind: str, data: bytes, name: str, limits: Limits) -> Opened:
    """A zipped workbook. It is checked in a thread of its own while the library, which needs no lock, reads the texts."""
    package = Package(data, name, limits)
    package.check()
    scans: dict[str, Callable[[], None]] = {
        "xlsx": package.scan_sheets, "xlsb": package.scan_records, "ods": package.scan_repeats,
    }  # fmt: skip
    scan = scans[kind]
    if kind != "xlsx":
        scan()
        return Opened(kind, workbook.grids(workbook.open_book(data, name), name))
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(scan)
        book = _book(data, name)
        checked.result()
    return Opened(kind, workbook.grids(book, name), package)


def _book(data: bytes, name: str) -> CalamineWorkbook:
    try:
        return workbook.open_book(data, name)
    except PasswordError as error:
        raise KcbxError(f"「{name}」有密码,解不开", "请去掉密码后另存。", "password") from error


def _binary(data: bytes, name: str, passwords: Sequence[str]) -> Opened:
    """A workbook of 1997 to 2003. Only the library itself tells whether it needs a password."""
    biff.check(data, name)
    try:
        book = workbook.open_book(data, name)
    except PasswordError:
        plain_data, password = secret.opened(data, name, passwords)
        biff.check(plain_data, name)
        return Opened("xls", workbook.grids(_book(plain_data, name), name), password=password)
    return Opened("xls", workbook.grids(book, name))


def _starts_like_parquet(source: Source) -> bool:
    try:
        with source.path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError as error:
        raise _unopened(source, error) from error


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
        raise _unopened(source, error) from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise KcbxError(f"「{source.name}」在读取时被改动了", "请关闭正在编辑它的程序后再运行。", "unreadable_file")
    return data


def _unopened(source: Source, error: OSError) -> KcbxError:
    return KcbxError(
        f"「{source.name}」打不开:{reason(error)}", "请检查权限,并关闭正在使用它的程序。", "unreadable_file"
    )

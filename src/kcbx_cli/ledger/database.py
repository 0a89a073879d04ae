"""The ledger's file: opened, locked, migrated; what SQLite reports said in words that help."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import cipher

#: "kcbx" in ASCII: marks the file as ours.
APPLICATION = 0x6B636278
_SETUP = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


def now() -> str:
    """The wall clock, for columns that no output is made from."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk and other runs do to a ledger into a KcbxError; mistakes in SQL stay what they are.

    Raises:
        KcbxError: `ledger_locked`, `disk_full`, `ledger_not_writable`, `not_a_ledger`, `ledger_damaged`.
    """
    try:
        yield
    except Exception as error:
        if not is_a(error, "DatabaseError"):
            raise
        explained = _explained(getattr(error, "sqlite_errorcode", 0) & 0xFF, str(error), path)
        if explained is None:
            raise
        raise explained from error


def is_a(error: Exception, name: str) -> bool:
    """Whether this is a database's error of that name: SQLite and SQLCipher raise different classes of one name."""
    return any(kind.__name__ == name for kind in type(error).__mro__)


def _explained(code: int, said: str, path: Path) -> KcbxError | None:
    name = path.name
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return KcbxError(f"台账「{name}」正被另一次运行使用", "请等它结束后再运行。", "ledger_locked")
    if code == sqlite3.SQLITE_FULL:
        return KcbxError(f"磁盘已满,台账「{name}」写不进去", "请腾出空间后再运行一次。", "disk_full")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return KcbxError(
            f"台账「{name}」不能读写:{said}",
            "请检查路径、权限和磁盘,或者用 --ledger 指定另一个位置。",
            "ledger_not_writable",
        )
    if code == sqlite3.SQLITE_NOTADB:
        return _foreign(path)
    if code == sqlite3.SQLITE_CORRUPT:
        return KcbxError(f"台账「{name}」已损坏", "请用备份恢复,不要在损坏的台账上继续工作。", "ledger_damaged")
    return None


def _foreign(path: Path) -> KcbxError:
    return KcbxError(
        f"「{path.name}」不是 kcbx 的台账,或者是加密的台账而没有给出密码",
        "请在 --ledger 中指定 kcbx 建立的台账文件,或者一个新的文件名;加密的台账在 security.ledger_key 里写明密码文件。",
        "not_a_ledger",
    )


def in_memory() -> sqlite3.Connection:
    """An empty ledger that lives nowhere: what a ledger holds before its file exists."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    set_up(connection)
    migrate(connection)
    return connection


def set_up(connection: sqlite3.Connection) -> None:
    """Safe on shared drives (no WAL), safe against power cuts, nothing readable left of what was deleted."""
    for pragma in _SETUP:
        connection.execute(pragma).fetchall()


def open_file(path: Path, timeout: float) -> sqlite3.Connection:
    """The file, opened; made empty, for the owner alone, where there is none. Whose it is has not been looked at yet.

    Raises:
        KcbxError: see `told`.
    """
    with told(path):
        with contextlib.suppress(FileExistsError, PermissionError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        return cipher.connect(path, timeout)


def lock(connection: sqlite3.Connection) -> None:
    """Keep all others out until the connection is closed, and remove the journal that a killed run left."""
    for statement in (
        "PRAGMA journal_mode = PERSIST",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA locking_mode = EXCLUSIVE",
        "BEGIN EXCLUSIVE",
        "COMMIT",
    ):
        connection.execute(statement).fetchall()


def is_empty(connection: sqlite3.Connection) -> bool:
    """Nothing was ever written into this file."""
    marked = _number(connection, "PRAGMA application_id") or _number(connection, "PRAGMA user_version")
    return not marked and _number(connection, "SELECT COUNT(*) FROM sqlite_master") == 0


def check_is_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no ledger, or one of a later version of kcbx.

    Raises:
        KcbxError: `not_a_ledger`, `ledger_newer`.
    """
    with told(path):
        if _number(connection, "PRAGMA application_id") != APPLICATION:
            raise _foreign(path)
        if _number(connection, "PRAGMA user_version") > len(_migrations()):
            raise KcbxError(
                f"台账「{path.name}」是更新版本的 kcbx 写的,这个版本读不了", "请升级 kcbx。", "ledger_newer"
            )


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that the ledger has not had, in one transaction or in the one that is under way."""
    done = _number(connection, "PRAGMA user_version")
    missing = _migrations()[done:]
    if not missing:
        return
    with transaction(connection):
        for number, (name, script) in enumerate(missing, done + 1):
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (number, name, now()))
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute(f"PRAGMA application_id = {APPLICATION:d}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; inside another one, a part of that."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _migrations() -> list[tuple[str, str]]:
    """Names and scripts, in the order of their numbers, which begin with 0001 and have no gap."""
    folder = resources.files("kcbx_cli.ledger") / "migrations"
    found = sorted(
        (item for item in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", item.name)), key=lambda i: i.name
    )
    return [(item.name, item.read_text("utf-8")) for item in found]


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])

"""The ledger's file behind a password (SQLCipher, AES-256): opened, and converted from plain and back.

The extra `cipher` is imported only where a key was named or a ledger is encrypted. The journal of a transaction is
encrypted like the file; temporary tables are in memory.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.halfway import Half
from kcbx_cli.passwords import LEDGER_KEYS

_PLAIN = b"SQLite format 3\x00"


def is_plain(path: Path) -> bool:
    """Whether a database that is not encrypted stands in the file."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(_PLAIN)) == _PLAIN
    return False


def connect(path: Path, timeout: float) -> sqlite3.Connection:
    """The file, opened with the key that the process knows for it; plain where it is plain, or new without a key.

    Raises:
        KcbxError: `ledger_key` (the key is wrong), `no_cipher` (the extra is not installed).
    """
    key = "" if is_plain(path) else LEDGER_KEYS.get()(path)
    return _encrypted(path, key, timeout) if key else sqlite3.connect(path, timeout=timeout, isolation_level=None)


def convert(path: Path, key: str, *, timeout: float = 20.0) -> None:
    """Encrypt the ledger with this key, or with another one than before; an empty key makes it plain.

    The new file is made beside it, checked, and put in its place; the old one is overwritten.

    Raises:
        KcbxError: `ledger_key`, `no_cipher`, `ledger_locked`, `ledger_not_writable`; the ledger is as it was.
    """
    from kcbx_cli.ledger import database

    with database.told(path):
        old = "" if is_plain(path) else LEDGER_KEYS.get()(path)
        source = _encrypted(path, old, timeout)
        half = Half(path.absolute().parent)
        try:
            database.check_is_ours(source, path)
            database.lock(source)
            _export(source, str(half.path), key)
            source.close()
            _check(half.path, key, timeout)
            _replace(half.path, path)
        finally:
            source.close()
            half.drop()


def _encrypted(path: Path, key: str, timeout: float) -> Any:
    """The file, opened by SQLCipher; an empty key opens a plain one.

    Raises:
        KcbxError: `ledger_key`, `no_cipher`.
    """
    try:
        import sqlcipher3
    except ImportError as error:
        raise KcbxError(
            f"台账「{path.name}」要加密或已加密,但没有安装加密组件", "请安装 kcbx-cli[cipher]。", "no_cipher"
        ) from error
    connection = sqlcipher3.connect(path, timeout=timeout, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        if key:
            connection.execute(f"PRAGMA key = {_quoted(key)}").fetchall()
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
    except sqlcipher3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_NOTADB:
            raise
        raise KcbxError(
            f"台账「{path.name}」的密码不对" if key else f"台账「{path.name}」是加密的,没有给出密码",
            "请核对 security.ledger_key 或 KCBX_LEDGER_KEY_FILE 指明的密码文件;密码丢失就无法恢复,只能用备份。",
            "ledger_key",
        ) from error
    return connection


def _export(source: Any, target: str, key: str) -> None:
    """All tables, triggers and marks of the source into a new file."""
    source.execute(f"ATTACH DATABASE ? AS target KEY {_quoted(key)}", (target,))
    source.execute("SELECT sqlcipher_export('target')").fetchall()
    for pragma in ("application_id", "user_version"):
        value = int(source.execute(f"PRAGMA main.{pragma}").fetchone()[0])
        source.execute(f"PRAGMA target.{pragma} = {value:d}")
    source.execute("DETACH DATABASE target")


def _check(half: Path, key: str, timeout: float) -> None:
    """The new file opens with its key, is sound, and is encrypted if it should be."""
    made = _encrypted(half, key, timeout)
    try:
        sound = [row[0] for row in made.execute("PRAGMA integrity_check")] == ["ok"]
    finally:
        made.close()
    if not sound or is_plain(half) == bool(key):
        raise KcbxError("转换后的台账没有通过检查,原来的台账没有动", "请先用备份核对台账是否完好。", "ledger_damaged")


def _replace(half: Path, path: Path) -> None:
    """The new file in the place of the old one, whose bytes are overwritten where the system lets us keep it open."""
    descriptor = os.open(half, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    if os.name == "nt":
        os.replace(half, path)
        return
    with path.open("r+b") as old:
        size = os.fstat(old.fileno()).st_size
        os.replace(half, path)
        for _ in range(0, size, 1 << 20):
            old.write(b"\0" * (1 << 20))
        old.flush()
        os.fsync(old.fileno())


def _quoted(key: str) -> str:
    """The key as SQLCipher wants it: a text literal, since PRAGMA takes no parameters."""
    return "'" + key.replace("'", "''") + "'"

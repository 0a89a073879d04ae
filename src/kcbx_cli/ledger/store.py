"""A ledger's connection: it lives in memory until something is written, and all writing is in transactions."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.ledger import database


class Store:
    """An open ledger's file; see `book.Ledger`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, timeout: float) -> None:
        self.path = path
        self._connection = connection
        self._timeout = timeout
        self._on_disk = connection.execute("PRAGMA database_list").fetchone()[2] != ""
        self._made_here = False
        #: the ledger as it was last looked at for a month (yyyymm) that is run again, until something is written
        self._seen: tuple[int, sqlite3.Connection] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file free."""
        self._connection.close()

    def image(self) -> bytes:
        """The file as it stands between two transactions, encrypted where it is; the last thing to ask of a ledger.

        While a reading transaction is open nobody else can write into the file, so its bytes are of one moment. Closing
        the file that was read gives up this process's lock on it, which is why nothing is to be asked afterwards.
        """
        with database.told(self.path):
            self._connection.execute("BEGIN")
            try:
                self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
                return self.path.read_bytes() if self._on_disk else b""
            except OSError as error:
                raise KcbxError(
                    f"台账「{self.path.name}」读不了:{reason(error)}", "请检查权限和磁盘。", "ledger_not_writable"
                ) from error
            finally:
                self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._seen = None
        with database.told(self.path):
            if not self._on_disk:
                self._make_file()
            try:
                with database.transaction(self._connection):
                    database.migrate(self._connection)
                    yield
            except BaseException:
                if self._made_here and database.is_empty(self._connection):
                    self._remove_file()
                raise

    def _refuse_pending(self) -> None:
        if self._connection.execute("SELECT 1 FROM pending").fetchone():
            raise KcbxError("台账里有一次没有收尾的运行", "请再运行一次,程序会先完成或撤销它。", "ledger_busy")

    def _make_file(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise KcbxError(
                f"放台账的文件夹「{self.path.parent}」建不了:{reason(error)}",
                "请检查路径和权限。",
                "ledger_not_writable",
            ) from error
        connection = database.open_file(self.path, self._timeout)
        try:
            database.lock(connection)
            if not database.is_empty(connection):
                raise KcbxError(f"台账「{self.path.name}」刚被另一次运行建立", "请再运行一次。", "ledger_locked")
            database.set_up(connection)
        except BaseException:
            connection.close()
            raise
        self._connection.close()
        self._connection, self._on_disk, self._made_here = connection, True, True

    def _remove_file(self) -> None:
        self._connection.close()
        self.path.unlink(missing_ok=True)
        self._connection, self._on_disk, self._made_here = database.in_memory(), False, False

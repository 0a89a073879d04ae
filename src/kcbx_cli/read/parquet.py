"""Parquet: for lists too large for a workbook. The header counts as row 1, so the first record is row 2."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.grid import HEAD, Cells, Range, Row, array
from kcbx_cli.settings import Limits

#: Column types whose values are taken as they are; all others become text.
_AS_THEY_ARE = frozenset(
    ("VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DATE")
)  # fmt: skip
_CELL = 8
#: No extension comes from the network, and no file stays in memory once it is read. One thread: counties are read side by
#: side, and more of them gain a county nothing.
_ALONE = {
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "enable_external_file_cache": "false", "threads": "1",
}  # fmt: skip


class ParquetGrid:
    """One file; columns are fetched when they are wanted."""

    name = ""
    hidden = ""
    merged: Sequence[Range] = ()

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self._file = name
        self._limits = limits
        # A path is a pattern to DuckDB; brackets make its letters mean themselves.
        self._path = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
        described = self._query("DESCRIBE SELECT * FROM read_parquet(?)")
        self._names: list[str] = described["column_name"].tolist()
        self._types: list[str] = described["column_type"].tolist()
        self._length = int(self._query("SELECT count(*) AS rows FROM read_parquet(?)")["rows"][0])

    def head(self) -> list[Row]:
        """The header and the first records."""
        if not hasattr(self, "_head"):
            columns = self._fetch(range(len(self._names)), f"LIMIT {HEAD - 1}")
            self._head: list[Row] = [list(self._names), *map(list, zip(*columns, strict=True))]
        return self._head

    def columns(self, wanted: Sequence[int]) -> list[Cells]:
        """The wanted columns, each under its header."""
        most = (self._limits.memory_mb << 20) // _CELL
        if self._length * len(wanted) > most:
            raise KcbxError(
                f"「{self._file}」有 {self._length} 行,读入会超过内存上限",
                "请拆分,或调高配置文件 [limits] 的 memory_mb。",
                "too_large",
            )
        columns = self._fetch(wanted, "")
        return [np.concatenate([array([self._names[c]]), cells]) for c, cells in zip(wanted, columns, strict=True)]

    def numbers(self) -> NDArray[np.int64] | None:
        """Rows are numbered from 1, the header being the first."""
        return None

    def release(self) -> None:
        """Lets go of the first records; the file is open only while it is read."""
        self.__dict__.pop("_head", None)

    def _fetch(self, wanted: Sequence[int], limit: str) -> list[Cells]:
        if not wanted:
            return []
        listed = ", ".join(_expression(self._names[c], self._types[c], i) for i, c in enumerate(wanted))
        # Names are quoted, the limit is a constant; the path is a parameter.
        found = self._query(f"SELECT {listed} FROM read_parquet(?) {limit}")  # noqa: S608
        return [_cells(found[f"c{i}"], self._types[c]) for i, c in enumerate(wanted)]

    def _query(self, statement: str) -> dict[str, Any]:
        """The columns of the answer, by name."""
        import duckdb

        try:
            found: dict[str, Any] = _database(os.getpid()).execute(statement, [self._path]).fetchnumpy()
        except duckdb.Error as error:
            _database.cache_clear()  # after some errors DuckDB refuses everything else
            raise KcbxError(
                f"「{self._file}」是 Parquet,但不完整或已损坏", "请重新导出这个文件。", "unreadable_file"
            ) from error
        return found


@lru_cache(maxsize=1)
def _database(process: int) -> Any:
    """DuckDB, set up once a process: that takes longer than to read a small file. A forked process has its own."""
    import duckdb

    return duckdb.connect(config=dict(_ALONE))


def _expression(name: str, kind: str, number: int) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f"{quoted} AS c{number}" if kind in _AS_THEY_ARE else f"CAST({quoted} AS VARCHAR) AS c{number}"


def _cells(values: Any, kind: str) -> Cells:
    """The values as cells, `""` where there is none."""
    missing = np.ma.getmaskarray(values)
    plain = np.ma.getdata(values)
    if kind == "VARCHAR":
        cells: Cells = plain
    else:
        missing |= plain != plain
        cells = array((plain.astype("datetime64[D]") if kind == "DATE" else plain).tolist())
    cells[missing] = ""
    return cells

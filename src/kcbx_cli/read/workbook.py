"""Workbooks through calamine, opened by content; rows and columns stay where the file has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.grid import HEAD, Cells, Range, Row, array
from kcbx_cli.read.guard import silenced

_HIDDEN = ((SheetVisibleEnum.Hidden, "hidden"), (SheetVisibleEnum.VeryHidden, "very hidden"))


@contextmanager
def told(file: str) -> Iterator[None]:
    """Errors of the reading library as errors that say what to do. A panic of its Rust code is an error like another."""
    try:
        with silenced():
            yield
    except (KcbxError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError:
        raise
    except BaseException as error:
        if isinstance(error, (CalamineError, Exception)) or type(error).__name__ == "PanicException":
            raise KcbxError(
                f"「{file}」不完整或已损坏,打不开",
                "请用 Excel 或 WPS 打开后另存为 .xlsx,或重新导出。",
                "unreadable_file",
            ) from error
        raise


class CalamineGrid:
    """One sheet of a workbook, parsed when it is first looked at."""

    def __init__(self, book: CalamineWorkbook, file: str, name: str, hidden: str) -> None:
        self._book = book
        self._file = file
        self.name = name
        self.hidden = hidden

    @cached_property
    def _sheet(self) -> CalamineSheet:
        with told(self._file):
            return self._book.get_sheet_by_name(self.name)

    @cached_property
    def merged(self) -> Sequence[Range]:
        """Merged cells, where the format tells."""
        with told(self._file):
            return self._sheet.merged_cell_ranges or []

    @cached_property
    def _head(self) -> list[Row]:
        if self._sheet.start is None:
            return []
        left: Row = [""] * self._sheet.start[1]
        with told(self._file):
            return [left + row for row in islice(self._sheet.iter_rows(), HEAD)]

    def head(self) -> list[Row]:
        """The first rows."""
        return self._head

    def columns(self, wanted: Sequence[int]) -> list[Cells]:
        """The whole of the wanted columns. Rows pass one by one, so that the other cells never pile up in memory."""
        start, end = self._sheet.start, self._sheet.end
        if start is None or end is None:
            return [array([]) for _ in wanted]
        places = [c - start[1] for c in wanted if start[1] <= c <= end[1]]
        picked = iter(self._picked(places))
        return [next(picked) if start[1] <= c <= end[1] else array([""] * (end[0] + 1)) for c in wanted]

    def _picked(self, places: list[int]) -> list[Cells]:
        if not places:
            return []
        pick: Callable[[Row], Any] = itemgetter(*places)
        left = self._sheet.start[1] if self._sheet.start else 0
        with told(self._file):
            if len(self._head) < HEAD:  # they are the whole sheet
                rows = [pick(row[left:]) for row in self._head]
            else:
                rows = [pick(row) for row in self._sheet.iter_rows()]
        return [_stored(rows)] if len(places) == 1 else [_stored(column) for column in zip(*rows, strict=True)]

    def numbers(self) -> NDArray[np.int64] | None:
        """Rows are numbered from 1 without gaps."""
        return None

    def release(self) -> None:
        """Lets go of the cells, which the library keeps apart from those that were taken."""
        self.__dict__.pop("_sheet", None)


def _stored(column: Sequence[Any]) -> Cells:
    """The cells of a column; lengths of time, which are nobody's date, become text."""
    if any(issubclass(t, timedelta) for t in set(map(type, column))):
        column = [str(v) if isinstance(v, timedelta) else v for v in column]
    return array(column)


def open_book(data: bytes, file: str) -> CalamineWorkbook:
    """The workbook.

    Raises:
        PasswordError: it is protected by a password.
        KcbxError: it cannot be read.
    """
    with told(file):
        return CalamineWorkbook.from_filelike(BytesIO(data))


def grids(book: CalamineWorkbook, file: str) -> list[CalamineGrid]:
    """The worksheets, charts and macro sheets left out."""
    kept: list[Any] = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    return [CalamineGrid(book, file, m.name, _hidden(m)) for m in kept]


def _hidden(sheet: Any) -> str:
    return next((word for state, word in _HIDDEN if sheet.visible == state), "")

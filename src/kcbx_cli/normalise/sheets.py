"""The sheets of one kind of list, cleaned one after the other and put into one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from kcbx_cli.normalise.columns import Raw
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.tables import PROBLEMS, RawTable, Table


class Sheet(NamedTuple):
    """One sheet as it stands, its columns, and what is found to be wrong with them."""

    table: RawTable
    raw: Raw
    reports: Reports


def cleaned(
    sheets: Sequence[RawTable], into: Table, columns: Callable[[Sheet], dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of the sheets, one sheet below the other, and what is wrong with them as PROBLEMS.

    Each sheet is cleaned by itself. One table is made of them all: for the sheets of many classes, tables of their own
    would cost as much as the cleaning.

    Args:
        sheets: as they stand.
        into: the table.
        columns: the columns of `into` for one sheet, with a value for each raw row; it reports what is wrong.
    """
    parts, wrong = [], []
    for table in sheets:
        raw = Raw(table)
        sheet = Sheet(table, raw, Reports(table, raw))
        parts.append(columns(sheet))
        wrong.append(sheet.reports.columns())
    return into.below(parts), PROBLEMS.below(wrong)

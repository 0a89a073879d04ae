"""What is wrong with the rows of one sheet, gathered while its columns are cleaned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kcbx_cli.normalise.columns import Cells, Flags, Raw
from kcbx_cli.tables import PROBLEMS, RawTable

#: A trouble of so many rows, and of so large a share of those that could have it, is the column's and told once.
WHOLE_ROWS, WHOLE_SHARE = 20, 0.9


class Reports:
    """Collects the problems of one sheet, row by row or for a whole column."""

    def __init__(self, table: RawTable, raw: Raw) -> None:
        self._table = table
        self._rows = raw.rows
        self._frames: list[pd.DataFrame] = []

    def add(self, code: str, where: Flags, field: str = "", detail: str | Cells = "") -> None:
        """One problem for each row that `where` marks; `detail` is one text, or an array with one for each row."""
        at = np.flatnonzero(where)
        if not len(at):
            return
        told = np.full(len(at), detail, dtype=object) if isinstance(detail, str) else detail[at]
        self._append(code, self._rows[at], field, told)

    def column(self, code: str, where: Flags, of: Flags, field: str, detail: str = "") -> None:
        """The same; told once, as row 0, when nearly all of the rows `of` have it."""
        count, total = int(np.count_nonzero(where)), int(np.count_nonzero(of))
        if total >= WHOLE_ROWS and count >= WHOLE_SHARE * total:
            told = f"{detail}；" if detail else ""
            self._append(
                code, np.zeros(1, dtype=np.int64), field, np.array([f"{told}整列如此,共{count}行"], dtype=object)
            )
        else:
            self.add(code, where, field, detail)

    def _append(self, code: str, rows: np.ndarray, field: str, detail: Cells) -> None:
        same = {"code": code, "file": self._table.file, "sheet": self._table.sheet, "field": field}
        columns = {n: np.full(len(rows), v, dtype=object) for n, v in same.items()}
        self._frames.append(PROBLEMS.frame({**columns, "row": rows, "detail": detail}))

    def frame(self) -> pd.DataFrame:
        """All problems, in the order of the rows, those of whole columns first."""
        return PROBLEMS.concat(self._frames).sort_values(["row", "code", "field"], kind="stable", ignore_index=True)

"""What is wrong with the rows of one sheet, gathered while its columns are cleaned."""

from __future__ import annotations

from typing import Any

import numpy as np

from kcbx_cli.normalise.columns import Cells, Flags, Raw, Whole
from kcbx_cli.tables import RawTable

#: A trouble of so many rows, and of so large a share of those that could have it, is the column's and told once.
WHOLE_ROWS, WHOLE_SHARE = 20, 0.9


class Reports:
    """Collects the problems of one sheet, row by row or for a whole column."""

    def __init__(self, table: RawTable, raw: Raw) -> None:
        self._table = table
        self._rows = raw.rows
        self._found: list[tuple[str, str, Whole, Cells]] = []

    def add(self, code: str, where: Flags, field: str = "", detail: str | Cells = "") -> None:
        """One problem for each row that `where` marks; `detail` is one text, or an array with one for each row."""
        at = np.flatnonzero(where)
        if len(at):
            told = np.full(len(at), detail, dtype=object) if isinstance(detail, str) else detail[at]
            self._found.append((code, field, self._rows[at], told))

    def column(self, code: str, where: Flags, of: Flags, field: str, detail: str = "") -> None:
        """The same; told once, as row 0, when nearly all of the rows `of` have it."""
        count, total = int(np.count_nonzero(where)), int(np.count_nonzero(of))
        if total >= WHOLE_ROWS and count >= WHOLE_SHARE * total:
            told = f"{detail}；" if detail else ""
            self.once(code, field, f"{told}整列如此,共{count}行")
        else:
            self.add(code, where, field, detail)

    def once(self, code: str, field: str, detail: str) -> None:
        """One problem of the whole column, as row 0."""
        self._found.append((code, field, np.zeros(1, dtype=np.int64), np.array([detail], dtype=object)))

    def columns(self) -> dict[str, Any]:
        """The columns of PROBLEMS, in the order of the rows, those of whole columns first; empty when all is well."""
        if not self._found:
            return {}
        sizes = [len(rows) for _, _, rows, _ in self._found]
        codes, fields = (np.repeat(np.array([f[k] for f in self._found], dtype=object), sizes) for k in (0, 1))
        rows, details = (np.concatenate([f[k] for f in self._found]) for k in (2, 3))
        order = np.lexsort((fields.astype(str), codes.astype(str), rows))
        file, sheet = (np.full(len(rows), v, dtype=object) for v in (self._table.file, self._table.sheet))
        columns = {"code": codes, "row": rows, "field": fields, "detail": details}
        return {"file": file, "sheet": sheet} | {n: c[order] for n, c in columns.items()}

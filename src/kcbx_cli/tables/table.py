"""What a table is: named columns with a kind and a meaning, and frames that have exactly those."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import nan
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "int", "float", "flag", "cell"]
_BLANK: dict[Kind, Any] = {"text": "", "int": 0, "float": nan, "flag": False, "cell": None}
_DTYPE: dict[Kind, Any] = {"text": "object", "int": "int64", "float": "float64", "flag": "bool", "cell": "object"}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: its name, the kind of its values, and what they mean."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Table:
    """A named list of columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [c.name for c in self.columns]

    def frame(self, data: Mapping[str, Any] | None = None, length: int | None = None) -> pd.DataFrame:
        """A frame with exactly these columns; columns absent from `data` are blank.

        Raises:
            KeyError: `data` has a column that the table does not declare.
        """
        import numpy as np

        _keep_text()
        given = dict(data or {})
        unknown = set(given) - set(self.names)
        if unknown:
            raise KeyError(f"{self.name} has no column {sorted(unknown)}")
        n = length if length is not None else (len(next(iter(given.values()))) if given else 0)
        if not n and all(np.size(values) < 2 for values in given.values()):
            return self._none.copy()
        return self._made(given, n)

    def _made(self, given: Mapping[str, Any], n: int) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        parts = []
        for kind, columns in self._kinds.items():
            block = np.empty((len(columns), n), dtype=_DTYPE[kind])
            for at, name in enumerate(columns):
                block[at] = _array(given[name], kind) if name in given else _BLANK[kind]
            # One block a type: a Series for each column would cost more than all else that is done to a small sheet.
            parts.append(pd.DataFrame(block.T, columns=columns, dtype=_DTYPE[kind], copy=False))
        return pd.concat(parts, axis=1)[self.names] if len(parts) > 1 else parts[0]

    @cached_property
    def _none(self) -> pd.DataFrame:
        """No row: most frames of a small month are so, and a copy costs a tenth of what making one does."""
        return self._made({}, 0)

    @cached_property
    def _kinds(self) -> dict[Kind, list[str]]:
        """The names of the columns of each kind."""
        found: dict[Kind, list[str]] = {}
        for c in self.columns:
            found.setdefault(c.kind, []).append(c.name)
        return found

    def rows(self, values: Iterable[Iterable[Any]]) -> list[Any]:
        """Named tuples with exactly these columns: a few thousand rows on their way to lines, for which no frame is made."""
        row = _row(self)
        return [row._make(one) for one in values]

    def row(self, **given: Any) -> Any:
        """One named tuple; columns that are not given are blank."""
        return _row(self)(**given)

    def concat(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        """The frames one below the other, with a fresh index 0..n-1."""
        return self.below([{n: f[n].to_numpy() for n in self.names} for f in frames if len(f)])

    def below(self, parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """One frame of the arrays of several, one below the other; all that hold any hold the same columns."""
        import numpy as np

        full = [p for p in parts if p]
        if len(full) < 2:
            return self.frame(full[0] if full else None)
        return self.frame({n: np.concatenate([p[n] for p in full]) for n in full[0]})


@cache
def _row(table: Table) -> Any:
    """The class of its named tuples."""
    return namedtuple("Row", table.names, defaults=[_BLANK[c.kind] for c in table.columns])


@cache
def _keep_text() -> None:
    """pandas keeps text as Python's own wherever it makes up a type itself.

    Where pyarrow is installed (it comes with Spark) it would use that, which cannot hold a lone surrogate: a damaged cell
    would end the run on one machine and not on another.
    """
    import pandas as pd

    pd.set_option("mode.string_storage", "python")


def _array(values: Any, kind: Kind) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(values, pd.Series):
        values = values.to_numpy()
    if kind in ("text", "cell") and not (isinstance(values, np.ndarray) and values.dtype == object):
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out
    return np.asarray(values, dtype=_DTYPE[kind])


ORIGIN = (
    Column("file", "text", "base name of the file; a relative path with / where base names collide"),
    Column("sheet", "text", "sheet name; empty for text files"),
    Column("row", "int", "1-based row as the spreadsheet counts; for text files the line where the record starts"),
)

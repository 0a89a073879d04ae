"""A whole column of ID numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise import idcard
from kcbx_cli.normalise.checkdigit import PROVINCES, birth_dates, characters, check_characters
from kcbx_cli.normalise.columns import Cells, Flags, Whole, distinct, pick
from kcbx_cli.normalise.idcard import IdValue

_PARTS = IdValue._fields
_TYPES = (object, object, np.int64, object, object, object)
_PROVINCE_CODES = np.array(sorted(int(p) for p in PROVINCES))


@dataclass(frozen=True)
class IdColumn:
    """The fields of IdValue, one array each."""

    pattern: Cells
    state: Cells
    birth: Whole
    sex: Cells
    note: Cells
    disability: Cells

    def valid(self) -> Flags:
        """Which numbers are whole and have a right check digit."""
        right: Flags = self.state == "valid"
        return right

    def numbers(self) -> Cells:
        """The valid numbers; `""` elsewhere."""
        return np.where(self.valid(), self.pattern, "")

    def without(self, where: Flags, state: str) -> IdColumn:
        """The column with the rows `where` emptied and given another state."""
        return IdColumn(
            np.where(where, "", self.pattern), np.where(where, state, self.state), np.where(where, 0, self.birth),
            np.where(where, "", self.sex), np.where(where, "", self.note), np.where(where, "", self.disability),
        )  # fmt: skip

    def filled_from(self, other: IdColumn, where: Flags, note: str) -> IdColumn:
        """The column with the values of another one in the rows `where`, noted as such."""
        merged = {n: np.where(where, getattr(other, n), getattr(self, n)) for n in self.__dataclass_fields__}
        return replace(IdColumn(**merged), note=np.where(where, note, self.note))


def parse(cells: Cells) -> IdColumn:
    """Every cell of an ID column; whole numbers in bulk, all others one distinct cell at a time."""
    codes, values = distinct(cells)
    parts = {n: np.full(len(values), b, dtype=t) for n, b, t in zip(_PARTS, IdValue(), _TYPES, strict=True)}
    sure = _whole_numbers(pick(values, np.arange(len(values))), parts)
    for at in np.flatnonzero(~sure).tolist():
        for part, value in zip(_PARTS, idcard.parse(values[at]), strict=True):
            parts[part][at] = value
    return IdColumn(**{n: part[codes] for n, part in parts.items()})


def _whole_numbers(values: Cells, parts: dict[str, np.ndarray]) -> Flags:
    """Enter what is certain at a glance: 18 characters, right check digit, real date. The rest needs idcard.parse."""
    shaped = [type(v) is str and len(v) == 18 and v.isascii() and v[:17].isdigit() for v in values]
    at = np.flatnonzero(np.array(shaped, dtype=np.bool_))
    sure = np.zeros(len(values), dtype=np.bool_)
    if not len(at):
        return sure
    codes = characters(values[at].tolist())
    birth = birth_dates(codes)
    right = (check_characters(codes) == codes[:, 17]) & (birth > 0)
    at, codes = at[right], codes[right]
    sure[at] = True
    placed = np.isin((codes[:, 0].astype(np.int64) - 48) * 10 + (codes[:, 1] - 48), _PROVINCE_CODES)
    parts["pattern"][at] = values[at]
    parts["state"][at] = "valid"
    parts["birth"][at] = birth[right]
    parts["sex"][at] = np.where(codes[:, 16] % 2 == 1, "男", "女").astype(object)
    parts["note"][at] = np.where(placed, "", "area").astype(object)
    return sure


def as_numbers(patterns: Cells) -> tuple[Flags, NDArray[np.int64], NDArray[np.int64]]:
    """For fully known patterns: which they are, and their first 17 digits and last character (10 for X) as numbers."""
    whole = np.fromiter((len(p) == 18 and "*" not in p for p in patterns), dtype=np.bool_, count=len(patterns))
    body = np.zeros(len(patterns), dtype=np.int64)
    last = np.zeros(len(patterns), dtype=np.int64)
    if whole.any():
        codes = characters(list(patterns[whole])).astype(np.int64) - 48
        body[whole] = codes[:, :17] @ (10 ** np.arange(16, -1, -1, dtype=np.int64))
        last[whole] = np.where(codes[:, 17] > 9, 10, codes[:, 17])
    return whole, body, last

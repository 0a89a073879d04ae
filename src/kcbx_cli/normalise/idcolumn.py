"""A whole column of ID numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise import idcard
from kcbx_cli.normalise.checkdigit import PROVINCES, birth_dates, characters, check_characters
from kcbx_cli.normalise.columns import Cells, Flags, Whole, distinct, pick
from kcbx_cli.normalise.idcard import IdValue

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
    found: list[IdValue | None] = [None] * len(values)
    _whole_numbers(values, found)
    done = [idcard.parse(v) if f is None else f for v, f in zip(values, found, strict=True)]
    pattern, state, birth, sex, note, disability = zip(*done, strict=True)
    return IdColumn(
        pick(pattern, codes), pick(state, codes), np.array(birth, dtype=np.int64)[codes], pick(sex, codes),
        pick(note, codes), pick(disability, codes),
    )  # fmt: skip


def _whole_numbers(values: list[object], found: list[IdValue | None]) -> None:
    """Enter what is certain at a glance: 18 characters, right check digit, real date. The rest needs idcard.parse."""
    at = [i for i, v in enumerate(values) if type(v) is str and len(v) == 18 and v.isascii() and v[:17].isdigit()]
    if not at:
        return
    codes = characters([str(values[i]) for i in at])
    birth = birth_dates(codes)
    right = (check_characters(codes) == codes[:, 17]) & (birth > 0)
    male = codes[:, 16] % 2 == 1
    placed = np.isin((codes[:, 0] - 48) * 10 + (codes[:, 1] - 48), _PROVINCE_CODES)
    for k in np.flatnonzero(right):
        found[at[k]] = IdValue(
            str(values[at[k]]), "valid", int(birth[k]), "男" if male[k] else "女", "" if placed[k] else "area"
        )


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

"""A whole column of ID numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise import idcard
from kcbx_cli.normalise.checkdigit import PROVINCES, check_characters
from kcbx_cli.normalise.columns import Cells, Distinct, Flags, Whole, fill, objects
from kcbx_cli.normalise.dates import real_days
from kcbx_cli.normalise.idcard import IdValue
from kcbx_cli.normalise.shapes import Shapes, all_digits, digits

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


def parse(column: Distinct) -> IdColumn:
    """Every cell of an ID column; whole numbers in bulk, all others one distinct cell at a time."""
    codes, values = column
    parts = {n: np.full(len(values), b, dtype=t) for n, b, t in zip(_PARTS, IdValue(), _TYPES, strict=True)}
    fill(parts.values(), values, _whole_numbers(values, parts), idcard.parse)
    return IdColumn(**{n: part[codes] for n, part in parts.items()})


def _whole_numbers(values: Sequence[Any], parts: dict[str, np.ndarray]) -> Flags:
    """Enter what is certain at a glance: 18 characters, right check digit, real date. The rest needs idcard.parse."""
    shapes = Shapes(values)
    at, letters = shapes.of_length(18)
    numbers = digits(letters)
    birth = real_days(numbers[6:14])
    right = all_digits(numbers[:17]) & (check_characters(numbers) == letters[17]) & (birth > 0)
    at, numbers = at[right], numbers[:, right]
    placed = np.isin(numbers[0] * 10 + numbers[1], _PROVINCE_CODES)
    parts["pattern"][at] = objects(values)[at]
    parts["state"][at] = "valid"
    parts["birth"][at] = birth[right]
    parts["sex"][at] = np.where(numbers[16] % 2 == 1, "男", "女").astype(object)
    parts["note"][at] = np.where(placed, "", "area").astype(object)
    sure = shapes.none()
    sure[at] = True
    return sure


def as_numbers(patterns: Cells) -> tuple[Flags, NDArray[np.int64], NDArray[np.int64]]:
    """For fully known patterns: which they are, and their first 17 digits and last character (10 for X) as numbers."""
    whole = np.zeros(len(patterns), dtype=np.bool_)
    body, last = np.zeros(len(patterns), dtype=np.int64), np.zeros(len(patterns), dtype=np.int64)
    at, letters = Shapes(patterns.tolist()).of_length(18)
    known = (letters != ord("*")).all(axis=0)
    at, numbers = at[known], digits(letters[:, known]).astype(np.int64)
    whole[at] = True
    body[at] = (10 ** np.arange(16, -1, -1, dtype=np.int64)) @ numbers[:17]
    last[at] = np.where(numbers[17] > 9, 10, numbers[17])
    return whole, body, last

"""Check digits and dates of many 18-digit ID numbers at once. Source: GB 11643-1999."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kcbx_cli.normalise.dates import FIRST_YEAR, LAST_YEAR

#: Weight of each of the first seventeen digits: 2 to the power 17-i, modulo 11.
WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(17)], dtype=np.int32)
#: The check character by the weighted sum modulo 11.
CHARACTERS = "10X98765432"
_BYTES = np.frombuffer(CHARACTERS.encode(), dtype=np.uint8)
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
#: First two digits that a number can have: provinces, Hong Kong, Macau, Taiwan, and 9 with the first digit of a province
#: for foreign permanent residents (cards since 2023).
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "
    "91 92 93 94 95 96".split()
)


def characters(numbers: list[str]) -> NDArray[np.uint8]:
    """The ASCII codes of 18-character ASCII strings, one a row (n x 18)."""
    return np.frombuffer("".join(numbers).encode("ascii"), dtype=np.uint8).reshape(-1, 18)


def check_characters(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The right last character (ASCII code) for rows whose first 17 columns are the ASCII codes of digits."""
    sums = (codes[:, :17].astype(np.int32) - 48) @ WEIGHTS
    right: NDArray[np.uint8] = _BYTES[sums % 11]
    return right


def check_character(body: str) -> str:
    """The right last character after 17 digits."""
    return CHARACTERS[sum(int(d) * int(w) for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def birth_dates(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The dates in columns 6 to 13 as yyyymmdd, 0 where there is no such day or it is outside 1900 to 2100."""
    d = codes[:, 6:14].astype(np.int64) - 48
    year = d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3]
    month = d[:, 4] * 10 + d[:, 5]
    day = d[:, 6] * 10 + d[:, 7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    real = (d >= 0).all(axis=1) & (d <= 9).all(axis=1) & (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    real &= (month >= 1) & (month <= 12) & (day >= 1)
    real &= day <= _MONTH_DAYS[np.clip(month, 0, 12)]
    real &= leap | (month != 2) | (day != 29)
    return np.where(real, year * 10000 + month * 100 + day, 0)

"""Case numbers: 2021-0001 on paper, 2021000001 in the ledger."""

from __future__ import annotations

import re

_YEAR = 1_000_000


def case_id(number: int) -> str:
    """The number as it is printed."""
    year, serial = divmod(number, _YEAR)
    return f"{year}-{serial:04d}"


def case_number(text: str) -> int:
    """The number as it is stored.

    Raises:
        ValueError: that is no case number.
    """
    found = re.fullmatch(r"(\d{4})-(\d{4,6})", text)
    if not found or not int(found[2]):
        raise ValueError(f"not a case number: {text}")
    return int(found[1]) * _YEAR + int(found[2])


def first_of(year: int, used: int) -> int:
    """The number after `used`, the greatest of that year so far, 0 for none."""
    return max(used, year * _YEAR) + 1

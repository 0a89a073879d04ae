"""Case numbers: 2021-0001 on paper, 2021000001 in the ledger."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kcbx_cli.errors import KcbxError

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


def unknown_cases(cases: Sequence[str], code: str = "no_case") -> KcbxError:
    """The error for cases that the ledger does not have; what is no case number may be a name and is not repeated."""
    numbers = [case for case in cases if re.fullmatch(r"\d{4}-\d{4,6}", case)]
    other = f"有 {len(cases) - len(numbers)} 个不是个案编号" if len(numbers) < len(cases) else ""
    known = f"台账里没有个案 {'、'.join(numbers)}" if numbers else ""
    hint = "编号写成 2021-0001 的样子;用 kcbx cases list 查看。"
    return KcbxError(",".join(p for p in (known, other) if p), hint, code)

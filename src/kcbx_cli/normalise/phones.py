"""Telephone numbers: kept as text, several in one cell told apart."""

from __future__ import annotations

import re
from typing import Any

from kcbx_cli.normalise.shapes import Flags, Shapes, all_digits, digits
from kcbx_cli.normalise.text import squeezed, text

_MOBILE = re.compile(r"(?:\+?0?0?86-?)?(1\d{10})(?!\d)")
_NUMBER = re.compile(r"\d[\d-]{4,}\d")
#: Between two numbers of one cell.
JOINER = "、"


def parse(cell: Any) -> str:
    """The telephone numbers of a cell of any type, in order, without repeats, joined with 、; `""` when there is none.

    Mobile numbers lose the country code and inner spaces; other numbers keep their hyphens. Pure, idempotent.
    """
    if type(cell) is str and len(cell) == 11 and cell.isascii() and cell.isdigit() and cell[0] == "1":
        return cell
    tight = squeezed(cell).removesuffix(".0").replace("—", "-").replace("–", "-")
    if found := _MOBILE.fullmatch(tight.replace("-", "")):
        return found[1]
    line = re.sub(r"(?<=\d)\.0(?!\d)", "", text(cell))
    spaced = line if line.isascii() else squeezed(re.sub(r"\s+", JOINER, line))
    numbers: dict[str, None] = {}
    for run in _NUMBER.findall(spaced.replace("—", "-").replace("–", "-")):
        mobile = _MOBILE.fullmatch(run.replace("-", ""))
        number = mobile[1] if mobile else run
        if len(set(number) - {"-"}) > 1:
            numbers[number] = None
    return JOINER.join(numbers)


def plain(cells: Shapes) -> Flags:
    """Which cells are one mobile number as it stands: `parse` leaves it as it is."""
    found = cells.none()
    at, letters = cells.of_length(11)
    numbers = digits(letters)
    found[at] = all_digits(numbers) & (numbers[0] == 1)
    return found

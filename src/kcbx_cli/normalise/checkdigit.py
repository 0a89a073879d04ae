"""Check digits of many 18-digit ID numbers at once. Source: GB 11643-1999."""

from __future__ import annotations

import numpy as np

from kcbx_cli.normalise.shapes import Letters

#: Weight of each of the first seventeen digits: 2 to the power 17-i, modulo 11.
WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(17)], dtype=np.uint32)
#: The check character by the weighted sum modulo 11.
CHARACTERS = "10X98765432"
_LETTERS = np.array(list(map(ord, CHARACTERS)), dtype=np.uint32)
#: First two digits that a number can have: provinces, Hong Kong, Macau, Taiwan, and 9 with the first digit of a province
#: for foreign permanent residents (cards since 2023).
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "
    "91 92 93 94 95 96".split()
)


def check_characters(digits: Letters) -> Letters:
    """The right last letter of many numbers, by their first 17 digits (a row for each place)."""
    sums = np.zeros(digits.shape[1], dtype=np.uint32)
    for weight, place in zip(WEIGHTS, digits[:17], strict=True):
        sums += weight * place
    right: Letters = _LETTERS[sums % 11]
    return right


def check_character(body: str) -> str:
    """The right last character after 17 digits."""
    return CHARACTERS[sum(int(d) * int(w) for d, w in zip(body, WEIGHTS, strict=True)) % 11]

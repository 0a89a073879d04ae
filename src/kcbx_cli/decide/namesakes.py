"""Schools of one name are told apart by 学校标识码."""

from __future__ import annotations

from collections import Counter
from typing import Any

#: A code that fewer rows have, one in so many of the name's most frequent, is a slip of the pen and no school.
_FEW, _RATIO = 3, 10


def school_codes(names: Any, codes: Any) -> dict[Any, list[str]]:
    """The codes of the schools of each name, sorted; more than one where several schools share it.

    Args:
        names: by row of the registry, what its school is called.
        codes: by row, 学校标识码; a row without one tells nothing, and a name without any is not in the result.
    """
    told = Counter(zip(names.tolist(), codes.tolist(), strict=True))
    most: dict[Any, int] = {}
    for (name, code), count in told.items():
        most[name] = max(most.get(name, 0), count if code != "" else 0)
    found: dict[Any, list[str]] = {}
    for (name, code), count in sorted(told.items()):
        if code != "" and (count >= _FEW or count * _RATIO > most[name]):
            found.setdefault(name, []).append(code)
    return found

"""Schools of one name are told apart by 学校标识码."""

from __future__ import annotations

from typing import Any

import pandas as pd

#: A code that fewer rows have, one in so many of the name's most frequent, is a slip of the pen and no school.
_FEW, _RATIO = 3, 10


def school_codes(names: Any, codes: Any) -> dict[Any, list[str]]:
    """The codes of the schools of each name, sorted; more than one where several schools share it.

    Args:
        names: by row of the registry, what its school is called.
        codes: by row, 学校标识码; a row without one tells nothing, and a name without any is not in the result.
    """
    there = pd.DataFrame({"name": names, "code": codes})
    told = there[there["code"] != ""].value_counts().reset_index()
    most = told.groupby("name")["count"].transform("max")
    real = told[(told["count"] >= _FEW) | (told["count"] * _RATIO > most)]
    found: dict[Any, list[str]] = {}
    for name, code in sorted(zip(real["name"].tolist(), real["code"].tolist(), strict=True)):
        found.setdefault(name, []).append(code)
    return found

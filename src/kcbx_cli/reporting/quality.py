"""Registry problems by school, set against those of the month before: what is new, what is left, what was mended."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import numpy as np
import pandas as pd

from kcbx_cli.tables import MENDED, OPEN_FLAWS, QUALITY
from kcbx_cli.write.children import records
from kcbx_cli.write.places import SchoolNamer

#: What a pupil is known by from month to month, the first that is there, with the name.
_KNOWN_BY = ("registry_number", "id_pattern", "id_written", "birth")


def quality_of(
    problems: pd.DataFrame, registry: pd.DataFrame, former: pd.DataFrame, named: SchoolNamer
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """QUALITY, MENDED, and OPEN_FLAWS to be remembered.

    Args:
        problems: PROBLEMS of the month; those of whole files and columns are nobody's in particular.
        registry: PEOPLE.
        former: OPEN_FLAWS of the month before.
        named: the school of a code and a name.
    """
    at = _positions(problems, registry)
    own = problems[at >= 0]
    pupils = registry[["school", "school_code", "name", *_KNOWN_BY]].iloc[at[at >= 0]]
    plain = pupils["school"].where(pupils["school"] != "", pupils["school_code"]).to_numpy()
    schools = [named(*pupil).name for pupil in zip(pupils["school_code"], pupils["school"], strict=True)]
    texts = [pupils[column].astype(str).to_numpy() for column in ("name", *_KNOWN_BY)]
    keys = list(zip(*texts, plain, own["code"].to_numpy(), own["field"].to_numpy(), strict=True))
    digests = [_digest(key) for key in keys]
    before = set(former["digest"].tolist())
    found = QUALITY.frame(
        {
            "school": schools,
            "registry": at[at >= 0],
            "code": own["code"],
            "field": own["field"],
            "detail": own["detail"],
            "state": ["remaining" if d in before else "new" for d in digests],
        }
    ).drop_duplicates(ignore_index=True)
    there = OPEN_FLAWS.frame({"digest": digests, "school": schools, "code": own["code"]})
    there = there.drop_duplicates("digest").sort_values("digest", ignore_index=True)
    return found, _mended(former, set(digests)), there


def _mended(former: pd.DataFrame, now: set[int]) -> pd.DataFrame:
    count = Counter((f.school, f.code) for f in records(former) if f.digest not in now)
    rows = sorted(count.items())
    return MENDED.frame(
        {"school": [s for (s, _), _ in rows], "code": [c for (_, c), _ in rows], "count": [n for _, n in rows]}
    )


def _positions(problems: pd.DataFrame, registry: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The registry row that each problem stands at, -1 for none."""
    place = ["file", "sheet", "row"]
    wanted = problems[problems["row"] > 0]
    asked_of = np.flatnonzero(np.isin(registry["row"].to_numpy(), wanted["row"].to_numpy()))
    rows = zip(*(registry[c].to_numpy()[asked_of].tolist() for c in place), strict=True)
    where = dict(zip(rows, asked_of.tolist(), strict=True))
    found = [where.get(key, -1) for key in zip(*(problems[c].tolist() for c in place), strict=True)]
    return np.array(found, dtype=np.int64)


def _digest(key: tuple[str, ...]) -> int:
    """Eight bytes of SHA-256 of pupil, school, code and field; a row that moves in its file is no new problem."""
    name, *rest = key
    who = next((part for part in rest[: len(_KNOWN_BY)] if part not in ("", "0")), "")
    text = "\x1f".join((name, who, *rest[len(_KNOWN_BY) :]))
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)

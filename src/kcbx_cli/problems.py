"""What can be wrong with a row, a column or a file: one code, one Chinese sentence, one remedy each.

K1xx reading, K2xx normalising, K3xx matching, K4xx deciding, K5xx writing, K6xx the case ledger and returned sheets.
A problem never stops a run; what does is a KcbxError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from kcbx_cli.tables import PROBLEMS

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its code, how grave it is, what it says and what to do."""

    code: str
    severity: Severity
    sentence: str
    remedy: str


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    table = {k.code: k for k in kinds}
    if len(table) != len(kinds):
        raise ValueError("two problems share a code")
    return table


#: All kinds, by code. Codes are never reused for another meaning.
KINDS: dict[str, Kind] = _kinds(
    # -- reading ---------------------------------------------------------------------------------------------
    # -- normalising -----------------------------------------------------------------------------------------
    # -- matching --------------------------------------------------------------------------------------------
    # -- deciding --------------------------------------------------------------------------------------------
    # -- writing ---------------------------------------------------------------------------------------------
    # -- ledger ----------------------------------------------------------------------------------------------
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at one place. `detail` never holds a name or a number that identifies a person."""

    code: str
    file: str
    sheet: str = ""
    row: int = 0
    field: str = ""
    detail: str = ""


def frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """The problems as a PROBLEMS frame, in the order given."""
    rows = list(problems)
    return PROBLEMS.frame({n: [getattr(p, n) for p in rows] for n in PROBLEMS.names})

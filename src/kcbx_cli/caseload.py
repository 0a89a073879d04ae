"""What an office asks its case ledger: which cases there are, and all about one. No frame is made: it is told line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Ledger, unknown_cases
from kcbx_cli.stamps import UNKNOWN_TOWNSHIP


@dataclass(frozen=True)
class Filter:
    """Which cases are meant; empty or 0 is any. `expiring` is a number of days, -1 for any."""

    township: str = ""
    school: str = ""
    group: str = ""
    stage: str = ""
    state: str = ""
    months: int = 0
    expiring: int = -1


@dataclass(frozen=True)
class CaseFile:
    """All that the ledger has on one case: a row of CASELOAD, one of PEOPLE (None when the identity was purged), and the rows
    of HISTORY, VISITS and FACTS. `purged` is why the personal data was deleted, `""` when it was not.
    """

    case: Any
    person: Any
    history: Sequence[Any]
    visits: Sequence[Any]
    facts: Sequence[Any]
    purged: str = ""


def chosen(caseload: Sequence[Any], wanted: Filter, as_of: date) -> list[Any]:
    """The rows of CASELOAD that are meant, in order.

    A text filter is met by a part of the text. Papers and findings expire when their last day lies between `as_of` and
    so many days later.
    """
    state = wanted.state or ("" if wanted.expiring >= 0 else "open")
    found = [
        case
        for case in caseload
        if wanted.township in _township(case)
        and wanted.school in case.school
        and wanted.group in case.groups
        and wanted.stage in ("", case.stage)
        and (state not in ("open", "closed") or case.state == state)
        and case.months >= wanted.months
    ]
    return _expiring(found, as_of, wanted.expiring) if wanted.expiring >= 0 else found


def no_township(caseload: Sequence[Any], township: str) -> KcbxError | None:
    """The error where no case is of a township of such a name; what was asked for may be a name and is not repeated."""
    named = sorted({(case.township_code or "~", _township(case)) for case in caseload})
    if not township or any(township in name for _, name in named):
        return None
    hint = f"有个案的乡镇:{'、'.join(name for _, name in named)}。" if named else "台账里还没有个案。"
    return KcbxError("台账里没有 --township 所写乡镇的个案", hint, "no_township")


def _township(case: Any) -> str:
    """The township as it is shown."""
    return str(case.township) or UNKNOWN_TOWNSHIP


def _expiring(caseload: Sequence[Any], as_of: date, days: int) -> list[Any]:
    """Those with a paper or finding whose last day is one of the days from `as_of` on."""
    import numpy as np

    from kcbx_cli.decide.dates import latest, number

    first, last = number(as_of), number(as_of + timedelta(days=days))
    dated = np.array([(case.expires, case.valid_until) for case in caseload], dtype=np.int64).reshape(-1, 2)
    soon = (dated > 0) & (latest(dated) >= first) & (latest(dated) <= last)
    return [caseload[at] for at in np.flatnonzero(np.any(soon, axis=1)).tolist()]


def case_file(book: Ledger, case: str) -> CaseFile:
    """All about one case.

    Raises:
        KcbxError: `no_case`.
    """
    if not book.standings([case]):
        raise unknown_cases([case])
    (found,) = book.caseload(case)
    person = book.persons(case).get(case)
    why = "" if person else book.purged(case).get(case, "")
    return CaseFile(found, person, book.told(case), book.visits(case), book.facts(case), why)

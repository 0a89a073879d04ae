"""A made-up month in three lines: people, the registry, and the work that they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from kcbx_cli.ledger import CasePlan, Ledger, Work
from kcbx_cli.tables import PEOPLE, WORK

OCTOBER, NOVEMBER, DECEMBER = date(2021, 10, 31), date(2021, 11, 30), date(2021, 12, 31)


def child(n: int, **more: Any) -> dict[str, Any]:
    """A listed child: number n of a made-up county, without a valid ID number unless told."""
    return {
        "file": "低收入.xlsx", "sheet": "葛城街道", "row": n + 2, "role": "households", "name": f"测试{n}", "birth": 20120101 + n,
        "township": "葛城街道", "id_state": "absent", "address": "", "phone": "", "former_name": "", "id_pattern": "",
    } | more  # fmt: skip


def people(*rows: Mapping[str, Any]) -> pd.DataFrame:
    return PEOPLE.frame({k: [row[k] for row in rows] for k in rows[0]}) if rows else PEOPLE.frame()


def work_of(
    listed: pd.DataFrame,
    known: list[str] | None = None,
    resolved: Mapping[str, str] | None = None,
    registry: pd.DataFrame | None = None,
    linked: list[int] | None = None,
) -> Work:
    """All listed people are suspects."""
    n = len(listed)
    frame = WORK.frame(
        {
            "person": list(range(n)),
            "registry": linked or [-1] * n,
            "kind": ["suspected"] * n,
            "reason": ["no_link"] * n,
        }
    )
    return Work(frame, known or [""] * n, resolved or {}, listed, PEOPLE.frame() if registry is None else registry)


def token(month: CasePlan) -> dict[str, Any]:
    """What write.commit would hand over: an id that differs by month and content."""
    return {"id": f"{month.as_of}-{len(month.events)}-{len(month.identities)}", "out": "out"}


def run(ledger: Ledger, as_of: date, work: Work) -> CasePlan:
    month = ledger.plan_month(as_of, work)
    with ledger.recording(month, token(month)):
        pass
    return month

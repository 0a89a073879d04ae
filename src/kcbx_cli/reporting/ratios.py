"""The ratios of a month, from its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple

import pandas as pd

from kcbx_cli.decide import ratios as formulas
from kcbx_cli.reporting.lists import school_year_of
from kcbx_cli.settings import Settings
from kcbx_cli.tables.issued import CHILDREN, COHORTS, DROPPED, PUPILS, RATIOS


def ratios(month: int, tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """RATIOS of the month (yyyymm), by the formulas that the settings choose."""
    verdicts = tables[CHILDREN.name].groupby("verdict")["n"].sum()
    year, cohorts = school_year_of(month), tables[COHORTS.name]
    known = [formulas.Cohort(*row) for row in cohorts.itertuples(index=False, name=None)]
    dropped, pupils = tables[DROPPED.name]["stage"].value_counts(), tables[PUPILS.name]
    found = [formulas.enrolment({str(v): int(n) for v, n in verdicts.items()})]
    for stage, grades in formulas.GRADES.items():
        gone = int(pupils.loc[(pupils["state"] == "gone") & pupils["grade"].isin(grades), "n"].sum())
        now = [c for c in known if c.year == year]
        found.append(formulas.dropout(stage, int(dropped.get(stage, 0)), gone, now, settings.report.dropout_formula))
    attending = pupils[pupils["state"] == "attending"]
    found += formulas.retention(
        year, dict(zip(attending["grade"].tolist(), attending["n"].tolist(), strict=True)), known
    )
    columns = zip(*(astuple(r) for r in found), strict=True)
    return RATIOS.frame(dict(zip(RATIOS.names, map(list, columns), strict=True)))

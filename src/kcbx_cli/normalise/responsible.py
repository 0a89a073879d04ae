"""The roster of responsible people (四包责任制): who answers for which area, school, village or household."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kcbx_cli.normalise import locality, names, phones
from kcbx_cli.normalise.columns import Raw, filled, first_of
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.text import label, something
from kcbx_cli.settings import Settings
from kcbx_cli.tables import RESPONSIBLE, RawTable


def responsible(table: RawTable, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheet's rows as RESPONSIBLE, those without a name left out, and what is wrong with them as PROBLEMS."""
    raw = Raw(table)
    reports = Reports(table, raw)
    name = raw.mapped("name", names.clean)
    reports.add("K230", ~filled(name), "name")
    where = locality.places(raw, table, settings, reports)
    school, head = raw.mapped("school", something), raw.mapped("head_name", names.clean)
    household = raw.mapped("household", label)
    conditions = (
        ("household", filled(household) | filled(head)),
        ("village", filled(where.village)),
        ("school", filled(school)),
        ("area", filled(where.township)),
    )
    layer = np.full(raw.length, "county", dtype=object)
    for word, holds in reversed(conditions):
        layer = np.where(holds, word, layer)
    columns = {
        "file": np.full(raw.length, table.file, dtype=object), "sheet": np.full(raw.length, table.sheet, dtype=object),
        "row": raw.rows, "layer": layer, "township": where.township, "village": where.village, "school": school,
        "household": household, "head_name": head, "role": first_of(*(raw.mapped(f, something) for f in ("duty_role", "duty_scope"))),
        "name": name, "title": raw.mapped("duty_title", something), "phone": raw.mapped("phone", phones.parse),
    }  # fmt: skip
    rows = RESPONSIBLE.frame(columns, raw.length)
    return rows[filled(name)].reset_index(drop=True), reports.frame()

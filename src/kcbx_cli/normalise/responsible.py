"""The roster of responsible people (四包责任制): who answers for which area, school, village or household."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.normalise import locality, names, phones
from kcbx_cli.normalise.columns import filled, first_of
from kcbx_cli.normalise.sheets import Sheet, cleaned
from kcbx_cli.normalise.text import label, something
from kcbx_cli.settings import Settings
from kcbx_cli.tables import RESPONSIBLE, RawTable


def responsible(sheets: Sequence[RawTable], settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheets' rows as RESPONSIBLE, those without a name left out, and what is wrong with them as PROBLEMS."""
    rows, problems = cleaned(sheets, RESPONSIBLE, lambda sheet: _columns(sheet, settings))
    return rows[rows["name"] != ""].reset_index(drop=True), problems


def _columns(sheet: Sheet, settings: Settings) -> dict[str, Any]:
    table, raw, reports = sheet
    name = raw.mapped("name", names.clean, names.plain)
    reports.add("K230", ~filled(name), "name")
    where = locality.places(raw, table, settings, reports)
    school, head = raw.mapped("school", something), raw.mapped("head_name", names.clean, names.plain)
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
    return {
        "file": np.full(raw.length, table.file, dtype=object), "sheet": np.full(raw.length, table.sheet, dtype=object),
        "row": raw.rows, "layer": layer, "township": where.township, "village": where.village, "school": school,
        "household": household, "head_name": head, "role": first_of(*(raw.mapped(f, something) for f in ("duty_role", "duty_scope"))),
        "name": name, "title": raw.mapped("duty_title", something), "phone": raw.mapped("phone", phones.parse, phones.plain),
    }  # fmt: skip

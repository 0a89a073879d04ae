"""Builds what is decided on out of a few words; the rows of the YAML cases are written in these."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide import Inputs, Roll
from kcbx_cli.settings import Settings
from kcbx_cli.tables import ATTENDANCE, CASE_STATES, LINKS, PEOPLE, SEEN

AS_OF = date(2021, 10, 31)


def settings(changes: dict[str, Any] | None = None) -> Settings:
    """The defaults with some values changed, named section.key."""
    made = Settings()
    for name, value in (changes or {}).items():
        section, key = name.split(".")
        value = tuple(value) if isinstance(value, list) else value
        made = replace(made, **{section: replace(getattr(made, section), **{key: value})})
    return made


def people(rows: list[dict[str, Any]], role: str, rule: Settings | None = None) -> pd.DataFrame:
    """PEOPLE of one role. `id: 20120305-7` is a valid number with that date and sequence; other keys are columns."""
    rule = rule or Settings()
    made = []
    for position, given in enumerate(rows):
        row = {"file": f"{role}.xlsx", "sheet": "表", "row": position + 2, "role": role, "usable": True} | given
        row.pop("child", None)
        row.pop("pupil", None)
        if "id" in row:
            day, _, sequence = str(row.pop("id")).partition("-")
            row = {"id_state": "valid"} | row
            row["id_pattern"] = f"999999{day}{int(sequence or 0):03d}X"
            row["id_birth"] = int(day)
        row.setdefault("id_state", "absent")
        if "status" in row:
            row["status_group"] = group_of(str(row["status"]), rule)
        made.append(row)
    names = list(dict.fromkeys(name for row in made for name in row))
    kinds = {c.name: "" if c.kind == "text" else 0 for c in PEOPLE.columns}
    return PEOPLE.frame({n: [row.get(n, kinds[n]) for row in made] for n in names}, length=len(made))


def group_of(status: str, rule: Settings) -> str:
    """The group of a status word by the settings."""
    groups = ("attending", "suspended", "left", "alarm")
    return next((g for g in groups if status in getattr(rule.status, g)), "")


def links(pairs: list[list[Any]]) -> pd.DataFrame:
    """LINKS from [left, right, band, probability, sentence]; the last three may be left out."""
    full = [[*pair, *["link", 0.99, ""][len(pair) - 2 :]] for pair in pairs]
    columns = ("left", "right", "band", "probability", "sentence")
    return LINKS.frame({n: [pair[i] for pair in full] for i, n in enumerate(columns)})


def cases(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """CASE_STATES; positions are -1 where they are not given, and a disposition is in force unless said otherwise."""
    blank = {
        "person": -1,
        "registry": -1,
        "case_id": "",
        "disposition": "",
        "closes": False,
        "deceased": False,
        "absence": "",
        "said_on": 0,
    }
    full = [blank | {"in_force": True} | row for row in rows]
    return CASE_STATES.frame({n: [row[n] for row in full] for n in CASE_STATES.names})


def roll(rows: list[dict[str, Any]], registry: int, covered: list[int]) -> Roll:
    """Attendance rows, each of a `registry` row or a `person` row; in class unless they say otherwise."""
    blank = {"file": "点名册.xlsx", "sheet": "表", "role": "attendance", "says": "in", "days": -1}
    full = [blank | {"row": n + 2} | row for n, row in enumerate(rows)]
    owners = {name: [row.pop(name, -1) for row in full] for name in ("registry", "person")}
    names = list(dict.fromkeys(name for row in full for name in row))
    kinds = {c.name: "" if c.kind == "text" else 0 for c in ATTENDANCE.columns}
    frame = ATTENDANCE.frame({n: [row.get(n, kinds[n]) for row in full] for n in names}, length=len(full))
    seen = SEEN.frame({"attendance": range(len(full)), **owners}, length=len(full))
    mask = np.zeros(registry, dtype=np.bool_)
    mask[covered] = True
    return Roll(frame, seen, mask)


def inputs(case: dict[str, Any]) -> Inputs:
    """Everything that one case gives, the rest empty."""
    rule = settings(case.get("settings"))
    listed, registry = case.get("people", []), case.get("registry", [])
    listed = [{"name": f"儿童{row.get('child', i)}", "birth": 20120305} | row for i, row in enumerate(listed)]
    registry = [{"birth": 20120305} | row for row in registry]
    registry = [{"status": "在读", "grade": "四年级"} | row for row in registry]
    return Inputs(
        people=people(listed, "households", rule),
        child=np.array([row.get("child", i) for i, row in enumerate(listed)], dtype=np.int64),
        registry=people(registry, "registry", rule),
        registry_child=np.array([row.get("pupil", i) for i, row in enumerate(registry)], dtype=np.int64),
        links=links(case.get("links", [])),
        special=people(case.get("special", []), "special", rule),
        special_people=links(case.get("special_people", [])),
        special_registry=links(case.get("special_registry", [])),
        cases=cases(case.get("cases", [])),
        as_of=case.get("as_of", AS_OF),
        settings=rule,
        roll=roll(case.get("roll", []), len(registry), case.get("covered", [])),
    )

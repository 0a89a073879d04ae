"""The machine-readable files: no names, no ID numbers, the same bytes for the same month."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from io import StringIO
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.problems import KINDS
from kcbx_cli.tables import Month

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def verdicts_csv(month: Month) -> bytes:
    """`data/verdicts.csv`: a row for each person row of the lists, in the order of file, sheet and row."""
    v = month.verdicts
    listed = month.people[["file", "sheet", "row"]].iloc[v["person"].to_numpy()]
    frame = pd.DataFrame(
        {
            "list_file": _place_text(listed["file"]),
            "list_sheet": _place_text(listed["sheet"]),
            "list_row": listed["row"].to_numpy(),
            "verdict": v["verdict"].to_numpy(),
            "reason": v["reason"].to_numpy(),
            "link_probability": np.where(v["registry"] >= 0, v["probability"], np.nan),
            **_registry_columns(month.registry, v["registry"].to_numpy()),
            "case_id": v["case_id"].to_numpy(),
            "comparison": _comparison(month, v["case_id"]),
        }
    )
    return csv_file(frame.sort_values(["list_file", "list_sheet", "list_row"], kind="stable"))


def findings_csv(month: Month) -> bytes:
    """`data/findings.csv`: registry children with an alarm who stand on no list."""
    f = month.findings
    columns = _registry_columns(month.registry, f["registry"].to_numpy())
    columns |= {"finding": f["finding"].to_numpy(), "case_id": f["case_id"].to_numpy()}
    frame = pd.DataFrame(columns | {"comparison": _comparison(month, f["case_id"])})
    order = month.registry["row"].to_numpy()[f["registry"].to_numpy()]
    frame = frame.assign(order=order).sort_values(["registry_file", "registry_sheet", "order"], kind="stable")
    return csv_file(frame.drop(columns="order"))


def _comparison(month: Month, cases: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """For each case number the comparison that found the child; empty for those who are not at work."""
    found = dict(zip(month.work["case_id"], month.work["comparison"], strict=True))
    found[""] = ""
    return np.array([found.get(case, "") for case in cases], dtype=object)


def problems_csv(month: Month) -> bytes:
    """`data/problems.csv`: code, severity and place of each problem; row 0 means the whole sheet or file."""
    p = month.problems
    severity = p["code"].map({code: kind.severity for code, kind in KINDS.items()})
    frame = pd.DataFrame(
        {
            "code": p["code"],
            "severity": severity.astype(object).where(severity.notna(), "warning"),
            "file": _place_text(p["file"]),
            "sheet": _place_text(p["sheet"]),
            "row": p["row"],
            "field": _place_text(p["field"]),
        }
    )
    return csv_file(frame.sort_values(["file", "sheet", "row", "code", "field"], kind="stable"))


def run_json(run: Mapping[str, Any]) -> bytes:
    """`run.json`: what the pipeline recorded, as readable UTF-8."""
    text = json.dumps(run, ensure_ascii=False, indent=2, default=_plain, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _registry_columns(registry: pd.DataFrame, positions: np.ndarray[Any, Any]) -> dict[str, Any]:
    """File, sheet and row of the registry rows at these positions; empty for -1."""
    named = positions >= 0
    if not len(registry):
        empty = np.full(len(positions), "", dtype=object)
        return {"registry_file": empty, "registry_sheet": empty, "registry_row": empty}
    rows = registry[["file", "sheet", "row"]].iloc[np.where(named, positions, 0)]
    return {
        "registry_file": np.where(named, _place_text(rows["file"]), ""),
        "registry_sheet": np.where(named, _place_text(rows["sheet"]), ""),
        "registry_row": np.where(named, rows["row"].to_numpy().astype(object), ""),
    }


def _place_text(values: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Names of files, sheets and columns, an apostrophe put before one that a spreadsheet would take for a formula.

    A sheet's name never starts with an apostrophe, so a script can take it off again without doubt.
    """
    codes, names = pd.factorize(values.to_numpy(), use_na_sentinel=False)
    safe = np.array([f"'{n}" if n.startswith(_RISKY) else n for n in names], dtype=object)
    return safe[codes] if len(safe) else np.empty(0, dtype=object)


def csv_file(frame: pd.DataFrame) -> bytes:
    """The frame as CSV: fractions with six decimals, empty where there is none."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(zip(*(_cells(frame[name].to_numpy()) for name in frame), strict=True))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "backslashreplace")


def _cells(values: np.ndarray[Any, Any]) -> list[Any]:
    cells: list[Any] = values.tolist()
    return ["" if v != v else f"{v:.6f}" for v in cells] if values.dtype.kind == "f" else cells


def _plain(value: Any) -> Any:
    """A JSON form of what the standard encoder does not know."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"run.json cannot hold a {type(value).__name__}")

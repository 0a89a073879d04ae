"""A truth file: which registry rows each list row's child really has, as `kcbx sample` writes it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kcbx_cli.errors import KcbxError

_NEEDED = ("list_file", "list_sheet", "list_row", "registry_file", "registry_sheet", "registry_row")


@dataclass(frozen=True)
class Truth:
    """`rows`: file, sheet, row, missing, school_age (1, 0, or -1 where the file does not say).

    `pairs`: file, sheet, row of the list, and registry_file, registry_sheet, registry_row, one line a registry row.
    """

    rows: pd.DataFrame
    pairs: pd.DataFrame


def truth(path: Path) -> Truth:
    """The truth file at `path`: a CSV with a row for each list row; several registry rows of one child joined with |.

    Raises:
        KcbxError: it cannot be read, or lacks a column, or says something that is no row number.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KcbxError(
            f"答案文件「{path.name}」读不了", "请检查路径;要 UTF-8 编码的 CSV。", "unreadable_file"
        ) from error
    lacking = [name for name in _NEEDED if not lines or name not in lines[0]]
    if lacking:
        raise KcbxError(
            f"答案文件「{path.name}」里没有 {'、'.join(lacking)} 这些列",
            "格式见 kcbx sample 写出的 truth.csv。",
            "bad_truth",
        )
    told = pd.DataFrame(lines, dtype=object).fillna("")
    try:
        rows = pd.DataFrame(
            {
                "file": told["list_file"],
                "sheet": told["list_sheet"],
                "row": told["list_row"].astype(np.int64),
                "missing": _flag(told, "missing"),
                "school_age": _flag(told, "school_age"),
            }
        )
        return Truth(rows, _pairs(told, rows))
    except ValueError as error:
        raise KcbxError(
            f"答案文件「{path.name}」里有不是行号的行号", "行号要和电子表格里的一样,从 1 数起。", "bad_truth"
        ) from error


def _flag(told: pd.DataFrame, column: str) -> pd.Series:
    if column not in told:
        return pd.Series(np.full(len(told), -1, dtype=np.int64))
    return (told[column] == "1").astype(np.int64)


def _pairs(told: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """One line a registry row."""
    names = ["registry_file", "registry_sheet", "registry_row"]
    some = told["registry_row"] != ""
    split = {name: told.loc[some, name].str.split("|") for name in names}
    counts = {name: parts.map(len) for name, parts in split.items()}
    if not all((counts[name] == counts["registry_row"]).all() for name in names):
        raise ValueError("unequal numbers of registry files, sheets and rows")
    at = np.repeat(np.flatnonzero(some), counts["registry_row"])
    pairs = rows.iloc[at][["file", "sheet", "row"]].reset_index(drop=True)
    for name in names:
        pairs[name] = pd.Series([part for parts in split[name] for part in parts], dtype=object)
    pairs["registry_row"] = pairs["registry_row"].astype(np.int64)
    return pairs

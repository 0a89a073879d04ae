"""Every county's verdicts as one Parquet data set, a folder `county=…` each: for other programs, without personal data."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from kcbx_cli.errors import KcbxError

_FOLDER, _FILE = "county=", "part-0.parquet"
#: Columns of verdicts.csv that are no text.
_TYPES = {"list_row": "INTEGER", "link_probability": "DOUBLE", "registry_row": "INTEGER"}
#: Looking at the file to find out how it is written would take longer than reading it.
_READ = "FROM read_csv(?, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', columns = ?)"


def check_partitions(target: Path) -> None:
    """What stands in the data set's place is one of ours, or nothing.

    Raises:
        KcbxError: `output_occupied`.
    """
    found = [p.relative_to(target) for p in target.rglob("*") if not p.is_dir()] if target.exists() else []
    if any(len(p.parts) != 2 or not p.parts[0].startswith(_FOLDER) or p.name != _FILE for p in found):
        raise KcbxError(f"「{target}」里有不是 kcbx 写的文件", "请移走它们,或换一个 --out。", "output_occupied")


def partition(verdicts: Path, folder: Path, county: str) -> None:
    """One county's verdicts.csv as a partition of the data set in the folder, whole or not at all."""
    import duckdb

    target = folder / f"{_FOLDER}{county}"
    for made in (folder, target):
        made.mkdir(mode=0o700, exist_ok=True)
    half = target / f".{os.getpid()}.half"
    with verdicts.open(encoding="utf-8-sig", newline="") as file:
        columns = {name: _TYPES.get(name, "VARCHAR") for name in next(csv.reader(file))}
    with duckdb.connect(config={"threads": 1}) as link:
        link.sql(_READ, params=[str(verdicts), columns]).write_parquet(str(half), compression="zstd")
    half.chmod(0o600)
    os.replace(half, target / _FILE)


def replace_partitions(made: Path, target: Path) -> None:
    """The data set of this run in the place of an earlier one, which is then beside what was made."""
    if target.exists():
        os.rename(target, made.with_name(f"{made.name}.before"))
    if made.exists():
        os.rename(made, target)

"""A large county's case ledger after five years: 10,000 cases in each of 60 months. How long `kcbx cases` takes, how large
the file is.

    python benchmarks/ledger.py [--write]    whole processes, cold, medians of ROUNDS; --write puts the table into docs/benchmarks.md

The first month goes through the ledger's own plan; the others are the events that it would store, put in at one go.
"""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from kcbx_cli.ledger import Work, open_ledger
from kcbx_cli.tables import FACTS, PEOPLE, WORK
from running import BUILD, HERE

CASES, MONTHS, ROUNDS = 10_000, 60, 7
FOLDER = BUILD / "ledger"
TOWNSHIPS = 25
_EVENT = (
    "INSERT INTO events (number, as_of, what, kind, reason, disposition, closes, deceased, expires, who, source, row, run)"
    " VALUES (?, ?, 'carried', 'suspected', 'no_registry_entry', '', 0, 0, 0, '', 1, ?, ?)"
)


def made() -> Path:
    """The ledger, made when it is not there."""
    path = FOLDER / "kcbx-ledger.db"
    if path.exists():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    started = path.with_suffix(".part")
    started.unlink(missing_ok=True)
    people = _people()
    work = WORK.frame({"person": range(CASES), "registry": [-1] * CASES, "kind": ["suspected"] * CASES})
    with open_ledger(started) as book:
        plan = book.plan_month(_day(0), Work(work, [""] * CASES, {}, people, PEOPLE.frame()))
        plan = book.with_facts(plan, _facts(plan.rows["case_id"]))
        with book.recording(plan, {"id": "first", "out": "out"}):
            pass
    _later_months(started)
    shutil.move(started, path)
    return path


def _day(month: int) -> date:
    return date(2021 + month // 12, month % 12 + 1, 28)


def _people() -> pd.DataFrame:
    n = range(CASES)
    return PEOPLE.frame(
        {
            "file": ["低收入.xlsx"] * CASES, "sheet": ["名单"] * CASES, "row": [i + 2 for i in n], "name": [f"测试{i}" for i in n],
            "birth": [20120315] * CASES, "id_pattern": [f"99999920120315{i % 10_000:04d}" for i in n], "id_state": ["valid"] * CASES,
            "township": [f"第{i % TOWNSHIPS + 1}乡" for i in n], "village": [f"第{i % 9 + 1}村" for i in n],
            "address": [f"{i} 组" + "路" * 10 for i in n], "phone": [f"1380000{i % 10_000:04d}" for i in n],
        }
    )  # fmt: skip


def _facts(cases: Sequence[str]) -> pd.DataFrame:
    n = len(cases)
    return FACTS.frame({"case_id": list(cases), "sentence": ["学籍系统里没有找到。"] * n, "groups": ["脱贫户"] * n})


def _later_months(path: Path) -> None:
    ledger = sqlite3.connect(path)
    numbers = [row[0] for row in ledger.execute("SELECT number FROM cases ORDER BY number")]
    for month in range(1, MONTHS):
        day = int(_day(month).strftime("%Y%m%d"))
        run = ledger.execute(
            "INSERT INTO runs (command, as_of, files, who, recorded_at) VALUES ('reconcile', ?, ?, '', '') RETURNING run",
            (day, f"month {month}"),
        ).fetchone()[0]
        ledger.executemany(_EVENT, [(number, day, at + 2, run) for at, number in enumerate(numbers)])
        ledger.commit()
    ledger.close()


def timed(command: Sequence[str]) -> tuple[float, float, float]:
    """Seconds of the clock, of the processor, and peak memory in MB of one process."""
    told = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    told |= {"PYTHONPYCACHEPREFIX": str(FOLDER / "bytecode")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, cwd=FOLDER, env=told, stdout=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def table() -> str:
    """The table of the page."""
    path = made()
    kcbx = [sys.executable, "-m", "kcbx_cli"]
    programs = {
        "kcbx cases (10,000 lines)": [*kcbx, "cases"],
        "kcbx cases list --township 第1乡": [*kcbx, "cases", "list", "--township", "第1乡"],
        "kcbx cases --json": [*kcbx, "cases", "--json"],
        "kcbx cases show (one case, 60 months)": [*kcbx, "cases", "show", "2021-0001"],
        "floor: python starts, pandas loads": [sys.executable, "-c", "import pandas"],
    }
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in programs}
    for command in programs.values():
        timed(command)  # leaves the bytecode, as pip does
    for _ in range(ROUNDS):
        for name, command in programs.items():
            runs[name].append(timed(command))
    size = path.stat().st_size / 1e6
    lines = [
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, pandas {pd.__version__};"
        f" {CASES:,} cases in each of {MONTHS} months, {CASES * MONTHS:,} events; the file is {size:.0f} MB; {ROUNDS} rounds, medians.",
        "",
        "| program | seconds | lowest–highest | processor seconds |",
        "|---|---|---|---|",
    ]
    for name, told in runs.items():
        clock = [one[0] for one in told]
        cpu = statistics.median(one[1] for one in told)
        lines.append(f"| {name} | {statistics.median(clock):.2f} | {min(clock):.2f}–{max(clock):.2f} | {cpu:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    found = table()
    print(found)
    if "--write" in sys.argv:
        page = HERE.parent / "docs" / "benchmarks.md"
        mark = r"(<!-- ledger -->\n).*?(<!-- /ledger -->)"
        page.write_text(
            re.sub(mark, lambda m: m[1] + found + "\n" + m[2], page.read_text("utf-8"), flags=re.S), "utf-8"
        )

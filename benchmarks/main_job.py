"""The main job against what an office would otherwise run, whole processes, cold.

Usage: python benchmarks/main_job.py [--runs 5] [--scale 1] [--write]

Three programs read the same made-up county in turn, run after run, so that a busy machine slows all of them alike:
`kcbx reconcile`; vlookup.py, a straightforward script with pandas and openpyxl; and the floor: Python starting with
pandas, then calamine reading the same workbooks (the CSV as text) and nothing else. All have their bytecode, as pip
leaves it: a first round, which is not counted, puts it into a folder of its own. Each run is a county's first month.
Prints medians, ratios, processor time and peak memory; --write puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs" / "benchmarks.md"
FLOOR = """
import pandas, sys
from io import BytesIO
from pathlib import Path
from python_calamine import CalamineWorkbook
for name in sys.argv[1:]:
    data = Path(name).read_bytes()
    if data[:2] == b"PK":
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for sheet in book.sheet_names:
            book.get_sheet_by_name(sheet).to_python()
    else:
        data.decode("gb18030", "replace")
"""


class Run(NamedTuple):
    """One run of a program: wall and processor seconds (children included), peak resident MB of its largest process."""

    seconds: float
    processor: float
    memory: float


def timed(command: list[str], bytecode: Path) -> Run:
    """Runs a program; an exit code other than 0 or 1 ends the benchmark."""
    told = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=told | {"PYTHONPYCACHEPREFIX": str(bytecode)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit(process.stderr.read().decode())
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main_job(county: Path, out: Path) -> list[str]:
    """The command of the main job on a sample county."""
    command = [sys.executable, "-m", "kcbx_cli", "reconcile", "--quiet", "--as-of", "2021-10-31", "--out", out]
    command += ["--registry", county / "学籍", "--households", county / "低收入"]
    command += ["--special", county / "特殊学生台账.xlsx", "--config", county / "kcbx.toml"]
    return [str(part) for part in command]


def programs(county: Path, out: Path) -> dict[str, list[str]]:
    """The command of each program."""
    inputs = [
        *sorted((county / "学籍").iterdir()),
        *sorted((county / "低收入").iterdir()),
        county / "特殊学生台账.xlsx",
    ]
    return {
        "kcbx reconcile": main_job(county, out / "kcbx"),
        "vlookup.py": [sys.executable, str(HERE / "vlookup.py"), str(county), str(out / "vlookup")],
        "floor: pandas starts, calamine reads": [sys.executable, "-c", FLOOR, *map(str, inputs)],
        "kcbx --help": [sys.executable, "-m", "kcbx_cli", "--help"],
    }


def in_turn(commands: dict[str, list[str]], work: Path, runs: int) -> dict[str, list[Run]]:
    """So many rounds of all programs, each with an empty `work`/out; a first one, which leaves the bytecode, is not counted."""
    figures: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            shutil.rmtree(work / "out", ignore_errors=True)
            (work / "out").mkdir()
            run = timed(command, work / "bytecode")
            if number:
                figures[name].append(run)
    return figures


def sample(county: Path, scale: float, *more: str) -> None:
    """Makes the sample county."""
    command = [sys.executable, "-m", "kcbx_cli", "sample", str(county), "--scale", str(scale), *more]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def options(about: str | None) -> argparse.Namespace:
    """What the command line asks for: runs, scale, write."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def machine() -> str:
    """What was measured on, and with which libraries."""
    libraries = ", ".join(f"{p} {version(p)}" for p in ("pandas", "python-calamine", "openpyxl", "xlsxwriter"))
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {libraries}"


def into_docs(name: str, shown: str) -> None:
    """Puts a table between its marks in docs/benchmarks.md."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = DOCS.read_text("utf-8")
    before, after = text.split(start)[0], text.split(end)[1]
    DOCS.write_text(f"{before}{start}\n{shown}\n{end}{after}", "utf-8")


def table(figures: dict[str, list[Run]], scale: float, runs: int) -> str:
    """The figures as Markdown."""
    base = statistics.median(r.seconds for r in figures["kcbx reconcile"])
    lines = [
        f"{machine()}; sample county at scale {scale:g}, {runs} rounds, medians.",
        "",
        "| program | seconds | lowest–highest | kcbx is so many times faster | processor seconds | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for name, runs_of in figures.items():
        seconds = [r.seconds for r in runs_of]
        middle, processor = statistics.median(seconds), statistics.median(r.processor for r in runs_of)
        memory = statistics.median(r.memory for r in runs_of)
        lines.append(
            f"| {name} | {middle:.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {middle / base:.2f} | {processor:.2f} "
            f"| {memory:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> None:
    """Runs the rounds and prints, or writes, the table."""
    asked = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sample(work / "county", asked.scale)
        figures = in_turn(programs(work / "county", work / "out"), work, asked.runs)
    shown = table(figures, asked.scale, asked.runs)
    print(shown)
    if asked.write:
        into_docs("main_job", shown)


if __name__ == "__main__":
    main()

"""What three more sources and three more comparisons cost: the main job with and without them, whole processes, cold.

Usage: python benchmarks/sources.py [--runs 5] [--scale 1] [--write]

Both runs write all that a month has, the report included; they take turns, run after run, so that a busy machine slows
both alike. Asked is at most the main job, plus twice what calamine alone needs to read the added files (the register of
residents, the roll calls, the list of disabled children), plus 1.5 s. --write puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from main_job import Run, in_turn, into_docs, machine, main_job, options, sample

#: Folder of a source in the sample county, and its option.
ADDED = {"户籍": "--population", "在校": "--attendance", "残联": "--disability"}
ALLOWED = 1.5
READ = """
import sys, time
from python_calamine import CalamineWorkbook
start = time.perf_counter()
for name in sys.argv[1:]:
    book = CalamineWorkbook.from_path(name)
    for sheet in book.sheet_names:
        book.get_sheet_by_name(sheet).to_python()
print(time.perf_counter() - start)
"""


def commands(county: Path, out: Path) -> dict[str, list[str]]:
    """The main job without and with the added sources."""
    plain = main_job(county, out)
    added = [part for folder, option in ADDED.items() for part in (option, str(county / folder))]
    return {
        "main job: registry × low-income lists": plain,
        "all four sources, three comparisons": [*plain, *added],
    }


def reading(county: Path) -> float:
    """Seconds that calamine alone needs for the added files, once Python and calamine are there."""
    files = [str(path) for folder in ADDED for path in sorted((county / folder).iterdir())]
    told = subprocess.run([sys.executable, "-c", READ, *files], check=True, capture_output=True, text=True)
    return float(told.stdout)


def table(figures: dict[str, list[Run]], reads: list[float], scale: float) -> str:
    """The figures as Markdown."""
    plain, whole = (statistics.median(run.seconds for run in runs) for runs in figures.values())
    read = statistics.median(reads)
    lines = [
        f"{machine()}; sample county with all sources at scale {scale:g}, {len(reads)} rounds, medians.",
        "",
        "| program | seconds | lowest–highest | processor seconds | peak memory |",
        "|---|---|---|---|---|",
    ]
    for name, runs in figures.items():
        seconds = [run.seconds for run in runs]
        lines.append(
            f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} "
            f"| {statistics.median(run.processor for run in runs):.2f} "
            f"| {statistics.median(run.memory for run in runs):.0f} MB |"
        )
    return "\n".join(
        [
            *lines,
            f"| calamine alone reads the added files | {read:.2f} | {min(reads):.2f}–{max(reads):.2f} | | |",
            "",
            f"The added sources cost {whole - plain:.2f} s; allowed are 2 × {read:.2f} + {ALLOWED} = "
            f"{2 * read + ALLOWED:.2f} s.",
        ]
    )


def main() -> None:
    """Runs the rounds and prints, or writes, the table."""
    asked = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        county = work / "county"
        sample(county, asked.scale, "--all-sources")
        figures = in_turn(commands(county, work / "out" / "kcbx"), work, asked.runs)
        reads = [reading(county) for _ in range(asked.runs)]
    shown = table(figures, reads, asked.scale)
    print(shown)
    if asked.write:
        into_docs("sources", shown)


if __name__ == "__main__":
    main()

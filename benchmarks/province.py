"""A province on one machine: `kcbx reconcile --by-county` from 100,000 to 3,000,000 pupils, whole processes.

    python benchmarks/province.py make            108 made-up counties, once, as Parquet and as CSV
    python benchmarks/province.py sizes           4, 11, 36 and 108 of them: seconds, processor seconds, memory
    python benchmarks/province.py sizes --forms parquet --counties 108 --listed 1000000   with so many listed persons in all
    python benchmarks/province.py incremental --counties 54   again, after nothing, one county, and 2 % of all rows have changed

`province_docs.py` writes the tables and the plot of the last runs into docs/scaling.md.

Every county is the sample county (28,020 pupils, errors x1) with a seed of its own, one file a list. Memory is the
proportional set size, summed over all processes of the run and looked at twice a second: pages that forked processes
share count once. Results are kept in build/bench/results.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from running import BUILD

PROVINCE = BUILD / "province"
RESULTS = BUILD / "results"
COUNTIES, SEED = 108, 9100
SIZES = (4, 11, 36, 108)
FORMS = ("parquet", "csv")
ROLES = (("--registry", "学籍"), ("--households", "低收入"), ("--special", "特殊学生台账"), ("--config", "设置"))
AS_OF = "2021-10-31"
#: Seconds between two looks at the memory.
_LOOK = 0.5


@dataclass(frozen=True)
class Run:
    """One whole process with all that it forks: wall and processor seconds, peak memory (PSS) in MB, what it told."""

    seconds: float
    processor: float
    memory: float
    exit_code: int
    told: dict


def make() -> None:
    """The counties as Parquet, and the same tables as CSV."""
    if not (PROVINCE / "parquet" / "答案").exists():
        made = BUILD / "province-new"
        shutil.rmtree(made, ignore_errors=True)
        command = [
            "sample",
            str(made / "parquet"),
            "--counties",
            str(COUNTIES),
            "--seed",
            str(SEED),
            "--format",
            "parquet",
        ]
        subprocess.run([sys.executable, "-m", "kcbx_cli", *command], check=True)
        made.rename(PROVINCE)
    import duckdb

    for folder in ("学籍", "低收入", "特殊学生台账"):
        (PROVINCE / "csv" / folder).mkdir(parents=True, exist_ok=True)
        for source in sorted((PROVINCE / "parquet" / folder).iterdir()):
            target = PROVINCE / "csv" / folder / f"{source.stem}.csv"
            if not target.exists():
                table = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(source)]).df()
                table.to_csv(target, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    shutil.copytree(PROVINCE / "parquet" / "设置", PROVINCE / "csv" / "设置", dirs_exist_ok=True)


def some(form: str, count: int, work: Path, listed: int = 0) -> Path:
    """The first so many counties, as links to their files in a folder of their own; with `listed` as many list rows in all.

    Lists are cut after as many rows each: who comes later is on no list.
    """
    chosen = set(names()[:count])
    for _, role in ROLES:
        (work / role).mkdir(parents=True)
        for source in (PROVINCE / form / role).iterdir():
            if source.stem in chosen and role == "低收入" and listed:
                _copy(source, work / role / source.name, f"SELECT * FROM lists LIMIT {listed // count}")
            elif source.stem in chosen:
                (work / role / source.name).hardlink_to(source)
    return work


def _copy(source: Path, target: Path, query: str) -> None:
    """What a query makes of the rows of a Parquet file (`lists`), in their order."""
    import duckdb

    with duckdb.connect(config={"threads": "1"}) as link:
        link.read_parquet(str(source)).create_view("lists")
        link.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def names() -> list[str]:
    """The counties in the order in which they were made: children of one who cross the border are at school in the next."""
    files = sorted((PROVINCE / "parquet" / "答案").iterdir(), key=lambda p: p.stat().st_mtime_ns)
    return [p.stem.removeprefix("truth_") for p in files]


def reconcile(lists: Path, out: Path, *more: str) -> list[str]:
    """The command for the counties of a folder."""
    named = [word for option, role in ROLES for word in (option, str(lists / role))]
    return [sys.executable, "-m", "kcbx_cli", "reconcile", "--by-county", *named, "--as-of", AS_OF, "--out", str(out),
            "--json", *more]  # fmt: skip


def watched(command: Sequence[str], most: float = 7200.0) -> Run:
    """Runs a command to its end and looks at its memory meanwhile.

    Raises:
        RuntimeError: it failed, or took longer than `most` seconds and was stopped.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, sum(map(_memory, _family(process.pid))))
            if time.perf_counter() - start > most:
                process.kill()
                raise RuntimeError(f"stopped after {most:.0f} s, {peak / 1024:.0f} MB")
            time.sleep(_LOOK)
        seconds = time.perf_counter() - start
        code = process.returncode = os.waitstatus_to_exitcode(status)
        said, wrong = process.communicate()
    if code not in (0, 1):
        raise RuntimeError(f"exit code {code} at {peak / 1024:.0f} MB: {wrong.decode()[-1000:]}{said.decode()[-1000:]}")
    told = json.loads(said)["data"] if said.startswith(b"{") else {}
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak / 1024, code, told)


def _family(ancestor: int) -> list[int]:
    """The process and all below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    found = [ancestor]
    for one in found:
        found += parents.get(one, [])
    return found


def _memory(process: int) -> int:
    """Proportional set size in kB; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def sizes(forms: Sequence[str], counts: Sequence[int], jobs: int, listed: int) -> None:
    """Each size once a form, the smallest first; a size that is measured again replaces its former figures."""
    path = RESULTS / "province.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else []
    for count in counts:
        for form in forms:
            work = BUILD / "province-work"
            shutil.rmtree(work, ignore_errors=True)
            lists = some(form, count, work / "lists", listed)
            run = watched(reconcile(lists, work / "out", "--jobs", str(jobs)))
            counted = run.told["counts"]
            one = {"form": form, "counties": count, "jobs": jobs, **{k: v for k, v in asdict(run).items() if k != "told"},
                   "rows": counted["registry_rows"], "listed": counted["listed_rows"], "work": counted["work"],
                   "elsewhere": counted["found_elsewhere"], "stages": run.told["timings"]}  # fmt: skip
            found = [f for f in found if _which(f) != _which(one)] + [one]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(sorted(found, key=_which), indent=0), "utf-8")
            print(one, flush=True)
            shutil.rmtree(work, ignore_errors=True)


def _which(run: dict) -> tuple[str, int, int]:
    return run["form"], run["counties"], run["listed"]


def incremental(count: int, jobs: int) -> None:
    """A run that keeps what it needs, then again after nothing, one county, and 2 % of all rows have changed."""
    work = BUILD / "province-work"
    shutil.rmtree(work, ignore_errors=True)
    lists = some("parquet", count, work / "lists")
    found = []
    for what, chosen, share in (
        ("first", 0, 0.0),
        ("nothing", 0, 0.0),
        ("one county", 1, 1.0),
        ("every county", count, 0.02),
    ):
        for source in sorted((lists / "学籍").iterdir())[:chosen]:
            _change(source, share)
        run = watched(reconcile(lists, work / "out", "--jobs", str(jobs), "--incremental"))
        found.append({"changed": what, "counties": count, "seconds": run.seconds, "processor": run.processor, "memory": run.memory,
                      "rows": run.told["counts"]["registry_rows"], "unchanged": run.told["unchanged"], "stages": run.told["timings"]})  # fmt: skip
        print(found[-1], flush=True)
        (RESULTS / "province-incremental.json").write_text(json.dumps(found, indent=0), "utf-8")
    shutil.rmtree(work, ignore_errors=True)


def _change(path: Path, share: float) -> None:
    """Another class for so many of the rows, spread over the list."""
    new = path.with_name(f".{path.name}")
    other = f'CASE WHEN row_number() OVER () % {round(1 / share)} = 0 THEN "班级" || \'新\' ELSE "班级" END'
    _copy(path, new, f'SELECT * REPLACE ({other} AS "班级") FROM lists')
    new.replace(path)


def main() -> None:
    """Runs one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["make", "sizes", "incremental"])
    parser.add_argument("--counties", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=list(FORMS))
    parser.add_argument("--listed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    make()
    if asked.part == "sizes":
        sizes(asked.forms, asked.counties, asked.jobs, asked.listed)
    if asked.part == "incremental":
        incremental(asked.counties[0], asked.jobs)


if __name__ == "__main__":
    sys.exit(main())

"""The engines that are measured, their environments, and one run of one of them as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"


@dataclass(frozen=True)
class Engine:
    """One engine: `script` under engines/, the environment `place` that it runs in (empty: this one), more arguments.

    `every` says whether it runs on every seed; one that needs more than a minute a county runs on the first alone.
    """

    name: str
    script: str
    place: str = ""
    arguments: tuple[str, ...] = ()
    every: bool = True

    def python(self) -> str:
        """The interpreter that runs it."""
        return str(BUILD / self.place / "bin" / "python") if self.place else sys.executable

    def here(self) -> bool:
        """Whether its environment has been made."""
        return Path(self.python()).exists()


ENGINES = (
    Engine("kcbx", "kcbx.py"),
    Engine("VLOOKUP", "vlookup.py"),
    Engine("Splink", "splink_duckdb.py", "splink", ("plain",)),
    Engine("Splink, columns made beforehand", "splink_duckdb.py", "splink", ("code points",)),
    Engine("recordlinkage", "recordlinkage_ecm.py", "recordlinkage"),
    Engine("GoldenMatch", "goldenmatch_fs.py", "goldenmatch"),
)


@dataclass(frozen=True)
class Run:
    """One run: seconds of its stages, of the whole process, its peak memory in MB, and where its links are."""

    stages: dict[str, float] = field(default_factory=dict)
    process: float = 0.0
    memory: float = 0.0
    links: Path = Path()

    def matching(self, training: bool) -> float:
        """Seconds from normalised tables to links, with or without training."""
        return sum(s for stage, s in self.stages.items() if training or stage != "train")


def run(engine: Engine, county: Path, out: Path) -> Run:
    """One run of an engine on a prepared county.

    Raises:
        RuntimeError: the engine failed; the text is what it said last.
    """
    command = [engine.python(), str(HERE / "engines" / engine.script), str(county), str(out), *engine.arguments]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    process = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    used = json.loads((out / "used.json").read_text("utf-8"))
    return Run(used["seconds"], process, used["memory"], out / "links.csv")


def setup() -> None:
    """Makes the environments of the peers, each from its pinned requirements; one that fails is said and left out."""
    for requirements in sorted((HERE / "requirements").glob("*.txt")):
        place = BUILD / requirements.stem
        if not (place / "bin" / "python").exists():
            venv.create(place, with_pip=True)
        command = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True)
        print(f"{requirements.stem}: {'ready' if not done.returncode else 'does not install: ' + done.stderr[-500:]}")


def chosen(names: Sequence[str]) -> list[Engine]:
    """The engines of these names (all when none is named) whose environment is there; the others are said."""
    engines = [e for e in ENGINES if not names or e.name in names]
    for engine in engines:
        if not engine.here():
            print(f"{engine.name}: no environment; python benchmarks/matching.py setup", file=sys.stderr)
    return [e for e in engines if e.here()]


def versions() -> str:
    """What the engines and this machine are, in one line."""
    ask = "import importlib.metadata as m; print(', '.join(f'{p} {m.version(p)}' for p in %r))"
    packages = {"splink": ["splink", "duckdb"], "recordlinkage": ["recordlinkage"], "goldenmatch": ["goldenmatch"]}
    said = []
    for place, names in packages.items():
        python = BUILD / place / "bin" / "python"
        if python.exists():
            said.append(subprocess.run([str(python), "-c", ask % names], capture_output=True, text=True).stdout.strip())
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, " + ", ".join(said)

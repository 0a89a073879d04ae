"""What every engine does alike: read the two tables, write links, say how long it took. No package is needed."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

#: variant, position in listed.csv, position in registry.csv, probability, band (link or review)
Link = tuple[str, int, int, float, str]


class Clock:
    """Seconds by stage: `with clock("predict"): ...`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "", 0.0

    def __call__(self, stage: str) -> Clock:
        """The stage that begins."""
        self._stage = stage
        return self

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._since
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + took


def folders() -> tuple[Path, Path]:
    """The county's folder and the folder for the results: the two arguments of every engine."""
    return Path(sys.argv[1]), Path(sys.argv[2])


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table, every cell text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def finish(out: Path, links: Iterable[Link], clock: Clock) -> None:
    """Writes links.csv and used.json: seconds by stage, and the peak memory of this process in MB."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "links.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("variant", "left", "right", "probability", "band"))
        writer.writerows(links)
    status = Path("/proc/self/status").read_text("ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    (out / "used.json").write_text(json.dumps({"seconds": clock.seconds, "memory": peak / 1024}), "utf-8")

"""How the time of the matching stage grows with the registry: 3,000 to 3,000,000 rows, a list of a sixth of that.

Small sizes are made-up counties of that scale. Large ones are one county many times over, each time with other area codes
in the ID numbers, other given names, townships, households and telephones, so that people keep their errors and families
and no two of them are the same; birthdays and surnames stay, so more and more people share both, as in a province.

    python benchmarks/growth.py ROWS        one size, in this process: JSON on stdout
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from counties import prepare
from kcbx_cli import match
from kcbx_cli.sample import Spec
from running import BUILD

SIZES = (3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
COUNTY, SEED = 28_020, 9001
#: A size that needs more is said to have failed.
MOST_MEMORY = 17 * 2**30
_CHECK = [7, 9, 10, 5, 8, 4]
_BAND = 64


def measure(path: Path, most: int) -> None:
    """Every size in a process of its own; the results go to `path`."""
    found = []
    for size in (s for s in SIZES if s <= most):
        _base(size)
        done = subprocess.run([sys.executable, str(Path(__file__)), str(size)], capture_output=True, text=True)
        if done.returncode:
            found.append(
                {"rows": size, "failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr else "killed"}
            )
        else:
            found.append(json.loads(done.stdout))
        print(found[-1], flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), "utf-8")


def _base(size: int) -> Path:
    """The prepared county that a size is made from."""
    scale = min(size / COUNTY, 1.0)
    folder = BUILD / "counties" / f"growth-scale{scale:.3f}"
    prepare(folder, Spec(scale=scale, seed=SEED))
    return folder


def table_of(path: Path) -> pd.DataFrame:
    """The columns that are matched."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=lambda c: c in (*match.RECORD, "rank")).astype(
        object
    )
    return frame.assign(birth=frame["birth"].astype("int64"))


def times_over(frame: pd.DataFrame, copies: int, alphabet: list[str], prefixes: dict[str, str]) -> pd.DataFrame:
    """The frame `copies` times, each with other people of the same families and errors."""
    parts = [frame] + [_copy(frame, t, alphabet, prefixes) for t in range(1, copies)]
    columns = {c: np.concatenate([p[c].to_numpy() for p in parts]) for c in frame}
    return pd.DataFrame({c: pd.Series(v, dtype=v.dtype if c == "birth" else object) for c, v in columns.items()})


def _copy(frame: pd.DataFrame, turn: int, alphabet: list[str], prefixes: dict[str, str]) -> pd.DataFrame:
    other = str.maketrans({c: _elsewhere(alphabet, n, turn) for n, c in enumerate(alphabet)})
    area = {p: _area(p, turn) for p in prefixes}
    ways = {
        "name": lambda v: v[:1] + v[1:].translate(other),
        "former_name": lambda v: v[:1] + v[1:].translate(other),
        "head_name": lambda v: v[:1] + v[1:].translate(other),
        "guardian_name": lambda v: v[:1] + v[1:].translate(other),
        "family_names": lambda v: "|".join(p[:1] + p[1:].translate(other) for p in v.split("|")),
        "id_pattern": lambda v: area.get(v[:6], v[:6]) + v[6:],
        "family_ids": lambda v: "|".join(area.get(p[:6], p[:6]) + p[6:] for p in v.split("|")),
        "registry_number": lambda v: v[:1] + area.get(v[1:7], v[1:7]) + v[7:],
        "phone": lambda v: "、".join(f"1{turn:03d}{p[4:]}" for p in v.split("、")),
        "township": lambda v: f"{turn}{v}",
        "household": lambda v: f"{turn}-{v}",
    }
    out = frame.copy()
    for column, way in ways.items():
        if column in frame:
            codes, distinct = pd.factorize(frame[column])
            out[column] = pd.Series(np.array([way(v) if v else v for v in distinct], dtype=object)[codes], dtype=object)
    return out


def _elsewhere(alphabet: list[str], place: int, turn: int) -> str:
    """Another character about as frequent as the one at this place."""
    start = place // _BAND * _BAND
    size = min(_BAND, len(alphabet) - start)
    return alphabet[start + (place - start + turn * 13) % size]


def _area(prefix: str, turn: int) -> str:
    """Another area code that leaves the check digit right."""
    weight = sum(int(d) * w for d, w in zip(prefix, _CHECK, strict=True)) % 11
    number = 110_000 + (int(prefix) * 31 + turn * 7919) % 540_000
    while sum(int(d) * w for d, w in zip(str(number), _CHECK, strict=True)) % 11 != weight:
        number += 1
    return str(number)


def _one(size: int) -> dict[str, float]:
    """Seconds of one `link` at this size, once warm, and the peak memory of making and matching the tables."""
    folder = _base(size)
    listed, registry = table_of(folder / "listed.csv"), table_of(folder / "registry.csv")
    copies = max(1, round(size / COUNTY))
    if copies > 1:
        counts = Counter("".join(v[1:] for v in registry["name"]))
        alphabet = [c for c, _ in counts.most_common() if "\u4e00" <= c <= "\u9fff"]
        prefixes = {v[:6]: v for f in (listed, registry) for c in ("id_pattern", "family_ids", "registry_number")
                    for v in (p for text in f[c].unique() for p in text.lstrip("GLJ").split("|")) if v[:6].isdecimal()}  # fmt: skip
        prefixes = {p: v for p, v in prefixes.items() if len(p) == 6}
        listed, registry = (times_over(f, copies, alphabet, prefixes) for f in (listed, registry))
    import scipy.optimize  # noqa: F401  # not at the cost of the first size that needs it

    model, rank = match.load_model(), registry["rank"].astype("int64").to_numpy()
    match.link(listed[:50], registry[:50], model, right_rank=rank[:50])
    gc.collect()
    gc.disable()
    before = _memory("VmRSS")
    start, busy = time.perf_counter(), time.process_time()
    links = match.link(listed, registry, model, right_rank=rank).links
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    linked = int(links.loc[links["band"] == "link", "left"].nunique())
    return {"rows": len(registry), "listed": len(listed), "linked": linked, "seconds": seconds, "cpu": cpu, "tables": before,
            "memory": _memory("VmHWM")}  # fmt: skip


def _memory(line: str) -> float:
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(s.split()[1]) for s in status if s.startswith(line)) / 1024


def exponent(found: list[dict[str, float]], least: int) -> float | None:
    """The slope of log processor seconds over log rows from `least` rows on; None with fewer than two sizes."""
    at = [(np.log(f["rows"]), np.log(f["cpu"])) for f in found if "cpu" in f and f["rows"] >= least]
    return float(np.polyfit(*zip(*at, strict=True), 1)[0]) if len(at) > 1 else None


def table(path: Path, docs: Path) -> str:
    """The sizes, the exponent, and the plot, which is drawn where matplotlib is."""
    found = json.loads(path.read_text("utf-8"))
    lines = [
        "| registry rows | list rows | linked | seconds | processor seconds | microseconds of it a registry row | peak memory |",
        "|" + "---|" * 7,
    ]
    for f in found:
        if "failed" in f:
            lines.append(f"| {f['rows']:,} | | | did not finish: {f['failed']} | | | |")
            continue
        lines.append(
            f"| {f['rows']:,} | {f['listed']:,} | {f['linked']:,} | {f['seconds']:.2f} | {f['cpu']:.2f} | "
            f"{f['cpu'] / f['rows'] * 1e6:.0f} | {f['memory']:.0f} MB |"
        )
    slope = exponent(found, 90_000)
    if slope is not None:
        lines += [
            "",
            f"Past 100,000 rows processor time (which a busy machine does not lengthen much) grows with the {slope:.2f}th power of the rows (asked: at most 1.1).",
        ]
    try:
        import plots
    except ModuleNotFoundError:
        return "\n".join(lines)
    plots.growth(found, docs / "matching-growth.svg")
    return "\n".join([*lines, "", "![Seconds by registry rows, both on logarithmic scales](matching-growth.svg)"])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    print(json.dumps(_one(int(sys.argv[1]))))

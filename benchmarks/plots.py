"""The plots of docs/matching.md. The only place that needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

_INK = "#1f4e79"


def growth(found: Sequence[dict[str, Any]], path: Path) -> None:
    """Processor seconds of the matching stage by registry rows, both logarithmic, with a straight line for comparison."""
    done = [f for f in found if "cpu" in f]
    rows, seconds = [f["rows"] for f in done], [f["cpu"] for f in done]
    figure, axes = _axes("registry rows", "processor seconds, normalised tables in, links out")
    axes.loglog(rows, seconds, "o-", color=_INK, label="kcbx")
    start = next((n for n, r in enumerate(rows) if r >= 90_000), 0)
    line = [seconds[start] * (r / rows[start]) ** 1.1 for r in rows[start:]]
    axes.loglog(rows[start:], line, "--", color="grey", label="1.1th power")
    axes.legend(frameon=False)
    _save(figure, path)


def province(found: Sequence[dict[str, Any]], path: Path) -> None:
    """Processor seconds and peak memory of whole runs over counties by registry rows, all logarithmic, a line a format."""
    figure, (times, memory) = plt.subplots(1, 2, figsize=(10, 4.2))
    for form in sorted({f["form"] for f in found}):
        mine = [f for f in found if f["form"] == form]
        rows = [f["rows"] for f in mine]
        times.loglog(rows, [f["processor"] for f in mine], "o-", label=form)
        memory.loglog(rows, [f["memory"] for f in mine], "o-", label=form)
    for axes, key, up in ((times, "processor", "processor seconds"), (memory, "memory", "peak memory, MB")):
        first = min((f for f in found if f["form"] == "parquet"), key=lambda f: f["rows"])
        rows = sorted({f["rows"] for f in found})
        line = [first[key] * (r / first["rows"]) ** 1.1 for r in rows]
        axes.loglog(rows, line, "--", color="grey", label="1.1th power")
        axes.set_xlabel("registry rows")
        axes.set_ylabel(up)
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(frameon=False)
    _save(figure, path)


def errors(found: Sequence[Any], path: Path) -> None:
    """Recall without a person, worst seed, by error rate and engine; `found` are compare.Measured."""
    figure, axes = _axes("errors, times the usual", "recall without a person, worst seed")
    names = list(dict.fromkeys((m.engine, m.variant) for m in found))
    for engine, variant in names:
        mine = [m for m in found if (m.engine, m.variant) == (engine, variant)]
        rates = sorted({m.errors for m in mine})
        worst = [min(m.score.recall for m in mine if m.errors == e) for e in rates]
        ours = engine == "kcbx"
        label = engine if ours else f"{engine}: {variant}"
        axes.plot(
            rates,
            worst,
            "o-" if ours else ".-",
            color=_INK if ours else None,
            linewidth=2.5 if ours else 1,
            label=label,
        )
    axes.legend(frameon=False, fontsize=7)
    _save(figure, path)


def _axes(across: str, up: str) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=(7.5, 4.5))
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, which="major", alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    """As SVG, with nothing in it that changes from day to day."""
    plt.rcParams["svg.hashsalt"] = "kcbx"
    figure.savefig(path, format="svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)

"""The tables and the plot of docs/scaling.md, from the results of the last runs."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np

from running import BUILD, HERE, versions

DOCS = HERE.parent / "docs" / "scaling.md"
RESULTS = BUILD / "results"


def write() -> None:
    """Every part whose results are there, between its markers."""
    text = DOCS.read_text("utf-8")
    for name, file, table in (
        ("sizes", "province.json", _sizes),
        ("incremental", "province-incremental.json", _incremental),
        ("peers", "province-peers.json", _peers),
        ("cost", "province-cost.json", _cost),
    ):
        if (RESULTS / file).exists():
            text = _between(text, name, table(json.loads((RESULTS / file).read_text("utf-8"))))
    DOCS.write_text(text, "utf-8")


def _between(text: str, name: str, table: str) -> str:
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, rest = text.split(start, 1)
    return f"{before}{start}\n{table}\n{end}{rest.split(end, 1)[1]}"


def _lines(header: str, rows: list[list[str]]) -> str:
    head = header.split("|")
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in ([h.strip() for h in head], ["---"] * len(head), *rows)
    )


def _sizes(found: list[dict[str, Any]]) -> str:
    rows = [
        [f["form"], str(f["counties"]), f"{f['rows']:,}", f"{f['listed']:,}", f"{f['seconds']:.0f}", f"{f['processor']:.0f}",
         f"{f['processor'] / f['rows'] * 28_020:.2f}", f"{f['memory']:,.0f} MB", f"{f['elsewhere']:,}",
         " / ".join(f"{f['stages'][s]:.0f}" for s in ("judge", "borders", "write"))]
        for f in sorted(found, key=lambda f: (f["form"] != "parquet", f["rows"], f["listed"]))
    ]  # fmt: skip
    said = []
    whole = list({(f["form"], f["rows"]): f for f in sorted(found, key=lambda f: (f["rows"], f["listed"]))}.values())
    for form in ("parquet", "csv"):
        mine = [f for f in whole if f["form"] == form and f["rows"] >= 90_000]
        if len(mine) > 1:
            powers = [float(np.polyfit(np.log([f["rows"] for f in mine]), np.log([f[k] for f in mine]), 1)[0]) for k in ("processor", "seconds", "memory")]  # fmt: skip
            said.append(f"{form}: processor seconds grow with the {powers[0]:.2f}th power of the rows, the clock's with the {powers[1]:.2f}th, memory with the {powers[2]:.2f}th")  # fmt: skip
    try:
        import plots

        plots.province(whole, DOCS.parent / "scaling.svg")
    except ModuleNotFoundError:
        said.append("(no matplotlib, the plot is of an earlier run)")
    table = _lines("format|counties|registry rows|list rows|seconds|processor seconds|processor seconds a county|peak memory|found across borders|seconds: read and match / borders / write", rows)  # fmt: skip
    return "\n".join(
        [f"{os.cpu_count()} cores, Python {sys.version.split()[0]}.", "", table, "", "; ".join(said) + "."]
    )


def _incremental(found: list[dict[str, Any]]) -> str:
    first = found[0]
    rows = [
        [f["changed"], f"{f['counties'] - f['unchanged']} of {f['counties']}", f"{f['seconds']:.0f}", f"{f['processor']:.0f}",
         f"{first['seconds'] / f['seconds']:.1f} / {first['processor'] / f['processor']:.1f}",
         " / ".join(f"{f['stages'][s]:.0f}" for s in ("judge", "borders", "write"))]
        for f in found
    ]  # fmt: skip
    return _lines("changed|counties done|seconds|processor seconds|so many times faster: clock / processor|seconds: read and match / borders / write", rows)  # fmt: skip


def _peers(found: list[dict[str, Any]]) -> str:
    rows = []
    for f in sorted(found, key=lambda f: (f["counties"], f["engine"] != "kcbx")):
        if "failed" in f:
            rows.append([str(f["counties"]), f["engine"], f"did not finish: {f['failed'][-120:]}", *[""] * 8])
            continue
        n, stages = f["counts"], f["stages"]
        linked = sum(s for name, s in stages.items() if name not in ("columns", "train"))
        rows.append(
            [str(f["counties"]), f"{f['engine']}: {f['variant']}", f"{linked:.1f}", f"{stages.get('train', 0):.1f}", f"{stages.get('columns', 0):.1f}",
             f"{f['seconds']:.0f}", f"{f['processor']:.0f}", f"{f['memory']:,.0f} MB", f"{f['precision']:.5f}", f"{f['recall']:.5f}", str(n["hidden"])]
        )  # fmt: skip
    head = "counties|engine|linking, s|training, s|columns, s|whole process, s|processor, s|peak memory|precision|recall without a person|missing hidden"  # fmt: skip
    return "\n".join([versions(), "", _lines(head, rows)])


def _cost(told: dict[str, float]) -> str:
    rows = [
        ["reading and cleaning", f"{told['read']:.2f}", f"{told['read'] / (told['pupils'] + told['listed']) * 1e6:.0f} µs a row read"],
        ["matching", f"{told['match']:.2f}", f"{told['match'] / told['pairs'] * 1e6:.1f} µs a candidate pair ({told['pairs']:,.0f}, {told['pairs'] / told['minors']:.0f} a listed child)"],
        ["verdicts", f"{told['decide']:.2f}", f"{told['decide'] / told['listed'] * 1e6:.0f} µs a listed person"],
        ["what is given up for the borders", f"{told['borders']:.2f}", f"{told['borders'] / told['pupils'] * 1e6:.1f} µs a pupil"],
        ["cases and report", f"{told['cases'] + told['report']:.2f}", "hardly grows"],
        ["workbooks, page, documents, CSV", f"{told['write']:.2f}", f"{told['write'] / told['workbooks'] * 1e3:.1f} ms a workbook ({told['workbooks']:.0f})"],
    ]  # fmt: skip
    total = sum(told[s] for s in ("read", "match", "decide", "borders", "cases", "report", "write"))
    rows.append(
        [
            "together",
            f"{total:.2f}",
            f"{told['pupils']:,.0f} pupils, {told['listed']:,.0f} listed persons, {told['minors']:,.0f} of them children",
        ]
    )
    return _lines("stage|processor seconds|which is", rows)


if __name__ == "__main__":
    write()

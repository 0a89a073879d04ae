"""Who links better, and how fast: kcbx beside its peers, in one run, on counties that nobody tuned on.

    python benchmarks/matching.py setup                 the peers, each in its own environment under build/bench
    python benchmarks/matching.py counties              all engines, errors x1 x4 x8, five seeds each
    python benchmarks/matching.py times                 all engines on one county an error rate: the table of times alone
    python benchmarks/matching.py mixes                 kcbx on the other mixes of errors
    python benchmarks/matching.py twins                 pairs of whom one is missing, all orders of damage to the numbers
    python benchmarks/matching.py febrl                 FEBRL 3 and 4 with English-style comparisons
    python benchmarks/matching.py growth                3,000 to 3,000,000 registry rows, and the plot
    python benchmarks/matching.py all                   all of these
    python benchmarks/matching.py write                 the tables of the last runs into docs/matching.md

Results are kept in build/bench/results, and a part that is run again measures only what is not there yet (`times`
everything), until the kernel or its model is another one: then counties and mixes begin anew. Seeds of 9000 and above are for measuring only: no model is trained or tuned on
them.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import compare
from kcbx_cli import match
from kcbx_cli.sample import Spec
from running import BUILD, chosen, setup, versions

DOCS = Path(__file__).resolve().parent.parent / "docs" / "matching.md"
RESULTS = BUILD / "results"
ENGINES = RESULTS / "engines.txt"
SEEDS = (9011, 9012, 9013, 9014, 9015)
ERRORS = (1.0, 4.0, 8.0)


def _engines() -> str:
    """What is measured: the machine, the peers' versions, and where kcbx's model comes from."""
    model = match.load_model()
    told = "; ".join(f"{k}: {', '.join(v) if isinstance(v, list) else v}" for k, v in model.provenance.items())
    return f"{versions()}. Model of kcbx {model.digest[:12]}: {told}"


def _begin() -> None:
    """Drops the results of another kernel or model."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    kernel = f"Kernel {_kernel()}"
    if not ENGINES.exists() or kernel not in ENGINES.read_text("utf-8"):
        for name in ("counties.json", "mixes.json"):
            (RESULTS / name).unlink(missing_ok=True)
    ENGINES.write_text(f"{_engines()}. {kernel}", "utf-8")


def _kernel() -> str:
    """A digest of the kernel's code and its model."""
    digest = hashlib.sha256()
    for path in sorted([*Path(match.__file__).parent.glob("*.py"), Path(match.__file__).parent / "model.json"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _times(asked: argparse.Namespace) -> None:
    specs = [Spec(scale=asked.scale, seed=asked.seeds[0], errors=e, mix="office") for e in asked.errors]
    (RESULTS / "times.json").unlink(missing_ok=True)
    compare.measure(chosen(asked.engines), specs, RESULTS / "times.json")


def _counties(asked: argparse.Namespace) -> None:
    specs = [Spec(scale=asked.scale, seed=s, errors=e, mix="office") for s in asked.seeds for e in asked.errors]
    _begin()
    compare.measure(chosen(asked.engines), specs, RESULTS / "counties.json")


def _mixes(asked: argparse.Namespace) -> None:
    specs = [
        Spec(scale=asked.scale, seed=s, errors=e, mix=mix)
        for mix in ("typist", "export")
        for e in asked.errors
        for s in asked.seeds[:2]
    ]
    _begin()
    compare.measure(chosen(["kcbx"]), specs, RESULTS / "mixes.json")


def _twins(asked: argparse.Namespace) -> None:
    import pairs

    pairs.measure(chosen(asked.engines), RESULTS / "pairs.json", asked.scale)


def _febrl(_: argparse.Namespace) -> None:
    import febrl

    febrl.measure(RESULTS / "febrl.json")


def _growth(asked: argparse.Namespace) -> None:
    import growth

    growth.measure(RESULTS / "growth.json", asked.most)


def _write(_: argparse.Namespace) -> None:
    import febrl
    import growth
    import pairs

    tables: dict[str, tuple[str, Callable[[Path], str]]] = {
        "accuracy": ("counties.json", lambda p: compare.accuracy(compare.load(p), DOCS.parent)),
        "times": ("times.json", lambda p: compare.times(compare.load(p))),
        "mixes": ("mixes.json", lambda p: compare.mixes(compare.load(p))),
        "twins": ("pairs.json", pairs.table),
        "febrl": ("febrl.json", febrl.table),
        "growth": ("growth.json", lambda p: growth.table(p, DOCS.parent)),
    }
    text = DOCS.read_text("utf-8")
    if ENGINES.exists():
        text = _between(text, "engines", ENGINES.read_text("utf-8"))
    for name, (file, table) in tables.items():
        if (RESULTS / file).exists():
            text = _between(text, name, table(RESULTS / file))
    DOCS.write_text(text, "utf-8")


def _between(text: str, name: str, table: str) -> str:
    """The text with the table between its markers."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, rest = text.split(start, 1)
    return f"{before}{start}\n{table}\n{end}{rest.split(end, 1)[1]}"


PARTS = {"counties": _counties, "times": _times, "mixes": _mixes, "twins": _twins, "febrl": _febrl, "growth": _growth}


def main() -> None:
    """Runs one part, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["setup", *PARTS, "all", "write"])
    parser.add_argument("--engines", nargs="*", default=[], help="names; all when none is given")
    parser.add_argument("--seeds", nargs="*", type=int, default=list(SEEDS))
    parser.add_argument("--errors", nargs="*", type=float, default=list(ERRORS))
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 28,020 pupils")
    parser.add_argument("--most", type=int, default=3_000_000, help="registry rows of the largest size of `growth`")
    asked = parser.parse_args()
    if asked.part == "setup":
        setup()
    for name, part in PARTS.items():
        if asked.part in (name, "all"):
            part(asked)
    if asked.part in ("write", "all"):
        _write(asked)


if __name__ == "__main__":
    sys.exit(main())

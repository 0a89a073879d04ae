"""The counties: every engine on every seed and error rate, scored against the truth; and the tables of it."""

from __future__ import annotations

import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path

from counties import Score, children, prepare, read_links, score
from kcbx_cli.sample import Spec
from running import BUILD, ENGINES, Engine, run

#: What is asked at an error rate: precision, recall, reach, share sent to review.
ASKED = {1: (0.9999, 0.9995, 0.9999, 0.002), 4: (0.9998, 0.998, 0.9997, 0.007), 8: (0.9995, 0.995, 0.999, 0.02)}


@dataclass(frozen=True)
class Measured:
    """One variant of one engine on one county."""

    engine: str
    variant: str
    mix: str
    errors: float
    seed: int
    counts: dict[str, int]
    wrong: list[str]
    predict: float
    untrained: float
    trained: float
    process: float
    memory: float

    @property
    def score(self) -> Score:
        """The counts as a score."""
        return Score(**self.counts)


def county(spec: Spec) -> Path:
    """The prepared county of a specification, kept for the next run."""
    folder = BUILD / "counties" / f"{spec.mix}-x{spec.errors:g}-seed{spec.seed}-scale{spec.scale:g}"
    prepare(folder, spec)
    return folder


def measure(engines: Sequence[Engine], specs: Sequence[Spec], path: Path) -> None:
    """Every engine on every county, one after the other; an engine that fails is said and left out.

    `path` holds the measurements so far, so that a run that is stopped is not lost: what is there is not measured again.
    """
    found = load(path) if path.exists() else []
    known = {(m.engine, m.mix, m.errors, m.seed) for m in found}
    first = {(s.mix, s.errors): s.seed for s in reversed(specs)}
    for spec in specs:
        folder = county(spec)
        truth = children(folder)
        for engine in engines:
            new = (engine.name, spec.mix, spec.errors, spec.seed) not in known
            if new and (engine.every or spec.seed == first[spec.mix, spec.errors]):
                found += _one(engine, spec, folder, truth)
                save(found, path)


def _one(engine: Engine, spec: Spec, folder: Path, truth: list) -> list[Measured]:
    out = BUILD / "links" / f"{engine.name.replace(' ', '_')}-{folder.name}"
    try:
        ran = run(engine, folder, out)
    except RuntimeError as error:
        print(f"{engine.name} failed: {error}", file=sys.stderr)
        return []
    found = []
    for variant, links in read_links(ran.links).items():
        scored = score(truth, links)
        counts = {k: v for k, v in asdict(scored).items() if k != "wrong"}
        found.append(
            Measured(
                engine.name, variant, spec.mix, spec.errors, spec.seed, counts, list(scored.wrong),
                ran.stages["predict"], ran.matching(False), ran.matching(True), ran.process, ran.memory,
            )
        )  # fmt: skip
        print(
            f"{spec.mix} x{spec.errors:g} {spec.seed} {engine.name}, {variant}: precision {scored.precision:.5f} recall "
            f"{scored.recall:.5f} hidden {scored.hidden} alarms {scored.alarms} review {scored.review} "
            f"in {ran.matching(False):.2f} s, {ran.process:.2f} s, {ran.memory:.0f} MB",
            flush=True,
        )
    return found


def save(found: Sequence[Measured], path: Path) -> None:
    """The measurements as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(m) for m in found], ensure_ascii=False, indent=0), "utf-8")


def load(path: Path) -> list[Measured]:
    """Measurements that were saved."""
    return [Measured(**m) for m in json.loads(path.read_text("utf-8"))]


def wilson(good: int, total: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson, 1927)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.959964, good / total
    middle, spread = p + z * z / (2 * total), z * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    low, high = ((middle + sign * spread) / (1 + z * z / total) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def _by_variant(found: Sequence[Measured]) -> dict[tuple[str, str], list[Measured]]:
    groups: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for m in found:
        groups[m.engine, m.variant].append(m)
    return groups


def accuracy(found: Sequence[Measured], docs: Path) -> str:
    """The accuracy tables, one for each error rate, and the plot, which is drawn where matplotlib is."""
    tables = [_accuracy_at(e, [m for m in found if m.errors == e]) for e in sorted({m.errors for m in found})]
    try:
        import plots
    except ModuleNotFoundError:
        return "\n\n".join(tables)
    plots.errors(found, docs / "matching-errors.svg")
    return "\n\n".join([*tables, "![Recall without a person, by error rate and engine](matching-errors.svg)"])


_HEAD = (
    "| engine | precision, worst seed | all seeds, 95 % | recall without a person, worst seed | all seeds, 95 % | "
    "right candidate found, worst seed | missing hidden | false alarms | review, worst seed |"
)


def _accuracy_at(errors: float, found: Sequence[Measured]) -> str:
    asked = ASKED.get(int(errors))
    seeds = sorted({m.seed for m in found})
    missing = sum({m.seed: m.score.missing for m in found}.values())
    lines = [f"**Errors ×{errors:g}**, {len(seeds)} seeds ({', '.join(map(str, seeds))}), {missing} missing children.", "",
             _HEAD, "|" + "---|" * 9]  # fmt: skip
    if asked:
        lines.append(f"| *asked of kcbx* | ≥ {asked[0]} | | ≥ {asked[1]} | | ≥ {asked[2]} | 0 | | ≤ {asked[3]:.1%} |")
    found = _in_order(found)
    for (engine, variant), runs in _by_variant(found).items():
        name = engine if variant in engine or engine == "kcbx" else f"{engine}: {variant}"
        lines.append(_row(name, [m.score for m in runs], asked if engine == "kcbx" else None, len(seeds)))
    return "\n".join([*lines, "", *_worse(found)])


def _in_order(found: Sequence[Measured]) -> list[Measured]:
    """By engine as they are listed, whatever order they were measured in."""
    place = {engine.name: n for n, engine in enumerate(ENGINES)}
    return sorted(found, key=lambda m: (place[m.engine], m.seed))


def _row(name: str, scores: Sequence[Score], asked: tuple[float, ...] | None, seeds: int) -> str:
    precision, recall = min(s.precision for s in scores), min(s.recall for s in scores)
    reach, review = min(s.reach for s in scores), max(s.share_review for s in scores)
    met = [""] * 4
    if asked:
        met = [
            " ✓" if ok else " ✗"
            for ok in (precision >= asked[0], recall >= asked[1], reach >= asked[2], review <= asked[3])
        ]
    sure = wilson(sum(s.right for s in scores), sum(s.links for s in scores))
    alone = wilson(sum(s.found for s in scores), sum(s.enrolled for s in scores))
    few = "" if len(scores) == seeds else f" ({len(scores)} of {seeds} seeds)"
    return (
        f"| {name}{few} | {precision:.5f}{met[0]} | {sure[0]:.5f}–{sure[1]:.5f} | {recall:.5f}{met[1]} | "
        f"{alone[0]:.5f}–{alone[1]:.5f} | {reach:.5f}{met[2]} | {sum(s.hidden for s in scores)} | "
        f"{sum(s.alarms for s in scores)} | {review:.2%}{met[3]} |"
    )


def _worse(found: Sequence[Measured]) -> list[str]:
    """Where kcbx is worse than a peer on the seeds that both ran."""
    ours = {m.seed: m.score for m in found if m.engine == "kcbx"}
    said = []
    for (engine, variant), runs in _by_variant(found).items():
        pairs = [(ours[m.seed], m.score) for m in runs if m.seed in ours]
        if engine == "kcbx" or not pairs:
            continue
        measures = {
            "precision": [min(s.precision for s in side) for side in zip(*pairs, strict=True)],
            "recall": [min(s.recall for s in side) for side in zip(*pairs, strict=True)],
            "right candidate found": [min(s.reach for s in side) for side in zip(*pairs, strict=True)],
            "missing hidden": [-sum(s.hidden for s in side) for side in zip(*pairs, strict=True)],
            "false alarms": [-sum(s.alarms for s in side) for side in zip(*pairs, strict=True)],
        }
        said += [f"{what} ({engine}: {variant})" for what, (mine, theirs) in measures.items() if mine < theirs]
    if not ours:
        return []
    return ["kcbx is worse than a peer in: " + "; ".join(said) + "." if said else "kcbx is nowhere worse than a peer."]


def mixes(found: Sequence[Measured]) -> str:
    """kcbx on the other mixes of errors."""
    lines = ["| mix | errors | precision, worst seed | recall | right candidate found | missing hidden | false alarms | review |",
             "|" + "---|" * 8]  # fmt: skip
    for mix, errors in sorted({(m.mix, m.errors) for m in found}):
        s = [m.score for m in found if m.mix == mix and m.errors == errors and m.engine == "kcbx"]
        lines.append(
            f"| {mix} | ×{errors:g} | {min(x.precision for x in s):.5f} | {min(x.recall for x in s):.5f} | "
            f"{min(x.reach for x in s):.5f} | {sum(x.hidden for x in s)} | {sum(x.alarms for x in s)} | "
            f"{max(x.share_review for x in s):.2%} |"
        )
    return "\n".join(lines)


def times(found: Sequence[Measured]) -> str:
    """Time and memory, medians over the runs; ratios are medians of the ratios within a county."""
    ours = {(m.mix, m.errors, m.seed): m for m in found if m.engine == "kcbx"}
    lines = ["| engine | predict alone | normalised tables in, links out, no training | with training | whole process | peak memory | "
             "kcbx so many times faster: predict alone / no training / with training / process |", "|" + "---|" * 7]  # fmt: skip
    seen: dict[str, dict[tuple[str, float, int], Measured]] = defaultdict(dict)
    for m in _in_order(found):
        seen[m.engine][m.mix, m.errors, m.seed] = m
    for engine, runs in seen.items():
        middle = [
            statistics.median(getattr(m, f) for m in runs.values())
            for f in ("predict", "untrained", "trained", "process", "memory")
        ]
        ratios = [
            statistics.median(getattr(m, f) / getattr(ours[k], f) for k, m in runs.items() if k in ours)
            for f in ("predict", "untrained", "trained", "process")
        ]
        lines.append(
            f"| {engine} | {middle[0]:.2f} s | {middle[1]:.2f} s | {middle[2]:.2f} s | {middle[3]:.2f} s | {middle[4]:.0f} MB | "
            + " / ".join(f"{r:.1f}" for r in ratios) + " |"
        )  # fmt: skip
    return "\n".join(lines)

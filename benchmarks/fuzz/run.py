"""Fuzzes readers, normalisers, writers, returned sheets and the configuration, and says what was found.

Usage: python benchmarks/fuzz/run.py [--part 1.0] [--seed 1] [--only N] [--write]

Every case comes from a seed, so that a find can be made again: the run prints target, seed and number. `--part 0.01` is
a hundredth of the million. A case that takes longer than its limit is stopped and counts as hung. Files that failed are
kept in build/fuzz/; the smallest of each kind belongs into benchmarks/fuzz/corpus/ together with the repair.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from targets import HERE, TARGETS, Target  # noqa: E402

#: Seconds that one case may take.
LIMIT = 10
#: So many finds of a target are told, and their files kept.
_TOLD = 10
_BUILD = HERE.parent.parent / "build" / "fuzz"
_PAGE = HERE.parent.parent / "docs" / "benchmarks.md"


class Hung(BaseException):
    """A case took longer than LIMIT."""


@dataclass
class Outcome:
    """What became of a target's cases."""

    cases: int = 0
    failed: int = 0
    hung: int = 0
    slowest: float = 0.0
    seconds: float = 0.0


def fuzz(target: Target, count: int, seed: int, *, tell: bool = True) -> Outcome:
    """Tries so many cases."""
    outcome, started = Outcome(), time.perf_counter()
    signal.signal(signal.SIGALRM, _hang)
    for number in range(count):
        case = target.make(random.Random(f"{target.name} {seed} {number}"))
        before = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            target.check(case)
        except Hung:
            outcome.hung += 1
            _tell(target, seed, number, case, tell and outcome.hung <= _TOLD)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome.failed += 1
            _tell(target, seed, number, case, tell and outcome.failed <= _TOLD)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - before)
        outcome.cases += 1
    outcome.seconds = time.perf_counter() - started
    return outcome


def _hang(*_: Any) -> None:
    raise Hung


def _tell(target: Target, seed: int, number: int, case: Any, tell: bool) -> None:
    """Where it failed, and the file that did it."""
    if not tell:
        return
    where = traceback.format_exc().splitlines()[-3:]
    print(f"FOUND {target.name}, seed {seed}, case {number}: {' | '.join(w.strip() for w in where)[:300]}")
    if isinstance(case, tuple) and isinstance(case[-1], bytes):
        _BUILD.mkdir(parents=True, exist_ok=True)
        (_BUILD / f"{TARGETS.index(target)}-{number}-{case[0]}").write_bytes(case[-1])
    else:
        print(f"      {case!r:.200}")


def main() -> int:
    """Runs the targets and prints a table."""
    options = argparse.ArgumentParser()
    options.add_argument("--part", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", type=int, default=-1)
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    lines = [
        "| target | cases | tracebacks or wrong results | hung | slowest case | cases a second |",
        "|---|---|---|---|---|---|",
    ]
    total = Outcome()
    for number, target in enumerate(TARGETS):
        if asked.only not in (-1, number):
            continue
        one = fuzz(target, max(1, int(target.share * asked.part)), asked.seed)
        rate = one.cases / one.seconds
        lines.append(
            f"| {target.name} | {one.cases:,} | {one.failed} | {one.hung} | {one.slowest:.2f} s | {rate:,.0f} |"
        )
        print(lines[-1], flush=True)
        total = Outcome(total.cases + one.cases, total.failed + one.failed, total.hung + one.hung)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    lines.append(f"| together | {total.cases:,} | {total.failed} | {total.hung} | | |")
    print(lines[-1], f"peak memory {memory} MB")
    if asked.write:
        table = "\n".join([*lines, "", f"Peak memory of the whole run: {memory} MB."])
        before, _, rest = _PAGE.read_text("utf-8").partition("<!-- fuzz -->\n")
        _PAGE.write_text(
            f"{before}<!-- fuzz -->\n{table}\n<!-- /fuzz -->{rest.partition('<!-- /fuzz -->')[2]}", "utf-8"
        )
    return 1 if total.failed or total.hung else 0


if __name__ == "__main__":
    raise SystemExit(main())

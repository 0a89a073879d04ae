"""A short fuzzing run of every target, and every saved case; benchmarks/fuzz/run.py is the long one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "fuzz"))

import run
import targets


@pytest.mark.parametrize("target", targets.TARGETS, ids=lambda t: t.name)
def test_a_short_run(target):
    outcome = run.fuzz(target, max(40, target.share // 1000), seed=20261125)
    assert outcome.cases and (outcome.failed, outcome.hung) == (0, 0)


@pytest.mark.parametrize("saved", list(targets.corpus()), ids=lambda s: s[0].name)
def test_what_was_found_once(saved):
    _, target, case = saved
    target.check(case)


def test_the_fuzzer_would_notice(tmp_path):
    def breaks(_):
        raise ValueError

    def hangs(_):
        while True:
            pass

    run.LIMIT, before = 0.2, run.LIMIT
    try:
        for check, expected in ((breaks, (1, 0)), (hangs, (0, 1)), (lambda _: None, (0, 0))):
            outcome = run.fuzz(targets.Target("x", 1, lambda rng: rng.random(), check), 1, 1, tell=False)
            assert (outcome.failed, outcome.hung) == expected
    finally:
        run.LIMIT = before

"""The ratios of the monthly report, as cases in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml_cases

from kcbx_cli.decide import ratios

CASES = yaml_cases.told(Path(__file__).with_name("ratios.yaml"))


@pytest.mark.parametrize("case", CASES, ids=[c["case"] for c in CASES])
def test_ratio(case: dict[str, Any]) -> None:
    cohorts = [ratios.Cohort(*c) for c in case.get("cohorts", [])]
    if "retention" in case:
        found = ratios.retention(case["retention"]["year"], case["retention"]["attending"], cohorts)
        assert [[r.over, r.under] for r in found] == case["expect"]
        return
    if "dropout" in case:
        asked = case["dropout"]
        got = ratios.dropout(asked["stage"], asked["dropped"], asked["gone"], cohorts, asked["formula"])
        assert got.formula == asked["formula"]
    else:
        got = ratios.enrolment(case["enrolment"])
    assert [got.over, got.under] == case["expect"]

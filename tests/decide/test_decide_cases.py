"""Every rule, as cases in YAML: what is given and what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml_cases
from made_up_county import inputs

from kcbx_cli import decide
from kcbx_cli.problems import KINDS
from kcbx_cli.tables import FINDINGS, PROBLEMS, VERDICT_ORDER, VERDICTS, WORK

HERE = Path(__file__).parent
FILES = (
    "verdicts",
    "ages",
    "papers",
    "lists",
    "registry",
    "findings",
    "problems",
    "work",
    "quality",
    "attendance",
    "sources",
)
#: What a sentence for the village must not say.
UNSAID = ("送教", "免学", "随班", "残", "缓学", "延缓")


def cases() -> list[Any]:
    found = []
    for name in FILES:
        for case in yaml_cases.told(HERE / f"{name}.yaml"):
            found.append(pytest.param(case, id=f"{name}: {case['case']}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    expect = case["expect"]
    decided = decide.verdicts(inputs(case))
    got = decided.verdicts
    for key in ("verdict", "reason", "sentence", "registry", "near", "paper", "case_id", "probability"):
        if key in expect:
            assert (
                got[key].round(6).tolist() == expect[key]
                if key == "probability"
                else (got[key].tolist() == expect[key])
            ), decided.verdicts[["verdict", "reason", "sentence"]].to_string()
    if "findings" in expect:
        found = decided.findings
        assert [list(f) for f in zip(found["registry"], found["finding"], strict=True)] == expect["findings"]
    if "problems" in expect:
        told = decided.problems
        assert [f"{c} {f} {r}" for c, f, r in zip(told["code"], told["file"], told["row"], strict=True)] == expect[
            "problems"
        ]
    for key, value in expect.get("work", {}).items():
        assert decided.work[key].tolist() == value
    for name, numbers in expect.get("compared", {}).items():
        (row,) = decided.comparisons[decided.comparisons["comparison"] == name].itertuples(index=False)
        assert [row.made, row.compared, row.found, row.earlier][: len(numbers)] == numbers, name
    if "contradictions" in expect:
        pairs = decided.contradictions
        told = zip(pairs["code"], pairs["row"], pairs["other_row"], strict=True)
        assert [list(pair) for pair in told] == expect["contradictions"]
    for key, value in expect.get("finding", {}).items():
        assert decided.findings[key].tolist() == value
    if "details" in expect:
        assert decided.problems["detail"].tolist() == expect["details"]
    keeps_its_word(decided, inputs(case))


def keeps_its_word(decided: decide.Decided, given: decide.Inputs) -> None:
    """What holds whatever is decided."""
    verdicts, work = decided.verdicts, decided.work
    for frame, table in (
        (verdicts, VERDICTS),
        (work, WORK),
        (decided.findings, FINDINGS),
        (decided.problems, PROBLEMS),
    ):
        assert list(frame.columns) == table.names
        assert frame.dtypes.tolist() == table.frame().dtypes.tolist()
        assert frame.index.tolist() == list(range(len(frame)))
    assert verdicts["person"].tolist() == list(range(len(given.people)))
    assert set(verdicts["verdict"]) <= set(VERDICT_ORDER)
    assert sum(decide.tally(verdicts).values()) == len(given.people)
    assert (verdicts.groupby("child")[["verdict", "reason", "registry"]].nunique() <= 1).all().all()
    assert ((verdicts["registry"] < 0) == verdicts["probability"].isna()).all()
    assert (verdicts["reason"] != "").all()
    assert all(set(r.split(";")) <= set(decide.REASONS) for r in [*verdicts["reason"], *work["reason"]])
    assert set(decided.problems["code"]) <= set(KINDS)
    names = {*given.people["name"], *given.registry["name"], *given.special["name"]} - {""}
    for sentence in [*verdicts["sentence"], *work["sentence"], *decided.findings["sentence"]]:
        assert sentence.endswith("。")
        assert not [word for word in (*UNSAID, *names) if word in sentence]
    assert not [n for n in names for d in decided.problems["detail"] if n in d]
    wanted = verdicts[verdicts["verdict"].isin(["suspected", "papers_expired", "unknown_age", "dropout", "absent"])]
    assert sorted(work["child"][work["child"] >= 0]) == sorted(wanted["child"].unique())
    assert (work["child"] < 0).sum() == len(decided.findings)

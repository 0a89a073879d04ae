"""A month's verdicts meet the case ledger: case numbers for the work, what changed since the month before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from kcbx_cli import decide, run
from kcbx_cli.intake import Intake
from kcbx_cli.ledger import CasePlan, Ledger, Work
from kcbx_cli.problems import Problem, frame
from kcbx_cli.tables import PROBLEMS, Month


def month_of(
    as_of: date, lists: Intake, given: run.Lists, matched: run.Matched, decided: decide.Decided, book: Ledger
) -> tuple[CasePlan, Month]:
    """Every child at work gets its case number; cases that the month accounts for are told to the ledger."""
    owners = run.owners(matched, decided)
    plan = book.plan_month(as_of, Work(decided.work, owners.known, owners.resolved, lists.people, lists.registry))
    numbers = plan.rows["case_id"]
    work = decided.work.assign(case_id=numbers)
    by_child = dict(zip(work["child"], numbers, strict=True))
    by_pupil = dict(zip(work["registry"].where(work["child"] < 0, -1), numbers, strict=True))
    verdicts = decided.verdicts
    of_case = verdicts["child"].map(by_child).where(verdicts["child"].isin(by_child), verdicts["case_id"])
    return plan, Month(
        as_of=as_of,
        people=lists.people,
        registry=lists.registry,
        special=lists.special,
        families=lists.families,
        verdicts=verdicts.assign(case_id=of_case.astype(object)),
        findings=decided.findings.assign(case_id=decided.findings["registry"].map(by_pupil).astype(object)),
        work=work,
        near=matched.links[matched.links["band"] != "link"].reset_index(drop=True),
        problems=_ordered([lists.problems, matched.problems, decided.problems, _unlisted(plan, book.path.name)]),
        known=given.known,
        changes=_changes(plan, given),
    )


def _changes(plan: CasePlan, given: run.Lists) -> pd.DataFrame:
    """CHANGES of the plan, each with the position of its child in the ledger's people."""
    row = dict(zip(given.cases["case_id"], given.cases["identity"], strict=True))
    position = {int(identity): at for at, identity in enumerate(given.known["row"])}
    return plan.changes.assign(identity=[position.get(row.get(case, 0), -1) for case in plan.changes["case_id"]])


def _unlisted(plan: CasePlan, ledger: str) -> pd.DataFrame:
    """Open cases whose child stands on no list this month: nobody drops out of sight."""
    return frame(Problem("K601", ledger, field="case_id", detail=f"个案 {case}") for case in plan.unlisted)


def _ordered(problems: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All problems by file, sheet and row, whatever the order in which they were found; each once."""
    everything = PROBLEMS.concat(list(problems)).drop_duplicates()
    return everything.sort_values(["file", "sheet", "row", "code", "field", "detail"], kind="stable", ignore_index=True)

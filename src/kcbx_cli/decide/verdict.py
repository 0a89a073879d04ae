"""What a link, or its absence, means: one verdict for each child, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.decide import presence, reasons
from kcbx_cli.decide.compared import comparison_of, comparisons
from kcbx_cli.decide.disputes import contradictions, disputes
from kcbx_cli.decide.facts import Facts, Inputs, abroad, gather
from kcbx_cli.decide.findings import find
from kcbx_cli.decide.fold import take
from kcbx_cli.decide.notes import notes
from kcbx_cli.decide.quality import quality
from kcbx_cli.decide.rollnotes import attendance_notes
from kcbx_cli.decide.rules import PRECEDENCE
from kcbx_cli.decide.work import Lines, work
from kcbx_cli.tables import FINDINGS, PROBLEMS, VERDICT_ORDER, VERDICTS

#: What is said of a child of whom another county may have the pupil.
ALIKE_ABROAD = "外县(区)的学籍里有相近的学生,由县里核对。"
#: Verdicts under which the paper that was looked at is named.
_WITH_PAPER = (
    "unknown_age", "excused", "elsewhere", "suspended", "papers_expired", "enrolled", "dropout", "absent",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """VERDICTS by list row, FINDINGS in the order of the registry, WORK in the order of the checklists, PROBLEMS,
    COMPARISONS, CONTRADICTIONS. `absent` are the days of absence of pupils (by number) who miss school for too few days
    to count; `facts` what all of it rests on.
    """

    facts: Facts
    verdicts: pd.DataFrame
    findings: pd.DataFrame
    work: pd.DataFrame
    problems: pd.DataFrame
    comparisons: pd.DataFrame
    contradictions: pd.DataFrame
    absent: Mapping[int, int] = field(default_factory=dict)


def verdicts(given: Inputs) -> Decided:
    """Decide on every listed child and every pupil; every list row gets exactly one verdict, its child's."""
    facts = gather(given)
    disputed, of_schools = disputes(facts), attendance_notes(facts)
    return Decided(
        facts=facts,
        problems=PROBLEMS.concat([*disputed, notes(facts), quality(facts), *of_schools]),
        contradictions=contradictions([*disputed, *of_schools]),
        absent=_short_absences(facts),
        **_ruled(facts),
    )


def with_abroad(decided: Decided, rows: tuple[int, ...], alike: tuple[int, ...] = ()) -> Decided:
    """The same, now that the children of these list rows are known to be at school in another county.

    Of the children of the rows `alike` another county has a pupil who may be them: they stay what they are, and their
    sheets say so. Problems and contradictions are of rows and not of children: they stay what they were.
    """
    if rows:
        facts = replace(decided.facts, abroad=abroad(rows, decided.facts.children))
        decided = replace(decided, facts=facts, **_ruled(facts))
    children = decided.verdicts["child"].iloc[list(alike)]
    said = decided.work["near_sentence"]
    said = said.where(~decided.work["child"].isin(children), said + ALIKE_ABROAD)
    return replace(decided, work=decided.work.assign(near_sentence=said))


def _ruled(facts: Facts) -> dict[str, Any]:
    """What the rules say: verdicts, findings, work and comparisons."""
    lines, findings = _by_child(facts), find(facts)
    rows = {name: values[facts.children.of] for name, values in lines.items()}
    rows |= {"person": np.arange(len(facts.given.people)), "child": facts.given.child}
    to_do = work(facts, {**lines, "comparison": comparison_of(facts)}, findings)
    return {
        "verdicts": VERDICTS.frame(rows),
        "findings": FINDINGS.frame({name: findings[name] for name in FINDINGS.names}),
        "work": to_do,
        "comparisons": comparisons(facts, to_do),
    }


def _short_absences(f: Facts) -> dict[int, int]:
    """Days of absence of the pupils who are out without leave, for too few days to be suspects."""
    seen = f.in_class
    short = np.flatnonzero((seen.state == presence.SHORT) & ~seen.leave & (seen.days > 0))
    return dict(zip(f.pupils.numbers[short].tolist(), seen.days[short].tolist(), strict=True))


def tally(verdicts: pd.DataFrame) -> dict[str, int]:
    """How many rows have each verdict, in the order of VERDICT_ORDER, zeros included; they add up to the rows."""
    counts = verdicts["verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICT_ORDER}


def _by_child(f: Facts) -> Lines:
    """One line for each child: the columns of VERDICTS but person and child."""
    index = np.select([rule(f) for _, rule in PRECEDENCE], [VERDICT_ORDER.index(name) for name, _ in PRECEDENCE])
    verdict = np.array(VERDICT_ORDER, dtype=object)[index]
    reason, sentence = reasons.explain(f, index)
    review = verdict == "review"
    registry = np.where(review, f.link.candidate, f.link.row)
    probability = take(f.given.links["probability"].to_numpy(), f.link.at, np.nan)
    return {
        "verdict": verdict,
        "reason": reason,
        "sentence": sentence,
        "registry": registry,
        "probability": np.where(registry >= 0, probability, np.nan),
        "near": np.where(review, -1, f.link.near),
        "paper": np.where(np.isin(index, [VERDICT_ORDER.index(v) for v in _WITH_PAPER]), f.paper.row, -1),
        "case_id": f.case.case_id,
    }

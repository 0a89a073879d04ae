"""`kcbx train`: a model of the month's own lists, written for `matching.model` in kcbx.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from kcbx_cli import __version__, intake, match
from kcbx_cli.asked import Asked
from kcbx_cli.assess.answers import decided_pairs
from kcbx_cli.intake import Intake
from kcbx_cli.match.explain import level_words, title
from kcbx_cli.result import Result, Trace
from kcbx_cli.run import training
from kcbx_cli.settings import Settings
from kcbx_cli.write import single
from kcbx_cli.write.given import check

_KINDS = {"m": "同一人", "stranger": "不相干的人", "sibling": "兄弟姐妹", "twin": "双胞胎"}
#: All probabilities that a model holds.
_ALL = sum(len(levels) - 1 for levels in match.COMPARISONS.values()) * len(_KINDS)


def train(
    asked: Asked,
    settings: Settings,
    ledger: Path | None,
    out: Path,
    show: Callable[[str], None],
    *,
    force: bool = False,
) -> Result:
    """Learn a model from these lists and write it to `out`; 1 in the result's exit code says that it did not settle.

    Raises:
        KcbxError: a list cannot be read, nothing can be learnt, or the file is there already and `force` is not given.
    """
    check("train", out, replace=force)
    lists = intake.take_in(asked.paths, asked.as_of, settings, asked.passwords, show)
    show("学习比对模型")
    decided = decided_pairs(ledger, lists)
    learnt = training.learn(lists.people, lists.registry, decided, asked.as_of, settings)
    told = _provenance(asked, lists, decided, learnt)
    single.save(out, training.model_file(learnt, told), replace=force)
    lines = [
        f"截至 {asked.as_of.isoformat()} 的名单 {len(lists.people)} 行、学籍 {len(lists.registry)} 行,"
        f"比对了 {learnt.pairs} 对候选(归成 {learnt.patterns} 种情形),其中约 {learnt.matches:.0f} 对是同一个孩子。",
        f"用上人工比对过的 {len(decided)} 对。" if len(decided) else "没有可用的人工比对结果,全凭名单本身学习。",
        f"迭代 {learnt.iterations} 次,{'已收敛' if learnt.converged else '没有收敛'};"
        f"{_ALL} 个概率中有 {_ALL - len(learnt.kept)} 个从名单学到。",
        *_kept(learnt.kept),
        *(["在校名单(点名册、缺勤报告)没有用来学习。"] if len(lists.attendance) else []),
        f"模型已写到:{out}。要用它,在 kcbx.toml 的 [matching] 里写 model = \"{out.as_posix()}\";"
        "先用 kcbx evaluate 看看效果。",
    ]  # fmt: skip
    warnings = [] if learnt.converged else ["模型没有收敛,权重可能还不稳;请核对名单,或用更多月份、更完整的名单再学"]
    return Result(
        "train",
        {"out": str(out), **told},
        tuple(lines),
        tuple(warnings),
        0 if learnt.converged else 1,
        trace=Trace(intake.traced(lists.inputs)),
    )


def _provenance(asked: Asked, lists: Intake, decided: pd.DataFrame, learnt: match.Estimate) -> dict[str, Any]:
    """Where the model comes from; nothing of a person."""
    return {
        "kind": "trained",
        "kcbx": __version__,
        "as_of": asked.as_of.isoformat(),
        "base": match.load_model().digest,
        "inputs": [{"role": i.role, "sha256": i.sha256, "people": i.people} for i in lists.inputs],
        "decided": {"yes": int(decided["same"].sum()), "no": int((~decided["same"]).sum())},
        "candidate_pairs": learnt.pairs,
        "patterns": learnt.patterns,
        "matches": round(learnt.matches, 3),
        "iterations": learnt.iterations,
        "converged": learnt.converged,
        "last_change": round(learnt.history[-1], 8) if learnt.history else None,
        "probabilities": _ALL,
        "not_learnt": list(learnt.kept),
    }


def _kept(kept: Sequence[str]) -> list[str]:
    """The probabilities that the lists did not show: how many of each kind; those of one child by name."""
    if not kept:
        return []
    named: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _KINDS}
    for comparison, level, kind in (name.split(".") for name in kept):
        named[kind].append((comparison, level))
    lines = [f"其余 {len(kept)} 个在名单里几乎见不到,保留自带模型的值(全部名称在模型文件的 not_learnt 里):"]
    for kind, levels in named.items():
        counts = Counter(title(comparison) for comparison, _ in levels)
        if counts:
            lines.append(f"  {_KINDS[kind]}:" + "、".join(f"{what} {n} 个" for what, n in counts.items()))
        if kind == "m":
            by_title = groupby(levels, lambda one: title(one[0]))
            lines += [f"    {what}:" + "、".join(level_words(*one) for one in several) for what, several in by_title]
    return lines

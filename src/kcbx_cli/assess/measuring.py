"""`kcbx evaluate`: how well the lists are matched, against answers where there are some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli import __version__, intake, run
from kcbx_cli.asked import Asked
from kcbx_cli.assess.answers import decided_pairs
from kcbx_cli.errors import KcbxError
from kcbx_cli.intake import Intake
from kcbx_cli.judging import judge
from kcbx_cli.match import evaluate as statistics
from kcbx_cli.match.evaluate import LINK, NEAR, REVIEW, Judged, Share
from kcbx_cli.read.truth import Truth, truth
from kcbx_cli.result import Result, Trace
from kcbx_cli.run import pairs
from kcbx_cli.settings import Settings
from kcbx_cli.write import single
from kcbx_cli.write.assessment import LABELS, Assessment, assessment_page, interval
from kcbx_cli.write.given import check

#: Link thresholds that the curves go through, in bits.
_STEPS = tuple(n / 2 for n in range(1, 61))
#: Costs that the page tells the consequences of: of a hidden child, of a review; a needless visit is 1.
_COSTS = ((20.0, 0.2), (100.0, 0.2), (1000.0, 0.2), (10000.0, 0.2))
_BANDS = {"link": LINK, "review": REVIEW, "near": NEAR}


def evaluate(
    asked: Asked, settings: Settings, answers: tuple[Path | None, Path | None], page: tuple[Path, bool] | None,
    show: Callable[[str], None],
) -> Result:  # fmt: skip
    """Match the lists as the main job does in a first month, rolls called, and say how well.

    What people decided is never given to the matching: it is what the matching is measured against. `answers` are a truth
    file and a case ledger, if any; `page` is where the page goes and whether it may replace a file; without it no page is written.

    Raises:
        KcbxError: a list or the truth file cannot be read, or the page is there already and may not be replaced.
    """
    if page is not None:
        check("evaluate", page[0], replace=page[1])
    told = None if answers[0] is None else truth(answers[0])
    month = judge(asked, settings, None, lambda _, words: show(words))
    lists, matched = month.lists, month.matched
    listed = _Listed(lists, matched, pairs.of_school_age(lists.people, asked.as_of, settings))
    show("评估")
    seen = _against_truth(listed, told) if told is not None else _against_people(listed, answers[1])
    assessment = _assessment(asked, settings, listed, seen)
    if page is not None:
        single.save(page[0], assessment_page(assessment), replace=page[1])
    result = _result(assessment, seen, page[0] if page is not None else None)
    return replace(result, trace=Trace(intake.traced(lists.inputs)))


@dataclass(frozen=True)
class _Listed:
    """The lists, who was matched with whom, and which list rows are of school age."""

    lists: Intake
    matched: run.Matched
    school_age: np.ndarray[Any, np.dtype[np.bool_]]

    def best(self, rows: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[pd.DataFrame, Judged]:
        """The best candidate of each of these list rows (registry -1 for none), judged by the probabilities alone."""
        first = self.matched.links.drop_duplicates("left").set_index("left").reindex(rows)
        weight = first["weight"].fillna(-np.inf).to_numpy(dtype=np.float64)
        band = first["band"].map(_BANDS).fillna(NEAR).to_numpy().astype(np.int64)
        registry = first["right"].fillna(-1).to_numpy(dtype=np.int64)
        judged = statistics.by_probability(weight, band, self.school_age[rows])
        return pd.DataFrame({"left": rows, "right": registry}), judged


@dataclass(frozen=True)
class _Seen:
    """What was measured: `judged` by the answers there are, `listed` all list rows by probability.

    `links` are probability and answer of the pairs that calibration is looked at with; `unknown` counts rows of the
    truth file that stand on no list.
    """

    labels: str
    judged: Judged
    listed: Judged
    links: tuple[statistics.Floats, statistics.Floats] | None
    hidden: Share | None = None
    unknown: int = 0


def _against_truth(listed: _Listed, told: Truth) -> _Seen:
    """Every matched list row, and every other one whose child is registered by the truth."""
    lists, matched = listed.lists, listed.matched
    people = lists.people.reset_index(names="left")[["left", "file", "sheet", "row"]]
    registry = lists.registry.reset_index(names="right")[["right", "file", "sheet", "row"]]
    registry = registry.rename(columns={c: f"registry_{c}" for c in ("file", "sheet", "row")})
    rows = told.rows.merge(people, on=["file", "sheet", "row"], how="left")
    if rows["left"].isna().all():
        raise KcbxError("答案文件里没有一行在这些名单上", "请给出与名单同一批的 truth.csv。", "bad_truth")
    true = told.pairs.merge(people, on=["file", "sheet", "row"]).merge(registry, how="inner")[["left", "right"]]
    known = rows.dropna(subset=["left"]).astype({"left": np.int64}).drop_duplicates("left").set_index("left")
    young = np.intersect1d(matched.minors, known.index.to_numpy())
    chosen = np.union1d(young, true["left"].unique()).astype(np.int64)
    best, judged = listed.best(chosen)
    right = _among(best, true)
    if (known["school_age"] >= 0).all():
        judged = replace(judged, counted=(known["school_age"].reindex(chosen) == 1).to_numpy())
    judged = replace(judged, right=right, present=np.isin(chosen, true["left"]).astype(np.float64), labelled=True)
    links = matched.links[matched.links["left"].isin(chosen)]
    status = lists.registry["status_group"].to_numpy(dtype=object)
    at_school = (best["right"] >= 0).to_numpy() & (status[best["right"].to_numpy()] == "attending")
    missing = (known["missing"].reindex(chosen) == 1).to_numpy()
    hidden = statistics.share(
        int((missing & at_school & (judged.band == LINK) & (right == 0)).sum()), int(missing.sum())
    )
    return _Seen(
        labels="truth",
        judged=judged,
        listed=listed.best(matched.minors)[1],
        links=(links["probability"].to_numpy(dtype=np.float64), _among(links[["left", "right"]], true)),
        hidden=hidden if (known["missing"] >= 0).all() else None,
        unknown=int(rows["left"].isna().sum()),
    )


def _among(asked: pd.DataFrame, true: pd.DataFrame) -> statistics.Floats:
    """1 for each pair (left, right) that is among the true ones, else 0."""
    found = asked.merge(true.drop_duplicates().assign(right_one=1.0), on=["left", "right"], how="left")
    return found["right_one"].fillna(0.0).to_numpy(dtype=np.float64)


def _against_people(listed: _Listed, ledger: Path | None) -> _Seen:
    """The pairs that people decided, each by itself; the lists' own probabilities where there are none."""
    matched, lists = listed.matched, listed.lists
    everyone = listed.best(matched.minors)[1]
    decided = decided_pairs(ledger, lists)
    decided = decided[decided["left"].isin(matched.minors)]
    if decided.empty:
        return _Seen("none", everyone, everyone, None)
    weight = pairs.weights(matched, lists.people, lists.registry, decided)["weight"].to_numpy(dtype=np.float64)
    same = decided["same"].to_numpy(dtype=np.float64)
    model = matched.model
    band = np.where(weight >= model.link, LINK, np.where(weight >= model.review, REVIEW, NEAR))
    judged = Judged(weight, band, same, same, np.ones(len(same), dtype=bool), labelled=True)
    return _Seen("decided", judged, everyone, (judged.probability, same))


def _assessment(asked: Asked, settings: Settings, listed: _Listed, seen: _Seen) -> Assessment:
    matched, model = listed.matched, listed.matched.model
    counted = seen.judged if seen.labels == "truth" else seen.listed
    curve = statistics.curve(seen.judged, [*_STEPS, model.link])
    if seen.labels == "decided":  # answers exist for doubtful pairs only; the work is that of all rows
        curve = curve.assign(review=statistics.curve(seen.listed, [*_STEPS, model.link])["review"])
    chosen = settings.matching
    own = [(chosen.cost_hidden, chosen.cost_review)] if chosen.cost_hidden > 0 and chosen.cost_review > 0 else []
    return Assessment(
        county=settings.county.name,
        as_of=asked.as_of,
        version=__version__,
        labels=seen.labels,
        rows=len(matched.minors),
        pupils=len(np.unique(matched.pupil)),
        answers=len(seen.judged) if seen.labels != "none" else 0,
        model=model,
        measures=replace(statistics.measured(seen.judged), review=statistics.measured(counted).review),
        hidden=seen.hidden,
        unlabelled=statistics.unlabelled(seen.listed, pairs.with_itself(matched, listed.lists.people), model.link),
        curve=curve,
        bins=None if seen.links is None else statistics.calibration(*seen.links),
        histogram=statistics.histogram(seen.judged.weight, _groups(seen.judged)),
        costs=statistics.by_cost(counted, model, [*own, *(c for c in _COSTS if c not in own)]),
    )


def _groups(judged: Judged) -> np.ndarray[Any, np.dtype[np.object_]]:
    """What each row is called in the histogram: by its answer, or by its band where there is none."""
    if judged.labelled:
        return np.where(judged.right > 0, "是同一人", "不是同一人").astype(object)
    return np.array(["不算", "人工比对", "自动连接"], dtype=object)[judged.band]


def _result(a: Assessment, seen: _Seen, page: Path | None) -> Result:
    """Lines for people and numbers for scripts."""
    m, u = a.measures, a.unlabelled
    lines = [
        f"截至 {a.as_of.isoformat()}:名单上 18 岁以下 {a.rows} 行,学籍 {a.pupils} 名学生。依据:{LABELS[a.labels]}"
        + (f"({a.answers} 条)。" if a.answers else "。"),
        f"  自动连接的精确率  {interval(m.precision)}",
        f"  自动连接的召回率  {interval(m.recall)}",
        f"  算上人工比对      {interval(m.found)}",
        f"  要人工比对        {interval(m.review)}",
    ]
    if a.hidden is not None:
        lines.append(f"  失学被错当在校    {interval(a.hidden)}")
    lines += [
        f"  不用答案的估计    错连 {u.false.count:.2f},漏连 {u.missed.count:.2f},无从自动连接 {interval(u.unlinkable)}",
        f"  现用界限          自动连接 {a.model.link:g} 比特,人工比对 {a.model.review:g} 比特",
    ]
    if page is not None:
        lines.append(f"曲线和各项数据在:{page}")
    warnings = [f"答案文件中有 {seen.unknown} 行不在名单上,没有计入"] if seen.unknown else []
    data = {
        "labels": a.labels,
        "answers": a.answers,
        "rows": a.rows,
        "pupils": a.pupils,
        "precision": _share(m.precision),
        "recall": _share(m.recall),
        "found": _share(m.found),
        "review": _share(m.review),
        "hidden": None if a.hidden is None else _share(a.hidden),
        "expected_false": _expected(u.false),
        "expected_missed": _expected(u.missed),
        "unlinkable": _share(u.unlinkable),
        "model": {"digest": a.model.digest, "link": a.model.link, "review": a.model.review},
        "curve": _records(a.curve),
        "calibration": None if a.bins is None else _records(a.bins),
        "costs": _records(a.costs),
        "page": None if page is None else str(page),
    }
    return Result("evaluate", data, tuple(lines), tuple(warnings))


def _share(s: Share) -> dict[str, float | None]:
    return {"hits": s.hits, "of": s.of, "share": _none(s.share), "low": _none(s.low), "high": _none(s.high)}


def _expected(e: statistics.Expected) -> dict[str, float]:
    return {"count": round(e.count, 6), "low": round(e.low, 6), "high": round(e.high, 6)}


def _records(frame: pd.DataFrame) -> list[dict[str, float | None]]:
    return [{str(k): _none(v) for k, v in row.items()} for row in frame.round(6).to_dict("records")]


def _none(value: Any) -> float | None:
    """The number, or None where JSON would have no word for it."""
    return None if pd.isna(value) else float(value)

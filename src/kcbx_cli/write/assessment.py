"""The page of `kcbx evaluate`: how well the matching does, in curves with their tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from kcbx_cli.match import Model
from kcbx_cli.match.evaluate import Measures, Share, Unlabelled, weights_table
from kcbx_cli.match.explain import level_words, title
from kcbx_cli.write import charts
from kcbx_cli.write.pages import figure, folded, page, paragraph, percent, section, table

#: Where the answers come from: a truth file, pairs that people decided, or nowhere.
LABELS = {"truth": "答案文件", "decided": "台账中人工比对过的记录", "none": "没有答案,以模型自己的概率估计"}


@dataclass(frozen=True)
class Assessment:
    """All that the page tells; `bins` are None where there are no answers, `hidden` and `missing` where no truth file is.

    `rows` listed people under 18, `pupils` in the registry, `answers` rows or pairs with an answer; `curve`,
    `bins`, `histogram`, `costs` as match/evaluate.py makes them.
    """

    county: str
    as_of: date
    version: str
    labels: str
    rows: int
    pupils: int
    answers: int
    model: Model
    measures: Measures
    hidden: Share | None
    unlabelled: Unlabelled
    curve: pd.DataFrame
    bins: pd.DataFrame | None
    histogram: pd.DataFrame
    costs: pd.DataFrame


def interval(share: Share) -> str:
    """A share with its interval, as text."""
    if pd.isna(share.share):
        return "—(没有可算的记录)"
    if pd.isna(share.low):
        return f"约 {percent(share.share)}"
    between = f"95% 区间 {percent(share.low)}–{percent(share.high)}"
    return f"{percent(share.share)}({share.hits:,.0f}/{share.of:,.0f}),{between}"


def assessment_page(a: Assessment) -> bytes:
    """The page as UTF-8 HTML, one file that needs no other."""
    lead = [
        f"截至 {a.as_of.isoformat()}:名单上 18 岁以下 {a.rows:,} 行,学籍 {a.pupils:,} 名学生。依据:{LABELS[a.labels]}。",
    ]
    if a.labels == "decided":
        lead.append("人工比对过的都是疑难记录,比全部记录难得多;这里的精确率和召回率只说明疑难记录上的表现。")
    if a.labels == "none":
        lead.append("没有答案时,比例由模型给出的概率加总而来;只有概率准,估计才准。")
    sections = [_summary(a), _curves(a), _calibration(a), _weights(a), _review(a), _costs(a), _levels(a)]
    source = f"kcbx {a.version};模型 {a.model.digest[:12]}。本页不含姓名和证号。"
    return page(f"{a.county}比对效果评估", lead, sections, source)


def _summary(a: Assessment) -> str:
    m, u = a.measures, a.unlabelled
    rows = [
        ("自动连接的精确率", interval(m.precision), "不经人工连上的,连对了多少"),
        ("自动连接的召回率", interval(m.recall), "确有学籍的,不经人工连上了多少"),
        ("算上人工比对能找到的", interval(m.found), "确有学籍的,连上或列入待人工比对的"),
        ("要人工比对的", interval(m.review), "学龄儿童名单行中要人看的"),
    ]
    if a.hidden is not None:
        rows.append(("失学儿童被错当在校", interval(a.hidden), "最要紧的错误:应当为零"))
    rows += [
        ("估计错连(不用答案)", f"{u.false.count:.2f}(95% 在 {u.false.low:.1f}–{u.false.high:.1f})", "由概率加总"),
        ("估计漏连(不用答案)", f"{u.missed.count:.2f}(95% 在 {u.missed.low:.1f}–{u.missed.high:.1f})", "找到过候选而没有自动连上的"),
        ("资料太少、无从自动连接的", interval(u.unlinkable), "与内容完全相同的学籍相比也达不到界限"),
    ]  # fmt: skip
    return section("一、结果", table("比对效果", ("项目", "数值", "含义"), rows))


def _curves(a: Assessment) -> str:
    caption = "图 1 界限不同时的精确率和召回率;虚线是现用的界限" + (",色带是 95% 区间" if a.labels != "none" else "")
    words = _said(a, "precision", "精确率") + _said(a, "recall", "召回率")
    drawing = charts.svg(charts.precision_recall(a.curve, a.model.link), "curve", caption, words)
    rows = [
        (f"{r.threshold:g}", f"{r.made:,.0f}", f"{r.wrong:,.1f}", percent(r.precision, 3), percent(r.recall, 3), percent(r.review, 3))
        for r in _few(a.curve, a.model.link)
    ]  # fmt: skip
    headers = ("界限(比特)", "自动连上", "其中连错", "精确率", "召回率", "要人工比对")
    mark = [r[0] for r in rows].index(f"{a.model.link:g}")
    return section("二、界限与准确程度", figure(drawing, caption), table("图 1、图 4 的数据", headers, rows, mark))


def _lines(frame: pd.DataFrame) -> list[Any]:
    """The rows of a small table, to be read by name."""
    return list(frame.itertuples(index=False))


def _few(curve: pd.DataFrame, link: float) -> list[pd.Series]:
    """Every fourth threshold and the one in use."""
    steps = curve[(curve["threshold"] % 2 == 0) | (curve["threshold"] == link)]
    return [row for _, row in steps.iterrows()]


def _said(a: Assessment, column: str, words: str) -> str:
    first, last = a.curve.iloc[0], a.curve.iloc[-1]
    return (
        f"{words}:界限 {first['threshold']:g} 比特时 {percent(float(first[column]))},"
        f"{last['threshold']:g} 比特时 {percent(float(last[column]))}。"
    )


def _calibration(a: Assessment) -> str:
    heading = "三、概率准不准"
    if a.bins is None or not len(a.bins):
        return section(heading, paragraph("没有答案,无法检验。给出 --truth,或在台账里积累人工比对的结果后再看。"))
    caption = "图 2 模型给出的概率与实际比例;点在虚线上为准,竖线是 95% 区间"
    words = "".join(
        f"概率约 {r.predicted:.3f} 的 {r.pairs:.0f} 对中,{percent(r.observed)} 是同一人。" for r in _lines(a.bins)
    )
    rows = [
        (f"{r[0]:g}–{r[1]:g}", f"{r[2]:,.0f}", f"{r[3]:.4f}", f"{r[4]:.4f}", f"{r[5]:.4f}–{r[6]:.4f}")
        for r in _lines(a.bins)
    ]
    headers = ("概率", "对数", "平均概率", "实际比例", "95% 区间")
    drawing = charts.svg(charts.reliability(a.bins), "reliability", caption, words)
    return section(heading, figure(drawing, caption), table("图 2 的数据", headers, rows))


def _weights(a: Assessment) -> str:
    caption = (
        f"图 3 最佳候选的权重;虚线是两条界限:低于 {a.model.review:g} 不算,{a.model.link:g} 以上自动连接,"
        "其间由人比对;各格纵轴不同"
    )
    groups = a.histogram.groupby("group", sort=True)
    words = "".join(f"{name}:{int(part['count'].sum()):,} 行。" for name, part in groups)
    rows = [(f"{r[1]:g}", str(r[0]), f"{r[2]:,}") for r in _lines(a.histogram.sort_values(["middle", "group"]))]
    drawing = charts.svg(charts.weights(a.histogram, a.model.link, a.model.review), "weights", caption, words)
    data = folded("图 3 的数据", table("权重分布(每格 2 比特,写中点)", ("权重", "类别", "行数"), rows))
    return section("四、权重分布", figure(drawing, caption), data)


def _review(a: Assessment) -> str:
    caption = "图 4 界限不同时要人工比对的比例;虚线是现用的界限"
    drawing = charts.svg(
        charts.review_share(a.curve, a.model.link), "review", caption, _said(a, "review", "要人工比对的")
    )
    return section("五、人工比对的工作量", figure(drawing, caption))


def _costs(a: Assessment) -> str:
    rows = [
        (f"{r[0]:g}", f"{r[1]:g}", f"{r[2]:.2f}", f"{r[3]:.2f}", f"{r[4]:,.0f}", f"{r[5]:,.2f}", percent(r[6], 3))
        for r in _lines(a.costs)
    ]
    headers = ("漏掉一名的代价", "人工比对的代价", "自动连接界限", "人工比对界限", "自动连上", "其中连错", "要人工比对")
    text = (
        "代价以一次多余的走访为 1。一对记录不是同一人的机会乘以漏掉一名失学儿童的代价,小于人工比对的代价时,"
        "才值得不经人工就连上;是同一人的机会大过人工比对的代价时,才值得请人看。"
        "在 kcbx.toml 的 [matching] 里写 cost_hidden 和 cost_review(两项都写),界限就照此算出;"
        f"不写就用模型自带的界限({a.model.link:g} 和 {a.model.review:g} 比特)。"
    )
    return section("六、由代价定界限", paragraph(text), table("不同代价下的界限和结果", headers, rows))


def _levels(a: Assessment) -> str:
    levels = _lines(weights_table(a.model))
    rows = [
        (title(r.comparison), level_words(r.comparison, r.level), f"{r.m:.3g}", f"{r.u_stranger:.3g}",
         f"{r.weight_stranger:+.1f}", f"{r.weight_sibling:+.1f}", f"{r.weight_twin:+.1f}")
        for r in levels
    ]  # fmt: skip
    headers = ("比较", "情形", "m:同一人中", "u:不相干的人中", "权重", "对兄弟姐妹", "对双胞胎")
    text = "权重 = log2(m / u)。姓名一致时,对不相干的人的权重还随姓名的常见程度变化:少见的姓名分量更重。"
    return section("七、模型的权重", paragraph(text), table("每种情形的概率和权重(比特)", headers, rows))

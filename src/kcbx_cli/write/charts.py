"""Charts as self-contained SVG: drawn by lets-plot, made the same on every run, and told in words to who cannot see.

Colours are told apart by people who see fewer of them (Okabe and Ito), and no chart relies on colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import accumulate
from typing import Any

import pandas as pd

from kcbx_cli.parallel import apart

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
FONTS = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", sans-serif'
_WIDTH = 660
_ID = re.compile(r'\bid="([^"]+)"')


def svg(plot: Any, name: str, title: str, description: str) -> str:
    """The plot as one `svg` element. `name` is unique on its page: the ids in the drawing begin with it.

    Raises:
        ValueError: lets-plot cannot draw it.
    """
    drawn = apart(lambda: str(plot.to_svg()))
    if "Exception" in drawn:  # lets-plot draws its complaint instead of raising it
        raise ValueError(f"chart {name} cannot be drawn")
    ids = {old: f"{name}-{n}" for n, old in enumerate(dict.fromkeys(_ID.findall(drawn)))}
    if ids:
        known = re.compile(r"\b(" + "|".join(map(re.escape, ids)) + r")\b")
        drawn = known.sub(lambda found: ids[found[1]], drawn)
    head, _, body = drawn.partition(">")
    width, height = (re.search(rf'{side}="([\d.]+)"', head) for side in ("width", "height"))
    size = f"0 0 {width[1]} {height[1]}" if width and height else f"0 0 {_WIDTH} 320"
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    told = f'role="img" aria-labelledby="{name}-title {name}-desc" viewBox="{size}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {told}>{words}{body}'


def sheet(height: int, legend: bool = False) -> Any:
    """The look that all charts share, at this height in pixels."""
    import lets_plot as lp

    return (
        lp.theme_bw()
        + lp.theme(
            text=lp.element_text(family=FONTS),
            plot_title=lp.element_blank(),
            legend_position="bottom" if legend else "none",
            legend_title=lp.element_blank(),
            panel_grid_minor=lp.element_blank(),
        )
        + lp.ggsize(_WIDTH, height)
    )


def wide(words: str) -> str:
    """Chinese words in a legend, with the room that lets-plot, which counts them as Latin, would not leave."""
    return words + "\u00a0" * len(words)


def _marks(thresholds: Sequence[float]) -> Any:
    """Dashed lines at thresholds."""
    import lets_plot as lp

    return lp.geom_vline(
        lp.aes(xintercept="t"), data={"t": list(thresholds)}, linetype="dashed", color="black", tooltips="none"
    )


def precision_recall(curve: pd.DataFrame, link: float) -> Any:
    """Precision and recall by link threshold, with bands of their intervals where they have any."""
    import lets_plot as lp

    parts = []
    for key, words in (("precision", wide("精确率")), ("recall", wide("召回率"))):
        part = curve[["threshold", key, f"{key}_low", f"{key}_high"]]
        parts.append(part.set_axis(["threshold", "share", "low", "high"], axis=1).assign(what=words))
    both = pd.concat(parts, ignore_index=True)
    columns = {name: both[name].tolist() for name in both}
    plot = lp.ggplot(columns, lp.aes("threshold"))
    if both["low"].notna().any():
        plot += lp.geom_ribbon(lp.aes(ymin="low", ymax="high", fill="what"), alpha=0.2, size=0, tooltips="none")
    plot += lp.geom_line(lp.aes(y="share", color="what", linetype="what"), size=1.2, tooltips="none")
    plot += lp.scale_color_manual(values=[BLUE, ORANGE]) + lp.scale_fill_manual(values=[BLUE, ORANGE])
    plot += lp.scale_linetype_manual(values=["solid", "longdash"])
    plot += lp.labs(x="自动连接的界限(比特)", y="比例") + lp.scale_y_continuous(format=".4~f")
    return plot + _marks([link]) + sheet(300, legend=True)


def reliability(bins: pd.DataFrame) -> Any:
    """Observed shares against predicted probabilities, with their intervals and the line on which both are equal."""
    import lets_plot as lp

    columns = {name: bins[name].tolist() for name in ("predicted", "observed", "low", "high")}
    plot = lp.ggplot(columns, lp.aes("predicted"))
    plot += lp.geom_segment(x=0, y=0, xend=1, yend=1, color=GREY, linetype="dashed", tooltips="none")
    plot += lp.geom_errorbar(lp.aes(ymin="low", ymax="high"), width=0.015, color=BLUE, tooltips="none")
    plot += lp.geom_point(lp.aes(y="observed"), color=BLUE, size=4, tooltips="none")
    plot += lp.labs(x="模型给出的概率", y="实际是同一人的比例") + lp.xlim(0, 1) + lp.ylim(0, 1)
    return plot + sheet(360)


def weights(bins: pd.DataFrame, link: float, review: float) -> Any:
    """How many candidates have which weight, a panel a group, each with a scale of its own."""
    import lets_plot as lp

    columns = {name: bins[name].tolist() for name in ("group", "middle", "count")}
    plot = lp.ggplot(columns, lp.aes("middle", "count", fill="group"))
    plot += lp.geom_bar(stat="identity", width=0.9, color="#333333", size=0.2, tooltips="none")
    plot += lp.facet_wrap("group", ncol=1, scales="free_y") + lp.scale_fill_manual(values=[BLUE, ORANGE, GREEN])
    plot += lp.labs(x="最佳候选的权重(比特)", y="名单行数")
    return plot + _marks([review, link]) + sheet(120 + 110 * max(1, bins["group"].nunique()))


def review_share(curve: pd.DataFrame, link: float) -> Any:
    """The share that a person must look at, by link threshold."""
    import lets_plot as lp

    columns = {name: curve[name].tolist() for name in ("threshold", "review")}
    plot = lp.ggplot(columns, lp.aes("threshold", "review")) + lp.geom_line(color=BLUE, size=1.2, tooltips="none")
    plot += lp.labs(x="自动连接的界限(比特)", y="要人工比对的比例")
    return plot + lp.scale_y_continuous(format=".2~%") + _marks([link]) + sheet(260)


def waterfall(steps: Sequence[tuple[str, float]], link: float, review: float) -> Any:
    """Steps that add up: each bar begins where the one above it ends; the last one shows the sum."""
    import lets_plot as lp

    sizes = [size for _, size in steps]
    total = sum(sizes)
    names = [*(words for words, _ in steps), "合计"]
    start = [*accumulate(sizes, initial=0.0)][:-1] + [0.0]
    end = [*accumulate(sizes), total]
    at = list(range(len(names)))
    side = [*(wide("支持" if size >= 0 else "反对") for size in sizes), wide("合计")]
    columns = {
        "from": start,
        "to": end,
        "top": [k - 0.36 for k in at],
        "bottom": [k + 0.36 for k in at],
        "at": at,
        "said": [*(f"{size:+.1f}" for size in sizes), f"{total:.1f}"],
        "side": side,
        "right": [max(pair) for pair in zip(start, end, strict=True)],
    }
    plot = lp.ggplot(columns)
    plot += lp.geom_rect(
        lp.aes(xmin="from", xmax="to", ymin="top", ymax="bottom", fill="side"),
        color="#333333",
        size=0.4,
        tooltips="none",
    )
    plot += lp.geom_text(lp.aes("right", "at", label="said"), hjust=0, nudge_x=0.3, size=5.5, color="black")
    colours = {wide("支持"): BLUE, wide("反对"): ORANGE, wide("合计"): GREY}
    plot += lp.scale_fill_manual(values=[colours[s] for s in dict.fromkeys(side)])
    plot += (
        lp.scale_y_continuous(breaks=at, labels=names, trans="reverse")
        + lp.labs(x="权重(比特)", y="")
        + lp.scale_x_continuous(expand=[0.12, 0])
    )
    return plot + _marks([review, link]) + sheet(90 + 28 * len(names), legend=True)

"""The charts of the monthly report. A hidden count has no bar and is marked where its label stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kcbx_cli.write.charts import BLUE, ORANGE, sheet, wide

#: Height of a bar with its gap, and of what stands around the bars, in pixels.
_BAR, _AROUND = 24, 70
#: So many pixels a character lets-plot leaves too few.
_SHORT = 1.5
Series = Mapping[str, Sequence[int]]


def _room(names: Sequence[str]) -> Any:
    """Room at the left for long names, whose Chinese characters lets-plot counts as narrower than they are, and at the right
    for half of the last number."""
    import lets_plot as lp

    return lp.theme(plot_margin=[0, 12, 0, _SHORT * max(map(len, names), default=0)])


def bars(names: Sequence[str], values: Sequence[int], labels: Sequence[str]) -> Any:
    """Bars lying down, one below the other in the order given, each with its label."""
    import lets_plot as lp

    columns = {"name": list(names), "n": list(values), "said": list(labels)}
    plot = lp.ggplot(columns, lp.aes(x="n", y="name"))
    plot += lp.geom_bar(
        stat="identity", orientation="y", fill=BLUE, color="#333333", size=0.2, width=0.7, tooltips="none"
    )
    plot += lp.geom_text(lp.aes(label="said"), hjust=0, nudge_x=max([1, *values]) * 0.01, size=5.5, color="black")
    plot += (
        lp.scale_y_discrete(limits=list(reversed(names))) + lp.labs(x="", y="") + lp.scale_x_continuous(expand=[0.1, 0])
    )
    return plot + sheet(_AROUND + _BAR * len(names)) + _room(names)


def stacked(names: Sequence[str], series: Series, x: str, *, lying: bool = False) -> Any:
    """Two groups (dark, light) stacked in one bar a name: lying down for places, upright for ages and months."""
    import lets_plot as lp

    columns: dict[str, list[Any]] = {"name": [], "n": [], "what": []}
    for words, values in series.items():
        columns["name"] += list(names)
        columns["n"] += list(values)
        columns["what"] += [wide(words)] * len(names)
    at = lp.aes(x="n", y="name", fill="what") if lying else lp.aes(x="name", y="n", fill="what")
    orientation = "y" if lying else "x"
    plot = lp.ggplot(columns, at)
    plot += lp.geom_bar(stat="identity", orientation=orientation, color="#333333", size=0.2, width=0.7, tooltips="none")
    plot += lp.scale_fill_manual(values=[ORANGE, BLUE])
    if lying:
        plot += lp.scale_y_discrete(limits=list(reversed(names))) + lp.labs(x=x, y="")
    else:
        plot += lp.scale_x_discrete(limits=list(names)) + lp.labs(x=x, y="个案")
    if lying:
        return plot + sheet(_AROUND + 20 + _BAR * len(names), legend=True) + _room(names)
    return plot + sheet(280, legend=True)


def lines(names: Sequence[str], series: Series) -> Any:
    """A line a group over the months, told apart by colour, dashes and the legend."""
    import lets_plot as lp

    columns: dict[str, list[Any]] = {"month": [], "n": [], "what": []}
    for words, values in series.items():
        columns["month"] += list(names)
        columns["n"] += list(values)
        columns["what"] += [wide(words)] * len(names)
    plot = lp.ggplot(columns, lp.aes("month", "n", color="what", linetype="what", group="what"))
    if len(names) > 1:  # of one month there is no line, and lets-plot says so on the screen
        plot += lp.geom_line(size=1.2, tooltips="none")
    plot += lp.geom_point(size=3, tooltips="none")
    plot += lp.scale_color_manual(values=["#333333", ORANGE, BLUE]) + lp.scale_linetype_manual(
        values=["solid", "longdash", "dotted"]
    )
    plot += lp.scale_x_discrete(limits=list(names)) + lp.labs(x="", y="个案") + lp.expand_limits(y=0)
    return plot + sheet(280, legend=True)

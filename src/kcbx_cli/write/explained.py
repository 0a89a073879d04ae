"""The reasons for one child, and the page that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kcbx_cli.write import charts
from kcbx_cli.write.pages import figure, page, paragraph, section, table


@dataclass(frozen=True)
class Step:
    """One line of the sum: what was compared, what it showed, its weight in bits."""

    title: str
    said: str
    weight: float


@dataclass(frozen=True)
class Reasons:
    """Why one child came out as it did, in words, and the weights of its best candidate; `steps` add up."""

    subject: str
    case_id: str
    verdict: str
    why: str
    outcome: str
    candidates: Sequence[str]
    steps: Sequence[Step]
    link: float
    review: float

    @property
    def total(self) -> float:
        """The final weight of the best candidate."""
        return sum(step.weight for step in self.steps)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The table: item, what it showed, weight, running sum; the last row is the total.

        Weights have two decimals and are rounded so that the rows as printed add up to the total as printed.
        """
        rows, so_far, exact = [], 0, 0.0
        for step in self.steps:
            exact += step.weight
            now = round(exact * 100)
            rows.append((step.title, step.said, f"{(now - so_far) / 100:+.2f}", f"{now / 100:.2f}"))
            so_far = now
        if rows:
            rows.append(("合计", "", "", f"{so_far / 100:.2f}"))
        return rows

    def told(self) -> list[str]:
        """The lines before the table, for a terminal."""
        case = f"(个案 {self.case_id})" if self.case_id else ""
        said = [self.subject, f"判定:{self.verdict}{case}。{self.why}", self.outcome]
        return [*said, *(f"  {n}. {one}" for n, one in enumerate(self.candidates, 1))]

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, str, str, str]]]:
        """Headers and rows of the weights; no rows without a candidate."""
        return HEADERS, self.rows()

    def after(self) -> list[str]:
        """The lines after the table, for a terminal."""
        return [self.scale()] if self.steps else []

    def scale(self) -> str:
        """What the numbers mean."""
        return f"得分每多 1,是同一人的可能就大一倍;{self.link:g} 以上自动认定,{self.review:g} 到 {self.link:g} 由人比对,再低不算。"


HEADERS = ("比较的项目", "结果", "权重", "累计")


def explained_page(reasons: Reasons, county: str, version: str) -> bytes:
    """The page as UTF-8 HTML, one file that needs no other."""
    case = f"(个案 {reasons.case_id})" if reasons.case_id else ""
    parts = [
        section(
            "判定", paragraph(f"{reasons.verdict}{case}。{reasons.why}"),
            paragraph(reasons.outcome), *(paragraph(said) for said in reasons.candidates),
        )
    ]  # fmt: skip
    if reasons.steps:
        caption = "最相近的一条记录怎样得分;虚线是人工比对和自动认定的界限"
        words = "".join(f"{s.title}{':' + s.said if s.said else ''} {s.weight:+.1f}。" for s in reasons.steps)
        plot = charts.waterfall([(s.title, s.weight) for s in reasons.steps], reasons.link, reasons.review)
        drawing = charts.svg(plot, "waterfall", caption, f"{words}合计 {reasons.total:.1f}。")
        rows = reasons.rows()
        sums = table("各项权重(比特),加起来就是得分", HEADERS, rows, len(rows) - 1)
        parts.append(section("怎样比出来的", figure(drawing, caption), sums, paragraph(reasons.scale())))
    return page(f"{county}比对说明", [reasons.subject], parts, f"kcbx {version}。姓名只留第一个字。")

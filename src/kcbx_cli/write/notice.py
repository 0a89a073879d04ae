"""The public notice of a month: counts only, small ones hidden with all from which they would follow.

Basis: what the ministry asks of anything public (ID numbers, addresses, telephones and birth dates deleted, not masked);
PIPL art. 28. A county's notice says how many children were looked into and where, never who.
"""

from __future__ import annotations

from typing import Any

from kcbx_cli.decide.ratios import AT_SCHOOL
from kcbx_cli.tables import Issued
from kcbx_cli.write import report_figures as figures
from kcbx_cli.write.document import Document
from kcbx_cli.write.pages import page, paragraph, section, table
from kcbx_cli.write.report_figures import GROUPS
from kcbx_cli.write.report_words import GROUP_WORDS, when
from kcbx_cli.write.suppress import HIDDEN, shown
from kcbx_cli.write.wording import ZERO, month_words

TITLE = "控辍保学工作公告"


def notice_document(report: Issued, limit: int, template: Document) -> bytes:
    """The notice as a Word document; counts below `limit` are hidden.

    Raises:
        KcbxError: `bad_template`, the county's own has a placeholder or a loop that is wrong.
    """
    return template.fill(words(report, limit))


def notice_page(report: Issued, limit: int) -> bytes:
    """The notice as one self-contained page for the county's web site."""
    said = words(report, limit)
    lead = [said["checked"], said["left"], *([said["explained"]] if said["explained"] else [])]
    headers = ("乡镇（街道）", *GROUP_WORDS.values(), "合计")
    rows = [(r["township"], r["dropout"], r["suspected"], r["now"]) for r in said["townships"]]
    parts = [] if said["zero"] else [table("各乡镇（街道）仍在核查和劝返的孩子", headers, rows, len(rows) - 1)]
    title = f"{said['county']}{TITLE}（{said['month']}）"
    return page(
        title, lead, [section("一、核查情况", *parts, paragraph(said["call"]))], "本公告只有数字，不含任何个人信息。"
    )


def words(report: Issued, limit: int) -> dict[str, Any]:
    """What the placeholders of the template stand for."""
    flows = figures.by_township(report)
    counted = [[*(f.group(g) for g in GROUPS), f.now] for f in flows.values()]
    cells = shown([*counted, [sum(column) for column in zip(*counted, strict=True)]], limit) if counted else []
    total = figures.whole(report).now
    left = cells[-1][-1] if cells else "0"
    rows = [
        {"township": name, "dropout": row[0], "suspected": row[1], "now": row[2]}
        for name, row in zip((*flows, "合计"), cells, strict=False)
    ]
    hides = any(HIDDEN in row for row in cells)
    return {
        "county": report.head["county"],
        "month": month_words(when(report)),
        "as_of": report.head["as_of"],
        "zero": not total,
        "zero_words": ZERO,
        "checked": _checked(report, limit),
        "left": f"{ZERO}。" if not total else _left(left, limit),
        "townships": rows,
        "explained": f"少于 {limit} 人的数不公布（记作 {HIDDEN}），能推算出它们的数也不公布。" if hides else "",
        "call": "如发现身边有适龄儿童、少年没有上学，请与所在学校、乡镇人民政府（街道办事处）或县教育主管部门联系。",
    }


def _checked(report: Issued, limit: int) -> str:
    """How many children of school age were looked into; who is settled only where the rest cannot be worked out."""
    count = figures.listed(report)
    of_age = figures.of_age(count)
    settled = sum(count[v] for v in (*AT_SCHOOL, *figures.ACCOUNTED))
    cells = shown([[settled, of_age - settled, of_age]], limit)[0]
    told = f"截至 {report.head['as_of']}，共核查低收入等重点家庭适龄儿童、少年"
    told += f" {cells[2]} 名" if cells[2] != HIDDEN else ""
    return told + (f"，其中 {cells[0]} 名在校或已妥善安排。" if cells[0] != HIDDEN else "，绝大多数在校或已妥善安排。")


def _left(count: str, limit: int) -> str:
    told = f"{count} 名" if count != HIDDEN else f"不足 {limit} 名，或不便公布人数"
    return f"仍在核查和劝返的{told}。"

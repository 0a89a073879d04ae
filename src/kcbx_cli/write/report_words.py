"""The words of the monthly report: what its codes mean, the formulas that are printed beneath its figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kcbx_cli.decide import OVERLAP
from kcbx_cli.tables import COMPARISONS, Issued
from kcbx_cli.tables.issued import PROGRESS, RATIOS
from kcbx_cli.write.children import records
from kcbx_cli.write.compared_words import (
    CARRIED,
    CARRIED_WORDS,
    COMPARISON_WORDS,
    FIRST_FOUND,
    LACKING_WORDS,
    earlier_words,
)
from kcbx_cli.write.report_figures import whole
from kcbx_cli.write.wording import VERDICT_WORDS

STAGE_WORDS = {"primary": "小学", "junior": "初中", "": "学段不明"}
GROUP_WORDS = {"dropout": "辍学", "suspected": "疑似辍学"}
HOW_WORDS = {"registry": "比对在校", "finding": "核查结论", "papers": "手续有效", "other": "其他"}
STATE_WORDS = {
    "valid": "有效", "soon": "即将到期", "expired": "已到期", "undated": "没有日期", "not_yet": "尚未生效", "no_excuse": "不作依据",
}  # fmt: skip
SOURCE_WORDS = {"paper": "特殊学生台账的手续", "finding": "销号个案的核查结论"}
CHILD_WORDS = VERDICT_WORDS | {
    "elsewhere": "县外就读",
    "moved_away": "户籍迁出或注销",
    "taught": "送教上门",
    "verified": "核查在校",
}
BAND_WORDS = {"link": "自动连接", "review": "待人工比对", "near": "有相近记录,不算"}
KIND_WORDS = {"township": "乡镇", "school": "学校"}
RATIO_WORDS = {
    ("enrolment", "listed"): "名单内适龄儿童入学率",
    ("dropout", "primary"): "小学辍学率",
    ("dropout", "junior"): "初中辍学率",
    ("retention", "nine_years"): "九年巩固率",
    ("retention", "primary_six"): "小学六年巩固率",
    ("retention", "junior_three"): "初中三年巩固率",
}
FORMULA_WORDS = {
    "listed": "在校、核查在校、县外就读、休学(保留学籍)、送教上门的孩子÷名单上的适龄儿童(不含已故、成年、不在学龄和已核销的)",
    "residents": "在校、核查在校、有证明的县外就读、休学(保留学籍)、送教上门的孩子÷名单上的适龄儿童(不含已故、成年、不在学龄、已核销的,和户籍已迁出或注销、没有就读证明的)",
    "start": "本学年内曾计为辍学的学生÷学年初在校学生数;分母不扣除死亡和转出的学生",
    "net": "本学年内曾计为辍学的学生÷(学年初在校学生数-本学年死亡和转出的学生)",
    "cohort": "现在毕业年级在校的学生÷同一批学生入学年级当时的在校学生数;不区分转入转出",
}
NOT_KNOWN = {
    "enrolment": "名单上没有适龄儿童",
    "dropout": "台账里没有学年初的在校人数",
    "retention": "台账里没有这批学生入学那年的月报,不能计算",
}
#: What is counted as what, printed beneath the main table.
DEFINITIONS = (
    "辍学:最近的核查结论计为辍学(如确认辍学、劝返中),或出勤达到辍学天数;疑似辍学:其余未销号的个案。",
    "返校:本期销号的个案中,核查结论为返校(如已劝返复学)的,或上期计为辍学、本期比对在校的。",
    "上期末+划转+新增+重新列入-销号=本期末。名单写出以后收回的核查结论,计入下一期。",
)


def when(report: Issued) -> date:
    """The date of the report."""
    return date.fromisoformat(report.head["as_of"])


def month_label(month: int) -> str:
    """A month yyyymm as it is written in a table."""
    return f"{month // 100}-{month % 100:02d}"


def percent(over: int, under: int) -> str:
    """A ratio in per cent, a dash where there is none."""
    return f"{over * 100 / under:.2f}%" if under else "—"


def ratio_rows(report: Issued) -> list[tuple[str, str, str, str]]:
    """Each ratio: what it is, its value, its numerator and denominator, and the formula that was used."""
    found = []
    for r in records(report.table(RATIOS)):
        base = f"(分母取自 {month_label(r.base)} 的月报)" if r.base else ""
        words = FORMULA_WORDS[r.formula] + base if r.under else NOT_KNOWN[r.name]
        found.append(
            (RATIO_WORDS[r.name, r.scope], percent(r.over, r.under), f"{r.over} ÷ {r.under}" if r.under else "—", words)
        )
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of 四查三比对: its name, what was set against the other side, how many children count under it (-1 where it
    was not made), and what is to be said of the others of its list. `kind` is part, sum, or within (of the sum)."""

    name: str
    extent: str
    found: int
    more: str
    kind: str = "part"


def compared(report: Issued) -> list[Compared]:
    """The month's comparisons, which add up to the cases now open, and what of these is of low-income families."""
    parts, within = [], []
    for c in records(report.table(COMPARISONS)):
        name, extent = COMPARISON_WORDS[c.comparison], f"核对 {c.compared} 名"
        if not c.made:
            parts.append(Compared(name, "—", -1, "缺" + "、".join(LACKING_WORDS[r] for r in c.lacking.split("|") if r)))
        elif c.comparison == OVERLAP:
            within = [Compared(name, extent, c.found, "其中低收入家庭的孩子,已计入以上各项", "within")]
        else:
            parts.append(Compared(name, extent, c.found, earlier_words(c)))
    if not parts:
        return []
    now = whole(report).now
    rest = now - sum(max(0, p.found) for p in parts)
    carried = [Compared(CARRIED_WORDS, "—", rest, CARRIED)] if rest else []
    return [*parts, *carried, Compared("合计", "—", now, "本期末未销号的个案", "sum"), *within]


def compared_words(report: Issued) -> list[str]:
    """The comparisons in sentences that each fit on a line; none where the report has none."""
    told = compared(report)
    parts = "、".join(f"{c.name} {c.found} 名" for c in told if c.found >= 0 and c.kind == "part")
    lacking = "、".join(c.name for c in told if c.found < 0)
    said = [f"四查三比对({FIRST_FOUND}):{parts}。"] if parts else []
    said += [f"其中低收入家庭的孩子 {c.found} 名({c.name})。" for c in told if c.kind == "within"]
    return [*said, *([f"没有做的比对:{lacking}。"] if lacking else [])]


def progress_words(report: Issued) -> str:
    """How many of the former month's checklists came back, in a sentence; empty for a first month."""
    rows: list[Any] = list(records(report.table(PROGRESS)))
    if not rows or not report.head["former"]:
        return ""
    parts = []
    for kind, words in KIND_WORDS.items():
        own = [r for r in rows if r.kind == kind]
        if own:
            printed, answered = _sum(r.printed for r in own), _sum(r.answered for r in own)
            back = sum(r.returned for r in own)
            parts.append(f"{words}核查表 {len(own)} 份,收回 {back} 份;涉及 {printed} 名孩子,已有结论 {answered} 名")
    return f"{month_label(int(report.head['former']))} 印发的" + ";".join(parts) + "。"


def _sum(values: Iterable[int]) -> int:
    return sum(values)

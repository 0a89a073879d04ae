"""The month's comparisons in words: what was set against what, and the children whom each was the first to find.

A child at work counts under one comparison only. A list whose children earlier comparisons count is therefore told with all
of its children at work: 「低收入家庭×学籍 0 名」 alone would say that none of them is missing.
"""

from __future__ import annotations

from typing import Any

from kcbx_cli.decide import OVERLAP
from kcbx_cli.tables import Month
from kcbx_cli.write.children import records

#: The comparisons, as the ministry's method calls them.
COMPARISON_WORDS = {
    "population_registry": "户籍×学籍", "registry_attendance": "学籍×在校", "households_registry": "低收入家庭×学籍",
    "disability_registry": "残联×学籍", "registry_status": "学籍自查", "out_of_school_low_income": "辍学×低收入库",
}  # fmt: skip
#: What a role's list is called where it is lacking.
LACKING_WORDS = {
    "population": "户籍名单", "attendance": "在校名单", "usable_attendance": "能用的在校名单", "households": "低收入家庭名单", "disability": "残联名单", "registry": "学籍",
}  # fmt: skip

#: The list that a comparison sets against the registry.
_LIST_WORDS = {
    "population_registry": "户籍名单", "households_registry": "低收入家庭名单", "disability_registry": "残联名单",
}  # fmt: skip
FIRST_FOUND = "每名孩子只计入最先查出的一项"
#: Open cases whose child no list of the month has, or no roll call has in class, or whose match waits for a person.
CARRIED_WORDS, CARRIED = "往期未办结", "本月名单上没有、待比对或没有点名"


def comparison_table(month: Month) -> list[str]:
    """For the screen: a line for each comparison that was made with the children that it was the first to find; they add
    up to the children at work; numbers first, for how wide × is depends on the terminal. Then which of these are of low-income families, and what was not compared."""
    found = [(COMPARISON_WORDS[c.comparison], c.found, earlier_words(c)) for c in _made(month)]
    rest = len(month.work) - sum(n for _, n, _ in found)
    found += [(CARRIED_WORDS, rest, CARRIED)] if rest else []
    lines = [f"查出他们的比对({FIRST_FOUND}):"] if found else []
    lines += [f"  {n:>6} 名  {name}{f'({more})' if more else ''}" for name, n, more in found]
    return [*lines, *_low_income(month), *_not_compared(month)]


def comparison_lines(month: Month) -> list[str]:
    """For the head of a sheet: the same in sentences that each fit on a line; the low-income list is left to its own line
    where both count the same children."""
    made = _made(month)
    found = "、".join(f"{COMPARISON_WORDS[c.comparison]} {c.found} 名" for c in made)
    lines = [f"已比对({FIRST_FOUND}):{found}。"] if made else []
    poor = next((c.found for c in records(month.comparisons) if c.made and c.comparison == OVERLAP), -1)
    said = [c for c in made if c.earlier and (c.comparison, c.found + c.earlier) != ("households_registry", poor)]
    also = "、".join(f"{_LIST_WORDS[c.comparison]}上共 {c.found + c.earlier} 名" for c in said)
    lines += [f"要核查的孩子里,{also};其中有的已计入前面的比对。"] if also else []
    return [*lines, *_low_income(month), *_not_compared(month)]


def earlier_words(comparison: Any) -> str:
    """How many children at work stand on the comparison's list, where earlier ones count some of them; else nothing."""
    n = comparison.earlier
    return f"该名单上要核查的共 {comparison.found + n} 名,{n} 名已计入以上各项" if n else ""


def _made(month: Month) -> list[Any]:
    """The comparisons that were made, without the overlap, whose children others count."""
    return [c for c in records(month.comparisons) if c.made and c.comparison != OVERLAP]


def _low_income(month: Month) -> list[str]:
    found = [c.found for c in records(month.comparisons) if c.made and c.comparison == OVERLAP]
    return [f"要核查的孩子里,低收入家庭的共 {found[0]} 名({COMPARISON_WORDS[OVERLAP]})。"] if found else []


def _not_compared(month: Month) -> list[str]:
    lacking = [c for c in records(month.comparisons) if not c.made]
    told = "、".join(
        f"{COMPARISON_WORDS[c.comparison]}(缺{'、'.join(LACKING_WORDS[r] for r in c.lacking.split('|'))})"
        for c in lacking
    )
    lines = [f"没有比对:{told}。"] if lacking else []
    schools, given = month.schools
    if schools and given < schools:
        lines.append(f"{schools} 所学校中有 {schools - given} 所没有交在校名单,没有比对它们的学生,见 数据问题.xlsx。")
    return lines

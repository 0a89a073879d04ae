"""What the words on lists and in the registry mean. Each function takes one value and is applied once per distinct one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.tables import MARKED_OUT

#: 与户主关系 of people who cannot be of school age: head, spouse, their elders, and those who married in.
_ELDERS = frozenset(
    "户主 本人 本人或户主 户主本人 配偶 户主配偶 妻 夫 妻子 丈夫 老伴 父 母 父亲 母亲 父母 爸爸 妈妈 岳父 岳母 公公 婆婆 "
    "继父 继母 养父 养母 继父或养父 继母或养母 祖辈 祖父 祖母 外祖父 外祖母 曾祖父 曾祖母 爷爷 奶奶 姥爷 姥姥 外公 外婆 "
    "儿媳 子媳 媳妇 女婿 孙媳 孙女婿 孙媳妇 外孙媳 外孙女婿 儿媳妇".split()
)
_BEYOND = ("高中", "中职", "中专", "技校", "职高", "高职", "高专", "大专", "本科", "大学", "研究生")
_BEFORE = ("学龄前", "学前", "幼儿")
#: Words for nine-year schooling; the first that occurs is the one that is printed.
_WITHIN = ("七年级", "八年级", "九年级", "初一", "初二", "初三", "初中", "小学", "年级")
_UNTAUGHT = ("文盲", "小学")
_NOTHING = frozenset(("", "无", "否", "没有", "不适用", "-", "—", "/", "0"))
_SENIOR = ("高中", "高一", "高二", "高三", "职", "中专", "技校", "十年级", "十一年级", "十二年级")


def by_value(texts: pd.Series | NDArray[Any], function: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
    """`function` of each text, computed once for each distinct one."""
    codes, values = pd.factorize(np.asarray(texts))
    return np.array([function(v) for v in values], dtype=dtype)[codes]


def is_elder(relation: str) -> bool:
    """Is this 与户主关系 that of the head, the spouse, one of their elders, or one who married into the family?"""
    return relation.removeprefix("之") in _ELDERS


def schooling_level(schooling: str) -> str:
    """在校生状况 as pre, within (the nine years), beyond (past them) or empty for anything else."""
    for level, marks in (("beyond", _BEYOND), ("pre", _BEFORE), ("within", _WITHIN)):
        if any(mark in schooling for mark in marks):
            return level
    return ""


def schooling_word(schooling: str) -> str:
    """The plain word for 在校生状况 that may be printed; empty when it says nothing of the nine years or what follows."""
    level = schooling_level(schooling)
    marks = {"within": _WITHIN[:-1], "beyond": _BEYOND}.get(level, ())
    return next((mark for mark in marks if mark in schooling), "小学" if level == "within" else "")


def is_untaught(education: str) -> bool:
    """Does 文化程度 say that the person got no further than primary school?"""
    return any(mark in education for mark in _UNTAUGHT)


def is_reason(out_reason: str) -> bool:
    """Does 义务教育阶段未上学原因 give a reason, rather than 无 or a dash?"""
    return out_reason.removeprefix(MARKED_OUT).removeprefix("：") not in _NOTHING


def is_marked_out(out_reason: str) -> bool:
    """Does the list's own column 是否失学辍学 say yes?"""
    return out_reason.startswith(MARKED_OUT)


def is_placed(placement: str) -> bool:
    """Does 安置方式 name a placement, rather than 待安置, 未安置, 无 or nothing?"""
    return placement not in _NOTHING and not any(mark in placement for mark in ("待", "未", "无", "没有", "拟"))


def is_senior(grade: str) -> bool:
    """Is this grade past the nine years?"""
    return any(mark in grade for mark in _SENIOR) or grade in ("10", "11", "12")


_DIGITS = "一二三四五六七八九"
_GRADE = re.compile(rf"^(小学|初中|初)?([{_DIGITS}1-9])(?:年级|$|[（(])")


def grade_level(grade: str) -> int:
    """Which of the nine years a grade is (七年级, 初一, 初中一年级, 小学三年级, 3): 1 to 9; 0 for anything else."""
    found = _GRADE.match(grade)
    if found is None:
        return 0
    stage, digit = found[1] or "", found[2]
    level = _DIGITS.index(digit) + 1 if digit in _DIGITS else int(digit)
    if stage == "小学":
        return level if level <= 6 else 0
    return level + 6 if stage and level <= 3 else level


def stage_of(level: int) -> str:
    """primary (grades 1 to 6), junior (7 to 9), or empty where the grade is not known."""
    return "primary" if 1 <= level <= 6 else "junior" if 7 <= level <= 9 else ""

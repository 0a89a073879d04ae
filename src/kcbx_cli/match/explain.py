"""Why two records were, or were not, taken for one child: a sentence for a teacher, and weights that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.match import names as name_room
from kcbx_cli.match.model import COMPARISONS, Model
from kcbx_cli.match.score import score_block

_TITLES = {
    "name": "姓名", "id": "身份证号", "id_part": "身份证号(部分数字)", "birth": "出生日期", "sex": "性别", "place": "住地",
    "family": "家庭", "registry": "学籍号", "registry_body": "学籍号中的身份证号",
}  # fmt: skip
_SAID = {
    "id": {
        "identical": "身份证号一致", "shared": "身份证号一致,但不止一人使用", "same_unchecked": "号码一致,但校验码不对",
        "one_edit": "身份证号只差一位或相邻两位颠倒", "two_edits": "身份证号差两位", "few_edits": "身份证号差三四位", "unchecked_different": "身份证号不同(其中有错号)",
        "neighbour": "身份证号是同日出生另一人的(如双胞胎)", "date_part": "身份证号中只有出生日期相同",
        "different": "身份证号不同",
    },
    "id_part": {
        "tail": "身份证号可见的数字(含末几位)都相符", "fifteen": "身份证号已知的前几位相符", "few": "身份证号可见的少数数字相符",
        "one_edit": "身份证号可见的数字差一位", "different": "身份证号可见的数字不同",
    },
    "birth": {
        "identical": "出生日期一致", "by_id": "出生日期与对方身份证号中的日期一致", "lunar": "出生日期一为农历、一为公历,实为同一天",
        "swapped": "出生日期的月、日颠倒", "partial": "出生日期已知的部分相符", "one_digit": "出生日期差一个数字",
        "year_off": "出生日期差一年", "same_month": "出生年月相同,日不同", "same_year": "出生年份相同,月日不同",
        "different": "出生日期不同",
    },
    "sex": {"same": "性别一致", "different": "性别不同"},
    "place": {
        "village": "同村", "near_village": "村名相近", "township": "同乡镇", "other_village": "同乡镇不同村",
        "other_township": "乡镇不同",
    },
    "family": {
        "number": "家长身份证号相符", "phone_and_name": "家长姓名和电话相符", "phone": "联系电话相符", "two_names": "家长姓名都相符",
        "name": "有一位家长姓名相符", "different": "家长信息不同",
    },
    "registry": {"identical": "学籍号一致", "different": "学籍号不同"},
    "registry_body": {"own": "学籍号中的身份证号与对方一致", "other": "学籍号中的身份证号与对方不同"},
}  # fmt: skip
_AGAINST = {"stranger": "不相干的人", "sibling": "兄弟姐妹", "twin": "双胞胎"}


@dataclass(frozen=True)
class Explanation:
    """A pair explained.

    `table`: comparison, title, level, said, weight; its weights, the prior's row first, add up to `weight`. `against`
    is the kind of other people that explains the pair best: stranger, sibling or twin.
    """

    sentence: str
    table: pd.DataFrame
    weight: float
    probability: float
    against: str


def explain(
    left_row: Mapping[str, Any] | pd.Series,
    right_row: Mapping[str, Any] | pd.Series,
    model: Model,
    names: tuple[str, str] | None = None,
) -> Explanation:
    """Explain one pair of records (RECORD columns, and the CONTEXT columns that `link` gave, if any).

    The weight is that of the pair by itself, before other candidates compete for either side. `names` are what the
    words call the two, instead of their names.
    """
    scored = score_block(_frame(left_row), _frame(right_row), model).iloc[0].to_dict()
    said = _levels(scored, *(names or (str(left_row["name"]), str(right_row["name"]))))
    rows = [("prior", "先验", scored["against"], "", float(scored["prior"])), *said]
    return Explanation(
        sentence=_sentence(said, str(scored["against"])),
        table=pd.DataFrame(rows, columns=["comparison", "title", "level", "said", "weight"]),
        weight=float(scored["weight"]),
        probability=float(scored["probability"]),
        against=str(scored["against"]),
    )


def sentences(left: pd.DataFrame, right: pd.DataFrame, model: Model) -> list[str]:
    """The sentence of each pair, row i of `left` with row i of `right`: what `explain` says of it."""
    scored = score_block(left, right, model).to_dict("records")
    names = zip(left["name"].tolist(), right["name"].tolist(), strict=True)
    return [_sentence(_levels(s, a, b), str(s["against"])) for s, (a, b) in zip(scored, names, strict=True)]


def title(comparison: str) -> str:
    """What a comparison is called."""
    return _TITLES[comparison]


def level_words(comparison: str, level: str) -> str:
    """What a level is called."""
    return "没有可比的内容" if level == "missing" else _say(comparison, level, "", "").removesuffix("(/)")


_Said = tuple[str, str, str, str, float]


def _levels(scored: Mapping[Any, Any], left_name: str, right_name: str) -> list[_Said]:
    """Each comparison of a scored pair: comparison, title, level, in words, weight."""
    rows = []
    for comparison, levels in COMPARISONS.items():
        level, weight = levels[int(scored[f"level_{comparison}"])], float(scored[f"weight_{comparison}"])
        rows.append((comparison, _TITLES[comparison], level, _say(comparison, level, left_name, right_name), weight))
    return rows


def _frame(row: Mapping[str, Any] | pd.Series) -> pd.DataFrame:
    """One record as a frame, text kept as objects."""
    columns = {}
    for name in row.keys():
        value = row[name]
        columns[name] = pd.Series(np.array([value], dtype=object if isinstance(value, str) else None))
    return pd.DataFrame({n: s.astype(object) if s.dtype.kind in "OUT" else s for n, s in columns.items()})


def _say(comparison: str, level: str, left_name: str, right_name: str) -> str:
    """A level in words; empty when there is nothing to say."""
    if comparison != "name":
        return _SAID[comparison].get(level, "")
    if level == "former":
        return f"曾用名相符({left_name}/{right_name})"
    return "" if level == "missing" else name_room.level_sentence(name_room.LEVELS.index(level), left_name, right_name)


def _sentence(said: list[_Said], against: str) -> str:
    """What agrees, then what does not, the weightiest first."""
    by_weight = sorted((row for row in said if row[3]), key=lambda row: -abs(row[4]))
    agree, differ = ([row[3] for row in by_weight if (row[4] >= 0) is good] for good in (True, False))
    parts = []
    if agree:
        parts.append("、".join(agree))
    if differ:
        parts.append("但" * bool(agree) + "、".join(differ))
    if against != "stranger" and differ:
        parts.append(f"也可能是{_AGAINST[against]}")
    return ";".join(parts) + "。" if parts else "没有可以比较的信息。"

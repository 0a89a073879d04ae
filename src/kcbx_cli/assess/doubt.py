"""Why a pair was put to a person. The kernel keeps no reason; this is told from what its outcome carries.

The rules are those of `match.link`, asked again of one pair: its score, its levels, and who else claims either side. Where
none of them is seen to hold, nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import COMPARISONS, Explanation, Model
from kcbx_cli.match.contradict import for_a_person
from kcbx_cli.match.crossed import more_asked
from kcbx_cli.match.model import NAME_LEVELS
from kcbx_cli.run import Matched, pairs

Levels = npt.NDArray[np.int8]
#: Code -> in words; `{score}` is the pair's own, `{link}` what is asked of a link, `{review}` of a question.
WORDS = {
    "": "",
    "given_away": "这名学生已经认定是名单上另一个孩子,这个孩子也有理由是他",
    "rival_child": "名单上另一个孩子也像这名学生,分不出是哪一个",
    "rival_pupil": "学籍里另一名学生也像这个孩子,分不出是哪一个",
    "number_of_another": "号码一致,姓名却像另一个人的,家长和电话也没有相符的:号码是谁的,要问人",
    "namesakes": "两个号码不同,家长和电话也没有相符的:可能是同名的两个孩子",
    "no_evidence": "姓名不完全一致,没有证号、学籍号可比,家长和电话也没有相符的",
    "crossed": "身份证号指向这名学生,姓名却像家里另一个孩子的",
    "two_names": "姓名不同,家长和电话相符的又不够,得分 {score} 没有到这种情形要的 {link}",
    "between": "得分 {score},够不上自动认定的 {link},又高于不算的 {review}",
    "number": "得分 {score} 不高,但身份证号一致的一律请人核对",
    "twins": "家里有双胞胎,得分 {score} 认定不了是哪一个",
}  # fmt: skip
_NUMBERS = ("identical", "shared")
_SPELLING = NAME_LEVELS.index("wildcard")


@dataclass(frozen=True)
class Doubt:
    """Why a pair was put to a person: a code of WORDS for scripts, and the words."""

    code: str
    words: str


def doubt(matched: Matched, people: pd.DataFrame, registry: pd.DataFrame, link: Any) -> Doubt | None:
    """The reason of one row of LINKS; None where it was not put to a person, or none is seen."""
    if link.band != "review":
        return None
    pair = best_pair(matched, people, registry, link)
    level = dict(zip(pair.table["comparison"], pair.table["level"], strict=True))
    levels = np.array([[COMPARISONS[name].index(level[name]) for name in COMPARISONS]], dtype=np.int8)
    needed = matched.model.link + float(more_asked(levels)[0])
    code = _rival(matched, link) if link.rule == "tie" else _rule(pair, level, levels, needed, matched.model)
    asked = needed if code == "two_names" else matched.model.link
    words = WORDS[code].format(score=f"{pair.weight:.1f}", link=f"{asked:g}", review=f"{matched.model.review:g}")
    return Doubt(code, words) if code else None


def best_pair(matched: Matched, people: pd.DataFrame, registry: pd.DataFrame, link: Any) -> Explanation:
    """The explanation of the pair that counts: the best of the child's rows with the pupil's."""
    rows = np.intersect1d(np.flatnonzero(matched.child == matched.child[link.left]), matched.minors)
    theirs = np.flatnonzero(matched.pupil == matched.pupil[link.right])
    left, right = (side.ravel() for side in np.meshgrid(rows, theirs, indexing="ij"))
    scored = pairs.weights(matched, people, registry, pd.DataFrame({"left": left, "right": right}))["weight"]
    at = int(scored.to_numpy().argmax())
    return pairs.explain(matched, people, registry, (int(left[at]), int(right[at])), None)


def _rule(pair: Explanation, level: dict[str, str], levels: Levels, needed: float, model: Model) -> str:
    """The rule of `match.link` that holds back a pair that nobody else claims."""
    score = pair.weight
    numbered, spelt_alike = level["id"] in _NUMBERS, NAME_LEVELS.index(level["name"]) <= _SPELLING
    if score < model.review:
        return "number" if numbered else "twins" if pair.against == "twin" else ""
    if score < model.link:
        return "between"
    if for_a_person(levels)[0]:
        return "number_of_another" if numbered else "no_evidence" if level["id"] == "missing" else "namesakes"
    if score < needed:
        return "two_names"
    if numbered and not spelt_alike:
        return "crossed"
    return "twins" if pair.against == "twin" else ""


def _rival(matched: Matched, link: Any) -> str:
    """Who else claims the pupil, or which other pupil claims the child, as far as the links show it."""
    links, pupil, child = matched.links, matched.pupil, matched.child
    this_pupil = pupil[links["right"].to_numpy()] == pupil[link.right]
    this_child = child[links["left"].to_numpy()] == child[link.left]
    band = links["band"].to_numpy()
    if (this_pupil & ~this_child & (band == "link")).any():
        return "given_away"
    if (this_pupil & ~this_child).any():
        return "rival_child"
    return "rival_pupil" if (this_child & ~this_pupil).any() else ""

"""Why: one code and one plain Chinese phrase for each reason, and the sentence that is made of them.

Sentences are printed for townships and villages. They never say what a disability is, nor anything of another child.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment, presence, rules
from kcbx_cli.decide.cases import AWAY, UNSEEN
from kcbx_cli.decide.dates import Flags, Ints
from kcbx_cli.decide.facts import Facts
from kcbx_cli.decide.fold import group, take
from kcbx_cli.tables import VERDICT_ORDER

Texts = NDArray[np.object_]

_WORK = ("unknown_age", "papers_expired", "suspected", "dropout", "absent")
_SEEN = ("dropout", "absent", "attending", "enrolled", "suspended", "papers_expired")
_OPEN = (*_WORK, "review")


@dataclass(frozen=True)
class Reason:
    """One reason: its code, its phrase, the verdicts it may stand under, and the children for whom it holds.

    The phrase may name {status}, {schooling} and {days} of absence, the child's own words, and {months}, the longest
    suspension.
    """

    code: str
    phrase: str
    verdicts: tuple[str, ...]
    holds: Callable[[Facts], Flags]


def _state(*states: int) -> Callable[[Facts], Flags]:
    return lambda f: np.isin(f.link.state, states)


def _seen(state: int, *, told: bool = True, leave: bool = False) -> Callable[[Facts], Flags]:
    """Of those in this state: whose days are told, or are not; with leave, or without."""
    return lambda f: (f.seen.state == state) & ((f.seen.days >= 0) == told) & (f.seen.leave == leave)


#: All reasons, in the order in which they are told: what decides first, then the evidence.
_ALL: tuple[Reason, ...] = (
    Reason("list_deceased", "名单注明已去世", ("deceased",), lambda f: f.said.dead),
    Reason("register_deceased", "台账注明已去世", ("deceased",), lambda f: f.paper.dead),
    Reason("case_deceased", "核查结果为已去世", ("deceased",), lambda f: f.case.dead),
    Reason("adult_age", "已满18周岁", ("adult",), lambda f: f.age.adult),
    Reason("adult_relation", "户主、配偶或长辈，没有出生日期", ("adult",), lambda f: f.age.elder),
    Reason("no_birth_date", "没有能用的出生日期，不知道是否适龄", ("unknown_age",), lambda f: f.age.where == 0),
    Reason(
        "dates_disagree",
        "出生日期与身份证号不一致，不知道是否适龄",
        ("unknown_age",),
        lambda f: f.age.rows_disagree,
    ),
    Reason(
        "lists_disagree", "几处名单的出生日期不一致，不知道是否适龄", ("unknown_age",), lambda f: f.age.lists_disagree
    ),
    Reason(
        "registry_age_differs",
        "名单与学籍的出生日期不一致，不知道是否适龄",
        ("unknown_age",),
        lambda f: f.age.registry_disagrees & ~rules.age_unknown(f),
    ),
    Reason("below_age", "还没到入学年龄", ("out_of_age",), lambda f: f.age.where == 1),
    Reason("above_age", "已过义务教育年龄", ("out_of_age",), lambda f: f.age.where == 3),
    Reason("case_closed", "已核查办结", ("cleared",), lambda f: f.case.closed),
    Reason("paper_valid", "特殊安排手续在有效期内", ("excused",), lambda f: f.paper.excused),
    Reason("paper_elsewhere", "有在外地就读的证明", ("elsewhere",), lambda f: f.paper.elsewhere),
    Reason("registry_elsewhere", "外县(区)的学籍显示在读", ("elsewhere",), lambda f: f.abroad),
    Reason("paper_suspension", "休学手续在有效期内", ("suspended",), lambda f: f.paper.suspended),
    Reason("paper_expired", "特殊安排手续已到期", ("papers_expired", "unknown_age"), lambda f: f.paper.expired),
    Reason(
        "paper_undated",
        "特殊安排手续没有写日期，不知道是否还有效",
        ("papers_expired", "unknown_age"),
        lambda f: f.paper.undated & ~f.paper.expired,
    ),
    Reason("doubtful_match", "学籍中有一条相近的记录，需要人工比对", ("review",), rules.review),
    Reason(
        "status_attending",
        "学籍显示在读",
        ("enrolled", "papers_expired", "dropout", "absent"),
        _state(enrolment.ATTENDING),
    ),
    Reason("absent_long", "学校报告已缺勤{days}天，达到辍学天数", _SEEN, _seen(presence.DROPOUT)),
    Reason("absent_days", "学校报告已缺勤{days}天", _SEEN, _seen(presence.ABSENT)),
    Reason("absent_untold", "学校报告没有到校", _SEEN, _seen(presence.ABSENT, told=False)),
    Reason("leave_long", "请假已满{days}天，没有办理休学", _SEEN, _seen(presence.ABSENT, leave=True)),
    Reason("not_on_roll", "班上的在校名单没有这名学生", _SEEN, lambda f: f.seen.state == presence.NOT_SEEN),
    Reason("absent_short", "缺勤{days}天，还没有到核查天数", _SEEN, _seen(presence.SHORT)),
    Reason("on_leave", "学校报告请假", _SEEN, lambda f: (f.seen.state == presence.SHORT) & f.seen.leave),
    Reason("in_class", "学校的在校名单显示在班", _SEEN, lambda f: f.seen.state == presence.IN_CLASS),
    Reason(
        "suspension_in_time",
        "学籍显示休学，未满{months}个月",
        ("suspended", "papers_expired"),
        rules.suspension_in_time,
    ),
    Reason("suspension_overdue", "休学已满{months}个月，没有新的手续", _WORK, _state(enrolment.OVERDUE)),
    Reason("suspension_undated", "学籍显示休学，没有起始日期", _WORK, _state(enrolment.UNDATED)),
    Reason("suspension_future", "学籍显示休学，起始日期晚于核查日期", _WORK, _state(enrolment.FUTURE)),
    Reason("status_alarm", "学籍状态为「{status}」", (*_WORK, "attending"), _state(enrolment.ALARM)),
    Reason(
        "registry_deceased",
        "学籍登记为死亡，名单上仍有此人",
        _WORK,
        lambda f: (f.link.state == enrolment.LEFT) & f.link.dead,
    ),
    Reason(
        "status_left",
        "学籍状态为「{status}」，不知道现在在哪里就读",
        _WORK,
        lambda f: (f.link.state == enrolment.LEFT) & ~f.link.dead,
    ),
    Reason("status_unreadable", "学籍状态认不出来", _WORK, _state(enrolment.UNREADABLE)),
    Reason("status_blank", "学籍状态是空的", _WORK, _state(enrolment.BLANK)),
    Reason(
        "no_registry_entry",
        "学籍系统里没有找到",
        (*_WORK, "attending"),
        lambda f: (f.link.row < 0) & (f.link.candidate < 0),
    ),
    Reason("over_age_unfinished", "年龄已过，九年义务教育还没有完成", _OPEN, rules.unfinished),
    Reason("list_says_out", "名单显示现在没有上学", _OPEN, lambda f: f.said.says_out & (f.age.where >= 2)),
    Reason("list_gives_reason", "名单填写了未上学的原因", _OPEN, lambda f: f.said.out_reason),
    Reason("list_says_in", "名单写着在校：{schooling}", _OPEN, lambda f: f.said.schooling != ""),
    Reason("list_moved_away", "名单注明已迁出", (*_OPEN, "elsewhere"), lambda f: f.said.removed == "迁出"),
    Reason("list_cancelled", "名单注明户口已注销", (*_OPEN, "elsewhere"), lambda f: f.said.removed == "注销"),
    Reason("list_missing", "名单注明失踪，请查明下落", _OPEN, lambda f: f.said.removed == "失踪"),
    Reason("list_enlisted", "名单注明参军注销户口，与学龄不符，请核实", _OPEN, lambda f: f.said.removed == "参军"),
    Reason("list_unplaced", "名单上没有教育安置", _OPEN, lambda f: f.said.unplaced & (f.age.where >= 2)),
    Reason("list_placed", "名单写着已有教育安置", _OPEN, lambda f: f.said.placed),
    Reason("paper_in_class", "台账登记为在校就读", _OPEN, lambda f: f.paper.in_class),
    Reason("paper_not_yet", "手续的批准日期晚于核查日期", _OPEN, lambda f: f.paper.not_yet),
    Reason("paper_but_attending", "另有在外地就读的证明", ("enrolled",), lambda f: f.paper.elsewhere),
    Reason("double_registration", "学籍重复登记", (*_OPEN, "enrolled", "suspended"), lambda f: f.link.double),
    Reason("id_missing", "名单上没有身份证号", _OPEN, lambda f: f.said.id_missing),
    Reason("id_unreadable", "名单上的身份证号不完整或有错", _OPEN, lambda f: f.said.id_unreadable),
    Reason("id_shared", "身份证号与别人相同", _OPEN, lambda f: f.said.id_shared),
    Reason("near_match", "学籍中有一条相近的记录，请核对", _WORK, lambda f: f.link.near >= 0),
)

#: code -> phrase, of verdicts; findings use the phrases of what the registry and the papers say.
REASONS: dict[str, str] = {r.code: r.phrase for r in _ALL} | {
    "carried_unlisted": "上期没有办结，本月不在任何名单上，请查明去向",
    "carried_doubtful": "上期没有办结，本月名单与学籍的比对还要由人判定",
    UNSEEN: "上期没有办结，学籍显示在读，但本月没有到校点名数据，不能判断是否返校",
    AWAY: "上期没有办结，学籍显示在读，但学校报告本月仍有缺勤或请假，不能判断是否返校",
}


def explain(f: Facts, verdicts: Ints) -> tuple[Texts, Texts]:
    """For each child the reason codes joined with ; and the sentence.

    Args:
        f: the facts.
        verdicts: index of each child's verdict in VERDICT_ORDER.
    """
    bits = np.zeros(f.children.count, dtype=np.int64)
    for position, reason in enumerate(_ALL):
        allowed = np.array([v in reason.verdicts for v in VERDICT_ORDER])
        bits |= (reason.holds(f) & allowed[verdicts]).astype(np.int64) << position
    status = take(f.given.registry["status"].to_numpy(), f.link.row, "")
    which, sample = _distinct(bits, status, f.said.schooling, f.seen.days)
    months = f.given.settings.status.suspension_months
    codes = [_codes(int(bits[i])) for i in sample]
    words = [Words(str(status[i]), str(f.said.schooling[i]), int(f.seen.days[i]), months) for i in sample]
    joined = np.array([";".join(c) for c in codes], dtype=object)
    sentences = np.array([sentence(c, w) for c, w in zip(codes, words, strict=True)], dtype=object)
    return joined[which], sentences[which]


def _distinct(*columns: NDArray[Any]) -> tuple[Ints, Ints]:
    """The number of each row's combination of values, and one row for each combination."""
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        codes, values = pd.factorize(column)
        combined = pd.factorize(combined * (len(values) + 1) + codes)[0]
    groups = group(combined)
    return groups.of, groups.first


def _codes(bits: int) -> list[str]:
    return [reason.code for position, reason in enumerate(_ALL) if bits >> position & 1]


@dataclass(frozen=True, slots=True)
class Words:
    """The child's own words and figures that phrases may name."""

    status: str = ""
    schooling: str = ""
    days: int = -1
    months: int = 0


def sentence(codes: Sequence[str], words: Words) -> str:
    """The phrases of these codes as one sentence."""
    phrases = [REASONS[code].format(**asdict(words)) for code in codes]
    return "；".join(phrases) + "。" if phrases else ""

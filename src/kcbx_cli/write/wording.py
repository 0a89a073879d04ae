"""The words that stand on every sheet: kinds of work, dates, the month and the rule that was used."""

from __future__ import annotations

from datetime import date

from kcbx_cli.decide.watching import sentence
from kcbx_cli.settings import Attendance, SchoolAge, Settings
from kcbx_cli.stamps import UNKNOWN_TOWNSHIP as UNKNOWN_TOWNSHIP
from kcbx_cli.tables import Month

#: The verdicts and findings that are work, as a clerk reads them.
KIND_WORDS = {
    "suspected": "疑似辍学",
    "dropout": "缺勤达辍学天数",
    "absent": "有学籍未到校",
    "papers_expired": "手续到期",
    "unknown_age": "年龄不明",
    "review": "待人工比对",
    "alarm_status": "学籍状态异常",
    "overdue_suspension": "休学超期",
    "unlisted": "不在任何名单上",
    "written_in": "摸排发现",
    "office": "撤回销号",
    "conflict": "说法不一",
    "corrected": "更正",
}
#: Why a month closed a case: the verdict under which its child is accounted for.
CLOSED_WORDS = {
    "enrolled": "学籍比对在校",
    "attending": "出勤名单显示在校",
    "suspended": "休学手续有效",
    "excused": "特殊安排手续有效",
    "elsewhere": "有县外就读证明，或户籍已迁出",
    "left": "学籍显示已转出、毕业或注销",
    "deceased": "已去世",
    "adult": "已满18周岁",
    "out_of_age": "不在学龄",
    "cleared": "已核查办结",
    "superseded": "本月名单更正后不再列入",
    "duplicate": "与另一个案是同一名儿童，并入另一个案",
}
#: The verdicts, as the summary and the ledgers have them.
VERDICT_WORDS = {
    "deceased": "已故", "adult": "成年人", "unknown_age": "年龄不明", "out_of_age": "不在学龄", "cleared": "已核销",
    "excused": "已妥善安排", "elsewhere": "县外就读或迁出", "suspended": "休学", "papers_expired": "手续到期", "review": "待人工比对",
    "enrolled": "在校", "dropout": "辍学", "attending": "在校无学籍", "absent": "有籍不在校", "suspected": "疑似辍学",
}  # fmt: skip
#: The steps of a case's history.
EVENT_WORDS = {
    "opened": "立案",
    "carried": "延续",
    "reopened": "重新列入",
    "closed": "销号",
    "answered": "核查结论",
    "withdrawn": "撤回结论",
    "noted": "备注",
    "proposed": "建议关注",
    "put_on": "列入关注",
    "paired": "结对帮扶",
    "declined": "不列入关注",
    "lapsed": "撤回关注建议",
    "taken_off": "解除关注",
}
STATE_WORDS = {"open": "未销号", "closed": "已销号"}
ZERO = "经排查，本月无疑似辍学学生"
UNKNOWN_SCHOOL = "未明学校"
UNKNOWN_CODE = "标识码不明"


def kind_word(kind: str) -> str:
    """The verdict or finding in Chinese; an unknown one as it is."""
    return KIND_WORDS.get(kind, kind)


def step_words(what: str, kind: str, reason: str, disposition: str) -> str:
    """What a step of a case's history rests on, in Chinese."""
    if what == "noted":
        return reason
    if what == "closed":
        return closed_words(kind, "")
    return sentence(reason.split(";")) if kind == "watch" else disposition or kind_word(kind)


def closed_words(kind: str, disposition: str) -> str:
    """Why a case was closed: what was found, else the verdict of the month."""
    return f"核查结论：{disposition}" if disposition else CLOSED_WORDS.get(kind, kind)


def day(number: int) -> str:
    """A yyyymmdd number as `yyyy-mm-dd`, as far as it is known; empty for 0."""
    text = f"{number:08d}" if number > 0 else ""
    parts = (text[:4], text[4:6], text[6:])
    return "-".join(p for p in parts if p and p != "00")


def sure(probability: float) -> str:
    """A probability as a per cent that never claims certainty."""
    if probability >= 0.9999:
        return "99.99% 以上"
    return "0.01% 以下" if probability < 0.0001 else f"{probability * 100:.4g}%"


def month_words(as_of: date) -> str:
    """The month as it stands in a title."""
    return f"{as_of.year}年{as_of.month}月"


def issue_words(settings: Settings, as_of: date) -> str:
    """The issue number of the month's sheets: the configured one, else year and month."""
    return settings.checklist.issue or f"{as_of:%Y}年第{as_of.month}期"


def attendance_rule(month: Month, rule: Attendance) -> list[str]:
    """The day counts that were used, where there were attendance lists."""
    if not len(month.attendance):
        return []
    kind = "上课日" if rule.school_days else "日历天"
    return [f"缺勤口径：无故缺勤满 {rule.suspected_days} {kind}为疑似辍学，满 {rule.dropout_days} {kind}为辍学"]


def school_age_rule(rule: SchoolAge, as_of: date) -> str:
    """The school-age window that was used, in a sentence. Basis: Compulsory Education Law, art. 11."""
    from kcbx_cli.decide.age import window

    first, last = window(as_of, rule)
    return (
        f"适龄口径：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 出生（每年 {rule.cutoff} 前满 {rule.first_age} 周岁入学，"
        f"{rule.years} 年）；名单或学籍表明义务教育未完成的，核查到 {rule.oldest} 周岁"
    )

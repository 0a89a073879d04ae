"""Who attends and may drop out (有辍学倾向), and what becomes of a child on the watch list: one rule, one function.

A proposal is the program's; only a person puts a child on the list, pairs a helper with it (一对一结对帮扶) or takes it
off. A strong sign proposes a child by itself. Weak ones are common, a fifth of the county's families work away, and
propose it only two together. Basis: prevention before persuasion, 控辍保学 监测机制:及时预防、发现和劝返.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kcbx_cli.settings import Wavering

PROPOSED, ON, OFF = "proposed", "on", "off"
#: event -> the state that it leaves; `paired` leaves it as it is
STATES = {"proposed": PROPOSED, "put_on": ON, "declined": OFF, "lapsed": OFF, "taken_off": OFF}
#: What a school may answer, the printed choices first, each with the event that it makes.
OPINIONS = {"列入关注": "put_on", "继续关注": "put_on", "解除关注": "taken_off", "不列入": "taken_off"}


@dataclass(frozen=True, slots=True)
class Signs:
    """What the month's lists and the ledger tell of one pupil who attends.

    `sibling_months` is how long a case of a brother or sister has been open, 0 for none; `sibling_dropout` says that one
    was found to have dropped out. `came_back` and `reopened` are of the child's own case, within the months that count.
    """

    absent_days: int = 0
    sibling_dropout: bool = False
    sibling_months: int = 0
    came_back: bool = False
    reopened: bool = False
    parents_away: bool = False
    had_case: bool = False


def often_absent(signs: Signs, rule: Wavering) -> bool:
    """Absent for so many days in the month, by the school's own attendance list."""
    return 0 < rule.absent_days <= signs.absent_days


def sibling_dropped_out(signs: Signs, rule: Wavering) -> bool:
    """A brother or sister was found to have dropped out."""
    return signs.sibling_dropout


def sibling_open(signs: Signs, rule: Wavering) -> bool:
    """A brother's or sister's case has been open for months: most that are new turn out to be in class."""
    return signs.sibling_months >= max(1, rule.sibling_months)


def persuaded_back(signs: Signs, rule: Wavering) -> bool:
    """The child was persuaded back to school not long ago."""
    return signs.came_back


def back_twice(signs: Signs, rule: Wavering) -> bool:
    """The child's case was opened again not long ago, and now the child attends once more."""
    return signs.reopened


def parents_away(signs: Signs, rule: Wavering) -> bool:
    """Left behind, moved with working parents, or an orphan, as a list has it."""
    return signs.parents_away


def sometimes_absent(signs: Signs, rule: Wavering) -> bool:
    """Absent, but for fewer days than count by themselves."""
    return signs.absent_days > 0 and not often_absent(signs, rule)


def sibling_new(signs: Signs, rule: Wavering) -> bool:
    """A brother's or sister's case was opened lately."""
    return signs.sibling_months > 0 and not sibling_open(signs, rule)


def had_case(signs: Signs, rule: Wavering) -> bool:
    """The child's own case was open for some months before the child was accounted for."""
    return signs.had_case


Sign = Callable[[Signs, Wavering], bool]
STRONG: dict[str, Sign] = {
    "often_absent": often_absent,
    "sibling_dropped_out": sibling_dropped_out,
    "sibling_open": sibling_open,
    "persuaded_back": persuaded_back,
    "back_twice": back_twice,
}
WEAK: dict[str, Sign] = {
    "parents_away": parents_away,
    "sometimes_absent": sometimes_absent,
    "sibling_new": sibling_new,
    "had_case": had_case,
}
#: code -> what a school reads; nothing of it names a brother or sister.
PHRASES = {
    "often_absent": "本月缺课较多",
    "sibling_dropped_out": "同一家庭有孩子辍学",
    "sibling_open": "同一家庭有孩子疑似失学,多月没有办结",
    "persuaded_back": "劝返复学不久",
    "back_twice": "复学后曾再次列入",
    "parents_away": "留守、随迁或孤儿",
    "sometimes_absent": "本月有缺课",
    "sibling_new": "同一家庭有孩子新列入疑似",
    "had_case": "曾列入疑似多月",
    "by_hand": "学校提出",
}


def signs_of(signs: Signs, rule: Wavering) -> tuple[str, ...]:
    """The codes under which the child is proposed, in order; nothing when they do not suffice."""
    strong = [code for code, holds in STRONG.items() if holds(signs, rule)]
    weak = [code for code, holds in WEAK.items() if holds(signs, rule)]
    return (*strong, *weak) if strong or len(weak) > 1 else ()


def month_says(state: str, refused: str, codes: Sequence[str]) -> str:
    """What a month does by itself: proposes a child, or takes back a proposal that nobody has answered.

    Who was declined or taken off is proposed again only under a sign that was not there then.
    """
    if state == ON:
        return ""
    if not codes:
        return "lapsed" if state == PROPOSED else ""
    if state == PROPOSED or set(codes) <= set(filter(None, refused.split(";"))):
        return ""
    return "proposed"


def answer(state: str, opinion: str) -> str:
    """The event that a school's opinion makes, empty where it changes nothing: to keep on is no news."""
    what = OPINIONS[opinion]
    if what == "put_on":
        return "" if state == ON else what
    return {PROPOSED: "declined", ON: "taken_off"}.get(state, "")


def sentence(codes: Sequence[str]) -> str:
    """The phrases of these codes."""
    return ";".join(PHRASES[code] for code in codes if code in PHRASES).replace(";", "；").replace(",", "，")

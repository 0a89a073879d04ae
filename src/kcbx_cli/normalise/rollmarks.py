"""What one cell of a roll call says: here, not here, or nothing that anybody could read. Pure functions of one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from kcbx_cli.normalise import spells, words
from kcbx_cli.normalise.text import nothing, squeezed

#: Neither here nor not here: nobody can read the cell. A stroke says as little, but in a sheet of ticks it is no tick.
UNREAD, STROKE = "unread", "stroke"
_NOT_HERE = re.compile(
    "未|没|不[在到来读念上去]|缺|旷|辍|失学|失联|走失|走了|走人|已走|出走|跑了|外[出流]|离[校开家]|流失|休学|停学|弃学|厌学|逃[学课]|拒绝|拒不"
    "|请.*假|[病事长丧产]假|假$|住院|生病|^病$|转[出走]|转[学校](?![来入])|已转(?![来入])|退学|开除|去向|下落不明|打工|务工|[进入]厂|回老?家|在家"
    "|结婚|出嫁|死亡|去世|病[亡故]"
)
#: It has not come to it yet: said, promised, asked for.
_NOT_YET = re.compile(
    "(?:待|计划|拟|准备|预计|打算|承诺|答应|保证|同意|愿|要求|通知|将|下[周月学]|明[天日年]|后天|尽快|月底).*[返复到来]|正在劝返|劝返中"
)
#: Asked to come back; whether it did is not said.
_ASKED = re.compile("^[^已]*(?:动员|劝)[^已后]*$")
_HERE = re.compile(
    "在校|在班|在读|在学|就读|到校|到班|到课|上课|上学|出勤|正常|返校|回校|来校|复学|复课|迟到|早退|全勤|住校|住读|寄宿|住宿|走读|通学|转入|转来"
    "|转学来|劝返|[到来]了?$|^在$"
)
#: Absence denied.
_NEVER_AWAY = re.compile("(?:无|未|没有?|不|零)(?:缺[勤课]?|旷课?|迟到)$|缺[勤课]?0[天日节次]?$")
_NO_LEAVE = re.compile("[未没无]有?请?假")
#: A day on which a pupil came back, or is to come back.
_BACK_ON = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})[日号].*[返复到回来]")
#: The whole of a cell that says that a pupil is back.
_BACK = re.compile(
    r"(?:是[,，.。、:]?)?(?:(?:20\d\d年)?\d{1,2}月\d{1,2}[日号])?(?:现已?|已经?|均已|劝返后|动员后|经劝返|经动员){0,2}"  # noqa: RUF001
    "(?:劝返)?(?:返[校回]?|复[学课]|[回到在]校|到班|在[班读]|上学|就读|返校复课|返校复学|返校就读|返校上课|劝返)了?"
)
_NOT_BACK = re.compile("未|没|不|否|拒|缺|辍|离校|又[走离]|外出|打工|务工|流失|失联|在家|劝返中|正在劝返")
_CROSSES = frozenset("× X ✗ ✘ ✕ ✖ ❌ ☒ ╳ 否 0 N NO F FALSE / \\ 缺 暂缺".split())
_TICKS = frozenset("V ☑ ✅ 🗸 勾".split())
_STROKES = frozenset("- -- --- — —— 、 . 。 * ** ***".split())
#: A remark that says by itself that the pupil is not here; of longer ones nobody knows whom they are about.
_REMARK = re.compile(
    "已?(?:不知去向|去向不明|下落不明|失联|失学|辍学|流失|(?:外出|在外|去)?(?:打工|务工)|不读(?:书)?了?|不来了?|走了|转[学走出]|退学|休学"
    "|[没未]来|[没未]到校?|[没未]返校|[没未]报到|待返校|缺[勤课]?|旷课|离校|(?:长期)?请(?:长|病|事)?假|在家|回家)了?"
)


def present(cell: Any) -> str:
    """in, out, empty for an empty cell of 是否到校, else UNREAD or STROKE."""
    line = squeezed(cell)
    if not line:
        return ""
    sign = line.upper()
    if sign in _CROSSES:
        return "out"
    if sign in _STROKES:
        return STROKE
    if nothing(line):
        return UNREAD
    if sign in _TICKS or _NEVER_AWAY.search(line):
        return "in"
    if _NOT_YET.search(line) or _NOT_HERE.search(line):
        return "out"
    if _ASKED.search(line) or (_BACK_ON.search(line) and "已" not in line):
        return UNREAD
    return "in" if words.yes(cell, "在校") or (_HERE.search(line) and "不" not in line) else UNREAD


def returned(cell: Any, as_of: date) -> str:
    """back, away, empty for an empty cell of 是否返校, else UNREAD. A day after `as_of` is none on which a pupil came back.

    A day without a year is one of the school year.
    """
    line = squeezed(cell)
    sign = line.upper()
    if nothing(line):
        return ""
    if sign in _TICKS or words.agreed(cell):
        return "back"
    if sign in _CROSSES or sign == "2" or _NOT_YET.search(line) or _NOT_BACK.search(line):
        return "away"
    if not _BACK.fullmatch(line):
        return UNREAD
    day = _BACK_ON.search(line)
    if (
        day
        and not 0
        < spells.day_of(day[1], int(day[2]), int(day[3]), as_of)
        <= as_of.year * 10000 + as_of.month * 100 + as_of.day
    ):
        return "away"
    return "back"


def symbol(cell: Any) -> str:
    """The sign that a cell consists of: one character that is neither letter nor figure, or a circle typed as O."""
    line = squeezed(cell)
    alone = len(line) == 1 and (not line.isalnum() or line in "Oo〇") and line != "?"
    return line.upper() if alone or line in _STROKES else ""


def leave(cell: Any, granted: Sequence[str]) -> bool:
    """Whether a cell names a leave by one of these words; 未请假 is none."""
    line = squeezed(cell)
    return any(word in line for word in granted) and not _NO_LEAVE.search(line)


def gone(cell: Any) -> bool:
    """Whether a remark says by itself that the pupil is not here (打工, 已转学), and nothing more."""
    return _REMARK.fullmatch(squeezed(cell)) is not None

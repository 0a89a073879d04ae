"""One cell as text: what a person would read in it, without what nobody can see."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

#: Zero-width characters, bidi and other format controls, variation selectors, control characters that are no space.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_SPACE = re.compile(r"\s+")
_POINT_ZERO = re.compile(r"(?:\.0)+$")
_ESCAPE = re.compile(r"_x00(?:0D|0A|09)_", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Neither ASCII nor the scripts of Chinese: where digits of other scripts are.
_OTHER_SCRIPT = re.compile("[^\x00-\x7f\u2e80-\uffff\U00020000-\U0003ffff]")
#: What people write into a cell that they have nothing for.
NOTHING = frozenset(
    "无 暂无 没有 未知 不详 不明 未填 未办 未办理 未上户 无户口 空 待补 待查 待定 待核实 无身份证 无证件 暂缺 缺 略 / \\ - -- --- — —— 、 . 。 "
    "* ** *** ? ?? ??? ？ 无号 NULL NONE NAN NA N/A #N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! 〇".split()
)


def text(cell: Any) -> str:
    """The cell as one line of text: invisible characters gone, spaces single, ends stripped; `""` for an empty cell.

    Whole numbers have no `.0`; of numbers past 15 digits only the 15 that a spreadsheet keeps are given, then zeros.
    """
    if type(cell) is str:
        return _seen(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int):
        return _digits(cell)
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, (date, time)):
        return _moment(cell)
    return _seen(str(cell))


def squeezed(cell: Any) -> str:
    """The cell as text with compatibility forms folded (full-width digits and letters) and without any space.

    Digits of other scripts become ours: Python counts them as digits, and reads some of them as numbers.
    """
    if type(cell) is str and cell.isascii() and cell.isalnum():
        return cell
    line = text(cell)
    if line.isascii():
        return line.replace(" ", "") if " " in line else line
    line = _seen(unicodedata.normalize("NFKC", line)).replace(" ", "")
    line = _seen(unicodedata.normalize("NFKC", line))
    return "".join(str(unicodedata.digit(c, c)) for c in line) if _OTHER_SCRIPT.search(line) else line


def label(cell: Any) -> str:
    """A code, number or short name as text without spaces and without the `.0` of a number cell; `""` for nothing."""
    line = squeezed(cell)
    if line[-2:] == ".0":
        line = _POINT_ZERO.sub("", line)
    return "" if nothing(line) else line


def nothing(line: str) -> bool:
    """Whether the text only says that there is nothing: empty, 无, 暂无, /, -, #N/A and the like."""
    return not line or line in NOTHING or line.upper() in NOTHING


def something(cell: Any) -> str:
    """The cell as text, `""` where it only says that there is nothing."""
    line = text(cell)
    return "" if nothing(line) else line


def _seen(line: str) -> str:
    if not line.isprintable():
        line = _SPACE.sub(" ", _UNSEEN.sub("", line))
        line = _SURROGATE.sub("\ufffd", line)
    if "_x0" in line:
        line = _SPACE.sub(" ", _ESCAPE.sub(" ", line))
    return line.strip(" '`") if line[:1] in " '`" or line[-1:] == " " else line


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to spell out numbers past 4,300 digits
        return ""


def _number(value: float) -> str:
    if value != value:
        return ""
    if value in (float("inf"), float("-inf")):
        return str(value)
    if value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else str(int(Decimal(f"{value:.15g}")))
    return f"{value:.15g}"


def _moment(cell: date | time) -> str:
    if cell != cell:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat()

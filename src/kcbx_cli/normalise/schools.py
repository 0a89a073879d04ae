"""Names of schools, grades and classes, brought to a form in which two writings of one are equal."""

from __future__ import annotations

import re

from kcbx_cli.normalise.text import squeezed

_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_SPELLING = str.maketrans({"(": "", ")": "", "（": "", "）": "", "·": "", "-": "", "—": ""})  # noqa: RUF001
_CLASS = re.compile(r"([一二三四五六七八九十]{1,3}|\d{1,3})班?$")


def school_key(name: str, county: str = "") -> str:
    """A school's name without brackets, spaces and the names of province, city and county in front of it. Pure."""
    line = squeezed(name).translate(_SPELLING)
    if county and county in line:
        line = line[line.index(county) + len(county) :] or line
    return line


def grade_number(text: str) -> int:
    """The grade 1 to 9 that a text names: 一年级, 小学1年级, 七年级, 初一, 7; 0 for none. Pure."""
    line = squeezed(text).translate(_SPELLING)
    if line.isdigit():
        return int(line) if 1 <= int(line) <= 9 else 0
    if "高" in line:
        return 0
    if found := re.search(r"(?:初中|初)([一二三]|[1-3])", line):
        return 6 + _number(found[1])
    if found := re.search(r"([一二三四五六七八九]|[1-9])年级?", line):
        number = _number(found[1])
        return number + 6 if number <= 3 and ("初中" in line or "中学" in line) else number
    found = re.fullmatch(r"(?:小学?)?([一二三四五六七八九])(?:\d{1,2}班?|班)?", line)
    return _number(found[1]) if found else 0


def class_number(text: str) -> str:
    """The number of a class as digits: 1班, 一班, (1)班, 七年级2班, 3; any other name as it stands. Pure."""
    line = re.sub(r"^.*年级", "", squeezed(text).translate(_SPELLING))
    line = re.sub(r"^(?:初|小)?[一二三四五六七八九](?=\d)", "", line)
    found = _CLASS.fullmatch(line)
    return str(_number(found[1])) if found else line.removesuffix("班")


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return _NUMERALS[text[-1]]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)

"""One ID number: what a cell of any type says about it, what is damaged in it, and what is still known."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from kcbx_cli.normalise.checkdigit import PROVINCES, check_character
from kcbx_cli.normalise.dates import joined
from kcbx_cli.normalise.text import nothing, squeezed

_UNKNOWN = "***"
#: No cell with a number is longer; the patterns here need time that grows with the square of its length.
_LONGEST_CELL = 200
_MASKS = str.maketrans(dict.fromkeys("?×✱✳●•·■□○#_※◆△▲☆★", "*"))
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d*))?E\+?(\d{1,2})")
_MASKED = re.compile(r"[0-9X*]*\*[0-9X*]*|[0-9X]*X{2,}[0-9X]*|[0-9]+X+[0-9X]+")
_DISABILITY = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(?:B\d?)?")
_REGISTRY = re.compile(r"([GLJ])(\d{17}[\dX])")
_PUNCTUATION = re.compile(r"[-‐-―−.,，。、'\"’‘`:;]")
_FOREIGN = re.compile(
    r"[HM]\d{8}(?:\d{2})?"  # Mainland travel permit of Hong Kong and Macau residents
    r"|[A-Z]{1,2}\d{7,8}"  # passports
    r"|[A-Z]{1,2}\d{6}\(?[\dA]\)?"  # Hong Kong identity card
    r"|[157]\d{6}\(\d\)"  # Macau identity card
    r"|\d{10}\([A-Z]\)"  # older permits of Taiwan residents
    r"|[A-Z]\d{9}"  # 出生医学证明, Taiwan identity card
    r"|[A-Z]{3}\d{12}"  # permanent residence permit before 2023
)


class IdValue(NamedTuple):
    """What a cell says about an ID number.

    `pattern` has 18 characters, `*` where a digit is unknown, or is empty. `state` is one of tables.ID_STATES, never
    `not_own`. `birth` is the date inside, yyyymmdd or 0; `sex` is 男, 女 or empty, by the 17th digit. `note` is one of:
    `placeholder`, `length`, `letters`, `date` (right check digit, no such day), `scientific`, `resaved` (number damage
    saved as text), `disability` (20-digit 残疾证号), `registry` (a 学籍号 in the ID column), `area` (a province code that
    never was), or empty. `disability` holds the type and grade digits of a 残疾证号.
    """

    pattern: str = ""
    state: str = "absent"
    birth: int = 0
    sex: str = ""
    note: str = ""
    disability: str = ""


ABSENT = IdValue()
_PLACEHOLDER = IdValue(note="placeholder")


def parse(cell: Any) -> IdValue:
    """What a cell of any type says about an ID number. Pure; never raises; the pattern of a pattern is itself.

    Damaged digits are never repaired: they become `*`. Basis: GB 11643-1999; a spreadsheet keeps 15 digits of a number.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _number(cell)
    line = squeezed(cell).upper().removesuffix(".0")
    if nothing(line):
        return _PLACEHOLDER if line else ABSENT
    if len(line) > _LONGEST_CELL:
        return IdValue("", "malformed", note="letters")
    if line.isascii() and line[:-1].isdigit() and (line[-1].isdigit() or (line[-1] == "X" and len(line) > 1)):
        return _plain(line)
    if found := _SCIENTIFIC.fullmatch(line):
        return _scientific(found[1] + (found[2] or ""), int(found[3]))
    if found := _DISABILITY.fullmatch(line):
        return _plain(line[:20])
    if found := _REGISTRY.fullmatch(line):
        return (
            _plain(found[2])._replace(note="registry") if found[1] == "G" else IdValue("", "malformed", note="registry")
        )
    masked = line.replace("...", "***").translate(_MASKS)
    if masked.isascii() and _MASKED.fullmatch(masked):
        return _masked(masked)
    return _other(line)


def known(pattern: str, state: str, note: str = "", disability: str = "") -> IdValue:
    """A value with the birth date and the sex that can be read from the pattern."""
    date = pattern[6:14]
    birth = joined(int(date[:4]), int(date[4:6]) or 99, int(date[6:]) or 99) if date.isdigit() else 0
    sex = ("女", "男")[int(pattern[16]) % 2] if pattern[16:17].isdigit() else ""
    if not note and pattern[:2].isdigit() and pattern[:2] not in PROVINCES:
        note = "area"
    return IdValue(pattern, state, birth, sex, note, disability)


def _number(cell: float) -> IdValue:
    """A number cell. Past 15 digits the rest is lost, unless no floating-point number could have held what is there."""
    if cell != cell:
        return ABSENT
    if not 0 < cell < 1e24:
        return _PLACEHOLDER if cell == 0 else IdValue("", "malformed", note="length")
    if isinstance(cell, int) and int(float(cell)) != cell:
        return _plain(str(cell))
    if cell < 1e15:
        return _plain(str(int(cell)))
    kept = f"{Decimal(f'{cell:.15g}'):f}"
    if len(kept) not in (18, 20):
        return _misaligned(kept[:15] + "*" * (len(kept) - 15))
    return known(kept[:15] + _UNKNOWN, "numeric")


def _plain(line: str) -> IdValue:
    """Digits, perhaps with a last X."""
    n = len(line)
    if _made_up(line):
        return _PLACEHOLDER
    if n == 18:
        return _eighteen(line)
    if n == 15 and line.isdigit():
        return _fifteen(line)
    if n == 20 and (found := _DISABILITY.fullmatch(line)):
        return _eighteen(found[1])._replace(note="disability", disability=found[2] + found[3])
    return _misaligned(line)


def _made_up(line: str) -> bool:
    """One digit repeated, 123456789..., or nothing after the area code. No person has such a number."""
    tail = line[6:] if len(line) >= 15 else line
    if len(set(tail)) == 1:
        return True
    return len(line) >= 9 and ("1234567890" * 3).startswith(line.removesuffix("X")) or not line[1:].strip("0")


def _eighteen(line: str) -> IdValue:
    value = known(line, "valid")
    if line[17] == check_character(line[:17]):
        return value if value.birth else value._replace(state="malformed", note="date")
    if line.isdigit() and (line.endswith("000") or _float_shaped(int(line))):
        kept = line if line.endswith("000") else str(round(int(line), -3))
        return known(kept[:15] + _UNKNOWN, "numeric", "resaved")
    return value._replace(state="bad_check")


def _float_shaped(number: int) -> bool:
    """Whether this is what a 15-digit number turns into when software reads it as a float and writes it out."""
    return int(float(round(number, -3))) == number


def _fifteen(line: str) -> IdValue:
    """An old number (before 1999), widened; the century is 19 by GB 11643-1989."""
    body = line[:6] + "19" + line[6:]
    value = known(body + check_character(body), "fifteen")
    return value if value.birth else IdValue("", "malformed", note="length")


def _misaligned(line: str) -> IdValue:
    """A digit too many or too few: what still stands in its place when the date shows where the fault is."""
    n = len(line)
    if n not in (16, 17, 19):
        return IdValue("", "malformed", note="length")
    shift = n - 18
    if known(line[:18].ljust(18, "*"), "").birth:
        pattern = line[:14] + "****"
    elif abs(shift) == 1 and known(("*" + line)[-18:] if shift < 0 else line[1:19], "").birth:
        pattern = "*" * 6 + line[-12:-4] + line[-4:]
    elif abs(shift) == 1:
        pattern = line[:6] + "*" * 8 + line[-4:]
    else:
        pattern = ""
    return known(pattern, "malformed", "length")


def _scientific(digits: str, exponent: int) -> IdValue:
    """5.00229E+17 as text: the digits shown, without the last one, which may be rounded up."""
    if exponent not in (14, 17, 19):
        return IdValue("", "malformed", note="scientific")
    if len(digits) >= 13:
        kept = f"{Decimal(digits[:1] + '.' + digits[1:]):.14f}".replace(".", "")
        if exponent == 14:
            return _fifteen(kept)
        return known(kept + _UNKNOWN, "numeric", "scientific")
    # Six digits end with the area code; the year that follows begins with 1 or 2 and rounds down.
    sure = digits if len(digits) <= 6 else digits[:-1]
    if exponent == 14:
        return IdValue("", "malformed", note="scientific")
    return known(sure.ljust(18, "*"), "numeric", "scientific")


def _masked(line: str) -> IdValue:
    """Some digits hidden: 500229********1234, also with fewer stars than digits."""
    if "X" in line:  # a last X alone is the check character, any other X hides a digit
        line = line[:-1].replace("X", "*") + ("*" if line[-2:] == "XX" else line[-1])
    if len(line) == 20:
        line = line[:18]
    if len(line) != 18:
        left, _, rest = line.partition("*")
        right = rest.lstrip("*")
        if "*" in right or len(left) + len(right) > 17 or len(line) > 20:
            return IdValue("", "malformed", note="length")
        line = left + "*" * (18 - len(left) - len(right)) + right
    if not any(map(str.isdigit, line)):
        return _PLACEHOLDER
    return known(line, "masked") if "*" in line else _plain(line)


def _other(line: str) -> IdValue:
    if _FOREIGN.fullmatch(line):
        return IdValue("", "foreign")
    bare = _PUNCTUATION.sub("", line)
    if bare != line and len(bare) in (15, 18) and bare.isascii() and bare[:-1].isdigit() and bare[-1] in "0123456789X":
        return _plain(bare)
    digits = sum(c.isascii() and c.isdigit() for c in line)
    if len(line) == 18 and digits >= 12:
        pattern = "".join(c if c.isascii() and c.isdigit() else "*" for c in line[:17])
        return known(pattern + (line[17] if line[17] in "0123456789X" else "*"), "malformed", "letters")
    return IdValue("", "malformed", note="letters")

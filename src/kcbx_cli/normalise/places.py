"""Townships and villages: names and codes as people write them, turned into the present name and code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from kcbx_cli.normalise.text import label, squeezed
from kcbx_cli.settings import Settings, Township

_SUFFIX = re.compile("(?:街道办事处|街道|民族乡|地区|镇|乡|区)$")
_ABOVE = re.compile(
    "^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|市))?(?:[\u4e00-\u9fff]{2,8}?(?:市|自治州|地区|盟))?(?:[\u4e00-\u9fff]{1,8}?(?:县|区|旗))?(?=[\u4e00-\u9fff]{2,8}(?:街道|镇|乡))"
)
_TRIM = re.compile(r"^[()'` ]+|(?:\.0|[()'` ])+$")
_OFFICE = re.compile("(?:人民政府|政府|办事处|中心校)$")


class Place(NamedTuple):
    """A township: its 9-digit code (or empty), its name, whether the table of townships knows it, and whether the name
    as written has one character that differs."""

    code: str = ""
    name: str = ""
    known: bool = False
    misspelt: bool = False


NOWHERE = Place()


@dataclass(frozen=True)
class Gazetteer:
    """The townships of a county, ready to be looked up."""

    by_name: dict[str, Place] = field(default_factory=dict)
    by_short_name: dict[str, Place] = field(default_factory=dict)
    by_code: dict[str, Place] = field(default_factory=dict)
    by_gap: dict[str, Place] = field(default_factory=dict)
    pattern: re.Pattern[str] | None = None


def gazetteer(settings: Settings) -> Gazetteer:
    """The look-up tables for the townships of the settings, former names and shortened codes included."""
    return _gazetteer(settings.townships)


@lru_cache(maxsize=8)
def _gazetteer(townships: tuple[Township, ...]) -> Gazetteer:
    names: dict[str, Place] = {}
    short: dict[str, Place | None] = {}
    codes: dict[str, Place | None] = {}
    for t in townships:
        names[squeezed(t.name)] = Place(t.code, t.name, True)
    for t in townships:
        place = Place(t.code, t.name, True)
        for name in (t.name, *t.former):
            names.setdefault(squeezed(name), place)
            _only(short, _SUFFIX.sub("", squeezed(name)), place)
        for code in {t.code, t.code.rstrip("0")} if len(t.code) >= 9 else {t.code}:
            _only(codes, code, place)
    found = {k: p for k, p in short.items() if p and len(k) > 1}
    longest_first = sorted((re.escape(n) for n in names if len(n) > 1), key=lambda n: (-len(n), n))
    whole = re.compile("|".join(longest_first)) if longest_first else None
    return Gazetteer(names, found, {k: p for k, p in codes.items() if p and k}, _by_gap(names), whole)


def _by_gap(names: dict[str, Place]) -> dict[str, Place]:
    """The names with each of their characters but the suffix's left open, where only one township fits."""
    table: dict[str, Place | None] = {}
    for name, place in names.items():
        for gap in _gaps(name):
            _only(table, gap, place)
    return {gap: place._replace(misspelt=True) for gap, place in table.items() if place}


def _gaps(name: str) -> list[str]:
    stem = _SUFFIX.sub("", name)
    return [f"{name[:i]}_{name[i + 1 :]}" for i in range(len(stem))] if len(stem) > 1 and stem != name else []


def _only(table: dict[str, Place | None], key: str, place: Place) -> None:
    """Enter a key; one that means two townships means none."""
    table[key] = place if table.get(key, place) == place else None


def township(cell: Any, known: Gazetteer) -> Place:
    """The township that a cell of a township column names: present or former name, short form, or code.

    Codes may have 9 or 12 digits or have lost their trailing zeros. A name with one wrong character is taken for the only
    township that fits, and marked. What is not known stays as written, without the province, city and county before it.
    Pure; never raises.
    """
    line = label(_TRIM.sub("", label(cell)))
    if not line:
        return NOWHERE
    if line.isascii() and line.isdigit():
        return _by_code(line, known)
    found = known.by_name.get(line) or known.by_short_name.get(_SUFFIX.sub("", line))
    if found:
        return found
    bare = _OFFICE.sub("", _ABOVE.sub("", line)) or line
    return known.by_name.get(bare) or within(line, known) or _misspelt(bare, known) or Place("", bare)


def _misspelt(name: str, known: Gazetteer) -> Place | None:
    """The only township whose name differs from this one in one character of the stem (葛成街道)."""
    found = {known.by_gap[gap] for gap in _gaps(name) if gap in known.by_gap}
    return found.pop() if len(found) == 1 else None


def within(address: str, known: Gazetteer) -> Place | None:
    """The first township whose full name, present or former, stands in an address; None when there is none."""
    found = known.pattern.search(address) if known.pattern else None
    return known.by_name[found[0]] if found else None


def _by_code(line: str, known: Gazetteer) -> Place:
    for key in (line, line[:9], line.rstrip("0")):
        if found := known.by_code.get(key):
            return found
    return Place(line[:9] if len(line) in (9, 12) else "", line)


def village(cell: Any, known: Gazetteer) -> str:
    """A village or community without its township's name before it; `""` when there is none. Pure, idempotent."""
    line = label(cell)
    while known.pattern and (found := known.pattern.match(line)) and found.end() < len(line):
        line = line[found.end() :]
    return line

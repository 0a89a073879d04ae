"""One name: cleaned so that two spellings of the same characters are equal, with damaged characters kept as they are."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kcbx_cli.normalise.shapes import Flags, Shapes
from kcbx_cli.normalise.text import NOTHING, nothing, squeezed

#: The middle dot of minority names, by the standard of names in public registers.
MIDDLE_DOT = "·"
#: Code points that stand in for it. A full stop counts only between two letters,
#: a black circle only between two and two: 张●明 has lost a character.
_DOT = re.compile("(?<=[^\\W\\d_])[.。．·•‧∙⋅・･․﹒ᐧ᛫⸱⸳ꞏ˙]+(?=[^\\W\\d_])|(?<=[^\\W\\d_]{2})●(?=[^\\W\\d_]{2})")
_DOTS_ALWAYS = str.maketrans(dict.fromkeys("•‧∙⋅・･․ᐧ᛫⸱⸳ꞏ˙·", MIDDLE_DOT))
_PLAIN = re.compile("[\u4e00-\u9fff]{2,4}")
_FIRST, _LAST = 0x4E00, 0x9FFF
_BRACKET = re.compile(r"[(\[{<〔【《「『]([^)\]}>〕】》」』]*)(?:[)\]}>〕】》」』]|$)")
_FORMER = re.compile(r"^(?:曾用名|又名|原名|别名|小名|乳名)[:为是]?(.+)$")
_NUMBERING = re.compile(r"^\d+[.、,)]?(?=[^\W\d_])|(?<=[^\W\d_])\d+$")
_STRAY = str.maketrans("", "", "([{<〔【《「『)]}>〕】》」』")
_MARKS = re.compile("^[★☆▲△◆◇※√✓,、;:.\"“”'’‘|]+|[★☆▲△◆◇※√✓,、;:.\"“”'’‘|]+$")
_HANZI = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DAMAGED = re.compile(
    "[?□■●○◯*\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]|[\u4e00-\u9fff][A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+|[a-z]+[\u4e00-\u9fff]"
)
_LETTER = re.compile(r"[^\W\d_]|[?□■●○◯*\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
#: Longest name in public registers, with room for notes that could not be told apart.
LONGEST = 50
#: No cell with a name and its notes is longer; the patterns here need time that grows with the square of its length.
_LONGEST_CELL = 1000


class NameValue(NamedTuple):
    """A cleaned name, what stood in brackets beside it, and a former name given there.

    `flaw` is `damaged` (a character is ?, □, ●, *, a private code point or pinyin), `no_name` (the cell holds something,
    but no name) or empty.
    """

    name: str = ""
    note: str = ""
    former: str = ""
    flaw: str = ""


NO_NAME = NameValue()


def parse(cell: Any) -> NameValue:
    """The name in a cell of any type. Pure, idempotent in `name`; never raises.

    Compatibility forms are folded (NFKC), spaces and invisible characters removed, the middle dot made U+00B7, bracketed
    notes set apart. Damaged characters stay; a bracket that describes a rare character, 李(方方土), becomes `?`.
    """
    if type(cell) is str and _is_plain(cell):
        return NameValue(cell)
    line = squeezed(cell)
    if nothing(line) or not isinstance(cell, str):
        return NO_NAME if nothing(line) else NameValue(flaw="no_name")
    if len(line) > _LONGEST_CELL:
        return NameValue(flaw="no_name")
    line, notes = _without_brackets(line)
    name = _bare(line)
    if nothing(name) or not _LETTER.search(name) or len(name) > LONGEST:
        return NameValue(note="；".join(notes), flaw="no_name")
    former = [found[1] for n in notes if (found := _FORMER.match(n))]
    rest = "；".join(n for n in notes if not _FORMER.match(n))
    flaw = "damaged" if _DAMAGED.search(name) else ""
    return NameValue(name, rest, _bare(former[0]) if former else "", flaw)


def plain(cells: Shapes) -> Flags:
    """Which cells are names as they stand, two to four Chinese characters: `parse` finds nothing else in them."""
    found = cells.none()
    for length in (2, 3, 4):
        at, letters = cells.of_length(length)
        found[at] = ((letters >= _FIRST) & (letters <= _LAST)).all(axis=0)
    return found & ~cells.among(NOTHING)


def clean(cell: Any) -> str:
    """Only the name of `parse`."""
    return cell if type(cell) is str and _is_plain(cell) else parse(cell).name


def _is_plain(cell: str) -> bool:
    return _PLAIN.fullmatch(cell) is not None and not nothing(cell)


def _without_brackets(line: str) -> tuple[str, list[str]]:
    """The text outside brackets and the notes inside; a bracket that stands for a character becomes `?`."""
    if not _BRACKET.search(line):
        return line.translate(_STRAY), []
    notes: list[str] = []
    outside = _BRACKET.sub("", line)
    alone = len(_HANZI.findall(outside)) == 1

    def replaced(found: re.Match[str]) -> str:
        between = found.start() > 0 and found.end() < len(line)
        content = found[1]
        if (between or alone) and 2 <= len(content) <= 4 and len(_HANZI.findall(content)) == len(content):
            return "?"
        notes.append(content)
        return ""

    kept = _BRACKET.sub(replaced, line)
    kept, notes = (kept, notes) if kept else ("".join(notes), [])
    return kept.translate(_STRAY), notes


def _bare(line: str) -> str:
    """The name without numbering, footnote marks and doubled dots. Applied until nothing changes."""
    while True:
        shorter = _DOT.sub(MIDDLE_DOT, line).translate(_DOTS_ALWAYS).strip(MIDDLE_DOT + "-—_/")
        shorter = squeezed(_MARKS.sub("", _NUMBERING.sub("", shorter)))
        if shorter == line:
            return line
        line = shorter

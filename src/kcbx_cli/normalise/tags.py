"""Which groups a person belongs to (脱贫户, 低保, 残疾, 留守 …), and whether a list says that it is gone."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from kcbx_cli.normalise import words
from kcbx_cli.normalise.columns import Cells, Flags, Raw, empty, filled, first_of, glued, strings
from kcbx_cli.normalise.text import nothing, squeezed
from kcbx_cli.tables import RawTable

#: Tag and the words that stand for it in 户类型, 监测对象类别, 低收入类别 or in the name of a file.
_FAMILY_TAGS = (
    ("低保", re.compile("低保(?!边缘)|最低生活保障")),
    ("低保边缘", re.compile("低保边缘")),
    ("刚性支出困难", re.compile("刚性支出|支出型")),
    ("特困", re.compile("特困")),
    ("监测对象", re.compile("监测|不稳定|易致贫|突发严重困难|易返贫")),
    ("脱贫户", re.compile("脱贫(?!不稳定|人口不稳定|家庭不稳定)|建档立卡|贫困户")),
    ("其他低收入", re.compile("其他低收入")),
)
#: Changes that bring somebody onto the register.
_CAME = re.compile("迁入|出生|新增|补录|恢复|入户|落户")
_DENIED = re.compile("非|不是|不属于|未纳入|^否$|^无$")
_PERSON_TAGS = {"left_behind": "留守", "migrant": "随迁", "orphan": "孤儿"}
_DISABILITY = ("disability", "disability_grade", "disability_number")


def family_tags(words_of_type: str) -> str:
    """The tags of a family by the words of its type, sorted, joined with |. 非低保 and the like give none. Pure."""
    line = squeezed(words_of_type)
    parts = [p for p in re.split("[、,，;；|/和及与]+", line) if p and not _DENIED.search(p)]
    return "|".join(sorted({tag for tag, pattern in _FAMILY_TAGS if any(pattern.search(p) for p in parts)}))


def list_tag(table: RawTable) -> str:
    """The one tag that the name of the sheet, the layout or the file gives to all of its families; else empty."""
    for label in (table.sheet, table.layout, table.file):
        found = family_tags(label)
        if found:
            return "" if "|" in found else found
    return ""


def by_type(raw: Raw) -> Cells:
    """The tags of each row's family by 户类型 and 监测对象类别 together, sorted, joined with |."""
    columns = [raw.mapped(field, _family_tags) for field in ("household_type", "monitored_type")]
    return strings(glued(columns, "|"), in_order)


def groups(raw: Raw, table: RawTable) -> Cells:
    """The tags of each row, sorted, joined with |."""
    typed = by_type(raw)
    if table.role == "households" and not filled(typed).any():
        of_list = list_tag(table) or ("低保" if raw.has("allowance_number") else "")
        typed = np.full(raw.length, of_list, dtype=object)
    marks: list[tuple[str, Flags]] = []
    if table.role == "disability":
        marks.append(("残疾", np.ones(raw.length, dtype=np.bool_)))
    for field, tag in _PERSON_TAGS.items():
        if raw.has(field):
            marks += [(t, _says(raw, field, t, t == tag)) for t in _PERSON_TAGS.values()]
    disabled = np.zeros(raw.length, dtype=np.bool_)
    for field in _DISABILITY:
        if raw.has(field):
            disabled |= raw.flags(field, words.disabled)
    if raw.has("health"):
        disabled |= raw.flags("health", lambda c: "残疾" in squeezed(c) and words.disabled(c))
    return strings(_with(typed, [*marks, ("残疾", disabled)]), in_order)


def _family_tags(cell: Any) -> str:
    line = squeezed(cell)
    return "" if nothing(line) else family_tags(line)


def _says(raw: Raw, field: str, tag: str, own: bool) -> Flags:
    """Whether the column says so: by 是, or by naming the tag, which may be that of another column (随迁或留守)."""
    if own:
        return raw.flags(field, lambda c: words.yes(c, tag) and not _names_other(squeezed(c), tag))
    return raw.flags(field, lambda c: tag in squeezed(c) and words.yes(c, tag))


def _names_other(line: str, tag: str) -> bool:
    return tag not in line and any(t in line for t in _PERSON_TAGS.values())


def _with(found: Cells, marks: list[tuple[str, Flags]]) -> Cells:
    found = found.copy()
    for tag, where in marks:
        here = found[where]
        found[where] = np.where(filled(here), here + ("|" + tag), tag)
    return found


def in_order(joined: Any) -> str:
    """Tags joined with |, sorted and without repeats. Pure, idempotent."""
    return "|".join(sorted(set((joined or "").split("|")) - {""}))


def removed(raw: Raw, removed_on: Flags, note: Cells) -> Cells:
    """死亡, 注销, 迁出 or empty, by the reason, else by the remark, else 注销 where there is a date of removal, unless the
    change is a birth or a move to here; 失踪 or 参军 where such a 注销 rests on that, and empty where it ends a second
    registration of the same child.
    """
    by_reason = raw.mapped("removed_reason", lambda c: words.removed(squeezed(c)))
    by_note = strings(note, lambda c: words.removed_by_note(c or ""))
    by_date = empty(raw.length)
    came = raw.flags("removed_reason", lambda c: _CAME.search(squeezed(c)) is not None)
    by_date[removed_on & ~came] = "注销"
    found = first_of(by_reason, by_note, by_date)
    told = raw.mapped("removed_reason", lambda c: words.behind(squeezed(c)))
    why = first_of(told, strings(note, lambda c: words.behind(c or "")))
    struck = found == "注销"
    found = np.where(struck & (why == words.DOUBLE), "", found)
    asked = (struck & np.isin(why, words.ASKED)) | (~filled(found) & np.isin(told, words.ASKED))
    return np.where(asked, why, found)

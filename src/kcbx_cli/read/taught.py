"""`[layouts.NAME]` in kcbx.toml: a new export taught without code, checked before anything is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.aliases import folded
from kcbx_cli.read.layouts import ROLE_WORDS, Layout
from kcbx_cli.tables import FIELDS, ROLES

_KEYS = ("role", "headers", "sheet", "header_row", "marks")
_ADDRESS = re.compile(r"@[A-Za-z]{1,3}")


def layouts(entries: Mapping[str, Mapping[str, Any]]) -> list[Layout]:
    """The layouts of the settings, in the order of their names.

    An entry has `role`, `headers = {field = ["header", …]}` (a header may be `@C`: column C), and may have `sheet`,
    `header_row` (a 1-based row, or the first and last of several) and `marks` (headers without which it does not fit;
    an entry that names columns only must have them, or it would fit any file).

    Raises:
        KcbxError: an entry is not well formed; entry and key are named.
    """
    return [_layout(name, entries[name]) for name in sorted(entries)]


def _layout(name: str, entry: Any) -> Layout:
    if not isinstance(entry, Mapping):
        raise _bad(name, "", "应当写成一节,有 role 和 headers")
    for key in entry:
        if key not in _KEYS:
            raise _bad(name, key, "没有这一项;可用的有:" + "、".join(_KEYS))
    role = entry.get("role")
    if role not in ROLES:
        raise _bad(name, "role", "要写成 " + "、".join(f"{r}({ROLE_WORDS[r]})" for r in ROLES) + " 中的一个")
    sheet = entry.get("sheet", "")
    if not isinstance(sheet, str):
        raise _bad(name, "sheet", "要写成工作表的名称(加引号)")
    aliases = _aliases(name, entry.get("headers"))
    marks, least = _marks(name, entry.get("marks"), aliases)
    return Layout(
        name, f"配置中的「{name}」", str(role), marks, tuple((f,) for f in dict.fromkeys(aliases.values())), aliases=aliases,
        least=least, sheet=sheet, header_rows=_rows(name, entry.get("header_row")), taught=True,
    )  # fmt: skip


def _aliases(name: str, headers: Any) -> dict[str, str]:
    if not isinstance(headers, Mapping) or not headers:
        raise _bad(name, "headers", '要写成 {字段 = ["表头", …]},例如 { name = ["孩子姓名"] }')
    found: dict[str, str] = {}
    for field, words in headers.items():
        if field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, 1)
            raise _bad(name, f"headers.{field}", "没有这个字段" + (f",是不是「{near[0]}」?" if near else ""))
        listed = [words] if isinstance(words, str) else words
        if not isinstance(listed, list) or not listed or not all(isinstance(w, str) and w.strip() for w in listed):
            raise _bad(name, f"headers.{field}", '要写成一列表头,例如 ["孩子姓名"]')
        for word in listed:
            key = word.strip().upper() if _ADDRESS.fullmatch(word.strip()) else folded(word)
            if found.setdefault(key, field) != field:
                raise _bad(name, f"headers.{field}", f"表头「{word}」已经用于字段 {found[key]}")
    return found


def _marks(name: str, marks: Any, aliases: Mapping[str, str]) -> tuple[tuple[str, ...], int]:
    """The marks, and how many of them must be there: all that are stated, else one of the taught headers."""
    if marks is None:
        words = tuple(k for k in aliases if not k.startswith("@"))
        if not words:
            raise _bad(name, "marks", '只写列号的时候,还要写明凭哪些表头认出这种文件,例如 marks = ["姓名", "年级"]')
        return words, 1
    if not isinstance(marks, list) or not marks or not all(isinstance(m, str) and folded(m) for m in marks):
        raise _bad(name, "marks", "要写成一列表头")
    words = tuple(dict.fromkeys(folded(m) for m in marks))
    return words, len(words)


def _rows(name: str, rows: Any) -> tuple[int, ...]:
    if rows is None:
        return ()
    listed = [rows] if isinstance(rows, int) else rows
    if not isinstance(listed, list) or not 1 <= len(listed) <= 4 or not all(type(r) is int and r >= 1 for r in listed):
        raise _bad(name, "header_row", "要写成表头所在的行号,例如 3;表头有两行时写成 [3, 4]")
    return tuple(listed)


def _bad(name: str, key: str, should: str) -> KcbxError:
    where = f"layouts.{name}.{key}" if key else f"layouts.{name}"
    return KcbxError(f"设置「{where}」写得不对:{should}", "改好 kcbx.toml 以后再运行。", "bad_setting")

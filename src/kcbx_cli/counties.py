"""Which files are which county's, when folders hold one file or folder for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kcbx_cli import read
from kcbx_cli.errors import KcbxError

_CODE = re.compile(r"^(\d{6})(?!\d)")
#: Roles without which a county cannot be done: its children would all be suspects, or there is nothing to do.
_NEEDED = {"registry": "学籍", "households": "低收入名单"}


@dataclass(frozen=True)
class County:
    """One county's lists: its key (the six-digit code its files begin with, else their name), name, and paths by role."""

    key: str
    name: str
    paths: Mapping[str | None, Sequence[str]]


@dataclass(frozen=True)
class Aside:
    """A county that was set aside whole, and why. Half of its lists would make suspects of the rest."""

    name: str
    code: str
    message: str
    hint: str


def split(paths: Mapping[str | None, Sequence[str]]) -> tuple[list[County], list[Aside]]:
    """The counties in the given folders, by key, and those that cannot be told apart or lack a list.

    Every file or folder directly under a given folder is one county's. Those of several roles belong together by the
    six-digit code that their names begin with, else by the name without extension.

    Raises:
        KcbxError: a path is no folder, or there is no county in them.
    """
    entries: dict[str, dict[str, list[Path]]] = {}
    for role, given in paths.items():
        for folder in map(Path, given):
            for entry in _entries(folder):
                entries.setdefault(_key(entry), {}).setdefault(str(role), []).append(entry)
    counties, aside = [], []
    for key in sorted(entries):
        by_role = entries[key]
        names = [e.name if e.is_dir() else e.stem for role in sorted(by_role) for e in by_role[role]]
        name = max(names, key=lambda n: (len(n), n))
        wrong = _wrong(by_role)
        if wrong:
            aside.append(Aside(read.safe(name), *wrong))
        else:
            counties.append(County(key, read.safe(name), {role: [str(e) for e in by_role[role]] for role in by_role}))
    if not entries:
        raise KcbxError("文件夹里一个县也没有", "每个县放一个文件,或一个子文件夹。", "no_input")
    return counties, aside


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise KcbxError(
            f"「{folder}」不是文件夹",
            "加了 --by-county,每一种名单都要给一个文件夹,里面每县一个文件或子文件夹。",
            "usage",
        )
    found = [e for e in sorted(folder.iterdir()) if not e.name.startswith((".", "~$"))]
    return [e for e in found if e.is_dir() or e.suffix.lower() in read.EXTENSIONS]


def _key(entry: Path) -> str:
    name = entry.name if entry.is_dir() else entry.stem
    code = _CODE.match(name)
    return code[1] if code else name


def _wrong(by_role: Mapping[str, Sequence[Path]]) -> tuple[str, str, str] | None:
    twice = [e for found in by_role.values() if len(found) > 1 for e in found]
    if twice:
        names = "、".join(f"「{read.safe(e.name)}」" for e in twice)
        return "county_twice", f"{names} 是同一个县的,不知道以哪个为准", "请只留下一个,再运行一次。"
    for role, word in _NEEDED.items():
        if role not in by_role:
            return "county_incomplete", f"没有这个县的{word}", "请补上,再运行一次。"
    return None

"""Which files are meant: paths, folders and globs become a list of sources in a stable order with unique names."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.read.report import Source

#: Extensions that are picked up in a folder. A file that is named itself may have any.
EXTENSIONS = frozenset((
    ".xlsx", ".xlsm", ".xltx", ".xls", ".xlsb", ".ods", ".et", ".ett", ".csv", ".tsv", ".txt", ".parquet", ".xml", ".htm", ".html",
))  # fmt: skip
_PASSED_OVER = ("truth*.csv", "kcbx.toml")
_CHUNK = 1 << 20


def find(paths: Sequence[str], role: str | None = None) -> list[Source]:
    """The files behind the paths of one option, sorted by name.

    A path is a file, a folder (with all below it) or a glob. Folders and globs leave out hidden files, lock files (~$…),
    truth*.csv, kcbx.toml; folders also files that are no tables by their extension (see `overlooked`). Links inside
    folders are not followed into other folders. Two files with the same content: the one with the longer name becomes
    a copy, which is not read a second time.

    Raises:
        KcbxError: no such path, a folder without any table, something that is no regular file, or a file given twice.
    """
    found: list[Path] = []
    for path in paths:
        found += _behind(path)
    _check_twice(found)
    return settle([_source(p, role) for p in found])


def overlooked(paths: Sequence[str]) -> list[str]:
    """Names of the files in the given folders that `find` leaves out because their extension is that of no table."""
    names = []
    for path in map(Path, paths):
        if path.is_dir():
            names += [safe(p.name) for p in _walk(path) if p.suffix.lower() not in EXTENSIONS]
    return sorted(names)


def settle(sources: Sequence[Source]) -> list[Source]:
    """The sources of all options together, sorted by name, with names that are unique among all of them.

    A name is the base name; where base names collide, as many folders as are needed stand in front, with `/`.

    Raises:
        KcbxError: one file was given in two roles, or two with the same content were.
    """
    _check_roles(sources)
    parts = {id(s): [safe(p) for p in _absolute(s.path).parts] for s in sources}
    depth = {id(s): 1 for s in sources}
    names: dict[int, str] = {}
    while True:
        names = {i: "/".join(parts[i][-depth[i] :]) for i in depth}
        taken = list(names.values())
        clash = [i for i, name in names.items() if taken.count(name) > 1 and depth[i] < len(parts[i])]
        if not clash:
            break
        for i in clash:
            depth[i] += 1
    named = [replace(s, name=names[id(s)]) for s in sources]
    return _copies(sorted(named, key=lambda s: s.name))


def safe(name: str) -> str:
    """A file's name as it may be shown: composed characters, nothing invisible and no line breaks."""
    shown = unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in shown)


def _behind(path: str) -> list[Path]:
    if os.path.lexists(path):
        here = Path(path)
        if not here.is_dir():
            return [here]
        files = [p for p in _walk(here) if p.suffix.lower() in EXTENSIONS]
        if not files:
            raise KcbxError(
                f"文件夹「{safe(path)}」里没有可读的表格", "请放入 .xlsx、.xls、.csv 等表格,或检查路径。", "no_input"
            )
        return files
    matched = [Path(p) for p in sorted(glob.glob(path, recursive=True)) if glob.has_magic(path)]
    files = [f for p in matched for f in ([p] if not p.is_dir() else _behind(str(p))) if not _skipped(f.name)]
    if not files:
        raise KcbxError(f"找不到「{safe(path)}」", "请检查路径;文件夹和文件名要写完整。", "no_input")
    return list(dict.fromkeys(files))


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [Path(here, f) for f in sorted(files) if not _skipped(f)]
    return found


def _skipped(name: str) -> bool:
    low = name.lower()
    return low.startswith((".", "~$")) or any(fnmatch.fnmatch(low, p) for p in _PASSED_OVER)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _identity(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _check_twice(paths: Sequence[Path]) -> None:
    seen: set[str] = set()
    for path in paths:
        if _identity(path) in seen:
            raise KcbxError(f"「{safe(path.name)}」给了两次", "同一个文件只能给一次;请去掉重复的路径。", "given_twice")
        seen.add(_identity(path))


def _check_roles(sources: Sequence[Source]) -> None:
    by_file: dict[str, Source] = {}
    by_content: dict[str, Source] = {}
    for source in sources:
        for first in (by_file.setdefault(_identity(source.path), source), by_content.setdefault(source.sha256, source)):
            if first.role != source.role:
                names = "」和「".join(sorted({safe(first.path.name), safe(source.path.name)}))
                raise KcbxError(
                    f"「{names}」是同一份文件,却作为两种名单给出({first.role}、{source.role})",
                    "一份文件只能有一个用途;请去掉其中一个。",
                    "two_roles",
                )


def _copies(sources: list[Source]) -> list[Source]:
    first: dict[str, str] = {}
    for source in sorted(sources, key=lambda s: (len(s.name), s.name)):
        first.setdefault(source.sha256, source.name)
    return [s if first[s.sha256] == s.name else replace(s, copy_of=first[s.sha256]) for s in sources]


def _source(path: Path, role: str | None) -> Source:
    digest, size = hashlib.sha256(), 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise KcbxError(f"「{safe(path.name)}」不是普通文件", "请提供表格文件。", "unreadable_file")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise KcbxError(
            f"「{safe(path.name)}」打不开:{reason(error)}",
            "请检查权限,并关闭正在使用它的程序。",
            "unreadable_file",
        ) from error
    return Source(path, path.name, role, digest.hexdigest(), size)

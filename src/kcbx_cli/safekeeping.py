"""A copy of all that cannot be made again, and the way back: the case ledger, the settings, the use log.

A backup is one zip file: `backup.json` (what is in it, with SHA-256), `ledger.db`, and, where they are there, `kcbx.toml`
and the use log. It holds what the ledger holds: keep it where the ledger may be kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from kcbx_cli import __version__
from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.halfway import Half
from kcbx_cli.ledger import open_ledger
from kcbx_cli.plainfile import from_json, from_toml
from kcbx_cli.write import save

_ABOUT, _LEDGER, _SETTINGS = "backup.json", "ledger.db", "kcbx.toml"
_USE_LOG = ("use.jsonl", "use.head")
_KNOWN = frozenset((_LEDGER, _SETTINGS, *_USE_LOG))
_SCHEMA = 1
#: How long the name of a backup is, without the number of those of one second.
_STEM = "kcbx-backup-20211031-235959"
_NAME = re.compile(r"kcbx-backup-\d{8}-\d{6}(?:-\d+)?\.zip")
#: No backup holds more (bytes): five years of a large county take a tenth of it.
_MOST = 1 << 30


@dataclass(frozen=True)
class Kept:
    """Where the things that are backed up stand."""

    ledger: Path
    settings: Path

    def use_log(self) -> dict[str, Path]:
        """The files of the use log, which lie beside the ledger, by their name in the backup."""
        stem = self.ledger.name.removesuffix(".db")
        return {name: self.ledger.with_name(f"{stem}.{name}") for name in _USE_LOG}

    def files(self) -> dict[str, Path]:
        """The files besides the ledger that are there, by their name in the backup."""
        return {name: path for name, path in {_SETTINGS: self.settings, **self.use_log()}.items() if path.is_file()}


def backup(kept: Kept, folder: Path, now: datetime, *, keep: int = 0, timeout: float = 20.0) -> tuple[Path, list[str]]:
    """Write a backup into the folder, which is made where it is not there; it appears whole or not at all.

    A run that is writing the ledger is waited for; the copy is of one moment between two transactions, and is checked.

    Args:
        kept: what is to be kept.
        folder: where backups go.
        now: the hour that its name tells.
        keep: how many backups of this folder stay, the newest; 0 for all.
        timeout: seconds to wait for another run.

    Returns:
        The backup, and the names of older ones that were removed.

    Raises:
        KcbxError: `no_ledger`, `ledger_locked`, `ledger_damaged`, `not_writable`.
    """
    with open_ledger(kept.ledger, create=False, readonly=True, timeout=timeout) as book:
        if found := book.check():
            raise KcbxError(
                f"台账「{kept.ledger.name}」已损坏({len(found)} 处),没有备份",
                "请用以前的备份恢复:kcbx restore 文件。",
                "ledger_damaged",
            )
        months = [str(month) for month in sorted(book.months())]
        content = {_LEDGER: book.image()}
    content |= {name: path.read_bytes() for name, path in kept.files().items()}
    about = {
        "schema": _SCHEMA, "kcbx": __version__, "made": now.isoformat(timespec="seconds"), "ledger": kept.ledger.name, "months": months,
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in sorted(content.items())},
    }  # fmt: skip
    _make(folder)
    path = _free(folder, now)
    save(path, _packed({_ABOUT: json.dumps(about, ensure_ascii=False, indent=1).encode(), **content}))
    return path, _thinned(folder, keep)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KcbxError(
            f"备份文件夹「{folder}」建不了:{reason(error)}", "请检查路径和权限。", "not_writable"
        ) from error


def _free(folder: Path, now: datetime) -> Path:
    stem, number = f"kcbx-backup-{now:%Y%m%d-%H%M%S}", 1
    path = folder / f"{stem}.zip"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.zip"
    return path


def _packed(content: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _thinned(folder: Path, keep: int) -> list[str]:
    """Removes the oldest backups past the number that stays; nothing but what is named like a backup."""
    if keep <= 0:
        return []
    # Of one second the first has no number behind it, the tenth comes after the ninth.
    ours = [p for p in folder.iterdir() if _NAME.fullmatch(p.name) and p.is_file()]
    ours.sort(key=lambda p: (p.stem[: len(_STEM)], int(p.stem[len(_STEM) + 1 :] or 1)))
    gone = []
    for path in ours[:-keep]:
        try:
            path.unlink()
            gone.append(path.name)
        except OSError:  # held open somewhere: the next backup tries again
            continue
    return gone


@dataclass(frozen=True)
class Found:
    """A backup that was opened and found whole."""

    about: Mapping[str, Any]
    content: Mapping[str, bytes]


def opened(path: Path) -> Found:
    """A backup, checked: all that it names is there with the same digest, and nothing else is looked at.

    Raises:
        KcbxError: `bad_backup`.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _bad(path, "不是普通文件")
        with zipfile.ZipFile(path) as archive:
            about = from_json(_member(archive, _ABOUT))
            named = {name: str(sha) for name, sha in about["files"].items() if name in _KNOWN}
            if sum(archive.getinfo(name).file_size for name in named) > _MOST:
                raise _bad(path, "比任何台账都大")
            content = {name: _member(archive, name) for name in named}
    except OSError as error:
        raise KcbxError(f"备份「{path}」打不开:{reason(error)}", "请检查路径和权限。", "bad_backup") from error
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        raise _bad(path, "不是 kcbx 的备份,或已损坏") from error
    if about.get("schema") != _SCHEMA:
        raise _bad(path, "是另一个版本的 kcbx 做的")
    if _LEDGER not in content or any(hashlib.sha256(content[name]).hexdigest() != sha for name, sha in named.items()):
        raise _bad(path, "的内容与做备份时不同,已损坏")
    return Found(about, content)


def programs(found: Found) -> tuple[str, ...]:
    """The programs that the settings in a backup would have run."""
    try:
        notice = from_toml(found.content.get(_SETTINGS, b"").decode("utf-8-sig")).get("notice", {})
        return tuple(dict.fromkeys(str(notice[which][0]) for which in ("success", "failure") if notice.get(which)))
    except (ValueError, AttributeError, TypeError, IndexError):
        return ()


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST:
        raise ValueError("larger than any ledger")
    return archive.read(name)


def _bad(path: Path, what: str) -> KcbxError:
    return KcbxError(f"备份「{path.name}」{what}", "请换一个备份;什么都没有改动。", "bad_backup")


def restore(path: Path, kept: Kept, now: datetime, *, settings: bool = False, timeout: float = 20.0) -> dict[str, str]:
    """Put the ledger of a backup in the place of the one that is there, which is kept beside it under another name.

    The copy is written beside the ledger and opened and checked there first; only then do names change.

    Args:
        path: the backup.
        kept: where things go.
        now: told in the name of what is replaced.
        settings: the settings are put back as well. The use log never goes back in time: it is put back only where
            there is none.
        timeout: seconds to wait for a run that uses the ledger.

    Returns:
        What was put back, by file name, and the name under which the former one is kept, empty where there was none.

    Raises:
        KcbxError: `bad_backup`, `ledger_locked`, `not_writable`; everything is as it was.
    """
    found = opened(path)
    places = {_LEDGER: kept.ledger}
    places |= {_SETTINGS: kept.settings} if settings else {}
    if not any(log.exists() for log in kept.use_log().values()):
        places |= kept.use_log()
    places = {name: place for name, place in places.items() if name in found.content}
    beside = _written(found, places)
    try:
        _check_copy(beside[_LEDGER].path, path)
        if kept.ledger.exists():  # nobody may be using what is about to be replaced
            _check_free(kept.ledger, timeout)
        return {str(places[name]): _swapped(beside[name].path, places[name], now) for name in places}
    except OSError as error:
        raise KcbxError(
            f"恢复时换不上文件:{reason(error)}", "请关闭正在使用台账的程序后再运行一次。", "not_writable"
        ) from error
    finally:
        for copy in beside.values():
            copy.drop()


def _written(found: Found, places: Mapping[str, Path]) -> dict[str, Half]:
    """Copies beside the places where they go."""
    made: dict[str, Half] = {}
    try:
        for name, place in places.items():
            made[name] = Half(place.absolute().parent, found.content[name])
    except OSError as error:
        for copy in made.values():
            copy.drop()
        raise KcbxError(f"恢复时写不了文件:{reason(error)}", "请检查权限和磁盘空间。", "not_writable") from error
    return made


def _check_copy(copy: Path, path: Path) -> None:
    try:
        with open_ledger(copy, create=False, readonly=True) as book:
            sound = not book.check()
    except KcbxError as error:
        if error.code in ("not_a_ledger", "ledger_damaged"):
            raise _bad(path, "里的台账打不开") from error
        raise
    if not sound:
        raise _bad(path, "里的台账已损坏")


def _check_free(ledger: Path, timeout: float) -> None:
    """The ledger can be locked now, or is no ledger any more: then there is nobody to wait for."""
    try:
        open_ledger(ledger, create=False, timeout=timeout).close()
    except KcbxError as error:
        if error.code not in ("not_a_ledger", "ledger_damaged"):
            raise


def _swapped(copy: Path, place: Path, now: datetime) -> str:
    """The copy takes the place; what stood there keeps its content under another name."""
    former = ""
    if place.exists():
        kept, number = place.with_name(f"{place.name}.before-{now:%Y%m%d-%H%M%S}"), 1
        while kept.exists():
            number += 1
            kept = place.with_name(f"{place.name}.before-{now:%Y%m%d-%H%M%S}-{number}")
        os.rename(place, kept)
        former = kept.name
    try:
        os.rename(copy, place)
    except OSError:
        if former:
            os.rename(place.with_name(former), place)
        raise
    return former

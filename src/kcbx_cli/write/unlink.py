"""Outputs that are to go: those of months that are long past, and those that name a child whose data was deleted.

data/*.csv and run.json stay: they hold counts, rows and case numbers, and no person.
"""

from __future__ import annotations

import contextlib
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.plainfile import from_json
from kcbx_cli.write.manifest import MANIFEST, manifest, survey, written_files
from kcbx_cli.write.single import save

_OFFICE = (".xlsx", ".docx", ".html", ".json")
_STAY = re.compile(r"data/[^/]+\.csv|run\.json|\.kcbx\.json")
#: Parts of a workbook or document that hold what is printed.
_PARTS = re.compile(r"xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml|xl/comments\d*\.xml|word/[^/]+\.xml")


@dataclass(frozen=True)
class Doomed:
    """What is to go from one folder, by relative path; `unopened` could not be looked into (a password)."""

    folder: Path
    files: tuple[str, ...]
    unopened: tuple[str, ...] = ()


def folders(outputs: Sequence[Path]) -> list[Path]:
    """The output folders among these paths and directly below them: those with a manifest."""
    found = []
    for path in outputs:
        below = sorted(p for p in path.iterdir() if p.is_dir()) if path.is_dir() else []
        found += [p for p in (path, *below) if (p / MANIFEST).is_file()]
    return list(dict.fromkeys(found))


def month_of(folder: Path) -> date | None:
    """The date of the month that was written there; None where run.json does not tell it."""
    try:
        return date.fromisoformat(from_json((folder / "run.json").read_bytes())["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def whole_month(folder: Path) -> Doomed:
    """Every file about people that kcbx wrote there.

    Raises:
        KcbxError: `output_occupied`, something was filled in there and not collected.
    """
    if changed := survey(folder).changed:
        raise KcbxError(
            f"「{folder}」里有 {len(changed)} 份表写出后被改过,没有清除",
            "填好的表请先用 kcbx collect 收回,再把它们移走或删去。",
            "output_occupied",
        )
    return Doomed(folder, tuple(p for p in written_files(folder) if not _STAY.fullmatch(p) and (folder / p).is_file()))


def naming(folder: Path, cases: Sequence[str]) -> Doomed:
    """The workbooks and documents of the folder in which one of these case numbers stands."""
    wanted = [case.encode() for case in cases]
    files: list[str] = []
    unopened: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in _OFFICE or _STAY.fullmatch(name) or not path.is_file() or path.is_symlink():
            continue
        content = _text(path)
        if content is None:
            unopened.append(name)
        elif any(case in content or path.stem.encode() == case for case in wanted):
            files.append(name)
    return Doomed(folder, tuple(files), tuple(unopened))


def remove(doomed: Doomed) -> None:
    """Delete the files, and tell the folder's manifest.

    Raises:
        KcbxError: `not_writable`; what was deleted before stays deleted, and running it again does the rest.
    """
    try:
        for name in doomed.files:
            (doomed.folder / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # it holds other files
                os.rmdir((doomed.folder / name).parent)
    except OSError as error:
        raise KcbxError(
            f"「{doomed.folder}」里的文件删不掉:{reason(error)}",
            "请关闭打开的文件、检查权限后再运行一次。",
            "not_writable",
        ) from error
    left = {
        path: sha for path, sha in written_files(doomed.folder).items() if path not in doomed.files and path != MANIFEST
    }
    if (doomed.folder / MANIFEST).is_file():
        save(doomed.folder / MANIFEST, manifest(left), replace=True)


def _text(path: Path) -> bytes | None:
    """What is printed in the file, as bytes of XML; None where a password or damage keeps it from being read."""
    content = path.read_bytes()
    if path.suffix.lower() in (".html", ".json"):
        return content
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name) for name in archive.namelist() if _PARTS.fullmatch(name)]
    except (zipfile.BadZipFile, OSError):
        return None
    return re.sub(rb"<[^>]*>", b"", b"\n".join(parts))

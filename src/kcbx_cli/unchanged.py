"""Counties that need not be done again: what decided a county's result is what it was when its files were written.

Beside the county's case ledger lies `<ledger>.kept/`, for the owner alone: `about.json` (digests, counts, warnings; no
person) and what the county gives up for the pass across borders (children's records, see `run.kept`). It is taken away
before a county is done again and told last, so that a run that is killed leaves nothing that could be believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from kcbx_cli import read
from kcbx_cli.halfway import put
from kcbx_cli.ledger import Ledger
from kcbx_cli.run import kept
from kcbx_cli.run.borders import Missed, Offered
from kcbx_cli.settings import Settings
from kcbx_cli.write import commit

_ABOUT = "about.json"


@dataclass(frozen=True)
class Inputs:
    """What decides a county's result besides its ledger and what is found across borders, as a digest; and its files'."""

    digest: str
    files: frozenset[str]


@dataclass(frozen=True)
class Told:
    """A county as it was written: what decided it (inputs, ledger, what was found elsewhere), which files, what it said."""

    inputs: str
    ledger: str
    found: str
    files: str
    line: Mapping[str, Any]
    warnings: tuple[str, ...]
    exit_code: int
    short_of: str
    #: which deciding columns its lists lack, see `counties.lacking`
    lacks: Mapping[str, Mapping[str, str]]
    #: the names of its files that have rows, by digest
    filled: Mapping[str, str]


def folder_of(ledger: Path) -> Path:
    """Where it lies."""
    return ledger.with_name(f"{ledger.name}.kept")


def remove(ledger: Path) -> None:
    """Nothing is kept of this county any more."""
    shutil.rmtree(folder_of(ledger), ignore_errors=True)


def inputs_of(paths: Mapping[str | None, Sequence[str]], as_of: date, settings: Settings) -> Inputs:
    """The digest of kcbx itself, the day, the settings with the files that they name, and every list's content.

    Raises:
        KcbxError: a list cannot be read.
    """
    sources = read.settle([source for role, given in paths.items() for source in read.find(given, role)])
    lists = [(s.name, s.role, s.sha256) for s in sources]
    named = [settings.matching.model, settings.checklist.template, *asdict(settings.documents).values()]
    contents = [_digest(Path(name).read_bytes()) for name in named if isinstance(name, str) and Path(name).is_file()]
    said = repr((_program(), as_of.isoformat(), as_of > date.today(), settings, contents, lists))
    return Inputs(_digest(said.encode("utf-8", "surrogatepass")), frozenset(s.sha256 for s in sources))


def standing(ledger: Path, out: Path, inputs: Inputs, book: Ledger) -> Told | None:
    """The county as it stands in `out`, when doing it again would write the same; whoever asks has checked `out`.

    What is found across borders has to be compared as well.
    """
    try:
        told = Told(**json.loads((folder_of(ledger) / _ABOUT).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    same = (told.inputs, told.ledger, told.files) == (inputs.digest, book.state(), commit.standing(out))
    return told if same and told.files and commit.whole(out) else None


def given_up(ledger: Path) -> tuple[Missed, Offered] | None:
    """What the county gives up for the pass across borders; None where that cannot be read any more."""
    try:
        return kept.load(folder_of(ledger))
    except (OSError, ValueError, KeyError):
        return None


def lay_down(ledger: Path, missed: Missed, offered: Offered) -> None:
    """Before the county is written: what it gives up. It counts from `tell` on."""
    remove(ledger)
    os.makedirs(folder_of(ledger), mode=0o700)
    kept.save(folder_of(ledger), missed, offered)


def tell(ledger: Path, told: Told) -> None:
    """After it was written."""
    put(folder_of(ledger) / _ABOUT, json.dumps(asdict(told), ensure_ascii=False).encode("utf-8", "backslashreplace"))


@cache
def _program() -> str:
    """kcbx itself, its tables and models: a version that was changed by hand is another one."""
    package = Path(__file__).parent
    files = sorted(p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return _digest(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in files))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

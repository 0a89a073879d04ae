"""What commands that work on a month's lists have in common: which lists are meant, and what decides on them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kcbx_cli import decide, normalise, read, run
from kcbx_cli.errors import KcbxError
from kcbx_cli.intake import Intake
from kcbx_cli.settings import Settings
from kcbx_cli.tables import LISTED

#: The case ledger of a workspace.
LEDGER = "kcbx-ledger.db"


@dataclass(frozen=True)
class Asked:
    """One month's lists: paths by role (None: told by content) and the month's date."""

    paths: Mapping[str | None, Sequence[str]]
    as_of: date
    passwords: tuple[str, ...]


def lists_of(
    given: Mapping[str, Sequence[str] | None], as_of: date | None, month: str, passwords: tuple[str, ...]
) -> Asked:
    """The lists that the options mean: named one by one with a date, or a month of the workspace.

    Raises:
        KcbxError: an option is missing, or two contradict each other.
    """
    paths: dict[str | None, Sequence[str]] = {role: found for role, found in given.items() if found}
    if month:
        if paths or as_of:
            raise KcbxError("--month 不能和 --registry 等名单选项、--as-of 一起用", "二选一。", "usage")
        last = _last_day(month)
        inbox = Path("inbox") / month
        if not inbox.is_dir():
            raise KcbxError(f"没有文件夹「{inbox}」", "把本月的名单放进去;工作文件夹用 kcbx init 建。", "no_inbox")
        return Asked({None: [str(inbox)]}, last, passwords)
    if "registry" not in paths:
        raise KcbxError("缺少 --registry", "在工作文件夹里也可以用 --month;用法见 --help。", "usage")
    if not set(paths) & {*LISTED, "attendance"}:
        raise KcbxError(
            "缺少 --households", "也可以用 --population、--disability 或 --attendance;用法见 --help。", "usage"
        )
    if as_of is None:
        raise KcbxError("缺少 --as-of", "用法见 --help。", "usage")
    return Asked(paths, as_of, passwords)


def of_workspace(ledger: Path | None, month: str) -> Path | None:
    """The ledger to look into: the one named, else a workspace's own where there is one."""
    own = Path(LEDGER)
    return ledger or (own if month and own.exists() else None)


def day_of_file(loaded: read.Loaded) -> date:
    """The last day of the month that a file names by itself: in its name, above a header, in the name of a sheet or of one
    of the two folders around it. Today where none does, or the month is not over.
    """
    path = loaded.source.path.absolute()
    inside = [text for table in loaded.tables for text in (table.title, table.sheet)]
    for text in (path.stem, *inside, *(folder.name for folder in path.parents[:2])):
        if month := normalise.month_named(text):
            return min(_end_of(month // 100, month % 100), date.today())
    return date.today()


def _last_day(month: str) -> date:
    said = re.fullmatch(r"(\d{4})-(\d{2})", month)
    if said is None or not 1 <= int(said[2]) <= 12 or int(said[1]) < 1900:
        raise KcbxError(f"月份「{month}」写得不对", "写成 2021-10 的样子。", "usage")
    return _end_of(int(said[1]), int(said[2]))


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def to_decide(as_of: date, settings: Settings, lists: Intake, matched: run.Matched) -> decide.Inputs:
    """What the verdicts rest on."""
    return decide.Inputs(
        people=lists.people,
        child=matched.child,
        registry=lists.registry,
        registry_child=matched.pupil,
        links=matched.links,
        special=lists.special,
        special_people=matched.special_people,
        special_registry=matched.special_registry,
        cases=matched.cases,
        as_of=as_of,
        settings=settings,
        roll=lists.roll,
    )

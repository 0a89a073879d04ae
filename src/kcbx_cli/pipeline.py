"""The story of a month, told once: read, normalise, match, decide, remember, write.

Nothing is in place, and no ledger row is written, until the whole month is known to be writable.
"""

from __future__ import annotations

import calendar
import contextlib
import gc
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kcbx_cli import account, casework, decide, intake, read, run
from kcbx_cli.errors import KcbxError
from kcbx_cli.intake import Intake
from kcbx_cli.ledger import CasePlan, Ledger, open_ledger
from kcbx_cli.result import Result
from kcbx_cli.settings import Settings
from kcbx_cli.tables import PROBLEMS
from kcbx_cli.write import commit, plan_month

LEDGER = "kcbx-ledger.db"


@dataclass(frozen=True)
class Places:
    """Where results and the case ledger go, as far as the user has said."""

    out: Path | None = None
    ledger: Path | None = None


@dataclass(frozen=True)
class Request:
    """One month to reconcile: paths by role (None: told by content), its date, where things go."""

    paths: Mapping[str | None, Sequence[str]]
    as_of: date
    out: Path
    ledger: Path
    passwords: tuple[str, ...]


@dataclass
class Clock:
    """Seconds by stage, and the stage shown to the user."""

    show: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _since: float = 0.0

    def stage(self, name: str, words: str) -> None:
        """The next stage begins; an empty name ends the last."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + now - self._since, 3)
        self._stage, self._since = name, now
        if words:
            self.show(words)


def request(
    given: Mapping[str, Sequence[str] | None],
    as_of: date | None,
    month: str,
    places: Places,
    passwords: tuple[str, ...],
) -> Request:
    """What the options ask for.

    Raises:
        KcbxError: an option is missing, or two contradict each other.
    """
    paths: dict[str | None, Sequence[str]] = {role: found for role, found in given.items() if found}
    if month:
        if paths or as_of:
            raise KcbxError("--month 不能和 --registry、--households、--special、--as-of 一起用", "二选一。", "usage")
        inbox = Path("inbox") / month
        if not inbox.is_dir():
            raise KcbxError(f"没有文件夹「{inbox}」", "把本月的名单放进去;工作文件夹用 kcbx init 建。", "no_inbox")
        return Request(
            {None: [str(inbox)]},
            _last_day(month),
            places.out or Path("out") / month,
            places.ledger or Path(LEDGER),
            passwords,
        )
    for role, option in (("registry", "--registry"), ("households", "--households")):
        if role not in paths:
            raise KcbxError(f"缺少 {option}", "用法见 kcbx reconcile --help。", "usage")
    if as_of is None or places.out is None:
        raise KcbxError("缺少 --as-of 或 --out", "用法见 kcbx reconcile --help。", "usage")
    ledger = places.ledger or places.out.absolute().parent / LEDGER
    if places.out.absolute() in ledger.absolute().parents:
        raise KcbxError(
            f"台账「{ledger.name}」不能放在结果文件夹里:结果文件夹每次都整个替换", "请把 --ledger 指到别处。", "usage"
        )
    return Request(paths, as_of, places.out, ledger, passwords)


def _last_day(month: str) -> date:
    said = re.fullmatch(r"(\d{4})-(\d{2})", month)
    if said is None or not 1 <= int(said[2]) <= 12 or int(said[1]) < 1900:
        raise KcbxError(f"月份「{month}」写得不对", "写成 2021-10 的样子。", "usage")
    year, number = int(said[1]), int(said[2])
    return date(year, number, calendar.monthrange(year, number)[1])


def reconcile(asked: Request, settings: Settings, show: Callable[[str], None], *, dry_run: bool = False) -> Result:
    """The main job.

    Raises:
        KcbxError: the month cannot be finished; nothing has been written.
    """
    clock = Clock(show)
    clock.stage("check", "检查结果文件夹")
    with _without_collector(), open_ledger(asked.ledger, readonly=dry_run) as book:
        if not dry_run:
            _settle(asked.out, book)
        commit.check(asked.out)

        clock.stage("read", "读取名单")
        lists = intake.take_in(asked.paths, asked.as_of, settings, asked.passwords, show)

        clock.stage("match", "比对")
        given = run.Lists(lists.people, lists.registry, lists.special, book.people(), book.cases(asked.as_of))
        matched = run.match_month(given, asked.as_of, settings)

        clock.stage("decide", "判定")
        decided = decide.verdicts(_inputs(asked, settings, lists, matched))

        clock.stage("cases", "登记个案")
        plan, month = casework.month_of(asked.as_of, lists, given, matched, decided, book)

        clock.stage("write", "写出结果")
        told = account.of_month(month, settings, lists.inputs, matched, clock.seconds)
        files = plan_month(month, settings, told)
        result = account.of_reconcile(month, told, lists.inputs, settings, str(asked.out))
        if dry_run:
            return account.dry(result)
        _commit(asked.out, [(f.path, f.content) for f in files], plan, book)
    return result


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """No cyclic garbage collection: the frames make none to speak of, and looking for it costs a tenth of the run."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _settle(out: Path, book: Ledger) -> None:
    """Completes or undoes what a killed run left, in the ledger and beside the folder, to the same side."""
    pending = book.pending()
    if pending is not None:
        book.settle(pending, commit.recover(Path(pending["out"]), book.keeps))
    commit.recover(out, book.keeps)


def _inputs(asked: Request, settings: Settings, lists: Intake, matched: run.Matched) -> decide.Inputs:
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
        as_of=asked.as_of,
        settings=settings,
    )


def _commit(out: Path, files: Sequence[tuple[str, bytes]], plan: CasePlan, book: Ledger) -> None:
    """Files and ledger together: see write/commit.py for the protocol."""
    with commit.prepare(out, files) as staged, book.recording(plan, staged.token):
        commit.swap(staged)


def inspect(files: Sequence[str], settings: Settings, passwords: tuple[str, ...]) -> Result:
    """What each file is, which header is which, and what is wrong with it; writes nothing.

    Raises:
        KcbxError: a file cannot be read.
    """
    seen = []
    for source in read.find(files):
        loaded = read.load(source, settings, passwords)
        problems = intake.cleaned(loaded, date.today(), settings)[1]
        seen.append((loaded, PROBLEMS.concat(problems)))
    return account.of_files(seen)

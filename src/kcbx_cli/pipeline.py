"""The story of a month, told once: read, normalise, match, decide, remember, write.

Nothing is in place, and no ledger row is written, until the whole month is known to be writable.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from kcbx_cli import account, casework, intake, judging, read, reporting
from kcbx_cli.asked import LEDGER, Asked, day_of_file, lists_of
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import CasePlan, Ledger, open_ledger
from kcbx_cli.passwords import PasswordBook
from kcbx_cli.result import Result
from kcbx_cli.settings import Settings
from kcbx_cli.tables import PROBLEMS
from kcbx_cli.write import Planned, commit, exports, plan_month, sealed

#: A month may be closed so many days before its end.
_AHEAD = 31


@dataclass(frozen=True)
class Places:
    """Where results and the case ledger go, as far as the user has said."""

    out: Path | None = None
    ledger: Path | None = None


@dataclass(frozen=True)
class Request(Asked):
    """One month to reconcile: its lists, and where things go."""

    out: Path
    ledger: Path


@dataclass(frozen=True)
class Manner:
    """How a month is written: not at all, or with each workbook behind its reader's password."""

    dry_run: bool = False
    recipients: PasswordBook | None = None


_PLAINLY = Manner()


def silent(_: str) -> None:
    """Shows nothing, where nobody looks."""


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
    which = lists_of(given, as_of, month, passwords)
    if month:
        return Request(
            which.paths,
            which.as_of,
            which.passwords,
            places.out or Path("out") / month,
            places.ledger or Path(LEDGER),
        )
    if places.out is None:
        raise KcbxError("缺少 --out", "用法见 kcbx reconcile --help。", "usage")
    ledger = places.ledger or places.out.absolute().parent / LEDGER
    if places.out.absolute() in ledger.absolute().parents:
        raise KcbxError(
            f"台账「{ledger.name}」不能放在结果文件夹里:结果文件夹每次都整个替换", "请把 --ledger 指到别处。", "usage"
        )
    return Request(which.paths, which.as_of, which.passwords, places.out, ledger)


def reconcile(asked: Request, settings: Settings, show: Callable[[str], None], manner: Manner = _PLAINLY) -> Result:
    """The main job.

    Raises:
        KcbxError: the month cannot be finished; nothing has been written.
    """
    check_date(asked.as_of)
    clock = Clock(show)
    clock.stage("check", "检查结果文件夹")
    with without_collector(), _book(asked, settings, manner) as book:
        check_writable(asked, book, manner)
        judged = judging.judge(asked, settings, book, clock.stage)
        return write(asked, judged, book, clock, manner)


def check_writable(asked: Request, book: Ledger, manner: Manner = _PLAINLY) -> None:
    """Refuse, before any work, a month that its ledger or its output folder will not take; settles what a killed run left.

    Raises:
        KcbxError: `month_order`, or one of `commit.check` and `commit.recover`.
    """
    if not manner.dry_run:
        settle(book, asked.out)
    check_order(asked.as_of, book)
    commit.check(asked.out, collected=book.collected)


def write(
    asked: Request,
    judged: casework.Judged,
    book: Ledger,
    clock: Clock,
    manner: Manner = _PLAINLY,
    more: Sequence[Planned] = (),
) -> Result:
    """A month that was judged meets its ledger and is written, together with `more` files.

    Raises:
        KcbxError: the month cannot be written; nothing has been.
    """
    settings, lists = judged.settings, judged.lists
    clock.stage("cases", "登记个案")
    plan, month = casework.month_of(judged, book)

    clock.stage("report", "汇总月报")
    counted = reporting.of_month(month, judged.given, judged.matched, plan, book, settings)
    month, plan = counted.month, counted.plan

    clock.stage("write", "写出结果")
    told = account.of_month(month, settings, lists.inputs, judged.matched, clock.seconds)
    files = [*plan_month(month, settings, told, counted.report), *more]
    result = account.of_reconcile(month, told, lists.inputs, settings, str(asked.out))
    result = account.said_since(result, book.said_since(asked.as_of))
    result = account.shrunk(result, counted.report, counted.former, settings)
    if counted.differs:
        result = account.rests_on(result, asked.as_of, book.months())
    if manner.dry_run:
        return account.dry(result)
    written = sealed(files, manner.recipients)
    unchanged = _commit(asked.out, [(f.path, f.content) for f in written], plan, book)
    result = replace(result, trace=replace(result.trace, exports=exports(files)))
    return account.again(result) if unchanged else result


def _book(asked: Request, settings: Settings, manner: Manner) -> Ledger:
    return open_ledger(asked.ledger, readonly=manner.dry_run, timeout=settings.limits.lock_seconds)


def check_date(as_of: date) -> None:
    """A mistyped year would close cases and let papers expire, and the ledger keeps what it was told."""
    if as_of > date.today() + timedelta(days=_AHEAD):
        raise KcbxError(
            f"截止日期 {as_of.isoformat()} 还没有到", "请检查年份;截止日期最多可以比今天晚一个月。", "future_date"
        )


def check_order(as_of: date, book: Ledger) -> None:
    """Months follow each other: one that was never run cannot come in before one that was, for each is told as the
    difference from the month before. One that was run can be run again.

    Raises:
        KcbxError: `month_order`.
    """
    months, month = book.months(), as_of.year * 100 + as_of.month
    newest = max(months, default=0)
    if month in months or month > newest:
        return
    last = f"{newest // 100}-{newest % 100:02d}"
    raise KcbxError(
        f"台账已经登记到 {last},{as_of:%Y-%m} 没有登记过,不能插在前面:每个月的个案变化和月报都接着上一个月算",
        f"请核对月份。确实要补 {as_of:%Y-%m},请用 kcbx restore 恢复登记 {last} 以前的台账备份(没有备份就用 --ledger 另建台账),"
        "从它起按月份顺序逐月运行。已经登记过的月份可以再运行。",
        "month_order",
    )


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """No cyclic garbage collection: the frames make none to speak of, and looking for it costs a tenth of the run."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def settle(book: Ledger, out: Path | None = None) -> None:
    """Completes or undoes what a killed run left, in the ledger and beside its folder (and `out`), to the same side."""
    pending = book.pending()
    if pending is not None:
        book.settle(pending, commit.recover(Path(pending["out"]), book.keeps))
    if out is not None:
        commit.recover(out, book.keeps)


def _commit(out: Path, files: Sequence[tuple[str, bytes]], plan: CasePlan, book: Ledger) -> bool:
    """Files and ledger together: see write/commit.py for the protocol. Whether both stay what they were."""
    before = commit.standing(out)
    with commit.prepare(out, files) as staged, book.recording(plan, staged.token):
        commit.swap(staged, collected=book.collected)
    return plan.changes_nothing and bool(staged.token["id"] == before)


def inspect(
    files: Sequence[str],
    settings: Settings,
    passwords: tuple[str, ...],
    role: str | None = None,
    as_of: date | None = None,
) -> Result:
    """What each file is, which header is which, and what is wrong with it; writes nothing. A role says what they are.

    `as_of` is the day to which ages are counted; None: of each file the month that it names, else today.

    A file that cannot be read does not keep the others from being told: the result names each, and fails (exit code 2).

    Raises:
        KcbxError: there is no such file, or all of one.
    """
    seen, failed = [], []
    for source in read.find(files, role):
        try:
            loaded = read.load(source, settings, passwords)
            problems = intake.cleaned(loaded, as_of or day_of_file(loaded), settings)[1]
            seen.append((loaded, PROBLEMS.concat(problems)))
        except KcbxError as error:
            failed.append((source.name, error))
    return account.of_files(seen, failed)

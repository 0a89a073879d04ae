"""Several counties at once: each as if alone, then the children that cross a border, then every county's results.

    1  every county is read, matched and decided, each by one process, and laid down in a private folder
    2  the children whom their counties miss are looked for among all other counties' pupils in class
    3  every county is decided again where somebody was found, and written whole, with its own ledger

A county that cannot be done is set aside whole and named; the others are finished. An interrupt lets the counties in
hand be finished; no county is ever half written.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from kcbx_cli import __version__, decide, interrupts, pipeline, run
from kcbx_cli.asked import to_decide
from kcbx_cli.counties import Aside, County, check_columns
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import open_ledger
from kcbx_cli.parallel import spread
from kcbx_cli.result import Result, Trace
from kcbx_cli.run.borders import ABROAD, Missed, across, chosen, missed, offered, wanted_everywhere
from kcbx_cli.settings import Settings
from kcbx_cli.write import commit, exports
from kcbx_cli.write.province import CountyLine, county_files, province_files
from kcbx_cli.write.workroom import Workroom, workroom

#: The folder beside the counties' that holds what is of all of them.
TOGETHER = "汇总"
#: Enters a command on a case ledger in its use log, and what it told.
Enter = Callable[[str, Path], contextlib.AbstractContextManager[Any]]
#: A county's settings and how it is written.
Chosen = tuple[Settings, pipeline.Manner]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Province:
    """Several counties to reconcile: which, at what date, and where results and ledgers go."""

    counties: Sequence[County]
    aside: Sequence[Aside]
    as_of: date
    out: Path
    ledgers: Path
    passwords: tuple[str, ...]
    jobs: int
    enter: Enter


@dataclass(frozen=True)
class _Task:
    """One county for one process: its number, what a county alone would be asked, its settings, the private folder."""

    number: int
    county: County
    request: pipeline.Request
    settings: Settings
    manner: pipeline.Manner
    enter: Enter
    work: Workroom
    names: tuple[str, ...]

    def put(self, what: str, content: object) -> None:
        """Lay down something of this county meanwhile."""
        self.work.put(f"{self.number}.{what}", content)

    def get(self, what: str) -> Any:
        """What was laid down of this county."""
        return self.work.get(f"{self.number}.{what}")


@dataclass(frozen=True)
class _Done:
    """A county that was written."""

    line: CountyLine
    warnings: tuple[str, ...]
    exit_code: int


def reconcile(asked: Province, settings: Mapping[str, Chosen | KcbxError], show: Callable[[str], None]) -> Result:
    """The main job for several counties; `settings` by county key, or why a county has none.

    Raises:
        KcbxError: not one county could be done, or the run was interrupted while counties were written.
    """
    pipeline.check_date(asked.as_of)
    with interrupts.heeded():
        return _reconciled(asked, settings, show)


def _reconciled(asked: Province, settings: Mapping[str, Chosen | KcbxError], show: Callable[[str], None]) -> Result:
    seconds: dict[str, float] = {}
    with workroom(asked.out) as work:
        tasks, aside = _tasks(asked, settings, work)
        with _timed(seconds, "judge"):
            judged = spread(_judge, tasks, asked.jobs, _Shown(show, "读取和比对", len(tasks)))
        aside += [one for one in judged if one is not None]
        tasks = [task for task, one in zip(tasks, judged, strict=True) if one is None]
        if not tasks:
            raise KcbxError(
                f"{len(aside)} 个县没有一个能完成;第一个是「{aside[0].name}」:{aside[0].message}",
                aside[0].hint,
                aside[0].code,
            )
        with _timed(seconds, "borders"):
            show("跨县比对")
            found = _across(tasks)
            interrupts.check()
        with _timed(seconds, "write"), _interrupted_halfway():
            told = _Shown(show, "写出结果", len(tasks))
            written = spread(partial(_write, found), tasks, asked.jobs, told)
    aside += [one for one in written if isinstance(one, Aside)]
    return _told(asked, [one for one in written if isinstance(one, _Done)], aside, found, seconds)


@contextlib.contextmanager
def _interrupted_halfway() -> Iterator[None]:
    """An interrupt while counties are written says that those in hand were finished."""
    try:
        yield
    except KeyboardInterrupt:
        raise KcbxError(
            "已中断:写完的县都是完整的,其余的县和汇总还是原来的", "再运行一次同样的命令,就会全部做完。", "interrupted"
        ) from None


class _Shown:
    """Tells how many counties are done and, from the third on, about how long the others take."""

    def __init__(self, show: Callable[[str], None], what: str, count: int) -> None:
        self._show, self._what, self._count, self._start = show, what, count, time.monotonic()
        show(f"{what}(0/{count} 个县)")

    def __call__(self, done: int) -> None:
        left = (time.monotonic() - self._start) / done * (self._count - done)
        rest = f",这一步大约还要 {left / 60:.0f} 分钟" if left >= 90 else f",这一步大约还要 {left:.0f} 秒"
        self._show(f"{self._what}({done}/{self._count} 个县{rest if 3 <= done < self._count else ''})")


def _tasks(
    asked: Province, settings: Mapping[str, Chosen | KcbxError], work: Workroom
) -> tuple[list[_Task], list[Aside]]:
    aside, tasks = [*asked.aside], list[_Task]()
    for county in asked.counties:
        own = settings[county.key]
        if isinstance(own, KcbxError):
            aside.append(Aside(county.name, own.code, own.message, own.hint))
            continue
        request = pipeline.Request(
            county.paths, asked.as_of, asked.out / county.name, asked.ledgers / f"{county.name}.db", asked.passwords
        )
        tasks.append(_Task(len(tasks), county, request, *own, asked.enter, work, ()))
    names = tuple(task.county.name for task in tasks)
    return [replace(task, names=names) for task in tasks], aside


def _judge(task: _Task) -> Aside | None:
    """One county read, matched and decided, laid down in the private folder; or why it is set aside."""
    return _or_aside(task, _laid_down)


def _laid_down(task: _Task) -> None:
    clock = pipeline.Clock(lambda _: None)
    with pipeline.without_collector(), _book(task) as book:
        judged = pipeline.judge(task.request, task.settings, book, clock)
        check_columns(judged.lists.inputs)
        task.put("missed", missed(judged.given, judged.matched, judged.decided.verdicts))
        task.put("offered", offered(judged.given, judged.matched))
        task.put("judged", judged)


def _across(tasks: Sequence[_Task]) -> pd.DataFrame:
    """ABROAD, in numbers of tasks. One county's pupils are in memory at a time, but for those that are compared."""
    looked_for: list[Missed] = [task.get("missed") for task in tasks]
    if len(tasks) < 2 or not sum(int(one.wanted.sum()) for one in looked_for):
        return ABROAD.frame()
    everyone, reach = wanted_everywhere(looked_for)
    pupils, parts = 0, []
    for task in tasks:
        one = task.get("offered")
        pupils += one.pupils
        parts.append(chosen(one, task.number, reach))
    return across(everyone, pd.concat(parts, ignore_index=True), pupils, run.load_model(tasks[0].settings))


def _write(found: pd.DataFrame, task: _Task) -> _Done | Aside:
    """One county with what was found of its children elsewhere, written whole."""
    return _or_aside(task, partial(_written, found))


def _written(found: pd.DataFrame, task: _Task) -> _Done:
    judged = task.get("judged")
    own = found[((found["county"] == task.number) & (found["band"] == "link")).to_numpy()]
    clock = pipeline.Clock(lambda _: None)
    with pipeline.without_collector(), task.enter("reconcile", task.request.ledger) as use, _book(task) as book:
        more = []
        if len(own):
            abroad = tuple(own["person"].tolist())
            decided = decide.verdicts(
                to_decide(task.request.as_of, task.settings, judged.lists, judged.matched, abroad)
            )
            judged = replace(judged, decided=decided)
            more = county_files(own, judged.lists.people, task.names, task.settings, task.request.as_of)
        result = use.told(pipeline.write(task.request, judged, book, clock, task.manner, more))
    counts = result.data["counts"]
    children = judged.decided.verdicts.iloc[own["person"].to_numpy()]["child"].nunique()
    line = CountyLine(
        task.county.name, counts["registry_rows"], counts["listed_rows"], counts["verdicts"], children, counts["work"]
    )
    return _Done(line, result.warnings, result.exit_code)


def _or_aside(task: _Task, work: Callable[[_Task], Made]) -> Made | Aside:
    """What the work makes, or the county set aside: one that fails must not stop the others."""
    try:
        return work(task)
    except KcbxError as error:
        return Aside(task.county.name, error.code, error.message, error.hint)
    except Exception as error:
        words = f"处理这个县时出了意外的错误({type(error).__name__})"
        return Aside(task.county.name, "unexpected", words, "请单独对这个县运行 kcbx reconcile,看日志。")


def _book(task: _Task) -> Any:
    return open_ledger(task.request.ledger, timeout=task.settings.limits.lock_seconds)


@contextlib.contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - start, 3)


def _told(
    asked: Province, done: Sequence[_Done], aside: Sequence[Aside], found: pd.DataFrame, seconds: dict[str, float]
) -> Result:
    """The summary, written and told."""
    lines = [one.line for one in done]
    aside = sorted(aside, key=lambda a: a.name)
    counts = {
        "counties": len(done),
        "set_aside": len(aside),
        "registry_rows": sum(one.pupils for one in lines),
        "listed_rows": sum(one.listed for one in lines),
        "verdicts": {name: sum(one.verdicts[name] for one in lines) for name in decide.tally(_NOBODY)},
        "found_elsewhere": sum(one.found for one in lines),
        "doubtful_elsewhere": int((found["band"] == "review").sum()),
        "work": sum(one.work for one in lines),
    }
    body = {"schema": 1, "kcbx": __version__, "command": "reconcile --by-county", "as_of": asked.as_of.isoformat(),
            "counts": counts, "set_aside": [vars(one) for one in aside], "timings": seconds}  # fmt: skip
    files = province_files(lines, aside, body, asked.as_of)
    trace = Trace(exports=exports(files))
    commit.commit(asked.out / TOGETHER, [(f.path, f.content) for f in files])
    said = [
        f"截至 {asked.as_of.isoformat()},{len(done)} 个县:名单 {counts['listed_rows']} 行、学籍 {counts['registry_rows']} 行。",
        f"要核查的孩子 {counts['work']} 名;另有 {counts['found_elsewhere']} 名在别的县的学籍里找到,"
        f"{counts['doubtful_elsewhere']} 处相近,还不能确定。",
        f"每个县的结果在:{asked.out};汇总在:{asked.out / TOGETHER}",
    ]
    warnings = [f"「{one.name}」没有完成:{one.message}。{one.hint}" for one in aside]
    warnings += [f"{one.line.name}:{words}" for one in done for words in one.warnings]
    code = 1 if aside or any(one.exit_code for one in done) else 0
    short_of = "set_aside" if aside else "below_quality"
    return Result(
        "reconcile", body | {"out": str(asked.out)}, tuple(said), tuple(warnings), code, short_of, trace=trace
    )


_NOBODY = pd.DataFrame({"verdict": pd.Series([], dtype=object)})

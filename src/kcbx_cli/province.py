"""Several counties at once: each as if alone, then the children that cross a border, then every county's results.

    1  every county is read, matched and decided, each by one process, and laid down in a private folder
    2  the children whom their counties miss are looked for among all other counties' pupils in class
    3  every county is decided again where somebody was found, and written whole, with its own ledger

A county that cannot be done is set aside whole and named; the others are finished. One that can be read but not written
still gives up its pupils, so that nobody else's child becomes a suspect by it. An interrupt lets the counties in hand be
finished; no county is ever half written.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kcbx_cli import interrupts, pipeline, run
from kcbx_cli.counties import Aside, County, drifted, same_files
from kcbx_cli.countywork import VERDICTS, Enter, Part, Task, judge, write
from kcbx_cli.errors import KcbxError
from kcbx_cli.passwords import LEDGER_KEYS
from kcbx_cli.result import Result
from kcbx_cli.run.engine import Engine, Search, largest_first
from kcbx_cli.settings import Settings
from kcbx_cli.together import Done, Shown, Summary, summary
from kcbx_cli.write.partitions import check_partitions, replace_partitions
from kcbx_cli.write.workroom import Workroom, workroom

#: So many counties are named when not one could be done.
_TOLD = 20
#: A county's settings and how it is written.
Chosen = tuple[Settings, pipeline.Manner]


@dataclass(frozen=True)
class Province:
    """Several counties to reconcile: which, at what date, and where results and ledgers go."""

    counties: Sequence[County]
    aside: Sequence[Aside]
    as_of: date
    out: Path
    ledgers: Path
    passwords: tuple[str, ...]
    engine: Engine
    enter: Enter
    #: counties of which nothing has changed since they were written are not done again
    incremental: bool = False


def reconcile(asked: Province, settings: Mapping[str, Chosen | KcbxError], show: Callable[[str], None]) -> Result:
    """The main job for several counties; `settings` by county key, or why a county has none.

    Raises:
        KcbxError: not one county could be done, or the run was interrupted while counties were written.
    """
    pipeline.check_date(asked.as_of)
    check_partitions(asked.out / VERDICTS)
    with interrupts.heeded():
        return _reconciled(asked, settings, show)


def _reconciled(asked: Province, settings: Mapping[str, Chosen | KcbxError], show: Callable[[str], None]) -> Result:
    engine, seconds = asked.engine, dict[str, float]()
    with workroom(asked.out) as work:
        tasks, aside = _tasks(asked, settings, work)
        with _timed(seconds, "judge"):
            judged = largest_first(engine, judge, tasks, Shown(show, "读取和比对", len(tasks)))
        aside += [one for one in judged if isinstance(one, Aside)]
        parts = {task: one for task, one in zip(tasks, judged, strict=True) if isinstance(one, Part)}
        apart = _apart(parts)
        aside += apart.values()
        parts = {task: one for task, one in parts.items() if task not in apart}
        _some_done(parts, aside)
        unread = sorted(one.name for one in aside) if any(part.missed for part in parts.values()) else []
        with _timed(seconds, "borders"):
            show("跨县比对")
            _search(engine, work, parts)
            interrupts.check()
        with _timed(seconds, "write"), _interrupted_halfway():
            written = largest_first(engine, write, list(parts), Shown(show, "写出结果", len(parts)))
        aside += [one for one in written if isinstance(one, Aside)]
        done = [one for one in written if isinstance(one, Done)]
        _some_done(done, aside)
        replace_partitions(work.folder / VERDICTS, asked.out / VERDICTS)
    return summary(Summary(asked.as_of, asked.out, done, aside, seconds, unread))


def _apart(parts: Mapping[Task, Part]) -> dict[Task, Aside]:
    """The counties that are wrong only beside the others: a list is another's, or lacks what theirs have."""
    same = same_files([(task.county.name, part.filled) for task, part in parts.items()])
    wrong = zip(parts, same, drifted([part.lacks for part in parts.values()]), strict=True)
    return {task: Aside(task.county.name, *why) for task, *both in wrong if (why := both[0] or both[1])}


def _some_done(done: Collection[object], aside: Sequence[Aside]) -> None:
    if not done:
        told = ";".join(f"「{one.name}」{one.message}" for one in aside[:_TOLD])
        raise KcbxError(f"{len(aside)} 个县没有一个能完成:{told}", aside[0].hint, aside[0].code)


@contextlib.contextmanager
def _interrupted_halfway() -> Iterator[None]:
    """An interrupt while counties are written says that those in hand were finished."""
    try:
        yield
    except KeyboardInterrupt:
        raise KcbxError(
            "已中断:写完的县都是完整的,其余的县和汇总还是原来的", "再运行一次同样的命令,就会全部做完。", "interrupted"
        ) from None


def _tasks(
    asked: Province, settings: Mapping[str, Chosen | KcbxError], work: Workroom
) -> tuple[list[Task], list[Aside]]:
    aside, tasks = [*asked.aside], list[Task]()
    for county in asked.counties:
        own = settings[county.key]
        if isinstance(own, KcbxError):
            aside.append(Aside.because(county, own))
            continue
        request = pipeline.Request(
            county.paths, asked.as_of, asked.passwords, asked.out / county.name, asked.ledgers / f"{county.name}.db"
        )
        secret = own[1].recipients or asked.passwords or LEDGER_KEYS.get()(request.ledger)
        keeps = asked.incremental and not (secret or own[0].security.ledger_key)
        tasks.append(Task(len(tasks), county, request, *own, asked.enter, work, (), keeps, county.size()))
    names = tuple(task.county.name for task in tasks)
    return [replace(task, names=names) for task in tasks], aside


def _search(engine: Engine, work: Workroom, parts: Mapping[Task, Part]) -> None:
    """What is found of each county's children elsewhere, laid down as ABROAD, in numbers of tasks."""
    if len(parts) < 2 or not any(part.missed for part in parts.values()):
        return
    model = run.load_model(next(iter(parts)).settings)
    pupils = sum(part.pupils for part in parts.values())
    engine.search(Search(work, tuple(task.number for task in parts), pupils, model))


@contextlib.contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - start, 3)

"""One county of several, for one process: read, matched and decided as if alone, laid down, and written once the borders are known.

A county that was laid down or written is not done again when a process dies and its task is given to another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from kcbx_cli import decide, judging, pipeline, unchanged
from kcbx_cli.casework import Judged
from kcbx_cli.counties import Aside, County, Lacks, check_columns, lacking
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Ledger, open_ledger
from kcbx_cli.read.layouts import ROLE_WORDS
from kcbx_cli.result import Result, Trace
from kcbx_cli.run.borders import ABROAD, Missed, Offered, missed, offered
from kcbx_cli.run.claims import still_asked
from kcbx_cli.settings import Settings
from kcbx_cli.together import Done
from kcbx_cli.write import commit
from kcbx_cli.write.children import records
from kcbx_cli.write.manifest import not_written
from kcbx_cli.write.partitions import partition
from kcbx_cli.write.province import CountyLine, county_files
from kcbx_cli.write.workroom import Workroom

#: The folder beside the counties' with all their verdicts as Parquet, partitioned by county.
VERDICTS = "verdicts"
#: Enters a command on a case ledger in its use log, and what it told.
Enter = Callable[[str, Path], contextlib.AbstractContextManager[Any]]
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Task:
    """One county for one process: its number, what a county alone would be asked, its settings, the private folder."""

    number: int
    county: County
    request: pipeline.Request
    settings: Settings
    manner: pipeline.Manner
    enter: Enter
    work: Workroom
    names: tuple[str, ...]
    #: whether the county is kept for a later run, and one that was kept is taken up
    keeps: bool = False
    #: how many bytes its lists have
    size: int = 0

    def put(self, what: str, content: object) -> None:
        """Lay down something of this county meanwhile."""
        self.work.put(f"{self.number}.{what}", content)

    def has(self, what: str) -> bool:
        """Whether something was laid down of this county, whole."""
        return self.work.has(f"{self.number}.{what}")

    def get(self, what: str) -> Any:
        """What was laid down of this county."""
        return self.work.get(f"{self.number}.{what}")


@dataclass(frozen=True)
class Part:
    """A county that was judged and laid down: how many children it misses, and how many pupils it has."""

    missed: int
    pupils: int
    #: which deciding columns its lists lack
    lacks: Lacks
    #: the names of its files that have rows, by digest
    filled: Mapping[str, str]


def judge(task: Task) -> Part | Aside:
    """One county read, matched and decided, laid down in the private folder; or why it is set aside."""
    return _or_aside(task, _laid_down)


def _laid_down(task: Task) -> Part:
    """A county that this run has laid down already, before a process died, is not done again."""
    if not task.has("part"):
        with pipeline.without_collector(), _book(task) as book:
            keeps = _writable(task, book) and task.keeps
            inputs = unchanged.inputs_of(task.request.paths, task.request.as_of, task.settings) if keeps else None
            if not (inputs and _taken_up(task, inputs, book)):
                _judged_anew(task, inputs, book)
    part: Part = task.get("part")
    return part


def _writable(task: Task, book: Ledger) -> bool:
    """Whether the county can be written; why not is laid down, and told once the others have had what it gives up."""
    try:
        pipeline.check_writable(task.request, book)
    except KcbxError as error:
        task.put("refused", error)
        return False
    return True


def _judged_anew(task: Task, inputs: unchanged.Inputs | None, book: Ledger) -> None:
    judged = _judged(task, book)
    given_up = missed(judged.given, judged.matched, judged.decided.verdicts), offered(judged.given, judged.matched)
    task.put("judged", judged)
    if inputs and inputs.files == {one.sha256 for one in judged.lists.inputs}:
        unchanged.lay_down(task.request.ledger, *given_up)
        task.put("inputs", inputs)
    lacks = lacking(judged.lists.inputs, judged.lists.people, judged.lists.registry)
    filled = {one.sha256: one.file for one in judged.lists.inputs if one.people or one.families}
    _give_up(task, *given_up, lacks, filled)


def _taken_up(task: Task, inputs: unchanged.Inputs, book: Ledger) -> bool:
    """Whether the county stands as doing it again would write it; then what it gives up is laid down as if it were."""
    told = unchanged.standing(task.request.ledger, task.request.out, inputs, book)
    given_up = unchanged.given_up(task.request.ledger) if told else None
    if told and given_up:
        task.put("told", told)
        task.put("inputs", inputs)
        _give_up(task, *given_up, told.lacks, told.filled)
    return given_up is not None


def _give_up(task: Task, misses: Missed, offers: Offered, lacks: Lacks, filled: Mapping[str, str]) -> None:
    """What the county gives up for the pass across borders is laid down, and with it the county is."""
    task.put("missed", misses)
    task.put("offered", offers.frame)
    task.put("leads", offers.leads)
    task.put("part", Part(int(misses.wanted.sum()), offers.pupils, lacks, filled))


def _judged(task: Task, book: Ledger) -> Judged:
    judged = judging.judge(task.request, task.settings, book, pipeline.Clock(pipeline.silent).stage)
    check_columns(judged.lists.inputs)
    return judged


def write(task: Task) -> Done | Aside:
    """One county with what was found of its children elsewhere, written whole."""
    return _or_aside(task, _written)


def _written(task: Task) -> Done:
    """A county that this run has written already, before a process died, is not written again."""
    if task.has("refused"):
        raise task.get("refused")
    if not task.has("written"):
        done = _written_anew(task, still_asked(task.get("found")) if task.has("found") else ABROAD.frame())
        partition(task.request.out / "data" / "verdicts.csv", task.work.folder / VERDICTS, task.county.key)
        task.put("written", done)
    told: Done = task.get("written")
    return replace(told, **_without(task.county, told))


def _without(county: County, told: Done) -> dict[str, Any]:
    """What is told besides of a county of which a list is not there that other counties have."""
    if not county.without:
        return {}
    names = "、".join(ROLE_WORDS[role] for role in county.without)
    words = f"没有这个县的{names},这次没有用上:请补上,再运行一次;确实没有人的,请放一份只有表头的"
    return {
        "warnings": (words, *told.warnings),
        "exit_code": 1,
        "short_of": told.short_of if told.exit_code else "list_missing",
    }


def _written_anew(task: Task, own: pd.DataFrame) -> Done:
    """A county that a process began to write and died is judged anew: its ledger may have the month already."""
    elsewhere = sha256(repr([_told(task, r) for r in records(own)]).encode("utf-8", "surrogatepass")).hexdigest()
    told: unchanged.Told | None = task.get("told") if task.has("told") else None
    with pipeline.without_collector(), task.enter("reconcile", task.request.ledger) as use, _book(task) as book:
        if told and told.found == elsewhere:
            use.told(Result("reconcile", trace=Trace(counts={"work": told.line["work"]})))
            return Done(CountyLine(**told.line), tuple(told.warnings), told.exit_code, True, short_of=told.short_of)
        again = told or task.has("begun")
        if again:
            pipeline.check_writable(task.request, book)
        judged = _judged(task, book) if again else task.get("judged")
        task.put("begun", None)
        more = []
        there, alike = (own.loc[(own["band"] == band).to_numpy(), "person"].to_numpy() for band in ("link", "review"))
        if len(own):
            decided = decide.with_abroad(judged.decided, tuple(there.tolist()), tuple(alike.tolist()))
            judged = replace(judged, decided=decided)
            more = county_files(own, judged.lists.people, task.names, task.settings, task.request.as_of)
        clock = pipeline.Clock(pipeline.silent)
        result = use.told(pipeline.write(task.request, judged, book, clock, task.manner, more))
        counts = result.data["counts"]
        children = judged.decided.verdicts["child"]
        line = CountyLine(
            task.county.name,
            counts["registry_rows"],
            counts["listed_rows"],
            counts["verdicts"],
            children.iloc[there].nunique(),
            children.iloc[alike].nunique(),
            counts["work"],
        )
        if task.has("inputs"):
            stands = task.get("inputs").digest, book.state(), elsewhere, commit.standing(task.request.out)
            said = result.warnings, result.exit_code, result.short_of
            part: Part = task.get("part")
            unchanged.tell(task.request.ledger, unchanged.Told(*stands, asdict(line), *said, part.lacks, part.filled))
    return Done(line, result.warnings, result.exit_code, short_of=result.short_of)


def _told(task: Task, r: Any) -> tuple[Any, ...]:
    """What a row of ABROAD says to its county."""
    where = task.names[r.there], r.file, r.sheet, r.row, r.school, r.status
    return r.person, *where, r.probability, r.band, r.doubt, r.sentence


def _or_aside(task: Task, work: Callable[[Task], Made]) -> Made | Aside:
    """What the work makes, or the county set aside: one that fails must not stop the others."""
    try:
        return work(task)
    except KcbxError as error:
        return Aside.because(task.county, error)
    except OSError as error:  # where things are laid down meanwhile
        return Aside.because(task.county, not_written(error, task.work.folder.parent))
    except Exception as error:
        words = f"处理这个县时出了意外的错误({type(error).__name__})"
        return Aside(task.county.name, "unexpected", words, "请单独对这个县运行 kcbx reconcile,看日志。")


def _book(task: Task) -> Any:
    return open_ledger(task.request.ledger, timeout=task.settings.limits.lock_seconds)

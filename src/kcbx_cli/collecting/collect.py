"""`kcbx collect`: all good rows of all files into the ledger, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from kcbx_cli import pipeline, read
from kcbx_cli.collecting import again, judge, told, watching
from kcbx_cli.collecting.batch import Batch, Pair, Rejected, Sheet
from kcbx_cli.collecting.byhand import children
from kcbx_cli.decide import answers as rules
from kcbx_cli.decide.answers import Finding, Outcome, Standing
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import ANSWERS, Collected, Collection, open_ledger
from kcbx_cli.problems import KINDS, Problem
from kcbx_cli.read.returned import Returned, returned
from kcbx_cli.result import Result
from kcbx_cli.settings import Settings
from kcbx_cli.write import given, rejects


@dataclass(frozen=True)
class Asked:
    """Files and folders to collect, the ledger, and where sheets that go back to their senders are put."""

    paths: Sequence[str]
    ledger: Path
    out: Path
    passwords: tuple[str, ...] = ()


def collect(asked: Asked, settings: Settings, show: Callable[[str], None], *, dry_run: bool = False) -> Result:
    """Collect returned sheets.

    Raises:
        KcbxError: there is no ledger, no file, or the ledger cannot be written; nothing has been recorded.
    """
    sources = read.find(asked.paths)
    with open_ledger(asked.ledger, create=False, readonly=dry_run, timeout=settings.limits.lock_seconds) as book:
        if not dry_run:
            pipeline.settle(book)
        batch = Batch(settings, book, book.months())
        for source in sources:
            show(f"读取 {source.name}")
            _take(source, batch, asked.passwords)
        show("登记")
        written = children(batch)
        outcomes = _settled(batch)
        answers, same = _decided(batch)
        opinions, kept = watching.settled(batch)
        collection = Collection(
            as_of=max((f.as_of for f in batch.files), default=batch.newest),
            files=batch.files,
            people=written.people,
            written_in=written.cases,
            events=[event for outcome in outcomes.values() for event in outcome.events],
            corrections=batch.corrections,
            answers=answers,
            watch=opinions,
        )
        back = _send_back(batch, asked.out, dry_run=dry_run)
        if not dry_run and (collection.files or collection.written_in):
            book.collect(collection)
    return told.result(
        batch, told.Tally(written.cases, outcomes, (len(answers), same), (opinions, kept), back), dry_run=dry_run
    )


def _take(source: read.Source, batch: Batch, passwords: Sequence[str]) -> None:
    """One file: refused as a whole, or judged row by row."""
    tally = batch.sheets.setdefault(source.name, Sheet(source.name))
    run = batch.book.collected_in(source.sha256)
    if source.copy_of or run:
        tally.state = "known"
        if source.copy_of or not again.refused(source, run, batch, passwords):
            batch.problems.append(Problem("K617", source.name))
        return
    try:
        found = returned(source, batch.settings, passwords)
    except KcbxError as error:
        tally.state = "unreadable"
        batch.problems.append(Problem("K603", source.name, detail=error.message))
        return
    if found is None:
        tally.state = "not_ours"
        batch.problems.append(Problem("K602", source.name))
        return
    tally.kind, tally.place = found.kind, found.place
    day = batch.day(found)
    tally.month = f"{day // 10000:04d}-{day // 100 % 100:02d}"
    if code := again.refusal(found, batch):
        tally.state = "refused"
        batch.problems.append(Problem(code, source.name))
        return
    _notes(found, batch)
    batch.returned[source.name] = found
    batch.files.append(Collected(source.sha256, source.name, found.kind, found.place, day))
    judge.rows(found, batch)


def _notes(found: Returned, batch: Batch) -> None:
    file = found.source.name
    if found.stamp is None:
        batch.problems.append(Problem("K606", file))
    if found.missing:
        batch.problems.append(Problem("K622", file, detail=f"{found.missing} 行"))
    if batch.day(found) // 100 < batch.newest // 100:
        batch.problems.append(Problem("K623", file))


def _settled(batch: Batch) -> dict[str, Outcome]:
    """The outcome of each case that something was said about, in the order of case numbers."""
    said: dict[str, list[Finding]] = defaultdict(list)
    for finding in batch.findings:
        said[finding.case_id].append(finding)
    standings = batch.book.standings(said)
    outcomes = {}
    for case in sorted(said):
        standing = standings.get(case) or Standing(open=True, month=0, reopened=0, visits=0)
        staged = [
            replace(f, stage=rules.stage(batch.settings.visits, standing.visits + n, f.closes))
            for n, f in enumerate(said[case])
        ]
        outcomes[case] = outcome = rules.settle(standing, staged)
        if outcome.conflict:
            for f in staged:
                batch.problems.append(Problem("K616", f.file, f.sheet, f.row, "outcome", f"个案 {case}"))
    return outcomes


def _decided(batch: Batch) -> tuple[pd.DataFrame, int]:
    """New answers about pairs as ANSWERS, and how many the ledger has already. Of contradicting ones none is taken."""
    known = batch.book.answers()
    held = dict(zip(zip(known["left"], known["right"], strict=True), known["same"], strict=True))
    pairs: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in batch.pairs:
        if pair.same != "unsure":
            pairs[pair.left, pair.right].append(pair)
    taken: list[Pair] = []
    unchanged = 0
    for key, said in pairs.items():
        if len({pair.same for pair in said}) > 1:
            for pair in said:
                batch.refuse(pair.returned, pair.entry, [("K625", "same")])
        elif held.get(key) == said[0].same:
            unchanged += 1
        else:
            taken.append(said[0])
    columns = {
        "left": [p.left for p in taken],
        "right": [p.right for p in taken],
        "same": [p.same for p in taken],
        "as_of": [batch.day(p.returned) for p in taken],
        "who": [p.returned.place for p in taken],
        "file": [p.returned.source.name for p in taken],
        "sheet": [p.entry.sheet for p in taken],
        "row": [p.entry.row for p in taken],
    }
    return ANSWERS.frame(columns), unchanged


def _send_back(batch: Batch, out: Path, *, dry_run: bool) -> list[str]:
    """Write a marked workbook for each file with a row that could not be taken; the names of the workbooks."""
    made = []
    for file, faults in batch.rejected.items():
        found = batch.returned[file]
        marks = [rejects.Mark(f.sheet, f.row, f.column, _reason(f)) for f in faults]
        if dry_run:
            made.append(rejects.name_of(file))
            continue
        day = batch.day(found)
        as_of = date(day // 10000, day // 100 % 100, day % 100)
        content = rejects.marked(rejects.Original(found.content, found.sheets), marks, as_of)
        made.append(str(rejects.store(out, file, given.locked_as(content, found.password))))
    return made


def _reason(fault: Rejected) -> str:
    kind = KINDS[fault.code]
    return f"{fault.code} {kind.sentence}。{kind.remedy}。"

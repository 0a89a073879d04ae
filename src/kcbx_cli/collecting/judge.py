"""Row by row: what a returned sheet says, and why a row cannot be taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from kcbx_cli.collecting import watching
from kcbx_cli.collecting.batch import Batch, ByHand, Pair
from kcbx_cli.decide import answers as rules
from kcbx_cli.decide.answers import Finding, Said, Standing
from kcbx_cli.ledger import Correction
from kcbx_cli.normalise import answers as written
from kcbx_cli.read.returned import Entry, Returned
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import ANSWER, CORRECTION, DECISION, OPINION, PROBLEMS, REVIEW, WATCH


def rows(returned: Returned, batch: Batch) -> None:
    """Judge every row of a file."""
    judges = {kind: _judge_of(returned, kind, batch) for kind in {entry.kind for entry in returned.entries}}
    tally = batch.sheets[returned.source.name]
    for entry in returned.entries:
        tally.rows += 1
        if not entry.id:
            _written_in(returned, entry, batch)
        elif not any(
            written.words(entry.cells.get(key)) or key in entry.broken for key in _FILLED.get(entry.kind, ANSWER)
        ):
            tally.blank += 1
        elif faults := _untrusted(entry, batch):
            batch.refuse(returned, entry, faults)
        else:
            judges[entry.kind](returned, entry, batch)


_Judge = Callable[[Returned, Entry, Batch], None]
#: kind of a sheet -> the blanks of which one must be filled in for a row to count; of a checklist any.
_FILLED: Mapping[str, tuple[str, ...]] = {REVIEW: DECISION[:1], PROBLEMS: CORRECTION, WATCH: OPINION}


def _judge_of(returned: Returned, kind: str, batch: Batch) -> _Judge:
    if kind == REVIEW:
        return _pair
    if kind == WATCH:
        return watching.judge
    return _correction_of(returned) if kind == PROBLEMS else _Checklist(returned, batch)


def _untrusted(entry: Entry, batch: Batch) -> list[tuple[str, str]]:
    """Cells that cannot be read, and an identity that is not the printed one."""
    faults = [("K618", key) for key in entry.broken]
    if entry.trust == "altered":
        faults.append(("K607", "name" if "name" in entry.columns else next(iter(entry.columns))))
    elif entry.trust == "strange":
        known = entry.id in batch.book.standings([entry.id])
        faults.append(("K608" if known else "K609", "case_id"))
    return faults


def said(entry: Entry, settings: Settings, near: date) -> Said:
    """The blanks of a checklist's row."""
    cells = entry.cells
    labels = [d.label for d in settings.dispositions]
    return Said(
        method=written.words(cells.get("method")),
        checked_on=written.day(cells.get("checked_on"), near),
        outcome=written.choice(cells.get("outcome"), labels),
        outcome_written=written.words(cells.get("outcome")),
        whereabouts=written.words(cells.get("whereabouts")),
        evidence=written.words(cells.get("evidence")),
        persuasion=written.words(cells.get("persuasion")),
        checker=written.words(cells.get("checker")),
        checker_phone=written.number(cells.get("checker_phone")),
    )


def finding(returned: Returned, entry: Entry, case: str, what: Said, batch: Batch) -> Finding:
    """A row that was found good, as what it says of the case."""
    disposition = {d.label: d for d in batch.settings.dispositions}[what.outcome]
    as_of = batch.day(returned)
    return Finding(
        case_id=case,
        sender=returned.sender,
        place=returned.place or returned.source.name,
        as_of=as_of,
        disposition=disposition.label,
        closes=disposition.closes,
        deceased=disposition.deceased,
        expires=rules.expires(disposition, what.checked_on, as_of),
        said=what,
        file=returned.source.name,
        sheet=entry.sheet,
        row=entry.row,
    )


class _Checklist:
    """Rows about cases; the same id twice must say the same."""

    def __init__(self, returned: Returned, batch: Batch) -> None:
        self._said: dict[str, set[str]] = defaultdict(set)
        self._standing: Mapping[str, Standing] = batch.book.standings(e.id for e in returned.entries if e.id)
        as_of = batch.day(returned)
        self._near = date(as_of // 10000, as_of // 100 % 100, as_of % 100)
        for entry in returned.entries:
            what = said(entry, batch.settings, self._near)
            if entry.id and not what.blank:
                self._said[entry.id].add(what.digest)
        self._done: set[str] = set()

    def __call__(self, returned: Returned, entry: Entry, batch: Batch) -> None:
        what, case = said(entry, batch.settings, self._near), self._standing.get(entry.id)
        faults = rules.faults(what, batch.settings.dispositions, batch.day(returned))
        if case is None:
            faults.append(("K609", "case_id"))
        elif rules.outdated(batch.day(returned), case):
            faults.append(("K615", "case_id"))
        if len(self._said[entry.id]) > 1:
            faults.append(("K610", "case_id"))
        if faults:
            batch.refuse(returned, entry, faults)
        elif entry.id not in self._done:
            self._done.add(entry.id)
            batch.findings.append(finding(returned, entry, entry.id, what, batch))
            batch.sheets[returned.source.name].answered += 1


def _written_in(returned: Returned, entry: Entry, batch: Batch) -> None:
    faults = [("K618", key) for key in entry.broken]
    if not written.words(entry.cells.get("name")):
        faults.append(("K619", "name"))
    if faults:
        batch.refuse(returned, entry, faults)
    else:
        batch.by_hand.append(ByHand(entry, returned))
        batch.sheets[returned.source.name].written_in += 1


def _pair(returned: Returned, entry: Entry, batch: Batch) -> None:
    same = written.same(entry.cells.get("same"))
    left, right = entry.marks.get("list_digest", ""), entry.marks.get("registry_digest", "")
    if same == "?":
        batch.refuse(returned, entry, [("K624", "same")])
    elif not (left and right):
        batch.refuse(returned, entry, [("K626", "pair")])
    else:
        batch.sheets[returned.source.name].answered += 1
        batch.pairs.append(Pair(left, right, same, entry, returned))


def _correction_of(returned: Returned) -> _Judge:
    """What takes a row of the data-problem workbook; its stamp names a list's file at the first of its rows only."""
    file_of = dict(_files(returned))

    def take(returned: Returned, entry: Entry, batch: Batch) -> None:
        where, text = file_of.get(entry.id, ""), written.words
        row = written.number(entry.cells.get("row"))
        batch.corrections.append(
            Correction(
                as_of=batch.day(returned),
                file=where,
                sheet=text(entry.cells.get("sheet")),
                row=int(row) if row.isdecimal() else 0,
                field=text(entry.cells.get("field")),
                corrected=text(entry.cells.get("corrected")),
                remark=text(entry.cells.get("remark")),
            )
        )
        batch.sheets[returned.source.name].answered += 1

    return take


def _files(returned: Returned) -> Iterator[tuple[str, str]]:
    file = ""
    for mark in returned.stamp.rows if returned.stamp else ():
        file = mark[2] if len(mark) > 2 and mark[2] else file
        yield mark[0], file

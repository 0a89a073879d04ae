"""A file that was collected before: the rows that could not be taken then are told each time until somebody mends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kcbx_cli import read
from kcbx_cli.collecting import judge
from kcbx_cli.collecting.batch import Batch, Sheet
from kcbx_cli.decide.answers import Standing
from kcbx_cli.errors import KcbxError
from kcbx_cli.read.returned import Returned, returned
from kcbx_cli.stamps import CHECKLISTS, SCHEMA


def refused(source: read.Source, run: int, batch: Batch, passwords: Sequence[str]) -> int:
    """How many rows of a file that was collected in `run` are still refused; they go to the batch, the others are known.

    A row is mended when its sender has said something of the case since. That a later month has a finding already (K615)
    is nothing to mend.
    """
    try:
        found = returned(source, batch.settings, passwords)
    except KcbxError:  # it was read before: behind a password, now
        return 0
    if found is None or refusal(found, batch):
        return 0
    alone = Batch(batch.settings, batch.book, batch.months, {source.name: Sheet(source.name)})
    judge.rows(found, alone)
    faults = [f for f in alone.rejected.get(source.name, []) if f.code != "K615"]
    if not faults:
        return 0
    ids = {(e.sheet, e.row): e.id for e in found.entries}
    standings = batch.book.standings(filter(None, ids.values()))
    left = [f for f in faults if not _mended(standings, ids.get((f.sheet, f.row), ""), found, run)]
    rows = {(f.sheet, f.row) for f in left}
    tally = batch.sheets[source.name]
    tally.kind, tally.place, tally.rejected = found.kind, found.place, len(rows)
    batch.problems += [p for p in alone.problems if (p.sheet, p.row) in rows and p.code != "K615"]
    if left:
        batch.returned[source.name] = found
        batch.rejected[source.name] = left
    return len(rows)


def _mended(standings: Mapping[str, Standing], case: str, found: Returned, run: int) -> bool:
    held = standings[case].held if case in standings else ()
    return any(sender == found.sender and since > run for _, sender, since, _, _ in held)


def refusal(found: Returned, batch: Batch) -> str:
    """Why the whole file cannot be taken: a problem code, or empty."""
    stamp, county = found.stamp, batch.settings.county
    if stamp is None:
        if found.kind not in CHECKLISTS:
            return "K627"
    elif stamp.schema != SCHEMA:
        return "K626"
    elif _differ(stamp.county_code, county.code) or _differ(stamp.county, county.name):
        return "K604"
    return "" if batch.day(found) // 100 in batch.months else "K605"


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)

"""Children who were written into a sheet by hand: normalised as the lists are, known again, or given a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby

import numpy as np
import pandas as pd

from kcbx_cli import normalise, run
from kcbx_cli.collecting import judge, watching
from kcbx_cli.collecting.batch import Batch, ByHand
from kcbx_cli.decide import answers as rules
from kcbx_cli.ledger import WrittenIn
from kcbx_cli.normalise.answers import words
from kcbx_cli.stamps import UNKNOWN_TOWNSHIP, WATCH
from kcbx_cli.tables import PEOPLE, RawTable

#: Cells of the sheet that say who the child is, and the field that each of them is.
_FIELDS = {"name": "name", "sex": "sex", "birth": "birth_date", "id_number": "id_number"}


@dataclass(frozen=True)
class Children:
    """`people` are PEOPLE; `cases` says for each which case it is, and whether that is new."""

    people: pd.DataFrame
    cases: list[WrittenIn]


def children(batch: Batch) -> Children:
    """Who was written in, each with a case; what is said of them joins the findings."""
    if not batch.by_hand:
        return Children(PEOPLE.frame(), [])
    people = PEOPLE.concat(
        [_people(list(rows), batch) for _, rows in groupby(batch.by_hand, lambda b: b.returned.source.name)]
    )
    cases = _cases(batch, people)
    for one, case in zip(batch.by_hand, cases, strict=True):
        if case.watch:
            _watch(one, case, batch)
        else:
            _say(one, case, batch)
    return Children(people, cases)


def _people(rows: list[ByHand], batch: Batch) -> pd.DataFrame:
    """The rows of one file as PEOPLE; the village, and the township or school whose sheet it is, are where they live."""
    returned = rows[0].returned
    sheet = returned.kind == "school"  # its second sheet too
    data: dict[str, list[object]] = {f: [r.entry.cells.get(key) for r in rows] for key, f in _FIELDS.items()}
    place = "" if returned.place == UNKNOWN_TOWNSHIP else returned.place
    data["school" if sheet else "township"] = [place] * len(rows)
    data["grade" if sheet else "village"] = [r.entry.cells.get("place") for r in rows]
    data["row"] = [r.entry.row for r in rows]
    frame = pd.DataFrame({key: pd.Series(values, dtype=object) for key, values in data.items()})
    frame["row"] = frame["row"].astype(np.int64)
    table = RawTable(returned.source.name, rows[0].entry.sheet, "households", "written_in", frame)
    as_of = batch.day(returned)
    people, _ = normalise.people([table], batch.settings, date(as_of // 10000, as_of // 100 % 100, as_of % 100))
    return people


def _cases(batch: Batch, people: pd.DataFrame) -> list[WrittenIn]:
    """The case of each row: of the same row collected before, of a known child, of another row; else a new one."""
    known = batch.book.people()
    numbers = dict(zip(*_identities(batch), strict=True))
    case_at = [numbers[identity] for identity in known["row"]]
    who = run.recognise(people, known, batch.settings)
    digests = [_digest(b) for b in batch.by_hand]
    before = batch.book.written_in(digests)
    of_child: dict[int, str] = {}
    for at, digest in enumerate(digests):
        sure = case_at[who.sure[at]] if who.sure[at] >= 0 else ""
        if found := before.get(digest) or sure:
            of_child.setdefault(int(who.child[at]), found)
    fresh = list(dict.fromkeys(int(c) for c in who.child if int(c) not in of_child))
    year = batch.newest // 10000
    new = dict(zip(fresh, batch.book.next_cases(year, len(fresh)), strict=True))
    made: list[WrittenIn] = []
    for at, (child, digest) in enumerate(zip(who.child.tolist(), digests, strict=True)):
        opens = child in new and not any(m.case_id == new[child] for m in made)
        case = new.get(child) or of_child[child]
        one = batch.by_hand[at]
        made.append(WrittenIn(case, digest, batch.day(one.returned), at, opens, watch=one.entry.kind == WATCH))
        _tell(batch, at, case, opens, doubtful=case_at[who.doubtful[at]] if who.doubtful[at] >= 0 else "")
    return made


def _identities(batch: Batch) -> tuple[list[int], list[str]]:
    newest = batch.newest
    cases = batch.book.cases(date(newest // 10000, newest // 100 % 100, newest % 100))
    return cases["identity"].tolist(), cases["case_id"].tolist()


def _tell(batch: Batch, at: int, case: str, opens: bool, doubtful: str) -> None:
    one = batch.by_hand[at]
    if not opens:
        batch.note("K621", one.returned, one.entry, f"个案 {case}")
    elif doubtful:
        batch.note("K620", one.returned, one.entry, f"个案 {doubtful}")


def _digest(one: ByHand) -> str:
    """Equal for the same row of the same sender, whatever is answered about the child."""
    cells = [words(one.entry.cells.get(key)) for key in ("place", *_FIELDS)]
    return sha256("\x1f".join((one.returned.sender, *cells)).encode("utf-8", "surrogatepass")).hexdigest()


def _watch(one: ByHand, case: WrittenIn, batch: Batch) -> None:
    """A pupil whom the school itself puts on the watch list."""
    if (said := watching.opinion(one.returned, one.entry, case.case_id, batch)) is not None:
        batch.opinions.append(said)


def _say(one: ByHand, case: WrittenIn, batch: Batch) -> None:
    """What the row says of the child; where that cannot be taken the case is open all the same."""
    day = case.as_of
    what = judge.said(one.entry, batch.settings, date(day // 10000, day // 100 % 100, day % 100))
    if what.blank:
        return
    standing = batch.book.standings([case.case_id]).get(case.case_id)
    faults = rules.faults(what, batch.settings.dispositions, day)
    if standing is not None and rules.outdated(day, standing):
        faults.append(("K615", "name"))
    if faults:
        batch.refuse(one.returned, one.entry, faults)
    else:
        batch.findings.append(judge.finding(one.returned, one.entry, case.case_id, what, batch))

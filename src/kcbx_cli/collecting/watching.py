"""What a school says of its watched pupils: judged row by row, then settled against the ledger's watch list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from kcbx_cli.collecting.batch import Batch, Opinion
from kcbx_cli.decide import watching as rules
from kcbx_cli.normalise import answers as written
from kcbx_cli.read.returned import Entry, Returned
from kcbx_cli.tables import WATCH_EVENTS


def opinion(returned: Returned, entry: Entry, case: str, batch: Batch) -> Opinion | None:
    """What the row says; None where it cannot be taken, and then it is refused."""
    said = written.words(entry.cells.get("opinion"))
    chosen = written.choice(said, list(rules.OPINIONS)) if said else ""
    if said and not chosen:
        batch.refuse(returned, entry, [("K631", "opinion")])
        return None
    return Opinion(
        case_id=case,
        opinion=chosen,
        helper=written.words(entry.cells.get("helper")),
        helper_phone=written.number(entry.cells.get("helper_phone")),
        help=written.words(entry.cells.get("help")),
        returned=returned,
        entry=entry,
    )


def judge(returned: Returned, entry: Entry, batch: Batch) -> None:
    """Takes a row of a printed child. A helper without an opinion puts the child on: somebody looks after it."""
    if entry.id not in batch.watched:
        batch.refuse(returned, entry, [("K609", "case_id")])
    elif (said := opinion(returned, entry, entry.id, batch)) is not None:
        batch.opinions.append(said)
        batch.sheets[returned.source.name].answered += 1


def settled(batch: Batch) -> tuple[pd.DataFrame, int]:
    """WATCH_EVENTS of all rows, and how many rows say nothing new. Of rows that contradict each other none is taken."""
    held = batch.watched
    by_case: dict[str, list[Opinion]] = defaultdict(list)
    for said in batch.opinions:
        by_case[said.case_id].append(said)
    rows: list[dict[str, object]] = []
    unchanged = 0
    for case in sorted(by_case):
        rows_of = by_case[case]
        if len({(o.opinion or "列入关注", o.helper) for o in rows_of}) > 1:
            for one in rows_of:
                batch.refuse(one.returned, one.entry, [("K632", "opinion")])
            continue
        state = held[case].state if case in held else rules.OFF
        now = tuple(getattr(held[case], name) for name in _HELPER) if case in held else ("", "", "")
        made = _events(rows_of[-1], state, now, batch, held[case].reason if case in held else "")
        rows += made
        unchanged += not made
    return WATCH_EVENTS.frame({name: [row.get(name, "") for row in rows] for name in WATCH_EVENTS.names}), unchanged


_HELPER = ("helper", "helper_phone", "help")


def _events(said: Opinion, state: str, held: Sequence[str], batch: Batch, reason: str) -> list[dict[str, object]]:
    day = batch.day(said.returned)
    common = {
        "case_id": said.case_id, "as_of": day, "who": said.returned.place or said.returned.source.name,
        "file": said.returned.source.name, "sheet": said.entry.sheet, "row": said.entry.row,
    }  # fmt: skip
    what = rules.answer(state, said.opinion or "列入关注")
    made: list[dict[str, object]] = []
    if what:
        made.append(common | {"what": what, "reason": "by_hand" if not said.entry.id else reason})
    told = tuple(new or old for new, old in zip((said.helper, said.helper_phone, said.help), held, strict=True))
    if told != tuple(held) and rules.STATES.get(what, state) == rules.ON:
        made.append(common | {"what": "paired", **dict(zip(_HELPER, told, strict=True))})
    return made

"""What the office itself does with the watch list: put a child on, pair a helper with it, take it off, see who is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcbx_cli.casedesk import Entry
from kcbx_cli.decide import watching
from kcbx_cli.decide.dates import number
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Collection, Ledger, open_ledger, unknown_cases
from kcbx_cli.result import Result, aligned
from kcbx_cli.tables import PEOPLE, WATCH_EVENTS
from kcbx_cli.write.children import records
from kcbx_cli.write.watchlist import STATE_WORDS
from kcbx_cli.write.wording import day


@dataclass(frozen=True, slots=True)
class Help:
    """Who helps the child, and what was done; empty where it is not said."""

    helper: str = ""
    phone: str = ""
    done: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """As WATCH_EVENTS has it."""
        return {"helper": self.helper, "helper_phone": self.phone, "help": self.done}


def put_on(ledger: Path, entry: Entry, help_: Help) -> list[str]:
    """Puts children on the watch list, or pairs those who are on it; returns their numbers.

    Raises:
        KcbxError: `no_case`, and what the ledger says.
    """
    with open_ledger(ledger, create=False) as book:
        held = _held(book, entry.cases)
        rows = []
        for case in entry.cases:
            now = held.get(case)
            if what := watching.answer(now.state if now else watching.OFF, "列入关注"):
                rows.append({"case_id": case, "what": what})
            told = {k: v or (getattr(now, k) if now else "") for k, v in help_.columns.items()}
            if any(help_.columns.values()) and (now is None or any(getattr(now, k) != v for k, v in told.items())):
                rows.append({"case_id": case, "what": "paired", **told})
        _record(book, rows, entry, "cases watch")
    return list(entry.cases)


def take_off(ledger: Path, entry: Entry) -> list[str]:
    """Takes children off the watch list, or declines what was proposed; returns their numbers.

    Raises:
        KcbxError: `no_case`, `not_watched`, and what the ledger says.
    """
    with open_ledger(ledger, create=False) as book:
        held = _held(book, entry.cases)
        rows = []
        for case in entry.cases:
            state = held[case].state if case in held else watching.OFF
            if state == watching.OFF:
                raise KcbxError(f"{case} 不在关注名单上", "用 kcbx cases watched 查看关注名单。", "not_watched")
            rows.append({"case_id": case, "what": watching.answer(state, "解除关注"), "reason": held[case].reason})
        _record(book, rows, entry, "cases unwatch")
    return list(entry.cases)


def listing(ledger: Path) -> Result:
    """Who is on the list or proposed, by number; no names."""
    with open_ledger(ledger, create=False, readonly=True) as book:
        held = [row for row in records(book.watched()) if row.state != watching.OFF]
    rows = [
        (row.case_id, STATE_WORDS[row.state], day(row.since), "已结对" if row.helper else "没有结对",
         watching.sentence(row.reason.split(";")))
        for row in held
    ]  # fmt: skip
    lines = aligned(("编号", "状态", "起始", "帮扶", "关注原因"), rows) if rows else []
    data = [
        {"case_id": r.case_id, "state": r.state, "since": r.since, "reason": r.reason, "paired": bool(r.helper)}
        for r in held
    ]
    return Result("cases watched", {"count": len(held), "watched": data}, (*lines, f"共 {len(held)} 名。"))


def _held(book: Ledger, cases: Sequence[str]) -> dict[str, Any]:
    """The rows of WATCHED of these children, all of them known to the ledger."""
    held = {row.case_id: row for row in records(book.watched())}
    missing = [case for case in cases if case not in held and not book.standings([case])]
    if missing:
        raise unknown_cases(missing)
    return held


def _record(book: Ledger, rows: Sequence[dict[str, str]], entry: Entry, command: str) -> None:
    if not rows:
        return
    as_of = max(book.months().values(), default=number(entry.day))
    common = {"as_of": as_of, "row": 0, "who": entry.who}
    events = WATCH_EVENTS.frame(
        {name: [{**row, **common}.get(name, "") for row in rows] for name in WATCH_EVENTS.names}
    )
    book.collect(Collection(as_of, (), PEOPLE.frame(), watch=events), command, entry.who)

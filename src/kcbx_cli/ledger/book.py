"""The case ledger as the pipeline sees it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcbx_cli.decide import pairs
from kcbx_cli.decide.answers import Standing
from kcbx_cli.decide.cases import EVENTS
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import database, earlier, facts, identities, reports, returns, rows, watch
from kcbx_cli.ledger.keeping import Keeping
from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.ledger.plan import CasePlan, Work, plan
from kcbx_cli.tables import WATCH_EVENTS

if TYPE_CHECKING:
    import sqlite3

    import pandas as pd

digests = pairs.digests
Token = Mapping[str, Any]


class Ledger(Keeping):
    """An open ledger. While it is open for writing, no other process can read or write it.

    A ledger that has no file yet lives in memory until something is recorded, so that a run that fails, or a dry one,
    leaves no file. The way of a month through it, with its files, is told in `kcbx_cli.write.commit`.
    """

    # -- what is known -------------------------------------------------------------------------------------------

    def people(self) -> pd.DataFrame:
        """Everyone whom a case is about, closed ones too, as PEOPLE: role `ledger`, row = identity number."""
        with database.told(self.path):
            return identities.people(self._connection)

    def known(self, people: pd.DataFrame) -> identities.Objects:
        """The case of each of these PEOPLE whose identity is exactly known, else empty: see `identities.known`."""
        with database.told(self.path):
            return identities.known(self._connection, people)

    def cases(self, as_of: date) -> pd.DataFrame:
        """Where each case stands, as CASES in the order of case numbers; `in_force` is told for that day."""
        with database.told(self.path):
            return rows.read_cases(self._connection, _day(as_of))

    def cases_listed(self, as_of: date) -> pd.DataFrame:
        """The same for running the month of that day: as its list saw them, where it was run before (see `earlier`)."""
        with database.told(self.path):
            return rows.read_cases(self._as_listed(as_of), _day(as_of))

    def said_since(self, as_of: date) -> int:
        """Of how many cases people have said something since the month of that day was first run."""
        with database.told(self.path):
            return earlier.said_since(self._connection, _day(as_of) // 100)

    def history(self, case: str) -> pd.DataFrame:
        """All EVENTS of a case, in the order in which they were recorded."""
        with database.told(self.path):
            return rows.read_events(self._connection, "number = ?", (case_number(case),))

    def answers(self) -> pd.DataFrame:
        """The decided pairs, as ANSWERS; the newest answer of each pair."""
        with database.told(self.path):
            return rows.read_answers(self._connection)

    def collected(self, sha256: str) -> bool:
        """Whether a file of this content was collected."""
        query = "SELECT 1 FROM collected WHERE sha256 = ?"
        with database.told(self.path):
            return self._connection.execute(query, (sha256,)).fetchone() is not None

    def collected_in(self, sha256: str) -> int:
        """The run in which a file of this content was collected; 0 where none was."""
        query = "SELECT run FROM collected WHERE sha256 = ?"
        with database.told(self.path):
            found = self._connection.execute(query, (sha256,)).fetchone()
        return int(found[0]) if found else 0

    def state(self) -> str:
        """A digest of all that was ever recorded here: it differs after every change but an anchor of the use log."""
        with database.told(self.path):
            runs = self._connection.execute("SELECT * FROM runs ORDER BY run").fetchall()
        return sha256(_json(runs).encode()).hexdigest()

    def months(self) -> dict[int, int]:
        """The months that were run (yyyymm), each with its newest date (yyyymmdd)."""
        with database.told(self.path):
            return returns.months(self._connection)

    def standings(self, cases: Iterable[str]) -> dict[str, Standing]:
        """Where these cases stand, by case number; those that the ledger does not have are left out."""
        with database.told(self.path):
            return returns.standings(self._connection, cases)

    def written_in(self, digests: Sequence[str]) -> dict[str, str]:
        """The cases of children who were written in by hand before, by the digest of the row."""
        with database.told(self.path):
            held = dict(self._connection.execute("SELECT digest, number FROM written_in").fetchall())
        return {digest: case_id(held[digest]) for digest in digests if digest in held}

    def next_cases(self, year: int, count: int) -> list[str]:
        """The case numbers that the next new cases of the year will have."""
        with database.told(self.path):
            return returns.next_cases(self._connection, year, count)

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file; nothing when it is sound."""
        with database.told(self.path):
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check")]
            broken = [f"{row[0]}: {row[1]}" for row in self._connection.execute("PRAGMA foreign_key_check")]
        return [line for line in found if line != "ok"] + broken

    # -- a month -------------------------------------------------------------------------------------------------

    def plan_month(self, as_of: date, work: Work) -> CasePlan:
        """Case numbers and events of a month; see `plan.plan`. Nothing is written."""
        with database.told(self.path):
            return plan(self._connection, self._as_listed(as_of), as_of, work)

    def _as_listed(self, as_of: date) -> sqlite3.Connection:
        month = _day(as_of) // 100
        if self._seen is None or self._seen[0] != month:
            self._seen = month, earlier.as_listed(self._connection, month)
        return self._seen[1]

    def record(self, month: CasePlan, token: Token) -> None:
        """Store the plan and the token of its files as pending, in one transaction; nothing if nothing changes.

        Raises:
            KcbxError: `ledger_busy` when another plan is pending; `disk_full`, `ledger_not_writable`.
        """
        if month.changes_nothing:
            return
        content = {
            "as_of": month.as_of,
            "events": [month.events[column].tolist() for column in EVENTS.names],
            "identities": month.identities,
            "facts": month.facts,
            "watch": [month.watch.events[column].tolist() for column in WATCH_EVENTS.names],
            "watched": month.watch.people,
            "report": month.report,
        }
        with self._writing():
            self._refuse_pending()
            self._connection.execute(
                "INSERT INTO pending VALUES (1, ?, ?, ?)",
                (token["id"], _json(dict(token)), _json(content)),
            )

    def pending(self) -> dict[str, Any] | None:
        """The token of the plan that waits for its files, or None."""
        with database.told(self.path):
            row = self._connection.execute("SELECT token FROM pending").fetchone()
        return dict(json.loads(row[0])) if row else None

    def keeps(self, files: str) -> bool:
        """Whether the set of files with this id belongs to a plan that is recorded here, pending or finished."""
        query = "SELECT 1 FROM pending WHERE files = ?1 UNION ALL SELECT 1 FROM runs WHERE files = ?1"
        with database.told(self.path):
            return self._connection.execute(query, (files,)).fetchone() is not None

    def finish(self, token: Token) -> None:
        """The files are in: the pending plan becomes history. Nothing when no plan of this token is pending."""
        waiting = self.pending()
        if not waiting or waiting["id"] != token["id"]:
            return
        with self._writing():
            content = json.loads(self._connection.execute("SELECT plan FROM pending").fetchone()[0])
            run = rows.add_run(self._connection, "reconcile", content["as_of"], files=token["id"])
            events = EVENTS.frame(dict(zip(EVENTS.names, content["events"], strict=True)))
            rows.add_events(self._connection, events, run)
            identities.add(self._connection, content["identities"])
            facts.add(self._connection, content.get("facts", []))
            told = WATCH_EVENTS.frame(dict(zip(WATCH_EVENTS.names, content.get("watch", ()), strict=False)))
            watch.add(self._connection, told, content.get("watched", ()), run)
            reports.add(self._connection, content["as_of"], content.get("report", {}), run)
            self._connection.execute("DELETE FROM pending")

    def discard(self, token: Token) -> bool:
        """The files are not in: forget the pending plan. False when it is history already."""
        if self._made_here and not self._connection.execute("SELECT 1 FROM runs").fetchone():
            self._remove_file()
            return True
        if not self.pending():
            return not self.keeps(token["id"])
        with self._writing():
            self._connection.execute("DELETE FROM pending WHERE files = ?", (token["id"],))
        return True

    def settle(self, token: Token, standing: str) -> None:
        """After a killed run: finish its plan if its files are the ones that stand in their folder, else discard it."""
        if standing == token["id"]:
            self.finish(token)
        else:
            self.discard(token)

    @contextlib.contextmanager
    def recording(self, month: CasePlan, token: Token) -> Iterator[None]:
        """Record the plan, let the files be swapped in, finish it; an error before its end discards it."""
        self.record(month, token)
        try:
            yield
            self.finish(token)
        except BaseException:
            if self.discard(token) or month.changes_nothing:
                raise
            # interrupted after the last transaction: the month is complete, and too late to stop

    # -- what comes back ----------------------------------------------------------------------------------------

    def collect(self, collection: returns.Collection, command: str = "collect", who: str = "") -> None:
        """Add one collection of returned sheets, or what the office enters itself, in one transaction.

        Raises:
            KcbxError: `ledger_busy`, `ledger_locked`, `disk_full`, `ledger_not_writable`.
        """
        with self._writing():
            self._refuse_pending()
            run = rows.add_run(self._connection, command, collection.as_of, who=who)
            returns.add(self._connection, collection, run)

    # -- what people say -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Several `append` and `remember` together or not at all."""
        with self._writing():
            yield

    def append(self, events: pd.DataFrame, command: str, who: str = "") -> None:
        """Add EVENTS of existing cases: what a returned checklist or a command says.

        Raises:
            ValueError: a case that the ledger does not have, or an event that it does not know.
        """
        with self._saying(command, events, who) as run:
            rows.add_events(self._connection, events, run)

    def remember(self, answers: pd.DataFrame, command: str, who: str = "") -> None:
        """Add ANSWERS; a later answer to the same pair holds instead of the earlier one.

        Raises:
            ValueError: an answer that is neither yes nor no.
        """
        with self._saying(command, answers, who) as run:
            rows.add_answers(self._connection, answers, run)

    @contextlib.contextmanager
    def _saying(self, command: str, said: pd.DataFrame, who: str) -> Iterator[int]:
        try:
            with self._writing():
                self._refuse_pending()
                yield rows.add_run(self._connection, command, int(said["as_of"].max()) if len(said) else 0, who=who)
        except Exception as error:
            if not database.is_a(error, "IntegrityError"):
                raise
            raise ValueError(str(error)) from error


def open_ledger(path: Path, create: bool = True, *, readonly: bool = False, timeout: float = 20.0) -> Ledger:
    """Open a ledger.

    Args:
        path: its file.
        create: start an empty one where there is none; its file is made when something is recorded.
        readonly: for commands that only look; others may look at the same time.
        timeout: seconds to wait for another run.

    Raises:
        KcbxError: `no_ledger`, `not_a_ledger`, `ledger_newer`, `ledger_locked`, `ledger_not_writable`,
            `ledger_damaged`, `ledger_key`, `no_cipher`.
    """
    path = Path(path)
    if not path.exists():
        if not create:
            raise KcbxError(f"没有台账「{path}」", "请先运行 kcbx reconcile,或者用 --ledger 指定台账。", "no_ledger")
        return Ledger(path, database.in_memory(), timeout)
    connection = database.open_file(path, timeout)
    try:
        with database.told(path):
            if database.is_empty(connection):
                connection.close()
                return Ledger(path, database.in_memory(), timeout)
            database.check_is_ours(connection, path)
            if not readonly:
                database.lock(connection)
            database.set_up(connection)
            database.migrate(connection)
            if readonly:
                connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return Ledger(path, connection, timeout)


def _day(when: date) -> int:
    return when.year * 10000 + when.month * 100 + when.day


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

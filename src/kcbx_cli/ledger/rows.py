"""Frames into rows and rows into frames; every row that is added names its source and its run."""

from __future__ import annotations

import sqlite3
from typing import Any

import pandas as pd

from kcbx_cli.decide.cases import CASES, EVENTS
from kcbx_cli.ledger.database import now
from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.tables import ORIGIN, Column, Table

#: Pairs that a person has decided.
ANSWERS = Table(
    "answers",
    (
        Column("left", "text", "digest of the listed child, see `decide.pairs`"),
        Column("right", "text", "digest of the registry child"),
        Column("same", "text", "yes or no"),
        Column("as_of", "int", "the month's date, yyyymmdd"),
        Column("who", "text", "who decided it"),
        *ORIGIN,
    ),
)

_EVENTS = """
    SELECT number, what, events.as_of, kind, reason, disposition, closes, deceased, expires, who, file, sheet, row
    FROM events JOIN sources USING (source)
"""
_ADD_EVENTS = """
    INSERT INTO events
    (number, what, as_of, kind, reason, disposition, closes, deceased, expires, who, source, row, run)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ANSWERS = """
    SELECT left_digest, right_digest, same, as_of, who, file, sheet, row FROM answers JOIN sources USING (source)
    WHERE answer IN (SELECT MAX(answer) FROM answers GROUP BY left_digest, right_digest)
    ORDER BY answer
"""
_ADD_ANSWERS = """
    INSERT INTO answers (left_digest, right_digest, same, as_of, who, source, row, run)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_CASES = """
    SELECT COALESCE((SELECT MAX(identity) FROM identities WHERE identities.number = states.number), 0),
        number, open, first, month, months, kind, reason, disposition, closes, deceased, expires,
        disposition <> '' AND (expires = 0 OR expires >= ?)
    FROM states ORDER BY number
"""
_WATCHED_ONLY = """
    SELECT COALESCE((SELECT MAX(identity) FROM identities WHERE identities.number = cases.number), 0),
        number, 0, 0, 0, 0, '', '', '', 0, 0, 0, 0
    FROM cases WHERE number NOT IN (SELECT number FROM states)
"""


def read_events(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> pd.DataFrame:
    """EVENTS that satisfy an SQL condition, in the order in which they were recorded."""
    rows = connection.execute(f"{_EVENTS} WHERE {where} ORDER BY event", values).fetchall()
    return _frame(EVENTS, rows, "case_id")


def read_cases(connection: sqlite3.Connection, day: int) -> pd.DataFrame:
    """CASES in the order of case numbers; `in_force` is told for the day.

    A child who is only watched has a number and no case: not open, and `first` 0.
    """
    found = connection.execute(_CASES, (day,)).fetchall() + connection.execute(_WATCHED_ONLY).fetchall()
    return _frame(CASES, sorted(found, key=lambda row: row[1]), "case_id")


def read_answers(connection: sqlite3.Connection) -> pd.DataFrame:
    """ANSWERS: the newest answer of each pair."""
    return _frame(ANSWERS, connection.execute(_ANSWERS).fetchall())


def _frame(table: Table, rows: list[tuple[Any, ...]], numbered: str = "") -> pd.DataFrame:
    columns = dict(zip(table.names, zip(*rows, strict=True) if rows else [()] * len(table.names), strict=True))
    data: dict[str, Any] = {name: list(values) for name, values in columns.items()}
    if numbered:
        data[numbered] = [case_id(number) for number in data[numbered]]
    return table.frame(data)


def add_run(connection: sqlite3.Connection, command: str, as_of: int, files: str = "", who: str = "") -> int:
    """A run of a command; returns its number."""
    row = connection.execute(
        "INSERT INTO runs (command, as_of, files, who, recorded_at) VALUES (?, ?, ?, ?, ?) RETURNING run",
        (command, as_of, files, who, now()),
    ).fetchone()
    return int(row[0])


def add_events(connection: sqlite3.Connection, events: pd.DataFrame, run: int) -> None:
    """Add EVENTS; the cases of those that open one are made first.

    Raises:
        sqlite3.IntegrityError: an event of no case, of no kind, or a second opening.
    """
    numbers = [case_number(case) for case in events["case_id"]]
    opened = [(number,) for number, what in zip(numbers, events["what"], strict=True) if what == "opened"]
    connection.executemany("INSERT OR IGNORE INTO cases VALUES (?)", opened)
    middle = [events[name].tolist() for name in EVENTS.names[1:10]]
    rows = zip(numbers, *middle, sources(connection, events), events["row"].tolist(), [run] * len(events), strict=True)
    connection.executemany(_ADD_EVENTS, list(rows))


def add_answers(connection: sqlite3.Connection, answers: pd.DataFrame, run: int) -> None:
    """Add ANSWERS.

    Raises:
        sqlite3.IntegrityError: an answer that is neither yes nor no.
    """
    columns = [answers[name].tolist() for name in ("left", "right", "same", "as_of", "who")]
    rows = zip(*columns, sources(connection, answers), answers["row"].tolist(), [run] * len(answers), strict=True)
    connection.executemany(_ADD_ANSWERS, list(rows))


def sources(connection: sqlite3.Connection, frame: pd.DataFrame) -> list[int]:
    """The number of each row's file and sheet; new ones are added."""
    pairs = list(zip(frame["file"], frame["sheet"], strict=True))
    wanted = sorted(set(pairs))
    connection.executemany("INSERT OR IGNORE INTO sources (file, sheet) VALUES (?, ?)", wanted)
    query = "SELECT source FROM sources WHERE file = ? AND sheet = ?"
    number = {pair: connection.execute(query, pair).fetchone()[0] for pair in wanted}
    return [number[pair] for pair in pairs]

"""The stamp of a table of the whole county, and the letters of columns; the stamp itself is in `kcbx_cli.stamps`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kcbx_cli.settings import County, Settings
from kcbx_cli.stamps import Stamp, printed_digest, row_digest


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed table: the key of each column, those that make a row's digest, the cells, and each row's own marks.

    `marks` are, for each row, its id and what `columns` names.
    """

    keys: tuple[str, ...]
    identity: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    marks: Sequence[tuple[str, ...]]
    columns: tuple[str, ...] = ()


def county_stamp(kind: str, table: Printed, settings: Settings, as_of: date) -> Stamp:
    """The stamp of a table of the whole county."""
    county = settings.county
    known = [table.keys.index(key) for key in table.identity]
    return Stamp(
        kind=kind,
        as_of=as_of,
        county=county.name,
        county_code=county.code,
        place=county.name,
        place_code=county.code,
        rows=tuple(
            (mark[0], row_digest([row[i] for i in known]), *mark[1:])
            for mark, row in zip(table.marks, table.rows, strict=True)
        ),
        printed=printed_digest(table.rows),
        layout=tuple((key, letter(i)) for i, key in enumerate(table.keys)),
        identity=table.identity,
        columns=table.columns,
    )


def report_stamp(table: Printed, county: str, as_of: date) -> Stamp:
    """The stamp of a workbook that nobody sends back and that is written from the ledger alone."""
    return county_stamp("report", table, Settings(county=County(name=county)), as_of)


def letter(index: int) -> str:
    """The letter of a column, 0 is A; all tables have fewer than 27 columns."""
    return chr(ord("A") + index)

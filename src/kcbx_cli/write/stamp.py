"""The very hidden sheet `_kcbx` by which a sheet is known again when it comes back filled in.

Column A holds keys and column B values: `schema`, `kind`, `month`, `as_of`, `county`, `county_code`, `place`,
`place_code`, `rows` (a number as text), `printed` (the digest of everything that was printed in the rows), `layout`
(`key=letter` of each column as it was printed, joined with `;`) and `identity` (the keys whose cells make a row's
digest, joined with `;`). A blank row follows, then the header `id, digest` and more columns that depend on the kind,
then one row for each printed row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from kcbx_cli.settings import Settings

#: Version of the sheet; it grows when a key or a digest changes its meaning.
SCHEMA = 1
SHEET = "_kcbx"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the hidden sheet says. `rows` start with the id and the digest; `columns` names what follows them."""

    kind: str
    as_of: date
    county: str
    county_code: str
    place: str
    place_code: str
    rows: tuple[tuple[str, ...], ...]
    printed: str
    layout: tuple[tuple[str, str], ...]
    identity: tuple[str, ...]
    columns: tuple[str, ...] = ()

    def cells(self) -> list[tuple[str, ...]]:
        """The sheet, row by row."""
        head = [
            ("schema", str(SCHEMA)),
            ("kind", self.kind),
            ("month", f"{self.as_of:%Y-%m}"),
            ("as_of", self.as_of.isoformat()),
            ("county", self.county),
            ("county_code", self.county_code),
            ("place", self.place),
            ("place_code", self.place_code),
            ("rows", str(len(self.rows))),
            ("printed", self.printed),
            ("layout", ";".join(f"{key}={column}" for key, column in self.layout)),
            ("identity", ";".join(self.identity)),
        ]
        return [*head, (), ("id", "digest", *self.columns), *self.rows]


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


def letter(index: int) -> str:
    """The letter of a column, 0 is A; all tables have fewer than 27 columns."""
    return chr(ord("A") + index)


def row_digest(cells: Sequence[str]) -> str:
    """SHA-256 of the printed identity cells of one row, surrounding blanks left out, joined with U+001F."""
    return sha256("\x1f".join(c.strip() for c in cells).encode("utf-8", "surrogatepass")).hexdigest()


def printed_digest(rows: Sequence[Sequence[str]]) -> str:
    """SHA-256 of all printed cells of all rows, rows joined with U+001E."""
    return sha256("\x1e".join("\x1f".join(r) for r in rows).encode("utf-8", "surrogatepass")).hexdigest()

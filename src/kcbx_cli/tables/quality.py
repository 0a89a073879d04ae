"""Registry quality: what each school has to mend, and what it has mended."""

from __future__ import annotations

from kcbx_cli.tables.table import Column, Table

QUALITY = Table(
    "quality",
    (
        Column("school", "text", "school, with its code where several share the name"),
        Column("registry", "int", "position in the registry frame"),
        Column("code", "text", "problem code"),
        Column("field", "text", "header or field concerned"),
        Column("detail", "text", "what exactly, without personal data"),
        Column("state", "text", "new or remaining since the former month"),
    ),
)
MENDED = Table(
    "mended",
    (
        Column("school", "text", "school, with its code where several share the name"),
        Column("code", "text", "problem code"),
        Column("count", "int", "problems of the former month that are no more"),
    ),
)
#: What the ledger remembers of one problem: by digest of the pupil and the code, no person.
OPEN_FLAWS = Table(
    "open_flaws",
    (
        Column("digest", "int", "first 8 bytes of SHA-256 of pupil, school, code and field, as a signed number"),
        Column("school", "text", "school, with its code where several share the name"),
        Column("code", "text", "problem code"),
    ),
)

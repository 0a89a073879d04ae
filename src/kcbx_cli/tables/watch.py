"""The watch list: children who attend and may drop out (有辍学倾向)."""

from __future__ import annotations

from kcbx_cli.tables.table import ORIGIN, Column, Table

WATCHED = Table(
    "watched",
    (
        Column("case_id", "text", "the child's number, the same as a case's"),
        Column("identity", "int", "number of the newest identity, 0 when purged"),
        Column("state", "text", "proposed, on or off"),
        Column("since", "int", "date of the month since when it has been so"),
        Column("reason", "text", "ASCII codes joined with ;, see decide.watching"),
        Column("refused", "text", "codes under which somebody declined it or took it off, joined with ;"),
        Column("helper", "text", "the person paired with the child (一对一结对帮扶)"),
        Column("helper_phone", "text", "telephone of the helper"),
        Column("help", "text", "what was done for the child"),
    ),
)

WATCH = Table(
    "watch",
    (
        Column("case_id", "text", "the child's number"),
        Column("state", "text", "proposed or on"),
        Column("since", "int", "date of the month since when it has been so"),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("sentence", "text", "why, in Chinese"),
        Column("helper", "text", "the person paired with the child"),
        Column("helper_phone", "text", "telephone of the helper"),
        Column("help", "text", "what was done for the child"),
        Column("person", "int", "the child's list row, -1 for none"),
        Column("registry", "int", "the child's registry row, -1 for none"),
        Column("identity", "int", "number of the identity in the ledger, 0 for a child whom it did not know"),
        Column("at_work", "flag", "the child stands on this month's checklists as a case"),
    ),
)

WATCH_EVENTS = Table(
    "watch_events",
    (
        Column("case_id", "text", "the child's number"),
        Column("what", "text", "proposed, put_on, paired, declined, lapsed or taken_off"),
        Column("as_of", "int", "the month's date, yyyymmdd"),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("who", "text", "who said so; empty for the program"),
        Column("helper", "text", "paired: the helper"),
        Column("helper_phone", "text", "paired: telephone of the helper"),
        Column("help", "text", "paired: what was done"),
        *ORIGIN,
    ),
)

"""The case ledger as the other stages see it."""

from __future__ import annotations

from kcbx_cli.tables.table import Column, Table

DUTIES = Table(
    "duties",
    (
        Column("home", "int", "position of the child in the frame or list that was asked about"),
        Column("person", "int", "position in the RESPONSIBLE frame"),
    ),
)

CHANGES = Table(
    "changes",
    (
        Column("case_id", "text", "case number"),
        Column("change", "text", "since the former month: new, reopened, continuing or closed"),
        Column("kind", "text", "the verdict or finding behind it; answered: a person's finding"),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("disposition", "text", "what was found, where a person's finding closed the case"),
        Column("who", "text", "who found it"),
        Column("first", "int", "date of the month in which the case was opened"),
        Column("months", "int", "months in which it was open"),
        Column("identity", "int", "position in the ledger's people, -1 for a child whom the ledger did not know"),
    ),
)


FACTS = Table(
    "facts",
    (
        Column("case_id", "text", "case number"),
        Column("since", "int", "date of the month that told it first"),
        Column("sentence", "text", "why the child is on the list, or how the month accounts for it"),
        Column("near", "text", "the most similar registry record, in words"),
        Column("expected_grade", "text", "grade expected from the birth date"),
        Column("groups", "text", "group tags, joined with |"),
        Column("school", "text", "linked registry row: school"),
        Column("grade", "text", "linked registry row: grade"),
        Column("class_name", "text", "linked registry row: class"),
        Column("status", "text", "linked registry row: 学生当前状态"),
        Column("status_date", "int", "linked registry row: since when"),
        Column("listed", "text", "file, sheet and row of the child's list row when this was first told"),
        Column("registered", "text", "file, sheet and row of the linked registry row when this was first told"),
        Column("category", "text", "special register: category"),
        Column("approved", "int", "special register: approved on"),
        Column("valid_until", "int", "special register: valid until"),
        Column("evidence", "text", "special register: what proves it"),
        Column("study", "text", "special register: where the child studies"),
        Column("responsible", "text", "responsible people, one a line: role, name, telephone"),
    ),
)


STANDING = Table(
    "standing",
    (
        Column("case_id", "text", "case number"),
        Column("disposition", "text", "the newest finding, empty for none"),
    ),
)

CASELOAD = Table(
    "caseload",
    (
        Column("case_id", "text", "case number"),
        Column("state", "text", "open or closed"),
        Column("township_code", "text", "9-digit code where known"),
        Column("township", "text", "where the family lives"),
        Column("village", "text", "village"),
        Column("school", "text", "linked registry row: school"),
        Column("grade", "text", "linked registry row: grade"),
        Column("groups", "text", "group tags, joined with |"),
        Column("kind", "text", "the verdict or finding of the newest month"),
        Column("reason", "text", "its ASCII codes"),
        Column("sentence", "text", "why, in Chinese"),
        Column("first", "int", "date of the month in which it was opened"),
        Column("month", "int", "date of the newest month that had an event for it"),
        Column("months", "int", "months in which it was open"),
        Column("disposition", "text", "what was found"),
        Column("expires", "int", "the last day on which the finding holds; 0 for no end"),
        Column("stage", "text", "the newest step of 三访一验"),
        Column("category", "text", "special register: category"),
        Column("valid_until", "int", "special register: valid until"),
        Column("responsible", "text", "responsible people, one a line"),
    ),
)

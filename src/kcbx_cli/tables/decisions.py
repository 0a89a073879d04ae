"""Who is who, how old, and what that means: links, ages, verdicts, findings, work."""

from __future__ import annotations

from kcbx_cli.tables.table import ORIGIN, Column, Table

LINKS = Table(
    "links",
    (
        Column("left", "int", "position in the left frame"),
        Column("right", "int", "position in the right frame"),
        Column("weight", "float", "match weight, log2"),
        Column("probability", "float", "match probability"),
        Column("band", "text", "link, review or near"),
        Column("rule", "text", "ASCII reason code of how it was found"),
        Column("sentence", "text", "in Chinese, what agrees and what differs; filled for review and near"),
    ),
)

AGES = Table(
    "ages",
    (
        Column("birth", "int", "the date that counts, yyyymmdd; 0 when there is none that can be used"),
        Column("basis", "text", "id, column, id_alone (an ID that cannot be trusted, for want of another) or empty"),
        Column("age", "int", "whole years, as young as the date allows; -1 when unknown"),
        Column("stage", "text", "adult, minor or unknown"),
        Column("window", "text", "of school age: inside, younger, older, or empty when unknown"),
        Column("doubtful", "flag", "the row's own dates disagree about school age and none can be trusted"),
        Column("shared", "flag", "the ID number is another person's as well"),
    ),
)

CASE_STATES = Table(
    "case_states",
    (
        Column("person", "int", "position in the frame of listed people, -1 for none"),
        Column("registry", "int", "position in the registry frame, -1 for none"),
        Column("case_id", "text", "case number"),
        Column("disposition", "text", "what was found, one of the configured dispositions"),
        Column("closes", "flag", "the disposition closes the case"),
        Column("deceased", "flag", "the disposition says that the child has died"),
        Column("in_force", "flag", "the disposition still holds: not expired, not reopened"),
        Column("said_on", "int", "the day on which it was found, yyyymmdd"),
        Column("absence", "text", "kind under which an open case goes on while no roll call has the child in class"),
    ),
)

VERDICTS = Table(
    "verdicts",
    (
        Column("person", "int", "position in the frame of listed people"),
        Column("child", "int", "number of the child; rows of one child share it"),
        Column("verdict", "text", "one of VERDICT_ORDER"),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("sentence", "text", "why, in Chinese, fit to be printed for a township"),
        Column("registry", "int", "position in the registry frame, -1 for none"),
        Column("probability", "float", "link probability, NaN without a registry row"),
        Column("near", "int", "best near-match in the registry frame, -1 for none"),
        Column("paper", "int", "row of the special register that was used, -1 for none"),
        Column("case_id", "text", "case number, empty for none"),
    ),
)

#: The verdicts, in the order in which they take precedence.
VERDICT_ORDER = (
    "deceased", "adult", "unknown_age", "out_of_age", "cleared", "excused", "elsewhere", "suspended", "papers_expired",
    "review", "dropout", "absent", "enrolled", "attending", "suspected",
)  # fmt: skip

FINDINGS = Table(
    "findings",
    (
        Column("registry", "int", "position in the registry frame"),
        Column("finding", "text", "ASCII code: alarm_status, overdue_suspension, ..."),
        Column("sentence", "text", "why, in Chinese"),
        Column("case_id", "text", "case number"),
    ),
)

WORK = Table(
    "work",
    (
        Column("case_id", "text", "case number"),
        Column("child", "int", "number of the listed child, -1 for a child found in the registry only"),
        Column("person", "int", "the list row to print, position in the listed people, -1 for none"),
        Column("registry", "int", "the linked registry row, -1 for none"),
        Column("near", "int", "best near-match in the registry, -1 for none"),
        Column("near_sentence", "text", "how near, in Chinese"),
        Column("paper", "int", "row of the special register concerned, -1 for none"),
        Column("kind", "text", "the verdict or the finding"),
        Column("reason", "text", "ASCII codes joined with ;"),
        Column("sentence", "text", "why the child is on the list; never says what a disability is"),
        Column("comparison", "text", "the one of COMPARISON_NAMES that found the child"),
        Column("groups", "text", "group tags of all rows of the child, sorted, joined with |"),
        Column("expected_grade", "text", "grade expected from the birth date, such as 小学三年级"),
        Column("township_code", "text", "where the family lives"),
        Column("township", "text", "where the family lives; empty when unknown"),
        Column("village", "text", "village"),
        Column("identity", "int", "of a case carried over without a list row: its identity in the ledger, 0 for none"),
    ),
)

#: Whose each attendance row is.
SEEN = Table(
    "seen",
    (
        Column("attendance", "int", "position in the frame of attendance rows"),
        Column("registry", "int", "the registry row of that pupil, -1 for none"),
        Column("person", "int", "the row of the listed people that stands for it, where no registry row does, or -1"),
    ),
)

#: The comparisons of the month: what is set against what. A child at work belongs to the first that found it.
COMPARISON_NAMES = (
    "registry_attendance", "disability_registry", "population_registry", "households_registry", "registry_status",
)  # fmt: skip

COMPARISONS = Table(
    "comparisons",
    (
        Column("comparison", "text", "one of COMPARISON_NAMES, or out_of_school_low_income"),
        Column("made", "flag", "the lists that it needs were there"),
        Column(
            "lacking",
            "text",
            "the roles that it lacked, joined with |; usable_attendance: no pupil was found on those given",
        ),
        Column("compared", "int", "children or pupils that were set against the other side"),
        Column("found", "int", "children at work that it is the first to find"),
        Column(
            "earlier", "int", "further children at work who stand on its list, and count under an earlier comparison"
        ),
    ),
)

#: What two records of one child, or of one number, say differently: each pair once.
CONTRADICTIONS = Table(
    "contradictions",
    (
        Column("code", "text", "as in PROBLEMS"),
        *ORIGIN,
        Column("field", "text", "header or field concerned"),
        Column("other_file", "text", "the other record: file"),
        Column("other_sheet", "text", "its sheet"),
        Column("other_row", "int", "its row"),
    ),
)

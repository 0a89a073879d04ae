"""The tables that move between stages: their columns, types and meanings.

Every stage takes and returns pandas frames whose columns are declared here. `Table.frame` builds one with the
declared types and nothing inferred. Text columns hold `str` and use `""` for missing; they never hold NaN.
Dates are whole numbers yyyymmdd, with 00 for a day or month that is not known and 0 for no date at all.
"""

from kcbx_cli.tables.cases import CASELOAD, CHANGES, DUTIES, FACTS, STANDING
from kcbx_cli.tables.decisions import (
    AGES,
    CASE_STATES,
    COMPARISON_NAMES,
    COMPARISONS,
    CONTRADICTIONS,
    FINDINGS,
    LINKS,
    SEEN,
    VERDICT_ORDER,
    VERDICTS,
    WORK,
)  # fmt: skip
from kcbx_cli.tables.fields import FIELDS, LISTED, RAW, ROLES, RawTable
from kcbx_cli.tables.issued import Issued
from kcbx_cli.tables.lists import ATTENDANCE, FAMILIES, ID_STATES, MARKED_OUT, PEOPLE, PROBLEMS, RESPONSIBLE
from kcbx_cli.tables.month import Month
from kcbx_cli.tables.quality import MENDED, OPEN_FLAWS, QUALITY
from kcbx_cli.tables.table import ORIGIN, Column, Table
from kcbx_cli.tables.watch import WATCH, WATCH_EVENTS, WATCHED

__all__ = [
    "AGES",
    "ATTENDANCE",
    "CASELOAD",
    "CASE_STATES",
    "CHANGES",
    "COMPARISONS",
    "COMPARISON_NAMES",
    "CONTRADICTIONS",
    "Column",
    "DUTIES",
    "FACTS",
    "FAMILIES",
    "FIELDS",
    "FINDINGS",
    "ID_STATES",
    "Issued",
    "LINKS",
    "LISTED",
    "MARKED_OUT",
    "MENDED",
    "Month",
    "OPEN_FLAWS",
    "ORIGIN",
    "PEOPLE",
    "PROBLEMS",
    "QUALITY",
    "RAW",
    "RESPONSIBLE",
    "ROLES",
    "RawTable",
    "SEEN",
    "STANDING",
    "Table",
    "VERDICTS",
    "VERDICT_ORDER",
    "WATCH",
    "WATCHED",
    "WATCH_EVENTS",
    "WORK",
]

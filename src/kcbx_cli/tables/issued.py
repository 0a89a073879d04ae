"""What one month's report says, in counts: the tables that the case ledger keeps, and from which the report is written.

Counts only: no column names a child. The tables of DETAIL name cases and responsible people; they may be purged, and the
report is then written without them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kcbx_cli.tables.decisions import COMPARISONS
from kcbx_cli.tables.table import Column, Table

if TYPE_CHECKING:
    import pandas as pd

#: Version of what the ledger keeps; it grows when a column changes its meaning.
SCHEMA = 1
_N = Column("n", "int", "how many")
_STAGE = Column("stage", "text", "primary, junior or empty when nobody knows")
_GROUP = Column("group", "text", "dropout or suspected")
_FLOW = (
    Column("change", "text", "since the former month: new, reopened, continuing or closed"),
    Column("how", "text", "closed: registry, papers, finding, gone or merged; empty otherwise"),
    Column("returned", "flag", "closed: back at school, having dropped out"),
    Column("was_stage", "text", "the stage in the former month's report"),
    Column("was_group", "text", "the group in the former month's report"),
)

CASES_BY_TOWNSHIP = Table(
    "cases_by_township",
    (
        Column("township", "text", "where the family lives"),
        Column("was", "text", "where it lived in the former month's report"),
        _STAGE,
        _GROUP,
        *_FLOW,
        Column("why", "text", "closed: the verdict or the finding in words"),
        _N,
    ),
)
CASES_BY_SCHOOL = Table(
    "cases_by_school",
    (
        Column("school", "text", "school of the linked registry row, empty for none"),
        Column("was", "text", "the school in the former month's report"),
        _STAGE,
        _GROUP,
        *_FLOW,
        _N,
    ),
)
CASES_BY_AGE = Table(
    "cases_by_age",
    (
        Column("age", "int", "whole years, -1 when unknown"),
        Column("grade", "int", "1 to 9: registered, else expected from the birth date; 0 when unknown"),
        _GROUP,
        _N,
    ),
)
CASES_BY_MONTHS = Table("cases_by_months", (Column("months", "int", "months open, this one included"), _GROUP, _N))
CHILDREN = Table(
    "children",
    (
        Column("code", "text", "code of the township, empty when unknown"),
        Column("township", "text", "township of the child's first list row, as the county's table calls it"),
        Column(
            "verdict",
            "text",
            "one of VERDICT_ORDER, taught, verified or moved_away; empty for a township of which no child is listed",
        ),
        _N,
    ),
)
PUPILS = Table(
    "pupils",
    (
        Column("grade", "int", "1 to 9, 0 for other grades"),
        Column("state", "text", "attending, suspended, or gone (died or moved away in this school year)"),
        _N,
    ),
)
COHORTS = Table(
    "cohorts",
    (
        Column("year", "int", "school year"),
        Column("month", "int", "its first month of which a report was issued, yyyymm"),
        Column("grade", "int", "1 to 9"),
        Column("n", "int", "pupils attending then"),
    ),
)
DROPPED = Table(
    "dropped",
    (Column("case_id", "text", "case that counted as a dropout in a month of this school year"), _STAGE),
)
SCHOOLS = Table(
    "schools",
    (
        Column("school", "text", "school, with its code where several share the name"),
        Column("code", "text", "学校标识码, empty when unknown"),
        Column("township", "text", "where most of its pupils live"),
        Column("pupils", "int", "registry rows"),
    ),
)
FLAWS = Table(
    "flaws",
    (
        Column("school", "text", "school, with its code where several share the name"),
        Column("code", "text", "problem code"),
        Column("state", "text", "since the former month: new, remaining or mended"),
        _N,
    ),
)
SHEETS = Table(
    "sheets",
    (
        Column("kind", "text", "township or school"),
        Column("code", "text", "its code, empty when unknown"),
        Column("place", "text", "its name"),
        Column("rows", "int", "children printed on this month's checklist"),
    ),
)
PROGRESS = Table(
    "progress",
    (
        Column("kind", "text", "township or school"),
        Column("place", "text", "its name"),
        Column("printed", "int", "children on the former month's checklist"),
        Column("returned", "flag", "the checklist came back"),
        Column("answered", "int", "children of whom the sender has told a finding"),
    ),
)
EXPIRING = Table(
    "expiring",
    (
        Column("source", "text", "paper (special register) or finding (a disposition that closed a case)"),
        Column("category", "text", "category of the paper, or the disposition"),
        Column("state", "text", "valid, soon, expired, undated, not_yet or no_excuse"),
        _N,
    ),
)
SCORES = Table(
    "scores",
    (
        Column("group", "text", "link, review or near"),
        Column("middle", "float", "middle of a bin of two bits"),
        Column("count", "int", "listed children whose best candidate has this weight"),
    ),
)
TREND = Table(
    "trend",
    (
        Column("month", "int", "yyyymm"),
        *(Column(n, "int", "cases") for n in ("before", "new", "reopened", "closed", "now")),
        Column("dropout", "int", "of those now: dropouts"),
        Column("suspected", "int", "of those now: suspected"),
        Column("returned", "int", "of those closed: back at school"),
        Column("flaws", "int", "problems in the registry"),
    ),
)
RATIOS = Table(
    "ratios",
    (
        Column("name", "text", "enrolment, dropout or retention"),
        Column("scope", "text", "listed, primary, junior, or the cohort's stages"),
        Column("over", "int", "numerator"),
        Column("under", "int", "denominator, 0 when the ratio cannot be computed"),
        Column("formula", "text", "code of the formula that was used"),
        Column("base", "int", "the month that the denominator comes from, yyyymm; 0 for this one"),
    ),
)
ISSUED_CASES = Table(
    "issued_cases",
    (
        Column("case_id", "text", "case number"),
        Column("township", "text", "where the family lives"),
        Column("school", "text", "school of the linked registry row"),
        _STAGE,
        Column("grade", "int", "1 to 9, 0 when unknown"),
        _GROUP,
        Column("change", "text", "since the former month"),
        Column("why", "text", "closed: the verdict or the finding"),
        Column("months", "int", "months open"),
    ),
)
ANSWERING = Table(
    "answering",
    (
        *(
            Column(n, "text", m)
            for n, m in (("role", "as what"), ("name", "who"), ("title", "post"), ("scope", "of what"))
        ),
        Column("cases", "int", "children at work for whom the person answers"),
    ),
)

#: Tables of which every month keeps one, and those that may be purged.
COUNTS = (
    CASES_BY_TOWNSHIP, CASES_BY_SCHOOL, CASES_BY_AGE, CASES_BY_MONTHS, CHILDREN, PUPILS, COHORTS, DROPPED, SCHOOLS,
    FLAWS, SHEETS, PROGRESS, EXPIRING, SCORES, COMPARISONS, TREND, RATIOS,
)  # fmt: skip
DETAIL = (ISSUED_CASES, ANSWERING)


@dataclass(frozen=True)
class Issued:
    """The report of one month: words and counts that it was written from, and nothing else.

    `head` holds texts (county, date, rules that were used). `counts` and `detail` hold a frame for each table of COUNTS
    and of DETAIL, by name; `detail` is empty when it was purged. `template` is the Word template that was filled.
    """

    head: Mapping[str, str]
    counts: Mapping[str, pd.DataFrame]
    detail: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    template: bytes = b""

    @property
    def month(self) -> int:
        """The month, yyyymm."""
        return int(self.head["as_of"][:4]) * 100 + int(self.head["as_of"][5:7])

    def table(self, table: Table) -> pd.DataFrame:
        """The frame of this table; an empty one where there is none."""
        found = self.counts.get(table.name, self.detail.get(table.name))
        return table.frame() if found is None else found

    def packed(self) -> tuple[bytes, bytes]:
        """The counts and the detail as the ledger keeps them."""
        return pack({"schema": SCHEMA, "head": dict(self.head), "tables": _plain(self.counts)}), pack(
            _plain(self.detail)
        )

    @classmethod
    def unpacked(cls, counts: bytes, detail: bytes, template: bytes) -> Issued:
        """What `packed` made; detail that was purged is empty."""
        said = json.loads(zlib.decompress(counts))
        told = json.loads(zlib.decompress(detail)) if detail else {}
        return cls(said["head"], _frames(COUNTS, said["tables"]), _frames(DETAIL, told), template)


def pack(content: object) -> bytes:
    """Plain JSON, compressed."""
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def _plain(frames: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, list[object]]]:
    return {name: {str(column): frame[column].tolist() for column in frame} for name, frame in frames.items()}


def _frames(tables: tuple[Table, ...], said: Mapping[str, Mapping[str, list[object]]]) -> dict[str, pd.DataFrame]:
    """Frames of the tables that are there; a column of a later version is blank."""
    return {t.name: t.frame({c: v for c, v in said[t.name].items() if c in t.names}) for t in tables if t.name in said}

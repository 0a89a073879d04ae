"""The tables that move between stages: their columns, types and meanings.

Every stage takes and returns pandas frames whose columns are declared here. `Table.frame` builds one with the
declared types and nothing inferred. Text columns hold `str` and use `""` for missing; they never hold NaN.
Dates are whole numbers yyyymmdd, with 00 for a day or month that is not known and 0 for no date at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["text", "int", "float", "flag", "cell"]
_BLANK: dict[Kind, Any] = {"text": "", "int": 0, "float": np.nan, "flag": False, "cell": None}
_DTYPE: dict[Kind, Any] = {"text": object, "int": np.int64, "float": np.float64, "flag": np.bool_, "cell": object}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: its name, the kind of its values, and what they mean."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A named list of columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [c.name for c in self.columns]

    def frame(self, data: Mapping[str, Any] | None = None, length: int | None = None) -> pd.DataFrame:
        """A frame with exactly these columns; columns absent from `data` are blank.

        Raises:
            KeyError: `data` has a column that the table does not declare.
        """
        given = dict(data or {})
        unknown = set(given) - set(self.names)
        if unknown:
            raise KeyError(f"{self.name} has no column {sorted(unknown)}")
        n = length if length is not None else (len(next(iter(given.values()))) if given else 0)
        built: dict[str, Any] = {}
        for c in self.columns:
            if c.name in given:
                built[c.name] = pd.Series(_array(given[c.name], c.kind), dtype=_DTYPE[c.kind])
            else:
                built[c.name] = pd.Series(np.full(n, _BLANK[c.kind], dtype=_DTYPE[c.kind]), dtype=_DTYPE[c.kind])
        return pd.DataFrame(built, columns=self.names)

    def concat(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        """The frames one below the other, with a fresh index 0..n-1."""
        full = [f for f in frames if len(f)]
        if not full:
            return self.frame()
        return self.frame({n: np.concatenate([f[n].to_numpy() for f in full]) for n in self.names})


def _array(values: Any, kind: Kind) -> Any:
    if isinstance(values, pd.Series):
        values = values.to_numpy()
    if kind in ("text", "cell"):
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out
    return np.asarray(values, dtype=_DTYPE[kind])


ORIGIN = (
    Column("file", "text", "base name of the file; a relative path with / where base names collide"),
    Column("sheet", "text", "sheet name; empty for text files"),
    Column("row", "int", "1-based row as the spreadsheet counts; for text files the line where the record starts"),
)

#: What a file can be. `households` are low-income lists by person; `families` are lists with one row a household;
#: `population` is the register of residents or a census of villages, `disability` the list of disabled children,
#: `attendance` what schools say of who is in class: roll calls and reports of long absence.
ROLES = (
    "registry", "households", "families", "special", "population", "disability", "attendance", "responsible",
)  # fmt: skip
#: The roles whose rows are listed people with verdicts, those first that say most of a child and its family.
LISTED = ("households", "disability", "population")

#: Every header that a layout may map to, with its meaning. One vocabulary for all roles: a column means the same everywhere.
FIELDS: dict[str, str] = {
    "name": "姓名",
    "former_name": "曾用名",
    "sex": "性别",
    "birth_date": "出生日期",
    "nation": "民族",
    "id_type": "证件类型",
    "id_number": "本人证件号码",
    "registry_number": "学籍号",
    "auxiliary_number": "学籍辅号",
    "class_number": "班内学号",
    "school_code": "学校标识码",
    "school": "学校名称",
    "stage": "学段",
    "grade": "年级",
    "class_name": "班级",
    "enrolled_on": "入学年月",
    "study_mode": "就读方式",
    "status": "学生当前状态",
    "status_date": "状态日期",
    "suspended": "是否休学(是/否)",
    "inclusive": "随班就读",
    "left_behind": "是否留守儿童",
    "migrant": "是否随迁子女",
    "orphan": "是否孤儿",
    "disability": "残疾类型",
    "disability_grade": "残疾等级",
    "disability_number": "残疾证号",
    "province": "省",
    "city": "市",
    "county": "县",
    "township": "乡镇",
    "village": "村",
    "hamlet": "自然村",
    "hukou_area": "户口所在地行政区划",
    "address": "住址",
    "phone": "联系电话",
    "household_phone": "户联系电话",
    "household": "户编号",
    "person_number": "人口编号",
    "relation": "与户主关系",
    "head_name": "户主姓名",
    "head_id": "户主证件号码",
    "member1_name": "成员1姓名",
    "member1_relation": "成员1关系",
    "member1_phone": "成员1联系电话",
    "member1_guardian": "成员1是否监护人",
    "member1_id": "成员1身份证件号",
    "member2_name": "成员2姓名",
    "member2_relation": "成员2关系",
    "member2_phone": "成员2联系电话",
    "member2_guardian": "成员2是否监护人",
    "member2_id": "成员2身份证件号",
    "father_name": "父亲姓名",
    "mother_name": "母亲姓名",
    "guardian_name": "监护人姓名",
    "guardian_phone": "监护人电话",
    "schooling": "在校生状况",
    "education": "文化程度",
    "health": "健康状况",
    "out_reason": "义务教育阶段未上学原因",
    "list_out": "是否失学辍学(是/否)",
    "household_type": "户类型/低保等身份",
    "monitored_type": "监测对象类别",
    "removed_reason": "注销或减少原因",
    "removed_on": "注销或减少日期",
    "allowance_number": "低保证号",
    "insured": "保障人数",
    "category": "特殊类别",
    "approved_on": "批准日期",
    "valid_until": "有效期至",
    "study_place": "就读地",
    "study_school": "就读学校",
    "evidence": "证明材料",
    "present": "是否到校",
    "absent_since": "缺勤起始日期",
    "absent_days": "缺勤天数",
    "absence_reason": "缺勤原因",
    "returned": "是否返校",
    "returned_on": "返校日期",
    "roll_date": "点名或报告日期",
    "duty_scope": "责任层级",
    "duty_role": "责任角色",
    "duty_title": "责任人职务",
    "note": "备注",
}

RAW = Table(
    "raw",
    (Column("row", "int", "1-based row"), *(Column(n, "cell", m) for n, m in FIELDS.items())),
)


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of one sheet as they stand, before any cleaning.

    `frame` has the columns `row` and those of FIELDS that the sheet maps, no others; its cells keep the type that
    the file stores: str, float, int, bool, datetime.date, datetime.datetime, datetime.time, or None for an empty cell. A cell that
    shows an error (#N/A) is the text that is shown.
    """

    file: str
    sheet: str
    role: str
    layout: str
    frame: pd.DataFrame


PEOPLE = Table(
    "people",
    (
        *ORIGIN,
        Column("role", "text", "one of ROLES"),
        Column("name", "text", "name, cleaned: NFKC, no spaces, standard middle dot U+00B7, damaged characters kept"),
        Column("former_name", "text", "曾用名, cleaned the same way"),
        Column("sex", "text", "男, 女 or empty"),
        Column(
            "id_pattern",
            "text",
            "18 characters, * where a digit is unknown (masked, or lost to Excel); empty when there is none",
        ),
        Column("id_state", "text", "one of ID_STATES"),
        Column(
            "id_written",
            "text",
            "the number's cell as it stands, where id_state is neither valid nor absent; to be sent back",
        ),
        Column("birth", "int", "birth date of its own column, yyyymmdd"),
        Column("id_birth", "int", "birth date inside the ID number, yyyymmdd; 0 when the digits are no date"),
        Column("township_code", "text", "9-digit code where known"),
        Column("township", "text", "present name of the township where known, else as written"),
        Column("village", "text", "village or community"),
        Column("address", "text", "address as written"),
        Column("registry_number", "text", "学籍号: one letter and 18 characters"),
        Column("school_code", "text", "学校标识码"),
        Column("school", "text", "school's name"),
        Column("grade", "text", "grade as written"),
        Column("class_name", "text", "class as written"),
        Column("status", "text", "学生当前状态 as a word"),
        Column("status_group", "text", "attending, suspended, left, alarm or empty"),
        Column("status_date", "int", "date of the last change of status"),
        Column("study_mode", "text", "就读方式"),
        Column("household", "text", "household's number in its list"),
        Column("relation", "text", "与户主关系"),
        Column("head_name", "text", "户主姓名, cleaned"),
        Column("guardian_name", "text", "the guardian to call"),
        Column("guardian_relation", "text", "the guardian's relation to the child"),
        Column("phone", "text", "the guardian's or family's telephone numbers, separated by 、"),
        Column("family_names", "text", "names of parents and other adults of the family, sorted, joined with |"),
        Column("family_ids", "text", "their valid 18-digit ID numbers, sorted, joined with |"),
        Column("schooling", "text", "在校生状况 as the list has it"),
        Column("education", "text", "文化程度 as the list has it"),
        Column(
            "out_reason",
            "text",
            "未上学原因 as the list has it, after 名单标明失学辍学 where its 是否失学辍学 says yes",
        ),
        Column("groups", "text", "tags such as 脱贫户 低保 残疾 留守 孤儿 随迁, sorted, joined with |"),
        Column("removed", "text", "死亡, 注销, 迁出 or empty, as the list has it"),
        Column("category", "text", "special register: its category"),
        Column("approved", "int", "special register: approved on"),
        Column("expires", "int", "special register: valid until"),
        Column("study_place", "text", "special register: where the child studies"),
        Column("study_school", "text", "special register: the school there"),
        Column("evidence", "text", "special register: what proves it"),
        Column("note", "text", "remark"),
        Column("usable", "flag", "the row has a name or a number by which a person can be known"),
    ),
)

#: What an attendance list says of each of its rows, beside who it is.
PRESENCE = (
    Column("report", "flag", "a row of a report of long absence, which names the absent only; else of a roll call"),
    Column("says", "text", "in (in class), out (not in class) or back (was out, is back)"),
    Column("since", "int", "first day of the absence, yyyymmdd"),
    Column("days", "int", "days of absence as the list counts them, -1 for none"),
    Column("leave", "flag", "the absence has a reason that a school may grant leave for"),
    Column("day", "int", "the day of the roll call or report, yyyymmdd"),
)

#: Rows of attendance lists: people, and what is said of them.
ATTENDANCE = Table("attendance", (*PEOPLE.columns, *PRESENCE))

#: Whose each attendance row is.
SEEN = Table(
    "seen",
    (
        Column("attendance", "int", "position in the frame of attendance rows"),
        Column("registry", "int", "the registry row of that pupil, -1 for none"),
        Column("person", "int", "the row of the listed people that stands for it, where no registry row does, or -1"),
    ),
)

#: How PEOPLE.out_reason begins where the list's own 是否失学辍学 says yes.
MARKED_OUT = "名单标明失学辍学"

#: valid: 18 digits, check digit right. bad_check: 18 digits, check digit wrong. fifteen: an old number, widened.
#: numeric: stored as a number, last three digits lost. masked: some digits hidden. foreign: another document.
#: malformed: anything else. not_own: another person's number (head or parent), kept out of id_pattern. absent: empty.
ID_STATES = ("valid", "bad_check", "fifteen", "numeric", "masked", "foreign", "malformed", "not_own", "absent")

FAMILIES = Table(
    "families",
    (
        *ORIGIN,
        Column("head_name", "text", "户主姓名, cleaned"),
        Column("head_id", "text", "户主's valid ID number or empty"),
        Column("household", "text", "household's number in its list"),
        Column("township", "text", "township"),
        Column("village", "text", "village"),
        Column("phone", "text", "telephone"),
        Column("group", "text", "what the family is tagged with, such as 低保"),
    ),
)

RESPONSIBLE = Table(
    "responsible",
    (
        *ORIGIN,
        Column("layer", "text", "what the row names at its narrowest: county, area, school, village or household"),
        Column("township", "text", "township, empty for any"),
        Column("village", "text", "village, empty for any"),
        Column("school", "text", "school, empty for any"),
        Column("household", "text", "household's number, empty for any"),
        Column("head_name", "text", "head of the household, empty for any"),
        Column("role", "text", "what the person is responsible as, such as 包片领导"),
        Column("name", "text", "name, cleaned"),
        Column("title", "text", "post"),
        Column("phone", "text", "telephone numbers, separated by 、"),
    ),
)

DUTIES = Table(
    "duties",
    (
        Column("home", "int", "position of the child in the frame or list that was asked about"),
        Column("person", "int", "position in the RESPONSIBLE frame"),
    ),
)

PROBLEMS = Table(
    "problems",
    (
        Column("code", "text", "K and three digits, see problems.py"),
        *ORIGIN,
        Column("field", "text", "header or field concerned; empty for the whole row"),
        Column("detail", "text", "what exactly, in Chinese, without personal data"),
    ),
)

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
        Column("comparison", "text", "the one of COMPARISONS that found the child"),
        Column("groups", "text", "group tags of all rows of the child, sorted, joined with |"),
        Column("expected_grade", "text", "grade expected from the birth date, such as 小学三年级"),
        Column("township_code", "text", "where the family lives"),
        Column("township", "text", "where the family lives; empty when unknown"),
        Column("village", "text", "village"),
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
        Column("person", "int", "position in the ledger's people, -1 when the identity was purged"),
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
        Column("lacking", "text", "the roles that it lacked, joined with |"),
        Column("compared", "int", "children or pupils that were set against the other side"),
        Column("found", "int", "of these the children at work"),
    ),
)


@dataclass(frozen=True)
class Month:
    """All that one month's outputs are written from. Positions in the frames are their 0-based row numbers.

    `people` are the rows of the person-level lists, `families` tag them, `special` is the special register.
    `near` are the LINKS of bands review and near between people and registry. `known` are the people of the case
    ledger before the month, `changes` what became of the cases since the month before, `cases` what
    was found of them up to now (STANDING). `responsible` is the roster of responsible people, and `duties` (DUTIES) says
    who of them answers for each row of `work`. `comparisons` (COMPARISONS) says what was compared, `attendance`
    (ATTENDANCE) holds the rows of the roll calls and absence reports, `schools` says how many schools have pupils in
    class and how many of them handed in a roll call.
    """

    as_of: date
    people: pd.DataFrame
    registry: pd.DataFrame
    special: pd.DataFrame
    families: pd.DataFrame
    verdicts: pd.DataFrame
    findings: pd.DataFrame
    work: pd.DataFrame
    near: pd.DataFrame
    problems: pd.DataFrame
    known: pd.DataFrame = field(default_factory=PEOPLE.frame)
    changes: pd.DataFrame = field(default_factory=CHANGES.frame)
    cases: pd.DataFrame = field(default_factory=STANDING.frame)
    responsible: pd.DataFrame = field(default_factory=RESPONSIBLE.frame)
    duties: pd.DataFrame = field(default_factory=DUTIES.frame)
    comparisons: pd.DataFrame = field(default_factory=COMPARISONS.frame)
    attendance: pd.DataFrame = field(default_factory=ATTENDANCE.frame)
    schools: tuple[int, int] = (0, 0)

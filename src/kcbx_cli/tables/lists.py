"""The lists, cleaned: people, families, responsible people, and what is wrong in them."""

from __future__ import annotations

from kcbx_cli.tables.table import ORIGIN, Column, Table

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
        Column("head_name", "text", "户主姓名, cleaned; empty where a child's head is a child, be it itself"),
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
        Column("removed", "text", "死亡, 注销, 迁出, 失踪, 参军 or empty, as the list has it"),
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
    Column(
        "says", "text", "in (in class), out (not in class), back (was out, is back) or unread (nobody can tell which)"
    ),
    Column("since", "int", "first day of the absence, yyyymmdd"),
    Column("days", "int", "days of absence as the list counts them, -1 for none"),
    Column("leave", "flag", "the absence has a reason that a school may grant leave for"),
    Column("day", "int", "the day of the roll call or report, yyyymmdd"),
    Column("title", "text", "what stands above the header of the row's sheet"),
)

#: Rows of attendance lists: people, and what is said of them.
ATTENDANCE = Table("attendance", (*PEOPLE.columns, *PRESENCE))

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

PROBLEMS = Table(
    "problems",
    (
        Column("code", "text", "K and three digits, see problems.py"),
        *ORIGIN,
        Column("field", "text", "header or field concerned; empty for the whole row"),
        Column("detail", "text", "what exactly, in Chinese, without personal data"),
    ),
)

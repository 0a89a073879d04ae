"""What a file can be, which headers it can have, and its rows as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kcbx_cli.tables.table import Column, Table

if TYPE_CHECKING:
    import pandas as pd

#: What a file can be. `households` are low-income lists by person; `families` are lists with one row a household.
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
    shows an error (#N/A) is the text that is shown. `title` is what stands above the header, on one line.
    """

    file: str
    sheet: str
    role: str
    layout: str
    frame: pd.DataFrame
    title: str = ""

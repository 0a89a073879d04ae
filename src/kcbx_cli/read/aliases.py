"""Header words: how they are folded before they are compared, and which field each of them means.

Basis: domain.md, section 2: national template, county rosters, pinyin dumps, three generations of monitoring lists,
civil affairs, disability federation, public security. One table for all layouts; a layout overrides single words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_MEMBER = {
    "name": ("姓名",),
    "relation": ("关系", "与学生关系", "与本人关系"),
    "phone": ("联系电话", "电话"),
    "guardian": ("是否监护人",),
    "id": ("身份证件号", "身份证号", "身份证号码", "证件号码"),
}  # fmt: skip

#: Field -> headers, the best first: where a sheet has several of them, the earlier one is taken.
ALIASES: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "学生姓名", "学生", "名字", "儿童姓名", "孩子姓名", "成员姓名", "家庭成员姓名", "人员姓名", "本人姓名", "残疾人姓名", "xm"),
    "former_name": ("曾用名", "cym"),
    "sex": ("性别", "学生性别", "xb", "xbm"),
    "birth_date": ("出生日期", "出生年月日", "出生年月", "出生时间", "生日", "出生", "csrq"),
    "nation": ("民族", "mz", "mzm"),
    "id_type": ("身份证件类型", "证件类型", "身份证类型", "sfzjlx", "sfzjlxm"),
    "id_number": (
        "身份证件号", "身份证件号码", "身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "公民身份证号", "居民身份证号", "居民身份证号码", "身份号码", "证件号码", "证件号",
        "身份证", "学生身份证件号", "学生身份证号", "学生身份证号码", "本人身份证号", "本人身份证号码", "成员身份证号", "成员证件号码", "家庭成员身份证号", "sfzjh", "sfzh",
    ),
    "registry_number": ("全国学籍号", "国网学籍号", "学籍号", "学籍号码", "学生学籍号", "个人标识码", "grbsm", "xjh"),
    "auxiliary_number": ("学籍辅号", "xjfh"),
    "class_number": ("班内学号", "班内编号", "班内序号", "学号", "bnxh"),
    "school_code": ("学校标识码", "学校代码", "xxbsm"),
    "school": ("学校名称", "学校", "所在学校", "学校全称", "学籍学校", "学籍所在学校", "所属学校", "xxmc"),
    "stage": ("学段", "xd"),
    "grade": ("年级", "年级名称", "所在年级", "就读年级", "nj", "njm", "njmc"),
    "class_name": ("班级", "班级名称", "所在班级", "班", "bj", "bjm", "bjmc"),
    "enrolled_on": ("入学年月", "入学时间", "入学日期", "rxny"),
    "study_mode": ("就读方式", "jdfs", "jdfsm"),
    "status": ("学生当前状态", "当前状态", "学籍状态", "学生状态", "在校状态", "xsdqzt", "xsdqztm"),
    "suspended": ("休学中", "是否休学"),
    "status_date": ("状态日期", "异动日期", "变动日期", "状态变动日期", "学籍异动日期", "异动时间", "变动时间"),
    "inclusive": ("随班就读", "是否随班就读"),
    "left_behind": ("是否留守儿童", "留守儿童", "是否为随迁子女或留守儿童", "是否留守"),
    "migrant": ("是否进城务工人员随迁子女", "是否随迁子女", "随迁子女"),
    "orphan": ("是否孤儿", "孤儿"),
    "disability": ("残疾类型", "残疾类别", "残疾种类"),
    "disability_grade": ("残疾等级", "残疾级别"),
    "disability_number": ("残疾证号", "残疾人证号", "残疾证号码", "残疾人证号码"),
    "province": ("省", "省份", "省市区", "省自治区直辖市"),
    "city": ("市", "地市", "市州"),
    "county": ("县", "县区", "区县", "县市区"),
    "township": (
        "乡镇", "乡镇街道", "乡", "镇", "街道", "镇街", "所在镇乡街道", "所在乡镇", "所属乡镇", "乡镇名称", "镇乡", "镇乡街道", "户籍镇街", "户籍乡镇",
        "所在乡镇街道", "所属乡镇街道", "所属镇乡街道", "所在镇街", "所属镇街", "所在镇", "所属镇", "所在乡", "所属乡", "所在街道", "所属街道", "哪个乡镇", "哪个镇", "哪个乡",
    ),
    "village": ("村", "行政村", "村社区", "村居", "社区", "所在村", "村名", "所属村", "所在行政村", "所属行政村", "所在村社区", "所属村社区", "所在社区", "所属社区", "哪个村", "行政村名称", "村居委会", "村委会", "户籍社区村", "户籍村"),
    "hamlet": ("自然村", "组", "村民小组", "村组", "小组", "社"),
    "hukou_area": (
        "户口所在地行政区划", "户籍所在地行政区划", "地区行政区划", "行政区划", "户口所在地", "户籍所在地", "地区", "户籍省县",
    ),
    "address": ("现住址", "家庭住址", "家庭地址", "住址", "家庭详细地址", "详细地址", "居住地址", "现居住地", "地址", "户籍地址", "通信地址"),
    "phone": ("联系电话", "家庭成员联系电话", "成员联系电话", "本人联系电话", "联系人电话", "手机号码", "手机号", "手机", "电话号码", "电话", "联系方式", "lxdh"),
    "household_phone": ("户联系电话", "户主联系电话", "户主电话", "家庭联系电话", "家庭电话"),
    "household": ("户编号", "户号", "家庭编号", "户编码"),
    "person_number": ("人口编号", "人编号", "人员编号", "成员编号"),
    "relation": ("与户主关系", "户主或与户主关系", "与户主的关系", "户主关系", "家庭关系"),
    "head_name": ("户主姓名", "户主", "户主名"),
    "head_id": (
        "户主证件号码", "户主身份证号码", "户主身份证号", "户主身份证件号", "户主证件号", "户主身份证", "户主公民身份号码",
    ),
    **{f"member{n}_{part}": tuple(f"成员{n}{w}" for w in words) for n in (1, 2) for part, words in _MEMBER.items()},
    "father_name": ("父亲姓名", "父亲", "父亲名字"),
    "mother_name": ("母亲姓名", "母亲", "母亲名字"),
    "guardian_name": ("监护人姓名", "监护人", "家长姓名", "家长", "监护人1姓名"),
    "guardian_phone": ("监护人电话", "监护人联系电话", "监护人联系方式", "监护人手机", "监护人手机号", "家长电话", "家长联系电话", "家长联系方式"),
    "schooling": ("在校生状况", "在校状况"),
    "education": ("文化程度", "学历"),
    "health": ("健康状况", "身体状况"),
    "out_reason": ("义务教育阶段未上学原因", "失学或辍学原因", "未入学原因", "未上学原因", "未就学原因", "失学辍学原因", "辍学原因", "失学原因"),
    "list_out": (
        "是否义务教育阶段适龄儿童少年失学辍学", "是否适龄儿童少年失学辍学", "义务教育阶段适龄儿童少年失学辍学", "义务教育阶段适龄儿童少年是否失学辍学", "是否失学辍学",
        "是否失学或辍学", "是否存在失学辍学", "是否辍学失学", "是否辍学", "是否失学",
    ),
    "household_type": (
        "户类型", "贫困户属性", "脱贫属性", "低收入类别", "低收入类型", "家庭类别", "家庭类型", "困难类别", "困难类型", "对象类别", "救助类别", "人群类别", "户类别", "身份类别", "户属性", "类别",
    ),
    "monitored_type": ("监测对象类别", "监测对象类型"),
    "removed_reason": ("注销或减少原因", "注销户口日期和原因", "注销户口原因", "注销原因", "减少原因", "人口减少原因"),
    "removed_on": ("注销或减少日期", "注销户口日期", "注销日期", "减少日期", "减少时间"),
    "allowance_number": ("低保证号", "低保证编号", "低保编号", "低保证", "救助证号", "保障证号"),
    "insured": ("保障人数", "保障人口数", "保障人口", "享受人数"),
    "category": ("特殊类别", "特殊类型", "安置方式", "安置类型"),
    "approved_on": ("批准日期", "批准时间", "审批日期", "审批时间", "起始日期", "开始日期", "办理日期"),
    "valid_until": ("有效期至", "有效期", "有效期限", "截止日期", "终止日期", "到期日期", "到期时间", "延缓期限"),
    "study_place": ("就读地", "就读地点", "现就读地"),
    "study_school": ("就读学校", "现就读学校"),
    "evidence": ("证明材料", "佐证材料"),
    "present": ("是否到校", "是否在校", "到校情况", "在校情况", "出勤情况", "点名情况", "是否在校就读", "在班情况"),
    "absent_since": ("缺勤起始日期", "缺勤开始日期", "缺勤起始时间", "未到校起始日期", "未到校时间", "开始缺勤日期", "离校日期", "缺课起始日期"),
    "absent_days": ("缺勤天数", "未到校天数", "累计缺勤天数", "本月缺勤天数", "缺课天数", "旷课天数"),
    "absence_reason": ("缺勤原因", "未到校原因", "缺课原因", "请假原因"),
    "returned": ("是否返校", "是否已返校"),
    "returned_on": ("返校日期", "返校时间", "复课日期"),
    "roll_date": ("点名日期", "清点日期", "统计日期", "报告日期", "上报日期"),
    "note": ("备注", "备注信息"),
}  # fmt: skip

#: Headers that are known and of no use to us: nobody is told that they were passed over.
UNUSED = frozenset((
    "序号 编号 顺序号 序 行号 no 年度 人数 家庭人口 家庭人口数 户籍人数 籍贯 国籍地区 国籍 政治面貌 港澳台侨外 姓名拼音 身份证件有效期 户口性质 户口类别 血型 特长 "
    "出生地行政区划代码 出生地行政区划 入学方式 学生来源 邮政编码 电子信箱 主页地址 是否独生子女 是否受过学前教育 是否烈士或优抚子女 是否由政府购买学位 是否需要申请资助 "
    "是否享受一补 上下学距离 上下学方式 是否需要乘坐校车 是否为住宿生 是否住校 住宿 班主任 劳动技能 务工状况 务工时间 务工所在地 务工企业名称 致贫原因 主要致贫原因 识别标准 "
    "脱贫年度 帮扶责任人 帮扶责任人单位 帮扶责任人电话 重点保障人数 残疾人数 领取金额 保障金额 月保障金额 月保障金 实发金额 起始保障年月 开户银行 银行账号 银行卡号 "
    "填表人 填报人 联系人 摸底人 普查人 调查人 点名人"
).split())  # fmt: skip

#: Headers that mean one field or another; the cells below decide. The first field is taken when they do not tell.
BY_CONTENT: dict[str, tuple[str, str]] = {
    "学籍主号": ("registry_number", "id_number"),
    "学号": ("class_number", "registry_number"),
}

#: A sheet is about persons or families when one of these is among its columns.
IDENTITY = frozenset({"name", "id_number", "registry_number", "head_name", "head_id"})

#: Words above a group of columns that say whose these are: 姓名 under 监护人 is not the child's name.
_SOMEBODY_ELSE = re.compile(
    "监护人|父亲|母亲|父母|户主|家长|成员|联系人|班主任|教师|责任人|负责人|校长|配偶|干部|帮扶|包保"
)
#: Bracketed words that say that the column is about the listed people themselves, whoever else is named.
_THEIR_OWN = re.compile("本人|学生|儿童|孩子|子女|成员|[非勿不]")
#: Fields that would make one person of two if they were somebody else's.
_PERSONAL = frozenset(("name", "former_name", "sex", "birth_date", "id_type", "id_number", "education", "nation"))
_NOT_WORDS = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"[(（\[【〔{<《][^)）\]】〕}>》]*[)）\]】〕}>》]")
_NUMBERING = re.compile(r"^\d{1,3}[.、．]\s*")  # noqa: RUF001
_MEMBER_WORD = re.compile("^(?:家庭)?成员(?:或监护人)?([12一二])")
_DIGITS = {"一": "1", "二": "2"}


@lru_cache(4096)
def folded(text: str) -> str:
    """A header without what is only decoration: width, case, spaces, line breaks, brackets, slashes, asterisks."""
    word = _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).lower()
    return _MEMBER_WORD.sub(lambda m: "成员" + _DIGITS.get(m[1], m[1]), word)


@lru_cache(4096)
def keys(text: str) -> tuple[str, ...]:
    """The words under which a header is looked up: as it is, then without numbering and bracketed units or remarks.

    A bracket that says whose it is belongs to the word: 证件号码(户主) is 户主证件号码, and never 证件号码.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = [folded(plain), folded(_NUMBERING.sub("", plain))]
    bare = folded(_NUMBERING.sub("", _BRACKETED.sub("", plain)))
    remark = "".join(_BRACKETED.findall(plain))
    whose = set(_SOMEBODY_ELSE.findall(remark)) if not _THEIR_OWN.search(remark) else set()
    if len(whose) == 1:
        found.append(folded(whose.pop() + bare))
        whose = {remark}
    if not whose or SHARED.get(bare, ("", 0))[0] not in _PERSONAL:
        found.append(bare)
    return tuple(dict.fromkeys(k for k in found if k))


@lru_cache(4096)
def combined(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words under which a header of several rows is looked up: `parts` from the top, without repeats.

    The lowest part alone counts too, unless a part above says that it is about somebody else.
    """
    found = list(keys("".join(parts)))
    if len(parts) > 1:
        found += keys("".join(parts[-2:]))
        if not any(_SOMEBODY_ELSE.search(folded(p)) for p in parts[:-1]):
            found += keys(parts[-1])
    return tuple(dict.fromkeys(found))


def _index(table: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field, headers in table.items():
        for rank, header in enumerate(headers):
            if found.setdefault(folded(header), (field, rank))[0] != field:
                raise ValueError(f"header {header} stands for two fields")
    return found


#: Folded header -> (field, rank among the field's headers).
SHARED = _index(ALIASES)


def shown(cell: Any) -> str:
    """A header cell as one line of text."""
    return " ".join(str(cell).split()) if cell is not None else ""

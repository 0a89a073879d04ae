"""The exports that are known, declared: how each is told from the others and which headers mean something else in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kcbx_cli.read.aliases import ALIASES, folded


@dataclass(frozen=True)
class Signs:
    """Words that tell which list a home-made one is: `named` in its title, sheet or file name, `hinted` there but of less
    weight, `headers` and `fields` among its columns. `word` is what an office may write there.
    """

    word: str
    named: re.Pattern[str]
    hinted: re.Pattern[str]
    headers: re.Pattern[str]
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Layout:
    """One kind of export.

    Args:
        name: ASCII word, stable; it stands in reports.
        title: what an office calls it.
        role: one of tables.ROLES.
        marks: headers that tell this export from others; each one found counts one point.
        needs: groups of fields; of each group at least one must be mapped.
        bars: fields that must not be mapped (by the shared table): they show that it is something else. `a+b`: not both.
        aliases: headers that mean another field here than in the shared table; an empty field leaves the column out.
        constants: fields that have one value for the whole list because the list itself says so.
        least: how many marks must be found.
        sheet, header_rows: where to look; only a [layouts] entry says so. Rows are 1-based.
        taught: comes from a [layouts] entry.
        generic: fits any plain list of its role, so any other layout that fits goes before it.
        signs: what tells a home-made list's role, where no option says it.
        wide: a national system's export, with many more columns than we need: those that are not used are no news.
    """

    name: str
    title: str
    role: str
    marks: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = (("name", "id_number"),)
    bars: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    least: int = 1
    sheet: str = ""
    header_rows: tuple[int, ...] = ()
    taught: bool = False
    generic: bool = False
    wide: bool = False
    signs: Signs | None = None


def _words(line: str) -> tuple[str, ...]:
    return tuple(folded(w) for w in line.split())


def _meaning(**fields: tuple[str, ...]) -> dict[str, str]:
    return {folded(h): f for f, headers in fields.items() for h in headers}


_PUPIL = (("name", "id_number", "registry_number"),)
_FAMILY = ("relation", "household", "head_name", "person_number")
_AT_SCHOOL = {folded("就读学校"): "school", folded("状态"): "status"}
_OF_HEAD = _meaning(head_id=ALIASES["id_number"], head_name=("姓名", "名字"), phone=("户联系电话", "户主联系电话", "户主电话", "家庭联系电话"))  # fmt: skip
#: Births, moves and cancellations, as registers of residents call them.
_CHANGED = _meaning(
    removed_reason=("变动类型", "变动原因", "户口变动", "户籍变动", "人员状态", "户口状态", "户籍状态"), removed_on=("变动日期", "迁出日期"),
)  # fmt: skip
#: People by their homes: the same columns in a list of low-income families and in one of residents.
_HOMES = _words(
    "村 行政村 村社区 自然村 户主姓名 与户主关系 家庭住址 住址 监护人 监护人姓名 联系电话 家庭类别 低收入类别 困难类型 户类型 帮扶责任人 就读学校 在校生状况"
)
_NEVER = re.compile("(?!)")
_LOW_INCOME = re.compile(
    "低收入|低保|最低生活保障|脱贫|贫困|困难|困境|特困|监测|返贫|致贫|建档立卡|帮扶|救助|民政|乡村振兴"
)
_POOR = Signs(
    "低收入",
    _LOW_INCOME,
    _NEVER,
    _LOW_INCOME,
    frozenset(("household_type", "monitored_type", "allowance_number", "schooling")),
)
_RESIDENT = Signs(
    "户籍", re.compile("户籍|户口|公安|派出所"), re.compile("人口|适龄儿童|适龄少年|摸底|普查"),
    re.compile("户口状态|户籍状态|户口变动|户籍变动|变动类型|注销(?!或减少)|迁出|迁入|户口类别|户别|派出所|空挂|人户分离|常住"),
)  # fmt: skip
_MONITORING = "户编号 与户主关系 在校生状况 文化程度 劳动技能 "

BUILT_IN: tuple[Layout, ...] = (
    Layout(
        "registry_national", "全国学籍系统导出", "registry",
        _words("学籍号 全国学籍号 学籍辅号 学校标识码 身份证件类型 身份证件号 班内学号 就读方式 入学年月 入学方式 学生来源 学生当前状态 成员1姓名 成员2姓名"),
        (*_PUPIL, ("registry_number", "auxiliary_number", "status", "school_code")), _FAMILY, _AT_SCHOOL, least=3, wide=True,
    ),
    Layout(
        "registry_roster", "县级学生花名册", "registry",
        _words("学籍主号 班内编号 所在镇乡街道 学段 学校名称 学生姓名 年级 班级 户籍省县 户籍镇街 户籍社区村 无户口学生 休学中 是否为住宿生 是否为随迁子女或留守儿童"),
        (*_PUPIL, ("grade", "class_name", "school")), _FAMILY, _AT_SCHOOL, least=4,
    ),
    Layout(
        "registry_pinyin", "学籍数据库导出(拼音表头)", "registry",
        _words("grbsm xjfh xm xbm csrq sfzjlxm sfzjh xxbsm njm bjm jdfsm"), _PUPIL, _FAMILY,
        _meaning(registry_number=("xjh",), class_number=("xh",)), least=3, wide=True,
    ),
    Layout(
        "monitoring_3", "防返贫监测(第三代)", "households",
        _words(_MONITORING + "人口编号 户类型 监测对象类别 家庭成员联系电话 义务教育阶段未上学原因 是否义务教育阶段适龄儿童少年失学辍学 义务教育保障 教育帮扶 风险是否已消除"),
        (("name", "id_number"), ("household", "relation")), least=6, wide=True,
    ),
    Layout(
        "monitoring_2", "脱贫人口信息(第二代)", "households",
        _words(_MONITORING + "人口编号 户联系电话 成员联系电话 年度 失学或辍学原因 务工所在地 户主证件号码 识别标准"),
        (("name", "id_number"), ("household", "relation")), least=5, wide=True,
    ),
    Layout(
        "monitoring_1", "贫困人口信息(第一代)", "households",
        _words(_MONITORING + "人编号 自然村 人数 务工状况 务工时间 脱贫属性 贫困户属性 主要致贫原因"),
        (("name", "id_number"), ("household", "relation")), least=4, wide=True,
    ),
    Layout(
        "civil_members", "低保家庭成员名单", "households",
        _words("低保证号 保障人数 与户主关系 户主姓名 低保编号 起始保障年月 保障金额 家庭成员姓名"),
        (("name",), ("relation", "head_name"), ("allowance_number", "insured")), least=3,
    ),
    Layout(
        "civil_families", "低保家庭名单(一户一行)", "families",
        _words("低保证号 低保编号 起始保障年月 保障人数 户主姓名 地区行政区划 领取金额 保障金额 月保障金额 重点保障人数"),
        (("head_name", "name"), ("allowance_number", "insured")),
        ("relation", "person_number", "birth_date", "head_name+name"), _OF_HEAD, least=2,
    ),
    Layout(
        "families_plain", "低收入家庭名单(一户一行)", "families",
        _words("户主姓名 户主身份证号 家庭人口 家庭人口数 人数 户类型 致贫原因 纳入时间"),
        (("head_name",),), ("name", "relation", "person_number", "birth_date"), _OF_HEAD,
    ),
    Layout(
        "special_register", "特殊学生台账", "special",
        _words("类别 特殊类别 安置方式 批准日期 有效期至 就读地 就读学校 证明材料"),
        (("name", "id_number"), ("category",)), _FAMILY, _meaning(category=("类别", "类型")), least=3,
    ),
    Layout(
        "special_deferral", "延缓入学登记表", "special", _words("应入学时间 延缓期限 鉴定意见 延缓原因 延缓入学原因 监护人"),
        (("name", "id_number"),), _FAMILY, {folded("应入学时间"): ""}, {"category": "延缓入学"}, least=2,
    ),
    Layout(
        "disability", "残疾儿童名单", "disability", _words("残疾证号 残疾人证号 残疾类别 残疾类型 残疾等级 未入学原因 安置方式"),
        (("name", "id_number"), ("disability_number", "disability")), ("registry_number", *_FAMILY[1:2]), least=2,
    ),
    Layout(
        "responsible", "责任人名册", "responsible",
        _words("层级 范围 层级范围 责任范围 包保范围 角色 责任角色 包保角色 职务 责任人 责任人姓名"),
        (("name",), ("duty_role", "duty_scope")), (*_PUPIL[0][1:], "schooling", "relation"),
        _meaning(name=("责任人", "责任人姓名"), duty_role=("角色", "责任角色", "包保角色", "责任类型"),
                 duty_scope=("层级", "范围", "层级范围", "责任范围", "包保范围"), duty_title=("职务", "职务职称"),
                 school=("包保学校",), village=("包保村",), township=("包保乡镇", "片区"), head_name=("户", "包保户", "户主姓名")),
        least=2,
    ),
    Layout(
        "population", "户籍人口", "population",
        _words("户号 户主或与户主关系 公民身份号码 曾用名 住址 注销户口日期和原因 注销户口日期 注销原因 户口类别 户别 派出所 户籍地址 变动类型 变动日期 迁入日期 迁出日期 出生登记日期"),
        (("name", "id_number"), ("household", "relation", "address")), ("schooling", "education", "registry_number"),
        _CHANGED, least=3,
    ),
    Layout(
        "population_census", "适龄儿童摸底册(文化户口册)", "population",
        _words("儿童姓名 适龄儿童姓名 是否入学 入学情况 应入学年份 是否常住 是否空挂户 人户分离 父亲姓名 母亲姓名 摸底人 普查人 调查人"),
        (("name", "id_number"), ("village", "township")), ("registry_number", "schooling", "status", "household_type"),
        _CHANGED, least=3,
    ),
    Layout(
        "absence_report", "长期缺勤学生报告表", "attendance",
        _words("缺勤起始日期 缺勤开始日期 未到校起始日期 最后到校日期 离校日期 缺勤天数 未到校天数 累计缺勤天数 缺勤原因 未到校原因 是否返校 返校日期 家访情况 劝返情况 报告日期"),
        (("name", "id_number", "registry_number"), ("absent_since", "absent_days")), ("relation", "household"), least=2,
    ),
    Layout(
        "roll_call", "在校学生点名册", "attendance",
        _words("是否到校 是否在校 到校情况 在校情况 出勤情况 点名情况 点名日期 清点日期 点名人 缺勤天数 本月缺勤天数 在校学生姓名 是否住校"),
        (("name", "id_number", "registry_number"), ("present", "absent_days", "roll_date")), ("relation", "household", "status_date"),
    ),
    Layout(
        "list_households", "自建名单", "households", _HOMES, bars=("registry_number", "status"), least=0, generic=True,
        signs=_POOR,
    ),
    Layout(
        "list_registry", "学校自建花名册", "registry", _words("学籍号 学校 学校名称 学段 年级 班级 学号 班主任 入学年月 入学时间 住宿 就读方式 状态"),
        _PUPIL, _FAMILY, _AT_SCHOOL, least=0, generic=True,
    ),
)  # fmt: skip

#: Layouts that are considered when an option says the role, and one with signs beside another that has them.
SAID: tuple[Layout, ...] = (
    Layout("list_special", "自建特殊学生名单", "special", (), (("name", "id_number"), ("category",)),
           aliases=_meaning(category=("类别", "类型")), least=0, generic=True),
    Layout("list_population", "自建户籍名单", "population", _HOMES, aliases=_CHANGED, least=0, generic=True, signs=_RESIDENT),
    Layout("list_disability", "自建残疾儿童名单", "disability", least=0, generic=True),
    Layout("list_attendance", "自建在校学生名单", "attendance", (), _PUPIL, least=0, generic=True),
)  # fmt: skip

#: Which roles a file that is given under an option may turn out to have.
ACCEPTED: dict[str, tuple[str, ...]] = {"households": ("households", "families", "disability")}

#: What an option's role is called in a message.
ROLE_WORDS = {
    "registry": "学籍", "households": "低收入家庭名单(按人)", "families": "低收入家庭名单(一户一行)", "special": "特殊学生台账",
    "population": "户籍人口", "disability": "残疾儿童名单", "attendance": "在校名单", "responsible": "责任人名册",
}  # fmt: skip

"""Every setting, with its default and its explanation. Settings are frozen; each value knows where it came from.

Order of precedence: defaults < kcbx.toml < environment (KCBX_SECTION__KEY) < options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any


def _s(default: Any, doc: str) -> Any:
    """A setting: its default and the Chinese sentence that `kcbx init` writes above it."""
    if isinstance(default, (dict, list)):
        return field(default_factory=lambda: type(default)(default), metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True)
class County:
    """Who runs this."""

    name: str = _s("", "县(区)名称,印在每张表的标题上,例如 城口县")
    code: str = _s("", "县(区)六位行政区划代码,例如 500229")


@dataclass(frozen=True)
class SchoolAge:
    """Who is of school age. Basis: Compulsory Education Law, art. 11; the windows that counties use differ."""

    cutoff: str = _s("08-31", "入学年龄截止日(月-日):当年这一天以前满 first_age 周岁的儿童当年秋季入学")
    first_age: int = _s(6, "入学年龄(周岁)")
    years: int = _s(9, "义务教育年限")
    oldest: int = _s(16, "名单或学籍表明九年义务教育未完成时,核查到多少周岁(含)")


@dataclass(frozen=True)
class Status:
    """What each 学生当前状态 (JY/T 1001 code or word) means."""

    attending: tuple[str, ...] = _s(("在读", "在校", "正常", "复学", "借读", "01", "05"), "视为在校的状态")
    suspended: tuple[str, ...] = _s(("休学", "02"), "休学")
    left: tuple[str, ...] = _s(
        ("转学", "转出", "毕业", "结业", "肄业", "退学", "开除", "死亡", "出国", "公派出国", "保留入学资格",
         "03", "07", "08", "09", "10", "11", "12", "13", "14"),
        "已离校的状态",
    )  # fmt: skip
    alarm: tuple[str, ...] = _s(("流失", "辍学", "停学", "下落不明", "其他", "04", "06", "15", "99"), "需要核查的状态")
    suspension_months: int = _s(12, "休学满多少个月须重新办理手续")


@dataclass(frozen=True)
class Papers:
    """The special register: which category gives which verdict."""

    excused: tuple[str, ...] = _s(("送教上门", "免学", "缓学", "延缓入学"), "手续有效时视为已妥善安排的类别")
    elsewhere: tuple[str, ...] = _s(("外县就读", "外市就读", "外省就读", "县外就读"), "在县外就读的类别")
    suspended: tuple[str, ...] = _s(("休学",), "休学类别")
    months: int = _s(12, "没有写有效期的 休学、缓学、延缓入学,自批准日期起多少个月内有效")
    alert_days: int = _s(30, "到期前多少天提醒")


@dataclass(frozen=True)
class Attendance:
    """From which day on an absence counts. Basis: counties' rules differ (3 days, a week, four weeks, a month)."""

    suspected_days: int = _s(7, "无故缺勤满多少天算疑似辍学(各地口径不同:3 天、5 天以上、一周)")
    dropout_days: int = _s(30, "无故缺勤满多少天算辍学(各地口径不同:四周、一个月);请了假的,满这么多天也要核查")
    school_days: bool = _s(False, "缺勤天数是否只数上课日:不数周六、周日和 holidays;默认按日历天数")
    holidays: tuple[str, ...] = _s((), "按上课日数时不算的日子或时段,例如 2021-10-01 或 2021-10-01/2021-10-07")
    leave: tuple[str, ...] = _s(
        ("病", "事假", "请假", "住院", "手术", "隔离", "康复", "丧假"), "缺勤原因里有这些字的,视为请了假"
    )
    stale_days: int = _s(31, "在校名单比截止日期早多少天以上,就不再采用")


@dataclass(frozen=True)
class Quality:
    """When the input is too bad to trust."""

    max_unusable: float = _s(0.05, "一份名单中无法使用的行超过这个比例时,退出码为 1")
    max_fall: float = _s(
        0.2, "学籍或低收入名单的行数比上个月少了这个比例以上时,退出码为 1:多半是导出不全,缺的学生会成为疑似"
    )
    min_matched: float = _s(
        0.2, "一份名单里学龄的孩子在学籍里对上的不到这个比例时,退出码为 1:多半是别的县的名单或学籍;0 表示不查"
    )
    grade_years: int = _s(
        2, "学籍的年级与按年龄应读的年级相差超过几个年级,算作学籍问题(推迟入学、留级、休学会差一两年)"
    )


@dataclass(frozen=True)
class Matching:
    """Thresholds come from the cost of errors; the model comes trained."""

    model: str = _s("", "比对模型文件;留空用自带的模型")
    cost_hidden: float = _s(
        0.0,
        "漏掉一个失学儿童的代价,以一次多余走访为 1,例如 1000;与 cost_review 一起写,界限由两者算出(kcbx evaluate 给出各种代价的结果);0 表示用模型自带的界限",
    )
    cost_review: float = _s(0.0, "人工比对一对记录的代价,以一次多余走访为 1,例如 0.2;0 表示用模型自带的界限")


@dataclass(frozen=True)
class Checklist:
    """What stands on a checklist."""

    blank_rows: int = _s(20, "核查表末尾为摸排发现的儿童留多少空行")
    issue: str = _s("", "文号或期号,印在标题下;留空用月份")
    template: str = _s("", "本县自己的核查表模板(.xlsx,用 {{字段}} 占位);留空用自带版式")
    age_ledger: bool = _s(False, "是否每次也写 适龄儿童台账(名单上每个适龄儿童一行,几千行;等于选项 --age-ledger)")
    show_disability: bool = _s(False, "乡镇和学校的表上是否显示残疾信息")
    show_poverty: bool = _s(False, "乡镇和学校的表上是否显示低收入类别(低保、脱贫户、监测对象等)")
    methods: tuple[str, ...] = _s(("入户走访", "电话核实", "到校核实", "部门比对", "其他"), "核查方式的选项")


@dataclass(frozen=True)
class Visits:
    """三访一验 and 六处置 (城府办发〔2019〕136号): only their titles are public, so the labels are the county's own."""

    stages: tuple[str, ...] = _s(
        ("一访", "二访", "三访", "一验"), "三访一验的各步:前几项依次是第几次走访,最后一项是核验销号"
    )
    actions: tuple[str, ...] = _s(
        ("核实在校", "劝返复学", "送教特教", "休学缓学免学", "依规核销", "继续跟踪"), "六处置的名称,核查结论各归其一"
    )


@dataclass(frozen=True)
class Wavering:
    """Who attends and is proposed for the watch list (有辍学倾向)."""

    absent_days: int = _s(3, "一个月里缺课满多少天,建议列入有辍学倾向关注名单;0 表示不看")
    sibling_months: int = _s(2, "兄弟姐妹的个案满多少个月没有办结,建议列入关注名单")
    months: int = _s(12, "本人劝返复学或重新列入以后多少个月内,建议列入关注名单")
    returned: tuple[str, ...] = _s(("已劝返复学",), "哪些核查结论表示是劝返回来的")
    away: tuple[str, ...] = _s(("留守", "随迁", "孤儿"), "哪些群体标签与其他迹象合在一起时,建议列入关注名单")


@dataclass(frozen=True)
class Documents:
    """Word templates of the county's own."""

    pledge: str = _s("", "承诺书的模板(.docx,用 {{字段}} 占位);留空用自带的")
    dossier: str = _s("", "一生一档的模板(.docx,用 {{字段}} 占位);留空用自带的")
    report: str = _s("", "月报(通报)的模板(.docx,用 {{字段}} 占位);留空用自带的")
    notice: str = _s("", "对外公告的模板(.docx,用 {{字段}} 占位);留空用自带的")


@dataclass(frozen=True)
class Report:
    """How the monthly report counts. Basis: two published formulas of 辍学率 differ on 死亡 and 转出 (docs/decisions.md)."""

    dropout_formula: str = _s(
        "start", "辍学率的算法:start 本学年辍学学生数÷学年初在校学生数;net 分母另扣除本学年死亡和转出的学生"
    )
    suppress: int = _s(0, "report.html 中小于这个数的格子隐去(一并隐去能倒推出它的格子),例如 3;0 不隐去")


@dataclass(frozen=True)
class Security:
    """Who may read what lies on the disk. Basis: PIPL art. 51 (encryption, access by need), art. 47 (deletion)."""

    recipients: str = _s(
        "", '加密工作簿的密码本(TOML 文件,每行 "葛城街道" = "密码"),或写 keyring 用系统钥匙串;留空不加密'
    )
    ledger_key: str = _s(
        "", "个案台账的密码文件(第一行),或写 keyring;留空台账不加密。已有的台账用 kcbx ledger encrypt 转换"
    )
    retention_months: int = _s(36, "销号满多少个月的个案,kcbx purge 清除其姓名、证号等个人信息")
    least_shown: int = _s(5, "对外公告里少于多少人的数不写出来")


@dataclass(frozen=True)
class Limits:
    """What one input file may cost."""

    memory_mb: int = _s(1024, "读一个文件最多用多少内存(MB)")
    seconds: int = _s(120, "读一个文件最多用多少秒")
    unpacked_mb: int = _s(1024, "一个压缩的工作簿解开后最多多少 MB")
    lock_seconds: int = _s(20, "台账正被另一次运行使用时最多等多少秒(等于选项 --lock-timeout)")


@dataclass(frozen=True)
class Log:
    """The log of runs, for those who look after the machine: JSON lines without personal data."""

    file: str = _s("", "运行日志写到哪个文件(每行一个 JSON,不含个人信息);留空不写")
    level: str = _s("info", "记到哪一级:debug、info、warning、error")
    max_mb: int = _s(5, "日志到多少 MB 就换一个新文件")
    keep: int = _s(10, "换下来的旧日志留几个")


@dataclass(frozen=True)
class Notice:
    """A command that is told how a run ended: a program and its arguments, no shell."""

    success: tuple[str, ...] = _s(
        (), '完成后运行的程序和参数,例如 ["notify.exe", "{command}", "{status}"];不经过命令行解释器'
    )
    failure: tuple[str, ...] = _s(
        (), "没有完成时运行的程序和参数;可用的占位:{command} {status} {exit_code} {code} {seconds}"
    )
    commands: tuple[str, ...] = _s(("reconcile", "collect", "backup"), "哪些命令结束后通知")


@dataclass(frozen=True)
class Watch:
    """When `kcbx watch` takes a month of the inbox for complete."""

    expected: tuple[str, ...] = _s(
        (),
        '一个月的名单到齐的标志:每个通配符都要有文件,例如 ["学籍*", "*低收入*", "特殊*"];留空则有学籍和低收入名单就算',
    )
    settle_seconds: int = _s(60, "文件多少秒没有变化,才算放完")
    interval_seconds: int = _s(30, "每隔多少秒看一次")


@dataclass(frozen=True)
class Township:
    """One township: its code, present name and former names."""

    code: str
    name: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disposition:
    """One 核查结论: what a person may find of a child, and what follows from it."""

    label: str
    #: 佐证材料 must be named, else the finding is refused
    evidence: bool = False
    #: how many months it holds, 0 for no end
    months: int = 0
    #: counts as a dropout
    dropout: bool = False
    #: closes the case for as long as it holds
    closes: bool = False
    deceased: bool = False
    #: the child has dropped out and is back: counted as 返校
    returned: bool = False
    #: the child attends its school here: an absence that begins after the day of the visit is news
    attends: bool = False
    #: which of `visits.actions` it belongs to
    action: str = ""


def _closing(label: str, months: int, action: str) -> Disposition:
    return Disposition(label, evidence=True, months=months, closes=True, action=action)


#: Basis: dispositions seen in county reports, domain.md section 4. What rests on a decision is for a year at most, as
#: that is; who attends without a registry entry, or came back, is looked at again after half a year.
DISPOSITIONS = (
    Disposition("在校有学籍", evidence=True, months=12, closes=True, attends=True, action="核实在校"),
    _closing("在校无学籍(省内)", 6, "核实在校"),
    _closing("在校无学籍(省外)", 6, "核实在校"),
    _closing("随班就读/特校", 12, "送教特教"),
    _closing("送教上门", 12, "送教特教"),
    _closing("休学", 12, "休学缓学免学"),
    _closing("延缓入学", 12, "休学缓学免学"),
    _closing("免学/不具备学习条件", 12, "休学缓学免学"),
    _closing("已毕业/超龄", 0, "依规核销"),
    Disposition("死亡", evidence=True, closes=True, deceased=True, action="依规核销"),
    _closing("户籍问题(重户/空挂/迁出/注销/查无此人)", 12, "依规核销"),
    _closing("信息错误(证号/姓名)", 3, "依规核销"),
    _closing("重复记录", 0, "依规核销"),
    _closing("出国(境)", 12, "依规核销"),
    Disposition("失联", action="继续跟踪"),
    _closing("专门学校", 12, "核实在校"),
    Disposition("劝返中", dropout=True, action="继续跟踪"),
    Disposition("已劝返复学", evidence=True, months=6, closes=True, returned=True, attends=True, action="劝返复学"),
    Disposition("确认辍学", dropout=True, action="继续跟踪"),
    Disposition("其他", action="继续跟踪"),
)


@dataclass(frozen=True)
class Settings:
    """All settings of a run."""

    county: County = field(default_factory=County)
    school_age: SchoolAge = field(default_factory=SchoolAge)
    status: Status = field(default_factory=Status)
    papers: Papers = field(default_factory=Papers)
    attendance: Attendance = field(default_factory=Attendance)
    quality: Quality = field(default_factory=Quality)
    matching: Matching = field(default_factory=Matching)
    checklist: Checklist = field(default_factory=Checklist)
    visits: Visits = field(default_factory=Visits)
    wavering: Wavering = field(default_factory=Wavering)
    documents: Documents = field(default_factory=Documents)
    report: Report = field(default_factory=Report)
    security: Security = field(default_factory=Security)
    limits: Limits = field(default_factory=Limits)
    log: Log = field(default_factory=Log)
    notice: Notice = field(default_factory=Notice)
    watch: Watch = field(default_factory=Watch)
    dispositions: tuple[Disposition, ...] = DISPOSITIONS
    townships: tuple[Township, ...] = ()
    #: layout name -> {"role": ..., "headers": {"field": ["header", ...]}, "sheet": ..., "marks": [...]}
    layouts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: "school_age.cutoff" -> "kcbx.toml" | "KCBX_..." | "--option"; values not named here are defaults
    sources: Mapping[str, str] = field(default_factory=dict)


#: The sections whose values are plain settings, in the order in which they are explained.
PLAIN_SECTIONS = tuple(f.name for f in fields(Settings) if is_dataclass(f.default_factory))
#: Those that change no result, and are nobody's business who receives one.
HOUSEKEEPING = ("log", "notice", "watch")


def plain(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every value that a result depends on, with its source, for run.json: {"section.key": {"value": …, "source": …}}."""
    told: dict[str, dict[str, Any]] = {}
    for section in (s for s in PLAIN_SECTIONS if s not in HOUSEKEEPING):
        body = getattr(settings, section)
        for f in fields(body):
            name, value = f"{section}.{f.name}", getattr(body, f.name)
            told[name] = {
                "value": list(value) if isinstance(value, tuple) else value,
                "source": settings.sources.get(name, "default"),
            }
    source = settings.sources.get("dispositions", "default")
    told["dispositions"] = {"value": [d.label for d in settings.dispositions], "source": source}
    told["townships"] = {"value": len(settings.townships), "source": "kcbx.toml" if settings.townships else "default"}
    told["layouts"] = {"value": sorted(settings.layouts), "source": "kcbx.toml" if settings.layouts else "default"}
    return told

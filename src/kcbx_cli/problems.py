"""What can be wrong with a row, a column or a file: one code, one Chinese sentence, one remedy each.

K1xx reading, K2xx normalising, K3xx matching, K4xx deciding, K5xx writing, K6xx the case ledger and returned sheets.
A problem never stops a run; what does is a KcbxError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from kcbx_cli.tables import PROBLEMS

Severity = Literal["note", "warning", "error"]
#: The word for each, in workbooks, on screen and in docs.
SEVERITIES: dict[Severity, str] = {"error": "错误", "warning": "提醒", "note": "说明"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its code, how grave it is, what it says and what to do."""

    code: str
    severity: Severity
    sentence: str
    remedy: str


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    table = {k.code: k for k in kinds}
    if len(table) != len(kinds):
        raise ValueError("two problems share a code")
    return table


#: All kinds, by code. Codes are never reused for another meaning.
KINDS: dict[str, Kind] = _kinds(
    # -- reading ---------------------------------------------------------------------------------------------
    Kind("K101", "warning", "隐藏的工作表里像是名单,没有读", "要用它就取消隐藏后保存;不用就删除"),
    Kind(
        "K102", "warning", "工作表有许多行,但没有认得的表头,没有读", "如果是名单,请在 kcbx.toml 的 [layouts] 里写明表头"
    ),
    Kind("K103", "warning", "与另一个文件内容完全相同,只读了一份", "请确认是否拿错了文件,并删除多余的一份"),
    Kind("K104", "note", "证号存成了数字,但文件里 18 位完整,已按原样读取", "请让导出系统把证号存成文本"),
    Kind("K105", "warning", "单元格是公式错误(如 #N/A)", "请在原表里改正公式或直接填写内容"),
    Kind("K106", "warning", "单元格是没有计算结果的公式,读不到内容", "请用 Excel 或 WPS 打开原表,重新计算后保存"),
    Kind("K107", "note", "有被隐藏或筛选掉的行,也已读入", "请确认这些行是否应当算在名单里"),
    Kind("K108", "warning", "不能确定是什么名单", "请用选项写明它的用途,或用 kcbx inspect 查看依据"),
    Kind(
        "K109", "note", "几列的表头是同一个意思,只用了其中一列", "请核对用的是不是正确的一列;不对时在 [layouts] 里写明"
    ),
    Kind("K110", "warning", "文字里有无法识别的字节,已显示为 \ufffd", "请重新导出,或另存为 .xlsx"),
    Kind("K111", "warning", "姓名或证号这样的关键列有一半以上是空的", "请打开原表查看这一列是否完整"),
    Kind("K112", "warning", "这一行的列数与表头不同,内容可能错位", "请核对这一行,内容里的逗号要放在引号内"),
    Kind("K113", "warning", "工作表是另一种名单,没有读", "请把它另存为单独的文件,按它的用途给出"),
    # -- normalising -----------------------------------------------------------------------------------------
    Kind("K201", "warning", "身份证号被存成数字,后三位已丢失", "请把该列设为文本格式后重新填写完整证号"),
    Kind("K202", "warning", "身份证号校验码不对,号码有误", "请对照户口簿或身份证核对证号"),
    Kind("K203", "warning", "身份证号格式不对", "请填写 18 位证号;没有证件的留空"),
    Kind("K204", "warning", "身份证号填的是占位号码,按未填处理", "请填写真实证号;没有证件的留空"),
    Kind("K205", "note", "身份证号部分被遮盖,只能作旁证", "请向提供名单的部门要完整证号"),
    Kind("K206", "note", "没有身份证号", "请补填证号"),
    Kind("K207", "note", "身份证号是 15 位老号,已按规则换算成 18 位比对", "请填写 18 位证号"),
    Kind("K208", "note", "用残疾证号的前 18 位作为身份证号", "请核对残疾证号与身份证号是否一致"),
    Kind("K210", "note", "身份证号开头的地区码不存在", "请核对证号的前六位"),
    Kind(
        "K211", "warning", "填的不是本人的证号,而是户主、家长或同户他人的,已不用于比对", "请填写本人证号;没有证件的留空"
    ),
    Kind("K212", "warning", "同一个身份证号对应不同姓名的人", "请核对这些行的证号和姓名"),
    Kind("K213", "warning", "连续几行的身份证号逐一递增,像是下拉填充造成的", "请按原始材料重新填写这些行的证号"),
    Kind("K214", "warning", "性别与身份证号不符", "请核对性别和证号"),
    Kind("K215", "warning", "出生日期与身份证号不符", "请核对出生日期和证号"),
    Kind("K216", "warning", "身份证号中的出生日期晚于统计日期", "请核对证号"),
    Kind("K218", "note", "同一个人在本表中重复出现", "请删除重复的行"),
    Kind("K219", "note", "没有身份证号,用 G 开头学籍号中的号码", "请补填身份证号"),
    Kind("K220", "warning", "日期无法识别", "请按 2012-03-05 的形式填写"),
    Kind("K221", "warning", "日期不存在", "请核对月份和日期"),
    Kind("K222", "warning", "日期晚于统计日期", "请核对日期"),
    Kind("K223", "note", "日期写法不够明确", "请按 2012-03-05 的形式填写四位年份和公历日期"),
    Kind("K230", "warning", "没有姓名", "请补填姓名"),
    Kind("K231", "error", "没有姓名也没有可用的证号,该行无法使用", "请补填姓名和证号,或删除该行"),
    Kind("K232", "note", "姓名中有无法显示或缺损的字", "请填写正确的字,生僻字可另注拼音"),
    Kind("K233", "note", "姓名后带有备注,已分开", "请把备注写到备注列"),
    Kind("K234", "warning", "姓名栏里填的不是姓名", "请填写姓名"),
    Kind("K235", "warning", "没有户主姓名也没有可用的户主证号,无法找到这一户", "请补填户主姓名和证号"),
    Kind("K240", "warning", "乡镇不在本县的乡镇表中", "请核对乡镇名称,曾用名可加进配置文件的 [[townships]]"),
    Kind("K241", "warning", "乡镇名称有一个字与乡镇表不同,按最接近的乡镇处理", "请核对乡镇名称"),
    Kind("K250", "warning", "学生状态不在已知的状态之内", "请核对状态,或在配置文件的 [status] 中归类"),
    Kind("K251", "note", "性别无法识别", "请填写「男」或「女」"),
    Kind("K260", "warning", "一个户编号下人数过多,不当作一户", "请核对户编号"),
    Kind("K270", "note", "学籍号格式不对,应为一个字母加 18 位", "请核对学籍号"),
    Kind("K271", "note", "学籍号中的号码与登记的身份证号不同", "请核对证号;证号更改过的,请更新学籍号"),
    Kind("K272", "note", "已有身份证号,学籍号仍是临时的(L 或 J 开头)", "请把学籍号变更为 G 开头的正式号"),
    Kind("K273", "warning", "同一个学籍号登记在几名学生名下", "请核对学籍号,每名学生只有一个"),
    # -- matching --------------------------------------------------------------------------------------------
    Kind("K301", "warning", "身份证号与学籍中另一名学生相同,姓名和出生日期都不同", "请核对是不是填成了别人的号码"),
    Kind("K302", "warning", "身份证号像是同日出生的另一名孩子(如双胞胎)的", "请对照户口簿核对号码"),
    # -- deciding --------------------------------------------------------------------------------------------
    Kind("K401", "warning", "同一名学生在学籍系统中登记了不止一次", "请有关学校核实,注销多余的学籍"),
    Kind("K402", "warning", "同一名儿童在几处名单中的姓名不同", "请对照户口簿核对姓名"),
    Kind("K403", "warning", "同一名儿童在几处名单中的出生日期不同", "请对照户口簿核对出生日期"),
    Kind("K404", "warning", "同一名儿童一处写明已去世,另一处没有", "请核实后改正名单"),
    Kind("K405", "warning", "同一名儿童一处写在校,另一处显示没有上学", "请核实就读情况后改正名单"),
    Kind("K406", "warning", "名单与学籍的姓名不同", "请对照户口簿核对姓名,改正写错的一方"),
    Kind("K407", "warning", "名单与学籍的出生日期不同", "请对照户口簿核对出生日期,改正写错的一方"),
    Kind("K408", "warning", "名单与学籍的身份证号不同", "请对照户口簿核对证号,改正写错的一方"),
    Kind("K409", "warning", "名单写明已去世,学籍显示在读", "请核实后改正写错的一方"),
    Kind("K410", "warning", "同一个身份证号在不同的表中对应不同姓名的人", "请对照户口簿核对这些行的证号和姓名"),
    Kind("K420", "warning", "特殊台账的类别无法识别,不作为依据", "请改用通行的类别,或在配置文件的 [papers] 中归类"),
    Kind("K421", "note", "特殊台账上的儿童在名单和学籍中都没有找到", "请核对姓名和证号"),
    Kind("K422", "warning", "手续已到期", "请重新办理手续,或核实去向后更新台账"),
    Kind("K423", "warning", "手续没有批准日期和有效期,无法确认是否有效", "请按批准文件补填日期"),
    Kind("K424", "note", "手续即将到期", "请提前通知家长和学校续办"),
    Kind("K425", "warning", "手续的批准日期晚于统计日期,本月不作为依据", "请核对批准日期"),
    Kind("K426", "warning", "台账登记在外地就读,本县学籍显示在读", "请核实就读学校,办理转学或更正台账"),
    Kind("K427", "note", "台账登记休学,学籍显示在读", "请学校更新学籍状态,或更正台账"),
    Kind("K428", "note", "学籍中的休学即将满期", "请学校提前通知家长办理复学或续办休学"),
    Kind("K430", "warning", "个案没有责任人", "请在责任人名册里补上这一户、这个村或学校的责任人"),
    Kind("K440", "warning", "年级与年龄相差过多", "请核对年级和出生日期"),
    Kind("K441", "warning", "学籍状态不合情理", "请核对学生当前状态、年级和去向,在学籍系统中更正"),
    Kind("K442", "warning", "学籍为休学,但已满期或日期不对", "请办理复学或续办休学,更新状态和日期"),
    Kind("K443", "note", "没有监护人", "请补填监护人姓名、关系和电话"),
    # -- writing ---------------------------------------------------------------------------------------------
    # -- ledger ----------------------------------------------------------------------------------------------
    Kind("K601", "warning", "未销的个案本月不在任何名单上", "请查明孩子的去向;个案仍在台账里,不会自动销号"),
    Kind("K602", "note", "不是 kcbx 印出的表,没有收", "请只放填好的核查表、待人工比对和数据问题"),
    Kind("K603", "error", "文件读不了,没有收", "请在 Excel 或 WPS 里打开后另存为 .xlsx 再收"),
    Kind("K604", "error", "是另一个县的表,没有收", "请核对文件;台账用 --ledger 指定"),
    Kind("K605", "error", "是台账里没有的月份的表,没有收", "请核对文件和台账是否对应;那个月要先运行 kcbx reconcile"),
    Kind("K606", "note", "表里的核对印记已丢失(CSV 没有),只按编号收,不能核对姓名证号是否被改动", "请尽量用 .xlsx 上报"),
    Kind(
        "K607",
        "error",
        "印出的编号、姓名、证号等被改动,不能确定是哪个孩子",
        "请恢复印出的内容;要更正信息,写在「佐证材料」一栏",
    ),
    Kind("K608", "error", "编号不是这张表上印出的", "请恢复原来的编号;新发现的孩子不要填编号"),
    Kind("K609", "error", "台账里没有这个编号", "请核对编号和台账"),
    Kind("K610", "error", "同一个编号在这份表里出现两次,填写的不一样", "请只留一行"),
    Kind("K611", "error", "没有填核查结论", "请从下拉选项里选一个结论"),
    Kind("K612", "error", "核查结论不在选项之内", "请从下拉选项里选一个结论;新的结论可加进配置文件的 [[dispositions]]"),
    Kind("K613", "error", "这个结论要有佐证材料才能销号", "请在「佐证材料」一栏写明材料名称"),
    Kind("K614", "error", "核查日期无法识别,或离本期太远", "请按 2021-10-15 的形式填写"),
    Kind("K615", "error", "这个个案在以后的月份已有结果,旧表不再采用", "请填最近一期的核查表"),
    Kind(
        "K616",
        "warning",
        "几份表对同一个孩子的结论不一致,都已记下,个案保持未销",
        "请有关单位核实,由填错的一方改正后重新上报",
    ),
    Kind("K617", "note", "这份文件已经收过,没有变化", "不用处理"),
    Kind("K618", "error", "单元格是公式错误或没有计算结果的公式", "请直接填写内容"),
    Kind("K619", "error", "摸排发现的孩子没有姓名", "请填写姓名,最好有出生日期或证号"),
    Kind("K620", "warning", "摸排发现的孩子可能是台账里已有的个案,已另立个案", "请核实是否同一个孩子"),
    Kind("K621", "note", "摸排发现的孩子在台账里已有个案,记在原个案上", "不用处理"),
    Kind("K622", "note", "印出的行有被删去的,这些孩子仍待核查", "请确认不是误删"),
    Kind("K623", "note", "是以前月份的表,仍按那个月收", "请尽快收齐本月的表"),
    Kind("K624", "error", "「是否同一人」只能填 是、否 或 不确定", "请从下拉选项里选"),
    Kind("K625", "warning", "几份表对同一对记录的回答不一致,没有采用", "请核实后只留一个回答"),
    Kind("K626", "error", "表的印记是另一版本的,没有收", "请用同一版本的 kcbx 重新印表,或升级 kcbx"),
    Kind("K627", "error", "这种表没有核对印记就不能收(CSV 没有)", "请用 .xlsx 上报"),
    Kind(
        "K630",
        "note",
        "本月先前一次核对立的案,名单更正后不再列入,已撤销",
        "不用处理;如果孩子确实失学,请补进名单后再运行",
    ),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at one place. `detail` never holds a name or a number that identifies a person."""

    code: str
    file: str
    sheet: str = ""
    row: int = 0
    field: str = ""
    detail: str = ""


def frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """The problems as a PROBLEMS frame, in the order given."""
    rows = list(problems)
    return PROBLEMS.frame({n: [getattr(p, n) for p in rows] for n in PROBLEMS.names})

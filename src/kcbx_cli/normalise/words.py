"""Words with a fixed meaning: sex, school status, relation to the head of the household, yes and no, removal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kcbx_cli.normalise.text import label, nothing, squeezed
from kcbx_cli.settings import Status

_SEX = {w: "男" for w in ("男", "男性", "男生", "男孩", "1", "01", "M", "MALE", "1男", "1-男")} | {
    w: "女" for w in ("女", "女性", "女生", "女孩", "2", "02", "F", "FEMALE", "2女", "2-女")
}
#: 性别 codes that say nothing: GB/T 2261.1 0 未知, 9 未说明.
_NO_SEX = frozenset(("0", "9", "00", "09", "未知", "未说明", "未说明性别", "未知的性别"))

#: 学生当前状态, JY/T 1001.
STATUS_CODES = {
    "01": "在读", "02": "休学", "03": "退学", "04": "停学", "05": "复学", "06": "流失", "07": "毕业", "08": "结业",
    "09": "肄业", "10": "转学", "11": "死亡", "12": "保留入学资格", "13": "公派出国", "14": "开除", "15": "下落不明",
    "99": "其他",
}  # fmt: skip
_STATUS = re.compile(r"(\d{1,2})(?![\d.])[-_.:、]?(\D*)")
_NOT = re.compile("[未非无不没](?!明)")

#: 家庭关系, GB/T 4761: the codes that rosters use.
RELATION_CODES = {
    "01": "本人", "02": "户主", "10": "配偶", "11": "夫", "12": "妻", "20": "子", "30": "女", "40": "孙辈", "41": "孙子",
    "42": "孙女", "43": "外孙子", "44": "外孙女", "50": "父母", "51": "父亲", "52": "母亲", "57": "继父或养父",
    "58": "继母或养母", "60": "祖辈", "61": "祖父", "62": "祖母", "63": "外祖父", "64": "外祖母", "70": "兄弟姐妹",
    "71": "兄", "73": "弟", "75": "姐", "77": "妹", "81": "伯父", "82": "伯母", "83": "叔父", "84": "婶母", "85": "舅父",
    "86": "舅母", "97": "其他亲属", "99": "非亲属",
}  # fmt: skip
_RELATION = re.compile(r"(\d{2})(?:$|[-_.:、]?([^\W\d_].*))")
_HEAD = frozenset(("户主", "本人", "本人或户主", "户主本人", "本户户主"))
_ADULT = re.compile(
    r"^(?:之)?(?:户主|配偶|丈夫|妻子?|夫|老伴|岳?父亲?|岳?母亲?|父母|公公|婆婆|爸爸|妈妈|养父|养母|继父|继母"
    r"|(?:外?曾?祖|外)(?:父|母|公|婆)亲?|爷爷|奶奶|姥姥|姥爷|祖辈|.*(?:儿媳|女婿|媳妇|孙媳|叔|伯|婶|舅|姨妈|姨父|姑妈|姑父).*)$"
)
#: 在校生状况 or a grade of the nine years and what comes before; 7 and 7.0 are grades, 一 and 初一 too.
_PUPIL = re.compile(
    "小学|初中|学龄前|学前|幼儿|[一二三四五六七八九]年级|[1-9]年级|初[一二三]|^[1-9]$|^[一二三四五六七八九]$"
)
_NO_PUPIL = re.compile("高|职|中专|技校|大专|本科|大学|研究生|十|1[0-2]|毕业|肄业|结业|辍|[未非不无没]")
_YES = frozenset(("是", "1", "Y", "YES", "TRUE", "T", "√", "✓", "✔", "有", "对", "01", "1是", "1-是"))
_NO = frozenset(("否", "0", "2", "N", "NO", "FALSE", "F", "×", "X", "无", "不是", "02", "00", "0否", "0-否"))

_OTHER_DOCUMENT = re.compile("护照|通行证|香港|澳门|台湾|永久居[住留]|出生(?:医学)?证|^[6-9AZ][-_.:、]")
#: The word for a registration that is struck off because the child has another one.
DOUBLE = "重户"
#: Words for a child struck off whom somebody has to look for.
ASKED = ("失踪", "参军")
_DEAD = re.compile("死亡|去世|过世|逝世|已故|亡故|病故|身故|身亡|夭折|早夭")
_CANCELLED = re.compile("注销|销户|销号")
#: Why a registration was struck off, where the child itself may be here still: it is a second one, nobody knows where the
#: child is, or it is said to serve in the army.
_BEHIND = {
    "失踪": re.compile("失踪|下落不明|去向不明|失联|走失|查无此人|查无下落"),
    "参军": re.compile("参军|入伍|服(?:兵)?役"),
    DOUBLE: re.compile("重复|[重双][户号]|双重户|[两二多]重?个?户口"),
}
_MOVED = re.compile("迁出|迁往|迁走|迁移|婚迁|嫁出|出嫁|已迁")
_KIN = re.compile(
    "[父母爷奶祖爸妈婆姥舅姨姑叔伯婶兄弟姐妹哥夫妻嫂]|公公|外公|双亲|监护|户主|配偶|家长|老人|亲人|儿子|女儿|家人|亲属"
)
_DOUBT = re.compile("[未非没不无]|疑似|可能|恢复|错误|误|取消|拟|申请|是否|假|如|待")
_CLAUSES = re.compile("[，。；、;,.!！\\s|/]+")


def sex(cell: Any) -> str:
    """男, 女, or empty for anything else. Pure."""
    if type(cell) is str and cell in ("男", "女"):
        return cell
    return _SEX.get(squeezed(cell).upper(), "")


def sex_unreadable(cell: Any) -> bool:
    """Whether the cell holds something that is neither a sex nor a word for an unknown one."""
    line = squeezed(cell).upper()
    return not nothing(line) and line not in _NO_SEX and line not in _SEX


def status(cell: Any, groups: Status) -> tuple[str, str]:
    """A school status as (word, group); the group is attending, suspended, left, alarm, or empty when it is not known.

    Codes become words (JY/T 1001). A longer text counts when it holds the words of one group only and denies nothing.
    """
    line = squeezed(cell)
    if nothing(line):
        return "", ""
    named = _groups(groups)
    if found := _STATUS.fullmatch(line.removesuffix(".0")):
        code, word = found[1].zfill(2), found[2]
        if not word:
            return STATUS_CODES.get(code, line), named.get(code, named.get(STATUS_CODES.get(code, ""), ""))
        line = word
    if line in named:
        return line, named[line]
    held = {g for w, g in named.items() if not w.isdigit() and w in line and w != "其他"}
    return line, held.pop() if len(held) == 1 and not _NOT.search(line) else ""


@lru_cache(maxsize=8)
def _groups(groups: Status) -> dict[str, str]:
    pairs = (
        ("attending", groups.attending),
        ("suspended", groups.suspended),
        ("left", groups.left),
        ("alarm", groups.alarm),
    )
    return {word: group for group, words in pairs for word in words}


def relation(cell: Any) -> str:
    """A relation as a word; GB/T 4761 codes are turned into words, other text stays as written. Pure, idempotent."""
    line = label(cell)
    if found := _RELATION.fullmatch(line):
        line = found[2] or RELATION_CODES.get(found[1], line)
    return "" if nothing(line) else line


def is_head(word: str) -> bool:
    """Whether the relation is the head of the household."""
    return word in _HEAD


def is_adult(word: str) -> bool:
    """Whether a person of this relation to the head is taken for grown up when no birth date is known."""
    return word in _HEAD or _ADULT.match(word) is not None


def is_pupil(level: str) -> bool:
    """Whether 在校生状况 or a grade says that the person goes to kindergarten or through the nine years now."""
    return _PUPIL.search(level) is not None and not _NO_PUPIL.search(level)


def is_past_school(education: str) -> bool:
    """Whether 文化程度 is one that a child of school age cannot have."""
    return re.search("高中|高职|职高|中职|中专|技校|大专|本科|大学|研究生|硕士|博士", education) is not None


def household_head(head_name: str, relation: str, name: str) -> str:
    """The head of a person's household, be it the person; `head_name` is empty where a child heads it."""
    return head_name or (name if is_head(relation) else "")


def agreed(cell: Any) -> bool:
    """Whether a cell says yes and no more: 是, 1, √, 有."""
    return squeezed(cell).upper() in _YES


def yes(cell: Any, word: str) -> bool:
    """Whether a 是/否 cell says yes. `word` is what the column is about (留守): a cell may name it, or deny it (非留守儿童)."""
    line = squeezed(cell).upper()
    if line in _YES:
        return True
    if line in _NO or nothing(line):
        return word == "留守" and line == "2"  # JY/T 1001: 0 非留守 1 单亲留守 2 双亲留守
    return word in line and not re.search(f"[非未不无否](?:是)?{word}", line)


def disabled(cell: Any) -> bool:
    """Whether a 残疾类型, 残疾等级 or 残疾证号 cell names a disability."""
    line = squeezed(cell)
    return not nothing(line) and line.upper() not in _NO - {"2"} and not re.search("[无非未没]", line)


def removed(reason: str) -> str:
    """死亡, 注销, 迁出 or empty for a text of 注销或减少原因."""
    if _DOUBT.search(reason):
        return ""
    if _DEAD.search(reason):
        return "死亡"
    if _MOVED.search(reason):
        return "迁出"
    return "注销" if _CANCELLED.search(reason) else ""


def removed_by_note(note: str) -> str:
    """The same from a remark, where a clause that speaks of a relative (父亲去世) or doubts it does not count."""
    found = {removed(c) for c in _CLAUSES.split(note) if not _KIN.search(c)} - {""}
    return next((w for w in ("死亡", "注销", "迁出") if w in found), "")


def behind(text: str) -> str:
    """失踪, 参军, 重户 or empty: what a text says of why a registration was struck off; clauses on relatives do not count."""
    clauses = [c for c in _CLAUSES.split(text) if not _KIN.search(c)]
    return next((w for w, pattern in _BEHIND.items() if any(pattern.search(c) for c in clauses)), "")


def other_document(cell: Any) -> bool:
    """Whether a 证件类型 cell names a document other than the resident ID card (JY/T 1001: 6 to 9, A, Z)."""
    line = squeezed(cell).upper().removesuffix(".0")
    return line in ("6", "7", "8", "9", "A", "Z") or _OTHER_DOCUMENT.search(line) is not None

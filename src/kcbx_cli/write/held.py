"""The workbook of `kcbx export`: all that is held on one child, table by table, for its guardian to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from kcbx_cli.decide import REASONS
from kcbx_cli.decide.watching import PHRASES
from kcbx_cli.settings import Settings
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.stamp import Printed, county_stamp
from kcbx_cli.write.wording import EVENT_WORDS, STATE_WORDS, closed_words, day, kind_word

SHEETS = {
    "identities": "身份信息", "facts": "名单所载情况", "events": "经过", "findings": "走访记录", "notes": "备注",
    "written_in": "摸排登记", "watch": "关注名单", "helpers": "结对帮扶人", "state": "现状",
}  # fmt: skip
WORDS = {
    "since": "自何时", "name": "姓名", "former_name": "曾用名", "sex": "性别", "id_pattern": "证件号码", "id_state": "证件号码状态",
    "birth": "出生日期", "id_birth": "证件号码里的出生日期", "township_code": "乡镇代码", "township": "乡镇", "village": "村",
    "address": "住址", "registry_number": "学籍号", "household": "户编号", "relation": "与户主关系", "head_name": "户主",
    "guardian_name": "监护人", "guardian_relation": "监护人关系", "phone": "电话", "family_names": "家庭成员",
    "family_ids": "家庭成员证件号码", "as_of": "截至", "what": "事项", "kind": "类别", "reason": "原因", "disposition": "核查结论",
    "expires": "有效期至", "who": "何人", "row": "行", "file": "文件", "sheet": "工作表", "command": "登记方式", "recorded_at": "登记时间",
    "sender": "报送单位", "stage": "三访一验", "checked_on": "核查日期", "method": "核查方式", "whereabouts": "去向",
    "evidence": "佐证材料", "persuasion": "劝返记录", "checker": "核查人", "checker_phone": "核查人电话", "text": "内容",
    "sentence": "列入原因", "near": "最相近的学籍记录", "expected_grade": "应读年级", "groups": "群体标签", "school": "学校",
    "grade": "年级", "class_name": "班级", "status": "学籍状态", "status_date": "状态日期", "listed": "名单出处",
    "registered": "学籍出处", "category": "手续类别", "approved": "批准日期", "valid_until": "手续有效期至", "study": "就读地",
    "responsible": "责任人", "digest": "摘要", "open": "状态", "first": "首次列入", "month": "最近月份", "counted": "计入月份",
    "months": "在册月数", "closes": "销号", "deceased": "死亡", "answered": "最近答复", "help": "帮扶内容",
}  # fmt: skip
#: What an ID number is worth, as `normalise` judged it.
_NUMBER_STATES = {
    "valid": "有效", "bad_check": "校验码不对", "fifteen": "十五位旧号码", "numeric": "存成了数字,末几位已丢失", "masked": "有几位隐去",
    "foreign": "其他证件", "malformed": "写得不完整或有错", "not_own": "是别人的号码", "absent": "没有",
}  # fmt: skip
_COMMANDS = {
    "reconcile": "每月比对", "collect": "收回填好的表", "review": "人工比对", "cases close": "办公室销号", "cases reopen": "办公室重开",
    "cases annotate": "办公室备注", "cases watch": "办公室列入关注", "cases unwatch": "办公室解除关注",
}  # fmt: skip
#: Who says what a visit found.
_SENDERS = {"township": "乡镇", "school": "学校", "visits": "责任人", "office": "办公室"}
#: What stands for a word of the lists that the reason's own code does not hold; 列入原因 has it in full.
_UNTOLD = "……"
_DAYS = (
    "since", "birth", "id_birth", "as_of", "expires", "checked_on", "status_date", "approved", "valid_until", "first", "answered",
)  # fmt: skip
_COLUMNS = (Col("number", "序号", 50, "centre"), Col("item", "项目", 200), Col("content", "内容", 700))


def held_book(case: str, held: Mapping[str, Sequence[Mapping[str, Any]]], settings: Settings, today: date) -> bytes:
    """The workbook of what `Ledger.held` has on a case; a sheet a table, a line an item."""
    title = f"{settings.county.name}控辍保学个案 {case} 所存信息"
    book = Book(title, today)
    printed: list[list[str]] = []
    for name, rows in held.items():
        sheet = book.sheet(SHEETS[name], _COLUMNS, title)
        head = book.heading(sheet, f"{title}:{SHEETS[name]}", [f"导出日期:{today.isoformat()}　　共 {len(rows)} 条"], 2)
        book.header(sheet, head, _COLUMNS, 2)
        cells = [
            [str(n), WORDS.get(key, key), clean(text)]
            for n, row in enumerate(rows, start=1)
            for key in row
            for text in [_told(name, key, row, settings)]
            if text
        ]
        book.rows(sheet, head + 1, _COLUMNS, cells, 18.0)
        printed += cells
        if not cells:
            book.strip(sheet, (head + 1, 2), "没有", "zero", 40)
    table = Printed(("number", "item", "content"), ("number",), printed, [(row[0],) for row in printed])
    return book.finish(county_stamp("held", table, settings, today))


def _told(table: str, key: str, row: Mapping[str, Any], settings: Settings) -> str:
    """One value as a guardian reads it; `""` for what is not known, and for what only kcbx itself has a use for."""
    value = row[key]
    if key == "open":
        return STATE_WORDS["open" if value else "closed"]
    if value in ("", 0) or (table, key) == ("findings", "digest"):
        return ""
    if key in _DAYS:
        return day(value)
    text = str(value)
    if key == "kind":
        return _kind(text, str(row.get("what", "")))
    if key == "reason":
        return "；".join(_reason(code, settings) for code in text.split(";"))
    if key == "sender":
        return _sender(text, settings)
    return _PLAIN.get(key, _listed)(text)


def _listed(text: str) -> str:
    return text.replace("|", "、")


def _kind(kind: str, what: str) -> str:
    if what == "answered" and kind in _SENDERS:
        return _SENDERS[kind]
    return closed_words(kind, "") if what == "closed" else kind_word(kind)


def _sender(text: str, settings: Settings) -> str:
    sort, _, who = text.partition(":")
    names = {t.code: t.name for t in settings.townships}
    return f"{_SENDERS.get(sort, sort)}：{names.get(who, who)}"


def _reason(code: str, settings: Settings) -> str:
    """A reason's phrase; what is no code was written by somebody, and stays."""
    phrase = REASONS.get(code) or PHRASES.get(code) or kind_word(code)
    months = str(settings.status.suspension_months)
    for name, said in (("status", _UNTOLD), ("schooling", _UNTOLD), ("days", _UNTOLD), ("months", months)):
        phrase = phrase.replace(f"{{{name}}}", said)
    return phrase.replace(",", "，")


#: How the values of some keys are said; of others as they stand.
_PLAIN: dict[str, Callable[[str], str]] = {
    "month": lambda text: day(int(text))[:7],
    "counted": lambda text: day(int(text))[:7],
    "closes": lambda _: "是",
    "deceased": lambda _: "是",
    "recorded_at": lambda text: text[:16].replace("T", " ") + "（UTC）",
    "what": lambda text: EVENT_WORDS.get(text, text),
    "id_state": lambda text: _NUMBER_STATES.get(text, text),
    "command": lambda text: _COMMANDS.get(text, text),
}

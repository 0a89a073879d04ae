"""The workbook of `kcbx export`: all that is held on one child, table by table, for its guardian to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kcbx_cli.settings import Settings
from kcbx_cli.write.book import Book, Col
from kcbx_cli.write.cells import clean
from kcbx_cli.write.stamp import Printed, county_stamp

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
    "expires": "有效期至", "who": "何人", "row": "行", "file": "文件", "sheet": "工作表", "command": "命令", "recorded_at": "登记时间",
    "sender": "报送单位", "stage": "三访一验", "checked_on": "核查日期", "method": "核查方式", "whereabouts": "去向",
    "evidence": "佐证材料", "persuasion": "劝返记录", "checker": "核查人", "checker_phone": "核查人电话", "text": "内容",
    "sentence": "列入原因", "near": "最相近的学籍记录", "expected_grade": "应读年级", "groups": "群体标签", "school": "学校",
    "grade": "年级", "class_name": "班级", "status": "学籍状态", "status_date": "状态日期", "listed": "名单出处",
    "registered": "学籍出处", "category": "手续类别", "approved": "批准日期", "valid_until": "手续有效期至", "study": "就读地",
    "responsible": "责任人", "digest": "摘要", "open": "未销号", "first": "首次列入", "month": "最近月份", "counted": "计入月份",
    "months": "在册月数", "closes": "销号", "deceased": "死亡", "answered": "最近答复", "help": "帮扶内容",
}  # fmt: skip
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
            [str(n), WORDS.get(key, key), clean(str(value))]
            for n, row in enumerate(rows, start=1)
            for key, value in row.items()
            if value not in ("", 0)
        ]
        book.rows(sheet, head + 1, _COLUMNS, cells, 18.0)
        printed += cells
        if not cells:
            book.strip(sheet, (head + 1, 2), "没有", "zero", 40)
    table = Printed(("number", "item", "content"), ("number",), printed, [(row[0],) for row in printed])
    return book.finish(county_stamp("held", table, settings, today))

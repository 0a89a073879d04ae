"""A county's own checklist: a workbook with placeholders, filled for each township.

The words of PLACE_WORDS, such as `{{标题}}`, may stand anywhere. Those of ROW_WORDS stand in one row of one sheet,
which is repeated for each child and then `blank_rows` times for children found door to door. Formats, merged cells,
heights, drop-downs, colours and what stands below move along; openpyxl keeps no pictures and no charts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from kcbx_cli import plainfile
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import SHEET, Stamp
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Child
from kcbx_cli.write.mark import Mark, mark
from kcbx_cli.write.repeat import fixed_bytes, repeat_row, write_text
from kcbx_cli.write.roster import Place, roster_rows, roster_stamp, roster_title
from kcbx_cli.write.wording import ZERO, issue_words, month_words, school_age_rule

_HOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
#: placeholders that are the same all over a sheet
PLACE_WORDS = ("标题", "县", "乡镇", "乡镇代码", "月份", "期号", "截至", "人数", "适龄口径")
#: placeholder -> key of the roster; those of the blanks are left empty
ROW_WORDS = {
    "序号": "number", "编号": "case_id", "村": "place", "姓名": "name", "性别": "sex", "出生日期": "birth",
    "身份证号": "id_number", "家庭与监护人": "family", "应读学校与年级": "school", "列入原因": "reason",
    "最相近的学籍记录": "near", "核查方式": "method", "核查日期": "checked_on", "核查结论": "outcome",
    "去向": "whereabouts", "佐证材料": "evidence", "劝返记录": "persuasion", "核查人": "checker",
    "联系电话": "checker_phone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read and found good: its bytes, the sheet and the row that is repeated."""

    content: bytes
    sheet: str
    row: int

    @classmethod
    def load(cls, path: str) -> Template:
        """The template at `path`.

        Raises:
            KcbxError: it cannot be read, has a placeholder that is not known, or not exactly one row to repeat.
        """
        try:
            content = plainfile.content(Path(path))
            book = _open(content)
        except Exception as error:  # openpyxl raises half a dozen kinds for what is no workbook
            raise _bad(path, "打不开", "请检查 checklist.template 的路径,模板须是没有加密的 .xlsx 文件") from error
        rows = {(s.title, c.row) for s in book.worksheets for c, word in _holders(s, path) if word in ROW_WORDS}
        if len(rows) != 1:
            found = "没有" if not rows else "有不止一行"
            raise _bad(path, f"{found}要逐人重复的占位行", "请把 {{序号}}、{{姓名}} 等占位写在同一张工作表的同一行里")
        sheet, row = rows.pop()
        return cls(content, sheet, row)

    def fill(self, place: Place, children: Sequence[Child], settings: Settings, as_of: date) -> bytes:
        """The workbook of one township, the same bytes each time."""
        book = _open(self.content)
        rows = roster_rows(place, children, settings)
        words = _words(place, len(rows), settings, as_of)
        for sheet in book.worksheets:
            _fill_words(sheet, words)
        sheet = book[self.sheet]
        layout = _layout(sheet, self.row)
        total = max(1, len(rows)) + max(0, settings.checklist.blank_rows)
        repeat_row(sheet, self.row, total)
        for n, values in enumerate([*rows, *[{}] * (total - len(rows))]):
            _fill_row(sheet, self.row + n, values)
        if not rows:
            write_text(sheet.cell(self.row, 1), ZERO)
        stamp = roster_stamp(place, rows, layout, settings, as_of)
        _mark(book, mark(stamp, stamp.printed, len(rows)))
        _stamp_sheet(book, stamp)
        return fixed_bytes(book, as_of)


def _open(content: bytes) -> Any:
    import openpyxl

    return openpyxl.load_workbook(BytesIO(content), keep_links=False)


def _bad(path: str, what: str, hint: str) -> KcbxError:
    return KcbxError(f"核查表模板「{Path(path).name}」{what}", hint, "bad_template")


def _holders(sheet: Any, path: str) -> list[tuple[Any, str]]:
    """Each placeholder of the sheet with its cell; refuses one that is not known."""
    found = [
        (cell, word) for row in sheet.iter_rows() for cell in row
        if isinstance(cell.value, str) for word in _HOLDER.findall(cell.value)
    ]  # fmt: skip
    for cell, word in found:
        if word not in PLACE_WORDS and word not in ROW_WORDS:
            known = "、".join((*PLACE_WORDS, *ROW_WORDS))
            raise _bad(
                path, f"工作表「{sheet.title}」{cell.coordinate} 的占位「{word}」不认识", f"可用的占位有:{known}"
            )
    return found


def _words(place: Place, count: int, settings: Settings, as_of: date) -> dict[str, str]:
    values = (
        roster_title(place, settings, as_of), settings.county.name, place.name, place.code, month_words(as_of),
        issue_words(settings, as_of), as_of.isoformat(), str(count), school_age_rule(settings.school_age, as_of),
    )  # fmt: skip
    return dict(zip(PLACE_WORDS, values, strict=True))


def _fill_words(sheet: Any, words: Mapping[str, str]) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "{{" in cell.value:
                write_text(cell, _HOLDER.sub(lambda m: clean(words.get(m[1], m[0])), cell.value))


def _layout(sheet: Any, row: int) -> dict[str, str]:
    """The letter of each placeholder's column, by key; the case numbers get a column of their own if they have none."""
    layout = {
        ROW_WORDS[word]: cell.column_letter
        for cell in sheet[row] if isinstance(cell.value, str) for word in _HOLDER.findall(cell.value)
    }  # fmt: skip
    if "case_id" not in layout:
        extra = sheet.cell(row, sheet.max_column + 1, "{{编号}}")
        if row > 1:
            write_text(sheet.cell(row - 1, extra.column), "编号")
        layout["case_id"] = extra.column_letter
    return layout


def _fill_row(sheet: Any, row: int, values: Mapping[str, str]) -> None:
    """One repeated row: each placeholder replaced, by nothing where the row has no value for it."""
    for cell in sheet[row]:
        if isinstance(cell.value, str) and "{{" in cell.value:
            write_text(cell, _HOLDER.sub(lambda m: values.get(ROW_WORDS[m[1]], ""), cell.value))


def _mark(book: Any, marked: Mark) -> None:
    """The number in the properties and at the head of each page; what the county has there itself moves to the middle."""
    book.properties.subject = marked.properties["subject"]
    book.properties.description = marked.properties["comments"]
    for sheet in book.worksheets:
        header = sheet.oddHeader
        own = " ".join(part.text for part in (header.left, header.center, header.right) if part.text)
        for part, text in ((header.left, marked.words), (header.center, own), (header.right, f"编号 {marked.number}")):
            part.text, part.size = text.replace("&", "&&") or None, 8


def _stamp_sheet(book: Any, stamp: Stamp) -> None:
    sheet = book.create_sheet(SHEET)
    for r, cells in enumerate(stamp.cells(), start=1):
        for c, text in enumerate(cells, start=1):
            write_text(sheet.cell(r, c), clean(text))
    sheet.sheet_state = "veryHidden"

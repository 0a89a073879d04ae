"""A returned sheet goes back to its sender: the cells that could not be taken are marked, and say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from kcbx_cli.halfway import put, sweep
from kcbx_cli.stamps import SHEET
from kcbx_cli.write.cells import clean
from kcbx_cli.write.filenames import safe_stem, sheet_title, unique
from kcbx_cli.write.manifest import not_written
from kcbx_cli.write.repeat import fixed_bytes, write_text

#: The sheet that lists what is wrong.
REASONS = "退回说明"
_YELLOW = "FFFFF59D"


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell (row from 1, column from 0) and what is wrong with it."""

    sheet: str
    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """What came: its bytes where they are an .xlsx that can be edited, and its sheets (name, hidden, rows) in any case."""

    content: bytes
    sheets: Sequence[tuple[str, bool, Sequence[Sequence[Any]]]]


def marked(original: Original, marks: Sequence[Mark], as_of: date) -> bytes:
    """The workbook with its bad cells coloured and commented, and in front a sheet that lists them."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book, names = _open(original)
    fill = PatternFill("solid", fgColor=_YELLOW)
    for mark in marks:
        cell = book[names[mark.sheet]].cell(mark.row, mark.column + 1)
        cell.fill = fill
        before = f"{cell.comment.text}\n" if cell.comment else ""
        if mark.text not in before:
            cell.comment = Comment(before + mark.text, "kcbx", width=320, height=120)
    _list(book, marks)
    return fixed_bytes(book, as_of)


def _open(original: Original) -> tuple[Any, dict[str, str]]:
    """The workbook to mark, and its sheets' names by those of the original."""
    import openpyxl

    if original.content.startswith(b"PK"):
        book = openpyxl.load_workbook(BytesIO(original.content), keep_links=False)
        if REASONS in book.sheetnames:
            del book[REASONS]
        return book, {name: name for name in book.sheetnames}
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    names = {}
    for name, hidden, rows in original.sheets:
        names[name] = name if name == SHEET else unique(sheet_title(name, "核查表"), taken, 31)
        sheet = book.create_sheet(names[name])
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row, start=1):
                _write(sheet.cell(r, c), value)
        if hidden:
            sheet.sheet_state = "veryHidden" if name == SHEET else "hidden"
    return book, names


def _write(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        write_text(cell, clean(value))
    elif value is not None:
        cell.value = value


def _list(book: Any, marks: Sequence[Mark]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet = book.create_sheet(REASONS, 0)
    write_text(sheet.cell(1, 1), f"以下 {len(marks)} 处没有收下,已在表中标黄。请改正后把整份表重新上报。")
    for c, (word, width) in enumerate((("工作表", 24), ("单元格", 12), ("原因和办法", 90)), start=1):
        write_text(sheet.cell(2, c), word)
        sheet.cell(2, c).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(c)].width = width
    for r, mark in enumerate(marks, start=3):
        for c, text in enumerate((mark.sheet, f"{get_column_letter(mark.column + 1)}{mark.row}", mark.text), start=1):
            write_text(sheet.cell(r, c), clean(text))
            sheet.cell(r, c).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=3)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "2:2"
    book.active = 0


def name_of(file: str) -> str:
    """The name of the workbook that goes back for this file."""
    return safe_stem(f"退回_{file.rsplit('/', 1)[-1].rsplit('.', 1)[0]}", "退回") + ".xlsx"


def store(folder: Path, name: str, content: bytes) -> Path:
    """Put a returned workbook into the folder, whole or not at all; another one of this name stays as it is.

    Raises:
        KcbxError: `disk_full`, `output_not_writable`.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(folder)
        taken = {p.stem.casefold() for p in folder.iterdir()}
        same = folder / name_of(name)
        if same.is_file() and same.read_bytes() == content:
            return same
        path = folder / f"{unique(same.stem, taken)}.xlsx"
        put(path, content)
        return path
    except OSError as error:
        raise not_written(error, folder) from error

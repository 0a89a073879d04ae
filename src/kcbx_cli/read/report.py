"""What came out of a file: the source, each sheet with its header and its counts, and the same as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from kcbx_cli.problems import KINDS
from kcbx_cli.read.layouts import ROLE_WORDS
from kcbx_cli.tables import FIELDS, RawTable


@dataclass(frozen=True, slots=True)
class Source:
    """One input file. `name` is what reports and machine files call it: unique within a run, independent of the machine.

    `role` is the role that an option gave, or None. `copy_of` names the file of the same role whose content is the same,
    byte for byte; a copy is not read.
    """

    path: Path
    name: str
    role: str | None
    sha256: str
    size: int
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column: its letter, its header, and the field it means, empty where it is not used."""

    letter: str
    header: str
    field: str


@dataclass(frozen=True)
class SheetReport:
    """What was found in one sheet.

    `use` is `data`, `hidden` (a hidden sheet that looks like data and was not read), `empty` or `not_data`.
    `header_rows` are 1-based row numbers, `confidence` is certain, likely or unsure, `marks` are the headers that told
    the layout, `rows` counts data rows and `skipped` the others below the header, by kind.
    """

    name: str
    use: str
    hidden: str = ""
    header_rows: tuple[int, ...] = ()
    layout: str = ""
    title: str = ""
    role: str = ""
    confidence: str = ""
    marks: tuple[str, ...] = ()
    columns: tuple[ColumnReport, ...] = ()
    rows: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """One file, read. `kind` is the format by its content, `rows_read` the number of data rows in all tables."""

    source: Source
    kind: str
    tables: list[RawTable]
    sheets: list[SheetReport]
    problems: pd.DataFrame
    rows_read: int


#: Kinds of rows below a header that are not data.
SKIPPED = {
    "blank": "空行", "repeated_header": "重复的表头", "title": "重复的标题", "total": "合计行", "signature": "签字落款行", "remark": "说明行",
    "numbering": "栏次行",
}  # fmt: skip
_KINDS = {
    "xlsx": "Excel 工作簿(.xlsx)", "xlsb": "Excel 二进制工作簿(.xlsb)", "ods": "ODS 表格", "xls": "Excel 97-2003 工作簿(.xls)",
    "html": "网页表格", "spreadsheetml": "XML 表格 2003", "text": "文本表格", "parquet": "Parquet", "copy": "重复的文件",
}  # fmt: skip
_CONFIDENCE = {"certain": "确定", "likely": "较有把握", "unsure": "没有把握"}
_USE = {"empty": "空表", "not_data": "不是名单,没有读", "hidden": "隐藏的工作表,像是名单,没有读"}


def as_data(loaded: Loaded) -> dict[str, Any]:
    """The report as plain values, for the JSON envelope. No cell of a data row is in it."""
    return {
        "file": loaded.source.name,
        "kind": loaded.kind,
        "sha256": loaded.source.sha256,
        "rows": loaded.rows_read,
        "sheets": [_sheet_data(s) for s in loaded.sheets],
        "problems": loaded.problems["code"].value_counts().sort_index().to_dict(),
    }


def _sheet_data(sheet: SheetReport) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "use": sheet.use,
        "hidden": sheet.hidden,
        "header_rows": list(sheet.header_rows),
        "layout": sheet.layout,
        "role": sheet.role,
        "confidence": sheet.confidence,
        "marks": list(sheet.marks),
        "columns": [{"column": c.letter, "header": c.header, "field": c.field} for c in sheet.columns],
        "rows": sheet.rows,
        "skipped": dict(sheet.skipped),
    }


def describe(loaded: Loaded) -> list[str]:
    """The report as lines of Chinese text for a person. No cell of a data row is in it."""
    lines = [f"{loaded.source.name}:{_KINDS.get(loaded.kind, loaded.kind)},读到 {loaded.rows_read} 行"]
    before: SheetReport | None = None
    for sheet in loaded.sheets:
        told = _sheet_lines(sheet)
        if before is not None and _alike(before, sheet):
            told = [told[0], "  各列同上一张工作表"]
        lines += [f"  {line}" for line in told]
        before = sheet
    for code, count in loaded.problems["code"].value_counts().sort_index().items():
        kind = KINDS[str(code)]
        lines.append(f"  {code} {kind.sentence}({count} 处)。{kind.remedy}。")
    return lines


def _alike(one: SheetReport, other: SheetReport) -> bool:
    return one.use == other.use == "data" and (one.header_rows, one.columns) == (other.header_rows, other.columns)


def _sheet_lines(sheet: SheetReport) -> list[str]:
    called = f"工作表「{sheet.name}」" if sheet.name else "内容"
    if sheet.use != "data":
        return [f"{called}:{_USE[sheet.use]}"]
    rows = "、".join(map(str, sheet.header_rows))
    skipped = "、".join(f"{SKIPPED[k]} {n}" for k, n in sheet.skipped.items() if n)
    mapped = [c for c in sheet.columns if c.field]
    unmapped = [f"{c.letter} {c.header}" for c in sheet.columns if not c.field]
    lines = [
        f"{called}:{sheet.title}({ROLE_WORDS[sheet.role]},{_CONFIDENCE[sheet.confidence]}),数据 {sheet.rows} 行"
        + (f",跳过 {skipped}" if skipped else ""),
        f"  表头在第 {rows} 行" + (f";依据:{'、'.join(sheet.marks)}" if sheet.marks else ""),
    ]
    lines += [f"  {c.letter:>3} {c.header} → {FIELDS[c.field]}" for c in mapped]
    if unmapped:
        lines.append(f"  没有用到的列({len(unmapped)}):" + "、".join(unmapped))
    return lines

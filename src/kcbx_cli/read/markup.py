"""Tables in markup that pass for workbooks: HTML saved as .xls, and XML spreadsheets of 2003."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np

from kcbx_cli.errors import KcbxError
from kcbx_cli.read import plain
from kcbx_cli.read.grid import Range, Row, Rows

#: Spans and places beyond these are not believed: a spreadsheet has no more.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_EXACT = re.compile(r"-?\d{16,}(?:\.0*)?")


def html(data: bytes, name: str) -> list[Rows]:
    """The tables of a page, each as a sheet without a name; all cells are text. Rows count from 1 in each table.

    Raises:
        KcbxError: the page holds no table.
    """
    from lxml import etree

    text = data.decode(plain.encoding(data, name)[0], "replace").removeprefix("\ufeff")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise _broken(name, "网页") from error
    tables = [t for t in ([] if root is None else root.iter("table")) if next(t.iterdescendants("table"), None) is None]
    if not tables:
        raise KcbxError(f"「{name}」是网页,里面没有表格", "请重新导出,或另存为 .xlsx 再试。", "unreadable_file")
    return [_html_table(table) for table in tables]


def _html_table(table: Any) -> Rows:
    rows: list[Row] = []
    merged: list[Range] = []
    taken: set[tuple[int, int]] = set()
    for tr in table.iter("tr"):
        number, column, row = len(rows), 0, []
        for cell in tr.iterchildren("td", "th"):
            while (number, column) in taken:
                row.append("")
                column += 1
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            row.append(_html_text(cell))
            row += [""] * (across - 1)
            if across > 1 or down > 1:
                merged.append(((number, column), (number + down - 1, column + across - 1)))
                taken.update((number + r, column + c) for r in range(1, min(down, 1000)) for c in range(across))
            column += across
        rows.append(row)
    return Rows("", rows, merged=merged)


def _span(cell: Any, attribute: str) -> int:
    text = (cell.get(attribute) or "1").strip()
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() else 1


def _html_text(cell: Any) -> str:
    """The text of a cell; a line break between its lines; a lone non-breaking space is how HTML writes an empty cell."""
    exact = cell.get("x:num")
    if exact:
        return str(exact)
    parts = ["\n" if e.tag == "br" and when == "start" else _own(e, when) for e, when in _walk(cell)]
    text = "".join(parts).strip(" \n\r\t")
    return "" if text == "\xa0" else text


def _walk(cell: Any) -> Iterator[tuple[Any, str]]:
    yield cell, "start"
    for child in cell:
        yield from _walk(child)
        yield child, "end"


def _own(element: Any, when: str) -> str:
    text = (element.text if when == "start" else element.tail) or ""
    return re.sub(r"[ \t\r\n]+", " ", text)


def spreadsheetml(data: bytes, name: str) -> list[Rows]:
    """The worksheets of an XML spreadsheet of 2003 (urn:schemas-microsoft-com:office:spreadsheet).

    Raises:
        KcbxError: the XML is damaged, or declares entities, which no spreadsheet does.
    """
    from lxml import etree

    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise KcbxError(
            f"「{name}」里有不该有的 XML 声明,没有打开", "请用 Excel 打开,另存为 .xlsx 再试。", "unreadable_file"
        )
    sheets: list[Rows] = []
    try:
        events = etree.iterparse(
            BytesIO(data.lstrip()), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
        )  # fmt: skip
        sheet = _Sheet("")
        for event, element in events:
            tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if event == "start" and tag == "Worksheet":
                sheet = _Sheet(_attribute(element, "Name"))
            elif event == "end" and tag == "Row":
                sheet.add(element)
                element.clear()
            elif event == "end" and tag == "Visible":
                sheet.hidden = {"SheetHidden": "hidden", "SheetVeryHidden": "very hidden"}.get(element.text or "", "")
            elif event == "end" and tag == "Worksheet":
                sheets.append(sheet.done())
                element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken(name, "XML 表格") from error
    return sheets


class _Sheet:
    """A worksheet as its rows come in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hidden = ""
        self._rows: list[Row] = []
        self._lines: list[int] = []
        self._merged: list[Range] = []

    def add(self, element: Any) -> None:
        line = int(_attribute(element, "Index") or (self._lines[-1] + 1 if self._lines else 1))
        row: Row = []
        for cell in element:
            index = int(_attribute(cell, "Index") or len(row) + 1)
            if not len(row) < index <= _MOST_COLUMNS or line > _MOST_ROWS:
                raise ValueError("a cell outside the sheet")
            row += [""] * (index - 1 - len(row))
            across, down = (min(int(_attribute(cell, a) or 0), _MOST_COLUMNS) for a in ("MergeAcross", "MergeDown"))
            if across or down:
                here = len(self._rows), len(row)
                self._merged.append((here, (here[0] + down, here[1] + across)))
            row.append(_value(cell))
            row += [""] * across
        self._rows.append(row)
        self._lines.append(line)

    def done(self) -> Rows:
        return Rows(self.name, self._rows, self.hidden, self._merged, np.array(self._lines, dtype=np.int64))


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def _value(cell: Any) -> Any:
    """What a cell holds; a number that is written with all its digits stays text, so that none is lost."""
    found = next((d for d in cell if str(d.tag).rpartition("}")[2] == "Data"), None)
    if found is None:
        return ""
    text = "".join(found.itertext())
    kind = _attribute(found, "Type")
    if kind == "Number" and not _EXACT.fullmatch(text.strip()):
        return float(text)
    if kind == "DateTime":
        return datetime.fromisoformat(text.strip())
    return text.strip() == "1" if kind == "Boolean" else text


def _broken(name: str, what: str) -> KcbxError:
    return KcbxError(
        f"「{name}」是{what},但不完整或已损坏", "请重新导出,或用 Excel 打开后另存为 .xlsx。", "unreadable_file"
    )

"""Files as an office has them. Each writer returns on which row of which sheet each record came to stand."""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample.spec import Ints, Mask

#: Every workbook says that it was made on this day, so that the same seed gives the same bytes.
_MADE = datetime.datetime(2021, 11, 1, 8, 0, 0)
Columns = dict[str, Any]


class Workbook:
    """An .xlsx file in the making, sheet by sheet."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter

        self._book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
        self._book.set_properties({"created": _MADE, "author": "样例"})
        self._title = self._book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self._head = self._book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"})
        self._number = self._book.add_format({"num_format": "0"})
        self._date = self._book.add_format({"num_format": "yyyy/m/d"})

    def sheet(self, name: str) -> Any:
        """A new sheet."""
        return self._book.add_worksheet(name)

    def title(self, sheet: Any, row: int, text: str, width: int) -> None:
        """A merged title over `width` columns, on a 0-based row."""
        sheet.merge_range(row, 0, row, width - 1, text, self._title)

    def header(self, sheet: Any, row: int, headers: Sequence[str]) -> None:
        """The header on a 0-based row."""
        sheet.write_row(row, 0, headers, self._head)

    def merged_header(self, sheet: Any, row: int, groups: Iterable[tuple[str, Sequence[str]]]) -> None:
        """A header of two rows: a group without parts is merged down, one with parts is merged across."""
        column = 0
        for group, parts in groups:
            if not parts:
                sheet.merge_range(row, column, row + 1, column, group, self._head)
                column += 1
                continue
            if len(parts) > 1:
                sheet.merge_range(row, column, row, column + len(parts) - 1, group, self._head)
            else:
                sheet.write_string(row, column, group, self._head)
            sheet.write_row(row + 1, column, parts, self._head)
            column += len(parts)

    def body(self, sheet: Any, headers: Sequence[str], columns: Columns, rows: Ints, take: Ints) -> None:
        """The records at `take`, each on its 0-based row; a column is one text for all or an array."""
        lines = rows.tolist()
        for number, header in enumerate(headers):
            values = columns.get(header, "")
            if isinstance(values, str):
                if values:
                    for line in lines:
                        sheet.write_string(line, number, values)
                continue
            self._column(sheet, number, lines, values[take].tolist())

    def _column(self, sheet: Any, number: int, lines: list[int], values: list[Any]) -> None:
        write = sheet.write_string
        for line, value in zip(lines, values, strict=True):
            if type(value) is str:
                if value:
                    write(line, number, value)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(line, number, value, self._date)
            elif value is not None:
                sheet.write_number(line, number, value, self._number)

    def close(self) -> None:
        """Writes the file."""
        self._book.close()


def write_csv(path: Path, headers: Sequence[str], columns: Columns, take: Ints, wrapped: Mapping[str, Mask]) -> Ints:
    """The records at `take` as a CSV in GB18030; returns the line on which each starts.

    In the rows that `wrapped` names for a column the cell is ="…". Written piece by piece, so that millions of rows need
    no more memory than their columns.
    """
    length = np.ones(len(take), dtype=np.int64)
    with path.open("wb") as file:
        file.write((",".join(headers) + "\r\n").encode("gb18030"))
        for start in range(0, len(take), _PIECE):
            piece = take[start : start + _PIECE]
            cells = [_csv_column(columns.get(h, ""), piece, wrapped.get(h)) for h in headers]
            records = [",".join(record) for record in zip(*cells, strict=True)]
            length[start : start + len(piece)] += [r.count("\n") for r in records]
            file.write(("\r\n".join(records) + "\r\n").encode("gb18030"))
    return 2 + np.cumsum(length) - length


#: Records of a CSV that are in memory as text at one time.
_PIECE = 50_000


def _csv_column(values: Any, piece: Ints, wrapped: Mask | None) -> list[str]:
    if isinstance(values, str):
        return [values] * len(piece)
    column = [_csv_text(v) for v in values[piece].tolist()]
    if wrapped is None:
        return column
    return [f'="{v}"' if w and v else v for v, w in zip(column, wrapped[piece].tolist(), strict=True)]


def _csv_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}"
    if isinstance(value, datetime.date):
        return f"{value.year}/{value.month}/{value.day}"
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def write_html(
    path: Path, title: str, headers: Sequence[str], columns: Columns, page: int, foot: Sequence[str]
) -> Ints:
    """An HTML table named .xls, with the header repeated on each page; returns each record's 1-based table row."""
    values = [columns.get(h, "") for h in headers]
    n = max(len(v) for v in values if not isinstance(v, str))
    head = "<tr>" + "".join(f"<th>{html.escape(h)}</th>" for h in headers) + "</tr>"
    lines = [f'<tr><td colspan="{len(headers)}" align="center"><b>{html.escape(title)}</b></td></tr>']
    row = np.zeros(n, dtype=np.int64)
    cells = [[v] * n if isinstance(v, str) else v.tolist() for v in values]
    for i, record in enumerate(zip(*cells, strict=True)):
        if i % page == 0:
            lines.append(head)
        lines.append(
            "<tr>" + "".join(f"<td style=\"mso-number-format:'\\@'\">{html.escape(v)}</td>" for v in record) + "</tr>"
        )
        row[i] = len(lines)
    lines += [f'<tr><td colspan="{len(headers)}">{html.escape(text)}</td></tr>' for text in foot]
    text = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" '
        'content="text/html; charset=gb2312"></head><body><table border="1">\n'
        + "\n".join(lines)
        + "\n</table></body></html>\n"
    )
    path.write_bytes(text.encode("gb18030"))
    return row

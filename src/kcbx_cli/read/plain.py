"""Text tables: encoding, separator, records with the line on which each starts."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

import numpy as np

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.aliases import keys
from kcbx_cli.read.grid import Row, Rows

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (",", "\t", ";", "|", "\uff0c")
#: A record over so many lines is a quotation mark that nobody closed.
_MOST_LINES = 50
#: So many lines from the top tell the separator.
_SAMPLE = 40


def encoding(data: bytes, name: str) -> str:
    """The encoding of a text: by its mark, else UTF-8 when all of it is, else UTF-16 without a mark, else GB18030.

    Raises:
        KcbxError: none of them fits.
    """
    for mark, known in _MARKS:
        if data.startswith(mark):
            return known
    if b"\0" in data[:4096]:
        return "utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"
    for tried in ("utf-8", "gb18030"):
        try:
            data.decode(tried)
        except UnicodeDecodeError:
            continue
        return tried
    raise KcbxError(
        f"「{name}」的文字编码认不出来(不是 UTF-8、GB18030 或 UTF-16),或者文件已损坏",
        "请用 Excel 或 WPS 打开,另存为 .xlsx 再试。",
        "unreadable_file",
    )


def read(data: bytes, name: str, known: Collection[str]) -> Rows:
    """The records of a text table. The separator is the one under which the most header words are found.

    Raises:
        KcbxError: the encoding is unknown, or quotation marks do not match.
    """
    coding = encoding(data, name)
    try:
        top = _lines(data, coding, _SAMPLE)
        separator = max(_SEPARATORS, key=lambda s: _score(top, s, known))
        return _records(data, coding, separator)
    except UnicodeDecodeError as error:
        raise KcbxError(
            f"「{name}」的文字编码前后不一致,文件可能已损坏", "请重新导出,或另存为 .xlsx 再试。", "unreadable_file"
        ) from error
    except csv.Error as error:
        raise KcbxError(
            f"「{name}」不是完整的文本表格:{_reason(error)}",
            "请检查引号是否成对,或用 Excel 另存为 .xlsx 再试。",
            "unreadable_file",
        ) from error


def _reason(error: csv.Error) -> str:
    return "有一格长得不正常,多半是引号没有成对" if "field larger" in str(error) else str(error)


def _stream(data: bytes, coding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), coding, newline="")


def _lines(data: bytes, coding: str, count: int) -> list[str]:
    with _stream(data, coding) as text:
        return [line for _, line in zip(range(count), text, strict=False)]


def _score(lines: list[str], separator: str, known: Collection[str]) -> tuple[int, int]:
    best = widest = 0
    for row in csv.reader(lines, delimiter=separator):
        best = max(best, sum(any(k in known for k in keys(c)) for c in row if len(c) < 60))
        widest = max(widest, len(row))
    return best, widest


def _records(data: bytes, coding: str, separator: str) -> Rows:
    with _stream(data, coding) as text:
        reader = csv.reader(text, delimiter=separator)
        rows = list(reader)
        plain = reader.line_num == len(rows)
    wrapped = '="'.encode(coding.replace("utf-16", "utf-16-le") if coding == "utf-16" else coding) in data
    if plain:
        return Rows("", rows, wrapped=wrapped)
    rows, lines = [], []
    with _stream(data, coding) as text:
        reader = csv.reader(text, delimiter=separator)
        before = 0
        for row in reader:
            if reader.line_num - before > _MOST_LINES:
                raise csv.Error(f"从第 {before + 1} 行开始的一条记录跨了 {reader.line_num - before} 行")
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    return Rows("", rows, lines=np.array(lines, dtype=np.int64), wrapped=wrapped)


def blank(rows: list[Row]) -> bool:
    """Whether nothing is written in any row."""
    return not any(str(c).strip() for row in rows for c in row)

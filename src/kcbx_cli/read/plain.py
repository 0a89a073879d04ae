"""Text tables: encoding, separator, records with the line on which each starts."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from kcbx_cli.errors import KcbxError
from kcbx_cli.problems import Problem
from kcbx_cli.read.aliases import keys
from kcbx_cli.read.grid import Rows

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (",", "\t", ";", "|", "\uff0c")
_CUT_OFF = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
_CUT = "的结尾不完整,像是没有传完"
#: A record over so many lines is a quotation mark that nobody closed.
_MOST_LINES = 50
#: So many lines from the top tell the separator.
_SAMPLE = 40


def encoding(data: bytes, name: str) -> tuple[str, bool]:
    """The encoding of a text: by its mark, else UTF-8, else UTF-16 without a mark, else GB18030; and whether all of it is.

    A few bytes that are wrong do not make a text unreadable; a text that ends in the middle of a character is cut off.

    Raises:
        KcbxError: none of them fits, or the text is cut off.
    """
    tried = [known for mark, known in _MARKS if data.startswith(mark)]
    if not tried and b"\0" in data[:4096] and not _stray_zeros(data):
        tried = ["utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"]
    tried = tried or ["utf-8", "gb18030"]
    wrong: dict[str, int] = {}
    for known in tried:
        try:
            data.decode(known)
        except UnicodeDecodeError as error:
            told = len(error.object)  # without the mark
            if error.end >= told and error.reason in _CUT_OFF and error.start > told // 2:
                raise _unreadable(name, _CUT) from error
            wrong[known] = data.decode(known, "replace").count("\ufffd")
        else:
            return known, True
    best = min(wrong, key=lambda known: wrong[known])
    if wrong[best] * 1000 > len(data) and wrong[best] > 3:
        raise _unreadable(name, "的文字编码认不出来(不是 UTF-8、GB18030 或 UTF-16),或者文件已损坏")
    return best, False


def _stray_zeros(data: bytes) -> bool:
    """Whether a few NULs stand in what is UTF-8 otherwise; of UTF-16 every comma and digit has one."""
    start = data[:4096]
    if start.count(0) * 10 >= len(start):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(name: str, what: str) -> KcbxError:
    return KcbxError(f"「{name}」{what}", "请重新导出,或用 Excel、WPS 打开后另存为 .xlsx 再试。", "unreadable_file")


def read(data: bytes, name: str, known: Collection[str]) -> tuple[Rows, list[Problem]]:
    """The records of a text table, and what is odd in them. The separator is the one that finds most header words.

    Raises:
        KcbxError: the encoding is unknown, the text is cut off, or quotation marks do not match.
    """
    coding, clean = encoding(data, name)
    try:
        top = _lines(data, coding, _SAMPLE)
        separator = max(_SEPARATORS, key=lambda s: _score(top, s, known))
        rows = _records(data, coding, separator)
    except csv.Error as error:
        raise KcbxError(
            f"「{name}」不是完整的文本表格:{_reason(error)}",
            "请检查引号是否成对,或用 Excel 另存为 .xlsx 再试。",
            "unreadable_file",
        ) from error
    ended = data.endswith((b"\n", b"\r", b"\n\0", b"\0\n"))
    if not ended and _breaks_off([len(row) for row in rows.rows]):
        raise _unreadable(name, f"{_CUT}(第 {len(rows.rows)} 行只有前面几格)")
    return rows, [*_damaged(rows, name, clean), *_shifted(rows, name, ended)]


def _breaks_off(widths: Sequence[int]) -> bool:
    """Whether all rows but the last, which has fewer cells, are as wide: a program wrote them, and would have ended it."""
    return len(widths) > 2 and len(set(widths[:-1])) == 1 and widths[-1] < widths[0]


def _damaged(rows: Rows, name: str, clean: bool) -> list[Problem]:
    if clean:
        return []
    lines = rows.numbers()
    bad = [i for i, row in enumerate(rows.rows) if any("\ufffd" in c for c in row)]
    return [Problem("K110", name, row=i + 1 if lines is None else int(lines[i])) for i in bad]


def _shifted(rows: Rows, name: str, ended: bool) -> list[Problem]:
    """Rows with cells past the width that most rows have, and a last row that breaks off before it."""
    widths = Counter(map(len, rows.rows))
    usual, count = widths.most_common(1)[0] if widths else (0, 0)
    if count * 2 <= len(rows.rows):
        return []
    bad = [i for i, row in enumerate(rows.rows) if len(row) > usual and any(c.strip() for c in row[usual:])]
    if not ended and 0 < len(rows.rows[-1]) < usual:
        bad.append(len(rows.rows) - 1)
    lines = rows.numbers()
    return [Problem("K112", name, row=i + 1 if lines is None else int(lines[i])) for i in bad]


def _reason(error: csv.Error) -> str:
    return "有一格长得不正常,多半是引号没有成对" if "field larger" in str(error) else str(error)


def _stream(data: bytes, coding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), coding, "replace", newline="")


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
    rows, ends = [], [0]
    with _stream(data, coding) as text:
        reader = csv.reader(text, delimiter=separator)
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if ends[-1] - ends[-2] > _MOST_LINES:
                raise csv.Error(f"从第 {ends[-2] + 1} 行开始的一条记录跨了 {ends[-1] - ends[-2]} 行")
    wrapped = '="'.encode(coding.replace("utf-16", "utf-16-le") if coding == "utf-16" else coding) in data
    lines = np.array(ends[:-1], dtype=np.int64) + 1
    return Rows("", rows, lines=None if ends[-1] == len(rows) else lines, wrapped=wrapped)

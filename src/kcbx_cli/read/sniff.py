"""What a file is, by its first bytes and its directory, whatever its name says."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from kcbx_cli.errors import KcbxError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")
_OTHER = {
    b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"GIF8": "图片", b"BM": "图片", b"II*\0": "图片", b"MM\0*": "图片", b"%PDF": "PDF 文档",
    b"Rar!": "压缩包", b"7z\xbc\xaf": "压缩包", b"\x1f\x8b": "压缩包", b"MZ": "程序", b"\x7fELF": "程序", b"{\\rtf": "RTF 文档",
    b"SQLite format 3": "数据库",
}  # fmt: skip
_TAGS = re.compile(rb"<\s*(?:html|table|meta|!doctype html|head|body|style)\b", re.IGNORECASE)
_SPREADSHEETML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|<(?:\w+:)?Workbook\b")
#: So much of the beginning is looked at.
_BEGINNING = 4096


def kind(data: bytes, name: str) -> str:
    """`xlsx`, `xlsb`, `ods`, `xls`, `encrypted`, `html`, `spreadsheetml`, `parquet` or `text`.

    Raises:
        KcbxError: the file is empty or is no table.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise _unreadable(name, "是空文件" if not data else "里没有内容", "请重新导出。")
    if data.startswith(b"PK"):
        return _zipped(data, name)
    if data.startswith(_OLE):
        return _ole(data, name)
    if data.startswith(_BIFF):
        return "xls"
    if data.startswith(b"PAR1"):
        return "parquet"
    for start, what in _OTHER.items():
        if data.startswith(start):
            raise _unreadable(name, f"其实是{what},不是表格", "请提供 Excel、WPS 或 CSV 表格。")
    return _marked_up(data, name)


def _zipped(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {n.lower().replace("\\", "/").lstrip("/") for n in archive.namelist()}
            mime = archive.read("mimetype")[:80] if "mimetype" in archive.namelist() else b""
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _unreadable(name, "不完整或已损坏,打不开", "请重新复制或重新导出这个文件。") from error
    if any(n.endswith("workbook.bin") for n in names):
        return "xlsb"
    if (
        any(n.endswith("workbook.xml") for n in names)
        or "[content_types].xml" in names
        and any(n.startswith("xl/") for n in names)
    ):
        return "xlsx"
    if b"spreadsheet" in mime or "content.xml" in names and b"opendocument" not in mime:
        return "ods"
    what = "Word 文档" if any(n.startswith("word/") for n in names) else "压缩包,不是表格"
    raise _unreadable(
        name, f"其实是{what}", "请解压后提供其中的表格文件。" if "压缩包" in what else "请提供 Excel、WPS 或 CSV 表格。"
    )


def _ole(data: bytes, name: str) -> str:
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            streams = {"/".join(s).lower() for s in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        raise _unreadable(name, "不完整或已损坏,打不开", "请重新复制或重新导出这个文件。") from error
    if "encryptedpackage" in streams:
        return "encrypted"
    if streams & {"workbook", "book"}:
        return "xls"
    raise _unreadable(name, "其实是 Word 或其他文档,不是表格", "请提供 Excel、WPS 或 CSV 表格。")


def _marked_up(data: bytes, name: str) -> str:
    start = data[:_BEGINNING]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        start = start.replace(b"\0", b"")
    stripped = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    if stripped.startswith(b"<"):
        if _SPREADSHEETML.search(start):
            return "spreadsheetml"
        if _TAGS.search(start) or _TAGS.search(data[:65536]):
            return "html"
    if b"\0" in data[:_BEGINNING] and not _utf16(data[:_BEGINNING]):
        raise _unreadable(name, "不是表格", "请提供 Excel、WPS 或 CSV 表格。")
    return "text"


def _utf16(start: bytes) -> bool:
    """Whether NUL bytes come from UTF-16: a mark, or NUL in every other place of the line breaks and separators."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    even, odd = start[0::2].count(0), start[1::2].count(0)
    return min(even, odd) * 20 <= max(even, odd)


def _unreadable(name: str, what: str, hint: str) -> KcbxError:
    return KcbxError(f"「{name}」{what}", hint, "unreadable_file")

"""Zipped workbooks from the inside: what they unpack to, whether that is bearable, and the raw XML of a sheet.

Everything here works on the bytes as they inflate, in pieces, so that nothing is unpacked before it is known to fit.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from io import BytesIO
from xml.parsers import expat  # without handlers nothing is expanded

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.span import MARGIN, of_records, of_unplaced, of_xml
from kcbx_cli.settings import Limits

#: A part that is larger than this and packed more tightly than 1 : 100 is no table (the bound that Apache POI uses).
_LARGE, _TIGHT = 32 << 20, 100
_MOST_PARTS = 10_000
_PIECE = 1 << 20
#: Pieces overlap by so much, more than any pattern looked for is long.
_OVERLAP = 64
#: Bytes of memory that the reading library needs for one cell of the rectangle that a sheet spans.
_CELL = 64

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(['\"])(.*?)\2")
#: A filled cell or row of an .ods that says that it is repeated a thousand times or more.
_REPEATED = re.compile(
    rb'<table:(?:covered-)?table-cell[^>]*number-columns-repeated="(\d{4,})"[^>]*[^/]>'
    rb'|<table:table-row[^>]*number-rows-repeated="(\d{4,})"[^>]*>(?:(?!</table:table-row>).){0,2000}?<text:p', re.DOTALL
)  # fmt: skip


@dataclass(frozen=True)
class Signs:
    """What stands somewhere in the XML of a sheet, and is worth a second look."""

    errors: bool
    hidden: bool
    formulas: bool


class Package:
    """A zipped workbook as the archive it is."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data = data
        self._name = name
        self._limits = limits
        self._signs: dict[str, Signs] = {}

    @property
    def data(self) -> bytes:
        """The archive itself."""
        return self._data

    @cached_property
    def _parts(self) -> dict[str, zipfile.ZipInfo]:
        with zipfile.ZipFile(BytesIO(self._data)) as archive:
            return {i.filename.replace("\\", "/").lstrip("/"): i for i in archive.infolist()}

    def check(self) -> None:
        """Refuses, by the directory alone, what would unpack to too much.

        Raises:
            KcbxError: too many or too large parts, or parts packed so tightly that they cannot be tables.
        """
        parts = list(self._parts.values())
        total = sum(p.file_size for p in parts)
        if total > self._limits.unpacked_mb << 20:
            raise self._too_large(f"解开后有 {total >> 20} MB,超过了上限 {self._limits.unpacked_mb} MB", "unpacked_mb")
        bombs = [p for p in parts if p.file_size > _LARGE and p.file_size > _TIGHT * max(p.compress_size, 1)]
        if bombs or len(parts) > _MOST_PARTS or sum(p.compress_size for p in parts) > len(self._data):
            raise self._too_large("解开后大得不正常,像是恶意文件", "")
        if any(p.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for p in parts):
            raise self._broken()

    def scan_sheets(self) -> None:
        """Goes through the XML of every sheet of an .xlsx: how far it spans, and signs that call for a second look.

        Raises:
            KcbxError: a sheet spans more cells than the memory limit allows, or a part is damaged.
        """
        for part in self._sheet_parts:
            self._scan_sheet(part)
        for part in (p for p in self._parts if p.lower().endswith("/sharedstrings.xml")):
            self._check_sum(part)

    def _scan_sheet(self, part: str) -> None:
        errors = hidden = formulas = False
        width = height = unplaced = 0
        for piece in self.pieces(part):
            span = of_xml(piece)
            width, height, unplaced = max(width, span.width), max(height, span.height), unplaced + span.unplaced
            errors = errors or b't="e"' in piece
            hidden = hidden or b'hidden="' in piece
            formulas = formulas or b"</f></" in piece or b"<v></v>" in piece
        self._signs[part] = Signs(errors, hidden, formulas)
        if unplaced:
            counted = of_unplaced(self.read(part))
            width, height = max(width, counted.width), max(height, counted.height)
        self.check_area(width * height)

    def check_area(self, cells: int) -> None:
        """Refuses a sheet that spans more cells than fit into the memory limit."""
        most = (self._limits.memory_mb << 20) // _CELL
        if cells > most:
            raise self._too_large(f"有一个工作表占了 {cells} 格的范围,超过了上限 {most} 格", "memory_mb")

    def scan_repeats(self) -> None:
        """Refuses an .ods that says of a filled cell or row that it is repeated thousands of times.

        Raises:
            KcbxError: so it is, or the XML is not whole, or the workbook is protected by a password.
        """
        if "META-INF/manifest.xml" in self._parts and b"encryption-data" in self.read("META-INF/manifest.xml"):
            raise KcbxError(
                f"「{self._name}」有密码,而 .ods 的密码这里解不开", "请另存为不带密码的文件,或存为 .xlsx。", "password"
            )
        content = self.read("content.xml")
        self._check_whole(content)
        for match in _REPEATED.finditer(content):
            if match[2] or int(match[1]) > 1024 and content[match.end() : match.end() + 8].startswith(b"<text:p"):
                self.check_area(int(match[1] or match[2]) * 1024)

    def _check_whole(self, xml: bytearray) -> None:
        """Refuses XML that does not end as it began: the reading library would look for the end of a table for ever."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._declared
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise self._broken() from error

    def _declared(self, *_: object) -> None:
        raise self._broken()

    def scan_records(self) -> None:
        """Refuses an .xlsb one of whose sheets spans more cells than the memory limit allows.

        Raises:
            KcbxError: so it does, or a part is damaged.
        """
        for part in (p for p in self._parts if "/worksheets/" in p.lower() and p.lower().endswith(".bin")):
            span = of_records(self.read(part))
            self.check_area(span.width * span.height)
        for part in (p for p in self._parts if p.lower().endswith("/sharedstrings.bin")):
            self._check_sum(part)

    def _check_sum(self, part: str) -> None:
        for _ in self._inflated(part):
            pass

    def pieces(self, part: str) -> Iterator[bytes]:
        """A part as it inflates, in pieces that overlap; the last one is followed by spaces."""
        tail = b""
        for piece in self._inflated(part):
            whole = tail + piece
            yield whole
            tail = whole[-_OVERLAP:]
        yield tail + b" " * MARGIN

    def read(self, part: str) -> bytearray:
        """A whole part, in memory once."""
        whole = bytearray()
        for piece in self._inflated(part):
            whole += piece
        return whole

    def _inflated(self, part: str) -> Iterator[bytes]:
        """A part, piece by piece, never more than the directory says; at its end it must be what its checksum says.

        The reading library stops at the last row and never gets to the checksum: a digit that a bad disk or a broken
        transfer has changed would be read as if it were right.

        Raises:
            KcbxError: the part is damaged, or longer than the directory says.
        """
        info = self._parts.get(part)
        if info is None:
            raise self._broken()
        checksum = 0
        for piece in self._unpacked(info):
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if checksum != info.CRC:
            raise self._broken()

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(info)
        if info.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(packed[i : i + _PIECE]) for i in range(0, len(packed), _PIECE))
            return
        inflate, given = zlib.decompressobj(-15), 0
        try:
            for i in range(0, len(packed), _PIECE // 4):
                rest = bytes(packed[i : i + _PIECE // 4])
                while rest:
                    piece = inflate.decompress(rest, _PIECE)
                    rest = inflate.unconsumed_tail
                    given += len(piece)
                    if given > info.file_size:
                        raise self._broken()
                    if piece:
                        yield piece
        except zlib.error as error:
            raise self._broken() from error

    def _packed(self, info: zipfile.ZipInfo) -> memoryview:
        """The packed bytes of a part."""
        start = info.header_offset
        try:
            mark, name, extra = _LOCAL_HEADER.unpack_from(self._data, start)
        except struct.error as error:
            raise self._broken() from error
        start += _LOCAL_HEADER.size + name + extra
        packed = memoryview(self._data)[start : start + info.compress_size]
        if mark != b"PK\3\4" or len(packed) < info.compress_size:
            raise self._broken()
        return packed

    def signs(self, sheet: str) -> Signs:
        """What `scan_sheets` saw in the XML of the sheet of this name."""
        return self._signs.get(self.part_of(sheet), Signs(False, False, False))

    @cached_property
    def _sheet_parts(self) -> list[str]:
        return sorted(p for p in self._parts if "/worksheets/" in p.lower() and p.lower().endswith(".xml"))

    def part_of(self, sheet: str) -> str:
        """The part that holds the sheet of this name; empty when it cannot be told."""
        return self._sheets.get(sheet, "")

    @cached_property
    def _sheets(self) -> dict[str, str]:
        """Sheet name -> part, by the workbook and its relations."""
        book = next((p for p in self._parts if p.lower().endswith("workbook.xml")), "")
        folder, file = posixpath.split(book)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if not book or relations not in self._parts:
            return {}
        targets = {r.get("Id"): r.get("Target", "") for r in _elements(self.read(relations), b"Relationship")}
        found = {}
        for sheet in _elements(self.read(book), b"sheet"):
            target = targets.get(next((v for k, v in sheet.items() if k.endswith(":id")), None), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if part in self._parts:
                found[sheet.get("name", "")] = part
        return found

    def _too_large(self, what: str, setting: str) -> KcbxError:
        hint = "请另存一份只含数据区域的文件再试。"
        if setting:
            hint += f"确实需要时调高配置文件 [limits] 的 {setting}。"
        return KcbxError(f"「{self._name}」{what}", hint, "too_large")

    def _broken(self) -> KcbxError:
        return KcbxError(f"「{self._name}」不完整或已损坏,打不开", "请重新复制或重新导出这个文件。", "unreadable_file")


def _elements(xml: bytearray, tag: bytes) -> list[dict[str, str]]:
    """The attributes of all elements of a name. Enough for lists without text; nothing that XML declares is expanded."""
    found = re.findall(rb"<(?:\w+:)?" + tag + rb"\s([^<>]*)>", xml)
    return [{k: unescape(v) for k, _, v in _ATTRIBUTE.findall(element.decode("utf-8", "replace"))} for element in found]

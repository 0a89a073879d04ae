"""XlsxWriter's workbook, packed without making and compressing anew what is the same in all workbooks of a kind: the same
bytes.

Types, relations, styles, theme and the list of sheets are half of a small workbook's cost, and a county has some hundred
small ones. Pictures, charts, comments and tables of the library have no place here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from struct import pack
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.workbook import Workbook

#: What of a text may not be written as it stands: markup, and what XML or Excel escapes.
_ODD = re.compile(r"[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")
#: So many kinds of workbooks are remembered; a county has about twenty.
_KINDS = 64
#: The parts of a kind that are always the same, by what they depend on.
_fixed: dict[tuple[Any, ...], list[_Part]] = {}


class Texts(Workbook):  # type: ignore[misc,unused-ignore]
    """A workbook that is made in memory of sheets of text."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(None, {**options, "in_memory": True})
        self.str_table = _Numbered()

    def add_format(self, properties: dict[str, Any] | None = None) -> Format:
        """A format with these properties, which the library would work out anew for each workbook."""
        made = copy(_format(tuple({**self.default_format_properties, **(properties or {})}.items())))
        made.xf_format_indices, made.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(made)
        return made

    def packed(self) -> bytes:
        """The workbook as the library's `close` would write it."""
        first = self.worksheets_objs[0]
        first.selected = first.active = 1
        self._prepare_sst_string_data()
        self._prepare_defined_names()
        own = _Parts(self)
        own._write_worksheet_files()
        own._write_workbook_file()
        own._write_shared_strings_file()
        own._write_core_file()
        *content, core = own.made()
        types, root, relations, styles, theme, app = self._same()
        return _zipped([types, root, relations, *content, styles, theme, core, app])

    def _prepare_format_properties(self) -> None:
        """Nothing: styles are prepared where they are written."""

    def _same(self) -> list[_Part]:
        """The parts that are the same in all workbooks with such sheets and formats; those of the sheets were written."""
        sheets = tuple((sheet.name, sheet.hidden) for sheet in self.worksheets_objs)
        formats = tuple((f._get_format_key(), f.xf_index, f.dxf_index) for f in self.formats)
        kind = (sheets, tuple(self.named_ranges), bool(self.str_table.count), formats)
        if kind not in _fixed:
            super()._prepare_format_properties()
            parts = _Parts(self)
            parts._write_content_types_file()
            parts._write_root_rels_file()
            parts._write_workbook_rels_file()
            parts._write_styles_file()
            parts._write_theme_file()
            parts._write_app_file()
            if len(_fixed) >= _KINDS:
                _fixed.clear()
            _fixed[kind] = parts.made()
        return _fixed[kind]


@lru_cache(maxsize=256)
def _format(properties: tuple[tuple[str, Any], ...]) -> Format:
    made = Format(dict(properties))
    made._get_format_key()
    return made


class _Numbered(SharedStringTable):  # type: ignore[misc,unused-ignore]
    """All texts of a workbook, each under its number."""

    def numbers(self, cells: Sequence[str]) -> list[int | None]:
        """The numbers of a row's texts, None for an empty one."""
        known = self.string_table
        line = [known.setdefault(text, len(known)) if text else None for text in cells]
        self.count += len(line) - line.count(None)
        self.unique_count = len(known)
        return line


class _Strings(SharedStrings):  # type: ignore[misc,unused-ignore]
    """The part that holds all texts."""

    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            odd = _ODD.search(text) or text.strip() != text
            self._write_si(text) if odd else self.fh.write(f"<si><t>{text}</t></si>")


class _Parts(Packager):  # type: ignore[misc,unused-ignore]
    """Some parts of a workbook, in the order in which they are written."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__()
        self._set_in_memory(True)
        self._add_workbook(workbook)

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            strings = _Strings()
            strings.string_table = self.workbook.str_table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()

    def made(self) -> list[_Part]:
        """The parts, compressed."""
        return [_part(name, text.getvalue()) for text, name, _ in self.filenames]


class _Part(NamedTuple):
    """One part as it lies in the file: its name, what both headers say of it, and its content."""

    name: bytes
    about: bytes
    content: bytes


def _part(name: str, text: str) -> _Part:
    plain, path = text.encode(), name.encode()
    deflate = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = deflate.compress(plain) + deflate.flush()
    # version 2.0, no flags, deflated, 1980-01-01 00:00, checksum, both sizes, length of the name, nothing more
    about = pack("<5H3L2H", 20, 0, 8, 0, 33, zlib.crc32(plain), len(content), len(plain), len(path), 0)
    return _Part(path, about, content)


def _zipped(parts: Sequence[_Part]) -> bytes:
    """The parts as a ZIP file that was made on Unix and that its owner alone may read, on whatever machine."""
    files: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for part in parts:
        files += (b"PK\3\4", part.about, part.name, part.content)
        directory += (b"PK\1\2\x14\3", part.about, pack("<3H2L", 0, 0, 0, 0o600 << 16, at), part.name)
        at += 4 + sum(map(len, part))
    listed = b"".join(directory)
    return b"".join([*files, listed, pack("<4s4H2LH", b"PK\5\6", 0, 0, len(parts), len(parts), len(listed), at, 0)])

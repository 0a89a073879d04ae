"""Workbooks written by hand, part by part, as programs of several makers write them. Same input, same bytes."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(birth: str, sequence: int) -> str:
    """A made-up ID number of an area that does not exist."""
    body = f"999999{birth}{sequence:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """The parts as an archive with a fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 10, 31, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def letters(column: int) -> str:
    name = ""
    while column >= 0:
        name = chr(65 + column % 26) + name
        column = column // 26 - 1
    return name


def cell(place: str, value: object, style: str = "") -> str:
    """One cell: text inline, numbers as they print; ready-made XML passes through."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"{style}><v>{value}</v></c>'


def rows(table: list[list[object]], first: int = 1, left: int = 0, attributes: dict[int, str] | None = None) -> str:
    """The rows of a table as sheet data, from row `first` and column `left` on."""
    made = []
    for r, row in enumerate(table, first):
        cells = "".join(cell(f"{letters(c)}{r}", v) for c, v in enumerate(row, left))
        made.append(f'<row r="{r}"{(attributes or {}).get(r, "")}>{cells}</row>')
    return "".join(made)


def sheet(data: str, before: str = "", after: str = "", main: str = MAIN) -> str:
    """A worksheet part."""
    return f'{_HEAD}<worksheet xmlns="{main}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def merges(*ranges: str) -> str:
    return f'<mergeCells count="{len(ranges)}">' + "".join(f'<mergeCell ref="{r}"/>' for r in ranges) + "</mergeCells>"


def xlsx(
    sheets: dict[str, str],
    states: dict[str, str] | None = None,
    workbook: str = "",
    more: dict[str, str] | None = None,
    strict: bool = False,
) -> bytes:
    """A workbook. `workbook` is XML in front of its sheets, `more` are further parts (`xl/sharedStrings.xml` …)."""
    main, links = (STRICT_MAIN, STRICT_LINKS) if strict else (MAIN, LINKS)
    listed = "".join(
        f'<sheet name="{escape(n)}" sheetId="{i}"{f" state={chr(34)}{states[n]}{chr(34)}" if states and n in states else ""} '
        f'r:id="rId{i}"/>'
        for i, n in enumerate(sheets, 1)
    )
    extra = more or {}
    kinds = {"xl/sharedStrings.xml": "sharedStrings", "xl/styles.xml": "styles"}
    related = [(f"rId{i}", f"{links}/worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    related += [(f"x{i}", f"{links}/{kinds[p]}", p[3:]) for i, p in enumerate(extra) if p in kinds]
    types = "".join(
        f'<Override PartName="/{p}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{t}+xml"/>'
        for p, t in [
            ("xl/workbook.xml", "sheet.main"),
            *((f"xl/worksheets/sheet{i}.xml", "worksheet") for i in range(1, len(sheets) + 1)),
            *((p, kinds[p]) for p in extra if p in kinds),
        ]
    )
    return zipped(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
            "_rels/.rels": _relations([("rId1", f"{links}/officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{main}" xmlns:r="{links}">{workbook}<sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(related),
            **{f"xl/worksheets/sheet{i}.xml": s for i, s in enumerate(sheets.values(), 1)},
            **extra,
        }
    )


def _relations(related: list[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{p}"/>' for i, t, p in related)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def ods(sheet_name: str, table: list[list[object]]) -> bytes:
    """An OpenDocument spreadsheet; empty rows and cells are repeated, as LibreOffice writes them."""
    made = []
    for row in table:
        cells = []
        for value in row:
            if value in ("", None):
                cells.append("<table:table-cell/>")
            elif isinstance(value, str):
                cells.append(
                    f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
                )
            else:
                cells.append(
                    f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
                )
        made.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'{_HEAD}<office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet_name}">{"".join(made)}{rest}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def xlsb(sheet_name: str, table: list[list[object]]) -> bytes:
    """A binary workbook (MS-XLSB), just its necessary records."""
    book = _record(131) + _record(143)
    book += _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet_name)) + _record(144) + _record(132)
    data = _record(129) + _record(148, struct.pack("<IIII", 0, len(table) - 1, 0, len(table[0]) - 1)) + _record(145)
    for r, row in enumerate(table):
        data += _record(0, struct.pack("<II", r, 0) + b"\0" * 9)
        for c, value in enumerate(row):
            head = struct.pack("<II", c, 0)
            if isinstance(value, str) and value:
                data += _record(6, head + _wide(value))
            elif isinstance(value, (int, float)):
                data += _record(5, head + struct.pack("<d", value))
    data += _record(146) + _record(130)
    return zipped(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
            "_rels/.rels": _relations([("rId1", f"{LINKS}/officeDocument", "xl/workbook.bin")]),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _relations([("rId1", f"{LINKS}/worksheet", "worksheets/sheet1.bin")]),
            "xl/worksheets/sheet1.bin": data,
        }
    )


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, rest = b"", len(body)
    while True:
        size += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return head + size + body

"""What hides inside a workbook that is otherwise in order: macros, links, objects, depth, characters that are none."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from handmade_books import MAIN, ods, rows, sheet, xlsx, zipped

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Limits, Settings

_HEADER = ["姓名", "身份证号", "学籍号", "学校名称", "年级", "班级", "学生当前状态"]
_ROW = ["甲小一", "999999201203050016", "G999999201203050016", "实验小学", "三年级", "1班", "在读"]


@pytest.fixture
def opened(tmp_path):
    def load(data, name="名单.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        started = time.monotonic()
        try:
            (source,) = read.find([str(path)], "registry")
            return read.load(source, replace(Settings(), limits=Limits(memory_mb=256, seconds=10)))
        finally:
            assert time.monotonic() - started < 15

    return load


def test_macros_links_and_embedded_objects_are_left_where_they_are(opened, tmp_path):
    link = f'<externalLink xmlns="{MAIN}"><externalBook r:id="rId1" xmlns:r="x"/></externalLink>'
    more = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Auto_Open" * 100,
        "xl/externalLinks/externalLink1.xml": link,
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="rId1" TargetMode="External" Target="http://x.example/a.xlsx"/></Relationships>',
        "xl/embeddings/oleObject1.bin": b"MZ" + b"\0" * 500,
        "xl/connections.xml": '<connections><connection name="x" type="5"><dbPr connection="DSN=x" command="DROP TABLE y"/></connection></connections>',
        "customXml/item1.xml": "<x/>",
    }
    row = [
        *_ROW[:3],
        '<c r="D2"><f>HYPERLINK("http://x.example","实验小学")</f><v>实验小学</v></c>'.replace("<c r", '<c t="str" r'),
        *_ROW[4:],
    ]
    loaded = opened(xlsx({"学生": sheet(rows([_HEADER, row]))}, more=more), "名单.xlsm")
    assert loaded.rows_read == 1
    assert loaded.tables[0].frame["school"].tolist() == ["实验小学"], "the value that was stored, never the formula"
    assert [p.name for p in tmp_path.iterdir()] == ["名单.xlsm"]


def test_names_in_the_archive_that_lead_elsewhere_write_nothing(opened, tmp_path):
    whole = BytesIO(xlsx({"学生": sheet(rows([_HEADER, _ROW]))}))
    with zipfile.ZipFile(whole, "a") as archive:
        for name in ("../../逃.txt", "/tmp/逃.txt", "C:\\逃.txt", "xl\\..\\..\\逃.txt"):
            archive.writestr(name, "x")
    assert opened(whole.getvalue()).rows_read == 1
    assert not list(tmp_path.parent.rglob("逃.txt"))


@pytest.mark.parametrize("depth", [300, 50_000])
@pytest.mark.parametrize("kind", ["div", "table", "xml", "cell", "ods"])
def test_deep_nesting_ends_in_rows_or_in_a_clear_error(opened, kind, depth):
    header = "".join(f"<td>{h}</td>" for h in _HEADER)
    row = "".join(f"<td>{c}</td>" for c in _ROW)
    table = f"<table><tr>{header}</tr><tr>{row}</tr></table>"
    deep = {
        "div": f"<html>{'<div>' * depth}{table}{'</div>' * depth}</html>",
        "table": f"<html>{'<table><tr><td>' * depth}{table}{'</td></tr></table>' * depth}</html>",
        "cell": f"<html>{table.replace('实验小学', '<b>' * depth + '实验小学' + '</b>' * depth)}</html>",
        "xml": f'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>{"<B>" * depth}{"</B>" * depth}</Data></Cell></Row></Table></Worksheet></Workbook>',
    }  # fmt: skip
    data = deep.get(kind, "").encode()
    if kind == "ods":
        part = _deep_sheet(depth)
        data = xlsx({"学生": part})
    try:
        loaded = opened(data, "名单.xlsx" if kind == "ods" else "名单.xls")
    except KcbxError as told:
        assert "名单" in told.message and told.hint
    else:
        assert loaded.rows_read <= 1


def _deep_sheet(depth):
    return sheet(rows([_HEADER, _ROW])).replace("<sheetData>", f"<x>{'<y>' * depth}{'</y>' * depth}</x><sheetData>")


@pytest.mark.parametrize(
    "odd", ["\0", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\ue000", "\U000f0000", "\ufffe", "\x85", "\u2028"]
)
def test_characters_that_are_none_stay_inside_their_cell(opened, odd):
    line = ",".join([f"甲{odd}小一", *_ROW[1:]])
    loaded = opened("\n".join([",".join(_HEADER), line, ",".join(_ROW)]).encode(), "名单.csv")
    assert loaded.rows_read == 2
    frame = loaded.tables[0].frame
    assert frame["id_number"].tolist() == [_ROW[1]] * 2


def test_a_lone_surrogate_in_a_text_is_a_damaged_byte(opened):
    line = ",".join(["甲小一", *_ROW[1:]]).encode()
    data = b"\n".join(
        [",".join(_HEADER).encode(), line.replace("小".encode(), b"\xed\xa0\x80"), *[",".join(_ROW).encode()] * 400]
    )
    loaded = opened(data, "名单.csv")
    assert loaded.rows_read == 401
    assert "K110" in set(loaded.problems["code"])
    str(loaded.tables[0].frame["name"].iloc[0]).encode("utf-8")


def test_an_open_document_that_does_not_end_is_refused_before_the_library_looks_for_its_end(opened):
    """Found by fuzzing: without </table:table> the library looks on for ever."""
    whole = ods("学生", [_HEADER, _ROW])
    parts = {n: zipfile.ZipFile(BytesIO(whole)).read(n) for n in zipfile.ZipFile(BytesIO(whole)).namelist()}
    assert opened(whole, "名单.ods").rows_read == 1
    content = parts["content.xml"].decode()
    for broken in (
        content.replace("</table:table>", ""),
        content[:-30],
        content.replace("<office:", "<!DOCTYPE x [<!ENTITY a 'b'>]><office:", 1),
    ):
        with pytest.raises(KcbxError) as told:
            opened(zipped(parts | {"content.xml": broken}), "名单.ods")
        assert told.value.code == "unreadable_file"

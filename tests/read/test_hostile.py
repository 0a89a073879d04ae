"""Files that are broken, hostile or not what they seem: each ends in rows or in an error that names it, and quickly."""

from __future__ import annotations

import struct
import time
import zipfile
from dataclasses import replace
from io import BytesIO

import duckdb
import olefile
import pytest
from golden_files import FILES, PASSWORD
from handmade_books import MAIN, cell, ods, rows, sheet, xlsb, xlsx, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regenerate import GOLDEN

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.settings import Limits, Settings

_HEADER = ["姓名", "身份证号", "学籍号", "学校名称", "年级", "班级", "学生当前状态"]
_ROW = ["甲小一", "999999201203050016", "G999999201203050016", "实验小学", "三年级", "1班", "在读"]
_GOOD = sheet(rows([_HEADER, _ROW]))


@pytest.fixture
def opened(tmp_path):
    """Reads a file of these bytes."""

    def load(data, name="名单.xlsx", password=None, role="registry", **limits):
        path = tmp_path / name
        path.write_bytes(data)
        (source,) = read.find([str(path)], role)
        return read.load(source, replace(Settings(), limits=Limits(**limits)), password)

    return load


def refused(opened, data, code, **more):
    started = time.monotonic()
    with pytest.raises(KcbxError) as told:
        opened(data, **more)
    assert told.value.code == code
    assert more.get("name", "名单.xlsx") in told.value.message
    assert told.value.hint
    assert time.monotonic() - started < 5
    return told.value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空文件"), (b"\r\n  \n", "没有内容"), (b"\0" * 5000, "没有内容"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "图片"), (b"%PDF-1.7\n", "PDF"), (b"Rar!\x1a\x07\x01\0", "压缩包"), (b"PK\x03\x04" + b"\0" * 90, "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "损坏"), (bytes(range(1, 256)) * 40, ""), (b"SQLite format 3\0" + b"\1" * 99, "数据库"),
        (b"PAR1" + b"\0" * 90, "Parquet"), (b"<html><body>404</body></html>", "没有表格"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet>', "损坏"),
    ],
)  # fmt: skip
def test_files_that_are_no_tables(opened, data, says):
    assert says in refused(opened, data, "unreadable_file").message


def test_other_office_documents(opened):
    word = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
    assert "Word" in refused(opened, word, "unreadable_file").message
    assert "压缩包" in refused(opened, zipped({"a.csv": "x"}), "unreadable_file").message


@pytest.mark.parametrize("name", [n for n in FILES if n not in ("wps.et", "named_wrong.csv")])
def test_a_file_that_was_cut_off(opened, name):
    data = (GOLDEN / name).read_bytes()
    for part in (0.3, 0.6, 0.9):
        cut = data[: int(len(data) * part)]
        try:
            loaded = opened(cut, name=name, password=PASSWORD)
        except KcbxError as told:
            assert name in told.message
        else:
            assert loaded.kind in ("text", "html"), "only text can be cut off without a trace"


def test_a_parquet_that_is_damaged_far_from_its_start_leaves_the_next_file_alone(opened, tmp_path):
    path = tmp_path / "made.parquet"
    named = ", ".join(f"'{value}' || range AS \"{header}\"" for header, value in zip(_HEADER, _ROW, strict=True))
    with duckdb.connect() as link:
        link.execute(f"COPY (SELECT {named} FROM range(9000)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    good = path.read_bytes()
    far = len(good) * 3 // 4
    refused(opened, good[:far] + bytes(200) + good[far + 200 :], "unreadable_file", name="名单.parquet")
    assert len(opened(good, "又一份.parquet").tables[0].frame) == 9000


def test_two_hundred_megabytes_of_zeros(opened, tmp_path):
    path = tmp_path / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(200 << 20))
    assert "恶意" in refused(opened, path.read_bytes(), "too_large").message


def test_more_than_the_limit_when_unpacked(opened):
    data = xlsx({"学生": _GOOD}, more={"xl/media/a.bin": "0123456789" * 200_000})
    assert "上限 1 MB" in refused(opened, data, "too_large", unpacked_mb=1).message


def test_a_part_that_is_longer_than_the_directory_says(opened):
    data = bytearray(xlsx({"学生": _GOOD}))
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.find(b"xl/worksheets/sheet1.xml")
        while at >= 0:
            head = data.rfind(mark, 0, at)
            if head >= 0 and at - head in (30, 46):
                struct.pack_into("<I", data, head + place, 50)
            at = data.find(b"xl/worksheets/sheet1.xml", at + 1)
    refused(opened, bytes(data), "unreadable_file")


@pytest.mark.parametrize(
    "far",
    [
        rows([_HEADER, _ROW]) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        rows([[*_HEADER, '<c r="XFD1"><v>1</v></c>']]) + '<row r="900000"><c r="A900000"><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>" + rows([_HEADER], 9000) + "<row/>" * 9000,
        "<row r='1'>" + "".join(f"<c s='1' r='{c}1'><v>1</v></c>" for c in ("A", "XFD")) + "</row>" + "<row/>" * 9000,
    ],
)
def test_a_sheet_that_spans_more_than_fits_into_memory(opened, far):
    data = xlsx({"学生": sheet(far)})
    refused(opened, data, "too_large", memory_mb=64)


def test_a_sheet_that_only_claims_to_be_large_is_read(opened):
    part = sheet(rows([_HEADER, _ROW]), '<dimension ref="A1:XFD1048576"/>')
    assert opened(xlsx({"学生": part})).rows_read == 1


def test_an_open_document_that_repeats_a_filled_cell(opened):
    content = zipfile.ZipFile(BytesIO(ods("学生", [_HEADER, _ROW]))).read("content.xml").decode()
    cells = '<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.replace("</table:table-row>", f"{cells}</table:table-row>", 1),
    }
    refused(opened, zipped(parts), "too_large", memory_mb=64)


def test_a_binary_sheet_that_spans_too_much(opened):
    far = [_HEADER, _ROW, *[[]] * 2, ["x"]]
    data = xlsb("学生", far)
    assert opened(data).rows_read == 2
    body = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.bin")
    row = struct.pack("<BBI", 0, 17, 4)
    assert body.count(row) == 1
    there = body.replace(row, struct.pack("<BBI", 0, 17, 1_000_000))
    place = there.rindex(struct.pack("<I", 0) + struct.pack("<I", 0) + struct.pack("<I", 1) + "x".encode("utf-16-le"))
    there = there[:place] + struct.pack("<I", 16_000) + there[place + 4 :]
    parts = {i: zipfile.ZipFile(BytesIO(data)).read(i) for i in zipfile.ZipFile(BytesIO(data)).namelist()}
    refused(opened, zipped(parts | {"xl/worksheets/sheet1.bin": there}), "too_large")


def _biff_with(change):
    """biff.xls with a change made to its workbook stream, which lies in one run of sectors."""
    data = (GOLDEN / "biff.xls").read_bytes()
    with olefile.OleFileIO(BytesIO(data)) as ole:
        stream = ole.openstream("Workbook").read()
    start = data.index(stream[:512])
    assert data[start : start + len(stream)] == stream
    return data[:start] + change(stream) + data[start + len(stream) :]


def test_a_biff_workbook_that_claims_more_than_a_sheet_holds(opened):
    def dimensions(stream):
        place = stream.index(struct.pack("<HH", 0x0200, 14))
        return stream[: place + 4] + struct.pack("<I", 0xA300) + stream[place + 8 :]

    def column(stream):
        place = stream.index(struct.pack("<HH", 0x00FD, 10))
        return stream[: place + 6] + struct.pack("<H", 60_000) + stream[place + 8 :]

    def strings(stream):
        place = stream.index(b"\xfc\0", 100)
        return stream[: place + 8] + b"\xff\xff\xff\x7f" + stream[place + 12 :]

    assert opened(_biff_with(lambda s: s), name="名单.xls", role=None).rows_read == 5
    for change in (dimensions, column, strings):
        refused(opened, _biff_with(change), "unreadable_file", name="名单.xls", role=None)
    data = (GOLDEN / "biff.xls").read_bytes()
    refused(opened, data[:44] + b"\xff\xff\xff\x7f" + data[48:], "unreadable_file", name="名单.xls", role=None)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.bin", "content.xml"]
)
def test_a_digit_that_the_disk_has_changed_is_not_read_as_if_it_were_right(opened, part):
    """The library stops at the last row, before the checksum; one wrong byte of a number must not pass."""
    if part.endswith("bin"):
        whole = xlsb("学生", [_HEADER, _ROW])
    elif part == "content.xml":
        whole = ods("学生", [_HEADER, _ROW])
    else:
        strings = f'<sst xmlns="{MAIN}"><si><t>{_ROW[1]}</t></si></sst>'
        row = [*_ROW[:1], '<c r="B2" t="s"><v>0</v></c>', *_ROW[2:]]
        whole = xlsx({"学生": sheet(rows([_HEADER, row]))}, more={"xl/sharedStrings.xml": strings})
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    data = bytearray(kept.getvalue())
    number = _ROW[1].encode("utf-16-le") if part.endswith("bin") else _ROW[1].encode()
    at = data.index(number, data.index(part.encode()))
    assert opened(bytes(data)).rows_read == 1
    data[at + 12] ^= 1
    refused(opened, bytes(data), "unreadable_file")


def test_an_archive_without_the_part_that_matters(opened):
    refused(opened, zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "unreadable_file")
    refused(opened, zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}), "unreadable_file")


def test_entities_are_not_expanded(opened, tmp_path):
    (tmp_path / "secret").write_text("tell-nobody", "utf-8")
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file://%s">]>'
        % (tmp_path / "secret")
    )
    part = _GOOD.replace("<worksheet", bomb + "<worksheet").replace("实验小学", "&f;&b;")
    try:
        loaded = opened(xlsx({"学生": part}))
    except KcbxError as told:
        assert told.code == "unreadable_file"
    else:
        assert "tell-nobody" not in str(loaded.tables[0].frame.to_dict())
    markup = f'<?xml version="1.0"?>{bomb}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    refused(opened, markup.encode(), "unreadable_file", name="名单.xml")
    page = f"{bomb}<html><table><tr>{''.join(f'<td>{c}</td>' for c in _HEADER)}</tr><tr>{'<td>&f;&b;甲</td>' * 7}</tr></table></html>"
    assert "tell-nobody" not in str(opened(page.encode(), name="名单.htm").tables[0].frame.to_dict())


def test_passwords(opened):
    data = (GOLDEN / "protected.xlsx").read_bytes()
    assert "给出密码" in refused(opened, data, "password").hint
    assert "都不对" in refused(opened, data, "password", password=["不对", "也不对"]).message
    assert opened(data, password=["不对", PASSWORD]).rows_read == 2


def test_a_workbook_that_asks_for_too_many_rounds_of_hashing(opened, monkeypatch):
    monkeypatch.setattr("kcbx_cli.read.secret._MOST_ROUNDS", 99_999)
    refused(opened, (GOLDEN / "protected.xlsx").read_bytes(), "too_large", password=PASSWORD)


def test_cells_of_a_hundred_thousand_characters_and_odd_ones(opened):
    odd = ["甲\u202e小\u200b一", "x" * 100_000, "=1+1", "\ud7ff\ue000", "实验小学\n\t", "三年级", "1班"]
    loaded = opened(xlsx({"学生": sheet(rows([_HEADER, [*odd]]))}))
    assert loaded.tables[0].frame.iloc[0].tolist()[1:] == [*odd]


def test_an_unclosed_quotation_mark_does_not_swallow_the_rest(opened):
    lines = [",".join(_HEADER), '"' + ",".join(_ROW), *(",".join(_ROW) for _ in range(200))]
    told = refused(opened, "\n".join(lines).encode(), "unreadable_file", name="名单.csv")
    assert "第 2 行" in told.message


def test_a_text_that_ends_within_a_character(opened):
    data = "\n".join([",".join(_HEADER), *[",".join(_ROW)] * 30]).encode("gb18030")
    assert "没有传完" in refused(opened, data[:-1], "unreadable_file", name="名单.csv").message
    utf8 = "\n".join([",".join(_HEADER), *[",".join(_ROW)] * 30]).encode()
    assert "没有传完" in refused(opened, utf8[:-1], "unreadable_file", name="名单.csv").message
    marked = b"\xef\xbb\xbf" + utf8[:-1]
    assert "没有传完" in refused(opened, marked, "unreadable_file", name="名单.csv").message


def test_a_text_that_ends_within_a_row(opened):
    lines = [",".join(_HEADER), *[",".join(_ROW)] * 30, ",".join(_ROW[:3])]
    told = refused(opened, "\n".join(lines).encode(), "unreadable_file", name="名单.csv").message
    assert "没有传完" in told and "第 32 行" in told
    whole = opened("\n".join([*lines, ""]).encode(), name="名单.csv")
    assert whole.rows_read == 31


def test_a_few_wrong_bytes_are_reported_with_their_row(opened):
    lines = [",".join(_HEADER).encode("gb18030"), *[",".join(_ROW).encode("gb18030")] * 400]
    lines[7] = lines[7].replace("小".encode("gb18030"), b"\xff\xff")
    loaded = opened(b"\r\n".join(lines) + b"\r\n", name="名单.csv")
    assert loaded.problems[["code", "row"]].to_numpy().tolist() == [["K110", 8]]
    assert loaded.rows_read == 400


def test_rows_with_too_many_cells_are_reported(opened):
    lines = [
        ",".join(_HEADER),
        ",".join(_ROW),
        ",".join([*_ROW[:3], "某街道,3号", *_ROW[4:]]),
        ",".join(_ROW),
        ",".join(_ROW),
        "甲小二,",
    ]
    loaded = opened("\n".join(lines).encode(), name="名单.csv")
    assert loaded.problems[["code", "row"]].to_numpy().tolist() == [["K112", 3], ["K112", 6]]


def test_half_empty_key_columns_are_reported(opened):
    people = [[f"甲{i}", "" if i % 3 else _ROW[1], *_ROW[2:]] for i in range(12)]
    loaded = opened(xlsx({"学生": sheet(rows([_HEADER, *people]))}))
    assert loaded.problems[["code", "field", "detail"]].to_numpy().tolist() == [
        ["K111", "id_number", "本人证件号码列 12 行中有 8 行是空的"]
    ]


def test_a_workbook_with_nothing_in_it(opened):
    assert "空的" in refused(opened, xlsx({"Sheet1": sheet(""), "Sheet2": sheet("")}), "unreadable_file").message


def test_a_header_without_rows_is_a_list_of_nobody(opened):
    loaded = opened(xlsx({"学生": sheet(rows([_HEADER]))}))
    assert (loaded.rows_read, len(loaded.tables)) == (0, 1)


def test_only_a_hidden_sheet(opened):
    told = refused(
        opened, xlsx({"说明": sheet(rows([["请看下表"]])), "学生": _GOOD}, {"学生": "hidden"}), "hidden_sheet"
    )
    assert "「学生」" in told.message


def test_a_large_sheet_that_is_no_list_is_a_warning(opened):
    codes = rows([["指标", "一", "二", "三"], *[["某", 1, 2, 3]] * 30])
    loaded = opened(xlsx({"学生": _GOOD, "统计": sheet(codes)}))
    assert loaded.problems[["code", "sheet"]].to_numpy().tolist() == [["K102", "统计"]]


def test_a_sheet_of_another_kind_is_a_warning(opened):
    other = rows(
        [["户编号", "姓名", "与户主关系", "证件号码", "在校生状况", "户联系电话"], ["1", "乙", "之子", "2", "", ""]]
    )
    loaded = opened(xlsx({"学生": _GOOD, "低收入": sheet(other)}))
    assert loaded.problems[["code", "sheet"]].to_numpy().tolist() == [["K113", "低收入"]]


def test_the_time_limit(opened):
    refused(opened, xlsx({"学生": _GOOD}), "too_large", seconds=-1)


def test_merged_cells_without_end_are_no_trouble(opened):
    part = sheet(rows([_HEADER, _ROW]), after='<mergeCells count="1"><mergeCell ref="D2:D1048576"/></mergeCells>')
    assert opened(xlsx({"学生": part})).rows_read == 1


def test_a_damaged_cell_leaves_the_others(opened):
    row = [*_ROW[:3], cell("D2", 1).replace("<v>1</v>", "<v>x1</v>"), *_ROW[4:]]
    try:
        loaded = opened(xlsx({"学生": sheet(rows([_HEADER, row]))}))
    except KcbxError as told:
        assert told.code == "unreadable_file"
    else:
        assert loaded.rows_read == 1


@settings(max_examples=120, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([n for n in FILES if n != "protected.xlsx"]),
    spots=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
    keep=st.floats(0.5, 1),
)
def test_damaged_files_end_in_rows_or_in_a_clear_error(opened, name, spots, keep):
    data = bytearray((GOLDEN / name).read_bytes())
    for place, byte in spots:
        data[int(place * (len(data) - 1))] = byte
    try:
        loaded = opened(bytes(data[: int(len(data) * keep)]), name=name)
    except KcbxError as told:
        assert told.hint or told.code == "password"
    else:
        assert loaded.rows_read == sum(len(t.frame) for t in loaded.tables)


def test_what_is_nested_without_end_is_told_as_any_other_damage(tmp_path, monkeypatch):
    """TOML and JSON that go a hundred thousand levels deep: Python's parsers give up with an error of their own kind."""
    from kcbx_cli import configuration, credentials, uselog, watching
    from kcbx_cli.settings import Watch
    from kcbx_cli.write.manifest import survey

    deep = "[" * 100_000
    config = tmp_path / "kcbx.toml"
    config.write_text(f"v = {deep}", "utf-8")
    for ask in (configuration.load, credentials.passwords):
        with pytest.raises(KcbxError) as told:
            ask(config, {})
        assert told.value.code == "bad_setting"
    with pytest.raises(KcbxError):
        configuration.load(None, {"KCBX_WATCH__EXPECTED": deep})
    log = uselog.beside(tmp_path / "x.db")
    uselog.append(log, {"command": "x", "event": "began"})
    log.write_bytes(log.read_bytes() + deep.encode() + b"\n")
    assert uselog.verify(log)
    with pytest.raises(KcbxError):
        uselog.append(log, {"command": "x", "event": "began"})
    month = tmp_path / "inbox" / "2021-10"
    month.mkdir(parents=True)
    (month / "学籍.csv").write_text("姓名\n", "utf-8")
    results = tmp_path / "out" / "2021-10"
    results.mkdir(parents=True)
    for name in ("run.json", ".kcbx.json"):
        (results / name).write_text(deep, "utf-8")
    inbox = watching.Inbox(tmp_path / "inbox", tmp_path / "out", Watch(settle_seconds=0))
    assert (list(inbox.due()), list(inbox.due())) == ([], ["2021-10"]), "the watch goes on"
    assert "run.json" in survey(results).foreign, "not taken for kcbx's own"

"""The golden inputs: one small file for each format and each trap, all built here; the people are made up."""

from __future__ import annotations

import hashlib
import io
import zipfile

from handmade_books import MAIN, STRICT_MAIN, cell, merges, number, ods, rows, sheet, xlsb, xlsx

PASSWORD = "秘密123"
_A, _B, _C = number("20120305", 1), number("20111120", 2), number("20130707", 3)
_PUPILS = [
    "学籍号",
    "姓名",
    "性别",
    "出生日期",
    "身份证件类型",
    "身份证件号",
    "学校名称",
    "年级",
    "班级",
    "学生当前状态",
]
_ROW_A = [f"G{_A}", "甲小一", "男", "2012-03-05", "居民身份证", _A, "实验小学", "三年级", "1班", "在读"]
_ROW_B = [f"G{_B}", "乙小二", "女", "20111120", "居民身份证", _B, "实验小学", "四年级", "2班", "01"]
_MEMBERS = [
    "乡镇",
    "村",
    "户编号",
    "人口编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "在校生状况",
    "户联系电话",
    "成员联系电话",
    "失学或辍学原因",
]
_HOME = ["葛城街道", "一村", "001", "00101", "丙大三", number("19800101", 5), "户主", "", "13800000000", "", ""]
_CHILD = ["葛城街道", "一村", "001", "00102", "丙小四", _C, "之子", "小学", "13800000000", "", ""]
_HAND = ["序号", "姓名", "性别", "身份证号", "与户主关系", "户主姓名", "村", "监护人电话"]


def _shared() -> bytes:
    """As WPS writes: shared strings with runs and phonetic hints, a wrong dimension, a table that starts at C4."""
    words = [*_PUPILS, *_ROW_A]
    items = [f"<si><t>{w}</t></si>" for w in words]
    items[1] = "<si><r><rPr><b/></rPr><t>姓</t></r><r><t xml:space='preserve'> 名*</t></r></si>"
    items[11] = '<si><t>甲小一</t><rPh sb="0" eb="1"><t>jia</t></rPh><phoneticPr fontId="1"/></si>'
    strings = f'<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{"".join(items)}</sst>'
    lines = []
    for line in range(2):
        places = [f'<c r="{"CDEFGHIJKL"[i]}{line + 4}" t="s"><v>{line * 10 + i}</v></c>' for i in range(10)]
        lines.append(f'<row r="{line + 4}" spans="3:12">{"".join(places)}</row>')
    title = '<row r="2"><c r="C2" t="inlineStr"><is><r><t>某县</t></r><r><t>学籍</t></r></is></c></row>'
    data = title + lines[0] + lines[1] + rows([_ROW_B], 6, 2)
    app = '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>WPS 表格</Application></Properties>'
    part = sheet(data, '<dimension ref="A1"/>', merges("C2:L2"))
    return xlsx({"学生": part}, more={"xl/sharedStrings.xml": strings, "docProps/app.xml": app})


def _dates() -> bytes:
    """Dates counted from 1904, and the Chinese built-in formats 31 and 57."""
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="31" applyNumberFormat="1"/>'
        '<xf numFmtId="57" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    table = rows(
        [
            _PUPILS,
            [*_ROW_A[:3], cell("D2", 39511, ' s="1"'), *_ROW_A[4:]],
            [*_ROW_B[:3], cell("D3", 39405, ' s="2"'), *_ROW_B[4:]],
        ]
    )
    return xlsx({"学生": sheet(table)}, workbook='<workbookPr date1904="1"/>', more={"xl/styles.xml": styles})


def _numbers() -> bytes:
    """ID numbers as numbers: all digits in the file, cut off by Excel, and as text."""
    digits = number("20120305", 22)
    table = [
        _PUPILS,
        [*_ROW_A[:5], cell("F2", int(digits)), *_ROW_A[6:]],
        [*_ROW_B[:5], cell("F3", "4.4092320120305E+17")],
    ]
    table[2][5] = '<c r="F3"><v>4.4092320120305E+17</v></c>'
    return xlsx({"学生": sheet(rows([*table, ["", "丁小五", "女", "", "", _C]]))})


def _floats() -> bytes:
    """ID numbers from a program that keeps numbers as binary fractions: 18 digits, and the last ones wrong."""
    wrong = [int(float(number("20120305", n))) for n in (11, 13)]
    table = [_PUPILS] + [[*_ROW_A[:5], f'<c r="F{r}"><v>{v}</v></c>', *_ROW_A[6:]] for r, v in enumerate(wrong, 2)]
    return xlsx({"学生": sheet(rows(table))})


def _errors() -> bytes:
    """An error, a formula that was never calculated, one that was, and a row that is filtered away."""
    broken = '<c r="G2" t="e"><f>VLOOKUP(B2,Sheet9!A:B,2,0)</f><v>#N/A</v></c>'
    never = '<c r="H2"><f>UPPER("x")</f></c>'
    done = '<c r="H3" t="str"><f>"四"&amp;"年级"</f><v>四年级</v></c>'
    table = [_PUPILS, [*_ROW_A[:6], broken, never, *_ROW_A[8:]], [*_ROW_B[:7], done, *_ROW_B[8:]]]
    return xlsx({"学生": sheet(rows(table, attributes={3: ' hidden="1"'}))})


def _two_rows() -> bytes:
    """A hand-made list: title, header over two rows, numbering, household cells merged downwards, a second page with
    title and header again, totals, signatures."""
    top = ["序号", "姓名", "性别", "身份证号", "与户主关系", "户主姓名", "监护人", "", "备注"]
    below = ["", "", "", "", "", "", "姓名", "电话", ""]
    people = [
        ["1", "丙大三", "男", number("19800101", 5), "户主", "丙大三", "", "", ""],
        ["2", "丙小四", "男", _C, "之子", "", "丙大三", 13800000000, "在校"],
        ["3", "戊小六", "女", _B, "之女", "戊大七", "戊大七", "13900000000", ""],
    ]
    table = [
        ["某乡低收入家庭名单"], top, below, [str(i) for i in range(1, 10)], *people[:2], ["小计", "2人"],
        ["某乡低收入家庭名单"], top, below, people[2], [], ["4"], ["合 计", "", "", 3],
        ["填表人:己八", "", "", "审核人:庚九", "", "", "2021年10月31日"], ["注:本表一式两份"],
    ]  # fmt: skip
    ranges = ["A1:I1", "A8:I8", "F5:F6"]
    ranges += [f"{c}{r}:{c}{r + 1}" for r in (2, 9) for c in "ABCDEFI"] + ["G2:H2", "G9:H9"]
    return xlsx({"名单": sheet(rows(table), after=merges(*ranges))})


def _sheets() -> bytes:
    """One sheet a township, instructions, a code table, statistics, and two hidden copies."""
    other = ["复兴街道", "二村", "002", "00201", "辛小十", _B, "之女", "小学", "13700000000", "", ""]
    codes = rows([["代码", "名称"], *([f"{i:02d}", w] for i, w in enumerate(("在读", "休学", "退学"), 1))])
    counts = rows([["乡镇", "户数", "人数"], ["葛城街道", 1, 2], ["复兴街道", 1, 1]])
    parts = {
        "填表说明": sheet(rows([["填表说明"], ["1. 姓名按户口簿填写"], ["2. 证件号码设为文本"]])),
        "葛城街道": sheet(rows([_MEMBERS, _HOME, _CHILD])),
        "复兴街道": sheet(rows([["脱贫人口信息"], _MEMBERS, other])),
        "代码表": sheet(codes), "统计": sheet(counts), "空表": sheet(""),
        "旧数据": sheet(rows([_MEMBERS, _CHILD])), "备份": sheet(rows([_MEMBERS, _HOME])),
    }  # fmt: skip
    return xlsx(parts, {"旧数据": "hidden", "备份": "veryHidden"})


def _prefixed() -> bytes:
    """As the Open XML SDK writes: every element with a prefix, and a sheet that claims a million rows."""
    plain = sheet(
        rows([_PUPILS, [*_ROW_A[:6], '<c r="G2" t="e"><v>#REF!</v></c>', *_ROW_A[7:]]]),
        '<dimension ref="A1:XFD1048576"/>',
    )
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t", "dimension"):
        plain = (
            plain.replace(f"<{tag} ", f"<x:{tag} ")
            .replace(f"<{tag}>", f"<x:{tag}>")
            .replace(f"</{tag}>", f"</x:{tag}>")
        )
    plain = plain.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    return xlsx({"学生": plain})


def _html() -> bytes:
    """A page that passes for a workbook: header over two rows, filler, line breaks, entities."""
    top = (
        "".join(f"<th rowspan=2>{h}</th>" for h in ("序号", "姓名", "身份证号", "与户主关系", "户主姓名"))
        + "<th colspan=2>监护人</th>"
    )
    body = (
        f"<tr><td>1</td><td>丙小四</td><td style='mso-number-format:\"\\@\"'>{_C}</td><td>之子</td><td>丙大三</td><td>丙&#22823;三</td><td>&nbsp;</td></tr>"
        f"<tr><td>2</td><td><b>戊</b><br>小六</td><td x:num='{_B}'>9.99E+17</td><td>之女</td><td>戊大七</td><td>戊大七</td><td> 139 0000 0000 </td></tr>"
    )
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type content="text/html; charset=gb2312">'
        f"<style>td {{color:red}}</style></head><body><table><tr><td colspan=7>低收入名单</td></tr><tr>{top}</tr><tr><th>姓名</th><th>电话</th></tr>"
        f"{body}<tr><td colspan=7>合计:2 人</td></tr></table></body></html>"
    )
    return page.encode("gb18030")


def _spreadsheetml() -> bytes:
    """An XML spreadsheet of 2003: cells and rows that are skipped by index, a number with all digits, a hidden sheet."""
    names = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )

    def line(values: list[object], index: str = "") -> str:
        kinds = [("Number" if isinstance(v, (int, float)) else "String", v) for v in values]
        cells = "".join(f'<Cell><Data ss:Type="{k}">{v}</Data></Cell>' if v != "" else "<Cell/>" for k, v in kinds)
        return f"<Row{index}>{cells}</Row>"

    born = '<Cell ss:Index="4"><Data ss:Type="DateTime">2012-03-05T00:00:00.000</Data></Cell>'
    row = f'<Row ss:Index="5"><Cell><Data ss:Type="String">G{_A}</Data></Cell><Cell><Data ss:Type="String">甲小一</Data></Cell>{born}</Row>'
    cut = line(["", "乙小二", "女", "", "", 4.4092320111120e17])
    exact = line(["", "丁小五", "女", "", "", int(number("20130707", 24))])
    hidden = '<x:WorksheetOptions xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>'
    third = ' ss:Index="3"'
    text = (
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {names}>'
        f'<Worksheet ss:Name="学生"><Table>{line(list(_PUPILS), third)}{row}{cut}{exact}</Table></Worksheet>'
        f'<Worksheet ss:Name="旧"><Table>{line(list(_PUPILS))}{line(list(_ROW_A))}</Table>{hidden}</Worksheet></Workbook>'
    )
    return text.encode()


def _csv(coding: str, separator: str = ",", wrapped: bool = False) -> bytes:
    def line(cells: list[str]) -> str:
        return separator.join(f'="{c}"' if wrapped and c.isalnum() and c.isascii() and len(c) > 6 else c for c in cells)

    quoted = [*_ROW_A[:6], '"实验\n小学"', *_ROW_A[7:]]
    return "\r\n".join(["学籍名单", "", line(_PUPILS), line(quoted), "", line(_ROW_B), ""]).encode(coding)


def _parquet() -> bytes:
    import tempfile
    from pathlib import Path

    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.parquet")
        named = ", ".join(f'c{i} AS "{h}"' for i, h in enumerate(_MEMBERS))
        link = duckdb.connect()
        table = ", ".join(f"c{i} VARCHAR" for i in range(len(_MEMBERS)))
        link.execute(f"CREATE TABLE t ({table}, born DATE, serial BIGINT)")
        for row in (_HOME, _CHILD):
            link.execute(
                f"INSERT INTO t VALUES ({', '.join('?' * len(row))}, DATE '2013-07-07', 999999201307070033)",
                [v or None for v in row],
            )
        link.execute(f"COPY (SELECT {named}, born AS 出生日期, serial AS 残疾证号 FROM t) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def _encrypted() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    # The library spoils packages of less than 4 KiB when it writes them; a picture makes this one larger.
    noise = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(200))
    plain, made = io.BytesIO(_shared()), io.BytesIO()
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr(zipfile.ZipInfo("docProps/thumbnail.jpeg"), noise)
    OOXMLFile(plain).encrypt(PASSWORD, made)
    return made.getvalue()


def _residents() -> bytes:
    """The register of residents as the police give it: births, moves and cancellations."""
    head = [
        "派出所",
        "乡镇(街道)",
        "村(居)委会",
        "户号",
        "户主姓名",
        "户主或与户主关系",
        "姓名",
        "曾用名",
        "性别",
        "出生日期",
        "公民身份号码",
        "户籍地址",
        "变动类型",
        "变动日期",
    ]
    home = ["葛城派出所", "葛城街道", "一村", "900001", "丙大三"]
    table = [
        ["某县户籍学龄人口信息"], head,
        [*home, "之子", "丙小四", "", "男", "20130707", _C, "葛城街道一村1组", "", ""],
        [*home, "之女", "乙小二", "乙二妹", "女", "20111120", _B, "葛城街道一村1组", "迁出", "2021-05-01"],
    ]  # fmt: skip
    return xlsx({"学龄人口": sheet(rows(table), after=merges("A1:N1"))})


def _census() -> bytes:
    """A village's own census of children."""
    head = [
        "序号",
        "村",
        "组",
        "户主姓名",
        "儿童姓名",
        "性别",
        "出生日期",
        "身份证号",
        "父亲姓名",
        "母亲姓名",
        "是否入学",
        "就读学校",
        "备注",
    ]
    table = [
        ["一村适龄儿童摸底册"],
        head,
        ["1", "一村", "2", "丙大三", "丙小四", "男", "2013-07-07", _C, "丙大三", "丁大五", "是", "实验小学", ""],
    ]
    return xlsx({"摸底": sheet(rows(table))})


def _federation() -> bytes:
    """The list of disabled children, with card numbers and placement."""
    head = [
        "序号",
        "乡镇",
        "残疾人姓名",
        "性别",
        "身份证号",
        "残疾证号",
        "残疾类别",
        "残疾等级",
        "监护人",
        "联系电话",
        "安置方式",
        "未入学原因",
    ]
    table = [
        head,
        ["1", "葛城街道", "丙小四", "男", _C, _C + "43", "肢体", "三级", "丙大三", "13800000000", "待安置", "身体原因"],
    ]
    return xlsx({"残疾儿童": sheet(rows(table))})


def _roll_call() -> bytes:
    """A school's roll call: a sheet a class, names and ticks only."""
    head = ["序号", "姓名", "性别", "是否到校", "备注"]
    parts = {
        "三年级1班": sheet(
            rows([["实验小学三年级1班"], head, ["1", "甲小一", "男", "√", ""], ["2", "丙小四", "男", "", "外出"]])
        ),
        "四年级2班": sheet(rows([["实验小学四年级2班"], head, ["1", "乙小二", "女", "√", ""]])),
    }
    return xlsx(parts)


def _absences() -> bytes:
    """A report of long absence, with dates and counts in several forms."""
    head = [
        "学校名称",
        "年级",
        "班级",
        "姓名",
        "身份证号",
        "缺勤起始日期",
        "缺勤天数",
        "缺勤原因",
        "家访情况",
        "是否返校",
        "返校日期",
        "报告日期",
    ]
    table = [
        head, ["实验小学", "三年级", "1班", "甲小一", _A, "2021年9月20日", "41天", "外出打工", "已家访", "否", "", "2021-10-29"],
        ["实验小学", "四年级", "2班", "乙小二", _B, "", 12, "因病请假", "", "是", "2021.10.25", "2021-10-29"],
    ]  # fmt: skip
    return xlsx({"长期缺勤": sheet(rows(table))})


#: File -> what makes it. Those in ONCE come out different each time and are kept as they are.
FILES = {
    "wps.xlsx": _shared, "wps.et": _shared, "dates_1904.xlsx": _dates, "numbers_exact.xlsx": _numbers, "numbers_float.xlsx": _floats,
    "errors.xlsx": _errors, "two_rows.xlsx": _two_rows, "sheets.xlsx": _sheets, "prefixed.xlsx": _prefixed,
    "strict.xlsx": lambda: xlsx({"学生": sheet(rows([_PUPILS, _ROW_A]), main=STRICT_MAIN)}, strict=True),
    "named_wrong.csv": _sheets, "open.ods": lambda: ods("学生", [["学籍"], [], _PUPILS, _ROW_A, [*_ROW_B[:5], 4.4092320120305e17]]),
    "binary.xlsb": lambda: xlsb("学生", [_PUPILS, _ROW_A, [*_ROW_B[:5], 4.4092320120305e17, *_ROW_B[6:]]]),
    "page.xls": _html, "markup_2003.xls": _spreadsheetml, "tabs.xls": lambda: _csv("gb18030", "\t"),
    "gb18030.csv": lambda: _csv("gb18030", wrapped=True), "utf8.csv": lambda: _csv("utf-8", ";"), "utf8_bom.csv": lambda: _csv("utf-8-sig"),
    "utf16.txt": lambda: _csv("utf-16", "\t"), "utf16_be.csv": lambda: b"\xfe\xff" + _csv("utf-16-be"), "utf16_bare.csv": lambda: _csv("utf-16-le"),
    "residents.xlsx": _residents, "census.xlsx": _census, "federation.xlsx": _federation, "roll_call.xlsx": _roll_call,
    "absences.xlsx": _absences, "large.parquet": _parquet, "protected.xlsx": _encrypted,
}  # fmt: skip
ONCE = ("large.parquet", "protected.xlsx")

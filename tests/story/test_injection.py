"""Nothing that stands in a list is ever taken for code: no formula, no link, no template, no SQL, from any field."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest
from offices import LIST, REGISTRY, Office, id_number, member, pupil, table
from openpyxl.cell.cell import MergedCell

MARKS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://x.example","y")', "=cmd|'/C calc'!A0", "＝1+1",
    "{{ 7*7 }}", "{% for x in ().__class__.__base__.__subclasses__() %}", "'; DROP TABLE cases; --", "<script>x</script>", "&#61;1",
)  # fmt: skip
SPECIAL = ["姓名", "身份证号", "类别", "批准日期", "有效期至", "就读地", "就读学校", "证明材料", "备注"]
ROSTER = ["层级", "乡镇", "学校", "村", "户主姓名", "角色", "姓名", "职务", "电话"]
#: Fields without which a row is not the row that it is meant to be.
_KEPT = {
    "姓名",
    "证件号码",
    "身份证件号",
    "身份证号",
    "出生日期",
    "学籍号",
    "层级",
    "与户主关系",
    "学生当前状态",
    "类别",
}


def fields(header):
    return [h for h in header if h not in _KEPT]


@pytest.fixture
def hostile(office: Office) -> Office:
    """Every mark in every field of every list, on the rows of children who are suspects, doubtful or at school."""
    pupils, listed, special, roster = [], [], [], []
    for number, mark in enumerate(MARKS, 1):
        birth = f"2012{number % 9 + 1:02d}{number + 1:02d}"
        name = f"赵{chr(0x4E00 + number)}"
        around = [MARKS[(number + shift) % len(MARKS)] for shift in range(20)]
        listed.append(member(name, birth, number) | dict(zip(fields(LIST), around, strict=False)))
        listed.append(member(mark, birth, number + 50) | {"村": mark})
        state = "流失" if number % 2 else "在读"
        child = pupil(name, birth, number, 学生当前状态=state, 状态日期="20211005")
        pupils.append(child | dict(zip(fields(REGISTRY), around, strict=False)))
        pupils.append(pupil(mark, birth, number + 70, 学生当前状态="流失"))
        special.append({"姓名": f"钱{mark}", "身份证号": id_number("20120303", number), "类别": "休学", "批准日期": "2021-03-01",
                        **{h: mark for h in ("就读地", "就读学校", "证明材料", "备注")}})  # fmt: skip
        roster.append({"层级": "片", "乡镇": "甲乡", "角色": mark, "姓名": f"孙{mark}", "职务": mark, "电话": mark})
    office.registry(*pupils)
    office.households(*listed)
    office.workbook("特殊.xlsx", SPECIAL, special, "特殊学生台账")
    office.workbook("责任人.xlsx", ROSTER, roster, "责任人名册")
    more = ("--special", office.folder / "特殊.xlsx", "--responsible", office.folder / "责任人.xlsx", "--age-ledger")
    assert office.reconcile(*more) in (0, 1), office.stderr
    return office


def _parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check_workbook(path):
    parts = _parts(path)
    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(rb"<f[ >/]", content), (path.name, name)
            assert b"<hyperlink" not in content
    assert not [n for n in parts if "externalLink" in n or n.endswith("vbaProject.bin") or "embeddings" in n]
    assert not [n for n, c in parts.items() if n.endswith(".rels") and b'TargetMode="External"' in c]


def check_document(path):
    text = _parts(path)["word/document.xml"]
    assert b"http://x.example" not in b"".join(c for n, c in _parts(path).items() if n.endswith(".rels"))
    assert b">49<" not in text and b"<script>" not in text


def test_no_field_of_any_list_becomes_a_formula_a_link_or_code_in_any_output(hostile):
    office = hostile
    ledger = office.folder / "kcbx-ledger.db"
    assert office.kcbx("cases", "list", "--ledger", ledger, "--out", office.folder / "个案.xlsx", "--json") == 0
    assert office.kcbx("dossier", "--all", "--ledger", ledger, "--out", office.folder / "档案") == 0
    books = [*office.out.rglob("*.xlsx"), office.folder / "个案.xlsx"]
    assert len(books) > 8
    for path in books:
        check_workbook(path)
    documents = [*office.out.rglob("*.docx"), *office.folder.joinpath("档案").rglob("*.docx")]
    assert documents
    for path in documents:
        check_document(path)
    for path in office.out.rglob("*.csv"):
        for row in table(path):
            assert not [v for v in row.values() if v.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert office.kcbx("cases", "list", "--ledger", ledger) == 0, "the ledger has all its tables"


def test_what_comes_back_marked_holds_no_formula_either(hostile):
    office = hostile
    filled, answers = office.folder / "填好", 0
    filled.mkdir()
    for sheet in sorted((office.out / "乡镇核查表").iterdir()):
        book = openpyxl.load_workbook(sheet)
        page = book["核查表"]
        header = next((r for r in page.iter_rows() if any(c.value == "核查\n结论" for c in r)), None)
        if header is None:  # a zero sheet
            continue
        outcome = next(c.column for c in header if c.value == "核查\n结论")
        for number, row in enumerate(range(header[0].row + 1, header[0].row + 1 + len(MARKS))):
            cell = page.cell(row, outcome)
            if isinstance(cell, MergedCell):  # past the rows of the children
                break
            cell.value, cell.data_type = MARKS[number], "s"
            answers += 1
        book.save(filled / sheet.name)
    assert answers > 5
    code = office.kcbx("collect", filled, "--ledger", office.folder / "kcbx-ledger.db", "--out", office.folder / "退回")
    assert code == 1
    returned = list((office.folder / "退回").iterdir())
    assert returned
    for path in returned:
        check_workbook(path)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ self.__init__.__globals__ }}", "{{ cycler.__init__.__globals__.os.system('id') }}",
        "{% for x in range(10**9) %}x{% endfor %}", "{{ lipsum.__globals__['os'].popen('id').read() }}", "{% include '/etc/passwd' %}", "{{ 姓名.__class__ }}",
    ],
)  # fmt: skip
def test_a_template_runs_no_code(tmp_path, attack):
    """The sandbox: a county's template, or one that somebody passed on, reaches nothing but its own words."""
    import docx

    from kcbx_cli.errors import KcbxError
    from kcbx_cli.write.document import Document

    template = docx.Document()
    template.add_paragraph(attack)
    template.save(tmp_path / "模板.docx")
    with pytest.raises(KcbxError) as told:
        Document.load("pledge", str(tmp_path / "模板.docx")).fill({"姓名": "甲"})
    assert told.value.code == "bad_template" and "uid=" not in told.value.message + told.value.hint


def test_what_looks_like_a_template_in_a_value_stays_text(tmp_path):
    import zipfile

    import docx

    from kcbx_cli.write.document import Document

    template = docx.Document()
    template.add_paragraph("{{ 姓名 }}")
    template.save(tmp_path / "模板.docx")
    made = Document.load("pledge", str(tmp_path / "模板.docx")).fill({"姓名": "{{ 7*7 }}<w:p/>&"})
    (tmp_path / "成.docx").write_bytes(made)
    text = zipfile.ZipFile(tmp_path / "成.docx").read("word/document.xml").decode()
    assert "{{ 7*7 }}&lt;w:p/&gt;&amp;" in text and "49" not in text

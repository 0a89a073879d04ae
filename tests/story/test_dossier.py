"""`kcbx dossier`: a Word document a child."""

import zipfile
from pathlib import Path

import docx
import pytest
from offices import Office, member, pupil


def _known(office: Office) -> None:
    office.registry(
        pupil("王大力", "20120101", 9), pupil("李小红", "20120316", 2, 学生当前状态="流失", 状态日期="20210905")
    )
    office.households(member("张小明", "20120315", 1, 乡="乙乡"), member("李小红", "20120316", 2))
    for as_of in ("2021-09-30", "2021-10-31"):
        assert office.reconcile("--ledger", "kcbx-ledger.db", as_of=as_of) == 0
    office.kcbx("cases", "annotate", "2021-0001", "2021-0002", "--note", "家长<已>联系&确认", "--who", "王科长")
    office.kcbx(
        "cases",
        "close",
        "2021-0002",
        "--disposition",
        "在校有学籍",
        "--evidence",
        "转学证明",
        "--who",
        "李老师",
        "--on",
        "2021-11-08",
    )


@pytest.fixture
def known(office: Office, begun) -> Office:
    """Two cases over two months; one was closed with evidence and remarked on."""
    return begun(office, _known)


def text_of(path: Path) -> str:
    document = docx.Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_everything_about_a_child_stands_in_the_document(known):
    assert known.kcbx("dossier", "--all", "--out", "档案", "--as-of", "2021-11-10") == 0
    assert sorted(p.name for p in Path("档案").iterdir()) == ["2021-0001.docx", "2021-0002.docx"]
    told = {p.name: text_of(p) for p in Path("档案").iterdir()}
    (of_zhang,) = [t for t in told.values() if "张小明" in t]
    (of_li,) = [t for t in told.values() if "李小红" in t]
    for said in (of_zhang, of_li):
        assert "家长<已>联系&确认" in said and "王科长" in said and "{{" not in said
        assert "立案" in said and "延续" in said and "2021-09-30" in said and "2021-10-31" in said
    assert "学籍系统里没有找到" in of_zhang and "乙乡" in of_zhang and "脱贫户.xlsx" in of_zhang
    assert "流失（2021-09-05）" in of_li and "甲乡中心小学" in of_li
    assert "张小明" not in known.stdout


def test_a_finding_its_evidence_and_its_end_are_told(known):
    assert known.kcbx("dossier", "2021-0002", "--out", "档案", "--as-of", "2021-11-10") == 0
    said = text_of(Path("档案/2021-0002.docx"))
    assert "在校有学籍（有效至 2022-11-08）" in said and "转学证明" in said and "李老师" in said and "已销号" in said


def test_the_same_state_gives_the_same_document(known):
    for folder in ("甲", "乙"):
        assert known.kcbx("dossier", "2021-0001", "--out", folder, "--as-of", "2021-11-10") == 0
    assert Path("甲/2021-0001.docx").read_bytes() == Path("乙/2021-0001.docx").read_bytes()
    with zipfile.ZipFile("甲/2021-0001.docx") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_a_township(known):
    assert known.kcbx("dossier", "--township", "乙", "--out", "档案") == 0
    (only,) = Path("档案").iterdir()
    assert "张小明" in text_of(only)


def test_a_township_that_no_case_has(known):
    assert known.kcbx("dossier", "--township", "丙", "--out", "档案") == 2
    assert "甲乡" in known.stderr and not Path("档案").exists()


def test_refused_and_nothing_written(known):
    for arguments in ((), ("2021-0001", "--all"), ("2021-9999",)):
        assert known.kcbx("dossier", *arguments, "--out", "档案") == 2
    assert not Path("档案").exists()
    assert known.kcbx("dossier", "2021-0001", "--out", "档案") == 0
    before = Path("档案/2021-0001.docx").read_bytes()
    assert known.kcbx("dossier", "--all", "--out", "档案") == 2
    assert [p.read_bytes() for p in Path("档案").iterdir()] == [before]


def test_a_countys_own_template(known, monkeypatch):
    own = docx.Document()
    own.add_paragraph("本县档案 {{ child.name }} {{ case.case_id }}")
    own.save("模板.docx")
    monkeypatch.setenv("KCBX_DOCUMENTS__DOSSIER", "模板.docx")
    assert known.kcbx("dossier", "2021-0001", "--out", "档案") == 0
    assert text_of(Path("档案/2021-0001.docx")).startswith("本县档案")

"""Writes the Word templates that kcbx ships: src/kcbx_cli/write/templates/*.docx. A county may replace each by its own.

Usage: python scripts/build_templates.py
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from kcbx_cli.write.document import packed

FOLDER = Path(__file__).resolve().parent.parent / "src" / "kcbx_cli" / "write" / "templates"
_SIGNATURE = "（签字）：______________　　日期：______年____月____日"


def _document(title: str) -> Any:
    """An empty A4 document in a Chinese office's type."""
    made = docx.Document()
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.0)
    style = made.styles["Normal"]
    style.font.name, style.font.size = "宋体", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    style.paragraph_format.space_after = Pt(2)
    made.core_properties.title, made.core_properties.author = title, "kcbx"
    made.core_properties.created = made.core_properties.modified = datetime(2021, 9, 1)
    return made


def _line(document: Any, text: str, size: float = 10.5, *, bold: bool = False, centre: bool = False) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    run.font.name = "黑体" if bold else "宋体"
    run._element.rPr.rFonts.set(qn("w:eastAsia"), run.font.name)
    if bold and not centre:
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _table(document: Any, widths: tuple[float, ...], rows: list[list[str]], *, loop: str = "") -> None:
    """A ruled table; with `loop`, the last row is repeated for each item of that list."""
    made = document.add_table(rows=0, cols=len(widths))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    head, body = (rows[:-1], rows[-1:]) if loop else (rows, [])
    marks = [[f"{{%tr for row in {loop} %}}"], body[0], ["{%tr endfor %}"]] if loop else []
    for cells in [*head, *marks]:
        row = made.add_row()
        for cell, width, text in zip(row.cells, widths, [*cells, *[""] * (len(widths) - len(cells))], strict=True):
            cell.width = Cm(width)
            cell.text = text
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(9.5)


def pledge() -> Any:
    """承诺书: one page a responsible person, a document a layer."""
    made = _document("控辍保学责任承诺书")
    _line(made, "{%p for person in people %}")
    title = _line(made, "{{ county }}控辍保学责任承诺书", 20, bold=True, centre=True)
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Pt(18)
    _line(made, "（{{ layer }}）", 14, centre=True)
    for text in (
        "责任人：{{ person.name }}　　职务：{{ person.title }}　　联系电话：{{ person.phone }}",
        "责任：{{ person.role }}　　责任范围：{{ person.scope }}　　本月涉及未销号个案 {{ person.count }} 个",
        "",
        "为保障适龄儿童少年依法接受并完成九年义务教育，本人郑重承诺：",
        "一、熟悉责任范围内适龄儿童少年的底数，按月核对，做到不漏一户、不漏一人。",
        "二、对疑似辍学的孩子及时走访核实，如实填写核查结论，附佐证材料，不弄虚作假。",
        "三、对确已辍学的孩子逐人劝返，复学后持续关心，防止再次辍学。",
        "四、对送教上门、休学、缓学、延缓入学等手续，到期前提醒续办。",
        "五、保护孩子和家庭的个人信息，不对外泄露。",
        "",
        "承诺人" + _SIGNATURE,
        "",
        "监督单位（盖章）：______________　　　　{{ month }}",
    ):
        line = _line(made, text, 14)
        line.paragraph_format.line_spacing = 1.6
    _line(made, "{%p endfor %}")
    return made


def dossier() -> Any:
    """一生一档: all that is known of one child."""
    made = _document("控辍保学一生一档")
    _line(made, "{{ county }}控辍保学一生一档", 20, bold=True, centre=True)
    _line(
        made,
        "编号：{{ case.case_id }}　　状态：{{ case.state }}　　首次列入：{{ case.first }}　　在册 {{ case.months }} 个月",
        centre=True,
    )
    _line(made, "一、基本情况", 12, bold=True)
    _table(made, (2.4, 4.6, 2.8, 6.8), [
        ["姓名", "{{ child.name }}", "曾用名", "{{ child.former_name }}"],
        ["性别", "{{ child.sex }}", "出生日期", "{{ child.birth }}"],
        ["身份证号", "{{ child.id_number }}", "学籍号", "{{ child.registry_number }}"],
        ["乡镇与村", "{{ child.place }}", "住址", "{{ child.address }}"],
        ["群体", "{{ case.groups }}", "应读年级", "{{ case.expected_grade }}"],
    ])  # fmt: skip
    _line(made, "二、家庭", 12, bold=True)
    _table(made, (2.4, 4.6, 2.8, 6.8), [
        ["户主", "{{ child.head_name }}", "与户主关系", "{{ child.relation }}"],
        ["监护人", "{{ child.guardian }}", "联系电话", "{{ child.phone }}"],
        ["户编号", "{{ child.household }}", "家庭成员", "{{ child.family }}"],
    ])  # fmt: skip
    _line(made, "三、列入原因与比对依据", 12, bold=True)
    _table(made, (3.0, 13.6), [
        ["列入原因", "{{ case.sentence }}"],
        ["名单出处", "{{ case.listed }}"],
        ["学籍记录", "{{ case.registered }}"],
        ["最相近的记录", "{{ case.near }}"],
    ])  # fmt: skip
    _line(made, "四、逐月经过", 12, bold=True)
    _table(made, (2.4, 2.2, 5.6, 3.8, 2.6), [
        ["月份", "事项", "内容", "依据", "经办"],
        ["{{ row.day }}", "{{ row.what }}", "{{ row.text }}", "{{ row.source }}", "{{ row.who }}"],
    ], loop="history")  # fmt: skip
    _line(made, "五、学籍与手续的变化", 12, bold=True)
    _table(made, (2.4, 5.0, 3.0, 3.2, 3.0), [
        ["自何时起", "学校、年级、班级", "学籍状态", "手续", "有效期"],
        ["{{ row.since }}", "{{ row.school }}", "{{ row.status }}", "{{ row.category }}", "{{ row.span }}"],
    ], loop="facts")  # fmt: skip
    _line(made, "六、走访与劝返", 12, bold=True)
    _table(made, (2.2, 1.6, 2.2, 2.6, 2.8, 2.8, 2.4), [
        ["日期", "步骤", "方式", "结论", "去向与佐证", "劝返情况", "核查人"],
        ["{{ row.day }}", "{{ row.stage }}", "{{ row.method }}", "{{ row.disposition }}", "{{ row.found }}", "{{ row.persuasion }}", "{{ row.checker }}"],
    ], loop="visits")  # fmt: skip
    _line(made, "七、责任人", 12, bold=True)
    _line(made, "{{ case.responsible }}")
    _line(made, "八、核查结论", 12, bold=True)
    _line(made, "{{ case.disposition }}")
    _line(made, "")
    _line(made, "核查人" + _SIGNATURE)
    _line(made, "校长" + _SIGNATURE)
    _line(made, "乡镇负责人" + _SIGNATURE)
    _line(made, "制表：{{ as_of }}（内含未成年人个人信息，专人保管，用后归档或销毁）", 9, centre=True)
    return made


def report() -> Any:
    """月报: the written bulletin of a month."""
    made = _document("控辍保学工作情况通报")
    _line(made, "{{ county }}控辍保学工作情况通报", 20, bold=True, centre=True)
    _line(made, "（{{ issue }}）", 12, centre=True)
    _line(made, "各乡镇人民政府（街道办事处）、各中小学校：")
    _line(made, "现将{{ month }}控辍保学工作情况通报如下（数据截至 {{ as_of }}）。")
    _line(made, "一、总体情况", 12, bold=True)
    _line(
        made,
        "本月核对名单上的孩子和家庭成员 {{ listed.children }} 人、学籍 {{ registry }} 条。其中适龄儿童 {{ listed.of_age }} 名："
        "在校 {{ listed.enrolled }} 名，手续有效或已核实去向 {{ listed.accounted }} 名，待人工比对 {{ listed.review }} 名，要核查 {{ work.listed }} 名。",
    )
    _line(made, "{%p if zero %}")
    _line(made, "{{ zero_words }}。截至 {{ as_of }}，全县没有未销号的个案。本通报为零报告。")
    _line(made, "{%p else %}")
    _line(
        made,
        "截至 {{ as_of }}，全县未销号的个案 {{ county_flow.now }} 名（不在名单上的学生和往期未办结的 {{ work.others }} 名在内）："
        "辍学 {{ county_flow.dropout }} 名，疑似辍学 {{ county_flow.suspected }} 名。{{ comparisons }}",
    )
    _line(made, "{%p endif %}")
    _line(
        made,
        "上期末 {{ county_flow.before }} 名，本期新增 {{ county_flow.new }} 名、重新列入 {{ county_flow.reopened }} 名、"
        "销号 {{ county_flow.closed }} 名（其中返校 {{ county_flow.returned }} 名）。{{ compared }}",
    )
    _table(made, (3.6, 2.6, 2.6, 2.6, 2.6, 2.6), [
        ["学段", "辍学", "疑似辍学", "返校", "本期销号", "本期末"],
        ["{{ row.stage }}", "{{ row.dropout }}", "{{ row.suspected }}", "{{ row.returned }}", "{{ row.closed }}", "{{ row.now }}"],
    ], loop="stages")  # fmt: skip
    _line(made, "二、各乡镇（街道）", 12, bold=True)
    _table(made, (3.4, 1.9, 1.7, 1.9, 1.7, 1.9, 1.7, 2.2), [
        ["乡镇（街道）", "上期末", "新增", "重新列入", "销号", "本期末", "辍学", "疑似辍学"],
        ["{{ row.township }}", "{{ row.before }}", "{{ row.new }}", "{{ row.reopened }}", "{{ row.closed }}", "{{ row.now }}",
         "{{ row.dropout }}", "{{ row.suspected }}"],
    ], loop="townships")  # fmt: skip
    _line(made, "没有未销号个案的乡镇（街道）：{{ clear }}。")
    _line(made, "三、销号情况", 12, bold=True)
    _line(made, "{%p if reasons %}")
    _table(made, (12.6, 3.0), [["原因", "人数"], ["{{ row.why }}", "{{ row.n }}"]], loop="reasons")
    _line(made, "{%p else %}")
    _line(made, "本期没有销号的个案。")
    _line(made, "{%p endif %}")
    _line(made, "四、核查表回收和手续", 12, bold=True)
    _line(made, "{{ progress }}")
    _line(made, "特殊学生手续和销号结论：{{ papers }}。到期的请在下期前重新办理，或核实去向。")
    _line(made, "五、学籍质量", 12, bold=True)
    _line(made, "学籍中有问题 {{ flaws }} 处，上期的问题已改 {{ mended }} 处。问题最多的学校：")
    _table(made, (7.6, 2.2, 2.0, 2.2, 2.2), [
        ["学校", "学籍人数", "问题", "本期新增", "上期已改"],
        ["{{ row.school }}", "{{ row.pupils }}", "{{ row.flaws }}", "{{ row.new }}", "{{ row.mended }}"],
    ], loop="schools")  # fmt: skip
    _line(made, "六、比率", 12, bold=True)
    _table(made, (4.2, 2.0, 2.8, 7.4), [
        ["比率", "数值", "分子÷分母", "算法"],
        ["{{ row.name }}", "{{ row.value }}", "{{ row.parts }}", "{{ row.formula }}"],
    ], loop="ratios")  # fmt: skip
    _line(made, "七、下一步要求", 12, bold=True)
    for text in (
        "（一）各乡镇（街道）按核查表逐户走访，三日内报回结论和佐证材料；没有疑似的也要签字报零。",
        "（二）各学校对照学籍质量表，在学籍系统中更正；下期自动核对。",
        "（三）确已辍学的，由责任人逐人劝返，记录劝返情况。",
    ):
        _line(made, text)
    _line(made, "")
    _line(made, "{%p if zero %}")
    _line(made, "零报告声明：经逐户逐人核查，本月无疑似辍学学生，情况属实。")
    _line(made, "{%p endif %}")
    _line(made, "负责人" + _SIGNATURE)
    _line(made, "单位（盖章）：______________　　　　{{ month }}")
    return made


def notice() -> Any:
    """公告: what a county may post of a month."""
    made = _document("控辍保学工作公告")
    _line(made, "{{ county }}控辍保学工作公告", 20, bold=True, centre=True)
    _line(made, "（{{ month }}）", 12, centre=True)
    _line(made, "{{ checked }}")
    _line(made, "{{ left }}")
    _line(made, "{%p if not zero %}")
    _table(made, (6.0, 3.4, 3.4, 3.4), [
        ["乡镇（街道）", "辍学", "疑似辍学", "合计"],
        ["{{ row.township }}", "{{ row.dropout }}", "{{ row.suspected }}", "{{ row.now }}"],
    ], loop="townships")  # fmt: skip
    _line(made, "{{ explained }}", 9)
    _line(made, "{%p endif %}")
    _line(made, "{{ call }}")
    _line(made, "")
    _line(made, "（单位盖章）　　　　{{ as_of }}　　", centre=True)
    return made


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, made in (("pledge", pledge()), ("dossier", dossier()), ("report", report()), ("notice", notice())):
        target = BytesIO()
        made.save(target)
        (FOLDER / f"{name}.docx").write_bytes(packed(target.getvalue()))
        print(f"wrote {name}.docx")

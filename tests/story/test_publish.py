"""The public notice: counts only, small ones hidden with all from which they would follow; nothing of a child."""

import docx
import pytest
from offices import Office, member, pupil

TOML = '[county]\nname = "甲县"\n[security]\nleast_shown = {least}\n'


def _month(office: Office) -> None:
    here = [(f"赵失学{chr(0x4E00 + n)}", f"201203{n + 10}", 2 * n + 1) for n in range(7)]
    away = [("钱小远", "20120420", 41), ("周大远", "20120421", 43)]
    there = [("孙在读", "20120501", 51), ("李在读", "20120502", 53)]
    office.registry(*(pupil(*who) for who in there))
    office.households(*(member(*who) for who in (*here, *there)), *(member(*who, 乡="乙乡") for who in away))
    (office.folder / "kcbx.toml").write_text(TOML.format(least=5), "utf-8")
    assert office.reconcile("--config", "kcbx.toml") == 0, office.stderr


@pytest.fixture
def month(office: Office, begun) -> Office:
    """Seven missing children in 甲乡, two in 乙乡; two at school."""
    return begun(office, _month)


def said(office: Office, *more: str) -> tuple[str, list[list[str]], str]:
    assert office.kcbx("publish", "--out", "公告", "--config", "kcbx.toml", *more) == 0, office.stderr
    made = docx.Document(str(office.folder / "公告" / "控辍保学工作公告_2021-10.docx"))
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    page = (office.folder / "公告" / "控辍保学工作公告_2021-10.html").read_text("utf-8")
    return "\n".join(p.text for p in made.paragraphs), rows, page


def test_a_township_with_two_children_is_hidden_and_cannot_be_worked_out(month):
    text, rows, page = said(month)
    by_place = {row[0]: row[1:] for row in rows}
    assert by_place["乙乡"][-1] == "＊"
    shown = [by_place["甲乡"][-1], by_place["合计"][-1]]
    assert "＊" in shown, "7 and 9 together would tell the two"
    assert "少于 5 人的数不公布" in text and "少于 5 人的数不公布" in page
    assert "甲县控辍保学工作公告" in text and "{" not in text


def test_counts_that_are_large_enough_are_shown_and_add_up(month):
    (month.folder / "kcbx.toml").write_text(TOML.format(least=2), "utf-8")
    text, rows, _ = said(month)
    counts = {row[0]: [int(n) for n in row[1:]] for row in rows[1:]}
    assert counts["合计"] == [sum(column) for column in zip(counts["甲乡"], counts["乙乡"], strict=True)] == [0, 9, 9]
    assert "其中 2 名在校或已妥善安排" in text


def test_nothing_of_a_child_is_published_and_the_log_says_for_whom_it_was(month):
    text, rows, page = said(month)
    everything = text + str(rows) + page
    for word in ("赵失学", "钱小远", "2012", "2021-0001", "99999920"):
        assert word not in everything
    assert month.kcbx("log", "show", "--json") == 0
    assert '"public"' in month.stdout


def test_a_notice_is_never_replaced_and_an_unknown_month_is_told(month):
    said(month)
    assert month.kcbx("publish", "--out", "公告", "--config", "kcbx.toml", "--json") == 2
    assert month.kcbx("publish", "--out", "别处", "--month", "2020-01", "--json") == 2
    assert '"no_report"' in month.stdout


def test_a_month_without_a_case_says_so(office):
    office.registry(pupil("孙在读", "20120501", 51))
    office.households(member("孙在读", "20120501", 51))
    (office.folder / "kcbx.toml").write_text(TOML.format(least=5), "utf-8")
    assert office.reconcile("--config", "kcbx.toml") == 0
    text, rows, page = said(office)
    assert "无疑似辍学学生" in text and "无疑似辍学学生" in page and not rows

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcbx_cli.write.book import Col, row_height
from kcbx_cli.write.cells import CELL_LIMIT, FULL, clean, lines, width
from kcbx_cli.write.filenames import safe_stem, sheet_title, unique

ANY = st.text(st.characters(codec=None), max_size=60)


@given(ANY)
def test_clean_text_is_xml_and_clean_again(text):
    cleaned = clean(text)
    ElementTree.fromstring(f"<a>{cleaned.replace('&', '').replace('<', '').replace('>', '')}</a>".encode())
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张\x00三\x0b", "张三"),
        ("a\ud800b", "ab"),
        ("李\u202e四\u200b", "李四"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("\t=1+1", "\t=1+1"),
        ("𠮷野", "𠮷野"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
    ],
)
def test_clean(text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize("char", ["字", "𠮷"])
def test_a_cell_that_is_too_long_is_cut_with_a_mark(char):
    cut = clean(char * 40_000)
    assert len(cut.encode("utf-16-le")) <= CELL_LIMIT * 2
    assert cut.endswith("……(已截断)")
    assert clean("a" * CELL_LIMIT) == "a" * CELL_LIMIT


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("", 500, 1),
        ("五个字一行", 500, 1),
        ("六个字要两行", 500, 2),
        ("一\n二\n三", 500, 3),
        ("五个字一行,", 500, 2),
        ("13800000001", 704, 1),
        ("电话13800000001", 704, 2),
        ("999999201203050104", 600, 2),
        # as LibreOffice printed it: 21 characters a line in a column for 22
        ("没有能用的出生日期，不知道是否适龄；名单上没有身份证号；学籍中有一条相近的记录，请核对", 2216, 3),
    ],
)
def test_lines(text, room, expected):
    assert lines(text, room) == expected


@given(st.text("赵钱123,。 abc\n", max_size=80), st.integers(FULL * 2, 2000))
def test_lines_hold_the_text(text, room):
    assert lines(text, room) * room >= max(width(part) for part in text.split("\n"))
    assert lines(text, room) >= text.count("\n") + 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("葛城街道", "葛城街道"),
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("CON", "_CON"),
        ("com1.校", "_com1.校"),
        ("LPT¹", "_LPT¹"),
        ("某镇...", "某镇"),
        ("~$某镇", "$某镇"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("一\n二\x00三\u202e四", "一二三四"),
        ("", "未名"),
        (" . ", "未名"),
    ],
)
def test_safe_stem(name, expected):
    assert safe_stem(name, "未名") == expected


@given(ANY)
def test_every_stem_is_safe_and_short(text):
    stem = safe_stem(text, "未名")
    assert stem and len(f"{stem}(99).xlsx".encode()) <= 255
    assert not set(stem) & set('<>:"/\\|?*') and stem[-1] not in " ."
    assert safe_stem(stem, "未名") == stem


@given(ANY)
@settings(max_examples=60)
def test_every_sheet_title_is_accepted(text):
    title = unique(sheet_title(text, "名单"), {"汇总", "名单"}, 31)
    assert 0 < len(title.encode("utf-16-le")) // 2 <= 31
    assert not set(title) & set("[]:*?/\\") and not title.startswith("'") and not title.endswith("'")


def test_unique_ignores_case_and_keeps_the_limit():
    taken: set[str] = set()
    assert [unique(n, taken, 5) for n in ("Abcde", "aBCDE", "abcde")] == ["Abcde", "aB(2)", "ab(3)"]
    assert unique("某镇", taken) == "某镇" and unique("某镇", taken) == "某镇(2)"


@given(ANY, st.integers(20, 200))
def test_a_row_is_as_high_as_the_lines_of_its_cell(text, px):
    column = Col("text", "", px)
    counted = lines(text, column.room)
    assert row_height([text], [column], 0.0) == min(400.0, (counted + counted // 6) * 13.0 + 4)

"""Words of lists and registry, one by one."""

from __future__ import annotations

import pytest

from kcbx_cli.decide import words
from kcbx_cli.decide.papers import ELSEWHERE, EXCUSED, IN_CLASS, SUSPENDED, UNKNOWN, is_limited, paper_kind
from kcbx_cli.settings import Papers


@pytest.mark.parametrize("word", ["户主", "配偶", "之父", "之母", "之岳母", "祖父", "妻", "之儿媳"])
def test_elders(word: str) -> None:
    assert words.is_elder(word)


@pytest.mark.parametrize("word", ["", "之子", "之女", "之孙子", "之外孙女", "兄弟姐妹", "其他", "户主之子"])
def test_not_elders(word: str) -> None:
    assert not words.is_elder(word)


@pytest.mark.parametrize(
    ("text", "level", "word"),
    [
        ("", "", ""),
        ("小学", "within", "小学"),
        ("小学三年级", "within", "小学"),
        ("三年级", "within", "小学"),
        ("七年级", "within", "七年级"),
        ("初中二年级", "within", "初中"),
        ("初三", "within", "初三"),
        ("普通高中一年级", "beyond", "高中"),
        ("中职二年级", "beyond", "中职"),
        ("本科三年级", "beyond", "本科"),
        ("学前教育", "pre", ""),
        ("学龄前儿童", "pre", ""),
        ("不详", "", ""),
    ],
)
def test_schooling(text: str, level: str, word: str) -> None:
    assert words.schooling_level(text) == level
    assert words.schooling_word(text) == word


@pytest.mark.parametrize(
    ("grade", "senior"), [("高一", True), ("高中二年级", True), ("中职一年级", True), ("10", True)]
)
def test_senior(grade: str, senior: bool) -> None:
    assert words.is_senior(grade) is senior


@pytest.mark.parametrize("grade", ["", "九年级", "初三", "一年级", "1", "小学三年级", "2019级"])
def test_not_senior(grade: str) -> None:
    assert not words.is_senior(grade)


@pytest.mark.parametrize(
    ("category", "kind", "limited"),
    [
        ("送教上门", EXCUSED, False),
        ("免学", EXCUSED, False),
        ("缓学", EXCUSED, True),
        ("延缓入学(一年)", EXCUSED, True),
        ("免缓学", EXCUSED, True),
        ("外省就读", ELSEWHERE, False),
        ("休学", SUSPENDED, True),
        ("随班就读", IN_CLASS, False),
        ("", UNKNOWN, False),
        ("待安置", UNKNOWN, False),
    ],
)
def test_categories(category: str, kind: int, limited: bool) -> None:
    assert paper_kind(category, Papers()) == kind
    assert is_limited(category, Papers()) is limited

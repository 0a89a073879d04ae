"""Words of lists and registry, one by one."""

from __future__ import annotations

import pytest

from kcbx_cli.decide import words
from kcbx_cli.decide.papers import ELSEWHERE, EXCUSED, IN_CLASS, SUSPENDED, UNKNOWN, is_limited, paper_kind
from kcbx_cli.decide.work import village_in
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


@pytest.mark.parametrize(
    ("grade", "level"),
    [("一年级", 1), ("小学六年级", 6), ("七年级", 7), ("初一", 7), ("初中三年级(九年级)", 9), ("初中二年级", 8), ("9", 9), ("3年级", 3),
     ("", 0), ("高一", 0), ("2019级", 0), ("小学九年级", 0), ("特教班", 0), ("一年级二班", 1)],
)  # fmt: skip
def test_grade_level(grade: str, level: int) -> None:
    assert words.grade_level(grade) == level


@pytest.mark.parametrize(("level", "stage"), [(0, ""), (1, "primary"), (6, "primary"), (7, "junior"), (9, "junior")])
def test_stage_of(level: int, stage: str) -> None:
    assert words.stage_of(level) == stage


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("庙坝镇石门社区7组", "石门社区"),
        ("重庆市城口县庙坝镇 石门村 1组", "石门村"),
        ("庙坝镇石门村民委员会", "石门村"),
        ("庙坝镇石门村委会3组", "石门村委会"),
        ("庙坝镇大村村1组", "大村村"),
        ("庙坝镇红花12组", "红花"),
        ("庙坝镇东方红村3社", "东方红村"),
        ("庙坝镇", ""),
        ("庙坝镇南大街12号", ""),
        ("庙坝镇农村信用社宿舍", ""),
        ("鸡鸣乡石门村1组", ""),
        ("", ""),
    ],
)
def test_the_village_in_an_address(address: str, village: str) -> None:
    assert village_in(address, "庙坝镇") == village
    assert village_in(address, "") == ""

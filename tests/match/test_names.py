"""Names: the levels of real-looking pairs, options, block keys, and what holds for any strings."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from kcbx_cli.match.names import (
    LEVELS,
    NameOptions,
    block_keys,
    compare,
    encode,
    given_of,
    level_sentence,
    surname_of,
)

CASES = yaml_cases.told(Path(__file__).with_name("names.yaml"))
PAIRS = [
    pytest.param(level, *pair[:2], id=f"{level}-{n}") for level, told in CASES.items() for n, pair in enumerate(told)
]


def codes(*names):
    return encode(np.array(names, dtype=object))


def level(one, other, options=None):
    told = compare(codes(one), codes(other), np.array([0]), np.array([0]), options or NameOptions())
    return LEVELS[told[0]]


@pytest.mark.parametrize(("expected", "one", "other"), PAIRS)
def test_level_of_real_looking_pairs(expected, one, other):
    assert (level(one, other), level(other, one)) == (expected, expected)


def test_every_level_has_cases():
    assert tuple(CASES) == LEVELS


def test_pairs_compared_together_have_the_levels_they_have_alone():
    told = [(k, *pair[:2]) for k, pairs in CASES.items() for pair in pairs] * 300
    one, other = codes(*(t[1] for t in told)), codes(*(t[2] for t in told))
    rows = np.random.default_rng(5).permutation(len(told))
    found = compare(one, other, rows, rows)
    assert [LEVELS[k] for k in found] == [told[r][0] for r in rows]


@pytest.mark.parametrize(
    ("switch", "one", "other"),
    [
        ("n_l", "王兰", "王南"), ("f_h", "王福", "王虎"), ("zh_z", "王志", "王字"), ("ch_c", "王春", "王村"),
        ("sh_s", "王诗", "王思"), ("r_l", "王荣", "王龙"), ("an_ang", "王兰", "王琅"), ("en_eng", "王真", "王正"),
        ("in_ing", "王琴", "王晴"), ("ian_iang", "王贤", "王祥"), ("uan_uang", "王涣", "王晃"),
    ],
)  # fmt: skip
def test_each_confusion_has_its_switch(switch, one, other):
    none = {f.name: False for f in dataclasses.fields(NameOptions)}
    assert level(one, other, NameOptions(**none)) == "surname_same"
    assert level(one, other, NameOptions(**(none | {switch: True}))) == "similar_sound"


def test_r_and_l_are_told_apart_by_default():
    assert level("王荣", "王龙") == "surname_same"


@pytest.mark.parametrize(("one", "other"), [("王芳", "王花"), ("李好", "李孙"), ("王明", "王胧"), ("张林", "张梅")])
def test_a_shared_radical_is_no_likeness(one, other):
    assert level(one, other) == "surname_same"


def test_block_keys_meet_where_names_sound_alike():
    keys = block_keys(codes("单晓明", "山小铭", "单小民", "单?明", "李YU晨", "李雨晨", "王", ""))
    assert keys["sound"][0] == keys["sound"][1] != keys["sound"][2]
    assert keys["fuzzy"][0] == keys["fuzzy"][1] == keys["fuzzy"][2]
    assert keys["given_fuzzy"][0] == keys["given_fuzzy"][2]
    assert keys["sound"][3] == keys["fuzzy"][3] == keys["given_fuzzy"][3] == -1
    assert keys["surname_sound"][3] == keys["surname_sound"][0] == keys["surname_sound"][1]
    assert keys["sound"][4] == keys["sound"][5] != -1
    assert keys["surname_sound"][6] == -1 and keys["sound"][6] != -1
    assert all(k[7] == -1 for k in keys.values())


def test_block_keys_are_the_same_on_every_machine():
    keys = block_keys(codes("王小明", "欧阳娜", "阿依古丽·买买提"))
    assert {k: v.dtype for k, v in keys.items()} == dict.fromkeys(keys, np.dtype(np.int64))
    assert keys["sound"].tolist() == SOUND_KEYS


SOUND_KEYS = [9048530770232901853, 1303685063218599678, 3062954734082738130]


def test_block_keys_depend_on_the_confusions():
    names = codes("王兰", "王南")
    apart = block_keys(names, NameOptions(n_l=False))["fuzzy"]
    assert apart[0] != apart[1]
    assert len(set(block_keys(names)["fuzzy"].tolist())) == 1


def test_surnames_and_given_names():
    names = codes("王小明", "欧阳娜", "欧阳", "万俟明", "司马光华", "歐陽娜娜", "阿木·吉", "明", "", "诸葛明")
    assert surname_of(names).tolist() == ["王", "欧阳", "欧", "万俟", "司马", "歐陽", "", "", "", "诸葛"]
    assert given_of(names).tolist() == ["小明", "娜", "阳", "明", "光华", "娜娜", "阿木·吉", "明", "", "明"]


def test_sentences_are_chinese_and_name_both():
    said = [level_sentence(k, "张晓明", "张小明") for k in range(len(LEVELS))]
    assert said[0] == "姓名一致" and said[2] == "姓名同音(张晓明/张小明)"
    assert len(set(said)) == len(LEVELS)


SYLLABLES = "单曾乐欧阳王张章小晓明铭敏兰南钰珏未末昇升萱·?□●YU晨(火华)+a１\ue123\ufffd\ud800\x00 龘𬭎"
NAMES = st.one_of(
    st.text(alphabet=SYLLABLES, max_size=6),
    st.text(alphabet=SYLLABLES, max_size=40),
    st.text(alphabet=st.characters(), max_size=12),
    st.sampled_from([n for pairs in CASES.values() for p in pairs for n in p[:2]]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8))
def test_compare_is_symmetric_whatever_the_strings(pairs):
    one, other = codes(*(p[0] for p in pairs)), codes(*(p[1] for p in pairs))
    rows = np.arange(len(pairs))
    assert compare(one, other, rows, rows).tolist() == compare(other, one, rows, rows).tolist()


@settings(max_examples=300, deadline=None)
@given(NAMES, NAMES)
def test_identical_means_equal_and_undamaged(one, other):
    if level(one, other) == "identical":
        assert one == other
    itself = codes(one)
    if itself.length[0] and not itself.blank[0]:
        assert level(one, one) == "identical"


@pytest.mark.parametrize(
    "name", ["王小明", "J", "李YU晨", "\ud800\udc00", "王" * 10_000, "(" * 50, "a" * 10_000, "王\0", "\0"]
)
def test_any_string_can_be_encoded_and_is_itself(name):
    assert level(name, name) in ("identical", "missing")
    assert len(block_keys(codes(name))["sound"]) == 1


def test_no_names_at_all():
    none = codes()
    assert len(none) == 0 and len(compare(none, none, np.array([], dtype=int), np.array([], dtype=int))) == 0
    assert len(block_keys(none)["sound"]) == 0

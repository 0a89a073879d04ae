"""The cells of the low-income lists and of the special register, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kcbx_cli.sample import dates
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.columns import number_cells, phone_cells, sex_cells, township_cells, village_cells
from kcbx_cli.sample.families import CHILD, FATHER, GRANDFATHER, GRANDMOTHER, MOTHER, day_number
from kcbx_cli.sample.listing import Roster
from kcbx_cli.sample.schooling import MISSING, Standing
from kcbx_cli.sample.spec import Ints, Mask, Text, pick

_LEVELS = np.array(["", *["小学"] * 6, "七年级", "八年级", "九年级"], dtype=object)
_LATER = np.array(
    ["普通高中一年级", "普通高中二年级", "普通高中三年级", "高职高专一年级", "高职高专二年级", "本科三年级"],
    dtype=object,
)
#: Relation to the head, by the head's part and the person's: head is father, mother, grandfather, grandmother.
_RELATION: dict[int, dict[int, Any]] = {
    FATHER: {FATHER: "户主", MOTHER: "配偶", GRANDFATHER: "之父", GRANDMOTHER: "之母", CHILD: ("之女", "之子")},
    MOTHER: {MOTHER: "户主", FATHER: "配偶", GRANDFATHER: "之公公", GRANDMOTHER: "之婆婆", CHILD: ("之女", "之子")},
    GRANDFATHER: {GRANDFATHER: "户主", GRANDMOTHER: "配偶", FATHER: "之子", MOTHER: "之儿媳", CHILD: ("之孙女", "之孙子")},
    GRANDMOTHER: {GRANDMOTHER: "户主", FATHER: "之子", MOTHER: "之儿媳", CHILD: ("之孙女", "之孙子")},
    CHILD: {CHILD: ("之妹", "之弟")},
}  # fmt: skip


@dataclass
class ListTruth:
    """What the columns say about the child that the truth needs: the list itself says that it died."""

    says_dead: Mask
    says_unfinished: Mask


def relations(world: World, person: Ints, heads: Ints) -> Text:
    """与户主关系 of each row; `heads` are the persons who head the families."""
    people = world.people
    head = heads[people.family[person]]
    out = np.full(len(person), "", dtype=object)
    for head_part, table in _RELATION.items():
        for part, word in table.items():
            rows = np.flatnonzero((people.part[head] == head_part) & (people.part[person] == part))
            out[rows] = word if isinstance(word, str) else np.where(people.male[person[rows]], word[1], word[0])
    out[person == head] = "户主"
    return out


def list_columns(world: World, now: Standing, roster: Roster, cells: Cells) -> tuple[dict[str, Any], ListTruth]:
    """Every column of the person-level lists that is not blank, by header, and what they say."""
    people, families, person = world.people, world.families, cells.person
    family = roster.household
    n = len(cells)
    rng = world.dice.stream("list columns")
    schooling, education, reason = _schooling(world, now, cells, rng)
    dead, moved = now.state[person] == "dead", now.state[person] == "moved"
    head = world.head[family]
    new = np.ones(n, dtype=bool)
    new[1:] = family[1:] != family[:-1]
    place = np.arange(n) - np.maximum.accumulate(np.where(new, np.arange(n), 0))
    household = (5002290000000 + family).astype("U13").astype(object)
    size = np.bincount(family, minlength=len(families))[family]
    today = day_number(np.array([int(world.dice.spec.as_of.strftime("%Y%m%d"))]))[0]
    removed_on = np.where(dead | moved, today - rng.integers(20, 300, n), 0)
    columns = {
        "乡": township_cells(world, cells, roster.township),
        "村": village_cells(world, cells, roster.township, families.village[family]),
        "户编号": household,
        "人口编号": household + np.char.zfill((place + 1).astype("U2"), 2).astype(object),
        "姓名": cells.name,
        "性别": sex_cells(cells),
        "出生日期": dates.spell(cells.birth, cells.birth_form, 5, cells.as_text),
        "证件类型": np.where(cells.number == "", "", np.where(cells.struck["id_disability"], "残疾人证", "居民身份证")),
        "证件号码": number_cells(cells),
        "民族": families.nation[family],
        "户联系电话": phone_cells(world, cells, families.phone[family]),
        "与户主关系": relations(world, person, world.head),
        "文化程度": education,
        "在校生状况": schooling,
        "劳动技能": _labour(now, people.part[person]),
        "务工时间（月）": np.where((people.part[person] < 2) & families.left_behind[family], "10", ""),
        "健康状况": np.where(world.disabled[person], "残疾", np.where(rng.random(n) < 0.06, "长期慢性病", "健康")),
        "失学或辍学原因": reason,
        "义务教育阶段未上学原因": reason,
        "残疾类别": np.where(world.disabled[person], pick(rng, ["肢体", "智力", "听力", "视力"], [4, 4, 1, 1], n), ""),
        "务工所在地": np.where((people.part[person] < 2) & families.left_behind[family], "广东省", ""),
        "户主姓名": people.name[head],
        "户主证件号码": people.number[head],
        "人数": size.astype("U2").astype(object),
        "户类型": pick(rng, ["脱贫户", "监测对象"], [5, 1], len(families))[family],
        "注销或减少原因": np.where(dead, "死亡", np.where(moved, "户籍迁出", "")).astype(object),
        "注销或减少日期": dates.spell(_dates(removed_on), np.zeros(n, dtype=np.int64), 1, cells.as_text),
    }
    for header, values in columns.items():
        columns[header] = np.asarray(values, dtype=object)
    within = np.isin(schooling, ["小学", "七年级", "八年级", "九年级"])
    return columns, ListTruth(dead, within)


def _dates(day: Ints) -> Ints:
    from kcbx_cli.sample.families import date_number

    return np.where(day > 0, date_number(day), 0)


def _labour(now: Standing, part: Ints) -> Text:
    return np.where(part == CHILD, "无劳动力", np.where(part < 2, "普通劳动力", "弱劳动力或半劳动力")).astype(object)


def _schooling(world: World, now: Standing, cells: Cells, rng: np.random.Generator) -> tuple[Text, Text, Text]:
    """在校生状况, 文化程度 (one of the two is filled) and the reason for not being at school."""
    people, person = world.people, cells.person
    n = len(cells)
    state, nominal, grade = now.state[person], now.nominal[person], now.grade[person]
    child = people.part[person] == CHILD
    schooling = np.where(child & (nominal >= 1) & (nominal <= 9), _LEVELS[np.clip(grade, 0, 9)], "").astype(object)
    schooling[child & (nominal <= 0)] = "学前教育"
    schooling[child & (nominal <= -3)] = "学龄前儿童"
    later = child & (nominal >= 10) & (state != "attending")
    schooling[later] = _LATER[np.clip(nominal[later] - 10, 0, 5)]
    late = child & (nominal >= 10) & (state == "attending")
    schooling[late] = _LEVELS[grade[late]]
    stopped = later & (rng.random(n) < np.where(nominal >= 13, 0.6, 0.12))
    out = np.isin(state, [*MISSING, "exempt", "exempt_expired"]) & (rng.random(n) < 0.7)
    waiting = np.char.startswith(state.astype("U24"), "deferred")
    schooling[waiting] = "学前教育"
    wrong = cells.strike(
        world.dice, "schooling_wrong", child & np.isin(state, ["attending"]) & (nominal <= 9) & (nominal >= 2)
    )
    education = np.where(child, "", pick(rng, ["文盲或半文盲", "小学", "初中", "高中"], [1, 5, 5, 1], n)).astype(object)
    education[stopped] = "初中"
    education[out] = np.where(grade[out] >= 4, "小学", "文盲或半文盲")
    education[wrong] = "小学"
    schooling[stopped | out] = ""
    schooling[wrong] = ""
    reasons = pick(rng, ["厌学", "因病", "随父母外出", "缺乏劳动力", "其他"], [4, 2, 3, 1, 1], n)
    missing = out & np.isin(state, MISSING)
    return schooling, education, np.where(missing & (rng.random(n) < 0.5), reasons, "").astype(object)

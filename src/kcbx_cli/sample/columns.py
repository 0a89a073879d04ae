"""The cells of the registry, column by column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.sample import dates, places
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.families import GRANDFATHER, GRANDMOTHER
from kcbx_cli.sample.headers import REGISTRY_SAME
from kcbx_cli.sample.idnumbers import check_digits
from kcbx_cli.sample.schooling import Roll, Standing, status_date
from kcbx_cli.sample.spec import Ints, Text, pick
from kcbx_cli.sample.wrong_names import one_character

#: JY/T 1001 codes of the status words.
STATUS_CODES = {"在读": "01", "休学": "02", "退学": "03", "停学": "04", "流失": "06", "毕业": "07", "转出": "10", "转学": "10",
                "死亡": "11", "开除": "14", "下落不明": "15", "其他": "99"}  # fmt: skip
_GRADES = np.array(
    ["", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"], dtype=object
)


def township_cells(world: World, cells: Cells, township: Ints) -> Text:
    """The township as written: name, former name, code without trailing zeros, or misspelt."""
    name = np.array([p.name for p in places.TOWNSHIPS], dtype=object)
    former = np.array([p.former[0] if p.former else "" for p in places.TOWNSHIPS], dtype=object)
    code = np.array([p.code.rstrip("0") for p in places.TOWNSHIPS], dtype=object)
    wrong = np.array([p.misspelt for p in places.TOWNSHIPS], dtype=object)
    out: Text = name[township]
    free = np.ones(len(cells), dtype=bool)
    for trap, instead in (("place_former", former), ("place_code", code), ("place_misspelt", wrong)):
        rows = cells.strike(world.dice, trap, free & (instead[township] != "") & (township != -1))
        out[rows] = instead[township[rows]]
        free[rows] = False
    return out


def village_cells(world: World, cells: Cells, township: Ints, number: Ints) -> Text:
    """The village as written."""
    names = np.array(
        [[places.village(t, v) for v in range(places.VILLAGES_EACH)] for t in range(len(places.TOWNSHIPS))],
        dtype=object,
    )
    out: Text = names[township, number]
    rows = cells.strike(world.dice, "place_village", number > 0)
    even = rows % 2 == 0
    out[rows[even]] = out[rows[even]] + "委会"
    out[rows[~even]] = np.array([v.removesuffix("村") for v in out[rows[~even]]], dtype=object)
    return out


def number_cells(cells: Cells) -> Text:
    """ID cells: text, or a float of 15 significant digits where the number was stored as a number."""
    out: Text = cells.number.copy()
    out[cells.numeric] = cells.number[cells.numeric].astype(float)
    return out


def phone_cells(world: World, cells: Cells, phones: Text) -> Text:
    """Telephones: text, a number, or text with .0 behind."""
    out: Text = phones.copy()
    rows = cells.strike(world.dice, "phone_number", phones != "")
    for row in rows:
        out[row] = float(phones[row]) if row % 2 and not cells.as_text[row] else phones[row] + ".0"
    return out


def sex_cells(cells: Cells) -> Text:
    """男 or 女."""
    return np.where(cells.male, "男", "女").astype(object)


def registry_columns(world: World, now: Standing, roll: Roll, cells: Cells, schools: places.Schools) -> dict[str, Any]:
    """Every column of the registry that is not blank, by header of the national template; rows in file order."""
    people, families, person = world.people, world.families, cells.person
    family = people.family[person]
    rng = world.dice.stream("registry columns")
    n = len(cells)
    township = families.township[family]
    moved = cells.strike(world.dice, "place_other", np.ones(n, dtype=bool))
    township[moved] = (township[moved] + rng.integers(1, len(places.TOWNSHIPS), len(moved))) % len(places.TOWNSHIPS)
    town = township_cells(world, cells, township)
    village = village_cells(world, cells, township, families.village[family])
    plain_town = np.array([p.name for p in places.TOWNSHIPS], dtype=object)[township]
    address = plain_town + village + families.hamlet[family].astype("U2").astype(object) + "组"
    phones = families.phone[family]
    other = cells.strike(world.dice, "phone_other", np.ones(n, dtype=bool))
    phones[other] = families.phone[(family[other] * 5 + 1) % len(families)]
    phone = phone_cells(world, cells, phones)
    number, classroom = _classes(roll)
    school_name = np.array(schools.name, dtype=object)[roll.school]
    columns: dict[str, Any] = dict(REGISTRY_SAME)
    columns |= {
        "学籍号": _registry_numbers(world, cells),
        "学校名称": school_name,
        "学校标识码": np.array(schools.code, dtype=object)[roll.school],
        "姓名": cells.name,
        "性别": sex_cells(cells),
        "出生日期": dates.spell(cells.birth, cells.birth_form, 1, cells.as_text),
        "民族": families.nation[family],
        "身份证件类型": np.where(cells.number == "", "其他", "居民身份证").astype(object),
        "身份证件号": number_cells(cells),
        "政治面貌": np.where(roll.grade >= 8, "共青团员", np.where(roll.grade >= 2, "少先队员", "群众")).astype(object),
        "姓名拼音": _by_value(people.name[person], world.book.pinyin),
        "曾用名": _former(world, cells, rng),
        "户口所在地行政区划": np.where(cells.struck["place_code"], town, "重庆市城口县" + town).astype(object),
        "学籍辅号": (roll.school * 10000 + np.arange(n) % 10000 + 10**9).astype("U12").astype(object),
        "班内学号": number.astype("U3").astype(object),
        "年级": _GRADES[roll.grade],
        "班级": classroom.astype("U3").astype(object) + "班",
        "入学年月": _entry_month(world, roll),
        "就读方式": np.where(
            np.char.startswith(now.state[person].astype("U24"), "home_teaching"), "送教上门",
            np.where(rng.random(n) < np.where(roll.grade >= 7, 0.8, 0.25), "住校", "走读")
        ).astype(object),
        "现住址": address,
        "通信地址": address,
        "家庭地址": _with_breaks(world, cells, address),
        "联系电话": phone,
        "是否留守儿童": np.where(families.left_behind[family], "是", "否").astype(object),
        "是否孤儿": np.full(n, "否", dtype=object),
        "随班就读": np.where(now.state[person] == "inclusive", "是", "否").astype(object),
        "残疾类型": np.where(world.disabled[person], pick(rng, ["肢体残疾", "智力残疾", "听力残疾", "视力残疾"], [4, 4, 1, 1], n),
                             "").astype(object),
        "是否需要申请资助": np.where(now.listed[person], "是", "否").astype(object),
        "是否享受一补": np.where(now.listed[person], "是", "否").astype(object),
        "上下学距离": rng.integers(1, 12, n).astype("U2").astype(object),
        "学生当前状态": _status(world, cells, roll),
        "状态日期": dates.spell(status_date(roll), np.zeros(n, dtype=np.int64), 1, cells.as_text),
    }  # fmt: skip
    return columns | _members(world, cells, phone, rng)


def _by_value(values: Text, function: Any) -> Text:
    """The function's value for each text, worked out once a distinct text."""
    places_, distinct = pd.factorize(values)
    out = np.empty(len(distinct), dtype=object)
    out[:] = [function(str(v)) for v in distinct]
    found: Text = out[places_]
    return found


def _classes(roll: Roll) -> tuple[Ints, Ints]:
    """Number within the class and number of the class; rows come sorted by school and grade."""
    key = roll.school * 10 + roll.grade
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    place = np.arange(len(key)) - np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
    return place % 45 + 1, place // 45 + 1


def _former(world: World, cells: Cells, rng: np.random.Generator) -> Text:
    """The other of the two names, where the school knows of both."""
    people, person = world.people, cells.person
    other = np.where(cells.struck["name_former"], people.name[person], people.former[person])
    known = (people.former[person] != "") & (rng.random(len(cells)) < 0.7)
    return np.where(known, other, "").astype(object)


def _entry_month(world: World, roll: Roll) -> Text:
    first = np.where(roll.grade >= 7, roll.grade - 7, roll.grade - 1)
    month: Text = np.char.add((world.dice.spec.autumn - first).astype("U4"), "09").astype(object)
    return month


def _status(world: World, cells: Cells, roll: Roll) -> Text:
    out: Text = roll.status.copy()
    rows = cells.strike(world.dice, "status_word", roll.status == "在读")
    out[rows] = np.where(rows % 2 == 0, "正常", "在校")
    rows = cells.strike(world.dice, "status_code", np.isin(out, list(STATUS_CODES)))
    out[rows] = [STATUS_CODES[s] for s in out[rows]]
    return out


def _with_breaks(world: World, cells: Cells, address: Text) -> Text:
    out: Text = address.copy()
    rows = cells.strike(world.dice, "line_break", np.ones(len(cells), dtype=bool))
    out[rows] = out[rows] + "\n（租住）"
    return out


def _registry_numbers(world: World, cells: Cells) -> Text:
    """学籍号: G and the ID number; sometimes the number of before a change; L and J numbers are no ID numbers."""
    people, person = world.people, cells.person
    number = people.number[person]
    rng = world.dice.stream("registry numbers")
    birth = people.birth[person]
    bodies = (int(places.COUNTY_CODE) * 10**8 + birth) * 1000 + rng.integers(0, 1000, len(cells))
    right = check_digits(bodies)
    text = bodies.astype("U17").astype(object)
    none = number == ""
    stop = np.where(right == "0", "1", "0").astype(object)
    taken = set(number.tolist())  # a number made up here is nobody's ID number
    free = ~none & np.array([n not in taken for n in text + right], dtype=bool)
    lag = cells.strike(world.dice, "registry_lag", free)
    made_up = cells.strike(world.dice, "registry_j", free)
    cells.strike(world.dice, "registry_l", ~none)
    looks_like = np.flatnonzero(cells.struck["registry_l"] | none)
    out: Text = "G" + number
    out[lag] = "G" + text[lag] + right[lag]
    out[looks_like] = "L" + text[looks_like] + stop[looks_like]
    out[made_up] = "J" + text[made_up] + right[made_up]
    return out


def _members(world: World, cells: Cells, phone: Text, rng: np.random.Generator) -> dict[str, Any]:
    """Two members of the family: the parents, or a grandparent as guardian where both work away."""
    people, families = world.people, world.families
    family = people.family[cells.person]
    count, n = len(families), len(family)
    away, gone = families.left_behind[family], families.one_parent[family]
    first = np.where(away, GRANDFATHER, 0)
    second = np.where(gone, np.where(away, 0, GRANDMOTHER), np.where(away, 0, 1))
    words = np.array(["父亲", "母亲", "祖父", "祖母"], dtype=object)
    out: dict[str, Any] = {}
    for number, part in ((1, first), (2, second)):
        member = part * count + family
        has_id = rng.random(n) < 0.55
        other = families.phone[(family * 7 + 3) % count]
        out |= {
            f"成员{number}姓名": people.name[member],
            f"成员{number}关系": words[part],
            f"成员{number}民族": families.nation[family],
            f"成员{number}工作单位": np.where(away & (part == 0), "外出务工", "务农").astype(object),
            f"成员{number}联系电话": phone.copy()
            if number == 1
            else np.where(rng.random(n) < 0.6, other, "").astype(object),
            f"成员{number}是否监护人": np.where(away & (part == 0), "否", "是").astype(object),
            f"成员{number}身份证件类型": np.where(has_id, "居民身份证", "").astype(object),
            f"成员{number}身份证件号": np.where(has_id, people.number[member], "").astype(object),
        }
    for row in cells.strike(world.dice, "family_sound", np.ones(n, dtype=bool)):
        out["成员1姓名"][row] = one_character(world, rng, out["成员1姓名"][row], "same_sound")
    blank = cells.strike(world.dice, "family_blank", np.ones(n, dtype=bool))
    for values in (v for h, v in out.items() if h.startswith("成员1")):
        values[blank] = ""
    return out

"""The register of residents (户籍) and the list of disabled children (残联)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import dates, headers, places
from kcbx_cli.sample.cells import Cells, World, true_cells
from kcbx_cli.sample.columns import number_cells, sex_cells, village_cells
from kcbx_cli.sample.families import CHILD, FATHER, GRANDFATHER, MOTHER, date_number, day_number
from kcbx_cli.sample.files import Place
from kcbx_cli.sample.listcolumns import relations
from kcbx_cli.sample.office import Workbook, write_csv
from kcbx_cli.sample.schooling import Standing
from kcbx_cli.sample.spec import Ints, Mask, Text, pick
from kcbx_cli.sample.wrong_ids import strike_ids
from kcbx_cli.sample.wrong_names import strike_births, strike_names

POPULATION_FILE, DISABILITY_FILE = "户籍学龄人口.xlsx", "残疾儿童少年名单.xlsx"
_SHEET, _DISABLED_SHEET = "学龄人口", "残疾儿童"
#: A longer register is written as CSV.
_MOST_ROWS = 60_000
#: What the register calls the changes of those who are gone.
_CHANGE = {"hukou_moved": "迁出", "hukou_moves_later": "迁出", "hukou_cancelled": "注销", "hukou_dead": "死亡注销",
           "moved": "迁出", "dead": "死亡注销"}  # fmt: skip
_PLACED = {"home_teaching": "送教上门", "home_teaching_expired": "送教上门", "inclusive": "随班就读",
           "disabled_placed": "特殊教育学校", "attending": "普通学校就读"}  # fmt: skip
#: Households that a child heads, orphans and children registered by themselves: how many at scale 1, beside those that
#: have no adult on the low-income lists either.
_HEADED_BY_CHILD = 20


def register(world: World, person: Ints) -> Cells:
    """The rows of these residents, with the few mistakes that a register of the police has."""
    township = world.families.township[world.people.family[person]]
    family = world.people.family[person]
    ordered = person[np.lexsort((person, family, world.families.village[family], township))]
    return _struck(world, true_cells(world, "population", ordered, _zeros(len(ordered)), _no(len(ordered))))


def write_register(folder: Path, world: World, now: Standing, cells: Cells) -> tuple[Place, Mask]:
    """户籍/户籍学龄人口.xlsx; returns where each row stands and who is told to have died."""
    folder.mkdir(parents=True, exist_ok=True)
    people, families = world.people, world.families
    family = people.family[cells.person]
    n = len(cells)
    township = families.township[family]
    town = np.array([p.name for p in places.TOWNSHIPS], dtype=object)[township]
    village = village_cells(world, cells, township, families.village[family])
    change, changed = _changes(world, now, cells.person)
    heads = _heads(world, now, cells.person)
    columns: dict[str, Any] = {
        "派出所": town + "派出所", "乡镇(街道)": town, "村(居)委会": village,
        "户号": (22900000 + family).astype("U9").astype(object), "户主姓名": people.name[heads[family]],
        "与户主关系": relations(world, cells.person, heads), "姓名": cells.name,
        "曾用名": people.former[cells.person], "性别": sex_cells(cells),
        "出生日期": dates.spell(cells.birth, cells.birth_form, 5, cells.as_text), "民族": families.nation[family],
        "公民身份号码": number_cells(cells),
        "户籍地址": "重庆市城口县" + town + village + families.hamlet[family].astype("U2").astype(object) + "组",
        "变动类型": change, "变动日期": dates.spell(changed, _zeros(n), 1, cells.as_text),
    }  # fmt: skip
    place = Place.nowhere(n)
    everyone = np.arange(n)
    if n > _MOST_ROWS:
        name = POPULATION_FILE.replace(".xlsx", ".csv")
        rows = write_csv(folder / name, headers.POPULATION, columns, everyone, {})
        place.put(everyone, name, "", rows)
    else:
        book = Workbook(folder / POPULATION_FILE)
        sheet = book.sheet(_SHEET)
        book.title(sheet, 0, f"{places.COUNTY_NAME}户籍学龄人口信息", len(headers.POPULATION))
        book.header(sheet, 1, headers.POPULATION)
        book.body(sheet, headers.POPULATION, columns, 2 + everyone, everyone)
        book.close()
        place.put(everyone, POPULATION_FILE, _SHEET, 3 + everyone)
    return place, np.asarray(change == "死亡注销", dtype=bool)


def _adults(world: World) -> Ints:
    """The grown-up who answers for each family: who heads it on the low-income lists, else a parent, or a grandfather
    where the parents work elsewhere."""
    families, count = world.families, np.arange(len(world.families))
    mother = (world.dice.stream("heads of the register").random(len(count)) < 0.1) & ~families.one_parent
    part = np.where(families.left_behind & (count % 5 < 2), GRANDFATHER, np.where(mother, MOTHER, FATHER))
    return np.where(world.people.part[world.head] == CHILD, part * len(count) + count, world.head)


def _heads(world: World, now: Standing, person: Ints) -> Ints:
    """Who heads each family's household in the register: nearly always a grown-up."""
    first, heads = world.head, _adults(world)
    child = np.isin(first, person)  # the family's first, and a child of the register
    lot = world.dice.stream("children who head a household").random(len(heads))
    order = np.argsort(np.where(child & ~now.listed[first], lot, 2.0), kind="stable")
    few = order[: max(2, round(_HEADED_BY_CHILD * world.dice.spec.scale))]
    alone = child & now.listed[first]
    alone[few] |= child[few]
    return np.where(alone, first, heads)


def _changes(world: World, now: Standing, person: Ints) -> tuple[Text, Ints]:
    """变动类型 and 变动日期: births of this year, moves in and out, deaths."""
    rng = world.dice.stream("register of residents")
    n, today = len(person), _today(world)
    state = now.state[person]
    change = np.array([_CHANGE.get(s, "") for s in state], dtype=object)
    day = np.where(change != "", today - rng.integers(10, 300, n), 0)
    day[state == "hukou_moves_later"] = today + 9
    came = (change == "") & (rng.random(n) < 0.01)
    change[came], day[came] = "迁入", today - rng.integers(10, 900, int(came.sum()))
    return change, np.where(day > 0, date_number(np.maximum(day, 0)), 0)


def federation(world: World, now: Standing) -> Cells:
    """The rows of the list of disabled children: those of school age, whether they are at school or not."""
    state = now.state
    years = (now.nominal >= 1) & (now.nominal <= 9)
    told = world.disabled & now.listed & (state != "") & (state != "dead") & (state != "moved")
    on = np.flatnonzero(years & (told | np.isin(state, ("disabled_unplaced", "disabled_placed"))))
    rows = on[np.lexsort((on, world.families.township[world.people.family[on]]))]
    return _struck(world, true_cells(world, "disability", rows, _zeros(len(rows)), _no(len(rows))))


def write_federation(folder: Path, world: World, now: Standing, cells: Cells) -> Place:
    """残联/残疾儿童少年名单.xlsx, with the number of the disability card: the ID number, kind and grade."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = world.dice.stream("federation")
    people, families, person = world.people, world.families, cells.person
    n = len(cells)
    family = people.family[person]
    town = np.array([p.name for p in places.TOWNSHIPS], dtype=object)[families.township[family]]
    kind, grade = rng.integers(0, 7, n), rng.integers(1, 5, n)
    card = people.number[person] + (kind + 1).astype("U1").astype(object) + grade.astype("U1").astype(object)
    placed = np.array([_PLACED.get(s, "") for s in now.state[person]], dtype=object)
    waiting = placed == ""
    placed[waiting] = pick(rng, ["待安置", ""], [3, 2], int(waiting.sum()))
    columns: dict[str, Any] = {
        "序号": np.arange(1, n + 1).astype("U6").astype(object), "乡镇": town, "残疾人姓名": cells.name,
        "性别": sex_cells(cells), "出生日期": dates.spell(cells.birth, cells.birth_form, 1, cells.as_text),
        "身份证号": number_cells(cells), "残疾证号": np.where(people.number[person] != "", card, "").astype(object),
        "残疾类别": np.array(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"], dtype=object)[kind],
        "残疾等级": np.array(["", "一级", "二级", "三级", "四级"], dtype=object)[grade],
        "监护人": people.name[_adults(world)[family]], "联系电话": families.phone[family], "安置方式": placed,
        "未入学原因": np.where(waiting, pick(rng, ["身体原因", "家长不愿送", ""], [3, 1, 2], n), "").astype(object),
    }  # fmt: skip
    book = Workbook(folder / DISABILITY_FILE)
    sheet = book.sheet(_DISABLED_SHEET)
    book.title(sheet, 0, f"{places.COUNTY_NAME}适龄残疾儿童少年名单", len(headers.DISABILITY))
    book.header(sheet, 1, headers.DISABILITY)
    everyone = np.arange(n)
    book.body(sheet, headers.DISABILITY, columns, 2 + everyone, everyone)
    book.close()
    place = Place.nowhere(n)
    place.put(everyone, DISABILITY_FILE, _DISABLED_SHEET, 3 + everyone)
    return place


def _struck(world: World, cells: Cells) -> Cells:
    strike_ids(world, cells)
    strike_names(world, cells)
    strike_births(world, cells)
    return cells


def _today(world: World) -> int:
    return int(day_number(np.array([int(world.dice.spec.as_of.strftime("%Y%m%d"))]))[0])


def _zeros(n: int) -> Ints:
    return np.zeros(n, dtype=np.int64)


def _no(n: int) -> Mask:
    return np.zeros(n, dtype=bool)

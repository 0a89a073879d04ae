"""Which file holds what: the registry, the lists, the special register, the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kcbx_cli.sample import headers, places
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.listing import HAND, SECOND, THIRD, Roster
from kcbx_cli.sample.office import Workbook, write_csv, write_html
from kcbx_cli.sample.papers import Papers
from kcbx_cli.sample.schooling import Roll
from kcbx_cli.sample.spec import Ints, Text

PRIMARY_FILE, JUNIOR_FILE = "小学学籍.xlsx", "初中学籍.csv"
THIRD_FILE, SECOND_FILE, HAND_FILE = "脱贫户监测信息.xlsx", "脱贫人口信息表.xlsx", "手工台账.xls"
FAMILY_FILE, SPECIAL_FILE = "低保户名册.xlsx", "特殊学生台账.xlsx"
#: Longer lists are written as CSV: a sheet ends at 1,048,576 rows, and long before that nobody opens it.
MOST_ROWS = 60_000
REGISTRY_SHEET, THIRD_SHEET = "学籍信息", "监测信息"


@dataclass
class Place:
    """Where each record came to stand: base name of the file, sheet ("" for text files), 1-based row."""

    file: Text
    sheet: Text
    row: Ints

    @classmethod
    def nowhere(cls, n: int) -> Place:
        """No record placed yet."""
        return cls(np.full(n, "", dtype=object), np.full(n, "", dtype=object), np.zeros(n, dtype=np.int64))

    def put(self, where: Ints, file: str, sheet: str, row: Ints) -> None:
        """These records stand there."""
        self.file[where], self.sheet[where], self.row[where] = file, sheet, row


def write_registry(folder: Path, columns: dict[str, Any], roll: Roll, cells: Cells) -> Place:
    """学籍/小学学籍.xlsx with a title above the header, 学籍/初中学籍.csv in GB18030 with numbers as ="…"."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Place.nowhere(len(roll))
    primary, junior = np.flatnonzero(roll.grade <= 6), np.flatnonzero(roll.grade >= 7)
    if len(primary) > MOST_ROWS:
        _plain(folder, PRIMARY_FILE, headers.REGISTRY, columns, primary, place)
    else:
        book = Workbook(folder / PRIMARY_FILE)
        sheet = book.sheet(REGISTRY_SHEET)
        book.title(sheet, 0, f"{places.COUNTY_NAME}小学学生基本信息", len(headers.REGISTRY))
        book.header(sheet, 1, headers.REGISTRY)
        lines = 2 + np.arange(len(primary))
        book.body(sheet, headers.REGISTRY, columns, lines, primary)
        book.close()
        place.put(primary, PRIMARY_FILE, REGISTRY_SHEET, lines + 1)
    renamed = {"学生姓名": columns["姓名"], "异动日期": columns["状态日期"],
               "序号": (np.arange(len(roll)) - len(primary) + 1).astype("U7").astype(object)}  # fmt: skip
    whole = dict.fromkeys(headers.JUNIOR_NUMBERS, np.ones(len(roll), dtype=bool))
    wrapped = whole | {"身份证件号": ~cells.struck["id_scientific"]}
    line = write_csv(folder / JUNIOR_FILE, headers.JUNIOR, columns | renamed, junior, wrapped)
    place.put(junior, JUNIOR_FILE, "", line)
    return place


def _plain(folder: Path, file: str, header: list[str], columns: dict[str, Any], take: Ints, place: Place) -> None:
    """A list that is too long for a workbook, as a plain CSV of the same name."""
    name = Path(file).stem + ".csv"
    place.put(take, name, "", write_csv(folder / name, header, columns, take, {}))


def write_lists(folder: Path, columns: dict[str, Any], roster: Roster, as_of: date) -> Place:
    """The three person-level lists under 低收入/, signed on that day."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Place.nowhere(len(roster))
    columns = columns | {"年度": str(as_of.year)}
    signed = f"填表人:            审核人:            填表日期:{as_of.year}年{as_of.month}月{as_of.day}日"
    _third(folder, headers.THIRD_SAME | columns, roster, place)
    _second(folder, headers.SECOND_SAME | columns, roster, place, signed)
    _hand(folder, columns, roster, place, signed)
    return place


def _third(folder: Path, columns: dict[str, Any], roster: Roster, place: Place) -> None:
    take = np.flatnonzero(roster.which == THIRD)
    if len(take) > MOST_ROWS:
        return _plain(folder, THIRD_FILE, headers.THIRD, columns, take, place)
    book = Workbook(folder / THIRD_FILE)
    sheet = book.sheet(THIRD_SHEET)
    book.header(sheet, 0, headers.THIRD)
    lines = 1 + np.arange(len(take))
    book.body(sheet, headers.THIRD, columns, lines, take)
    for line in lines[5:9].tolist():
        sheet.set_row(line, options={"hidden": True})  # a filter was left on: hidden rows are data
    book.close()
    place.put(take, THIRD_FILE, THIRD_SHEET, lines + 1)


def _second(folder: Path, columns: dict[str, Any], roster: Roster, place: Place, signed: str) -> None:
    """One sheet a township, with a title, a blank row, totals and signatures; a copy of the last one stayed behind, hidden."""
    second = roster.which == SECOND
    if second.sum() > MOST_ROWS:
        return _plain(folder, SECOND_FILE, headers.SECOND, columns, np.flatnonzero(second), place)
    book = Workbook(folder / SECOND_FILE)
    townships = np.unique(roster.township[second]).tolist()
    for township in townships:
        take = np.flatnonzero(second & (roster.township == township))
        name = places.TOWNSHIPS[township].name
        lines = 2 + np.arange(len(take)) + (np.arange(len(take)) >= (len(take) + 1) // 2)
        sheet = _township_sheet(book, name, columns, lines, take)
        last = int(lines[-1])
        sheet.write_string(last + 1, 0, "合计")
        sheet.write_string(last + 1, 8, f"{len(take)}人")
        sheet.write_string(last + 3, 0, signed)
        place.put(take, SECOND_FILE, name, lines + 1)
    if townships:
        copied = np.flatnonzero(second & (roster.township == townships[-1]))[:5]
        _township_sheet(book, "备份", columns, 2 + np.arange(len(copied)), copied).hide()
    book.close()


def _township_sheet(book: Workbook, name: str, columns: dict[str, Any], lines: Ints, take: Ints) -> Any:
    sheet = book.sheet(name)
    book.title(sheet, 0, f"{name}脱贫人口及监测对象信息表", len(headers.SECOND))
    book.header(sheet, 1, headers.SECOND)
    book.body(sheet, headers.SECOND, columns, lines, take)
    return sheet


def _hand(folder: Path, columns: dict[str, Any], roster: Roster, place: Place, signed: str) -> None:
    take = np.flatnonzero(roster.which == HAND)
    names = {
        "村(社区)": "村", "户主姓名": "户主姓名", "姓名": "姓名", "性别": "性别", "与户主关系": "与户主关系", "出生年月": "出生日期",
        "身份证号": "证件号码", "联系电话": "户联系电话", "就读学校": "就读学校", "年级": "在校生状况", "备注": "备注",
    }  # fmt: skip
    taken: dict[str, Any] = {h: columns[c][take] for h, c in names.items()}
    taken["序号"] = np.arange(1, len(take) + 1).astype("U6").astype(object)
    town = places.TOWNSHIPS[int(roster.township[take[0]])].name if len(take) else ""
    row = write_html(folder / HAND_FILE, f"{town}低收入家庭人员台账", headers.HAND, taken, 40,
                     [f"合计:{len(take)}人", signed])  # fmt: skip
    place.put(take, HAND_FILE, "", row)


def write_families(folder: Path, world: World, roster: Roster) -> int:
    """低保户名册.xlsx: one row a household, with a title and a header of two merged rows; returns how many."""
    people, families = world.people, world.families
    households = np.unique(roster.household)
    rng = world.dice.stream("allowance")
    poor = households[rng.random(len(households)) < 0.3]
    poor = poor[np.lexsort((poor, families.village[poor], families.township[poor]))]
    n = len(poor)
    size = np.bincount(roster.household[~roster.again], minlength=len(families))[poor]
    towns = np.array([p.name for p in places.TOWNSHIPS], dtype=object)[families.township[poor]]
    villages = np.array([places.village(int(t), int(v)) for t, v in
                         zip(families.township[poor], families.village[poor], strict=True)], dtype=object)  # fmt: skip
    head = world.head[poor]
    amount = size * rng.integers(280, 520, n)
    columns: dict[str, Any] = {
        "序号": np.arange(1, n + 1).astype("U6").astype(object), "乡镇": towns, "村": villages,
        "户主姓名": people.name[head], "身份证号码": people.number[head],
        "低保证号": (50022900000 + poor).astype("U12").astype(object), "联系电话": families.phone[poor],
        "人数": size.astype(object), "重点保障人数": np.minimum(size, rng.integers(0, 3, n)).astype(object),
        "残疾人数": rng.integers(0, 2, n).astype(object), "月保障金": amount.astype(object),
        "实发金额": amount.astype(object), "起始保障年月": "201901",
    }  # fmt: skip
    groups = [("序号", ()), ("乡镇", ()), ("村", ()), ("户主姓名", ()), ("身份证号码", ()), ("低保证号", ()), ("联系电话", ()),
              ("保障人数", ("人数", "重点保障人数", "残疾人数")), ("领取金额", ("月保障金", "实发金额")), ("起始保障年月", ())]  # fmt: skip
    book = Workbook(folder / FAMILY_FILE)
    sheet = book.sheet("低保户")
    book.title(sheet, 0, f"{places.COUNTY_NAME}农村最低生活保障家庭花名册", len(columns))
    book.merged_header(sheet, 1, groups)
    book.body(sheet, list(columns), columns, 3 + np.arange(n), np.arange(n))
    sheet.write_string(3 + n, 0, "合计")
    sheet.write_number(3 + n, 7, int(size.sum()))
    sheet.write_number(3 + n, 10, int(amount.sum()))
    sheet.write_string(4 + n, 0, "经办人:            负责人:            (盖章)")
    book.close()
    return n


def write_special(folder: Path, papers: Papers) -> None:
    """特殊学生台账.xlsx."""
    book = Workbook(folder / SPECIAL_FILE)
    sheet = book.sheet("特殊学生台账")
    book.title(sheet, 0, f"{places.COUNTY_NAME}特殊学生台账", len(headers.SPECIAL))
    book.header(sheet, 1, headers.SPECIAL)
    n = len(papers.cells)
    book.body(sheet, headers.SPECIAL, papers.columns, 2 + np.arange(n), np.arange(n))
    book.close()


def write_config(folder: Path) -> None:
    """kcbx.toml with the county and its townships."""
    lines = ["[county]", f'name = "{places.COUNTY_NAME}"', f'code = "{places.COUNTY_CODE}"', ""]
    for place in places.TOWNSHIPS:
        former = ", ".join(f'"{f}"' for f in place.former)
        lines += ["[[townships]]", f'code = "{place.code}"', f'name = "{place.name}"', f"former = [{former}]", ""]
    (folder / "kcbx.toml").write_text("\n".join(lines), encoding="utf-8")

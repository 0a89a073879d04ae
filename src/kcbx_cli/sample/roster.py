"""责任人名册.xlsx: who answers for which township, school, village or household (四包责任制)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kcbx_cli.sample import headers, places
from kcbx_cli.sample.cells import World
from kcbx_cli.sample.listing import Roster
from kcbx_cli.sample.names import NameBook
from kcbx_cli.sample.office import Workbook
from kcbx_cli.sample.spec import Text

FILE = "责任人名册.xlsx"
#: In these townships every village and some households have somebody; in the last one of the county nobody answers.
_WHOLE, _HOUSEHOLDS = (0, 1), 12
_TITLES = {"包片领导": "副局长", "包校职工": "校长", "包村校长": "副校长", "包户教师": "教师"}
_Duty = tuple[str, str, str, str, str, str]  # 层级 乡镇 学校 村 户主 角色


def write_roster(folder: Path, world: World, roster: Roster, schools: places.Schools) -> int:
    """Writes the roster; returns how many rows it has."""
    duties = [*_areas(), *_schools(schools), *_villages(), *_households(world, roster)]
    n = len(duties)
    rng = world.dice.stream("responsible")
    book = NameBook.load()
    name = book.surnames(rng, n) + book.given(rng, rng.random(n) < 0.6, rng.integers(1965, 1995, n))
    phone = [f"139{number:08d}" for number in rng.integers(0, 10**8, n).tolist()]
    columns = dict(zip(headers.RESPONSIBLE[:6], (_column(c) for c in zip(*duties, strict=True)), strict=True))
    title = _column([_TITLES[duty[-1]] for duty in duties])
    columns |= {"姓名": name, "职务": title, "电话": _column(phone)}
    workbook = Workbook(folder / FILE)
    sheet = workbook.sheet("责任人名册")
    workbook.title(sheet, 0, f"{places.COUNTY_NAME}控辍保学四包责任人名册", len(headers.RESPONSIBLE))
    workbook.header(sheet, 1, headers.RESPONSIBLE)
    workbook.body(sheet, headers.RESPONSIBLE, columns, 2 + np.arange(n), np.arange(n))
    workbook.close()
    return n


def _column(values: object) -> Text:
    return np.array(values, dtype=object)


def _areas() -> list[_Duty]:
    return [("片", place.name, "", "", "", "包片领导") for place in places.TOWNSHIPS[:-1]]


def _schools(schools: places.Schools) -> list[_Duty]:
    junior = [name for name, kind in zip(schools.name, schools.kind, strict=True) if kind in ("junior", "nine_year")]
    return [("校", "", name, "", "", "包校职工") for name in junior]


def _villages() -> list[_Duty]:
    return [
        ("村", places.TOWNSHIPS[t].name, "", places.village(t, number), "", "包村校长")
        for t in _WHOLE
        for number in range(places.VILLAGES_EACH)
    ]


def _households(world: World, roster: Roster) -> list[_Duty]:
    """Listed families of the whole townships."""
    township, village = world.families.township, world.families.village
    mine = [h for h in np.unique(roster.household).tolist() if int(township[h]) in _WHOLE][:_HOUSEHOLDS]
    return [
        ("户", places.TOWNSHIPS[int(township[h])].name, "", places.village(int(township[h]), int(village[h])),
         str(world.people.name[world.head[h]]), "包户教师")
        for h in mine
    ]  # fmt: skip

"""`write_province`: several made-up counties side by side, as plain tables, with children who cross the borders.

Each county is one of its own seed. Its people get area codes, telephones and place names of their own, so that nobody
is in two counties by chance; every mistake stays as it was. Of the listed children who are at school one in a hundred
is registered in the next county.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.sample import headers, places
from kcbx_cli.sample.county import Drawn, draw_county
from kcbx_cli.sample.spec import Ints, Mask, Spec
from kcbx_cli.sample.truth import doubts, expected

FORMATS = ("parquet", "csv")
#: The part of the listed children at school who are registered in the next county.
CROSSING = 0.01
TRUTH = ("county", "list_row", "person", "verdict", "missing", "school_age", "registry_county", "registry_row")
_WEIGHTS = (7, 9, 10, 5, 8, 4)
_CHECKS = "10X98765432"
_NUMBERED = re.compile(r"^([GLJ]?)(\d{6})(.*)$", re.DOTALL)
_WORDS = "山河江湖云石林田泉岭溪谷原川洲岗岸滩港湾峰岩洞井桥关寨营堡屯坊店市场庄园亭台楼阁寺观庙塔坝沟冲垭槽湾岔口"


@dataclass(frozen=True)
class Province:
    """What was written: the folder, and how many counties, pupils, list rows and crossing children."""

    folder: Path
    counties: int
    pupils: int
    listed: int
    crossing: int

    def data(self) -> dict[str, Any]:
        """For scripts: the folder's name and the counts."""
        return {"folder": self.folder.name, "counties": self.counties, "pupils": self.pupils, "list_rows": self.listed,
                "crossing": self.crossing}  # fmt: skip

    def lines(self) -> tuple[str, ...]:
        """For people."""
        return (
            f"已生成 {self.counties} 个虚构的县:学籍 {self.pupils} 条,低收入名单 {self.listed} 人次,"
            f"其中 {self.crossing} 名孩子在邻县就读。",
            f"文件在 {self.folder},每县一个;答案/ 里是答案。",
        )


def write_province(target: Path, spec: Spec, counties: int, form: str) -> Province:
    """Writes 学籍/, 低收入/, 特殊学生台账/ and 设置/ with one file a county, and 答案/ with the truth.

    County n has the seed `spec.seed + n`. `form` is one of FORMATS. The same arguments give the same bytes.
    """
    arriving = pd.DataFrame()
    pupils = listed = crossing = 0
    for number in range(counties):
        drawn = draw_county(replace(spec, seed=spec.seed + number))
        county = _Relocated(number)
        registry = county.table(headers.REGISTRY, drawn.pupil_columns, np.arange(len(drawn.roll)))
        leaves = _crossing(drawn) if number + 1 < counties else np.zeros(len(drawn.roll), dtype=np.bool_)
        moved = registry[leaves]
        registry = pd.concat([registry[~leaves], arriving], ignore_index=True)
        roster = county.table(headers.SECOND, headers.SECOND_SAME | drawn.list_columns, np.arange(len(drawn.roster)))
        special = county.table(headers.SPECIAL, drawn.special.columns, np.arange(len(drawn.special.cells)))
        for folder, table in (("学籍", registry), ("低收入", roster), ("特殊学生台账", special)):
            _write(target / folder / f"{county.name}.{form}", table, form)
        _settings(target / "设置", county)
        _truth(target / "答案", drawn, county, leaves)
        arriving = moved
        pupils, listed, crossing = pupils + len(registry), listed + len(roster), crossing + int(leaves.sum())
    return Province(target, counties, pupils, listed, crossing)


def _crossing(drawn: Drawn) -> Mask:
    """Which registry rows stand in the next county's registry: all those of the children who cross."""
    here = drawn.now.listed & (drawn.now.state == "attending")
    people = here & (drawn.world.dice.stream("crossing").random(len(here)) < CROSSING)
    found: Mask = people[drawn.roll.person]
    return found


class _Relocated:
    """A county elsewhere: the same people with other area codes, telephones and places."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._shift = [0, 0, *(int(d) for d in f"{number * 37 % 10_000:04d}")]
        stems = sorted(
            {t[:2] for p in places.TOWNSHIPS for t in (p.name, p.misspelt, *p.former)} | {places.COUNTY_NAME[:2]}
        )
        letters = "".join(dict.fromkeys("".join(stems) + _WORDS))
        turned = {c: letters[(n + 7 * number) % len(letters)] for n, c in enumerate(letters)}
        self._stems = {stem: "".join(turned[c] for c in stem) for stem in stems}
        self._places = re.compile("|".join(stems))
        self.code = self._area(places.COUNTY_CODE)[0]
        self.name = f"{self.code}{self.place(places.COUNTY_NAME)}"

    def table(self, header: list[str], columns: dict[str, Any], rows: Ints) -> pd.DataFrame:
        """The columns of a list as text, relocated, each distinct value once."""
        out = {}
        for name in header:
            values = columns.get(name, "")
            texts = [values] if isinstance(values, str) else [_text(v) for v in values[rows].tolist()]
            codes, distinct = pd.factorize(np.array(texts, dtype=object))
            way = self._way(name)
            changed = np.array([way(v) if v else v for v in distinct], dtype=object)[codes]
            out[name] = np.full(len(rows), changed[0], dtype=object) if isinstance(values, str) else changed
        return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in out.items()})

    def place(self, text: str) -> str:
        """A text with its places' names changed; a township's code as well."""
        return self.number(self._places.sub(lambda found: self._stems[found[0]], text))

    def number(self, text: str) -> str:
        """An ID or registry number with another area; a check digit that was right stays right."""
        found = _NUMBERED.match(text)
        if not found:
            return text
        area, more = self._area(found[2])
        rest = found[3]
        if len(rest) == 12 and rest[-1].upper() in _CHECKS:
            rest = rest[:-1] + _CHECKS[(_CHECKS.index(rest[-1].upper()) + more) % 11]
        return found[1] + area + rest

    def _way(self, header: str) -> Callable[[str], str]:
        if header.endswith(("证件号", "证件号码", "身份证号", "学籍号", "户编号", "人口编号")):
            return self.number
        if header.endswith("电话"):
            return lambda v: f"{v[0]}{(int(v[1:4]) + 7 * self._number) % 1000:03d}{v[4:]}" if v[:4].isdecimal() else v
        if header in ("乡", "村", "县", "学校名称", "现住址", "通信地址", "家庭地址", "籍贯", "备注", "就读学校"):
            return self.place
        return str

    def _area(self, code: str) -> tuple[str, int]:
        """The area code here, and by how much the weighted sum of its digits grows."""
        digits = [(int(c) + s) % 10 for c, s in zip(code, self._shift, strict=True)]
        more = sum((d - int(c)) * w for d, c, w in zip(digits, code, _WEIGHTS, strict=True))
        return "".join(map(str, digits)), more % 11


def _text(value: Any) -> str:
    """A cell as the export of a database has it."""
    if isinstance(value, float):
        return f"{value:.0f}"
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else str(value)


def _write(path: Path, table: pd.DataFrame, form: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        return
    import duckdb

    quoted = str(path).replace("'", "''")
    names = ", ".join(
        'CAST("' + name.replace('"', '""') + '" AS VARCHAR) AS "' + name.replace('"', '""') + '"'
        for name in table.columns
    )
    with duckdb.connect(config={"threads": "1"}) as link:
        link.register("made", table)
        link.execute(f"COPY (SELECT {names} FROM made) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608


def _settings(folder: Path, county: _Relocated) -> None:
    """The county's settings: its name, code and townships."""
    lines = ["[county]", f'name = "{county.place(places.COUNTY_NAME)}"', f'code = "{county.code}"', ""]
    for place in places.TOWNSHIPS:
        former = ", ".join(f'"{county.place(f)}"' for f in place.former)
        lines += ["[[townships]]", f'code = "{county.number(place.code)}"', f'name = "{county.place(place.name)}"',
                  f"former = [{former}]", ""]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{county.name}.toml").write_text("\n".join(lines), encoding="utf-8")


def _truth(folder: Path, drawn: Drawn, county: _Relocated, leaves: Mask) -> None:
    """A row for each list row; `registry_county` is `next` for children who cross, and their row is not told."""
    verdicts = expected(
        drawn.world, drawn.now, drawn.cells, drawn.says,
        doubts(drawn.world, drawn.roll, drawn.cells, drawn.registered, drawn.special.cells),
    )  # fmt: skip
    at = np.cumsum(~leaves) + 1
    rows: dict[int, list[str]] = {}
    for row, person in enumerate(drawn.roll.person.tolist()):
        rows.setdefault(person, []).append("" if leaves[row] else str(at[row]))
    lines = []
    for n, person in enumerate(drawn.cells.person.tolist()):
        own = rows.get(person, [])
        where = "" if not own else "here" if own[0] else "next"
        lines.append((county.name, n + 2, person, verdicts.verdict[n], int(verdicts.missing[n]), int(verdicts.school_age[n]),
                      where, "|".join(r for r in own if r)))  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(lines, columns=list(TRUTH)).to_csv(
        folder / f"truth_{county.name}.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n"
    )

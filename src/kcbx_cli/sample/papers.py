"""The office's special register: who has which paper, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kcbx_cli.sample import dates
from kcbx_cli.sample.cells import Cells, World
from kcbx_cli.sample.columns import number_cells
from kcbx_cli.sample.families import date_number, day_number
from kcbx_cli.sample.schooling import Standing
from kcbx_cli.sample.spec import Ints, Text, pick

#: Categories by state, and for how long the paper holds: in force, expired, or without any date.
_PAPERS: dict[str, tuple[tuple[str, ...], str]] = {
    "outside_papers": (("外县就读", "外市就读", "外省就读"), "valid"),
    "outside_papers_expired": (("外县就读", "外省就读"), "expired"),
    "outside_but_registered": (("外县就读",), "valid"),
    "suspension_papers": (("休学",), "valid"),
    "suspension_papers_expired": (("休学",), "expired"),
    "home_teaching": (("送教上门",), "valid"),
    "home_teaching_expired": (("送教上门",), "expired"),
    "exempt": (("免学",), "valid"),
    "exempt_expired": (("免学",), "expired"),
    "deferred": (("延缓入学", "缓学"), "valid"),
    "deferred_expired": (("延缓入学", "缓学"), "expired"),
    "deferred_undated": (("延缓入学", "缓学"), "undated"),
    "inclusive": (("随班就读",), "valid"),
}
#: Categories that end by themselves a year after approval when no end is written.
_LIMITED = ("休学", "缓学", "延缓入学")
_EVIDENCE = {"休学": "医院证明、休学申请", "送教上门": "评估意见", "免学": "评估意见", "随班就读": "评估意见"}


@dataclass
class Papers:
    """One entry of each array a row of the special register."""

    cells: Cells
    columns: dict[str, Any]


def holders(world: World, now: Standing) -> Ints:
    """Who has a paper, ordered by township."""
    person = np.flatnonzero(np.isin(now.state, list(_PAPERS)))
    return person[np.lexsort((person, world.families.township[world.people.family[person]]))]


def papers(world: World, now: Standing, cells: Cells) -> Papers:
    """The rows of the special register for these holders."""
    person = cells.person
    n = len(person)
    rng = world.dice.stream("papers")
    state = now.state[person]
    category = np.full(n, "", dtype=object)
    term = np.full(n, "", dtype=object)
    for name, (words, how) in _PAPERS.items():
        rows = np.flatnonzero(state == name)
        category[rows] = pick(rng, words, np.ones(len(words)), len(rows))
        term[rows] = how
    approved, until = _term(world, rng, category, term)
    outside = np.char.startswith(state.astype("U24"), "outside")
    place = np.where(category == "外省就读", pick(rng, ["浙江省慈溪市", "广东省东莞市", "陕西省岚皋县"], [3, 3, 1], n),
                     pick(rng, ["开州区", "万源市", "渝北区"], [3, 2, 2], n))  # fmt: skip
    evidence = np.array(
        [_EVIDENCE.get(c, "就读证明" if "就读" in c else "延缓入学申请") for c in category], dtype=object
    )
    blank = np.zeros(n, dtype=bool)
    columns = {
        "序号": np.arange(1, n + 1).astype("U6").astype(object),
        "姓名": cells.name,
        "身份证号": number_cells(cells),
        "类别": category,
        "批准日期": dates.spell(approved, np.zeros(n, dtype=np.int64), 3, blank),
        "有效期至": dates.spell(until, np.zeros(n, dtype=np.int64), 3, blank),
        "就读地": np.where(outside, place, "").astype(object),
        "就读学校": np.where(outside, place + "第二小学", "").astype(object),
        "证明材料": evidence,
    }
    return Papers(cells, columns)


def _term(world: World, rng: np.random.Generator, category: Text, how: Text) -> tuple[Ints, Ints]:
    """Approval and end, yyyymmdd, 0 where not written."""
    n = len(category)
    today = int(day_number(np.array([int(world.dice.spec.as_of.strftime("%Y%m%d"))]))[0])
    approved = today - np.where(how == "expired", rng.integers(400, 700, n), rng.integers(40, 200, n))
    limited = np.isin(category, _LIMITED)
    unwritten = rng.random(n) < np.where(limited, 0.2, 0.3)
    unwritten &= limited | (how == "valid")
    until = np.where(unwritten, 0, date_number(approved + 364))
    dated = how != "undated"
    return np.where(dated, date_number(approved), 0), np.where(dated, until, 0)

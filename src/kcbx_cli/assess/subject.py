"""Which child is meant: by case number, or by the place of a row."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kcbx_cli import run
from kcbx_cli.casework import Judged
from kcbx_cli.errors import KcbxError
from kcbx_cli.intake import Intake
from kcbx_cli.ledger import Ledger, unknown_cases

_CASE = re.compile(r"\d{4}-\d{4,}")


@dataclass(frozen=True)
class Subject:
    """A child by its list row (position, -1 for none) or else its registry row; the case number where one was given."""

    person: int
    registry: int
    case_id: str = ""


def find(which: str, month: Judged, *, has_ledger: bool) -> Subject:
    """The child that `which` names.

    Raises:
        KcbxError: there is no such case or row, or several rows fit.
    """
    return _case(which, month.matched, has_ledger) if _CASE.fullmatch(which) else _row(which, month.lists)


def refuse_purged(which: str, book: Ledger) -> None:
    """To be asked before the lists are read: nobody can say any more who the child of a purged case is.

    Raises:
        KcbxError: `purged`.
    """
    why = book.purged().get(which, "") if _CASE.fullmatch(which) else ""
    if why and not book.persons(which):
        raise KcbxError(
            f"个案 {which} 的个人信息已经清除({why}),认不出是哪个孩子,说明不了",
            f"经过和结论还在:kcbx cases show {which}。",
            "purged",
        )


def _case(which: str, matched: run.Matched, has_ledger: bool) -> Subject:
    if not has_ledger:
        raise KcbxError("按个案编号查要有台账", "请用 --ledger 指明台账,或改用 文件:行。", "no_ledger")
    cases = matched.cases
    mine = cases[cases["case_id"] == which]
    if mine.empty:
        raise unknown_cases([which], "no_such_case")
    person, registry = int(mine["person"].iloc[0]), int(mine["registry"].iloc[0])
    if person < 0 and registry < 0:
        raise KcbxError(f"个案 {which} 的孩子不在这些名单和学籍里", "请给出这名孩子所在月份的名单。", "not_listed")
    return Subject(person, registry if person < 0 else -1, which)


def _row(which: str, lists: Intake) -> Subject:
    parts = [p.strip() for p in which.replace("\uff1a", ":").split(":")]
    if len(parts) not in (2, 3) or not parts[-1].isdigit():
        raise KcbxError(
            f"「{which}」不是个案编号,也不是行",
            "写成 2021-0001,或 文件:行、文件:工作表:行,例如 脱贫户.xlsx:12。",
            "usage",
        )
    file, sheet, row = parts[0], parts[1] if len(parts) == 3 else None, int(parts[-1])
    listed, registered = (_at(frame, file, sheet, row) for frame in (lists.people, lists.registry))
    if len(listed) + len(registered) > 1:
        raise KcbxError(f"「{which}」不止一行符合", "文件有几张工作表时,请写成 文件:工作表:行。", "several_rows")
    if len(listed):
        return Subject(int(listed[0]), -1)
    if len(registered):
        return Subject(-1, int(registered[0]))
    called = lists.roll.seen[np.isin(lists.roll.seen["attendance"], _at(lists.attendance, file, sheet, row))]
    if len(called) > 1:
        raise KcbxError(f"「{which}」在学籍里有几名同名的学生,分不出是哪一个", "请给出学籍里那一行。", "several_pupils")
    if len(called):
        return Subject(-1, int(called["registry"].iloc[0]))
    raise KcbxError(
        f"名单和学籍里没有「{which}」这一行",
        "文件名和行号以电子表格里的为准;每户一行的名单和特殊学生台账里没有可解释的行。",
        "no_such_row",
    )


def _at(frame: pd.DataFrame, file: str, sheet: str | None, row: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of the rows at that place."""
    here = (frame["file"] == file) & (frame["row"] == row)
    if sheet is not None:
        here &= frame["sheet"] == sheet
    return np.flatnonzero(here.to_numpy(dtype=bool))

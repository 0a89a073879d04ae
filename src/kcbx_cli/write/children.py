"""The children of a month's work, each with all that its sheets may say; nothing is masked here."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from kcbx_cli.tables import PEOPLE, Month

if TYPE_CHECKING:
    import pandas as pd

#: One row of a PEOPLE frame as a named tuple, with the columns as attributes; None where there is none.
Person = Any


@dataclass(frozen=True, slots=True)
class Child:
    """One child to account for: the row of WORK, and the rows of the lists that it points to."""

    case_id: str
    kind: str
    reason: str
    sentence: str
    expected_grade: str
    township_code: str
    township: str
    village: str
    near_sentence: str
    listed: Person
    registered: Person
    near: Person
    paper: Person
    #: every list row of the child
    rows: tuple[Person, ...]
    groups: str = ""
    comparison: str = ""
    #: rows of RESPONSIBLE, the widest layer first
    responsible: tuple[Person, ...] = ()

    @property
    def person(self) -> Person:
        """The row that names the child: the list's, else the registry's."""
        return self.listed if self.listed is not None else self.registered


def children_of(month: Month) -> list[Child]:
    """The children of `month.work`, in its order.

    A row of WORK that names neither a list row nor a registry row is the ledger's own person; a blank one once purged.
    """
    work = month.work
    rows = _rows_of_children(month)
    listed = people_at(month.people, [*work["person"].to_list(), *(p for group in rows.values() for p in group)])
    registered = people_at(month.registry, [*work["registry"].to_list(), *work["near"].to_list()])
    papers = people_at(month.special, work["paper"].to_list())
    answering = _answering(month)
    carried = {who.row: who for who in records(month.known[month.known["row"].isin(work["identity"])])}
    found = []
    for at, w in enumerate(records(work)):
        own = listed.get(w.person)
        if own is None and w.registry not in registered:
            own = carried.get(w.identity) or blank_person()
        found.append(
            Child(
                w.case_id, w.kind, w.reason, w.sentence, w.expected_grade, w.township_code, w.township, w.village,
                w.near_sentence, own, registered.get(w.registry), registered.get(w.near), papers.get(w.paper),
                tuple(listed[p] for p in rows.get(w.child, [])), w.groups, w.comparison, answering.get(at, ()),
            )
        )  # fmt: skip
    return found


def _answering(month: Month) -> dict[int, tuple[Person, ...]]:
    """The responsible people of each row of the work."""
    people = people_at(month.responsible, month.duties["person"].to_list())
    found: dict[int, tuple[Person, ...]] = {}
    for duty in records(month.duties):
        found[duty.home] = (*found.get(duty.home, ()), people[duty.person])
    return found


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a small frame as named tuples."""
    return map(_row(tuple(frame.columns))._make, frame.to_numpy(dtype=object).tolist())


@cache
def _row(names: tuple[str, ...]) -> Any:
    """What a row with these columns is; `frame.itertuples` would make it anew for each frame."""
    return namedtuple("Row", names, rename=True)


def people_at(frame: pd.DataFrame, positions: Iterable[int]) -> dict[int, Person]:
    """The rows at these positions (-1 is none), by position."""
    wanted = sorted({p for p in positions if p >= 0})
    return dict(zip(wanted, records(frame.iloc[wanted]), strict=True))


def blank_person() -> Person:
    """A person of whom nothing is known."""
    return PEOPLE.row()


def _rows_of_children(month: Month) -> dict[int, list[int]]:
    """The positions of all list rows of each child of the work, in the lists' order."""
    import numpy as np

    wanted = month.work["child"].to_numpy()
    child = month.verdicts["child"].to_numpy()
    chosen = np.isin(child, wanted[wanted >= 0])
    rows: dict[int, list[int]] = {}
    for c, p in zip(child[chosen], month.verdicts["person"].to_numpy()[chosen], strict=True):
        rows.setdefault(int(c), []).append(int(p))
    return rows

"""Who the cases are about: the only personal data in the ledger, and how a child is known again exactly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kcbx_cli.ledger.numbers import case_id, case_number
from kcbx_cli.tables import PEOPLE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Objects = npt.NDArray[np.object_]

#: The columns of PEOPLE that are kept, in the order of the table `identities`.
COLUMNS = (
    "name", "former_name", "sex", "id_pattern", "id_state", "birth", "id_birth", "township_code", "township", "village",
    "address", "registry_number", "household", "relation", "head_name", "guardian_name", "guardian_relation", "phone",
    "family_names", "family_ids",
)  # fmt: skip
_ID = ("id_pattern", "id_state", "id_birth")
_NEWEST = "SELECT MAX(identity) FROM identities GROUP BY number"
#: Characters that stand for one that could not be read.
_DAMAGED = r"[?？□■●*＊�]"

Identity = dict[str, Any]


def of_work(work: pd.DataFrame, listed: pd.DataFrame, registry: pd.DataFrame) -> list[Identity]:
    """Who each row of the WORK frame is: its list row, what is missing there taken from the linked registry row."""
    ours, theirs = work["person"].tolist(), work["registry"].tolist()
    left, right = records(listed, ours), records(registry, theirs)
    return [merged(a, b) if b else a for a, b in ((a or b, b) for a, b in zip(left, right, strict=True))]


def records(frame: pd.DataFrame, positions: Sequence[int]) -> list[Identity]:
    """The kept columns of these rows; an empty record for position -1."""
    wanted = [at for at in positions if at >= 0]
    lists = [frame[column].to_numpy()[wanted].tolist() for column in COLUMNS]
    found = iter(zip(*lists, strict=True))
    return [dict(zip(COLUMNS, next(found), strict=True)) if at >= 0 else {} for at in positions]


def merged(newer: Identity, older: Identity) -> Identity:
    """What is known after both: the newer where it says something, the older where it does not.

    A valid ID number is not given up for a damaged one. A name that was given up becomes the former name.
    """
    both = {column: newer[column] or older[column] for column in COLUMNS}
    weaker = newer["id_state"] != "valid" and older["id_state"] == "valid"
    source = older if weaker or not newer["id_pattern"] else newer
    both.update({column: source[column] for column in _ID})
    if newer["name"] and older["name"] not in ("", newer["name"]) and not newer["former_name"]:
        both["former_name"] = older["name"]
    return both


def newest(connection: sqlite3.Connection) -> dict[int, Identity]:
    """The newest identity of each case, by case number."""
    rows = connection.execute(f"SELECT number, {', '.join(COLUMNS)} FROM identities WHERE identity IN ({_NEWEST})")  # noqa: S608
    return {number: dict(zip(COLUMNS, values, strict=True)) for number, *values in rows}


def add(connection: sqlite3.Connection, identities: Iterable[tuple[int, int, Sequence[Any]]]) -> None:
    """Store identities: case number, since when (yyyymmdd), values in the order of COLUMNS."""
    marks = ", ".join("?" * (len(COLUMNS) + 2))
    connection.executemany(
        f"INSERT INTO identities (number, since, {', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608
        [(number, since, *values) for number, since, values in identities],
    )


def people(connection: sqlite3.Connection) -> pd.DataFrame:
    """The newest identity of each case as PEOPLE, in the order of case numbers: role `ledger`, row = identity."""
    rows = connection.execute(
        f"SELECT identity, {', '.join(COLUMNS)} FROM identities WHERE identity IN ({_NEWEST}) ORDER BY number"  # noqa: S608
    ).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * (len(COLUMNS) + 1)
    data: Mapping[str, Any] = dict(zip(("row", *COLUMNS), map(list, columns), strict=True))
    n = len(rows)
    return PEOPLE.frame({**data, "role": ["ledger"] * n, "usable": [True] * n})


def persons(connection: sqlite3.Connection, case: str = "") -> dict[str, Any]:
    """The newest identity of each case, or of this one, as a row of PEOPLE, by case number."""
    which = "number = ? ORDER BY identity DESC LIMIT 1" if case else f"identity IN ({_NEWEST})"
    rows = connection.execute(
        f"SELECT number, {', '.join(COLUMNS)} FROM identities WHERE {which}",  # noqa: S608
        (case_number(case),) if case else (),
    )
    return {case_id(n): PEOPLE.row(role="ledger", **dict(zip(COLUMNS, said, strict=True))) for n, *said in rows}


def known(connection: sqlite3.Connection, wanted: pd.DataFrame) -> Objects:
    """The case of each person whose identity is exactly known, else empty.

    Known is: the same valid ID number with the same name, or the same full birth date, name and township where one
    side has no ID number. What more than one case, or more than one row without a number, lays claim to is left open.
    Names are compared with all names that the case has had.
    """
    import numpy as np

    held = _versions(connection)
    by_id = _lookup(held[held["key_id"] != ""], "key_id")
    keys = _keys(wanted)
    found = keys["key_id"].map(by_id).fillna(0)
    anonymous = keys["key_id"] == ""
    loose = keys["key_person"].where(~keys["key_person"].duplicated(keep=False), "")
    to_all = loose.map(_lookup(held, "key_person")).fillna(0)
    to_anonymous = loose.map(_lookup(held, "key_person", held["key_id"] == "")).fillna(0)
    found = found.where(found > 0, to_all.where(anonymous, to_anonymous)).astype(np.int64)
    out = np.empty(len(wanted), dtype=object)
    out[:] = [case_id(number) if number else "" for number in found]
    return out


def _versions(connection: sqlite3.Connection) -> pd.DataFrame:
    """All identities that the cases have had, with their keys."""
    import pandas as pd

    columns = ("number", "name", "former_name", "id_pattern", "id_state", "birth", "id_birth", "township")
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM identities ORDER BY identity").fetchall()  # noqa: S608
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    former = frame[frame["former_name"] != ""].assign(name=lambda f: f["former_name"])
    both = pd.concat([frame, former], ignore_index=True)
    return both.join(_keys(both))


def _keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Two texts a row, each empty where it proves nothing: ID number with name; name with birth date and township."""
    import numpy as np
    import pandas as pd

    name = frame["name"].astype(object)
    readable = (name != "") & ~name.astype(str).str.contains(_DAMAGED, regex=True)
    valid = frame["id_state"] == "valid"
    own, inside = frame["birth"].astype(np.int64), frame["id_birth"].astype(np.int64)
    birth = own.where(own > 0, inside.where(valid, 0))
    dated = (birth % 100 > 0) & (birth // 100 % 100 > 0)
    by_id = name + "\t" + frame["id_pattern"].astype(object)
    by_person = name + "\t" + birth.astype(str).astype(object) + "\t" + frame["township"].astype(object)
    return pd.DataFrame(
        {
            "key_id": by_id.where(readable & valid, ""),
            "key_person": by_person.where(readable & dated & (frame["township"] != ""), ""),
        },
        index=frame.index,
    )


def _lookup(held: pd.DataFrame, key: str, where: Any = None) -> dict[str, int]:
    """Key → case number, for keys that no two cases share; `where` narrows the answers, not the sharing."""
    filled = held[held[key] != ""]
    cases = filled.groupby(key, sort=False)["number"].nunique()
    single = filled[filled[key].map(cases) == 1]
    if where is not None:
        single = single[where.reindex(single.index)]
    return dict(zip(single[key], single["number"], strict=True))

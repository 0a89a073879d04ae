"""What a record cannot know by itself: how frequent its name is, who bears its number, whether there is a twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match.frequency import shares
from kcbx_cli.match.records import CONTEXT, SHARES, Floats, Ints, Records, text

Flags = npt.NDArray[np.bool_]
#: No name is taken to be rarer than this.
_RAREST = 1e-7


def with_shares(records: Records) -> Records:
    """The records with the frequency of each name, counted among them and smoothed by the country's."""
    counts = np.bincount(records.name[records.name >= 0], minlength=len(records.codes))
    return replace(records, shares=_shares(records, counts))


def with_known_shares(records: Records) -> Records:
    """The records with the country's frequencies where CONTEXT did not tell any."""
    if (records.shares > 0).all():
        return records
    country = _shares(records, np.zeros(len(records.codes), dtype=np.int64))
    return replace(records, shares=np.where(records.shares > 0, records.shares, country))


def _shares(records: Records, counts: Ints) -> Floats:
    """Shares [n, 4] of each record's name, its sound, its fuzzy sound and its surname; `counts` of people by name.

    What sounds alike is as frequent as all listed names of that sound together, and half as much again for those that
    no list shows.
    """
    if not len(records.codes):
        return np.ones((len(records), len(SHARES)))
    share = shares(records.codes, counts)
    columns: list[Floats] = [share]
    for key, unseen in (("sound", 1.5), ("fuzzy", 1.5), ("surname_fuzzy", 1.4)):
        back = np.unique(records.keys[key], return_inverse=True)[1]
        columns.append((np.bincount(back, weights=share)[back] * unseen).astype(np.float64))
    by_row: Floats = np.stack(columns, axis=1)[records.name].clip(_RAREST, 1.0)
    return by_row


def with_bearers(records: Records, child: Ints) -> Records:
    """The records with `shared` set where several children bear one valid number."""
    return replace(records, shared=_several(records.number, child))


def households(frame: pd.DataFrame) -> Ints:
    """A number for each row's household in its list; 0 where the list gives none."""
    household = text(frame, "household")
    if not len(household):
        return np.zeros(0, dtype=np.int64)
    file = text(frame, "file")
    value = pd.util.hash_array(household) ^ pd.util.hash_array(file) * np.uint64(3)
    return np.where(household == "", 0, value.astype(np.int64) | 1)


def frame(records: Records, kin: pd.DataFrame | None = None) -> pd.DataFrame:
    """The CONTEXT columns of the records."""
    columns: dict[str, pd.Series] = {name: pd.Series(records.shares[:, n]) for n, name in enumerate(SHARES)}
    columns["family"], columns["id_shared"] = pd.Series(records.family), pd.Series(records.shared)
    for name in CONTEXT:
        if name.startswith("kin_"):
            columns[name] = (
                kin[name] if kin is not None else pd.Series(np.full(len(records), "", dtype=object), dtype=object)
            )
    return pd.DataFrame({name: columns[name] for name in CONTEXT})


def own_numbers(records: Records) -> Ints:
    """Each record's valid number, 0 where its date shows that it is an adult's beside a child's birth date.

    Nor does the number inside a registry number count: it may be an older one.
    """
    apart = np.abs(records.column_birth // 10000 - records.id_birth // 10000)
    return np.where(((records.column_birth > 0) & (apart >= 12)) | records.stand_in, 0, records.number)


def ranks(records: Records) -> Ints:
    """A place for each record that its content decides, not the order of rows; records of one content keep theirs."""
    named = np.where(records.name >= 0, records.codes.exact[records.name], 0) if len(records.codes) else records.name
    mixed = np.zeros(len(records), dtype=np.uint64)
    for part in (
        named, records.number, records.own_token, records.birth, records.registry, records.village,
        records.phones[:, 0], records.family_names[:, 0], records.family_ids[:, 0],
    ):  # fmt: skip
        mixed = (mixed ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(31)
    order = np.lexsort((mixed, records.birth))
    place = np.empty(len(records), dtype=np.int64)
    place[order] = np.arange(len(records))
    return place


def _several(key: Ints, child: Ints) -> Flags:
    """Whether a key (0 for none) is borne by more than one child."""
    several = np.zeros(len(key), dtype=bool)
    at = np.flatnonzero(key)
    if len(at):
        order = at[np.lexsort((child[at], key[at]))]
        start = np.r_[True, key[order][1:] != key[order][:-1]]
        first = np.maximum.accumulate(np.where(start, np.arange(len(order)), 0))
        mixed = child[order] != child[order[first]]
        group = np.cumsum(start) - 1
        any_mixed = np.bincount(group, weights=mixed, minlength=int(group[-1]) + 1) > 0
        several[order] = any_mixed[group]
    return several

"""Household-level lists (低保 and the like): one row a family, which tags people and is never matched to a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.normalise import idcolumn, locality, names, phones, tags, words
from kcbx_cli.normalise.columns import Flags, filled, first_of, strings
from kcbx_cli.normalise.identity import report_numbers
from kcbx_cli.normalise.kin import united_phones
from kcbx_cli.normalise.sheets import Sheet, cleaned
from kcbx_cli.normalise.text import label
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FAMILIES, RawTable

#: Shortest household number that says by itself which household is meant; a shorter one needs the head's name beside it.
_TELLING_NUMBER = 10


def families(sheets: Sequence[RawTable], settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheets' rows as FAMILIES, one for each raw row, and what is wrong with them as PROBLEMS.

    The head's name and number may stand in the columns of the head or of the person. A family is tagged by the words of
    its type, else by the name of the sheet, layout or file, else 低保 where there is a 低保证号, else 低收入.
    """
    return cleaned(sheets, FAMILIES, lambda sheet: _columns(sheet, settings))


def _columns(sheet: Sheet, settings: Settings) -> dict[str, Any]:
    table, raw, reports = sheet
    head_name = first_of(*(raw.mapped(f, names.clean, names.plain) for f in ("head_name", "name")))
    field = "head_id" if raw.has("head_id") else "id_number"
    ids = idcolumn.parse(raw.distinct(field))
    report_numbers(ids, raw, reports, field)
    reports.add("K235", ~filled(head_name) & ~ids.valid(), "head_name")
    where = locality.places(raw, table, settings, reports)
    by_type = tags.by_type(raw)
    of_list = tags.list_tag(table) or ("低保" if raw.has("allowance_number") else "低收入")
    return {
        "file": np.full(raw.length, table.file, dtype=object), "sheet": np.full(raw.length, table.sheet, dtype=object),
        "row": raw.rows, "head_name": head_name, "head_id": ids.numbers(),
        "household": first_of(*(raw.mapped(f, label) for f in ("household", "allowance_number"))),
        "township": where.township, "village": where.village,
        "phone": united_phones([raw.mapped(f, phones.parse, phones.plain) for f in ("phone", "household_phone")]),
        "group": np.where(filled(by_type), by_type, of_list),
    }  # fmt: skip


def tag_families(people: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """PEOPLE with the tags of the FAMILIES they belong to added to `groups`; nothing else changes.

    A family is known by its head's valid ID number (borne by an adult of the household, never by the child itself), or
    by the household's number, which counts when it is long or the heads' names agree too.
    """
    if not len(people) or not len(listed):
        return people
    found = people["groups"].to_numpy(dtype=object)
    groups = listed["group"].to_numpy(dtype=object)
    for group in sorted({*groups.tolist()} - {""}):
        these = listed[groups == group]
        tagged = _by_head(people, these) | _by_number(people, these)
        found = np.where(tagged, np.where(filled(found), found + ("|" + group), group), found)
    return people.assign(groups=strings(found, tags.in_order))


def _by_head(people: pd.DataFrame, listed: pd.DataFrame) -> Flags:
    """People in whose family somebody has the number of one of the heads; and those heads themselves, who head a household."""
    heads = [h for h in listed["head_id"].unique().tolist() if h]
    kin = people["family_ids"].to_numpy(dtype=object)
    rows = np.flatnonzero(filled(kin))
    numbers = pd.Series(kin[rows], index=rows, dtype=object).str.split("|").explode()
    found = np.zeros(len(people), dtype=np.bool_)
    found[numbers.index[numbers.isin(heads)].to_numpy()] = True
    own = people["id_pattern"].isin(heads).to_numpy() & people["relation"].isin(("户主", "本人")).to_numpy()
    return found | (own & (people["role"] == "households").to_numpy())


def _by_number(people: pd.DataFrame, listed: pd.DataFrame) -> Flags:
    """People whose household number is that of one of the families."""
    known = listed["household"].to_list()
    both = {pair for pair in zip(known, listed["head_name"].to_list(), strict=True) if all(pair)}
    found = people["household"].isin({k for k in known if len(k) >= _TELLING_NUMBER}).to_numpy(copy=True)
    rows = np.flatnonzero(~found & people["household"].isin({number for number, _ in both}).to_numpy())
    beside = people[["household", "head_name", "relation", "name"]].iloc[rows]
    found[rows] = [
        (number, words.household_head(*person)) in both for number, *person in beside.itertuples(index=False, name=None)
    ]
    return found

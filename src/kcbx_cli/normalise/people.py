"""Sheets of people, from raw cells to the PEOPLE table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli.normalise import dates, identity, kin, locality, shared, tags, words
from kcbx_cli.normalise.columns import Cells, Flags, Raw, Whole, empty, fill, filled, flags, glued, objects, pick
from kcbx_cli.normalise.idcolumn import IdColumn
from kcbx_cli.normalise.identity import date_column
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.shapes import Shapes
from kcbx_cli.normalise.sheets import Sheet, cleaned
from kcbx_cli.normalise.text import label, something
from kcbx_cli.settings import Settings
from kcbx_cli.tables import MARKED_OUT, PEOPLE, RawTable

#: Columns of PEOPLE that are the text of the raw column of the same name.
_AS_WRITTEN = (
    "address", "school_code", "school", "grade", "class_name", "study_mode", "schooling", "education",
    "category", "study_place", "study_school", "evidence",
)  # fmt: skip


def people(sheets: Sequence[RawTable], settings: Settings, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheets' rows as PEOPLE, one for each raw row and in the same order, and what is wrong with them as PROBLEMS.

    `sex` is that of its column; where that is empty, that of a valid ID number. Nothing is repaired: a damaged digit is
    unknown, a number that is another person's is left out (`not_own`), and each is reported.
    """
    return cleaned(sheets, PEOPLE, lambda sheet: person_columns(sheet, settings, as_of))


def person_columns(sheet: Sheet, settings: Settings, as_of: date) -> dict[str, Any]:
    """The columns of `people`, each with a value for every raw row; what is wrong with them goes to `reports`."""
    table, raw, reports = sheet
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    named = identity.name_column(raw, "name", reports)
    born = date_column(raw, "birth_date", reports, today)
    near = kin.relatives(raw)
    home = kin.households(raw, named.name, near)
    reports.add("K260", home.oversized, "household")
    ids, birth, borrowed = _own_numbers(raw, named.name, born, (near, home), today, reports)
    identity.report_shared(ids, named.name, table.role, reports)
    sex = identity.sexes(raw, reports)
    identity.report_contradictions(ids, sex, birth, today, reports)
    note = glued([raw.mapped("note", something), named.note], "；")
    where = locality.places(raw, table, settings, reports)
    status, group = _status(raw, settings, reports)
    removed_on = date_column(raw, "removed_on", reports)
    yet = removed_on > today
    reports.add("K225", yet, "removed_on")
    found = _origin(table, raw) | {
        "role": np.full(raw.length, table.role, dtype=object),
        "name": named.name, "former_name": named.former,
        "sex": np.where(filled(sex), sex, np.where(ids.valid(), ids.sex, "")),
        "id_pattern": ids.pattern, "id_state": ids.state, "id_written": identity.written(raw, ids),
        "birth": birth, "id_birth": ids.birth,
        "township_code": where.code, "township": where.township, "village": where.village,
        "registry_number": _registry_numbers(raw, reports),
        "status": status, "status_group": group, "status_date": date_column(raw, "status_date", reports, today),
        "groups": tags.groups(raw, table), "removed": np.where(yet, "", tags.removed(raw, removed_on > 0, note)),
        "note": note,
        "approved": date_column(raw, "approved_on", reports, today),
        "expires": date_column(raw, "valid_until", reports, parse=dates.expiry),
        "usable": identity.usable(named.name, ids, reports),
    }  # fmt: skip
    grown = kin.adults(ids, birth, home.relation, today)
    found |= _family(raw, named.name, (ids, borrowed), grown, (near, home))
    return found | {n: raw.mapped(n, something) for n in _AS_WRITTEN} | {"out_reason": _out_reason(raw)}


def _origin(table: RawTable, raw: Raw) -> dict[str, Any]:
    file, sheet = (np.full(raw.length, v, dtype=object) for v in (table.file, table.sheet))
    return {"file": file, "sheet": sheet, "row": raw.rows}


def _own_numbers(
    raw: Raw, name: Cells, birth: Whole, family: tuple[kin.Relatives, kin.Households], today: int, reports: Reports
) -> tuple[IdColumn, Whole, Cells]:
    """The people's own numbers and birth dates, and the valid numbers of others that stood in their place.

    A relative's number is taken out, and with it a birth date that was derived from it: a grown-up's date would say that
    the child is an adult.
    """
    near, home = family
    ids = identity.id_column(raw, birth)
    identity.report_numbers(ids, raw, reports)
    nobody = empty(raw.length)
    relatives = [(theirs, near.name.get(who, nobody)) for who, theirs in near.ids.items()]
    agrees = (birth > 0) & (birth == ids.birth)
    child = agrees & (ids.birth + 180_000 > today)
    not_own = shared.belongs_to(ids, name, relatives) & ~home.head & ~child
    not_own |= shared.lent(ids, name, home.key, home.head, agrees, child)
    not_own |= shared.of_a_grown_up(ids, birth, today)
    if raw.role != "registry":
        not_own |= shared.of_no_pupil(ids, birth, _pupils(raw, home), today)
    reports.add("K211", not_own, "id_number")
    borrowed = np.where(not_own, ids.numbers(), "")
    return ids.without(not_own, "not_own"), np.where(not_own & agrees, 0, birth), borrowed


def _pupils(raw: Raw, home: kin.Households) -> Flags:
    """Whose row says kindergarten or the nine years; not those who are grown up by relation or education."""
    learns = np.zeros(raw.length, dtype=np.bool_)
    for field in ("schooling", "grade"):
        learns |= flags(raw.mapped(field, label), lambda w: words.is_pupil(w or ""))
    grown = home.head | flags(home.relation, lambda w: words.is_adult(w or ""))
    grown |= flags(raw.mapped("education", label), lambda w: words.is_past_school(w or ""))
    return learns & ~grown


def _out_reason(raw: Raw) -> Cells:
    """未上学原因 as it stands; after the words that decide knows, where 是否失学辍学 says yes."""
    reason = raw.mapped("out_reason", something)
    if not raw.has("list_out"):
        return reason
    marked = raw.flags("list_out", lambda c: words.yes(c, "失学") or words.yes(c, "辍学"))
    return glued([np.where(marked, MARKED_OUT, "").astype(object), reason], "：")


def _family(
    raw: Raw, name: Cells, numbers: tuple[IdColumn, Cells], grown: Flags, family: tuple[kin.Relatives, kin.Households]
) -> dict[str, Cells]:
    """The columns of PEOPLE that speak of the household and whom to call."""
    near, home = family
    head_name = kin.head_names(home, name, near)
    no_adult = kin.headed_by_children(home, name, head_name, grown)
    near, head_name = kin.without_head(near, no_adult), np.where(no_adult, "", head_name)
    guardian, relation, phone = kin.guardians(raw, name, near, head_name)
    kin_names, kin_ids = kin.families(name, numbers, near, home, grown)
    return {
        "household": home.number, "relation": home.relation, "head_name": head_name, "guardian_name": guardian,
        "guardian_relation": relation, "phone": phone, "family_names": kin_names, "family_ids": kin_ids,
    }  # fmt: skip


def _status(raw: Raw, settings: Settings, reports: Reports) -> tuple[Cells, Cells]:
    """The school status as a word and its group; 休学中 says 休学 too. Statuses that no group knows are reported."""
    codes, values = raw.distinct("status")
    word, group = (pick(part, codes) for part in zip(*(words.status(v, settings.status) for v in values), strict=True))
    reports.column("K250", filled(word) & ~filled(group), filled(word), "status")
    if raw.has("suspended"):
        away = raw.flags("suspended", lambda c: words.yes(c, "休学")) & np.isin(group, ("", "attending"))
        word, group = np.where(away, "休学", word), np.where(away, "suspended", group)
    return word, group


def _registry_numbers(raw: Raw, reports: Reports) -> Cells:
    codes, values = raw.distinct("registry_number")
    numbers, odd = objects(values), np.zeros(len(values), dtype=np.bool_)
    fill((numbers, odd), values, identity.plain_registry_number(Shapes(values)), identity.registry_number)
    found = numbers[codes]
    reports.column("K270", odd[codes], filled(found), "registry_number")
    return found

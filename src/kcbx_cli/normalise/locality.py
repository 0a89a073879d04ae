"""Where people live: the township and village of every row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kcbx_cli.normalise import places as one
from kcbx_cli.normalise.columns import Cells, Raw, filled, pick
from kcbx_cli.normalise.places import NOWHERE, Gazetteer, Place
from kcbx_cli.normalise.reports import Reports
from kcbx_cli.normalise.text import text
from kcbx_cli.settings import Settings
from kcbx_cli.tables import RawTable

#: The part of an address in which the township stands; addresses that share it are looked up once.
_HEAD_OF_ADDRESS = 14


@dataclass(frozen=True)
class Localities:
    """The columns of PEOPLE about townships and villages."""

    code: Cells
    township: Cells
    village: Cells


def places(raw: Raw, table: RawTable, settings: Settings, reports: Reports) -> Localities:
    """Townships by their column, else by the area of registration, the address, the name of the sheet or the file."""
    known = one.gazetteer(settings)
    codes, values = raw.distinct("township")
    found = [one.township(v, known) for v in values]
    code, name = pick([p.code for p in found], codes), pick([p.name for p in found], codes)
    if settings.townships:
        strange = np.array([bool(p.name) and not p.known for p in found])[codes]
        reports.column("K240", strange, filled(name), "township")
        told = [f"按「{p.name}」处理" if p.misspelt else "" for p in found]
        reports.add("K241", np.array([p.misspelt for p in found])[codes], "township", pick(told, codes))
        for field in ("hukou_area", "address"):
            if raw.has(field) and not filled(name).all():
                code, name = _otherwise(code, name, _in_addresses(raw, field, known))
        code, name = _otherwise(code, name, _of_file(table, known, raw.length))
    village = raw.mapped("village", lambda v: one.village(v, known))
    return Localities(code, name, village)


def _otherwise(code: Cells, name: Cells, other: tuple[Cells, Cells]) -> tuple[Cells, Cells]:
    blank = ~filled(name)
    return np.where(blank, other[0], code), np.where(blank, other[1], name)


def _in_addresses(raw: Raw, field: str, known: Gazetteer) -> tuple[Cells, Cells]:
    """Township code and name in each address; the beginning is enough for nearly all, and many share it."""
    codes, values = raw.distinct(field)
    addresses = [text(v) for v in values]
    begun = {start: _of_line(start, known) for start in {a[:_HEAD_OF_ADDRESS] for a in addresses}}
    found = [begun[a[:_HEAD_OF_ADDRESS]] if begun[a[:_HEAD_OF_ADDRESS]].name else _of_line(a, known) for a in addresses]
    return pick([p.code for p in found], codes), pick([p.name for p in found], codes)


def _of_line(line: str, known: Gazetteer) -> Place:
    if line.isascii() and line.isdigit():
        place = one.township(line, known)
        return place if place.known else NOWHERE
    return one.within(line.replace(" ", ""), known) or NOWHERE


def _of_file(table: RawTable, known: Gazetteer, length: int) -> tuple[Cells, Cells]:
    place = one.within(table.sheet, known) or one.within(table.file, known) or NOWHERE
    return np.full(length, place.code, dtype=object), np.full(length, place.name, dtype=object)

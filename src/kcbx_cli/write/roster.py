"""What a checklist says, whatever its layout: its place, its title, one row of printed cells a child, its stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kcbx_cli.settings import Settings
from kcbx_cli.stamps import Stamp, printed_digest, row_digest
from kcbx_cli.write.cells import clean
from kcbx_cli.write.children import Child
from kcbx_cli.write.printed import (
    class_words,
    family,
    identity,
    near_record,
    registered_record,
    residence,
    school_words,
)
from kcbx_cli.write.wording import month_words

#: The cells by which a row is told to be still the same child's.
IDENTITY = ("case_id", "name", "sex", "birth", "id_number")


@dataclass(frozen=True, slots=True)
class Place:
    """A township or a school that gets a sheet: what it is, its code ("" when unknown) and its name."""

    audience: Literal["township", "school"]
    code: str
    name: str


def roster_title(place: Place, settings: Settings, as_of: date) -> str:
    """The title of the place's sheet."""
    county = "" if place.name.startswith(settings.county.name) else settings.county.name
    return f"{county}{place.name}控辍保学核查表（{month_words(as_of)}）"


def roster_rows(place: Place, children: Sequence[Child], settings: Settings) -> list[dict[str, str]]:
    """The printed cells of each child by column key, masked for the place."""
    make = _for_township if place.audience == "township" else _for_school
    rows = []
    for n, child in enumerate(children, start=1):
        shown = {
            "number": str(n),
            "case_id": child.case_id,
            **identity(child, place.audience, prefer_registry=place.audience == "school"),
            "family": family(child, place.audience, settings.checklist),
            "responsible": "\n".join(dict.fromkeys(p.name for p in child.responsible)),
            "reason": child.sentence.removesuffix("。"),
            **make(place, child, settings.county.name),
        }
        rows.append({key: clean(text) for key, text in shown.items()})
    return rows


def _for_township(place: Place, child: Child, county: str) -> dict[str, str]:
    """Village, school and nearest record; without a known township also what the list says the township is."""
    elsewhere = not place.code and child.township != place.name
    school = school_words(child.registered, county) if child.registered is not None else ""
    return {
        "place": _join(child.township, child.village) if elsewhere else child.village,
        "school": _join(child.expected_grade, f"学籍:{school}" if school else ""),
        "near": near_record(child, place.audience, county),
    }


def _for_school(_place: Place, child: Child, _county: str) -> dict[str, str]:
    """Class, home and the state of the registry entry."""
    return {
        "place": class_words(child.registered),
        "school": _join(child.expected_grade, residence(child)),
        "near": registered_record(child),
    }


def roster_stamp(
    place: Place, rows: Sequence[Mapping[str, str]], layout: Mapping[str, str], settings: Settings, as_of: date,
    watched: Sequence[Mapping[str, str]] = (),
) -> Stamp:  # fmt: skip
    """The hidden stamp of the place's sheets; `layout` gives the letter of each column that was printed, by key.

    `watched` are the rows of the school's second sheet.
    """
    known = [key for key in IDENTITY if key in layout]
    printed = [key for key in rows[0] if key in layout] if rows else []
    return Stamp(
        kind=place.audience,
        as_of=as_of,
        county=settings.county.name,
        county_code=settings.county.code,
        place=place.name,
        place_code=place.code,
        rows=tuple((r["case_id"], row_digest([r[key] for key in known])) for r in (*rows, *watched)),
        printed=printed_digest([[r[key] for key in printed] for r in rows]),
        layout=tuple(layout.items()),
        identity=tuple(known),
    )


def _join(*parts: str) -> str:
    return "\n".join(p for p in parts if p)

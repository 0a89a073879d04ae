"""Who may see what: one declared table, and the functions that apply it.

Basis: PIPL art. 28 (data on children under 14 is sensitive) and art. 6 (no more than the purpose needs). The teacher
who looks for a child must be able to call the family and to check the very digits that may be wrong, so a township
and a school see their own children's numbers in full; everyone else's are masked. Nothing of a person is public.
"""

from __future__ import annotations

from typing import Literal

Audience = Literal["county", "township", "school", "public"]
View = Literal["full", "mask", "off"]

#: what -> audience -> (how its own children's is shown, how everyone else's is shown)
VIEWS: dict[str, dict[Audience, tuple[View, View]]] = {
    "id": {
        "county": ("full", "full"),
        "township": ("full", "mask"),
        "school": ("full", "mask"),
        "public": ("off", "off"),
    },
    "phone": {
        "county": ("full", "full"),
        "township": ("full", "mask"),
        "school": ("full", "mask"),
        "public": ("off", "off"),
    },
    "name": {
        "county": ("full", "full"),
        "township": ("full", "full"),
        "school": ("full", "full"),
        "public": ("off", "off"),
    },
    "groups": {
        "county": ("full", "full"),
        "township": ("off", "off"),
        "school": ("off", "off"),
        "public": ("off", "off"),
    },
}


def mask_id(number: str) -> str:
    """An ID number with the first six and last four characters left; of a shorter document the first and last two."""
    head, tail = (6, 4) if len(number) >= 15 else (2, 2)
    hidden = len(number) - head - tail
    return number[:head] + "*" * hidden + number[-tail:] if hidden > 0 else "*" * len(number)


def mask_phone(numbers: str) -> str:
    """Telephone numbers joined with `、`, the first three and last four digits of each left."""
    return "、".join(_mask_one(n.strip()) for n in numbers.split("、")) if numbers else ""


def _mask_one(number: str) -> str:
    hidden = len(number) - 7
    return number[:3] + "*" * hidden + number[-4:] if hidden >= 3 else "*" * (len(number) - 2) + number[-2:]


def view(audience: Audience, what: str, text: str, *, own: bool = True) -> str:
    """The text as this audience may see it; `own` says whether the child is the audience's own.

    Raises:
        KeyError: `what` is not declared in VIEWS.
    """
    shown = VIEWS[what][audience][0 if own else 1]
    if shown == "full":
        return text
    if shown == "off":
        return ""
    return mask_id(text) if what == "id" else mask_phone(text)


def tags(audience: Audience, groups: str, *, show_disability: bool) -> str:
    """The group tags that this audience may see, joined with `、`.

    Townships and schools see none, but for the disability tag where the county switched it on.
    """
    full = view(audience, "groups", groups)
    if full or audience == "public" or not show_disability:
        return full.replace("|", "、")
    return "、".join(tag for tag in groups.split("|") if "残疾" in tag)

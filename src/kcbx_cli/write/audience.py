"""Who may see what: one declared table, and the functions that apply it.

Basis: PIPL art. 28 (data on children under 14 is sensitive) and art. 6 (no more than the purpose needs). The teacher
who looks for a child must be able to call the family and to check the very digits that may be wrong, so a township
and a school see their own children's numbers in full; everyone else's are masked. Nothing of a person is public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from kcbx_cli.settings import Checklist

Audience = Literal["county", "township", "school", "public"]
View = Literal["full", "mask", "off"]

_NEED: dict[Audience, tuple[View, View]] = {
    "county": ("full", "full"),
    "township": ("full", "mask"),
    "school": ("full", "mask"),
    "public": ("off", "off"),
}
_OWN: dict[Audience, tuple[View, View]] = _NEED | {"township": ("full", "off"), "school": ("full", "off")}
_NAMED: dict[Audience, tuple[View, View]] = _NEED | {"township": ("full", "full"), "school": ("full", "full")}
_COUNTY: dict[Audience, tuple[View, View]] = _NEED | {"township": ("off", "off"), "school": ("off", "off")}
#: what -> audience -> (how its own children's is shown, how everyone else's is shown). Every cell about a person is one
#: of these; what an audience may see only where the county switched it on is in SWITCHED.
VIEWS: dict[str, dict[Audience, tuple[View, View]]] = {
    "name": _NAMED,
    "former_name": _OWN,
    "sex": _OWN,
    "birth": _OWN,
    "id": _NEED,
    "phone": _NEED,
    "address": _OWN,
    "head": _OWN,
    "guardian": _OWN,
    "registry_number": _COUNTY | {"school": ("full", "off")},  # the school keeps the registry, and mends it
    "household": _COUNTY,
    "family": _COUNTY,
    "disability": _COUNTY,
    "poverty": _COUNTY,
    "groups": _COUNTY,
    "source": _COUNTY,
}
#: what -> the setting that shows it to a township and a school, of their own children
SWITCHED = {"disability": "checklist.show_disability", "poverty": "checklist.show_poverty"}
_POVERTY = frozenset(("低保", "低保边缘", "特困", "监测对象", "脱贫户", "其他低收入"))


@dataclass(frozen=True, slots=True)
class Output:
    """Files that commands write: where (a pattern; the command in front where it is not the month's), for whom, and
    which of VIEWS they may hold at all."""

    pattern: str
    audience: Audience
    holds: frozenset[str] = frozenset()


def _holds(*what: str) -> frozenset[str]:
    return frozenset(what)


_EVERYTHING = frozenset(VIEWS)
_PLACE = _holds(
    "name", "sex", "birth", "id", "phone", "address", "head", "guardian", "disability", "poverty",
)  # fmt: skip
_CASE = _holds("name", "sex", "birth", "id", "address")
#: Every file of every command; what is not here is not written (a test walks them all).
OUTPUTS = (
    Output("疑似辍学学生名单.xlsx", "county", _EVERYTHING - {"former_name", "registry_number", "household", "family"}),
    Output("乡镇核查表/*.xlsx", "township", _PLACE),
    Output("学校核查表/*.xlsx", "school", _PLACE),
    Output("责任人走访表/*.xlsx", "township", _PLACE - {"id"}),
    Output("承诺书/*.docx", "county"),
    Output("待人工比对.xlsx", "county", _CASE | {"head", "guardian", "phone", "source"}),
    Output("数据问题.xlsx", "county", _EVERYTHING),
    Output("名单对照.xlsx", "county", _CASE | {"source"}),
    Output("月度变化.xlsx", "county", _CASE),
    Output("台账/适龄儿童台账.xlsx", "county", _CASE | {"head", "groups", "disability", "poverty"}),
    Output("台账/*.xlsx", "county", _CASE | {"source"}),
    Output("在外县就读.xlsx", "county", _CASE),
    Output("各县汇总.xlsx", "county"),
    Output("月报.xlsx", "county"),
    Output("月报.docx", "county"),
    Output("report.html", "county"),
    Output("学籍质量/汇总.xlsx", "county"),
    Output("学籍质量/*.xlsx", "school", _holds("name", "id", "registry_number")),
    Output("data/*.csv", "county"),
    Output("run.json", "county"),
    Output("cases list: *.xlsx", "county", _CASE),
    Output("dossier: *.docx", "county", _EVERYTHING),
    Output("export: *.xlsx", "county", _EVERYTHING),
    Output("export: *.json", "county", _EVERYTHING),
    Output("collect: *.xlsx", "township", _PLACE),
    Output("report: 月报.*", "county"),
    Output("report: report.html", "county"),
    Output("explain: *.html", "county"),
    Output("evaluate: *.html", "county"),
    Output("publish: *", "public"),
    Output("train: *.json", "county"),
)
#: kind of the hidden stamp -> whom the workbook is for
READERS: dict[str, Audience] = {"township": "township", "school": "school", "quality": "school", "visits": "township"}


def output(path: str) -> Output:
    """The declaration of a file, by its path in the output folder or `command: name`.

    Raises:
        KeyError: it is not declared, so nothing may be written there.
    """
    for declared in OUTPUTS:
        if fnmatchcase(path, declared.pattern):
            return declared
    raise KeyError(path)


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
    return "" if shown == "off" or what not in _MASKS else _MASKS[what](text)


def tags(audience: Audience, groups: str, switches: Checklist) -> str:
    """The group tags of its own child that this audience may see, joined with `、`.

    Townships and schools see those of poverty and disability where the county switched them on, and no others.
    """
    return "、".join(_shown(audience, groups.split("|"), switches))


def _shown(audience: Audience, groups: Iterable[str], switches: Checklist) -> Iterable[str]:
    for tag in groups:
        what = "disability" if "残疾" in tag else "poverty" if tag in _POVERTY else "groups"
        switched = what in SWITCHED and bool(getattr(switches, SWITCHED[what].partition(".")[2]))
        if view(audience, what, tag) or (switched and audience in ("township", "school")):
            yield tag


#: What can be masked, and how; what cannot is left out.
_MASKS: dict[str, Callable[[str], str]] = {"id": mask_id, "phone": mask_phone}

"""All files of a month, made in memory: nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kcbx_cli.parallel import both
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Month
from kcbx_cli.write.changes import changes_book
from kcbx_cli.write.checklist import checklist
from kcbx_cli.write.children import Child, children_of
from kcbx_cli.write.data import findings_csv, problems_csv, run_json, verdicts_csv
from kcbx_cli.write.filenames import safe_stem, unique
from kcbx_cli.write.places import schools, townships
from kcbx_cli.write.planned import Planned
from kcbx_cli.write.review import review_sheet
from kcbx_cli.write.roster import Place
from kcbx_cli.write.suspected import suspected_list
from kcbx_cli.write.troubles import troubles_book
from kcbx_cli.write.wording import UNKNOWN_SCHOOL, UNKNOWN_TOWNSHIP


def plan_month(month: Month, settings: Settings, run: Mapping[str, Any]) -> list[Planned]:
    """Every file of the month, the same bytes for the same arguments; `run` is the content of run.json.

    Raises:
        KcbxError: the county's own checklist template cannot be read or has a placeholder that is not known.
    """
    children = children_of(month)
    by_township = townships(month, children, settings)
    ordered = [child for group in by_township.values() for child in group]
    make = _township_maker(month, settings)
    checklists, others = both(
        lambda: [
            Planned("疑似辍学学生名单.xlsx", suspected_list(ordered, settings, month.as_of)),
            *_folder("乡镇核查表", by_township, UNKNOWN_TOWNSHIP, make),
            *_folder(
                "学校核查表", schools(children), UNKNOWN_SCHOOL, lambda p, c: checklist(p, c, settings, month.as_of)
            ),
        ],
        lambda: [
            Planned("待人工比对.xlsx", review_sheet(month, settings)),
            Planned("数据问题.xlsx", troubles_book(month, settings)),
            Planned("月度变化.xlsx", changes_book(month, children, settings)),
            Planned("data/verdicts.csv", verdicts_csv(month)),
            Planned("data/findings.csv", findings_csv(month)),
            Planned("data/problems.csv", problems_csv(month)),
        ],
        worth_it=len(month.problems) > _WORTH_A_PROCESS,
    )
    return [*checklists, *others, Planned("run.json", run_json(run))]


#: With fewer problems than this, the sheet of problems is written sooner than another process is made.
_WORTH_A_PROCESS = 500
_Maker = Callable[[Place, list[Child]], bytes]


def _township_maker(month: Month, settings: Settings) -> _Maker:
    """What makes a township's workbook: the county's own template where there is one, else the built-in layout."""
    if not settings.checklist.template:
        return lambda place, children: checklist(place, children, settings, month.as_of)
    from kcbx_cli.write.template import Template

    template = Template.load(settings.checklist.template)
    return lambda place, children: template.fill(place, children, settings, month.as_of)


def _folder(folder: str, places: Mapping[Place, list[Child]], fallback: str, make: _Maker) -> list[Planned]:
    """One workbook a place, under a name that Windows accepts and no other place has."""
    taken: set[str] = set()
    planned = []
    for place, children in places.items():
        in_front = place.audience == "township" and place.code
        name = f"{place.code}_{place.name}" if in_front else place.name
        stem = unique(safe_stem(name, fallback), taken)
        planned.append(Planned(f"{folder}/{stem}.xlsx", make(place, children)))
    return planned

"""All files of a month, made in memory: nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kcbx_cli.parallel import shared_out
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Issued, Month
from kcbx_cli.write.changes import case_rows, changes_book
from kcbx_cli.write.checklist import checklist
from kcbx_cli.write.children import Child, children_of
from kcbx_cli.write.contradictions import NAME as NAME_OF_CONTRADICTIONS
from kcbx_cli.write.contradictions import contradictions_book
from kcbx_cli.write.data import findings_csv, problems_csv, run_json, verdicts_csv
from kcbx_cli.write.filenames import safe_stem, unique
from kcbx_cli.write.ledgers import FOLDER, ledgers
from kcbx_cli.write.places import school_namer, schools, townships
from kcbx_cli.write.planned import Planned
from kcbx_cli.write.pledges import pledges
from kcbx_cli.write.quality_books import quality_books
from kcbx_cli.write.report import report_files
from kcbx_cli.write.review import review_sheet
from kcbx_cli.write.roster import Place
from kcbx_cli.write.suspected import suspected_list
from kcbx_cli.write.troubles import troubles_book
from kcbx_cli.write.visits import visit_books
from kcbx_cli.write.watchlist import NAME, Watched, by_school, watch_ledger, watched_of
from kcbx_cli.write.wording import UNKNOWN_SCHOOL, UNKNOWN_TOWNSHIP


def plan_month(month: Month, settings: Settings, run: Mapping[str, Any], report: Issued | None = None) -> list[Planned]:
    """Every file of the month, the same bytes for the same arguments; `run` is the content of run.json.

    The monthly report, and what schools have to mend, are among them where there is a `report`.

    Raises:
        KcbxError: the county's own checklist template cannot be read or has a placeholder that is not known.
    """
    import xlsxwriter  # noqa: F401  # once, for both processes

    files = [*_files(month, settings), *_report(month, report, settings)]
    dearest = sorted(files, key=lambda f: -f.cost)
    made = shared_out([f.make for f in dearest], worth_it=sum(f.cost for f in files) > _WORTH_A_PROCESS)
    contents = {f.path: content for f, content in zip(dearest, made, strict=True)}
    return [*(Planned(f.path, contents[f.path]) for f in files), Planned("run.json", run_json(run))]


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be made; `cost` is about how long that takes, in rows of a checklist."""

    path: str
    cost: float
    make: Callable[[], bytes]


#: What a workbook costs before its first row, and a row of other tables, in rows of a checklist (0.15 ms).
_WORKBOOK, _SHORT_ROW, _CSV_ROW = 20.0, 0.6, 0.01
#: Another process costs 150 rows before its first file; it is made for a month that costs some times as much as its report.
_WORTH_A_PROCESS = 3500.0


def _files(month: Month, settings: Settings) -> list[_File]:
    """The files but for run.json, in their order."""
    children = children_of(month)
    cases = case_rows(month, children, settings)
    by_township = townships(month, children, settings)
    ordered = [child for group in by_township.values() for child in group]
    problems = len(month.problems)
    watched = watched_of(month)
    return [
        _book("疑似辍学学生名单.xlsx", len(ordered), lambda: suspected_list(ordered, settings, month)),
        *_folder("乡镇核查表", by_township, UNKNOWN_TOWNSHIP, _township_maker(month, settings)),
        *_schools(month, children, watched, settings),
        _book("待人工比对.xlsx", int((month.near["band"] == "review").sum()), lambda: review_sheet(month, settings)),
        _book("数据问题.xlsx", _SHORT_ROW * problems, lambda: troubles_book(month, settings)),
        _book(
            NAME_OF_CONTRADICTIONS, _SHORT_ROW * len(month.contradictions), lambda: contradictions_book(month, settings)
        ),
        _book("月度变化.xlsx", _SHORT_ROW * len(month.changes), lambda: changes_book(month, cases, settings)),
        *(_book(one.path, one.rows, one.make) for one in ledgers(month, cases, settings)),
        _book(f"{FOLDER}/{NAME}.xlsx", _SHORT_ROW * len(watched), lambda: watch_ledger(month, watched, settings)),
        *(_book(one.path, one.rows, one.make) for one in visit_books(month, ordered, settings)),
        *(_book(one.path, one.rows, one.make) for one in pledges(month, ordered, settings)),
        _File("data/verdicts.csv", _CSV_ROW * len(month.verdicts), lambda: verdicts_csv(month)),
        _File("data/findings.csv", _CSV_ROW * len(month.findings), lambda: findings_csv(month)),
        _File("data/problems.csv", _CSV_ROW * problems, lambda: problems_csv(month)),
    ]


def _report(month: Month, report: Issued | None, settings: Settings) -> list[_File]:
    """The report's own files, and those of the schools."""
    if report is None:
        return []
    return [
        *(_File(one.path, one.cost, one.make) for one in report_files(report)),
        *(_book(one.path, one.rows, one.make) for one in quality_books(month, report, settings)),
    ]


def _book(path: str, rows: float, make: Callable[[], bytes]) -> _File:
    return _File(path, _WORKBOOK + rows, make)


def _schools(month: Month, children: Sequence[Child], watched: Sequence[Watched], settings: Settings) -> list[_File]:
    """A workbook for each school that has a pupil to account for, or one on the watch list."""
    named = school_namer(month.registry)
    wavering = by_school(watched, named)
    places = schools(children, named)
    for place in wavering:
        places.setdefault(place, [])

    def make(place: Place, own: list[Child]) -> bytes:
        return checklist(place, own, settings, month.as_of, wavering.get(place, ()))

    return _folder("学校核查表", places, UNKNOWN_SCHOOL, make)


_Maker = Callable[[Place, list[Child]], bytes]


def _township_maker(month: Month, settings: Settings) -> _Maker:
    """What makes a township's workbook: the county's own template where there is one, else the built-in layout."""
    if not settings.checklist.template:
        return lambda place, children: checklist(place, children, settings, month.as_of)
    from kcbx_cli.write.template import Template

    template = Template.load(settings.checklist.template)
    return lambda place, children: template.fill(place, children, settings, month.as_of)


def _folder(folder: str, places: Mapping[Place, list[Child]], fallback: str, make: _Maker) -> list[_File]:
    """One workbook a place, under a name that Windows accepts and no other place has."""
    taken: set[str] = set()
    planned = []
    for place, children in places.items():
        in_front = place.audience == "township" and place.code
        name = f"{place.code}_{place.name}" if in_front else place.name
        stem = unique(safe_stem(name, fallback), taken)
        planned.append(_book(f"{folder}/{stem}.xlsx", len(children), partial(make, place, children)))
    return planned

"""A month is counted into its report: everything that the report says, and nothing that names a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import pandas as pd

from kcbx_cli import __version__, run
from kcbx_cli.ledger import CasePlan, Ledger
from kcbx_cli.reporting import cases as counted
from kcbx_cli.reporting import lists
from kcbx_cli.reporting.quality import quality_of
from kcbx_cli.reporting.ratios import ratios
from kcbx_cli.settings import Settings
from kcbx_cli.tables import Issued, Month
from kcbx_cli.tables.issued import ANSWERING, FLAWS, PROGRESS, SHEETS, TREND
from kcbx_cli.write.changes import case_rows
from kcbx_cli.write.children import Child, children_of
from kcbx_cli.write.document import Document
from kcbx_cli.write.places import SchoolNamer, school_namer, schools, townships
from kcbx_cli.write.visits import scope_words
from kcbx_cli.write.wording import issue_words, school_age_rule

#: How many months the trend shows.
_MONTHS = 24
#: What of a report's head counts children.
_COUNTED = ("as_of", "listed_rows", "listed_children", "registry_rows", "pupils", "work", "findings")


@dataclass(frozen=True)
class Counted:
    """A month with what schools have to mend, what the ledger will remember of it, and its report; `differs` where the month was
    issued before and other children or cases were counted; `former` is the report before.
    """

    month: Month
    plan: CasePlan
    report: Issued
    differs: bool = False
    former: Issued | None = None


def of_month(
    month: Month, given: run.Lists, matched: run.Matched, plan: CasePlan, book: Ledger, settings: Settings
) -> Counted:
    """Counts the month; nothing is written.

    Raises:
        KcbxError: the county's own template of the report cannot be read.
    """
    number = month.as_of.year * 100 + month.as_of.month
    named = school_namer(month.registry)
    quality, mended, flaws = quality_of(month.problems, month.registry, book.flaws_before(number), named)
    month = replace(month, quality=quality, mended=mended)
    former = book.issued_before(number)
    children = children_of(month)
    rows = case_rows(month, children, settings)
    found = counted.cases_of(month, children, rows, settings, former, named)
    same_year = former is not None and lists.school_year_of(former.month) == lists.school_year_of(number)
    tables: dict[str, pd.DataFrame] = {
        **counted.tables(found),
        "dropped": counted.dropped(found, former, same_year),
        **lists.tables(month, given, matched, settings, former, named),
        SHEETS.name: _sheets(month, children, named, settings),
        PROGRESS.name: progress(former, book),
        FLAWS.name: _flaws(month),
        ANSWERING.name: _answering(month, children),
    }
    tables[TREND.name] = _trend(number, found, former, len(quality))
    tables["ratios"] = ratios(number, tables, settings)
    template = Document.load("report", settings.documents.report)
    detail = {name: tables.pop(name) for name in ("issued_cases", ANSWERING.name)}
    report = Issued(_head(month, matched, settings, former), tables, detail, template.content)
    differs = _differs(report, book.issued(number))
    return Counted(month, book.with_report(plan, report, flaws), report, differs, former)


def _differs(report: Issued, held: Issued | None) -> bool:
    """Whether the report says something else than it did, sheets that came back since and what was purged left aside."""
    if held is None:
        return False
    told = Issued.unpacked(*report.packed(), report.template)
    tables = [({**one.counts, **one.detail}) for one in (told, held)]
    names = (tables[0].keys() & tables[1].keys()) - {PROGRESS.name}
    heads = [tuple(one.head.get(name) for name in _COUNTED) for one in (told, held)]
    return heads[0] != heads[1] or not all(tables[0][name].equals(tables[1][name]) for name in names)


def _head(month: Month, matched: run.Matched, settings: Settings, former: Issued | None) -> dict[str, str]:
    """The words of the report, and the rules that were used."""
    return {
        "kcbx": __version__,
        "county": settings.county.name,
        "as_of": month.as_of.isoformat(),
        "issue": issue_words(settings, month.as_of),
        "school_age": school_age_rule(settings.school_age, month.as_of),
        "former": str(former.month) if former else "",
        "listed_rows": str(len(month.people)),
        "listed_children": str(month.verdicts["child"].nunique()),
        "registry_rows": str(len(month.registry)),
        "pupils": str(len(set(matched.pupil.tolist()))),
        "work": str(len(month.work)),
        "findings": str(len(month.findings)),
        "problems": str(len(month.problems)),
        "review": f"{matched.model.review:g}",
        "link": f"{matched.model.link:g}",
        "model": matched.model.digest,
        "alert_days": str(settings.papers.alert_days),
        "suppress": str(settings.report.suppress),
        "roster": "yes" if len(month.responsible) else "",
    }


def _sheets(month: Month, children: Sequence[Child], named: SchoolNamer, settings: Settings) -> pd.DataFrame:
    """The checklists that are printed with the month, and how many children stand on each."""
    places = [*townships(month, children, settings).items(), *schools(children, named).items()]
    columns = (
        zip(*((p.audience, p.code, p.name, len(own)) for p, own in places), strict=True) if places else ([], [], [], [])
    )
    return SHEETS.frame(dict(zip(SHEETS.names, map(list, columns), strict=True)))


def progress(issued: Issued | None, book: Ledger) -> pd.DataFrame:
    """PROGRESS of the checklists that were printed with this report, as far as the ledger has collected them."""
    if issued is None:
        return PROGRESS.frame()
    sheets, back = issued.table(SHEETS), book.returned(issued.month)
    places = list(zip(sheets["kind"], sheets["place"], strict=True))
    senders = list(zip(sheets["kind"], sheets["code"].where(sheets["code"] != "", sheets["place"]), strict=True))
    return PROGRESS.frame(
        {
            "kind": sheets["kind"],
            "place": sheets["place"],
            "printed": sheets["rows"],
            "returned": [place in back.sheets for place in places],
            "answered": [back.answered.get(sender, 0) for sender in senders],
        }
    )


def _flaws(month: Month) -> pd.DataFrame:
    """How many registry problems of each kind each school has, has still, and has mended."""
    found = Counter(zip(month.quality["school"], month.quality["code"], month.quality["state"], strict=True))
    for school, code, count in month.mended.itertuples(index=False, name=None):
        found[school, code, "mended"] += count
    rows = sorted(found.items())
    data: Mapping[str, list[Any]] = {name: [key[i] for key, _ in rows] for i, name in enumerate(FLAWS.names[:3])}
    return FLAWS.frame({**data, "n": [n for _, n in rows]})


def _answering(month: Month, children: Sequence[Child]) -> pd.DataFrame:
    """The roster of responsible people, each with the children at work for whom the row answers."""
    count = Counter((p.file, p.sheet, p.row) for child in children for p in child.responsible)
    roster = list(month.responsible.itertuples(index=False, name="Row"))
    rows = [(p.role, p.name, p.title, scope_words(p), count[p.file, p.sheet, p.row]) for p in roster]
    columns = zip(*rows, strict=True) if rows else [()] * len(ANSWERING.names)
    return ANSWERING.frame(dict(zip(ANSWERING.names, map(list, columns), strict=True)))


@dataclass(frozen=True, slots=True)
class _Trend:
    """A row of TREND."""

    month: int
    before: int
    new: int
    reopened: int
    closed: int
    now: int
    dropout: int
    suspected: int
    returned: int
    flaws: int


def _trend(number: int, cases: Sequence[counted.Case], former: Issued | None, flaws: int) -> pd.DataFrame:
    """The trend of the former report, and this month."""
    change = Counter(c.change for c in cases)
    group = Counter(c.group for c in cases if c.change != "closed")
    on, new, back, gone = (change[name] for name in ("continuing", "new", "reopened", "closed"))
    own = _Trend(number, on + gone, new, back, gone, on + new + back, group["dropout"], group["suspected"], sum(c.returned for c in cases), flaws)  # fmt: skip
    earlier = former.table(TREND) if former is not None else TREND.frame()
    row = TREND.frame({n: [v] for n, v in zip(TREND.names, astuple(own), strict=True)})
    return TREND.concat([earlier, row]).tail(_MONTHS).reset_index(drop=True)

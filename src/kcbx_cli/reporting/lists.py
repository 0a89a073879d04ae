"""What the lists of a month come to in counts: listed children, pupils, papers, match scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli import decide, run
from kcbx_cli.decide.dates import days, number
from kcbx_cli.decide.papers import EXPIRED, NO_EXCUSE, NOT_YET, UNDATED, paper_states
from kcbx_cli.decide.words import by_value, grade_level
from kcbx_cli.settings import Settings
from kcbx_cli.tables import COMPARISONS, Issued, Month, Table
from kcbx_cli.tables.issued import CHILDREN, COHORTS, EXPIRING, PUPILS, SCHOOLS, SCORES
from kcbx_cli.write.places import SchoolNamer, township_namer
from kcbx_cli.write.roster import Place

#: Dispositions by which a child who was struck off is at school: the first three of 六处置, as they are shipped.
_AT_SCHOOL = ("核实在校", "劝返复学", "送教特教")
_TAUGHT = "送教"
#: Reasons that show a child at school in another county; without them it is known to have moved there, no more.
_PROOF = frozenset(("paper_elsewhere", "registry_elsewhere"))
_GONE = ("死亡", "转")
_STATES = {EXPIRED: "expired", UNDATED: "undated", NOT_YET: "not_yet", NO_EXCUSE: "no_excuse"}
_FOREVER = 99991231
_BIN, _LOWEST, _HIGHEST = 2.0, -20.0, 60.0


def tables(
    month: Month,
    given: run.Lists,
    matched: run.Matched,
    settings: Settings,
    former: Issued | None,
    named: SchoolNamer,
) -> dict[str, pd.DataFrame]:
    """The tables of this module by name."""
    pupils = _pupils(month, settings)
    return {
        CHILDREN.name: _children(month, settings),
        PUPILS.name: pupils,
        COHORTS.name: _cohorts(month, pupils, former),
        SCHOOLS.name: _schools(month.registry, named, settings),
        EXPIRING.name: _expiring(month, given.cases, settings),
        SCORES.name: _scores(matched.links),
        COMPARISONS.name: month.comparisons,
    }


def school_year_of(month: int) -> int:
    """The school year of a month (yyyymm)."""
    return decide.school_year(date(month // 100, month % 100, 1))


def _children(month: Month, settings: Settings) -> pd.DataFrame:
    """Listed children by township and verdict; `taught`, `verified` and `moved_away` are told apart from excused, cleared
    and elsewhere."""
    verdicts = month.verdicts.drop_duplicates("child")
    home = _homes(month, verdicts)
    verdict = verdicts["verdict"].to_numpy().copy()
    category = _of_paper(month.special, verdicts["paper"].to_numpy())
    verdict[(verdict == "excused") & by_value(category, lambda c: _TAUGHT in c, np.bool_)] = "taught"
    at_school = {d.label for d in settings.dispositions if d.action in _AT_SCHOOL}
    found = dict(zip(month.cases["case_id"], month.cases["disposition"], strict=True))
    verified = [found.get(case, "") in at_school for case in verdicts["case_id"]]
    verdict[(verdict == "cleared") & np.array(verified, dtype=np.bool_)] = "verified"
    unproven = by_value(verdicts["reason"], lambda reasons: _PROOF.isdisjoint(reasons.split(";")), np.bool_)
    verdict[(verdict == "elsewhere") & unproven] = "moved_away"
    named, codes = township_namer(settings), {t.name: t.code for t in settings.townships}
    written = Counter(zip(home["township_code"], home["township"], verdict.tolist(), strict=True))
    count: Counter[tuple[str, str, str]] = Counter()
    for (code, township, word), n in written.items():
        place = named(code, township)
        count[codes.get(place, ""), place, word] += n
    known = {name for _, name, _ in count}
    rows = [*sorted(count.items()), *(((t.code, t.name, ""), 0) for t in settings.townships if t.name not in known)]
    return _frame(CHILDREN, ((*key, n) for key, n in rows))


def _homes(month: Month, verdicts: pd.DataFrame) -> pd.DataFrame:
    """township_code and township of each child, as its checklist has them: of its first list row that names a township,
    else of its registry row."""
    columns = ["township_code", "township"]
    rows = (
        month.people[columns].iloc[month.verdicts["person"].to_numpy()].assign(child=month.verdicts["child"].to_numpy())
    )
    placed = rows[rows["township"] != ""].drop_duplicates("child").set_index("child")[columns]
    home = placed.reindex(verdicts["child"]).fillna("").reset_index(drop=True)
    lost = np.flatnonzero((home["township"] == "").to_numpy() & (verdicts["registry"] >= 0).to_numpy())
    home.iloc[lost] = month.registry[columns].iloc[verdicts["registry"].to_numpy()[lost]].to_numpy()
    return home


def _of_paper(special: pd.DataFrame, paper: Any) -> pd.Series:
    """The category of each paper, empty for none."""
    if not len(special):
        return pd.Series(np.full(len(paper), "", dtype=object))
    category = special["category"].to_numpy()[np.maximum(paper, 0)]
    return pd.Series(np.where(paper >= 0, category, ""), dtype=object)


def _pupils(month: Month, settings: Settings) -> pd.DataFrame:
    """Registry rows by grade: in class, on 休学, and gone (died or moved away) since the school year began."""
    rows = month.registry
    level = by_value(rows["grade"], grade_level, np.int64)
    group = rows["status_group"].to_numpy()
    first = decide.school_year(month.as_of) * 10000 + 901
    left = (group == "left") & by_value(rows["status"], lambda s: any(w in s for w in _GONE), np.bool_)
    state = np.select(
        [group == "attending", group == "suspended", left & (rows["status_date"].to_numpy() >= first)],
        ["attending", "suspended", "gone"],
        "",
    )
    count = Counter(zip(level.tolist(), state.tolist(), strict=True))
    return _frame(PUPILS, ((grade, s, n) for (grade, s), n in sorted(count.items()) if s))


def _cohorts(month: Month, pupils: pd.DataFrame, former: Issued | None) -> pd.DataFrame:
    """Pupils attending in the first month of each school year of which there is a report."""
    year, now = decide.school_year(month.as_of), month.as_of.year * 100 + month.as_of.month
    held = former.table(COHORTS) if former is not None else COHORTS.frame()
    if (held["year"] == year).any():
        return held
    here = pupils[(pupils["state"] == "attending") & (pupils["grade"] > 0)]
    own = _frame(COHORTS, ((year, now, g, n) for g, n in zip(here["grade"].tolist(), here["n"].tolist(), strict=True)))
    return COHORTS.concat([held, own])


def _schools(registry: pd.DataFrame, named: SchoolNamer, settings: Settings) -> pd.DataFrame:
    """Every school with its pupils, and the township where most of them live."""
    count = Counter(zip(registry["school_code"], registry["school"], registry["township"], strict=True))
    homes: dict[Place, Counter[str]] = {}
    township_of = township_namer(settings)
    for (code, name, township), n in count.items():
        homes.setdefault(named(code, name), Counter())[township_of("", township)] += n
    rows = []
    for school in sorted(homes, key=attrgetter("name", "code")):
        lived = homes[school]
        rows.append((school.name, school.code, min(lived, key=lambda t: (-lived[t], t)), sum(lived.values())))
    return _frame(SCHOOLS, rows)


def _expiring(month: Month, cases: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Papers of the special register, and findings that closed a case for a time, by how long they still hold."""
    today, alert = days(np.array([number(month.as_of)]))[0], settings.papers.alert_days
    papers = paper_states(month.special, month.as_of, settings)
    count: Counter[tuple[str, str, str]] = Counter()
    for category, state, last in zip(
        month.special["category"], papers.state.tolist(), papers.last.tolist(), strict=True
    ):
        soon = last not in (0, _FOREVER) and days(np.array([last]))[0] - today <= alert
        count["paper", category, _STATES.get(state, "soon" if soon else "valid")] += 1
    timed = cases[cases["closes"].to_numpy() & (cases["expires"].to_numpy() > 0) & ~cases["open"].to_numpy()]
    for label, last in zip(timed["disposition"], timed["expires"].tolist(), strict=True):
        left = days(np.array([last]))[0] - today
        count["finding", label, "expired" if left < 0 else "soon" if left <= alert else "valid"] += 1
    return _frame(EXPIRING, ((*key, n) for key, n in sorted(count.items())))


def _scores(links: pd.DataFrame) -> pd.DataFrame:
    """The weight of each listed child's best candidate, in bins of two bits; the first and the last bin take the rest."""
    best = links.sort_values(["left", "weight"], ascending=[True, False], kind="stable").drop_duplicates("left")
    middle = np.floor(np.clip(best["weight"].to_numpy(), _LOWEST, _HIGHEST) / _BIN) * _BIN + _BIN / 2
    count = Counter(zip(best["band"], middle.tolist(), strict=True))
    return _frame(SCORES, ((band, at, n) for (band, at), n in sorted(count.items())))


def _frame(table: Table, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    held = list(rows)
    columns = zip(*held, strict=True) if held else [()] * len(table.names)
    return table.frame(dict(zip(table.names, map(list, columns), strict=True)))

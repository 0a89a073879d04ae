"""Who of the pupils may drop out: the month's lists and the ledger looked at together, and what the month makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.decide import watching
from kcbx_cli.decide.closed import attends
from kcbx_cli.decide.dates import number
from kcbx_cli.decide.watching import OFF, Signs
from kcbx_cli.ledger import CasePlan, Ledger, WatchPlan
from kcbx_cli.settings import Settings
from kcbx_cli.tables import WATCH, WATCH_EVENTS, WATCHED
from kcbx_cli.write.children import records

Ints = npt.NDArray[np.int64]
#: What a family has in common: a parent's ID number, or a list's file with the household's number in it.
_Key = str | tuple[str, str]
_BLANK = next(records(WATCHED.frame(length=1)))


@dataclass(frozen=True)
class Seen:
    """A month as it was matched and decided: frames of PEOPLE, VERDICTS, WORK, CASES, CHANGES and CASE_STATES.

    `child` and `pupil` number the children of the list rows and of the registry rows; `absent` are days of absence by
    pupil, where attendance lists tell them.
    """

    as_of: date
    settings: Settings
    people: pd.DataFrame
    registry: pd.DataFrame
    child: Ints
    pupil: Ints
    verdicts: pd.DataFrame
    work: pd.DataFrame
    known: pd.DataFrame
    cases: pd.DataFrame
    changes: pd.DataFrame
    states: pd.DataFrame
    absent: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a child stands in the month: positions of its rows, -1 for none."""

    person: int
    registry: int


def watch_list(seen: Seen, plan: CasePlan, book: Ledger) -> tuple[pd.DataFrame, WatchPlan]:
    """WATCH: everybody who is on the list or proposed, by number; and what the month adds to the ledger."""
    held = book.watched()
    past = number(seen.as_of) // 100 < max(book.months(), default=0)
    standing = {row.case_id: row for row in records(held)}
    places = _Places(seen)
    codes = {} if past else _proposed(seen, places, book)
    by_case = {case: codes.get(place) for case, place in places.of_case.items()}
    events: list[tuple[str, str, tuple[str, ...]]] = []
    for case in standing:
        if not past and (what := _month_says(standing[case], by_case.get(case) or (), case in places.at_work)):
            events.append((case, what, by_case.get(case) or ()))
    named = set(places.of_case.values())
    for case, found in by_case.items():
        if found and case not in standing:
            events.append((case, "proposed", found))
    strangers = [place for place in codes if place not in named]
    numbers = _next(book, seen, plan, len(strangers))
    events += [(case, "proposed", codes[place]) for case, place in zip(numbers, strangers, strict=True)]
    rows = _rows(seen, standing, events, {**places.of_case, **dict(zip(numbers, strangers, strict=True))}, by_case)
    fresh = rows[rows["case_id"].isin(numbers)]
    return rows, book.plan_watch(_events(seen, events), fresh, (seen.people, seen.registry))


def _month_says(held: Any, codes: Sequence[str], at_work: bool) -> str:
    """A child whose case is open again needs no proposal; one that was made stands until the case is closed."""
    return "" if at_work else watching.month_says(held.state, held.refused, codes)


class _Places:
    """Where the children of the cases, and of the pupils who attend, stand in the month."""

    def __init__(self, seen: Seen) -> None:
        verdicts = seen.verdicts.drop_duplicates("child")
        self.at_work = set(seen.work["case_id"])
        self._person = dict(zip(verdicts["child"].tolist(), verdicts["person"].tolist(), strict=True))
        self._row = dict(zip(verdicts["child"].tolist(), verdicts["registry"].tolist(), strict=True))
        self.verdict = dict(zip(verdicts["child"].tolist(), verdicts["verdict"].tolist(), strict=True))
        linked = verdicts[(verdicts["registry"] >= 0).to_numpy()]
        self.child_of_pupil = dict(
            zip(seen.pupil[linked["registry"].to_numpy()].tolist(), linked["child"].tolist(), strict=True)
        )
        self._busy = set(seen.pupil[[r for r in seen.work["registry"].tolist() if r >= 0]].tolist())
        self._attending = (seen.registry["status_group"] == "attending").to_numpy()
        self._pupil = seen.pupil
        self.of_case: dict[str, _Place] = {}
        for state in records(seen.states):
            if state.person >= 0:
                self.of_case[str(state.case_id)] = self.of_child(int(seen.child[int(state.person)]))
            elif state.registry >= 0:
                self.of_case[str(state.case_id)] = self._of_pupil(int(seen.pupil[int(state.registry)]))

    def of_child(self, child: int) -> _Place:
        """A listed child's rows."""
        return _Place(self._person[child], self._row[child])

    def _of_pupil(self, pupil: int) -> _Place:
        if pupil in self.child_of_pupil:
            return self.of_child(self.child_of_pupil[pupil])
        rows = np.flatnonzero((self._pupil == pupil) & self._attending)
        return _Place(-1, int(rows[0])) if len(rows) else _Place(-1, -1)

    def wavers(self, pupil: int, back: bool) -> _Place | None:
        """The rows of a pupil who attends and is not at work; `back`: or of whom it was found that it came back, or attends."""
        child = self.child_of_pupil.get(pupil, -1)
        if pupil in self._busy:
            return None
        if child < 0:
            place = self._of_pupil(pupil)
            return place if place.registry >= 0 else None
        verdict = self.verdict[child]
        return self.of_child(child) if verdict == "enrolled" or (verdict == "cleared" and back) else None


def _proposed(seen: Seen, places: _Places, book: Ledger) -> dict[_Place, tuple[str, ...]]:
    """The codes of every pupil who is to be proposed, in the order of the registry."""
    rule = seen.settings.wavering
    since = number(seen.as_of - timedelta(days=30 * rule.months))
    back, again = book.past_cases(since, rule.returned)
    own = _own_cases(seen, places)
    attend = set(seen.states.loc[seen.states["disposition"].isin(attends(seen.settings)).to_numpy(), "case_id"])
    families = _families(seen)
    long = _long_cases(seen)
    there: dict[int, _Place] = {}
    for pupil in sorted({*own, *families, *(p for p, days in seen.absent.items() if days > 0)}):
        case = own.get(pupil, "")
        if case not in places.at_work and (place := places.wavers(pupil, case in back or case in attend)):
            there[pupil] = place
    found: dict[_Place, tuple[str, ...]] = {}
    for pupil, place in _of_age(seen, there):
        case = own.get(pupil, "")
        months, dropout = families.get(pupil, (0, False))
        signs = Signs(
            absent_days=seen.absent.get(pupil, 0),
            sibling_dropout=dropout,
            sibling_months=months,
            came_back=case in back,
            reopened=case in again,
            parents_away=_away(seen, place),
            had_case=case in long,
        )
        if codes := watching.signs_of(signs, rule):
            found[place] = codes
    return found


def _own_cases(seen: Seen, places: _Places) -> dict[int, str]:
    """The case of each pupil who has one."""
    own: dict[int, str] = {}
    for case, place in places.of_case.items():
        if place.registry >= 0:
            own.setdefault(int(seen.pupil[place.registry]), case)
    return own


def _long_cases(seen: Seen) -> set[str]:
    """Cases that were open for some months."""
    return set(seen.cases.loc[(seen.cases["months"] >= seen.settings.wavering.sibling_months).to_numpy(), "case_id"])


def _of_age(seen: Seen, there: Mapping[int, _Place]) -> list[tuple[int, _Place]]:
    """Those pupils who are within the nine cohorts, as far as the registry knows."""
    from kcbx_cli.decide import ages

    rows = seen.registry.iloc[[place.registry for place in there.values()]]
    inside = ages(rows, seen.as_of, seen.settings)["window"].isin(("inside", "")).tolist()
    return [one for one, within in zip(there.items(), inside, strict=True) if within]


def _away(seen: Seen, place: _Place) -> bool:
    tags = set(str(seen.registry["groups"].iat[place.registry]).split("|"))
    if place.person >= 0:
        tags |= set(str(seen.people["groups"].iat[place.person]).split("|"))
    return bool(tags & set(seen.settings.wavering.away))


def _families(seen: Seen) -> dict[int, tuple[int, bool]]:
    """For each pupil with a brother or sister at work: how long the oldest case has been open, and whether one dropped out.

    Of one family are those who share a parent's ID number, or a household of one list.
    """
    keys = _keys_at_work(seen)
    if not keys:
        return {}
    found: dict[int, tuple[int, bool]] = {}
    linked = seen.verdicts[(seen.verdicts["registry"] >= 0).to_numpy()]
    row_of = dict(zip(linked["person"].tolist(), linked["registry"].tolist(), strict=True))
    hits = list(_hits(seen.registry, keys))
    hits += [(row_of[at], key) for at, key in _hits(seen.people, keys) if at in row_of]
    for row, key in hits:
        pupil = int(seen.pupil[row])
        months, dropout = found.get(pupil, (0, False))
        found[pupil] = (max(months, keys[key][0]), dropout or keys[key][1])
    return found


def _keys_at_work(seen: Seen) -> dict[_Key, tuple[int, bool]]:
    """Family keys of the children at work, each with the months that a case is open and whether one dropped out."""
    months = dict(zip(seen.changes["case_id"], seen.changes["months"].tolist(), strict=True))
    dropout = {d.label for d in seen.settings.dispositions if d.dropout}
    gone = set(seen.cases.loc[seen.cases["disposition"].isin(dropout).to_numpy(), "case_id"])
    position = {int(row): at for at, row in enumerate(seen.known["row"].tolist())}
    people, registry, known = (_FamilyKeys(frame) for frame in (seen.people, seen.registry, seen.known))
    keys: dict[_Key, tuple[int, bool]] = defaultdict(lambda: (0, False))
    for work in records(seen.work):
        case = str(work.case_id)
        told = (months.get(case, 1), case in gone)
        places = ((people, work.person), (registry, work.registry), (known, position.get(work.identity, -1)))
        for rows, at in places:
            for key in rows.of(at) if at >= 0 else ():
                keys[key] = (max(keys[key][0], told[0]), keys[key][1] or told[1])
    return dict(keys)


class _FamilyKeys:
    """By what the rows of a PEOPLE frame are known to be of one family."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._ids = frame["family_ids"].to_numpy()
        self._file = frame["file"].to_numpy()
        self._household = frame["household"].to_numpy()

    def of(self, at: int) -> Iterator[_Key]:
        """The keys of the row at this position."""
        yield from filter(None, self._ids[at].split("|"))
        if self._household[at] and self._file[at]:
            yield self._file[at], self._household[at]


def _hits(frame: pd.DataFrame, keys: Container[_Key]) -> Iterator[tuple[int, _Key]]:
    """Positions of rows that have one of the keys, with it."""
    for at, ids in enumerate(frame["family_ids"].tolist()):
        for key in ids.split("|") if ids else ():
            if key in keys:
                yield at, key
    homes = zip(frame["file"].tolist(), frame["household"].tolist(), strict=True)
    yield from ((at, home) for at, home in enumerate(homes) if home in keys)


def _next(book: Ledger, seen: Seen, plan: CasePlan, count: int) -> list[str]:
    """The numbers after those that the month's new cases get."""
    known = set(seen.cases["case_id"])
    opened = sum(case not in known for case in plan.events.loc[plan.events["what"] == "opened", "case_id"])
    return book.next_cases(seen.as_of.year, opened + count)[opened:]


def _events(seen: Seen, events: Sequence[tuple[str, str, tuple[str, ...]]]) -> pd.DataFrame:
    return WATCH_EVENTS.frame(
        {
            "case_id": [case for case, _, _ in events],
            "what": [what for _, what, _ in events],
            "as_of": [number(seen.as_of)] * len(events),
            "reason": [";".join(codes) for _, _, codes in events],
        }
    )


def _rows(
    seen: Seen,
    standing: Mapping[str, Any],
    events: Sequence[tuple[str, str, tuple[str, ...]]],
    places: Mapping[str, _Place],
    codes: Mapping[str, tuple[str, ...] | None],
) -> pd.DataFrame:
    """WATCH of everybody who is on the list or proposed after the month."""
    happened = {case: (watching.STATES[what], found) for case, what, found in events}
    at_work = set(seen.work["case_id"])
    identity = dict(zip(seen.cases["case_id"], seen.cases["identity"].tolist(), strict=True))
    rows = []
    for case in sorted({*standing, *happened}, key=lambda c: (c[:4], len(c), c)):
        held = standing.get(case, _BLANK)
        state, found = happened.get(case, (held.state or OFF, codes.get(case) or ()))
        if state == OFF:
            continue
        reason = ";".join(found) or held.reason
        place = places.get(case, _Place(-1, -1))
        rows.append(
            {
                "case_id": case,
                "state": state,
                "since": number(seen.as_of) if case in happened else held.since,
                "reason": reason,
                "sentence": watching.sentence(reason.split(";")),
                "person": place.person,
                "registry": place.registry,
                "at_work": case in at_work,
                **{name: getattr(held, name) for name in ("helper", "helper_phone", "help")},
                "identity": identity.get(case, 0),
            }
        )
    return WATCH.frame({name: [row[name] for row in rows] for name in WATCH.names})

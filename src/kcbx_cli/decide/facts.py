"""All that is known of each listed child, gathered from its rows, its link, its papers and its cases.

Every array has one entry for each child, in the order of the children's numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide import enrolment, papers, presence
from kcbx_cli.decide.age import ages, windows
from kcbx_cli.decide.closed import CaseFacts, case_facts
from kcbx_cli.decide.dates import Flags, Ints, number
from kcbx_cli.decide.enrolment import Standing
from kcbx_cli.decide.fold import Groups, best, group, take
from kcbx_cli.decide.listed import ListFacts, list_facts
from kcbx_cli.decide.papers import PaperStates
from kcbx_cli.decide.presence import Presence, Roll
from kcbx_cli.settings import Settings

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Inputs:
    """What is decided on. Positions are 0-based row numbers of the frames.

    `people` (PEOPLE) are the rows of the person-level lists and `child` the child's number for each; `registry`
    (PEOPLE) and `registry_child` likewise, a pupil registered twice being one. `links` (LINKS) lead from people to
    registry, at most one of band link or review for each child, on any of its rows. `special` (PEOPLE) is the
    special register, `special_people` and `special_registry` (LINKS) lead from it; only band link counts.
    `cases` (CASE_STATES) is what the ledger knows. `roll` is what the attendance lists say.
    """

    people: pd.DataFrame
    child: Ints
    registry: pd.DataFrame
    registry_child: Ints
    links: pd.DataFrame
    special: pd.DataFrame
    special_people: pd.DataFrame
    special_registry: pd.DataFrame
    cases: pd.DataFrame
    as_of: date
    settings: Settings
    roll: Roll = field(default_factory=Roll.none)


@dataclass(frozen=True)
class AgeFacts:
    """`birth` counts; `age` -1 unknown; `where` as age.windows; `elder`: adult by relation, without a date.

    `rows_disagree`: a row's own dates, `lists_disagree`: the dates of several rows contradict each other about
    school age and no ID number can be trusted. `registry_disagrees`: so does the linked pupil's.
    """

    birth: Ints
    age: Ints
    where: Ints
    adult: Flags
    elder: Flags
    rows_disagree: Flags
    lists_disagree: Flags
    registry_disagrees: Flags


@dataclass(frozen=True)
class LinkFacts:
    """`pupil` is the linked pupil's group, `row` the registry row that stands for it, `state` its standing.

    `candidate` is the pupil under review, `near` the nearest otherwise, both as registry rows; -1 for none.
    `at` and `near_at` are the rows of the links table they come from.
    """

    pupil: Ints
    row: Ints
    at: Ints
    state: Ints
    candidate: Ints
    near: Ints
    near_at: Ints
    double: Flags
    senior: Flags
    gone_early: Flags
    dead: Flags


@dataclass(frozen=True)
class PaperFacts:
    """Papers of each child: which kinds are valid, whether some ran out or never held, and the best one's row."""

    row: Ints
    excused: Flags
    elsewhere: Flags
    suspended: Flags
    expired: Flags
    undated: Flags
    not_yet: Flags
    in_class: Flags
    dead: Flags


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `per_row` (AGES) is by list row, `registry_ages` by registry row, `in_class` by pupil; the
    rest by child. `abroad` are children whom the registry of another county has in class, which only a run over several
    counties can know: nobody, until then (see `verdict.with_abroad`).
    """

    given: Inputs
    children: Groups
    pupils: Groups
    per_row: pd.DataFrame
    registry_ages: pd.DataFrame
    standing: Standing
    stands: Ints
    paper_states: PaperStates
    age: AgeFacts
    link: LinkFacts
    paper: PaperFacts
    case: CaseFacts
    said: ListFacts
    in_class: Presence
    seen: Presence
    abroad: Flags


def gather(given: Inputs) -> Facts:
    """Everything the rules ask about, computed once."""
    children, pupils = group(given.child), group(given.registry_child)
    standing = enrolment.standings(given.registry, given.as_of, given.settings)
    stands = enrolment.named(pupils, standing)
    states = papers.paper_states(given.special, given.as_of, given.settings)
    per_row = ages(given.people, given.as_of, given.settings, given.child)
    registry_ages = ages(given.registry, given.as_of, given.settings, given.registry_child)
    link = _links(given.links, children, pupils, standing, stands)
    in_class, seen = _presence(given, children, pupils, link, standing)
    return Facts(
        given=given,
        children=children,
        pupils=pupils,
        per_row=per_row,
        registry_ages=registry_ages,
        standing=standing,
        stands=stands,
        paper_states=states,
        age=_ages(given, children, per_row, registry_ages, link),
        link=link,
        paper=_papers(given, children, pupils, states, link),
        case=case_facts(
            given.cases, given.settings, (children, pupils, child_of_pupil(link, pupils)), (in_class, seen)
        ),
        said=list_facts(given.people, per_row, children),
        in_class=in_class,
        seen=seen,
        abroad=abroad((), children),
    )


def _presence(
    given: Inputs, children: Groups, pupils: Groups, link: LinkFacts, standing: Standing
) -> tuple[Presence, Presence]:
    """What the attendance lists say of each pupil, and of each listed child: its pupil's, else its own rows."""
    roll, rule = given.roll, (number(given.as_of), given.settings.attendance)
    if len(roll.covered) != len(given.registry):
        roll = Roll.none(len(given.registry))
    child = take(children.of, roll.seen["person"].to_numpy(), -1)
    on_roll = standing.state == enrolment.ATTENDING
    in_class = presence.of_pupils(roll, pupils, on_roll, take(link.pupil, child, -1), rule)
    own = presence.presence(roll, child, children.count, *rule)
    return in_class, presence.better(in_class.taken(link.pupil), own)


def _links(links: pd.DataFrame, children: Groups, pupils: Groups, standing: Standing, stands: Ints) -> LinkFacts:
    owner = children.of[links["left"].to_numpy()]
    right = links["right"].to_numpy()
    band = links["band"].to_numpy()
    unlikely = -links["probability"].to_numpy()

    def of_band(name: str) -> Ints:
        return best(np.where(band == name, owner, -1), children.count, unlikely, right)

    link_at, review_at, near_at = of_band("link"), of_band("review"), of_band("near")
    review_at = np.where(link_at >= 0, -1, review_at)
    near_at = np.where(link_at >= 0, -1, np.where(review_at >= 0, review_at, near_at))
    pupil = take(pupils.of, take(right, link_at, -1), -1)
    row = take(stands, pupil, -1)
    return LinkFacts(
        pupil=pupil,
        row=row,
        at=np.where(link_at >= 0, link_at, review_at),
        state=take(standing.state, row, -1),
        candidate=take(stands, take(pupils.of, take(right, review_at, -1), -1), -1),
        near=take(stands, take(pupils.of, take(right, near_at, -1), -1), -1),
        near_at=near_at,
        double=take(doubles(pupils, standing), pupil, False),
        senior=take(standing.senior, row, False),
        gone_early=take(standing.gone_early, row, False),
        dead=take(standing.dead, row, False),
    )


def doubles(pupils: Groups, standing: Standing) -> Flags:
    """Pupils who are on the register more than once; a row that says left is the trace of a move."""
    return np.bincount(pupils.of[standing.state != enrolment.LEFT], minlength=pupils.count) > 1


def _ages(
    given: Inputs, children: Groups, per_row: pd.DataFrame, registry_ages: pd.DataFrame, link: LinkFacts
) -> AgeFacts:
    basis, birth = per_row["basis"].to_numpy(), per_row["birth"].to_numpy()
    rank = np.select([basis == "id", basis == "column", basis == "id_alone"], [0, 1, 2], 3)
    # Of dates that are equally good the youngest counts: it keeps a child in sight.
    chosen = best(children.of, children.count, rank, -birth)
    where = windows(birth[chosen], given.as_of, given.settings.school_age)
    trusted = rank[chosen] == 0
    # Rows that may speak against the chosen date: all of them, but only trusted ones against a trusted one.
    heard = (birth > 0) & (~trusted[children.of] | (rank == 0))
    row_where = windows(birth, given.as_of, given.settings.school_age)
    lists_disagree = children.any(heard & (row_where != where[children.of]))
    rows_disagree = children.any(per_row["doubtful"].to_numpy()) & ~trusted
    adult_row = (per_row["stage"] == "adult").to_numpy()
    no_date = birth[chosen] == 0
    adult = adult_row[chosen] & ~no_date & ~lists_disagree & ~rows_disagree
    registry_where = take(registry_ages["window"].to_numpy(), link.row, "")
    return AgeFacts(
        birth=birth[chosen],
        age=per_row["age"].to_numpy()[chosen],
        where=where,
        adult=adult,
        elder=no_date & children.any(adult_row),
        rows_disagree=rows_disagree,
        lists_disagree=lists_disagree & ~rows_disagree,
        registry_disagrees=~trusted & ~no_date & (where != 2) & (registry_where == "inside"),
    )


def _papers(given: Inputs, children: Groups, pupils: Groups, states: PaperStates, link: LinkFacts) -> PaperFacts:
    people, registry = sure(given.special_people), sure(given.special_registry)
    child_of = child_of_pupil(link, pupils)
    paper = np.concatenate([people[0], registry[0]])
    owner = np.concatenate([children.of[people[1]], child_of[pupils.of[registry[1]]]])
    kind, state = states.kind[paper], states.state[paper]
    attending = take(link.state == enrolment.ATTENDING, owner, False)
    good = papers.standing_of(kind, state)
    good = np.where(attending & (good == papers.ELSEWHERE), papers.SUSPENDED + 1, good)
    at = best(np.where(good < papers.USELESS, owner, -1), children.count, good, -states.last[paper], paper)

    def held(mask: Flags) -> Flags:
        found = np.zeros(children.count, dtype=np.bool_)
        found[owner[mask & (owner >= 0)]] = True
        return found

    valid = state == papers.VALID
    return PaperFacts(
        row=take(paper, at, -1),
        excused=held(valid & (kind == papers.EXCUSED)),
        elsewhere=held(valid & (kind == papers.ELSEWHERE)),
        suspended=held(valid & (kind == papers.SUSPENDED)),
        expired=held(state == papers.EXPIRED),
        undated=held(state == papers.UNDATED),
        not_yet=held(state == papers.NOT_YET),
        in_class=held(kind == papers.IN_CLASS),
        dead=held(states.dead[paper]),
    )


def abroad(rows: tuple[int, ...], children: Groups) -> Flags:
    """Which children are at school in another county: those of these list rows."""
    found = np.zeros(children.count, dtype=np.bool_)
    found[children.of[list(rows)]] = True
    return found


def child_of_pupil(link: LinkFacts, pupils: Groups) -> Ints:
    """The listed child that each pupil is linked to, -1 for those who stand on no list."""
    child = np.full(pupils.count, -1, dtype=np.int64)
    linked = np.flatnonzero(link.pupil >= 0)
    child[link.pupil[linked]] = linked
    return child


def sure(links: pd.DataFrame) -> tuple[Ints, NDArray[Any]]:
    """Left and right positions of the links that are beyond doubt."""
    sure = (links["band"] == "link").to_numpy()
    return links["left"].to_numpy()[sure], links["right"].to_numpy()[sure]

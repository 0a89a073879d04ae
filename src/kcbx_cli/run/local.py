"""The kernel on this machine: who is who between the lists, the registry, the special register and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.decide import ages
from kcbx_cli.errors import KcbxError
from kcbx_cli.parallel import shared_out
from kcbx_cli.problems import Problem, frame
from kcbx_cli.run.decided import settle
from kcbx_cli.settings import Settings
from kcbx_cli.tables import CASE_STATES, LINKS

Ints = npt.NDArray[np.int64]
#: Best first: the row of a child that is named.
_RANK = {"attending": 0, "suspended": 1, "alarm": 2, "left": 3}
#: Fewer rows than this are encoded sooner than another process is made.
_WORTH_A_PROCESS = 20_000
#: How many doubtful pairs of a child are put into words.
_SAID = ("review", "near")


@dataclass(frozen=True)
class Lists:
    """The frames (PEOPLE) that are matched; `known` are the people of the case ledger, `cases` where their cases stand.

    `answers` are pairs that a person has decided: left and right (digests, see `decide.pairs`), same (yes or no).
    `apart` are people (positions) who are nobody else's match: a name on a roll call and no more.
    """

    people: pd.DataFrame
    registry: pd.DataFrame
    special: pd.DataFrame
    known: pd.DataFrame
    cases: pd.DataFrame
    answers: pd.DataFrame | None = None
    apart: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Matched:
    """Who is who. `child` and `pupil` number the children of the list rows and of the registry rows.

    `links`, `special_people`, `special_registry` are LINKS; `cases` is CASE_STATES; `blocks` says how many pairs each
    blocking key made and which key values were left out. `minors` are the list rows that were matched; `context` holds
    their CONTEXT columns and those of the registry rows.
    """

    child: Ints
    pupil: Ints
    links: pd.DataFrame
    special_people: pd.DataFrame
    special_registry: pd.DataFrame
    cases: pd.DataFrame
    problems: pd.DataFrame
    blocks: pd.DataFrame
    model: match.Model
    minors: Ints
    context: tuple[pd.DataFrame, pd.DataFrame]


def match_month(lists: Lists, as_of: date, settings: Settings) -> Matched:
    """Match everyone who may be a child; adults of the household lists stay alone.

    Raises:
        KcbxError: the model file cannot be used.
    """
    model = load_model(settings)
    minors = np.setdiff1d(who_is_matched(lists.people, as_of, settings), lists.apart)
    young = lists.people.iloc[minors]
    rank: Ints = lists.registry["status_group"].map(_RANK).fillna(len(_RANK)).to_numpy().astype(np.int64)
    listed, registered, special = _prepared(young, lists.registry, lists.special)
    found = match.link(listed, registered, model, right_rank=rank)
    links = _links(found.links, minors)
    child = np.arange(len(lists.people), dtype=np.int64)
    child[minors] = minors[found.left_child]
    if lists.answers is not None:
        sized = model.for_rows(len(np.unique(found.right_child)))
        links = settle(links, (child, found.right_child), (lists.people, lists.registry), lists.answers, sized)
    on_list = match.link(special, listed, model, right_child=found.left_child)
    in_registry = match.link(
        special,
        registered,
        model,
        left_child=on_list.left_child,
        right_child=found.right_child,
        right_rank=rank,
    )
    return Matched(
        child=child,
        pupil=found.right_child,
        links=_in_words(links, found, (young, lists.registry), minors, model),
        special_people=_links(on_list.links, right=minors),
        special_registry=_links(in_registry.links),
        cases=_case_states(lists, (listed, registered), (minors, found), model),
        problems=_contradictions(found.contradictions, young, lists.registry),
        blocks=found.blocks,
        model=model,
        minors=minors,
        context=(found.left_context, found.right_context),
    )


def _prepared(*frames: pd.DataFrame) -> list[match.Prepared]:
    """The frames as the kernel takes them, by two processes where the second largest has rows enough."""

    def computed(frame: pd.DataFrame) -> tuple[match.Records, Ints]:
        made = match.prepare(frame)
        return made.records, made.household

    worth_it = sorted(map(len, frames))[-2] >= _WORTH_A_PROCESS
    made = shared_out([partial(computed, frame) for frame in frames], worth_it=worth_it)
    return [match.Prepared(frame, *one) for frame, one in zip(frames, made, strict=True)]


def who_is_matched(people: pd.DataFrame, as_of: date, settings: Settings) -> Ints:
    """The rows of everyone who may be a child."""
    return np.flatnonzero((ages(people, as_of, settings)["stage"] != "adult").to_numpy())


def load_model(settings: Settings) -> match.Model:
    """The model that the settings name, with the thresholds that follow from their costs.

    Raises:
        KcbxError: the model file cannot be used.
    """
    chosen = settings.matching
    try:
        return match.load_model(chosen.model or None).with_costs(chosen.cost_hidden, chosen.cost_review)
    except match.ModelError as error:
        raise KcbxError(
            f"比对模型「{chosen.model}」不能用:{error}", "请改设置 matching.model,或留空用自带的模型。", "bad_model"
        ) from error


def _links(links: pd.DataFrame, left: Ints | None = None, right: Ints | None = None) -> pd.DataFrame:
    """The kernel's links as LINKS; positions in a selection become positions in the whole frame."""
    columns = {name: links[name].to_numpy() for name in ("left", "right", "weight", "probability", "band", "rule")}
    if left is not None:
        columns["left"] = left[columns["left"]]
    if right is not None:
        columns["right"] = right[columns["right"]]
    return LINKS.frame(columns)


def _in_words(
    links: pd.DataFrame,
    found: match.Matching,
    frames: tuple[pd.DataFrame, pd.DataFrame],
    minors: Ints,
    model: match.Model,
) -> pd.DataFrame:
    """The links with a sentence for each doubtful pair."""
    at = np.flatnonzero(links["band"].isin(_SAID).to_numpy())
    i, j = np.searchsorted(minors, links["left"].to_numpy()[at]), links["right"].to_numpy()[at]
    left = with_context(frames[0], found.left_context, i)
    right = with_context(frames[1], found.right_context, j)
    said = links["sentence"].to_numpy(dtype=object).copy()
    said[at] = match.sentences(left, right, model)
    return links.assign(sentence=pd.Series(said, dtype=object))


def with_context(frame: pd.DataFrame, context: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """These rows of a frame as the kernel saw them."""
    parts = [part.iloc[rows].reset_index(drop=True) for part in (frame[[*match.RECORD]], context)]
    return pd.concat(parts, axis=1)


def _case_states(
    lists: Lists,
    prepared: tuple[match.Prepared, match.Prepared],
    outcome: tuple[Ints, match.Matching],
    model: match.Model,
) -> pd.DataFrame:
    """Each case with its child's list row, or registry row where no list has the child, if beyond doubt."""
    listed, registered = prepared
    minors, found = outcome
    known = lists.known
    person, pupil = np.full(len(known), -1, dtype=np.int64), np.full(len(known), -1, dtype=np.int64)
    if len(known):
        left, right = _sure(match.link(known, listed, model, right_child=found.left_child))
        person[left] = minors[right]
        left, right = _unchanged(known, lists.people.iloc[minors], found.left_child, (left, right))
        person[left] = minors[right]
    rest = np.flatnonzero(person < 0)
    if len(rest):
        left, right = _sure(match.link(known.iloc[rest], registered, model, right_child=found.right_child))
        pupil[rest[left]] = right
    stands = lists.cases.set_index("identity").loc[known["row"]] if len(known) else lists.cases
    same = {
        name: stands[name].to_numpy()
        for name in ("case_id", "disposition", "closes", "deceased", "in_force", "said_on", "absence")
    }
    return CASE_STATES.frame({"person": person, "registry": pupil, **same})


#: A row that says the same of all these is the row that a case was made from.
_STANDS = ("name", "birth", "id_pattern", "township", "village", "household")


def _unchanged(known: pd.DataFrame, young: pd.DataFrame, child: Ints, sure: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Cases that the kernel leaves open, for another row is as like their child, and the list row that stands as it was.

    `child` numbers the children of the rows; of a case and a child that are linked already (`sure`) neither is taken, nor
    is a row that two children have.
    """
    left = known[[*_STANDS]].assign(left=np.arange(len(known)))
    left = left[~left["left"].isin(sure[0]) & (left["name"] != "") & (left["household"] != "")]
    right = young[[*_STANDS]].assign(right=np.arange(len(young)), child=child)
    right = right[right["name"].isin(left["name"]) & ~right["child"].isin(child[sure[1]])]
    same = left.merge(right, on=[*_STANDS])
    same = same[same.groupby("left")["child"].transform("nunique") == 1].drop_duplicates("left")
    return same["left"].to_numpy(dtype=np.int64), same["right"].to_numpy(dtype=np.int64)


def _sure(found: match.Matching) -> tuple[Ints, Ints]:
    sure = found.links[found.links["band"] == "link"]
    return sure["left"].to_numpy(), sure["right"].to_numpy()


def _contradictions(pairs: pd.DataFrame, people: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """One number, two people: a problem of the list row, which names the registry row."""
    codes = {"number_of_another": "K301", "number_of_twin": "K302"}
    here, there = people.iloc[pairs["left"]], registry.iloc[pairs["right"]]
    columns = (pairs["reason"], here["file"], here["sheet"], here["row"], there["file"], there["row"])
    return frame(
        Problem(codes[reason], file, sheet, row, "id_number", f"学籍「{where}」第 {line} 行")
        for reason, file, sheet, row, where, line in zip(*(c.tolist() for c in columns), strict=True)
    )

"""Pairs that a person has decided, put into a month's links: yes links them, no parts them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.decide.pairs import digests
from kcbx_cli.tables import LINKS

Pairs = set[tuple[int, int]]


def settle(
    links: pd.DataFrame, owners: tuple[np.ndarray, np.ndarray], frames: tuple[pd.DataFrame, pd.DataFrame],
    answers: pd.DataFrame, model: match.Model,
) -> pd.DataFrame:  # fmt: skip
    """The LINKS as the answers have them.

    An answer holds for the child and the pupil of its rows for as long as these say what they said when it was given.
    A pupil of whom a person said yes is nobody else's any more. A child of whom a person said no is asked about the next
    candidate, if that one is doubtful too.

    Args:
        links: LINKS between people and registry.
        owners: the child of each list row, the pupil of each registry row.
        frames: the people and the registry (PEOPLE).
        answers: columns left, right (digests) and same (yes or no), at most one a pair.
        model: for as many pupils as there are.
    """
    if not len(answers) or not len(links):
        return links
    child, pupil = owners[0][links["left"].to_numpy()], owners[1][links["right"].to_numpy()]
    yes, no, rows = _pairs(answers, owners, frames, (set(child.tolist()), set(pupil.tolist())))
    links = links.assign(child=child, pupil=pupil)
    asked = {c for c, _ in no}
    links = links[[pair not in no for pair in zip(links["child"], links["pupil"], strict=True)]].reset_index(drop=True)
    links = _joined(links, yes, rows)
    return LINKS.concat([_asked_again(links, asked, model.review)[LINKS.names]])


def _pairs(
    answers: pd.DataFrame, owners: tuple[np.ndarray, np.ndarray], frames: tuple[pd.DataFrame, pd.DataFrame],
    concerned: tuple[set[int], set[int]],
) -> tuple[Pairs, Pairs, dict[tuple[int, int], tuple[list[int], int]]]:  # fmt: skip
    """Pairs (child, pupil) that were answered yes and no, and the list rows and registry row of each.

    A pair that has both answers, through different rows, is as the kernel has it.
    """
    found: list[dict[str, list[int]]] = []
    for owner, frame, wanted in zip(owners, frames, concerned, strict=True):
        at = np.flatnonzero(np.isin(owner, sorted(wanted)))
        places: dict[str, list[int]] = {}
        for digest, row in zip(digests(frame.iloc[at]), at.tolist(), strict=True):
            places.setdefault(digest, []).append(row)
        found.append(places)
    said: dict[str, Pairs] = {"yes": set(), "no": set()}
    rows: dict[tuple[int, int], tuple[list[int], int]] = {}
    for left, right, same in zip(answers["left"], answers["right"], answers["same"], strict=True):
        for i in found[0].get(left, []):
            for j in found[1].get(right, []):
                pair = (int(owners[0][i]), int(owners[1][j]))
                said[same].add(pair)
                rows.setdefault(pair, ([], j))[0].append(i)
    return said["yes"] - said["no"], said["no"] - said["yes"], rows


def _joined(links: pd.DataFrame, yes: Pairs, rows: dict[tuple[int, int], tuple[list[int], int]]) -> pd.DataFrame:
    """Pairs that were answered yes become links; what else their children and pupils had becomes a near-match."""
    if not yes:
        return links
    pairs = list(zip(links["child"], links["pupil"], strict=True))
    mine = np.array([pair in yes for pair in pairs])
    children, pupils = {c for c, _ in yes}, {p for _, p in yes}
    other = ~mine & np.array([c in children or p in pupils for c, p in pairs])
    links.loc[other, "band"] = "near"
    links.loc[other, "rule"] = "taken"
    links.loc[mine, "band"] = "link"
    links.loc[mine, "rule"] = "decided"
    links.loc[mine, "probability"] = 1.0
    there = set(pairs)
    added = [
        {"left": i, "right": rows[pair][1], "weight": 0.0, "probability": 1.0, "band": "link", "rule": "decided",
         "sentence": "", "child": pair[0], "pupil": pair[1]}
        for pair in sorted(yes - there) for i in rows[pair][0]
    ]  # fmt: skip
    return pd.concat([links, pd.DataFrame(added)], ignore_index=True) if added else links


def _asked_again(links: pd.DataFrame, asked: set[int], review: float) -> pd.DataFrame:
    """A child who lost its candidate is asked about the next one: doubtful itself, and nobody else's."""
    chosen = links["band"] != "near"
    settled, taken = set(links.loc[chosen, "child"]), set(links.loc[links["band"] == "link", "pupil"])
    free = ~chosen & links["child"].isin(asked - settled) & ~links["pupil"].isin(taken) & (links["weight"] >= review)
    best = links[free].sort_values(["child", "weight", "right"], ascending=[True, False, True]).drop_duplicates("child")
    next_one = set(zip(best["child"], best["pupil"], strict=True))
    again = np.array([pair in next_one for pair in zip(links["child"], links["pupil"], strict=True)], dtype=bool)
    links.loc[again & free.to_numpy(), "band"] = "review"
    return links

"""Children who were written into a sheet by hand: who of them is one child, and who has a case already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.run.local import Ints, load_model
from kcbx_cli.settings import Settings


@dataclass(frozen=True)
class Recognised:
    """By row: the number of the child, and the position among the known people of the case that is surely the child's,
    or that may be; -1 for none.
    """

    child: Ints
    sure: Ints
    doubtful: Ints


def recognise(written: pd.DataFrame, known: pd.DataFrame, settings: Settings) -> Recognised:
    """Match PEOPLE who were written in by hand against the people of the ledger, by the same kernel as the lists.

    A row by hand says little, often no more than a name and a birth date. So two of them are one child, and a row is
    surely a known one's, only where the very name or the valid ID number agrees too: of two children who are taken for
    one, one is lost, while of one child who has two cases one is struck off.

    Raises:
        KcbxError: the model file cannot be used.
    """
    model = load_model(settings)
    none = np.full(len(written), -1, dtype=np.int64)
    child = _split(match.group(written, model), written)
    sure, doubtful = none.copy(), none.copy()
    if len(known):
        links = match.link(written, known, model, left_child=child).links
        for band, at in (("link", sure), ("review", doubtful)):
            chosen = links[links["band"] == band]
            at[chosen["left"].to_numpy()] = chosen["right"].to_numpy()
    names, told = written["name"].to_numpy(), _numbers(written)
    held = _numbers(known)
    there = [{n, f} - {""} for n, f in zip(known["name"], known["former_name"], strict=True)]
    for n, row in enumerate(sure.tolist()):
        if row >= 0 and names[n] not in there[row] and (not told[n] or told[n] != held[row]):
            sure[n], doubtful[n] = -1, row
    return Recognised(child, sure, doubtful)


def _numbers(people: pd.DataFrame) -> list[str]:
    """The valid ID number of each, empty for none."""
    return list(people["id_pattern"].where(people["id_state"] == "valid", ""))


def _split(child: Ints, written: pd.DataFrame) -> Ints:
    """The children, with rows of another name and without a common ID number set apart; a child's number is its first row."""
    first: dict[tuple[int, str], int] = {}
    out: Ints = child.copy()
    for at, (group, name, number) in enumerate(zip(child.tolist(), written["name"], _numbers(written), strict=True)):
        keys = [(group, f"name {name}"), *([(group, f"number {number}")] if number else [])]
        mine = min((first[key] for key in keys if key in first), default=at)
        out[at] = mine
        for key in keys:
            first.setdefault(key, mine)
    return out

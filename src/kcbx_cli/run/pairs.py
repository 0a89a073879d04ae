"""Single pairs looked at again: their weights, their explanation, and what a person has said of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli import match
from kcbx_cli.decide import ages
from kcbx_cli.run.local import Ints, Matched, with_context
from kcbx_cli.settings import Settings


def seen(matched: Matched, people: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """List rows as the kernel saw them; `rows` are positions in `people`, all among those that were matched."""
    young = people.iloc[matched.minors]
    return with_context(young, matched.context[0], np.searchsorted(matched.minors, rows))


def sized(matched: Matched) -> match.Model:
    """The model for as many pupils as there are."""
    return matched.model.for_rows(len(np.unique(matched.pupil)))


def weights(matched: Matched, people: pd.DataFrame, registry: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """`match.score_block` of each pair (columns left, right), by itself, before other candidates compete."""
    left = seen(matched, people, pairs["left"].to_numpy())
    right = with_context(registry, matched.context[1], pairs["right"].to_numpy())
    return match.score_block(left, right, sized(matched))


def explain(
    matched: Matched, people: pd.DataFrame, registry: pd.DataFrame, pair: tuple[int, int], names: tuple[str, str] | None
) -> match.Explanation:
    """Why one pair weighs what it weighs. `names` stand in for the true ones in the words, not in the weights."""
    left = seen(matched, people, np.array([pair[0]])).iloc[0]
    right = with_context(registry, matched.context[1], np.array([pair[1]])).iloc[0]
    return match.explain(left, right, sized(matched), names)


def with_itself(matched: Matched, people: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The weight of each matched row beside a registry row that would say the very same."""
    mine = seen(matched, people, matched.minors)
    found: npt.NDArray[np.float64] = match.score_block(mine, mine, sized(matched))["weight"].to_numpy()
    return found


def decided(
    answers: pd.DataFrame, people: pd.DataFrame, registry: pd.DataFrame, digests: tuple[list[str], list[str]]
) -> pd.DataFrame:
    """Pairs of rows (left, right, same: bool) that a person has decided; `digests` are those of either frame's rows.

    An answer holds for every row that says the same; answers about rows that stand on no list are left out.
    """
    said = answers[["left", "right", "same"]]
    here = pd.DataFrame({"left": pd.Series(digests[0], dtype=object), "i": np.arange(len(people))})
    there = pd.DataFrame({"right": pd.Series(digests[1], dtype=object), "j": np.arange(len(registry))})
    joined = said.merge(here, on="left").merge(there, on="right")
    return pd.DataFrame(
        {
            "left": joined["i"].to_numpy(dtype=np.int64),
            "right": joined["j"].to_numpy(dtype=np.int64),
            "same": (joined["same"] == "yes").to_numpy(dtype=bool),
        }
    )


def of_school_age(people: pd.DataFrame, as_of: date, settings: Settings) -> npt.NDArray[np.bool_]:
    """Which rows are those of children of school age, as far as dates tell."""
    inside: npt.NDArray[np.bool_] = (ages(people, as_of, settings)["window"] == "inside").to_numpy(dtype=bool)
    return inside

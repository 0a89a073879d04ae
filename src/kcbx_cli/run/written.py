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

    Raises:
        KcbxError: the model file cannot be used.
    """
    model = load_model(settings)
    none = np.full(len(written), -1, dtype=np.int64)
    child = match.group(written, model)
    sure, doubtful = none.copy(), none.copy()
    if len(known):
        links = match.link(written, known, model, left_child=child).links
        for band, at in (("link", sure), ("review", doubtful)):
            chosen = links[links["band"] == band]
            at[chosen["left"].to_numpy()] = chosen["right"].to_numpy()
    return Recognised(child, sure, doubtful)

"""What a person has decided of pairs, for the lists at hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kcbx_cli.intake import Intake
from kcbx_cli.ledger import digests, open_ledger
from kcbx_cli.run import pairs


def decided_pairs(ledger: Path | None, lists: Intake) -> pd.DataFrame:
    """The pairs of rows (left, right, same) that were decided in 待人工比对; none without a ledger.

    Raises:
        KcbxError: the ledger is not there, or is none.
    """
    none = pd.DataFrame({"left": [], "right": [], "same": []}).astype({"left": "int64", "right": "int64", "same": bool})
    if ledger is None:
        return none
    with open_ledger(ledger, create=False, readonly=True) as book:
        answers = book.answers()
    if answers.empty:
        return none
    both = digests(lists.people), digests(lists.registry)
    return pairs.decided(answers, lists.people, lists.registry, both)

"""A model learnt from a month's own lists, on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.errors import KcbxError
from kcbx_cli.run.local import who_is_matched
from kcbx_cli.settings import Settings


def learn(
    people: pd.DataFrame, registry: pd.DataFrame, decided: pd.DataFrame, as_of: date, settings: Settings
) -> match.Estimate:
    """The model of these lists, starting from the one that ships; `decided` as `pairs.decided` gives it.

    Raises:
        KcbxError: the lists have nothing in common, so that nothing can be learnt.
    """
    minors = who_is_matched(people, as_of, settings)
    at = np.searchsorted(minors, decided["left"].to_numpy())
    inside = (at < len(minors)) & (minors[at.clip(0, max(len(minors) - 1, 0))] == decided["left"].to_numpy())
    labels = decided[inside].assign(left=at[inside])
    try:
        return match.estimate(people.iloc[minors], registry, match.load_model(), labels)
    except ValueError as error:
        raise KcbxError(
            "这些名单学不出模型:名单和学籍里没有像同一个孩子的记录",
            "请检查是不是同一个县、同一个月的名单;名单太少时请用自带的模型。",
            "nothing_to_learn",
        ) from error


def model_file(learnt: match.Estimate, provenance: Mapping[str, Any]) -> bytes:
    """The model file, read back once to be sure that it can be used.

    Raises:
        KcbxError: the estimate makes no model.
    """
    text = match.model_text(match.to_body(learnt.model, provenance))
    try:
        match.build_model(json.loads(text))
    except match.ModelError as error:
        raise KcbxError(f"学出的模型不能用:{error}", "请把这一行报给维护人员;不要附上名单。", "bad_model") from error
    return text.encode("utf-8")

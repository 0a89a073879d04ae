"""Pupils whom several children claim across county borders: whose they are, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.run.borders import ABROAD, Missed, across, everyone, without_names
from kcbx_cli.run.plain import Flags, plainly_one

#: A child of a county, and the pupil (row of a registry) that it claims.
_CLAIM = ["county", "child", "there", "pupil"]


def contested(claims: pd.DataFrame) -> Flags:
    """Which rows of ABROAD claim a pupil whom another child claims as well, be it in another registry."""
    several = claims.groupby("identity")[["county", "child"]].transform("nunique").max(axis=1)
    found: Flags = (several > 1).to_numpy(dtype=np.bool_)
    return found


def together(
    claims: pd.DataFrame, missing: Mapping[int, Missed], pupil: pd.DataFrame, count: int, model: match.Model
) -> pd.DataFrame:
    """The claims (ABROAD) of several children on one pupil, decided in one go. None becomes surer.

    `missing` holds, by number, the missed of at least the counties that claim; `pupil` (from `borders.chosen`) the rows
    of registries that are claimed. Only children who are plainly one child are linked to one pupil together.
    """
    county = claims["county"].to_numpy(dtype=np.int64)
    persons = {n: claims["person"].to_numpy()[county == n] for n in np.unique(county).tolist()}
    people = everyone({n: missing[n].of(rows) for n, rows in persons.items()})
    who = ["county", "person"]
    anew = across(people, pupil, count, model)[[*who, "probability", "band"]]
    found = claims.merge(anew, on=who, how="left", suffixes=("", "_anew"))
    sure = (found["band"] == "link").to_numpy() & (found["band_anew"] == "link").to_numpy()
    mine = people.set_index(["county", "position"]).loc[pd.MultiIndex.from_frame(found[who])]
    theirs = pupil.set_index(["there", "pupil"]).loc[pd.MultiIndex.from_frame(found[["there", "pupil"]])]
    stays = _one_child(found, (mine, theirs), sure, model)
    doubt = np.where(found["doubt"] != "", found["doubt"], "taken")
    found["doubt"] = pd.Series(np.where(stays, "", doubt), dtype=object)
    found["band"] = pd.Series(np.where(stays, "link", "review"), dtype=object)
    names = zip(found["sentence"], mine["name"], theirs["name"], stays, strict=True)
    found["sentence"] = [words if kept else without_names(words, a, b) for words, a, b, kept in names]
    found["probability"] = found[["probability", "probability_anew"]].min(axis=1)
    return found[ABROAD.names]


def still_asked(found: pd.DataFrame) -> pd.DataFrame:
    """ABROAD of one county without the doubts about children who are found."""
    linked = (found["band"] == "link").to_numpy()
    return found[linked | ~found["child"].isin(found.loc[linked, "child"])]


def _one_child(found: pd.DataFrame, rows: tuple[pd.DataFrame, pd.DataFrame], sure: Flags, model: match.Model) -> Flags:
    """Which of the sure claims stay: those of children who are plainly the pupil, or plainly one child with such.

    Where none is plainly the pupil all stay if they are plainly one child, and none does if they are not. Rows that are
    one child stay together.
    """
    mine, theirs = rows
    if found.loc[sure, ["county", "child"]].drop_duplicates().shape[0] < 2:
        return sure
    plain = sure & plainly_one(mine, theirs, model)
    surest = np.lexsort((found["person"], found["county"], -found["probability"], ~sure))[:1]
    anchors = np.flatnonzero(plain) if plain.any() else surest
    a, b = (grid.ravel() for grid in np.meshgrid(np.flatnonzero(sure), anchors))
    same = (a == b) | plainly_one(mine.iloc[a], mine.iloc[b], model)
    joined = plain.copy()
    joined[a[same]] = True
    stays: Flags = sure & found.assign(joined=joined).groupby(_CLAIM)["joined"].transform("any").to_numpy()
    return stays if plain.any() or stays[sure].all() else np.zeros_like(sure)

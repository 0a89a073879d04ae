"""What a county gives up for the pass across borders, as a file that a later run may take up: arrays, and no code in them.

Texts of a column are one run of UTF-8 with the length of each.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import Leads
from kcbx_cli.run.borders import Ints, Missed, Offered

Arrays = Mapping[str, npt.NDArray[Any]]


def save(folder: Path, missed: Missed, offered: Offered) -> None:
    """Both of a county, in a folder for the owner alone."""
    leads = offered.leads
    keys = {f"key {n}.{part}": v for n, both in leads.keys.items() for part, v in zip("rv", both, strict=True)}
    narrow = {f"narrow {kind}.{n}": v for kind, columns in leads.narrow.items() for n, v in enumerate(columns)}
    of_people = {"person": missed.person, "wanted": missed.wanted, "child": missed.child}
    _write(folder / "missed.npz", missed.frame, of_people)
    _write(folder / "offered.npz", offered.frame, {"pupils": np.array(offered.pupils), **keys, **narrow})


def load(folder: Path) -> tuple[Missed, Offered]:
    """What was saved.

    Raises:
        OSError, ValueError, KeyError: a file is not there, or not whole.
    """
    frame, more = _read(folder / "missed.npz")
    missed = Missed(frame, more["person"], more["wanted"], more["child"])
    frame, more = _read(folder / "offered.npz")
    keys: dict[str, list[Ints]] = {}
    narrow: dict[str, list[Ints]] = {}
    for label, values in more.items():
        what, _, name = label.partition(" ")
        if name:
            (keys if what == "key" else narrow).setdefault(name.rsplit(".", 1)[0], []).append(values)
    leads = Leads(len(frame), {name: (both[0], both[1]) for name, both in keys.items()}, narrow)
    return missed, Offered(frame, leads, int(more["pupils"]))


def _write(path: Path, frame: pd.DataFrame, more: Arrays) -> None:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name in frame:
        column = frame[name].to_numpy()
        if column.dtype == object:
            texts = column.tolist()
            arrays[f"text {name}"] = np.frombuffer("".join(texts).encode("utf-8", "surrogatepass"), dtype=np.uint8)
            arrays[f"long {name}"] = np.fromiter(map(len, texts), dtype=np.int32, count=len(texts))
        else:
            arrays[f"plain {name}"] = column
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        named: dict[str, Any] = arrays | {f"more {name}": values for name, values in more.items()}
        np.savez(file, **named)


def _read(path: Path) -> tuple[pd.DataFrame, dict[str, npt.NDArray[Any]]]:
    columns: dict[str, Any] = {}
    more = {}
    with np.load(path, allow_pickle=False) as arrays:
        for label in arrays.files:
            kind, name = label.split(" ", 1)
            if kind == "text":
                columns[name] = _texts(arrays[label], arrays[f"long {name}"])
            elif kind == "plain":
                columns[name] = arrays[label]
            elif kind == "more":
                more[name] = arrays[label]
    return pd.DataFrame(columns), more


def _texts(joined: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32]) -> Any:
    whole = joined.tobytes().decode("utf-8", "surrogatepass")
    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    if len(whole) != (ends[-1] if ends else 0):
        raise ValueError("texts and lengths differ")
    return pd.Series([whole[a:b] for a, b in zip([0, *ends], ends, strict=False)], dtype=object)

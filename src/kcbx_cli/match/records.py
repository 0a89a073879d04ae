"""People as arrays: what is compared, computed once for each record instead of once for each pair.

Records come as frames with the columns of RECORD (those that a list does not have may be left out). CONTEXT columns
say what a record cannot know by itself: how frequent its name is, whether the child has a listed twin. `context.py`
fills them; without them the model's priors are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kcbx_cli.match import dates, numbers
from kcbx_cli.match import names as name_room

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Tokens = npt.NDArray[np.uint64]
Texts = npt.NDArray[np.object_]

#: The columns of a record. Text is `str` with "" for missing; dates are yyyymmdd with 0 for missing.
RECORD = (
    "name", "former_name", "sex", "id_pattern", "birth", "township", "village", "registry_number", "file", "household",
    "head_name", "guardian_name", "phone", "family_names", "family_ids",
)  # fmt: skip
#: What depends on the other records, with the value that stands for "not known".
CONTEXT: Mapping[str, float | bool | str] = {
    "name_share": 0.0,
    "sound_share": 0.0,
    "fuzzy_share": 0.0,
    "surname_share": 0.0,
    "family": 0,
    "id_shared": False,
    "kin_names": "",
    "kin_ids": "",
    "kin_phones": "",
}
SHARES = ("name_share", "sound_share", "fuzzy_share", "surname_share")
_NAMES, _IDS, _PHONES = 7, 5, 5


@dataclass(frozen=True)
class Records:
    """Encoded records, n of them. Token matrices are [n, width] with 0 for none."""

    codes: name_room.NameCodes
    keys: Mapping[str, Ints]
    name: Ints
    former: Ints
    shares: Floats
    digits: numbers.Digits
    valid: Flags
    shared: Flags
    number: Ints
    column_birth: Ints
    id_birth: Ints
    birth: Ints
    lunar: tuple[Ints, Ints]
    sex: Ints
    township: Tokens
    village: Tokens
    village_text: Texts
    family_names: Tokens
    family_ids: Tokens
    phones: Tokens
    own_token: Tokens
    registry: Tokens
    registry_body: Ints
    family: npt.NDArray[np.int8]
    stand_in: Flags

    def __len__(self) -> int:
        return len(self.name)

    def without_spare_names(self) -> Records:
        """The same records without those distinct names that none of them bears."""
        borne, at = np.unique(np.concatenate([self.name, self.former]), return_inverse=True)
        unnamed = int(borne[:1].tolist() == [-1])
        kept, at = borne[unnamed:], at - unnamed
        keys = {name: values[kept] for name, values in self.keys.items()}
        return replace(self, codes=self.codes.take(kept), keys=keys, name=at[: len(self)], former=at[len(self) :])

    def take(self, rows: Ints) -> Records:
        """Some of the records, in this order; the distinct names stay."""
        whole = ("codes", "keys")
        chosen = {f: getattr(self, f)[rows] for f in self.__dataclass_fields__ if f not in (*whole, "lunar")}
        return replace(self, lunar=(self.lunar[0][rows], self.lunar[1][rows]), **chosen)


def text(frame: pd.DataFrame, column: str) -> Texts:
    """A text column of a frame as an object array; blank where the frame has no such column."""
    if column in frame:
        values: Texts = frame[column].to_numpy(dtype=object)
        return values
    blank: Texts = np.full(len(frame), "", dtype=object)
    return blank


def ints(frame: pd.DataFrame, column: str) -> Ints:
    """A date column of a frame; zeros where the frame has no such column."""
    return frame[column].to_numpy(dtype=np.int64) if column in frame else np.zeros(len(frame), dtype=np.int64)


def tokens(texts: Texts, separator: str, width: int) -> Tokens:
    """The parts of each text as numbers that are the same wherever the part is the same; at most `width`, each once."""
    matrix = np.zeros((len(texts), width), dtype=np.uint64)
    flat = np.array(f"{separator}\x1e{separator}".join(texts).split(separator), dtype=object)
    row_ends = flat == "\x1e"
    part = np.flatnonzero((flat != "") & ~row_ends) if len(texts) else np.zeros(0, dtype=np.int64)
    if not len(part):
        return matrix
    rows = np.cumsum(row_ends)[part]
    starts = np.r_[True, rows[1:] != rows[:-1]]
    column = np.arange(len(rows)) - np.maximum.accumulate(np.where(starts, np.arange(len(rows)), 0))
    fit = column < width
    matrix[rows[fit], column[fit]] = pd.util.hash_array(flat[part[fit]], categorize=False)
    for k in range(1, width):
        matrix[(matrix[:, :k] == matrix[:, k : k + 1]).any(axis=1), k] = 0
    return matrix


def token(texts: Texts) -> Tokens:
    """Each text as a number, 0 for none."""
    codes, distinct = pd.factorize(texts)
    values = np.where(distinct == "", 0, pd.util.hash_array(np.asarray(distinct, dtype=object), categorize=False))
    found: Tokens = values[codes].astype(np.uint64) if len(texts) else np.zeros(0, dtype=np.uint64)
    return found


def joined(*columns: Texts, separator: str = "|") -> Texts:
    """Several text columns as one, their parts separated; columns that are blank throughout add nothing."""
    filled = [c for c in columns if (c != "").any()]
    if len(filled) < 2:
        return filled[0] if filled else columns[0]
    out: Texts = np.empty(len(filled[0]), dtype=object)
    out[:] = [separator.join(parts) for parts in zip(*filled, strict=True)]
    return out


def encode(frame: pd.DataFrame) -> Records:
    """The records of a frame as arrays. Everything in them depends on each row alone and on its CONTEXT columns."""
    name_text = text(frame, "name")
    number_of, distinct = pd.factorize(np.concatenate([name_text, text(frame, "former_name")]))
    distinct = np.asarray(distinct, dtype=object)
    codes = name_room.encode(distinct)
    absent = distinct == ""
    name, former = number_of[: len(frame)].astype(np.int64), number_of[len(frame) :].astype(np.int64)
    keys = {k: np.where(absent, 0, _key(v)) for k, v in name_room.block_keys(codes).items()}

    bodies = _bodies(frame)
    own, valid, id_birth, stand_in = _own_numbers(frame, *bodies)
    column_birth = ints(frame, "birth")
    family_ids = tokens(joined(text(frame, "family_ids"), text(frame, "kin_ids")), "|", _IDS)
    patterns = text(frame, "id_pattern")
    return Records(
        codes=codes,
        keys=keys,
        name=np.where(absent[name], -1, name),
        former=np.where(absent[former], -1, former),
        shares=_shares(frame),
        digits=own,
        valid=valid,
        shared=frame["id_shared"].to_numpy(dtype=bool) if "id_shared" in frame else np.zeros(len(frame), dtype=bool),
        number=numbers.packed(own, valid, list(range(18))),
        column_birth=column_birth,
        id_birth=id_birth,
        birth=np.where(column_birth > 0, column_birth, id_birth),
        lunar=dates.as_lunar(np.where(column_birth > 0, column_birth, id_birth)),
        sex=_sexes(text(frame, "sex"), own, valid),
        township=_places(text(frame, "township"), "乡镇街道办事处"),
        village=_places(text(frame, "village"), "村民居委员会社区"),
        village_text=text(frame, "village"),
        family_names=tokens(
            joined(
                text(frame, "family_names"),
                text(frame, "head_name"),
                text(frame, "guardian_name"),
                text(frame, "kin_names"),
            ),
            "|",
            _NAMES,
        ),
        family_ids=family_ids,
        phones=tokens(joined(text(frame, "phone"), text(frame, "kin_phones"), separator="、"), "、", _PHONES),
        own_token=token(patterns),
        registry=token(text(frame, "registry_number")),
        registry_body=numbers.packed(*bodies, list(range(18))),
        family=frame["family"].to_numpy(dtype=np.int8) if "family" in frame else np.zeros(len(frame), dtype=np.int8),
        stand_in=stand_in,
    )


def _key(values: Ints) -> Ints:
    """Keys of names with 0 for none (there: -1)."""
    return np.where(values == -1, 0, np.where(values == 0, -1, values)).astype(np.int64)


def _own_numbers(frame: pd.DataFrame, bodies: numbers.Digits, good: Flags) -> tuple[numbers.Digits, Flags, Ints, Flags]:
    """Each record's own ID number: its digits, whether it is valid, the date inside it, whether it is a stand-in.

    Where the list has none, the body of a G registry number (`bodies`, where `good`) stands in; L and J numbers are no ID numbers. Where the list
    has a damaged one that the body of the G number agrees with but for one slip, the body is read in its place.
    """
    own = numbers.digits(text(frame, "id_pattern"))
    absent = (own == numbers.UNKNOWN).all(axis=1)
    stand_in = absent & good
    same = good & ~absent & ~numbers.checked(own) & numbers.but_one(own, bodies)
    own = np.where((stand_in | same)[:, None], bodies, own)
    return own, numbers.checked(own), numbers.birth(own), stand_in


def _bodies(frame: pd.DataFrame) -> tuple[numbers.Digits, Flags]:
    """The numbers inside the registry numbers, and which of them are G numbers with a valid body."""
    registry = text(frame, "registry_number")
    bodies = numbers.digits(registry, start=1)
    lettered = np.array([t[:1] == "G" for t in registry], dtype=bool)
    return bodies, lettered & numbers.checked(bodies)


def _sexes(column: Texts, own: numbers.Digits, valid: Flags) -> Ints:
    """1 male, 2 female, 0 not known: from the column, else from a valid number's seventeenth digit."""
    said = np.where(column == "男", 1, np.where(column == "女", 2, 0))
    in_number = np.where(valid, 2 - own[:, 16].astype(np.int64) % 2, 0)
    return np.where(said > 0, said, in_number).astype(np.int64)


def _places(column: Texts, endings: str) -> Tokens:
    """Places as tokens, without the words for what kind of place they are."""
    codes, distinct = pd.factorize(column)
    bare: Texts = np.array([t.rstrip(endings) or t for t in distinct], dtype=object)
    return token(bare)[codes] if len(distinct) else np.zeros(0, dtype=np.uint64)


def _shares(frame: pd.DataFrame) -> Floats:
    """How frequent each name, its sound, its fuzzy sound and its surname are, from CONTEXT; 0 where not known."""
    columns = [frame[c].to_numpy(dtype=np.float64) if c in frame else np.zeros(len(frame)) for c in SHARES]
    return np.stack(columns, axis=1)

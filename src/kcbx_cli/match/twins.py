"""Children of one list who have a twin on it: the twin's registry row is the likeliest wrong answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kcbx_cli.match import names as name_room
from kcbx_cli.match.block import join
from kcbx_cli.match.keys import Key
from kcbx_cli.match.model import ALONE, SIBLINGS, TWIN, UNKNOWN, Model
from kcbx_cli.match.records import Flags, Floats, Ints, Records
from kcbx_cli.match.score import compare_names

_LEVELS = name_room.LEVELS
#: From these levels on two names are those of two children: within a household of one list, and elsewhere, where one
#: name may have been written twice.
_OTHER_SPELLING, _OTHER_NAME = _LEVELS.index("same_sound"), _LEVELS.index("one_different")


def with_family(records: Records, household: Ints, child: Ints, model: Model) -> tuple[Records, tuple[Ints, Ints]]:
    """The records with `family` set to what is known of the child's family, and the pairs of twins' rows.

    A twin is another child of the same family with the same birth date, or the same date in a valid number, and another
    name. A family is a household of the
    list (`household` numbers them, 0 for none), or people who share an adult's ID number or a telephone number. A
    household that is listed with an adult or another child is taken to be listed whole: who is not in it is no brother
    and no twin of those who are, whatever telephone they share, and whoever shares it belongs to that household.
    """
    state = np.full(len(records), UNKNOWN, dtype=np.int8)
    rows = np.arange(len(records))
    i, j = join(Key("household", rows, household, rows, household), [])
    state[(household != 0) & (records.family_names[:, 0] > 0)] = ALONE
    state[i[child[i] != child[j]]] = SIBLINGS
    families = (
        (household[:, None], _OTHER_SPELLING),
        (records.family_ids.astype(np.int64), _OTHER_NAME),
        (records.phones.astype(np.int64), _OTHER_NAME),
    )
    pairs: list[tuple[Ints, Ints]] = []
    for tokens, least in families:
        rows, value = _born(records, tokens)
        i, j = join(Key("twins", rows, value, rows, value), [])
        i, j = i[child[i] != child[j]], j[child[i] != child[j]]
        level = compare_names(records, records, records.name[i], records.name[j], model)
        other = (level >= least) & (level < len(_LEVELS) - 1)
        whole = (household[j] != 0) & (state[j] != UNKNOWN) & (household[i] != household[j])
        outside = i[other & whole & (household[i] == 0)]
        state[outside] = np.maximum(state[outside], SIBLINGS)
        other &= ~whole & ((household[i] == 0) | (household[i] == household[j]))
        state[i[other]] = TWIN
        pairs.append((i[other], j[other]))
    return replace(records, family=state), (
        np.concatenate([p[0] for p in pairs]),
        np.concatenate([p[1] for p in pairs]),
    )


def _born(records: Records, tokens: Ints) -> tuple[Ints, Ints]:
    """Rows with a key for each of their families [row, family] and birth dates: that of the column, that of the number."""
    rows, values = [], []
    inside = np.where(records.valid & (records.id_birth != records.birth), records.id_birth, 0)
    for dates in (records.birth, inside):
        at, column = np.nonzero((tokens != 0) & (dates > 0)[:, None])
        rows.append(at.astype(np.int64))
        values.append(tokens[at, column] * np.int64(1000003) ^ dates[at])
    return np.concatenate(rows), np.concatenate(values)


def lifted(
    edges: tuple[Ints, Ints, Floats],
    side: Ints,
    unlisted: Floats,
    taken: Flags,
    twins: tuple[Ints, Ints],
    model: Model,
) -> Floats:
    """The weights of edges (left child, right child, weight), higher where the twin is accounted for elsewhere.

    That a row is the twin's is no longer a likely explanation once every listed twin of the child has a row of its own:
    what remains is that the row is the twin's second registration (`model.doubled`), and for that the row has to agree
    with the twin about as well as with the child. `unlisted` are the weights if no twin were listed, `taken` the edges
    that the assignment took, `twins` pairs of left children. Those who count as one (`side`, by edge) are no twins.
    """
    left, right, weight = edges
    one = dict(zip(left.tolist(), side.tolist(), strict=True))
    partners: dict[int, set[int]] = {}
    for a, b in zip(twins[0].tolist(), twins[1].tolist(), strict=True):
        partners.setdefault(a, set()).update({b} if one.get(a, a) != one.get(b, b) else ())
    at = np.flatnonzero(np.isin(left, twins[0]))
    among = list(zip(left[at].tolist(), right[at].tolist(), weight[at].tolist(), taken[at].tolist(), strict=True))
    claim = {(a, r): w for a, r, w, _ in among}
    row = {a: r for a, r, _, t in among if t}
    out = weight.copy()
    for k, (a, r, w, _) in zip(at.tolist(), among, strict=True):
        if not partners[a]:
            out[k] = unlisted[k]
        elif all(row.get(b, r) != r for b in partners[a]):
            rival = max(claim.get((b, r), model.near) for b in partners[a])
            out[k] = max(w, min(float(unlisted[k]), w - rival - float(np.log2(model.doubled))))
    return out

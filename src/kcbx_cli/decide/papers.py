"""The special register: what a paper allows, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kcbx_cli.decide.dates import Flags, Ints, earliest, later, latest, number
from kcbx_cli.decide.words import by_value
from kcbx_cli.settings import Papers, Settings

EXCUSED, ELSEWHERE, SUSPENDED, IN_CLASS, UNKNOWN = range(5)
VALID, EXPIRED, UNDATED, NOT_YET, NO_EXCUSE = range(5)
USELESS = 9
#: Categories that may be granted for a year at most; the others rest on an assessment and have no term of their own.
_LIMITED = ("缓学", "延缓入学", "休学")
_IN_CLASS = "随班就读"
_DEATH = "死亡"
_FOREVER = 99991231


@dataclass(frozen=True)
class PaperStates:
    """One entry for each row of the special register.

    `kind` is EXCUSED … UNKNOWN, `state` VALID … NO_EXCUSE (随班就读 and unknown categories excuse nobody), `last` the
    last day of validity (to be compared, 00 being the day before the first; 99991231 for no end, 0 for undated), `dead` whether the register says 死亡.
    """

    kind: Ints
    state: Ints
    last: Ints
    dead: Flags


def paper_kind(category: str, rule: Papers) -> int:
    """What a 类别 of the special register allows; 随班就读 is being in class and excuses nobody.

    Compulsory Education Law, art. 11 (缓学, 延缓入学) and 14; for 送教上门 the ministry's rules on disabled children.
    The configured word that equals the category decides, else the longest that occurs in it.
    """
    words = {w: EXCUSED for w in rule.excused} | {w: ELSEWHERE for w in rule.elsewhere}
    words |= {w: SUSPENDED for w in rule.suspended} | {_IN_CLASS: IN_CLASS}
    found = [w for w in words if w and w in category]
    return words[max(found, key=len)] if found else UNKNOWN


def is_limited(category: str, rule: Papers) -> bool:
    """Does a paper of this category end by itself when no date of expiry is written?"""
    return any(w in category for w in (*_LIMITED, *rule.suspended))


def paper_states(special: pd.DataFrame, as_of: date, settings: Settings) -> PaperStates:
    """What each row of the special register (PEOPLE) is worth on that day.

    A written expiry counts, whatever the category; without one, 休学, 缓学 and 延缓入学 hold for less than
    `papers.months` from approval, and not at all without a date. The day after the last is work again.
    """
    rule, today = settings.papers, number(as_of)
    category = special["category"]
    kind = by_value(category, lambda word: paper_kind(word, rule), np.int64)
    limited = by_value(category, lambda word: is_limited(word, rule), np.bool_)
    approved, expires = special["approved"].to_numpy(), special["expires"].to_numpy()

    # The last day is the one before the anniversary; as numbers compare, one less than it will do.
    anniversary = later(earliest(np.where(approved > 0, approved, 20000101)), rule.months) - 1
    term = np.where(limited, np.where(approved > 0, anniversary, 0), _FOREVER)
    last = np.where(expires > 0, latest(expires), term)

    state = np.where(last == 0, UNDATED, np.where(last < today, EXPIRED, VALID))
    state = np.where(earliest(approved) > today, NOT_YET, state)
    state = np.where(kind >= IN_CLASS, NO_EXCUSE, state)
    dead = (special["removed"].to_numpy() == _DEATH) | by_value(category, lambda w: _DEATH in w, np.bool_)
    return PaperStates(kind, state.astype(np.int64), last.astype(np.int64), dead)


def standing_of(kinds: Ints, states: Ints) -> NDArray[np.int64]:
    """How good each paper is, smaller is better: valid by kind, then expired, then undated; USELESS for the others."""
    return np.where(states == VALID, kinds, np.where(states <= UNDATED, states + 4, USELESS)).astype(np.int64)

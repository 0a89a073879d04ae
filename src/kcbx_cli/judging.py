"""A month's lists read, matched and judged: one way of doing it, for the main job and for whoever looks at it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kcbx_cli import decide, intake, run
from kcbx_cli.asked import Asked, to_decide
from kcbx_cli.casework import Judged
from kcbx_cli.decide.cases import CASES
from kcbx_cli.ledger import Ledger
from kcbx_cli.settings import Settings
from kcbx_cli.tables import PEOPLE


def judge(asked: Asked, settings: Settings, book: Ledger | None, stage: Callable[[str, str], None]) -> Judged:
    """The lists read, the roll called, everyone matched and decided on; nothing is written.

    Args:
        asked: which lists, and of what day.
        settings: what they are judged by.
        book: the case ledger that remembers people, cases and answers; None where there is none.
        stage: is told the stage that begins or goes on (read, match, decide), and the words for it.

    Raises:
        KcbxError: a list or the model cannot be used.
    """
    stage("read", "读取名单")
    taken = intake.take_in(asked.paths, asked.as_of, settings, asked.passwords, partial(stage, "read"))

    stage("match", "比对")
    lists = intake.call_roll(taken, asked.as_of, settings)
    known, cases, answers = PEOPLE.frame(), CASES.frame(), None
    if book is not None:
        known, cases, answers = book.people(), book.cases_listed(asked.as_of), book.answers()
    given = run.Lists(lists.people, lists.registry, lists.special, known, cases, answers, lists.apart)
    matched = run.match_month(given, asked.as_of, settings)

    stage("decide", "判定")
    decided = decide.verdicts(to_decide(asked.as_of, settings, lists, matched))
    return Judged(asked.as_of, settings, lists, given, matched, decided)

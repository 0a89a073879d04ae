"""Months go by in any order, with repeats, answers and killed runs: the ledger equals a plain model of it."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from made_months import child, people, token, work_of

from kcbx_cli.decide.cases import EVENTS
from kcbx_cli.ledger import open_ledger

CHILDREN = range(6)


def day(month: int) -> date:
    return date(2021 + month // 12, month % 12 + 1, 28)


class Months(RuleBasedStateMachine):
    """`cases` is the model: child -> number, open, months open; `ran` the months with what each was run with."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "ledger.db"
        self.cases: dict[int, str] = {}
        self.open: dict[str, bool] = {}
        self.counted: dict[str, set[int]] = {}
        self.now = -1
        self.fresh: set[str] = set()
        self.last: tuple | None = None

    def teardown(self):
        shutil.rmtree(self.folder)

    def run(self, month: int, here: list[int], accounted: set[int], lives: bool = True):
        """Run a month; returns its plan. Children are told apart by the ledger's own exact memory."""
        listed = people(*(child(n) for n in here))
        with open_ledger(self.path) as ledger:
            known = list(ledger.known(listed))
            assert known == [self.cases.get(n, "") for n in here]
            resolved = {self.cases[n]: "enrolled" for n in sorted(accounted) if n in self.cases}
            plan = ledger.plan_month(day(month), work_of(listed, known, resolved))
            ledger.record(plan, token(plan))
            if lives:
                ledger.finish(token(plan))
        return plan

    @rule(
        ahead=st.integers(1, 14),
        here=st.lists(st.sampled_from(CHILDREN), unique=True),
        gone=st.sets(st.sampled_from(CHILDREN)),
        killed=st.booleans(),
    )
    def new_month(self, ahead, here, gone, killed):
        month, accounted = self.now + ahead, gone - set(here)
        if killed:
            waiting = token(self.run(month, here, accounted, lives=False))
            with open_ledger(self.path) as ledger:
                assert ledger.pending() == waiting
                ledger.settle(waiting, "what stood there before")
        plan = self.run(month, here, accounted)
        self.now, self.last, self.fresh = month, (here, accounted), set()
        self.applied(month, here, accounted)
        assert list(plan.rows["case_id"]) == [self.cases[n] for n in here]
        assert list(plan.rows["months"]) == [len(self.counted[self.cases[n]]) for n in here]
        unlisted = {self.cases[n] for n in self.cases if n not in here and self.open[self.cases[n]]}
        assert set(plan.unlisted) == unlisted

    def applied(self, month, here, accounted):
        for n in here:
            if n not in self.cases:
                serial = sum(number.startswith(str(day(month).year)) for number in self.cases.values()) + 1
                self.cases[n] = f"{day(month).year}-{serial:04d}"
                self.fresh.add(self.cases[n])
            self.open[self.cases[n]] = True
        for n in accounted & set(self.cases):
            self.open[self.cases[n]] = False
        for n, number in self.cases.items():
            if number in self.fresh and self.open[number] and n not in here:
                self.open[number] = False  # the corrected lists do not bear the first run out
        for number, is_open in self.open.items():
            if is_open:
                self.counted.setdefault(number, set()).add(month)

    @rule()
    def the_same_month_again(self):
        if self.last is not None:
            before = self.path.read_bytes()
            assert self.run(self.now, *self.last).changes_nothing
            assert self.path.read_bytes() == before

    @rule(here=st.lists(st.sampled_from(CHILDREN), unique=True), gone=st.sets(st.sampled_from(CHILDREN)))
    def the_same_month_with_other_lists(self, here, gone):
        if self.last is not None:
            self.last = (here, gone - set(here))
            self.run(self.now, *self.last)
            self.applied(self.now, *self.last)

    @rule(back=st.integers(1, 5), here=st.lists(st.sampled_from(CHILDREN), unique=True))
    def a_past_month(self, back, here):
        here = [n for n in here if n in self.cases]
        if self.last is not None and self.now - back >= 0:
            plan = self.run(self.now - back, here, set(self.cases) - set(here))
            assert len(plan.events) == 0

    @rule(n=st.sampled_from(CHILDREN))
    def somebody_closes_a_case(self, n):
        if n in self.cases:
            event = {"case_id": [self.cases[n]], "what": ["answered"], "as_of": [20210101], "closes": [True], "disposition": ["休学"]}  # fmt: skip
            with open_ledger(self.path) as ledger:
                ledger.append(EVENTS.frame(event), "collect")
            self.open[self.cases[n]] = False
            self.fresh.discard(self.cases[n])
            self.last = None

    @invariant()
    def the_ledger_equals_the_model(self):
        if not self.cases:
            return
        with open_ledger(self.path, readonly=True) as ledger:
            held = ledger.cases(day(self.now)).set_index("case_id")
            assert ledger.check() == []
            assert ledger.pending() is None
        assert held["open"].to_dict() == self.open
        assert held["months"].to_dict() == {number: len(months) for number, months in self.counted.items()}


TestMonths = Months.TestCase
TestMonths.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)

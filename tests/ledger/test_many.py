"""A large county's ledger after five years: 10,000 cases in each of 60 months stays small and quick."""

import time
from datetime import date

import pytest
from made_months import child, people, run, work_of

from kcbx_cli.ledger import open_ledger

CASES, MONTHS = 10_000, 60


@pytest.mark.heavy
def test_ten_thousand_cases_for_sixty_months(tmp_path):
    path = tmp_path / "ledger.db"
    listed = people(
        *(child(n, birth=20120315, address=f"{n} 组 " + "路" * 10, phone=f"1380000{n:04d}") for n in range(CASES))
    )
    numbers = [""] * CASES
    slowest = 0.0
    for month in range(MONTHS):
        began = time.perf_counter()
        with open_ledger(path) as ledger:
            plan = run(ledger, date(2021 + month // 12, month % 12 + 1, 28), work_of(listed, numbers))
        slowest = max(slowest, time.perf_counter() - began)
        numbers = list(plan.rows["case_id"])
    assert plan.rows["months"].eq(MONTHS).all()
    size = path.stat().st_size / 1e6
    began = time.perf_counter()
    with open_ledger(path, create=False, readonly=True) as ledger:
        cases = ledger.cases(date(2025, 12, 28))
        listing = time.perf_counter() - began
        people_too = ledger.people()
        both = time.perf_counter() - began
        recognised = ledger.known(listed)
        all_three = time.perf_counter() - began
        assert ledger.check() == []
    assert len(cases) == len(people_too) == CASES
    assert list(recognised) == numbers
    figures = f"{size:.0f} MB; cases {listing:.2f} s, people too {both:.2f} s, known too {all_three:.2f} s; month {slowest:.2f} s"
    assert size < 100, figures
    assert listing < 0.5, figures

"""Killed at random moments of collecting: afterwards the ledger has all of it or nothing, and the next run has all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from datetime import date

import pytest
from offices import member, pupil
from returned_sheets import Sheet

from kcbx_cli.collecting import Asked, collect
from kcbx_cli.ledger import open_ledger
from kcbx_cli.settings import Settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs fork")
CHILDREN = 12


@pytest.fixture
def filled(office):
    """A checklist with twelve answers, one refused row and one new child."""
    office.registry(pupil("王小明", "20120305", 1))
    office.households(
        *[
            member(f"李{chr(0x4E00 + 7 * n)}", f"2013{1 + n // 28:02d}{1 + n % 28:02d}", 2 + 2 * n)
            for n in range(CHILDREN)
        ]
    )
    assert office.reconcile() == 0
    sheet = Sheet(next((office.out / "乡镇核查表").glob("*甲乡.xlsx")))
    for row in range(sheet.head + 1, sheet.head + 1 + CHILDREN):
        sheet.fill(row, 核查结论="在校有学籍", 佐证材料="证明", 核查日期=date(2021, 11, 1))
    sheet.fill(sheet.head + 1, 佐证材料=None)
    sheet.fill(sheet.blank_row, 姓名="孙新来", 出生日期="2013-04-05", 核查结论="失联")
    sheet.save(office.folder / "收到" / "甲乡.xlsx")
    return office


def run(folder):
    return collect(
        Asked([str(folder / "收到")], folder / "kcbx-ledger.db", folder / "退回"), Settings(), lambda _: None
    )


def stand(folder):
    """Findings, cases and collected files in the ledger; it must be sound."""
    with open_ledger(folder / "kcbx-ledger.db") as book:
        assert book.check() == [] and book.pending() is None
        tables = ("findings", "cases", "collected", "written_in")
        return tuple(book._connection.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in tables)


BEFORE, AFTER = (0, CHILDREN, 0, 0), (CHILDREN, CHILDREN + 1, 1, 1)


def in_a_child(folder):
    """Starts collecting in a process of its own; returns its number."""
    pid = os.fork()
    if not pid:
        run(folder)
        os._exit(0)
    return pid


def killed(office, times):
    """How often the kill came before and after the ledger was written."""
    whole = shutil.copytree(office.folder, office.folder.parent / "whole")
    begun = time.perf_counter()
    os.waitpid(in_a_child(whole), 0)
    lasts = time.perf_counter() - begun  # a process that was just made is slower than this one
    assert stand(whole) == AFTER
    rng, seen = random.Random(5), {BEFORE: 0, AFTER: 0}
    for n in range(times):
        folder = shutil.copytree(office.folder, office.folder.parent / f"killed{n}")
        pid = in_a_child(folder)
        time.sleep(lasts * (rng.uniform(0.0, 1.1) if n % 2 else rng.uniform(0.7, 1.05)))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        now = stand(folder)
        assert now in (BEFORE, AFTER), n
        seen[now] += 1
        assert now == BEFORE or (folder / "退回" / "退回_甲乡.xlsx").exists(), (
            "what is refused is sent back before anything is kept"
        )
        run(folder)
        assert stand(folder) == AFTER
        assert [p.name for p in (folder / "退回").iterdir()] == ["退回_甲乡.xlsx"] or now == AFTER
        shutil.rmtree(folder)
    return seen


def test_killed_while_collecting(filled):
    seen = killed(filled, 15)
    assert seen[BEFORE]


@pytest.mark.heavy
def test_killed_two_hundred_times_while_collecting(filled):
    seen = killed(filled, 200)
    assert seen[BEFORE] and seen[AFTER]

"""Files and ledger together: killed at any step, both are old or both are new."""

import errno
import os
import random
import re
import shutil
import signal
import sqlite3
import time
from ast import literal_eval
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from made_months import NOVEMBER, OCTOBER, child, people, work_of

from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import Ledger, open_ledger
from kcbx_cli.write.commit import check, prepare, recover, swap

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs fork")

CALLS = ("open", "mkdir", "write", "fsync", "rename", "ftruncate", "unlink", "rmdir")
LISTED = {OCTOBER: people(child(0), child(1)), NOVEMBER: people(child(1), child(2))}


def put_right(ledger: Ledger, out: Path) -> None:
    """What every run does first."""
    if waiting := ledger.pending():
        ledger.settle(waiting, recover(Path(waiting["out"]), ledger.keeps))
    recover(out, ledger.keeps)


def month(home: Path, as_of: date, listed: pd.DataFrame | None = None) -> None:
    """A run as the pipeline makes it; the file says what the ledger should say."""
    listed = LISTED[as_of] if listed is None else listed
    out = home / "out"
    with open_ledger(home / "ledger.db", timeout=0.5) as ledger:
        put_right(ledger, out)
        check(out)
        plan = ledger.plan_month(as_of, work_of(listed, list(ledger.known(listed))))
        content = f"{as_of} {list(plan.rows['case_id'])} {list(plan.rows['months'])}".encode()
        with prepare(out, [("list.txt", content)]) as staged, ledger.recording(plan, staged.token):
            swap(staged)


def stand(home: Path) -> tuple[bytes, list[tuple[str, int]], list[str]]:
    """File, cases and leftovers, after the next run has put things right."""
    with open_ledger(home / "ledger.db", timeout=0.5) as ledger:
        put_right(ledger, home / "out")
        assert ledger.check() == []
        assert ledger.pending() is None
        cases = ledger.cases(NOVEMBER)
        held = list(zip(cases["case_id"], cases["months"], strict=True))
    listed = home / "out" / "list.txt"
    ours = {"out", "ledger.db"} | (
        set() if held else {"ledger.db-journal"}
    )  # one of an empty file goes when it is used
    left = [path.name for path in home.iterdir() if path.name not in ours]
    return (listed.read_bytes() if listed.exists() else b""), held, left


EMPTY = (b"", [], [])
AFTER = {
    OCTOBER: (b"2021-10-31 ['2021-0001', '2021-0002'] [1, 1]", [("2021-0001", 1), ("2021-0002", 1)], []),
    NOVEMBER: (
        b"2021-11-30 ['2021-0002', '2021-0003'] [2, 1]",
        [("2021-0001", 2), ("2021-0002", 2), ("2021-0003", 1)],
        [],
    ),
}
BEFORE = {OCTOBER: EMPTY, NOVEMBER: AFTER[OCTOBER]}


def home_before(folder: Path, as_of: date) -> Path:
    folder.mkdir()
    if as_of == NOVEMBER:
        month(folder, OCTOBER)
    return folder


def in_a_child(work: Callable[[], None], step: int) -> bool:
    """Do the work in a process of its own, killed before its step; a step is a call that changes the disk or the ledger."""
    pid = os.fork()
    if pid:
        status = os.waitpid(pid, 0)[1]
        assert status in (0, signal.SIGKILL)
        return status == 0
    steps = iter(range(step))
    for name in CALLS:
        setattr(os, name, counted(getattr(os, name), steps))
    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **more: traced(connect(*args, **more), steps)
    work()
    os._exit(0)


def step_or_die(steps: Iterator[int]) -> None:
    if next(steps, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)


def counted(real: Callable, steps: Iterator[int]) -> Callable:
    def call(*args, **more):
        step_or_die(steps)
        return real(*args, **more)

    return call


def traced(connection: sqlite3.Connection, steps: Iterator[int]) -> sqlite3.Connection:
    def statement(text: str) -> None:
        if text.startswith(("BEGIN", "COMMIT", "INSERT INTO pending", "INSERT INTO events", "DELETE FROM pending")):
            step_or_die(steps)

    connection.set_trace_callback(statement)
    return connection


@pytest.mark.parametrize("as_of", [OCTOBER, NOVEMBER])
def test_killed_at_each_step(tmp_path: Path, as_of: date):
    seen = []
    before = home_before(tmp_path / "before", as_of)
    for step in range(300):
        home = shutil.copytree(before, tmp_path / str(step))
        lived = in_a_child(lambda home=home: month(home, as_of), step)
        now = stand(home)
        assert now in (BEFORE[as_of], AFTER[as_of]), step
        seen.append(now == AFTER[as_of])
        if step % 4 == 0:
            month(home, as_of)
            assert stand(home) == AFTER[as_of]
        if lived:
            break
    assert lived
    assert sorted(seen) == seen, "new once, new ever after"
    assert 5 < seen.index(True) < len(seen) - 5


def test_killed_again_while_putting_things_right(tmp_path: Path):
    rng = random.Random(3)
    before = home_before(tmp_path / "before", NOVEMBER)
    for attempt in range(12):
        home = shutil.copytree(before, tmp_path / str(attempt))
        in_a_child(lambda home=home: month(home, NOVEMBER), rng.randrange(30, 75))
        in_a_child(lambda home=home: stand(home), rng.randrange(25))
        assert stand(home) in (BEFORE[NOVEMBER], AFTER[NOVEMBER])


def test_killed_at_random_moments_from_outside(tmp_path: Path):
    """Months go on and on in a child that is killed twenty times, within SQLite's own writing too."""
    rng = random.Random(11)
    begun = time.perf_counter()
    home, newest = home_before(tmp_path / "county", NOVEMBER), OCTOBER
    lasts = time.perf_counter() - begun
    for _ in range(20):
        pid = os.fork()
        if not pid:
            while True:
                newest = newest.replace(year=newest.year + 1)
                month(home, newest, people(child(newest.year), child(newest.year - 1)))
        time.sleep(rng.uniform(0.5, 4.0) * lasts)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        written, cases, left = stand(home)
        assert left == []
        day, numbers, months = re.fullmatch(r"(\S+) (\[.*\]) (\[.*\])", written.decode()).groups()
        newest = date.fromisoformat(day)
        assert len(cases) == 2 + newest.year - 2021 + (newest.year > 2021)
        assert set(zip(literal_eval(numbers), literal_eval(months), strict=True)) <= set(cases)
    assert newest.year > 2022


def test_an_error_while_swapping_leaves_both_old(tmp_path: Path):
    home = home_before(tmp_path / "county", NOVEMBER)
    (home / "out" / "list.txt").write_bytes(b"filled in")
    with pytest.raises(KcbxError, match="改过"):
        month(home, NOVEMBER)
    assert stand(home) == (b"filled in", *AFTER[OCTOBER][1:])


def test_a_first_run_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch):
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "rename", refused)
    with pytest.raises(KcbxError, match="不能写入"):
        month(tmp_path / "county" / "2021", OCTOBER)
    assert list(tmp_path.iterdir()) == []


def test_another_ledger_does_not_take_over_half_a_run(tmp_path: Path):
    """Killed after the swap and before the ledger knows: a run with another ledger takes the files back."""
    home = home_before(tmp_path / "county", NOVEMBER)

    def until_swapped() -> None:
        finish = Ledger.finish
        Ledger.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        month(home, NOVEMBER)
        Ledger.finish = finish

    assert not in_a_child(until_swapped, 10_000)
    with open_ledger(home / "other.db") as other:
        put_right(other, home / "out")
    assert (home / "out" / "list.txt").read_bytes() == AFTER[OCTOBER][0]
    assert stand(home) == AFTER[OCTOBER]

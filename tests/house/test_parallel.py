"""Tasks that two processes share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from kcbx_cli import parallel
from kcbx_cli.errors import KcbxError
from kcbx_cli.parallel import shared_out

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def slow(answer):
    time.sleep(0.02)
    return answer, os.getpid()


def failing(code, seconds=0.0):
    time.sleep(seconds)
    raise KcbxError("错", "", code)


def test_both_processes_work_and_results_come_in_order():
    begun = []
    made = shared_out([lambda i=i: slow(i) for i in range(10)], begun=begun.append)
    assert [answer for answer, _ in made] == list(range(10))
    assert len({process for _, process in made}) == 2
    assert begun == [answer for answer, process in made if process == os.getpid()]


def test_what_is_made_apart_leaves_no_trace_here():
    made = parallel.apart(lambda: (os.getpid(), parallel.apart(os.getpid)))
    assert made[0] == made[1] != os.getpid()
    with pytest.raises(KcbxError):
        parallel.apart(lambda: failing("apart"))


def test_what_was_killed_apart_is_made_here():
    here = os.getpid()
    assert parallel.apart(lambda: os.kill(os.getpid(), 9) if os.getpid() != here else "made") == "made"


def test_a_chart_can_be_drawn_again_in_a_fork():
    """lets-plot's threads do not outlive a fork: a process that has drawn must not be the one that is forked."""
    from kcbx_cli.write import charts

    def drawn(number):
        return charts.svg(charts.waterfall([("甲", float(number))], 5.0, -7.0), "chart", "标题", "说明")

    drawn(1)
    assert parallel.spread(drawn, [1, 2], 2) == [drawn(1), drawn(2)]


@pytest.mark.parametrize("cores", [1, None])
def test_one_core_does_everything_here(monkeypatch, cores):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert {process for _, process in shared_out([lambda i=i: slow(i) for i in range(3)])} == {os.getpid()}


def test_what_is_not_worth_it_is_done_here():
    assert {p for _, p in shared_out([lambda i=i: slow(i) for i in range(3)], worth_it=False)} == {os.getpid()}


def test_more_tasks_than_a_pipe_holds_are_all_done(monkeypatch):
    monkeypatch.setattr(parallel, "_SHARED", 3)
    assert shared_out([lambda i=i: i * i for i in range(9)]) == [i * i for i in range(9)]


def test_the_first_task_that_fails_tells_whichever_process_had_it(tmp_path):
    def later():
        (tmp_path / "later").touch()

    tasks = [lambda: failing("first", 0.1), lambda: failing("second"), lambda: time.sleep(0.2), later]
    with pytest.raises(KcbxError) as caught:
        shared_out(tasks)
    assert caught.value.code == "first"
    assert not (tmp_path / "later").exists()


def test_the_part_of_a_process_that_dies_is_done_here():
    here = os.getpid()

    def deadly():
        if os.getpid() != here:
            os._exit(9)
        time.sleep(0.05)
        return os.getpid()

    assert shared_out([deadly] * 6) == [here] * 6


# -- interrupts --------------------------------------------------------------------------------------------------------

SPREAD = """
import os, signal, sys, time
from pathlib import Path
from kcbx_cli import parallel

HERE, MADE = os.getpid(), Path(sys.argv[1])

def work(item):
    time.sleep(0.05)
    (MADE / str(item)).write_text(str(os.getpid()))

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)

class Lost:
    def __del__(self):
        interrupt()

def lose(done):
    if done == 2:
        Lost()

{hook}
try:
    parallel.spread(work, list(range(20)), {jobs}, {done})
except KeyboardInterrupt:
    sys.exit(130)
"""


def spread_interrupted(folder, *, jobs=2, hook="", done="lambda n: None"):
    """Exit code of a process that spreads 20 items, and which process made each item that was made."""
    script = SPREAD.format(hook=hook, jobs=jobs, done=done)
    code = subprocess.run(
        [sys.executable, "-c", script, str(folder)], stderr=subprocess.DEVNULL, preexec_fn=interruptible, check=False
    ).returncode
    return code, {p.name: p.read_text() for p in folder.iterdir()}


def interruptible():
    """A test run in the background has interrupts ignored, which would be inherited."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_whose_exception_python_drops_is_heeded(tmp_path, jobs):
    code, made = spread_interrupted(tmp_path, jobs=jobs, done="lose")
    assert code == 130
    assert 2 <= len(made) <= 2 + jobs


def test_an_interrupt_during_a_fork_is_heeded(tmp_path):
    code, made = spread_interrupted(tmp_path, hook="os.register_at_fork(after_in_parent=interrupt)")
    assert code == 130
    assert len(made) <= 2


def test_a_fork_that_is_interrupted_at_birth_works_all_the_same(tmp_path):
    code, made = spread_interrupted(tmp_path, hook="os.register_at_fork(after_in_child=interrupt)")
    assert code == 0
    assert len(made) == 20
    assert len(set(made.values())) == 2


_ORPHAN = """
import os, pathlib, time
from kcbx_cli import parallel
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.01)
    parallel.alone(parent)
    pathlib.Path("goes on").touch()
    os._exit(0)
"""


def test_whose_parent_died_before_it_was_ready_does_not_go_on(tmp_path):
    """The system tells of a parent's death only whoever has asked; between fork and asking the parent may be killed."""
    subprocess.run([sys.executable, "-c", _ORPHAN], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    time.sleep(1)
    assert not (tmp_path / "goes on").exists()

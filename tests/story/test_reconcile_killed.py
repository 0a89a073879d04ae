"""The main job killed at random moments, out of disk, and run twice at once: afterwards nothing shows of it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from offices import Office, member, pupil

from kcbx_cli import app
from kcbx_cli.ledger import open_ledger

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs fork")
CHILDREN = 12
MONTHS = {"before": "2021-10-31", "after": "2021-11-30"}


def _two_months(office: Office) -> None:
    children = [(f"李{chr(0x4E00 + 7 * n)}", f"2013{1 + n:02d}{1 + n:02d}", 2 + 2 * n) for n in range(CHILDREN)]
    office.registry(pupil("王小明", "20120305", 1))
    office.households(*(member(*who) for who in children[:-1]))
    assert office.reconcile(as_of=MONTHS["before"]) == 0
    office.registry(pupil("王小明", "20120305", 1), pupil(*children[0]))
    office.households(*(member(*who) for who in children))


@pytest.fixture
def two_months(office: Office, begun: Callable[..., Office]) -> Office:
    """October is run; in November one child is found at school and one is new."""
    return begun(office, _two_months)


@pytest.fixture(scope="module")
def undisturbed() -> Callable[[Office], tuple[dict[str, object], dict[str, object]]]:
    """How things stand before, and after a run that nobody disturbs: the same for every test, so the first that asks makes it."""
    made: list[tuple[dict[str, object], dict[str, object]]] = []

    def of(office: Office) -> tuple[dict[str, object], dict[str, object]]:
        if not made:
            made.append(whole(office)[:2])
        return made[0]

    return of


def november(folder: Path) -> int:
    """Runs the second month there, saying nothing."""
    arguments = ("reconcile", "--registry", folder / "学籍.xlsx", "--households", folder / "脱贫户.xlsx", "--as-of",
                 MONTHS["after"], "--out", folder / "结果", "--ledger", folder / "kcbx-ledger.db", "--quiet")  # fmt: skip
    return app.run([str(a) for a in arguments])


def stand(folder: Path) -> dict[str, object]:
    """What the folder and the ledger hold: the files by content (but for timings), and every event."""
    with open_ledger(folder / "kcbx-ledger.db") as book:
        assert book.check() == [] and book.pending() is None
        rows = book._connection.execute("SELECT number, what, as_of, kind FROM events ORDER BY event").fetchall()
        cases = book.cases(date(2021, 11, 30)).to_json()
    return {"events": rows, "cases": cases, "files": files(folder), "left": sorted(p.name for p in folder.iterdir())}


def files(folder: Path) -> dict[str, str]:
    """The results by content; run.json without its timings."""
    found = {}
    for path in sorted((folder / "结果").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name == "run.json":
                content = json.dumps(json.loads(content) | {"timings": {}}, sort_keys=True).encode()
            found[str(path.relative_to(folder))] = hashlib.sha256(content).hexdigest()
    return found


def in_a_child(folder: Path) -> int:
    """Starts the month in a process of its own; returns its number."""
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os._exit(november(folder))
    return pid


def whole(office: Office) -> tuple[dict[str, object], dict[str, object], float]:
    """How things stand before, and after a run that nobody disturbs; how long it takes."""
    before = stand(office.folder)
    folder = shutil.copytree(office.folder, office.folder.with_name(f"{office.folder.name}-whole"))
    begun = time.perf_counter()
    assert os.waitpid(in_a_child(folder), 0)[1] == 0
    lasts, after = time.perf_counter() - begun, stand(folder)
    shutil.rmtree(folder)
    return before, after, lasts


def killed(office: Office, times: int, seed: int = 7) -> dict[str, int]:
    """Kills it so many times; returns how often the kill came before, after, and so that the next run had to put right."""
    before, after, lasts = whole(office)
    rng, seen = random.Random(seed), {"before": 0, "after": 0, "put right": 0}
    for n in range(times):
        folder = shutil.copytree(office.folder, office.folder.with_name(f"{office.folder.name}-{n}"))
        pid = in_a_child(folder)
        # half of the kills anywhere, half where files and ledger are written
        time.sleep(lasts * (rng.uniform(0.0, 1.1) if n % 2 else rng.uniform(0.75, 1.05)))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        seen["put right"] += any(p.name not in before["left"] for p in folder.iterdir())  # type: ignore[operator]
        with open_ledger(folder / "kcbx-ledger.db") as book:
            assert book.check() == []
            held = len(book.months())
        assert november(folder) == 0
        now = stand(folder)
        assert now == after, n
        seen["after" if held == 2 else "before"] += 1
        shutil.rmtree(folder)
    return seen


def test_killed_while_reconciling(two_months: Office):
    assert sum(killed(two_months, 6).values()) >= 6


@pytest.mark.heavy
def test_killed_two_hundred_times_while_reconciling(two_months: Office):
    """In four rounds, each of which measures anew how long a run takes: on a busy machine that changes."""
    seen: Counter[str] = Counter()
    for seed in range(4):
        seen.update(killed(two_months, 50, seed))
    assert seen["before"] and seen["after"] and seen["put right"], seen


@pytest.mark.parametrize("room", [0, 4_000, 20_000, 60_000])
def test_no_file_may_grow_any_more(two_months: Office, undisturbed, room: int):
    """The limit on a file's size stands in for a full disk: the write fails in the middle, with the month half made."""
    before, after = undisturbed(two_months)
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        os._exit(november(two_months.folder))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    # where not even the undoing could be written, the plan waits in the ledger, and the next run undoes it
    assert (code, files(two_months.folder)) in ((2, before["files"]), (0, after["files"])), code
    assert november(two_months.folder) == 0
    assert stand(two_months.folder) == after


def can_mount() -> bool:
    return os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.mark.heavy
@pytest.mark.skipif(not can_mount(), reason="only root may mount a small file system")
@pytest.mark.parametrize("free", [0, 8, 40, 120, 300])
def test_the_disk_is_full(two_months: Office, free: int, undisturbed, tmp_path: Path):
    """A file system of its own with so many KiB free."""
    before, after = undisturbed(two_months)
    disk = tmp_path.parent / f"disk{free}"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        folder = shutil.copytree(two_months.folder, disk / "office")
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - free * 1024))
        code = november(folder)
        assert (code, files(folder)) in ((2, before["files"]), (0, after["files"])), code
        (disk / "filler").unlink()
        assert november(folder) == 0
        assert stand(folder) == after
    finally:
        subprocess.run(["umount", disk], check=True)


def test_two_at_once_the_second_waits_or_says_so(two_months: Office, undisturbed):
    _, after = undisturbed(two_months)
    command = [sys.executable, "-m", "kcbx_cli", "reconcile", "--registry", "学籍.xlsx", "--households", "脱贫户.xlsx",
               "--as-of", MONTHS["after"], "--out", "结果", "--ledger", "kcbx-ledger.db", "--quiet"]  # fmt: skip
    both = [subprocess.Popen(command, cwd=two_months.folder, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=120)[1] for one in both]
    codes = sorted(one.returncode for one in both)
    assert codes == [0, 0] or (codes == [0, 2] and any("正被另一次运行使用" in text for text in said)), said
    assert stand(two_months.folder) == after

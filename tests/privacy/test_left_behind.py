"""What a killed run leaves: for nobody else to read, gone with the next run, and no process that goes on alone."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from offices import member, pupil

from kcbx_cli.errors import KcbxError
from kcbx_cli.halfway import HALF, Half, put
from kcbx_cli.write.workroom import workroom

posix = pytest.mark.skipif(os.name != "posix", reason="modes, signals and locks of files")
linux = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


def halves(folder: Path) -> list[Path]:
    return [p for p in folder.iterdir() if p.name.startswith(HALF)]


@posix
def test_a_file_that_a_killed_run_left_goes_with_the_next_and_a_live_one_stays(tmp_path):
    live = Half(tmp_path, b"1")
    killed = (
        "import os, pathlib; from kcbx_cli.halfway import Half; Half(pathlib.Path('.'), b'2'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", killed], cwd=tmp_path).returncode == -9
    left = next(p for p in halves(tmp_path) if p != live.path)
    assert {stat.S_IMODE(p.stat().st_mode) for p in (left, live.path)} == {0o600}
    put(tmp_path / "个案.xlsx", b"3")
    assert halves(tmp_path) == [live.path]
    live.drop()
    assert [p.name for p in tmp_path.iterdir()] == ["个案.xlsx"]


def test_what_cannot_be_moved_to_its_place_leaves_nothing(tmp_path):
    (tmp_path / "占着").mkdir()
    with pytest.raises(OSError):
        put(tmp_path / "占着", b"x")
    assert not halves(tmp_path)


_KILLED = """
import os, sys
from kcbx_cli import app, halfway
real = os.replace
halfway.os.replace = lambda a, b: os.kill(os.getpid(), 9) if halfway.HALF in str(a) else real(a, b)
app.run(sys.argv[1:])
"""


@posix
def test_an_export_that_was_killed_is_named_by_the_doctor_and_gone_with_the_next(office):
    office.registry(pupil("赵在读", "20120305", 101))
    office.households(member("钱失学", "20120307", 105))
    assert office.reconcile() == 0
    asked = ["export", "2021-0001", "--out", "."]
    assert subprocess.run([sys.executable, "-c", _KILLED, *asked], cwd=office.folder).returncode == -9
    (left,) = halves(office.folder)
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    office.kcbx("doctor", "--json")
    found = {f["name"]: f for f in json.loads(office.stdout)["data"]["checks"]}
    assert left.name in found["leftovers"]["sentence"]
    assert office.kcbx(*asked) == 0 and not halves(office.folder)


# -- several counties --------------------------------------------------------------------------------------------------


@posix
def test_what_several_counties_lay_down_meanwhile_is_noise_to_whoever_has_no_key(tmp_path):
    child = {"name": "赵㐀甲", "id": "999999201203051012"}
    with workroom(tmp_path / "结果") as room:
        room.put("0.judged", [child] * 50_000)
        raw = (room.folder / "0.judged").read_bytes()
        assert child["name"].encode() not in raw and child["id"].encode() not in raw and b"name" not in raw
        assert room.get("0.judged") == [child] * 50_000
        room.put(
            "1.judged", frame := pd.DataFrame({"name": [child["name"]] * 9_000, "share": np.linspace(0, 1, 9_000)})
        )
        pd.testing.assert_frame_equal(room.get("1.judged"), frame)
        assert stat.S_IMODE(room.folder.stat().st_mode) == 0o700
        assert room.key.hex() not in repr(room)
        with pytest.raises(KcbxError) as busy, workroom(tmp_path / "结果"):
            pass
        assert busy.value.code == "output_busy", "a live run's folder is nobody's rubbish"
        assert room.folder.exists()
    assert not list(tmp_path.iterdir())


_WORKING = """
import pathlib, time
from kcbx_cli.parallel import spread
from kcbx_cli.write.workroom import workroom
with workroom(pathlib.Path("结果")) as room:
    room.put("0.judged", "x")
    print("there", flush=True)
    spread(lambda _: time.sleep(60), [1, 2], 2)
"""


@linux
def test_killed_over_several_counties_no_process_goes_on_and_the_next_run_sweeps(tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-c", _WORKING], cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True
    )
    running.stdout.readline()
    until = time.monotonic() + 10
    while len(group(running.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(group(running.pid)) == 3
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    while group(running.pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not group(running.pid), "workers that wait for ever"
    (left,) = tmp_path.glob(".结果.kcbx-work-*")
    with workroom(tmp_path / "结果"):
        assert not left.exists()


def group(pgid: int) -> list[str]:
    """The processes of a group that are alive."""
    found = []
    for stats in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stats.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pgid and fields[0] != "Z":
            found.append(stats.parent.name)
    return found


# -- the workspace, and images of the memory -----------------------------------------------------------------------------


@posix
def test_a_workspace_is_its_owner_s_alone(office):
    before = os.umask(0o022)
    try:
        assert office.kcbx("init", "办公室") == 0
    finally:
        os.umask(before)
    made = office.folder / "办公室"
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (made, made / "inbox", made / "kcbx.toml")}
    assert modes == {"办公室": 0o700, "inbox": 0o700, "kcbx.toml": 0o600}


_TELLS = "import pathlib, resource; pathlib.Path('限').write_text(str(resource.getrlimit(resource.RLIMIT_CORE)[0]))"


@posix
def test_a_crash_leaves_no_image_of_the_memory(tmp_path):
    """The limit is inherited: a program that kcbx starts tells it."""
    env = {**os.environ, "KCBX_NOTICE__COMMANDS": '["init"]', "KCBX_NOTICE__SUCCESS": json.dumps([sys.executable, "-c", _TELLS])}  # fmt: skip
    subprocess.run(
        ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$@"', "sh", sys.executable, "-m", "kcbx_cli", "init", "县"],
        cwd=tmp_path, env=env, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert (tmp_path / "限").read_text() == "0"

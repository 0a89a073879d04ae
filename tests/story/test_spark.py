"""The same work on Spark: the same bytes, whatever runs it and whoever is killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from offices import by_county, table
from test_borders import MODEL, counties, misses, offers, people

import kcbx_cli
from kcbx_cli import app, match
from kcbx_cli.match.block import CROWDED, candidates
from kcbx_cli.run import borders
from kcbx_cli.run.claims import contested
from kcbx_cli.run.engine import Local, Search
from kcbx_cli.sample import Spec, write_county, write_province
from kcbx_cli.write.workroom import workroom

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java 17 is not installed"),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra `spark` is not installed"),
]
AS_OF = "2021-10-31"
#: What tells of time, machine or run; all else is the same bytes.
RUN = ("run.json", ".kcbx.json")


def kcbx(*arguments: object, submit: tuple[str, ...] = (), code: int = 0) -> str:
    """kcbx in a process of its own, since a Spark that has been started stays in its process; stdout."""
    command = [*(submit or (sys.executable, "-m", "kcbx_cli")), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr[-4000:]
    return ran.stdout


def contents(out: Path) -> dict[str, bytes]:
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    return {name: data for name, data in files.items() if Path(name).name not in RUN}


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Three small counties, made up."""
    folder = tmp_path_factory.mktemp("三县")
    write_province(folder, Spec(scale=0.06, seed=7, errors=2), 3, "csv")
    return folder


@pytest.fixture(scope="module")
def local(lists, tmp_path_factory):
    out = tmp_path_factory.mktemp("本机") / "结果"
    assert app.run(list(map(str, by_county(lists, out)))) == 0
    return out


@pytest.mark.parametrize("errors", [1, 4])
def test_one_county_is_the_same_to_the_byte(tmp_path, errors):
    write_county(tmp_path / "名单", Spec(scale=1.0, seed=11, errors=errors))
    given = tmp_path / "名单"
    asked = ["reconcile", "--registry", given / "学籍", "--households", given / "低收入",
             "--special", given / "特殊学生台账.xlsx", "--config", given / "kcbx.toml", "--as-of", AS_OF]  # fmt: skip
    kcbx(*asked, "--out", tmp_path / "本机" / "结果")
    kcbx(*asked, "--out", tmp_path / "火花" / "结果", "--engine", "spark", "--master", "local[2]")
    one, other = contents(tmp_path / "本机" / "结果"), contents(tmp_path / "火花" / "结果")
    assert len(table(tmp_path / "火花" / "结果" / "data" / "verdicts.csv")) > 10_000
    assert one == other


def test_several_counties_are_the_same_to_the_byte(lists, local, tmp_path):
    out = tmp_path / "结果"
    said = kcbx(*by_county(lists, out, "--engine", "spark", "--master", "local[2]", "--json"))
    counts = json.loads(said)["data"]["counts"]
    assert counts == json.loads((local / "汇总" / "run.json").read_text("utf-8"))["counts"]
    assert counts["found_elsewhere"] > 1
    assert contents(out) == contents(local)
    assert not list(tmp_path.glob(".*"))


def test_the_search_in_sql_narrows_and_leaves_out_what_the_kernel_does(tmp_path):
    """Crowded key values, one that explodes, and pupils whom several counties claim."""
    from kcbx_cli.run.spark import started

    dice = np.random.default_rng(3)
    made = counties(dice, 4, 300)
    crowd = people(dice, 100, ["小明"]).assign(phone="13800138000", in_class=True, status="在读")
    for n in range(4):
        missed, offered = made[f"{n}.missed"].frame, made[f"{n}.offered"]
        both = (
            misses(pd.concat([missed, crowd[:40]], ignore_index=True)),
            pd.concat([offered, crowd], ignore_index=True).assign(known=lambda all_: all_.index % 3 == 0),
        )
        made.give_up(n, both[0], offers(both[1]))
    everyone = borders.everyone({n: made[f"{n}.missed"] for n in range(4)})
    pupils = pd.concat([borders.chosen(made[f"{n}.offered"], n, np.arange(400)) for n in range(4)], ignore_index=True)
    blocks = candidates(match.encode(everyone), match.encode(pupils)).blocks
    assert (blocks["key"].str.endswith("+") & blocks["used"] & (blocks["pairs"] > 0)).any()
    assert (blocks["key"].str.endswith("+") & ~blocks["used"]).any()
    assert (~blocks["key"].str.endswith("+") & (blocks["right_rows"] > CROWDED)).any()
    found = []
    for name in ("本机", "火花"):
        with workroom(tmp_path / name) as room:
            for what, content in made.items():
                room.put(what, content)
            asked = Search(room, (0, 1, 2, 3), 100_000, MODEL)
            if name == "本机":
                Local().search(asked)
            else:
                with started("local[2]") as spark:
                    spark.search(asked)
            found.append([room.get(f"{n}.found") for n in range(4)])
    assert contested(pd.concat(found[0])).any()
    for one, other in zip(*found, strict=True):
        assert len(one) > 5
        pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))


def test_a_county_that_fails_on_spark_is_set_aside_as_elsewhere(lists, local, tmp_path):
    given = tmp_path / "名单"
    shutil.copytree(lists, given)
    broken = sorted((given / "学籍").iterdir())[1]
    broken.write_bytes(b"\x00\x01")
    said = json.loads(kcbx(*by_county(given, tmp_path / "结果", "--engine", "spark", "--json"), code=1))
    assert [one["name"] for one in said["data"]["set_aside"]] == [broken.stem]
    kcbx(*by_county(given, tmp_path / "本机"), code=1)
    assert contents(tmp_path / "结果") == contents(tmp_path / "本机")


def test_an_error_of_one_county_comes_back_as_it_is(tmp_path):
    (tmp_path / "学籍.csv").write_bytes(b"\x00\x01")
    (tmp_path / "名单.csv").write_bytes(b"\x00\x02")
    asked = ["reconcile", "--registry", tmp_path / "学籍.csv", "--households", tmp_path / "名单.csv",
             "--as-of", AS_OF, "--out", tmp_path / "结果", "--json"]  # fmt: skip
    said = kcbx(*asked, "--engine", "spark", code=2)
    assert json.loads(said)["error"] == json.loads(kcbx(*asked, code=2))["error"]
    assert not (tmp_path / "结果").exists()


def test_a_master_that_does_not_answer_is_told(lists, tmp_path):
    said = kcbx(*by_county(lists, tmp_path / "结果", "--engine", "spark", "--master", "nonsense", "--json"), code=2)
    assert json.loads(said)["error"]["code"] == "spark_failed"


_KILLED = """
import os, signal, sys
from pathlib import Path
from kcbx_cli.run.spark import started

def once(mark, item):
    if item == 1 and not os.path.exists(mark):
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item

with started("local[2]") as spark:
    print(spark.each(lambda item: once(sys.argv[1], item), range(4)))
"""


def test_on_this_machine_too_a_worker_that_dies_costs_only_time(tmp_path):
    script = [sys.executable, "-c", _KILLED.replace("sys.argv[1]", repr(str(tmp_path / "killed")))]
    ran = subprocess.run(script, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "[0, 1, 4, 9]", ran.stderr[-3000:]
    assert (tmp_path / "killed").exists()


@contextlib.contextmanager
def cluster(folder: Path):
    """A standalone cluster on the loopback: a master and two workers of one core. Its address and the workers' ids."""
    from pyspark.find_spark_home import _find_spark_home

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    starter = [str(Path(_find_spark_home()) / "bin" / "spark-class")]
    address, nodes = f"spark://127.0.0.1:{port}", []
    logs = (folder / "cluster.log").open("wb")

    def start(*arguments: str) -> None:
        command = [*starter, *arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        nodes.append(subprocess.Popen(command, stdout=logs, stderr=logs, env=environment, start_new_session=True))

    try:
        start("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        for n in range(2):
            start("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g",
                  "--webui-port", "0", "--work-dir", str(folder / f"node{n}"), address)  # fmt: skip
        yield address, {node.pid for node in nodes[1:]}
    finally:
        for node in nodes:
            os.killpg(node.pid, signal.SIGKILL)
            node.wait()
        logs.close()


def executors(workers: set[int]) -> list[int]:
    """The executors that these workers have started."""
    found = []
    for about in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(about.read_text().rsplit(")", 1)[1].split()[1])
            if parent in workers and b"CoarseGrainedExecutorBackend" in about.with_name("cmdline").read_bytes():
                found.append(int(about.parent.name))
    return found


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_cluster_of_which_executors_are_killed_writes_the_same_bytes(tmp_path):
    """spark-submit on two workers; one executor is killed while counties are judged, one while they are written."""
    lists = tmp_path / "县"
    write_province(lists, Spec(scale=0.1, seed=17, errors=2), 12, "parquet")
    kcbx(*by_county(lists, tmp_path / "本机" / "结果"))
    out = tmp_path / "火花" / "结果"
    with cluster(tmp_path) as (address, workers):
        command = [Path(sys.executable).with_name("spark-submit"), "--master", address,
                   "--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.executor.memory=512m",
                   Path(kcbx_cli.__file__).with_name("__main__.py"), *by_county(lists, out, "--engine", "spark")]  # fmt: skip
        environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(sys.path)}
        with (tmp_path / "driver.log").open("wb") as log:
            driver = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=environment)
        killed = []
        for laid, least in (("part", 3), ("written", 2)):
            while driver.poll() is None and len(list(out.parent.glob(f".*.kcbx-work-*/[0-9]*.{laid}"))) < least:
                time.sleep(0.02)
            if running := executors(workers):
                os.kill(running[0], signal.SIGKILL)
                killed.append(len(list(out.parent.glob(f".*.kcbx-work-*/[0-9]*.{laid}"))))
        assert driver.wait(600) == 0, (tmp_path / "driver.log").read_text()[-4000:]
    assert len(killed) == 2
    assert all(0 < done < 12 for done in killed)
    assert contents(out) == contents(tmp_path / "本机" / "结果")
    assert not list(out.parent.glob(".*"))

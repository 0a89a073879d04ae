"""The same work on Spark: a county is a task, by the very code that runs on one machine.

Results, case ledgers and what counties lay down for each other are files on storage that all executors reach under the
same path; through Spark itself go the numbers of counties, one small line of each, and the search across borders
(spark_borders.py). Nothing else comes to the driver. A county that was laid down, or written, is not done again when
Spark repeats its task.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pandas as pd

from kcbx_cli import parallel
from kcbx_cli.errors import KcbxError
from kcbx_cli.passwords import LEDGER_KEYS
from kcbx_cli.run.engine import Search

Made = TypeVar("Made")
Given = TypeVar("Given")
#: What holds unless spark-submit or spark-defaults.conf say otherwise.
_DEFAULTS = {
    "spark.app.name": "kcbx",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.io.encryption.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
}
#: What always holds: no county is done by two tasks at once, and only kcbx tells how far it is.
_ALWAYS = {"spark.speculation": "false", "spark.ui.showConsoleProgress": "false"}
_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_EVERY = 0.5
_ONE_MACHINE = re.compile(r"local(?:\[(\d+|\*)\])?")
#: How often a task is tried, as in a cluster.
_ATTEMPTS = 4


@contextlib.contextmanager
def started(master: str) -> Iterator[Spark]:
    """Spark, for as long as this lasts. An empty `master` leaves the choice to spark-submit and Spark's own settings.

    Raises:
        KcbxError: `no_spark`, it is not installed; `spark_failed`, it does not start.
    """
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise KcbxError(
            "没有安装 Spark 的支持", "请安装 kcbx-cli[spark] 和 Java 17,或去掉 --engine spark。", "no_spark"
        ) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        SparkContext._ensure_initialized()
        conf = SparkConf()
        conf.setMaster(_repeating(master or conf.get("spark.master", "local[*]")))
        local = conf.get("spark.master").startswith("local")
        for name, value in {**_DEFAULTS, **(_LOOPBACK if local else {})}.items():
            conf.setIfMissing(name, value)
        conf.setAll(list(_ALWAYS.items()))
        session = SparkSession.builder.config(conf=conf).getOrCreate()
    except (PySparkException, _java_error(), OSError) as error:
        raise KcbxError(
            f"Spark 没有启动({type(error).__name__})", "请检查 Java 17 和 --master;Spark 的说明在上面。", "spark_failed"
        ) from error
    try:
        yield Spark(session)
    finally:
        session.stop()


def _repeating(master: str) -> str:
    """The master; on this machine Spark would give up at the first task whose process dies, unless its name says otherwise."""
    cores = _ONE_MACHINE.fullmatch(master)
    return f"local[{cores[1] or 1},{_ATTEMPTS}]" if cores else master


@dataclass(frozen=True)
class Spark:
    """A Spark that is running. See Engine."""

    session: Any

    def each(
        self, work: Callable[[Given], Made], items: Sequence[Given], done: Callable[[int], None] = lambda _: None
    ) -> list[Made]:
        """See Engine: one item a task, the first begun first."""
        from pyspark import cloudpickle

        if not items:
            return []
        given = (os.getcwd(), LEDGER_KEYS.get(), work, list(items))
        shipped = self.session.sparkContext.broadcast(cloudpickle.dumps(given))
        tasks = self.session.range(0, len(items), 1, len(items))
        with self.job(len(items), done):
            lines = tasks.mapInPandas(partial(_each, shipped), "number long, made binary").collect()
        shipped.destroy()
        made = {line.number: pickle.loads(line.made) for line in lines}  # noqa: S301
        for number in range(len(items)):
            if isinstance(made[number], _Failed):
                raise made[number].error
        return [made[number] for number in range(len(items))]

    def search(self, asked: Search) -> None:
        """See Engine."""
        from kcbx_cli.run.spark_borders import search

        with self.job(1, lambda _: None):
            search(self.session, asked)

    @contextlib.contextmanager
    def job(self, count: int, done: Callable[[int], None]) -> Iterator[None]:
        """What Spark does meanwhile is one job of `count` tasks, and `done` is told how many of them are done.

        Raises:
            KcbxError: `spark_failed`.
        """
        from pyspark.errors import PySparkException

        context = self.session.sparkContext
        group, ended = f"kcbx-{threading.get_ident()}-{id(done)}", threading.Event()
        context.setJobGroup(group, "kcbx")
        teller = threading.Thread(
            target=_tell, args=(context.statusTracker(), group, (count, done), ended), daemon=True
        )
        teller.start()
        try:
            yield
        except (PySparkException, _java_error()) as error:
            raise KcbxError(
                f"Spark 没有做完({type(error).__name__})", "请看 Spark 的日志;再运行一次会从头做起。", "spark_failed"
            ) from error
        finally:
            ended.set()
            teller.join()


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    error: type[Exception] = Py4JError
    return error


@dataclass(frozen=True, slots=True)
class _Failed:
    """In the place of a result: the item's error, which would be the same on another executor."""

    error: Exception


def _each(shipped: Any, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """On an executor: what the work makes of the items with these numbers."""
    from pyspark import cloudpickle

    where, keys, work, items = cloudpickle.loads(shipped.value)
    os.chdir(where)
    LEDGER_KEYS.set(keys)
    parallel.alone(os.getppid())
    for batch in batches:
        for number in batch["id"].tolist():
            yield pd.DataFrame({"number": [number], "made": [_made(work, items[number])]})


def _made(work: Callable[[Any], Any], item: Any) -> bytes:
    try:
        return pickle.dumps(work(item))
    except Exception as error:
        with contextlib.suppress(Exception):
            return pickle.dumps(_Failed(error))
        return pickle.dumps(_Failed(RuntimeError(type(error).__name__)))


def _tell(tracker: Any, group: str, told: tuple[int, Callable[[int], None]], ended: threading.Event) -> None:
    """Tells how many tasks of the group's stage are done, whenever there are more."""
    count, done = told
    before = 0
    while not ended.wait(_EVERY):
        stages = [
            tracker.getStageInfo(stage)
            for job in tracker.getJobIdsForGroup(group)
            for stage in getattr(tracker.getJobInfo(job), "stageIds", ())
        ]
        now = min(sum(stage.numCompletedTasks for stage in stages if stage), count)
        if now > before:
            before = now
            done(now)

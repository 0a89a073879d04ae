"""`--engine` and `--master`: where the work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kcbx_cli.errors import KcbxError

if TYPE_CHECKING:
    from kcbx_cli.run.engine import Engine


class Kind(StrEnum):
    """The engines."""

    local = "local"
    spark = "spark"


Chosen = Annotated[
    Kind, typer.Option("--engine", help="在本机(local)还是在 Spark 上做;Spark 要装 kcbx-cli[spark] 和 Java 17")
]
Master = Annotated[
    str | None, typer.Option(metavar="地址", help="Spark 的主节点,例如 spark://主机:7077;默认听 spark-submit 的")
]
Jobs = Annotated[int | None, typer.Option(metavar="个", help="几个县同时做;默认看处理器", min=1, max=64)]


def check(kind: Kind, master: str | None, jobs: int | None) -> None:
    """Options that belong to the other engine.

    Raises:
        KcbxError: one of them was given.
    """
    if master is not None and kind is not Kind.spark:
        raise KcbxError("--master 要和 --engine spark 一起用", "请加上 --engine spark,或去掉 --master。", "usage")
    if jobs is not None and kind is Kind.spark:
        raise KcbxError("--jobs 不能和 --engine spark 一起用", "同时做几个县由 Spark 决定。", "usage")


@contextmanager
def engine(kind: Kind, master: str | None, jobs: int | None) -> Iterator[Engine]:
    """The engine, for as long as this lasts.

    Raises:
        KcbxError: Spark is not installed, or does not start.
    """
    import os

    if kind is Kind.spark:
        from kcbx_cli.run.spark import started

        with started(master or "") as spark:
            yield spark
    else:
        from kcbx_cli.run.engine import Local

        yield Local(jobs or os.cpu_count() or 1)

"""`kcbx explain`: why a child was matched, or flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "说明一个孩子为什么认定在校,或为什么列为疑似。"
_MANY = "文件、文件夹或加引号的通配符;可以重复"


def explain(
    which: Annotated[str, typer.Argument(metavar="个案或行", help="个案编号,如 2021-0001;或 文件:行、文件:工作表:行")],
    registry: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"学籍导出。{_MANY}")] = None,
    households: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"低收入家庭名单。{_MANY}")] = None,
    special: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"特殊学生台账。{_MANY}")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="截止日期,例如 2021-10-31", formats=["%Y-%m-%d"], metavar="日期")
    ] = None,
    month: Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/")] = "",
    ledger: Annotated[Path | None, typer.Option(metavar="文件", help="个案台账;按个案编号查时要用")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="文件", help="另写一个网页,例如 解释.html;其中姓名只留首字")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="已有同名文件时替换它")] = False,
    config: Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果,不含姓名和证号")] = False,
) -> int:
    """Options in, story called, reasons out."""
    import os

    from kcbx_cli import assess, configuration
    from kcbx_cli.asked import lists_of, of_workspace

    settings = configuration.load(config, os.environ)
    lists = lists_of(
        {"registry": registry, "households": households, "special": special},
        as_of.date() if as_of else None,
        month,
        configuration.passwords(password_file, os.environ),
    )
    question = assess.Question(which, of_workspace(ledger, month), masked=not console.on_terminal())
    with console.progress(quiet=as_json) as progress:
        told = assess.explain(lists, settings, question, (out, force) if out is not None else None, progress)
    lines = (*told.reasons.told(), *console.tabulated(*told.reasons.table()), *told.reasons.after())
    where = (f"网页在:{out}",) if out is not None else ()
    console.show(replace(told.result, lines=(*lines, *where)), as_json=as_json, quiet=False)
    return 0

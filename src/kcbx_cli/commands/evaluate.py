"""`kcbx evaluate`: how well the lists are matched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "看比对做得怎样:精确率、召回率、曲线,写成一个网页。"
_MANY = "文件、文件夹或加引号的通配符;可以重复"


def evaluate(
    registry: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"学籍导出。{_MANY}")] = None,
    households: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"低收入家庭名单。{_MANY}")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="截止日期,例如 2021-10-31", formats=["%Y-%m-%d"], metavar="日期")
    ] = None,
    month: Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/")] = "",
    truth: Annotated[
        Path | None, typer.Option(metavar="文件", help="答案文件,格式同 kcbx sample 写出的 truth.csv")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;没有答案文件时,以人工比对过的记录为答案")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="文件", help="网页写到哪里,例如 评估.html;不写就不生成")] = None,
    force: Annotated[bool, typer.Option("--force", help="已有同名文件时替换它")] = False,
    config: Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示摘要和进度")] = False,
) -> int:
    """Options in, story called, Result out."""
    import os

    from kcbx_cli import assess, configuration
    from kcbx_cli.asked import lists_of, of_workspace

    settings = configuration.load(config, os.environ)
    passwords = configuration.passwords(password_file, os.environ)
    which = lists_of(
        {"registry": registry, "households": households}, as_of.date() if as_of else None, month, passwords
    )
    answers = truth, of_workspace(ledger, month)
    page = (out, force) if out is not None else None
    with console.progress(quiet=quiet or as_json) as progress:
        result = assess.evaluate(which, settings, answers, page, progress)
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx train`: fit the matching model to the month's own lists."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "用本月自己的名单学一个比对模型,写成 model.json。"
_MANY = "文件、文件夹或加引号的通配符;可以重复"


def train(
    registry: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"学籍导出。{_MANY}")] = None,
    households: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"低收入家庭名单。{_MANY}")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="截止日期,例如 2021-10-31", formats=["%Y-%m-%d"], metavar="日期")
    ] = None,
    month: Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/")] = "",
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;其中人工比对过的记录当作答案来学")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="文件", help="模型写到哪里")] = Path("model.json"),
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
    with console.progress(quiet=quiet or as_json) as progress:
        result = assess.train(which, settings, of_workspace(ledger, month), out, progress, force=force)
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

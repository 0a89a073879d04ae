"""`kcbx reconcile`: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "主要工作:比对名单和学籍,写出名单和核查表。"
_MANY = "文件、文件夹或加引号的通配符;可以重复"


def reconcile(
    registry: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"学籍导出。{_MANY}")] = None,
    households: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"低收入家庭名单。{_MANY}")] = None,
    special: Annotated[list[str] | None, typer.Option(metavar="路径", help=f"特殊学生台账。{_MANY}")] = None,
    responsible: Annotated[
        list[str] | None, typer.Option(metavar="路径", help=f"责任人名册(四包责任制)。{_MANY}")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="截止日期,例如 2021-10-31", formats=["%Y-%m-%d"], metavar="日期")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="文件夹", help="结果写到哪里")] = None,
    month: Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/,写 out/年-月/")] = "",
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;默认在结果文件夹旁边的 kcbx-ledger.db")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
    ] = None,
    age_ledger: Annotated[bool, typer.Option("--age-ledger", help="也写 适龄儿童台账(每个适龄儿童一行)")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只算不写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示摘要和进度")] = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import configuration, pipeline

    settings = configuration.load(config, os.environ, {"checklist.age_ledger": True} if age_ledger else None)
    request = pipeline.request(
        {"registry": registry, "households": households, "special": special, "responsible": responsible},
        as_of.date() if as_of else None,
        month,
        pipeline.Places(out, ledger),
        configuration.passwords(password_file, os.environ),
    )
    with console.progress(quiet=quiet or as_json) as progress:
        result = pipeline.reconcile(request, settings, progress, dry_run=dry_run)
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

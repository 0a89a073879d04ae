"""`kcbx collect`: filled sheets back into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "收回填好的表,记入个案台账;收不了的行标黄退回。"


def collect(
    files: Annotated[list[str], typer.Argument(metavar="文件...", help="填好的表:文件、文件夹或加引号的通配符")],
    ledger: Annotated[Path, typer.Option(metavar="文件", help="个案台账")] = Path("kcbx-ledger.db"),
    out: Annotated[Path, typer.Option(metavar="文件夹", help="退回的表放到哪里;没有要退的就不建")] = Path("退回"),
    config: Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会有什么变化,不写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示摘要和进度")] = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import collecting, configuration

    settings = configuration.load(config, os.environ)
    asked = collecting.Asked(files, ledger, out, configuration.passwords(password_file, os.environ))
    with console.progress(quiet=quiet or as_json) as progress:
        result = collecting.collect(asked, settings, progress, dry_run=dry_run)
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

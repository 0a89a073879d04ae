"""`kcbx inspect`: what a file is; writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console

HELP = "看一看文件是什么名单、有什么问题;什么都不写。"


def inspect(
    files: Annotated[list[str], typer.Argument(metavar="文件...", help="文件、文件夹或加引号的通配符")],
    config: Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")] = None,
    password_file: Annotated[
        Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import configuration, pipeline

    result = pipeline.inspect(
        files,
        configuration.load(config, os.environ),
        configuration.passwords(password_file, os.environ),
    )
    console.show(result, as_json=as_json, quiet=False)
    return result.exit_code

"""`kcbx init`: a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.errors import KcbxError
from kcbx_cli.result import Result

HELP = "建工作文件夹:kcbx.toml(全部设置)和 inbox/。"


def init(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="在哪里建,默认当前文件夹")] = Path(),
    as_json: options.Json = False,
) -> int:
    """Makes kcbx.toml and inbox/, for the owner alone; what is there already stays as it is."""
    from kcbx_cli import configuration
    from kcbx_cli.halfway import put
    from kcbx_cli.settings import Settings

    target = folder / configuration.FILE
    if target.exists():
        raise KcbxError(f"「{target}」已经有了,没有改动", "要重新生成,请先把它改名。", "exists")
    for made in (folder, folder / "inbox"):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    put(target, configuration.template(Settings()).encode())
    lines = (f"已建好:{target}", f"把每月的名单放进 {folder / 'inbox'}/年-月/,然后运行 kcbx reconcile --month 年-月。")
    console.show(Result("init", {"config": str(target)}, lines), as_json=as_json, quiet=False)
    return 0

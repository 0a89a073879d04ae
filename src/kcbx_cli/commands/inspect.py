"""`kcbx inspect`: what a file is; writes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.errors import KcbxError
from kcbx_cli.tables import ROLES

HELP = "看一看文件是什么名单、有什么问题;什么都不写。"


def inspect(
    files: Annotated[list[str], typer.Argument(metavar="文件...", help="文件、文件夹或加引号的通配符")],
    role: Annotated[
        str, typer.Option(metavar="名单", help=f"这些文件是什么名单:{'、'.join(ROLES)};不写时由内容判断")
    ] = "",
    as_of: Annotated[
        datetime | None,
        options.day("截止日期,例如 2021-10-31;不写时用文件名、标题、文件夹名里的月份,没有的用今天"),
    ] = None,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    as_json: options.Json = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import configuration, credentials, pipeline
    from kcbx_cli.using import entered

    if role not in ("", *ROLES):
        raise KcbxError("「--role」的值写得不对", f"可以写:{'、'.join(ROLES)}。", "usage")
    settings, passwords = configuration.load(config, os.environ), credentials.passwords(password_file, os.environ)
    with entered("inspect", None) as use:
        result = use.told(pipeline.inspect(files, settings, passwords, role or None, as_of.date() if as_of else None))
    console.show(result, as_json=as_json, quiet=False)
    return result.exit_code

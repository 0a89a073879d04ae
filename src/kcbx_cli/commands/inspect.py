"""`kcbx inspect`: what a file is; writes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "看一看文件是什么名单、有什么问题;什么都不写。"


def inspect(
    files: Annotated[list[str], typer.Argument(metavar="文件...", help="文件、文件夹或加引号的通配符")],
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    as_json: options.Json = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import configuration, credentials, pipeline
    from kcbx_cli.using import entered

    settings, passwords = configuration.load(config, os.environ), credentials.passwords(password_file, os.environ)
    with entered("inspect", None) as use:
        result = use.told(pipeline.inspect(files, settings, passwords))
    console.show(result, as_json=as_json, quiet=False)
    return result.exit_code

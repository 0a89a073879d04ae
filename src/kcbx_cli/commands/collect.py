"""`kcbx collect`: filled sheets back into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "收回填好的表,记入个案台账;收不了的行标黄退回。"


def collect(
    files: Annotated[list[str], typer.Argument(metavar="文件...", help="填好的表:文件、文件夹或加引号的通配符")],
    ledger: options.Ledger = options.LEDGER,
    out: Annotated[Path, typer.Option(metavar="文件夹", help="退回的表放到哪里;没有要退的就不建")] = Path("退回"),
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    lock_timeout: options.LockTimeout = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会有什么变化,不写")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os

    from kcbx_cli import collecting, configuration, credentials
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ, options.overriding(limits__lock_seconds=lock_timeout))
    asked = collecting.Asked(files, ledger, out, credentials.passwords(password_file, os.environ))
    with console.progress(quiet=quiet or as_json) as progress, entered("collect", ledger, changes=True) as use:
        result = use.told(collecting.collect(asked, settings, progress, dry_run=dry_run))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx publish`: the public notice of a month."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "公告:某个月的对外公告,只有数字,人少的数不写出来。"


def publish(
    out: Annotated[Path, typer.Option(metavar="文件夹", help="写到哪里;已有的文件不覆盖")],
    month: Annotated[str, typer.Option(metavar="年-月", help="哪个月;默认台账里最近的一个月")] = "",
    ledger: options.Ledger = options.LEDGER,
    config: options.Config = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, ledger asked, Result out."""
    import os

    from kcbx_cli import configuration, reporting
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    with entered("publish", ledger) as use:
        result = use.told(reporting.publish(ledger, month, out, settings))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx dossier`: 一生一档, a Word document a child."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "一生一档:每个孩子一份 Word 文档。"


def dossier(
    out: Annotated[Path, typer.Option(metavar="文件夹", help="写到哪里;已有的文档不覆盖")],
    cases: Annotated[list[str] | None, typer.Argument(metavar="编号...", help="个案编号,例如 2021-0001")] = None,
    township: Annotated[str, typer.Option(metavar="文字", help="乡镇名称里有这些字的全部个案")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="全部个案")] = False,
    ledger: options.Ledger = options.LEDGER,
    as_of: Annotated[datetime | None, options.day("制表日期;默认今天")] = None,
    config: options.Config = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, ledger asked, Result out."""
    import os

    from kcbx_cli import configuration, credentials, dossiers
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    which = dossiers.Which(tuple(cases or ()), township, everyone)
    with entered("dossier", ledger) as use:
        day, book = (as_of or datetime.now()).date(), credentials.recipients(settings)
        result = use.told(dossiers.write(ledger, which, out, settings, day, book))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

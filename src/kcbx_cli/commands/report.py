"""`kcbx report`: the monthly report, written again from the ledger, or how far the checklists have come since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "月报:从台账重新写出某个月的工作簿、通报和网页,与当时印发的一样。"


def report(
    month: Annotated[str, typer.Option(metavar="年-月", help="哪个月;默认台账里最近的一个月")] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="文件夹", help="写到哪里;已有的文件不覆盖。不写就只显示数字")
    ] = None,
    ledger: options.Ledger = options.LEDGER,
    suppress: Annotated[
        int, typer.Option(metavar="数", help="网页中小于这个数的格子隐去,例如 3;默认与印发时一样", min=-1, max=100)
    ] = -1,
    since: Annotated[
        bool, typer.Option("--as-of-now", help="看这个月的核查表到现在收回了多少;不写文件,月报不变")
    ] = False,
    config: options.Config = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, ledger asked, Result out."""
    import os

    from kcbx_cli import configuration, credentials, reporting
    from kcbx_cli.errors import KcbxError
    from kcbx_cli.using import entered

    if since and (out is not None or suppress >= 0):
        hint = "要写月报就去掉 --as-of-now;月报写的是印发时的情况,以后收回的表不改变它。"
        raise KcbxError("--as-of-now 只在屏幕上说进度,不能和 --out、--suppress 一起用", hint, "usage")
    if since:
        with entered("report", ledger):
            result, rows = reporting.since(ledger, month)
        table = console.tabulated(("类别", "乡镇或学校", "印发", "已收回", "已有结论", "未有结论"), rows)
        console.show(replace(result, lines=(*result.lines, *table)), as_json=as_json, quiet=quiet)
        return result.exit_code
    with entered("report", ledger) as use:
        book = credentials.recipients(configuration.load(config, os.environ)) if out is not None else None
        result = use.told(reporting.rebuild(ledger, reporting.Asked(month, out, suppress), book))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx explain`: why a child was matched, or flagged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "说明一个孩子为什么认定在校,或为什么列为疑似。"


def explain(
    which: Annotated[str, typer.Argument(metavar="个案或行", help="个案编号,如 2021-0001;或 文件:行、文件:工作表:行")],
    registry: options.Registry = None,
    households: options.Households = None,
    population: options.Population = None,
    disability: options.Disability = None,
    attendance: options.Attendance = None,
    special: options.Special = None,
    as_of: options.AsOf = None,
    month: options.Inbox = "",
    ledger: Annotated[Path | None, typer.Option(metavar="文件", help="个案台账;按个案编号查时要用")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="文件", help="另写一个网页,例如 解释.html;其中姓名只留首字")
    ] = None,
    force: options.Force = False,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果,不含姓名和证号")] = False,
) -> int:
    """Options in, story called, reasons out."""
    import os

    from kcbx_cli import assess, configuration, credentials
    from kcbx_cli.asked import lists_of, of_workspace
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    given = {
        "registry": registry, "households": households, "population": population, "disability": disability,
        "attendance": attendance, "special": special,
    }  # fmt: skip
    passwords = credentials.passwords(password_file, os.environ)
    lists = lists_of(given, as_of.date() if as_of else None, month, passwords)
    question = assess.Question(which, of_workspace(ledger, month), masked=not console.on_terminal())
    with console.progress(quiet=as_json) as progress, entered("explain", question.ledger) as use:
        told = assess.explain(lists, settings, question, (out, force) if out is not None else None, progress)
        use.told(told.result)
    lines = (*told.reasons.told(), *console.tabulated(*told.reasons.table()), *told.reasons.after())
    where = (f"网页在:{out}",) if out is not None else ()
    console.show(replace(told.result, lines=(*lines, *where)), as_json=as_json, quiet=False)
    return 0

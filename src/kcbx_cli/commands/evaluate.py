"""`kcbx evaluate`: how well the lists are matched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "看比对做得怎样:精确率、召回率、曲线,写成一个网页。"


def evaluate(
    registry: options.Registry = None,
    households: options.Households = None,
    population: options.Population = None,
    disability: options.Disability = None,
    attendance: options.Attendance = None,
    special: options.Special = None,
    as_of: options.AsOf = None,
    month: options.Inbox = "",
    truth: Annotated[
        Path | None, typer.Option(metavar="文件", help="答案文件,格式同 kcbx sample 写出的 truth.csv")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;没有答案文件时,以人工比对过的记录为答案")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="文件", help="网页写到哪里,例如 评估.html;不写就不生成")] = None,
    force: options.Force = False,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, story called, Result out."""
    import os

    from kcbx_cli import assess, configuration, credentials
    from kcbx_cli.asked import lists_of, of_workspace
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    passwords = credentials.passwords(password_file, os.environ)
    given = {
        "registry": registry, "households": households, "population": population, "disability": disability,
        "attendance": attendance, "special": special,
    }  # fmt: skip
    which = lists_of(given, as_of.date() if as_of else None, month, passwords)
    answers = truth, of_workspace(ledger, month)
    page = (out, force) if out is not None else None
    with console.progress(quiet=quiet or as_json) as progress, entered("evaluate", answers[1]) as use:
        result = use.told(assess.evaluate(which, settings, answers, page, progress))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

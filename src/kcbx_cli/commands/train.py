"""`kcbx train`: fit the matching model to the month's own lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "用本月自己的名单学一个比对模型,写成 model.json。"


def train(
    registry: options.Registry = None,
    households: options.Households = None,
    population: options.Population = None,
    disability: options.Disability = None,
    as_of: options.AsOf = None,
    month: options.Inbox = "",
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;其中人工比对过的记录当作答案来学")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="文件", help="模型写到哪里")] = Path("model.json"),
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
    given = {"registry": registry, "households": households, "population": population, "disability": disability}
    which = lists_of(given, as_of.date() if as_of else None, month, passwords)
    book = of_workspace(ledger, month)
    with console.progress(quiet=quiet or as_json) as progress, entered("train", book) as use:
        result = use.told(assess.train(which, settings, book, out, progress, force=force))
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx reconcile`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import engines, options, several

HELP = "主要工作:比对名单和学籍,写出名单和核查表。"


def reconcile(
    registry: options.Registry = None,
    households: options.Households = None,
    population: options.Population = None,
    disability: options.Disability = None,
    attendance: options.Attendance = None,
    special: options.Special = None,
    responsible: options.Responsible = None,
    as_of: options.AsOf = None,
    out: Annotated[Path | None, typer.Option(metavar="文件夹", help="结果写到哪里")] = None,
    month: Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/,写 out/年-月/")] = "",
    ledger: Annotated[
        Path | None, typer.Option(metavar="文件", help="个案台账;默认在结果文件夹旁边的 kcbx-ledger.db")
    ] = None,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    age_ledger: Annotated[bool, typer.Option("--age-ledger", help="也写 适龄儿童台账(每个适龄儿童一行)")] = False,
    lock_timeout: options.LockTimeout = None,
    recipients: Annotated[
        str | None,
        typer.Option(metavar="文件", help="给每份工作簿加密:密码本(.toml,每行一个收件单位),或写 keyring"),
    ] = None,
    by_county: Annotated[
        bool, typer.Option("--by-county", help="几个县一起做:每种名单给一个文件夹,里面每县一个文件或子文件夹")
    ] = False,
    jobs: engines.Jobs = None,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="几个县一起做时:名单、设置和台账都没有变的县不再重算;结果相同")
    ] = False,
    engine: engines.Chosen = engines.Kind.local,
    master: engines.Master = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只算不写")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, pipeline called, Result out."""
    import os
    from functools import partial

    from kcbx_cli import configuration, credentials, pipeline
    from kcbx_cli.using import entered

    asked = options.overriding(
        checklist__age_ledger=age_ledger, limits__lock_seconds=lock_timeout, security__recipients=recipients
    )
    lists = {
        "registry": registry, "households": households, "population": population, "disability": disability,
        "attendance": attendance, "special": special, "responsible": responsible,
    }  # fmt: skip
    day, places = as_of.date() if as_of else None, pipeline.Places(out, ledger)
    passwords = credentials.passwords(password_file, os.environ)
    engines.check(engine, master, jobs)
    where = partial(engines.engine, engine, master, jobs)
    if by_county:
        several.check(month, dry_run)
        wanted = several.Wanted(lists, day, places, config, asked, passwords, where, incremental)
        return several.run(wanted, as_json=as_json, quiet=quiet)
    several.check_alone(incremental)
    settings = configuration.load(config, os.environ, asked)
    request = pipeline.request(lists, day, month, places, passwords)
    book = credentials.recipients(settings)
    with (
        console.progress(quiet=quiet or as_json) as progress,
        entered("reconcile", request.ledger, changes=True) as use,
        where() as chosen,
    ):
        show = progress if engine is engines.Kind.local else pipeline.silent
        manner = pipeline.Manner(dry_run, book)
        work = partial(pipeline.reconcile, settings=settings, show=show, manner=manner)
        result = use.told(chosen.each(work, [request])[0])
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

"""`kcbx purge` and `kcbx export`: what is held no longer than needed, and what a guardian may ask for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options

HELP = "清除不再需要的个人信息:销号已久的个案,或指明的个案;人数和经过保留。"
EXPORT_HELP = "把台账里关于一个孩子的全部信息写出来,交给监护人。"
_Outputs = Annotated[
    list[Path] | None,
    typer.Option(metavar="文件夹", help="结果所在的文件夹,提到这些孩子的表一并删去;默认 out/;可以重复"),
]


def purge(
    cases: Annotated[list[str] | None, typer.Argument(metavar="编号...", help="个案编号;不写就按保存期限")] = None,
    why: Annotated[str, typer.Option(metavar="文字", help="原因,例如 监护人要求;不要写姓名")] = "",
    who: Annotated[str, typer.Option(metavar="姓名", help="经办人;默认系统用户名")] = "",
    outputs: _Outputs = None,
    ledger: options.Ledger = options.LEDGER,
    config: options.Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会清除什么,不删")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, ledger and outputs purged, Result out."""
    import getpass
    import os

    from kcbx_cli import configuration, retention
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    where = outputs or [path for path in (Path("out"),) if path.is_dir()]
    asked = retention.Purge(
        list(dict.fromkeys(cases or ())),
        where,
        why or ("指明的个案" if cases else "保存期满"),
        who or getpass.getuser(),
    )
    with entered("purge", ledger, changes=not dry_run) as use:
        result = use.told(retention.purge(ledger, asked, settings, date.today(), dry_run=dry_run))
    console.show(result, as_json=as_json, quiet=quiet)
    return 0


def export(
    case: Annotated[str, typer.Argument(metavar="编号", help="个案编号,例如 2021-0001")],
    out: Annotated[Path, typer.Option(metavar="文件夹", help="写到哪里;已有的文件不覆盖")],
    ledger: options.Ledger = options.LEDGER,
    config: options.Config = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, ledger asked, Result out."""
    import os

    from kcbx_cli import configuration, retention
    from kcbx_cli.using import entered

    settings = configuration.load(config, os.environ)
    with entered("export", ledger) as use:
        result = use.told(retention.export(ledger, case, out, settings, date.today()))
    console.show(result, as_json=as_json, quiet=quiet)
    return 0

"""`kcbx doctor`: whether everything is in order; mends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.errors import KcbxError
from kcbx_cli.result import Result

HELP = "检查台账、设置、磁盘、编码和版本,说明怎样处理;什么都不改。"


def doctor(
    ledger: Annotated[Path, typer.Option(metavar="文件", help="个案台账")] = Path("kcbx-ledger.db"),
    backups: Annotated[Path, typer.Option(metavar="文件夹", help="备份放在哪里")] = Path("备份"),
    config: options.Config = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Looks at everything; 1 where something is to be mended."""
    import os
    from datetime import datetime

    from kcbx_cli import checkup, configuration
    from kcbx_cli.settings import Settings

    settings: Settings | KcbxError
    try:
        settings = configuration.load(config, os.environ)
    except KcbxError as error:
        settings = error
    found = checkup.look(checkup.Subject(ledger, Path(), backups, settings, datetime.now()))
    bad = [f for f in found if f.state == "bad"]
    end = f"有 {len(bad)} 处要处理。" if bad else "没有要处理的问题。"
    data = {"checks": [{"name": f.name, "state": f.state, "sentence": f.sentence, "remedy": f.remedy} for f in found]}
    result = Result("doctor", data, (*(f.line() for f in found), end), exit_code=1 if bad else 0, short_of="to_mend")
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code

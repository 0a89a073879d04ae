"""`kcbx log`: who used the lists, and what was given out for whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.result import Result, aligned

if TYPE_CHECKING:
    from kcbx_cli.uselog import Head

HELP = "使用记录:谁在什么时候用了名单、给谁导出了什么;verify 检查记录有没有被改动。"
app = typer.Typer(help=HELP, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
_EVENTS = {"began": "开始", "finished": "完成", "failed": "未完成"}


@app.command("show", help="列出使用记录。")
def show(
    number: Annotated[str, typer.Option(metavar="编号", help="只看导出过这个编号的表的记录(表头右上角的编号)")] = "",
    command: Annotated[str, typer.Option(metavar="命令", help="只看这个命令")] = "",
    since: Annotated[str, typer.Option(metavar="日期", help="只看这一天以后的,例如 2021-10-31")] = "",
    ledger: options.Ledger = options.LEDGER,
    as_json: options.Json = False,
) -> int:
    """Options in, log read, Result out."""
    from kcbx_cli import uselog

    found = [
        entry
        for entry in uselog.entries(uselog.beside(ledger))
        if (not command or entry.get("command") == command)
        and str(entry.get("at", "")) >= since
        and (not number or any(e.get("number") == number for e in entry.get("exports", ())))
    ]
    lines = aligned(("序号", "时间(UTC)", "何人", "命令", "结果和导出"), map(_row, found)) if found else []
    result = Result("log show", {"entries": found}, tuple(lines) or ("没有这样的记录。",))
    console.show(result, as_json=as_json, quiet=False)
    return 0


@app.command("verify", help="检查使用记录:被改动、被删去、换了次序、末尾被截去,都能发现并指出在哪里。")
def verify(
    ledger: options.Ledger = options.LEDGER, config: options.Config = None, as_json: options.Json = False
) -> int:
    """Options in, chain and anchors checked, Result out."""
    import os

    from kcbx_cli import configuration, uselog

    configuration.load(config, os.environ)
    log = uselog.beside(ledger)
    faults = uselog.verify(log, _anchors(ledger))
    count = len(uselog.entries(log))
    told = {"entries": count, "faults": [{"line": f.line, "sentence": f.sentence} for f in faults]}
    good = (f"使用记录「{log.name}」共 {count} 条,首尾相接,没有被改动。",)
    result = Result(
        "log verify", told, tuple(f.sentence for f in faults) or good, exit_code=int(bool(faults)), short_of="tampered"
    )
    console.show(result, as_json=as_json, quiet=False)
    return result.exit_code


def _anchors(ledger: Path) -> list[Head]:
    from kcbx_cli.ledger import open_ledger
    from kcbx_cli.uselog import Head

    if not ledger.exists():
        return []
    with open_ledger(ledger, create=False, readonly=True) as book:
        return [Head(n, hash_) for n, hash_ in book.anchors()]


def _row(entry: dict[str, Any]) -> list[str]:
    """One line: of what was given out the first and how many, `--json` has them all."""
    exports = entry.get("exports", ())
    given = f",{exports[0].get('place') or '县'}({exports[0].get('rows')} 人)" if exports else ""
    given += f"等 {len(exports)} 份" if len(exports) > 1 else ""
    event = _EVENTS.get(str(entry.get("event")), "?") + (f"({entry['code']})" if entry.get("code") else "")
    at = str(entry.get("at", ""))[:19].replace("T", " ")
    return [str(entry.get("n")), at, str(entry.get("who")), str(entry.get("command")), event + given]

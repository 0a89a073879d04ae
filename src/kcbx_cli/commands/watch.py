"""`kcbx watch`: runs a month of the inbox when its lists are all there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.errors import KcbxError
from kcbx_cli.result import Result

if TYPE_CHECKING:
    from kcbx_cli.watching import Ended

HELP = "守着收件文件夹:一个月的名单到齐、不再变化,就自动核对。按 Ctrl-C 停止。"


def watch(
    workspace: Annotated[Path, typer.Argument(metavar="工作文件夹", help="里面有 inbox/;默认当前文件夹")] = Path(),
    once: Annotated[bool, typer.Option("--once", help="只看一次就结束,给定时任务用")] = False,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, months run one by one, each in a process of its own, Result out."""
    import os
    from dataclasses import asdict

    from kcbx_cli import configuration, read, watching
    from kcbx_cli.commands.months import Months, stopped_by_signals

    own = workspace / configuration.FILE
    settings = configuration.load(config or (own if own.is_file() else None), os.environ)
    if not (workspace / "inbox").is_dir():
        raise KcbxError(f"没有文件夹「{workspace / 'inbox'}」", "工作文件夹用 kcbx init 建。", "no_inbox")
    runs: list[Ended] = []
    strange: list[str] = []

    def tell(one: Ended) -> None:
        runs[:] = [*runs[-99:], one]
        if not (quiet or as_json):
            why = [f"  {one.message}"] * bool(one.message) + [f"  办法:{one.hint}"] * bool(one.hint)
            console.say("\n".join([f"{one.month}:{_WORDS.get(one.status, one.status)}", *why]))

    def passed(names: Sequence[str]) -> None:
        strange.extend(names)
        if not (quiet or as_json):
            console.warn(
                f"inbox 里的{'、'.join(f'「{read.safe(n)}」' for n in names)}不是月份,没有看:月份写成 2021-10 的样子"
            )

    with stopped_by_signals() as pause:
        if not (quiet or as_json or once):
            console.say(f"正在守着「{workspace / 'inbox'}」,按 Ctrl-C 停止。")
        inbox = watching.Inbox(workspace / "inbox", workspace / "out", settings.watch)
        watcher = watching.Watcher(inbox, Months(workspace, config, password_file).run, tell, pause, passed)
        count = len(watcher.once()) if once else watcher.until_stopped()
    failed = [one for one in runs if one.exit_code == 2 and not one.waits] if once else []
    told = [asdict(r) for r in runs]
    result = Result(
        "watch",
        {"runs": told, "count": count, "no_month": [read.safe(n) for n in strange]},
        (f"核对了 {count} 次。",),
        exit_code=1 if failed else 0,
        short_of="some_failed",
    )
    console.show(result, as_json=as_json, quiet=quiet)
    return result.exit_code


_WORDS = {
    "finished": "完成", "below_quality": "完成,但有名单质量低于设定", "failed": "没有完成,改好名单后会自动再来一次", "waiting": "名单还没有齐",
}  # fmt: skip

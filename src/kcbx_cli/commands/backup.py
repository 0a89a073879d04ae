"""`kcbx backup` and `kcbx restore`: a copy of all that cannot be made again, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.result import Result, Trace

if TYPE_CHECKING:
    from kcbx_cli.safekeeping import Kept
    from kcbx_cli.settings import Settings

HELP = "备份台账、设置和使用记录;别的运行正在写台账也不会备份到一半。"
RESTORE_HELP = "用备份恢复台账;先检查备份,被替换的台账改名保留。"
_Ledger = Annotated[Path, typer.Option(metavar="文件", help="个案台账")]


def backup(
    out: Annotated[Path, typer.Option(metavar="文件夹", help="备份放到哪里,最好是另一块磁盘")] = Path("备份"),
    keep: Annotated[int, typer.Option(metavar="个数", help="这个文件夹里留几个备份,0 表示都留", min=0)] = 0,
    ledger: _Ledger = Path("kcbx-ledger.db"),
    config: options.Config = None,
    lock_timeout: options.LockTimeout = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, backup made, Result out."""
    from datetime import datetime

    from kcbx_cli import safekeeping
    from kcbx_cli.using import entered

    settings, kept = _asked(ledger, config, lock_timeout)
    with entered("backup", ledger) as use:
        path, gone = safekeeping.backup(kept, out, datetime.now(), keep=keep, timeout=settings.limits.lock_seconds)
        use.trace = Trace(counts={"files": len(kept.files()) + 1, "removed": len(gone)})
    size = path.stat().st_size
    lines = [f"已备份:{path}({size / 1e6:.1f} MB),内有台账{''.join(f'、{name}' for name in kept.files())}。"]
    lines += [f"删除了 {len(gone)} 个旧备份。"] if gone else []
    data = {"backup": str(path), "bytes": size, "files": sorted(kept.files()), "removed": gone}
    console.show(Result("backup", data, tuple(lines)), as_json=as_json, quiet=quiet)
    return 0


def restore(
    file: Annotated[Path, typer.Argument(metavar="文件", help="kcbx backup 做的备份")],
    with_settings: Annotated[bool, typer.Option("--with-settings", help="设置(kcbx.toml)也恢复")] = False,
    ledger: _Ledger = Path("kcbx-ledger.db"),
    config: options.Config = None,
    lock_timeout: options.LockTimeout = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查备份,不恢复")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Options in, backup checked and put in place, Result out."""
    from datetime import datetime

    from kcbx_cli import safekeeping
    from kcbx_cli.using import entered

    settings, kept = _asked(ledger, config, lock_timeout)
    found = safekeeping.opened(file)
    about = found.about
    lines = [_made(about)]
    data: dict[str, Any] = {
        "made": about.get("made"),
        "months": about.get("months"),
        "restored": {},
        "dry_run": dry_run,
    }
    if not dry_run:
        with entered("restore", ledger, changes=True):
            put_back = safekeeping.restore(
                file, kept, datetime.now(), settings=with_settings, timeout=settings.limits.lock_seconds
            )
        lines += [f"已恢复:{name}" + (f",原来的改名为 {former}" if former else "") for name, former in put_back.items()]
        data["restored"] = put_back
    warnings = _programs(safekeeping.programs(found)) if with_settings else ()
    console.show(Result("restore", data, tuple(lines), warnings), as_json=as_json, quiet=quiet)
    return 0


def _made(about: Mapping[str, Any]) -> str:
    """When the backup was made, and how far its ledger goes."""
    months = about.get("months")
    last = str(months[-1]) if isinstance(months, list) and months else ""
    until = f"台账到 {last[:4]}-{last[4:]} 为止" if last else "台账里还没有月份"
    return f"备份做于 {str(about.get('made')).replace('T', ' ')},{until}。"


def _programs(named: tuple[str, ...]) -> tuple[str, ...]:
    """A warning, where the settings of a backup name programs: whoever made the backup chose them."""
    if not named:
        return ()
    return (
        f"备份里的设置会在运行结束后启动程序:{'、'.join(named)}。不是自己做的备份,请先核对 kcbx.toml 的 [notice]。",
    )


def _asked(ledger: Path, config: Path | None, lock_timeout: int | None) -> tuple[Settings, Kept]:
    import os

    from kcbx_cli import configuration
    from kcbx_cli.safekeeping import Kept

    settings = configuration.load(config, os.environ, options.overriding(limits__lock_seconds=lock_timeout))
    return settings, Kept(ledger, config or Path(configuration.FILE))

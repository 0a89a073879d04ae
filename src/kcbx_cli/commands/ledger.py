"""`kcbx ledger`: the case ledger's file behind a password."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.result import Result

HELP = "个案台账的加密:encrypt 加密或换密码,decrypt 解密。"
app = typer.Typer(help=HELP, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})

_NewKey = Annotated[
    str, typer.Option("--key-file", metavar="文件", help="新密码所在的文件(第一行),或写 keyring 用系统钥匙串")
]


@app.command("encrypt", help="给台账加密,或给加密的台账换密码。密码丢失就无法恢复,请先备份。")
def encrypt(
    key_file: _NewKey,
    ledger: options.Ledger = options.LEDGER,
    config: options.Config = None,
    as_json: options.Json = False,
) -> int:
    """Options in, ledger converted, Result out."""
    from kcbx_cli import credentials

    key = credentials.keyring_password(ledger.name) if key_file == credentials.KEYRING else ""
    done = _convert(ledger, key or credentials.key_in(Path(key_file)), config, "encrypted")
    console.show(done, as_json=as_json, quiet=False)
    return 0


@app.command("decrypt", help="去掉台账的密码。")
def decrypt(
    ledger: options.Ledger = options.LEDGER, config: options.Config = None, as_json: options.Json = False
) -> int:
    """Options in, ledger converted, Result out."""
    console.show(_convert(ledger, "", config, "decrypted"), as_json=as_json, quiet=False)
    return 0


def _convert(ledger: Path, key: str, config: Path | None, state: str) -> Result:
    import os

    from kcbx_cli import configuration
    from kcbx_cli.ledger import convert
    from kcbx_cli.using import entered

    configuration.load(config, os.environ)
    with entered(f"ledger {state[:-2]}", ledger):
        convert(ledger, key)
    words = "已加密。请在 kcbx.toml 的 [security] ledger_key 里写明密码文件" if key else "已解密,现在谁拿到文件都能读"
    return Result(f"ledger {state[:-2]}", {"ledger": str(ledger), "state": state}, (f"台账「{ledger.name}」{words}。",))

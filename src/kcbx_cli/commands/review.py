"""`kcbx review`: doubtful pairs, one a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.result import Result, Trace

HELP = "在终端里逐对判断待人工比对的记录;随时可以停。"


def review(
    sheet: Annotated[
        Path | None, typer.Argument(metavar="文件", help="待人工比对.xlsx 或结果文件夹;默认 out/ 里最新的月份")
    ] = None,
    ledger: options.Ledger = options.LEDGER,
    config: options.Config = None,
    password_file: options.PasswordFile = None,
) -> int:
    """Options in, questions asked, Result out."""
    import os

    from kcbx_cli import configuration, credentials, screen
    from kcbx_cli.collecting import questions
    from kcbx_cli.using import entered

    pairs, decided = questions.questions(
        questions.where(sheet), ledger, configuration.load(config, os.environ),
        credentials.passwords(password_file, os.environ),
    )  # fmt: skip
    counts = dict.fromkeys(("yes", "no", "unsure"), 0)
    with entered("review", ledger, changes=True) as use:
        if pairs:
            with screen.terminal() as (keys, write):
                counts = screen.ask(pairs, keys, write, lambda pair, same: questions.remember(ledger, pair, same))
        use.trace = Trace(counts=counts)
    left = len(pairs) - counts["yes"] - counts["no"]
    words = f"判断了 {counts['yes'] + counts['no']} 对(是 {counts['yes']},否 {counts['no']}),以前判断过 {decided} 对,还剩 {left} 对。"
    console.show(Result("review", {**counts, "decided": decided, "left": left}, (words,)), as_json=False, quiet=False)
    return 0

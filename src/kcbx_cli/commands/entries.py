"""What commands that enter something about cases have in common: which cases, who says so, on which day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kcbx_cli.commands import options

if TYPE_CHECKING:
    from kcbx_cli.casedesk import Entry

Cases = Annotated[list[str], typer.Argument(metavar="编号...", help="个案编号,例如 2021-0001")]
Who = Annotated[str, typer.Option(metavar="姓名", help="经办人;默认系统用户名")]
Day = Annotated[datetime | None, options.day("日期;默认今天")]


def entry(cases: list[str], who: str, on: datetime | None) -> Entry:
    """The options as one object."""
    import getpass

    from kcbx_cli.casedesk import Entry

    return Entry(list(dict.fromkeys(cases)), who or getpass.getuser(), (on or datetime.now()).date())

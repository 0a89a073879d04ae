"""Options that several commands share: one declaration each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_MANY = "文件、文件夹或加引号的通配符;可以重复"

#: How a day may be written on the command line; the first is the one that help shows.
_DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


def day(words: str) -> Any:
    """An option that is a day."""
    return typer.Option(help=words, formats=_DAY_FORMATS, metavar="日期")


Registry = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"学籍导出。{_MANY}")]
Households = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"低收入家庭名单。{_MANY}")]
Population = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"户籍适龄人口,或各村摸底册。{_MANY}")]
Disability = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"残联的残疾儿童名单。{_MANY}")]
Attendance = Annotated[
    list[str] | None, typer.Option(metavar="路径", help=f"在校名单:各班点名册、长期缺勤报告。{_MANY}")
]
Special = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"特殊学生台账。{_MANY}")]
Responsible = Annotated[list[str] | None, typer.Option(metavar="路径", help=f"责任人名册(四包责任制)。{_MANY}")]
AsOf = Annotated[datetime | None, day("截止日期,例如 2021-10-31")]
Inbox = Annotated[str, typer.Option(metavar="年-月", help="在工作文件夹里:读 inbox/年-月/")]
Config = Annotated[Path | None, typer.Option(metavar="文件", help="设置;默认当前文件夹的 kcbx.toml")]
PasswordFile = Annotated[
    Path | None, typer.Option(metavar="文件", help="加密工作簿的密码,一行一个(或用环境变量 KCBX_PASSWORD)")
]
Ledger = Annotated[Path, typer.Option(metavar="文件", help="个案台账")]
#: The case ledger of a workspace, where a command names no other.
LEDGER = Path("kcbx-ledger.db")
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]
Quiet = Annotated[bool, typer.Option("--quiet", help="不显示摘要和进度")]
Force = Annotated[bool, typer.Option("--force", help="已有同名文件时替换它")]
LockTimeout = Annotated[
    int | None,
    typer.Option(metavar="秒", help="台账正被另一次运行使用时最多等多少秒;默认见设置 limits.lock_seconds", min=0),
]


def overriding(**given: object) -> dict[str, object]:
    """Options that override settings: `section__key` with its value, where one was given."""
    return {name.replace("__", "."): value for name, value in given.items() if value is not None and value is not False}

"""`kcbx sample`: a made-up county."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.result import Result

HELP = "生成一个虚构的县,用来试用;答案在 truth.csv。"


def sample(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="写到哪个文件夹(须为空或不存在)")],
    scale: Annotated[float, typer.Option(help="规模,1 是一个有 28,020 名学生的县", min=0.005, max=200)] = 1.0,
    seed: Annotated[int, typer.Option(help="随机种子;同样的种子得到同样的文件", min=0)] = 1,
    errors: Annotated[float, typer.Option(help="各种差错出现的倍数", min=0, max=20)] = 1.0,
    as_of: Annotated[datetime, options.day("截止日期")] = datetime(2021, 10, 31),
    all_sources: Annotated[
        bool, typer.Option("--all-sources", help="也生成户籍、残联名单、各班点名册和长期缺勤报告")
    ] = False,
    counties: Annotated[
        int, typer.Option(help="几个县;多于 1 个时写成每县一个表,供 --by-county 用", min=1, max=5000)
    ] = 1,
    form: Annotated[str, typer.Option("--format", help="几个县时的文件格式:parquet 或 csv")] = "parquet",
    months: Annotated[
        int,
        typer.Option(help="连续多少个月:写成工作文件夹,每月的名单在 inbox/年-月/,答案在 答案/ 和 答复/", min=1, max=24),
    ] = 1,
    as_json: options.Json = False,
) -> int:
    """Writes the files of a made-up county."""
    from kcbx_cli.errors import KcbxError
    from kcbx_cli.sample import FORMATS, County, Province, Spec, write_county, write_months, write_province

    if form not in FORMATS:
        raise KcbxError(f"没有格式「{form}」", "可以是 " + "、".join(FORMATS) + "。", "usage")
    if all_sources and counties > 1:
        raise KcbxError("--all-sources 只用于一个县", "去掉 --all-sources 或 --counties。", "usage")
    if months > 1 and (all_sources or counties > 1):
        raise KcbxError("--months 只用于一个县,也不能和 --all-sources 一起用", "分开生成。", "usage")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KcbxError(f"「{folder}」不是空文件夹", "请换一个不存在的或空的文件夹;原有的文件不会被覆盖。", "not_empty")
    spec = Spec(scale=scale, seed=seed, as_of=as_of.date(), errors=errors, all_sources=all_sources)
    made: County | Province
    if months > 1:
        made = write_months(folder, spec, months)
    else:
        made = write_county(folder, spec) if counties == 1 else write_province(folder, spec, counties, form)
    console.show(Result("sample", made.data(), made.lines()), as_json=as_json, quiet=False)
    return 0

"""`kcbx cases`: list, show, close, reopen and annotate the cases of the ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kcbx_cli import console
from kcbx_cli.commands import options, watching
from kcbx_cli.commands.entries import Cases, Day, Who, entry
from kcbx_cli.result import Trace

if TYPE_CHECKING:
    from kcbx_cli.settings import Settings

HELP = "个案台账:查看、销号、重开、备注。不写子命令就是 list,选项也是它的。"


class _OrList(TyperGroup):
    """The group; without the name of a sub-command everything is meant for `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The name of a sub-command stands first, or help is asked for."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_OrList, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})

_Config = options.Config
_Json = options.Json
_Township = Annotated[str, typer.Option(metavar="文字", help="乡镇名称里有这些字")]
_School = Annotated[str, typer.Option(metavar="文字", help="学籍学校名称里有这些字")]
_Group = Annotated[str, typer.Option(metavar="文字", help="群体标签里有这些字,例如 脱贫户")]
_Stage = Annotated[str, typer.Option(metavar="文字", help="三访一验到了哪一步,例如 二访")]
_State = Annotated[str, typer.Option(metavar="状态", help="open 未销号、closed 已销号、all 全部;默认 open")]
_Months = Annotated[int, typer.Option(metavar="月数", help="在册至少多少个月", min=0)]
_Expiring = Annotated[int, typer.Option(metavar="天数", help="手续或结论在多少天内到期(已销号的也列)", min=-1)]
_Out = Annotated[Path | None, typer.Option(metavar="文件", help="另写成工作簿(.xlsx)")]

watching.add_to(app)


@app.command("list", help="列出个案。屏幕上不显示姓名;要姓名用 --out。")
def list_cases(
    township: _Township = "",
    school: _School = "",
    group: _Group = "",
    stage: _Stage = "",
    state: _State = "",
    months: _Months = 0,
    expiring: _Expiring = -1,
    out: _Out = None,
    ledger: options.Ledger = options.LEDGER,
    as_of: Day = None,
    config: _Config = None,
    as_json: _Json = False,
) -> int:
    """Options in, ledger asked, Result out."""
    from kcbx_cli import caseload, caseview
    from kcbx_cli.errors import on_one_line
    from kcbx_cli.ledger import open_ledger
    from kcbx_cli.using import entered

    wanted = caseload.Filter(township, school, group, stage, _state(state), months, expiring)
    day = (as_of or datetime.now()).date()
    settings = _settings(config)
    with entered("cases list", ledger) as use:
        if out is not None:
            from kcbx_cli.write.given import check

            check("cases list", out)
        with open_ledger(ledger, create=False, readonly=True) as book:
            everyone, people = book.caseload(), book.persons() if out is not None else {}
        found = caseload.chosen(everyone, wanted, day)
        wrong = caseload.no_township(everyone, township)
        if out is not None:
            from kcbx_cli import credentials
            from kcbx_cli.write import give
            from kcbx_cli.write.caselist import cases_book

            made = [(out, cases_book(found, people, settings, day))]
            use.trace = Trace(exports=give("cases list", made, credentials.recipients(settings)))
    warnings = () if wrong is None else (on_one_line(wrong.message, wrong.hint),)
    console.show(caseview.listing(found, day, expiring, str(out or ""), warnings), as_json=as_json, quiet=False)
    return 0


@app.command("show", help="一个个案的全部经过:谁、何时、依据哪个文件哪一行。姓名证号只在终端上显示完整。")
def show(
    case: Annotated[str, typer.Argument(metavar="编号", help="个案编号,例如 2021-0001")],
    ledger: options.Ledger = options.LEDGER,
    as_json: _Json = False,
) -> int:
    """Options in, ledger asked, Result out."""
    import sys

    from kcbx_cli import caseload, caseview
    from kcbx_cli.ledger import open_ledger
    from kcbx_cli.using import entered

    with entered("cases show", ledger) as use:
        use.trace = Trace(cases=(case,))
        with open_ledger(ledger, create=False, readonly=True) as book:
            file = caseload.case_file(book, case)
    personal = sys.stdout.isatty() and not as_json
    console.show(caseview.shown(file, personal=personal), as_json=as_json, quiet=False)
    return 0


@app.command("close", help="销号。核查结论须是能销号的;要佐证的没有佐证就不销。")
def close(
    cases: Cases,
    disposition: Annotated[str, typer.Option(metavar="结论", help="核查结论,例如 在校有学籍")],
    evidence: Annotated[str, typer.Option(metavar="文字", help="佐证材料")] = "",
    whereabouts: Annotated[str, typer.Option(metavar="文字", help="去向或就读学校")] = "",
    method: Annotated[str, typer.Option(metavar="文字", help="核查方式")] = "",
    who: Who = "",
    on: Day = None,
    ledger: options.Ledger = options.LEDGER,
    config: _Config = None,
    as_json: _Json = False,
) -> int:
    """Options in, ledger told, Result out."""
    from kcbx_cli import casedesk, caseview
    from kcbx_cli.decide.answers import Said
    from kcbx_cli.decide.dates import number
    from kcbx_cli.using import entered

    told = entry(cases, who, on)
    said = Said(
        method=method, checked_on=number(told.day), outcome=disposition, outcome_written=disposition,
        whereabouts=whereabouts, evidence=evidence.strip(), checker=told.who,
    )  # fmt: skip
    settings = _settings(config)
    with entered("cases close", ledger, changes=True) as use:
        use.trace = Trace(cases=tuple(told.cases))
        closed = casedesk.close(ledger, told, said, settings)
    console.show(caseview.done("cases close", closed, "已销号"), as_json=as_json, quiet=False)
    return 0


@app.command("reopen", help="重开已销号的个案,写明原因。")
def reopen(
    cases: Cases,
    why: Annotated[str, typer.Option(metavar="文字", help="原因")],
    who: Who = "",
    on: Day = None,
    ledger: options.Ledger = options.LEDGER,
    as_json: _Json = False,
) -> int:
    """Options in, ledger told, Result out."""
    from kcbx_cli import casedesk, caseview
    from kcbx_cli.using import entered

    told = entry(cases, who, on)
    with entered("cases reopen", ledger, changes=True) as use:
        use.trace = Trace(cases=tuple(told.cases))
        opened = casedesk.reopen(ledger, told, why)
    console.show(caseview.done("cases reopen", opened, "已重开"), as_json=as_json, quiet=False)
    return 0


@app.command("annotate", help="给个案加备注;什么都不改。")
def annotate(
    cases: Cases,
    note: Annotated[str, typer.Option(metavar="文字", help="备注")],
    who: Who = "",
    on: Day = None,
    ledger: options.Ledger = options.LEDGER,
    as_json: _Json = False,
) -> int:
    """Options in, ledger told, Result out."""
    from kcbx_cli import casedesk, caseview
    from kcbx_cli.using import entered

    told = entry(cases, who, on)
    with entered("cases annotate", ledger, changes=True) as use:
        use.trace = Trace(cases=tuple(told.cases))
        noted = casedesk.annotate(ledger, told, note)
    console.show(caseview.done("cases annotate", noted, "已备注"), as_json=as_json, quiet=False)
    return 0


def _state(word: str) -> str:
    from kcbx_cli.errors import KcbxError

    if word not in ("", "open", "closed", "all"):
        raise KcbxError(f"状态「{word}」不认得", "写 open、closed 或 all。", "usage")
    return word


def _settings(config: Path | None) -> Settings:
    import os

    from kcbx_cli import configuration

    return configuration.load(config, os.environ)

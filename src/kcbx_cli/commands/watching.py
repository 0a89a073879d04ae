"""`kcbx cases watch`, `unwatch`, `watched`: the watch list of pupils who may drop out (有辍学倾向)."""

from __future__ import annotations

from typing import Annotated

import typer

from kcbx_cli import console
from kcbx_cli.commands import options
from kcbx_cli.commands.entries import Cases, Day, Who, entry
from kcbx_cli.result import Trace


def watch(
    cases: Cases,
    helper: Annotated[str, typer.Option(metavar="姓名", help="结对帮扶人(一对一)")] = "",
    phone: Annotated[str, typer.Option(metavar="电话", help="帮扶人电话")] = "",
    help_given: Annotated[str, typer.Option("--help-given", metavar="文字", help="帮扶情况")] = "",
    who: Who = "",
    on: Day = None,
    ledger: options.Ledger = options.LEDGER,
    as_json: options.Json = False,
) -> int:
    """Options in, ledger told, Result out."""
    from kcbx_cli import caseview, watchdesk
    from kcbx_cli.using import entered

    told = entry(cases, who, on)
    with entered("cases watch", ledger, changes=True) as use:
        use.trace = Trace(cases=tuple(told.cases))
        done = watchdesk.put_on(ledger, told, watchdesk.Help(helper, phone, help_given))
    console.show(caseview.done("cases watch", done, "已列入关注"), as_json=as_json, quiet=False)
    return 0


def unwatch(
    cases: Cases,
    who: Who = "",
    on: Day = None,
    ledger: options.Ledger = options.LEDGER,
    as_json: options.Json = False,
) -> int:
    """Options in, ledger told, Result out."""
    from kcbx_cli import caseview, watchdesk
    from kcbx_cli.using import entered

    told = entry(cases, who, on)
    with entered("cases unwatch", ledger, changes=True) as use:
        use.trace = Trace(cases=tuple(told.cases))
        done = watchdesk.take_off(ledger, told)
    console.show(caseview.done("cases unwatch", done, "已解除关注"), as_json=as_json, quiet=False)
    return 0


def watched(ledger: options.Ledger = options.LEDGER, as_json: options.Json = False) -> int:
    """Options in, ledger asked, Result out."""
    from kcbx_cli import watchdesk
    from kcbx_cli.using import entered

    with entered("cases watched", ledger):
        found = watchdesk.listing(ledger)
    console.show(found, as_json=as_json, quiet=False)
    return 0


def add_to(app: typer.Typer) -> None:
    """Makes them sub-commands of `kcbx cases`."""
    app.command("watch", help="把有辍学倾向的孩子列入关注名单,或登记结对帮扶人。")(watch)
    app.command("unwatch", help="解除关注,或不采纳关注建议。")(unwatch)
    app.command("watched", help="关注名单:关注中的和建议关注的。不显示姓名;姓名见 台账/有辍学倾向学生台账.xlsx。")(
        watched
    )

"""The Typer app: registers the commands and turns what goes wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from kcbx_cli import __version__, console, helping, lastword
from kcbx_cli.attended import Session
from kcbx_cli.commands import (
    backup,
    cases,
    collect,
    doctor,
    dossier,
    evaluate,
    explain,
    init,
    inspect,
    ledger,
    log,
    publish,
    purge,
    reconcile,
    report,
    review,
    sample,
    train,
    watch,
)
from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.passwords import LEDGER_KEYS
from kcbx_cli.settings import Settings

#: What Typer raises for a mistake in the command line; BadParameter is the public one of them.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
#: What Typer makes of an interrupt, without a word.
_INTERRUPTED = 130

app = typer.Typer(
    name="kcbx",
    help="控辍保学核对工具:比对学籍与低收入家庭名单,找出真正没有在校的孩子。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init", help=init.HELP)(init.init)
app.command("sample", help=sample.HELP)(sample.sample)
app.command("inspect", help=inspect.HELP)(inspect.inspect)
app.command("reconcile", help=reconcile.HELP)(reconcile.reconcile)
app.command("collect", help=collect.HELP)(collect.collect)
app.command("review", help=review.HELP)(review.review)
app.add_typer(cases.app, name="cases", help=cases.HELP)
app.add_typer(ledger.app, name="ledger", help=ledger.HELP)
app.add_typer(log.app, name="log", help=log.HELP)
app.command("purge", help=purge.HELP)(purge.purge)
app.command("export", help=purge.EXPORT_HELP)(purge.export)
app.command("dossier", help=dossier.HELP)(dossier.dossier)
app.command("backup", help=backup.HELP)(backup.backup)
app.command("restore", help=backup.RESTORE_HELP)(backup.restore)
app.command("doctor", help=doctor.HELP)(doctor.doctor)
app.command("watch", help=watch.HELP)(watch.watch)
app.command("report", help=report.HELP)(report.report)
app.command("publish", help=publish.HELP)(publish.publish)
app.command("explain", help=explain.HELP)(explain.explain)
app.command("train", help=train.HELP)(train.train)
app.command("evaluate", help=evaluate.HELP)(evaluate.evaluate)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kcbx {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", help="显示版本", callback=_version, is_eager=True)] = False,
    log_file: Annotated[str, typer.Option(metavar="文件", help="运行日志;默认见设置 [log]")] = "",
    log_level: Annotated[str, typer.Option(metavar="级别", help="debug、info、warning 或 error;默认 info")] = "",
) -> None:
    """Options that come before the command."""


def run(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 finished, 1 below the quality bar, 2 not finished."""
    given = sys.argv[1:] if arguments is None else arguments
    LEDGER_KEYS.set(lambda _: "")
    command = _command()
    name, as_json = _named(command, given), "--json" in given
    session = Session(name, _settings(given), console.warn)
    with console.heard_by(session), console.alone():
        lastword.speak_with(lambda error: _last(session, name, error, as_json))
        session.begin()
        exit_code = _run(command, given, name, as_json)
        session.end(exit_code)
    return exit_code


@cache
def _command() -> Any:
    """All commands with their options, made once: that takes longer than many a command itself."""
    return helping.in_chinese(typer.main.get_command(app))


def _run(command: Any, given: list[str], name: str, as_json: bool) -> int:
    """The command, with everything that it raises told."""
    try:
        code = int(command.main(given, prog_name="kcbx", standalone_mode=False) or 0)
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
        return code
    except KcbxError as error:
        console.fail(name, error, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        console.fail(name, KcbxError("已中断,什么都没有写", "", "interrupted"), as_json=as_json)
    except typer.Exit as stop:
        return stop.exit_code
    except _UsageError as error:
        if not given or "ArgsIsHelp" in type(error).__name__:
            typer.echo(str(error))
            return 0
        console.fail(name, _usage(error), as_json=as_json)
    except Exception as error:
        console.fail(name, _told(error), as_json=as_json, cause=error)
    return 2


def _named(command: Any, given: list[str]) -> str:
    """The command's full name, such as `cases close`, empty for none: any other word could be a child's name."""
    words: list[str] = []
    for word in given:
        below = getattr(command, "commands", {})
        if word in below:
            command = below[word]
            words.append(word)
        if not getattr(command, "commands", {}):
            break
    return " ".join(words)


def _settings(given: list[str]) -> Settings:
    """The settings, for the log and the notice only; a mistake in them is the command's to tell."""
    if not given or {"-h", "--help", "--version"} & set(given):
        return Settings()
    from kcbx_cli import configuration

    asked = {"log.file": _value(given, "--log-file"), "log.level": _value(given, "--log-level")}
    config = _value(given, "--config")
    wanted = {name: value for name, value in asked.items() if value}
    try:
        return configuration.load(Path(config) if config else None, os.environ, wanted)
    except Exception:  # whatever it is, the command meets it again, and tells it
        return Settings()


def _value(given: list[str], option: str) -> str:
    """The value of an option, wherever it stands."""
    for at, word in enumerate(given):
        if word == option:
            return given[at + 1] if at + 1 < len(given) else ""
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return ""


def _last(session: Session, name: str, error: KcbxError, as_json: bool) -> None:
    console.fail(name, error, as_json=as_json)
    session.end(2)


def _usage(error: Exception) -> KcbxError:
    """A mistake in the command line, in Chinese, with the option named."""
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    named = option or (parameter.opts[0] if parameter is not None and parameter.opts else "")
    if parameter is not None and parameter.param_type_name == "argument":
        named = parameter.metavar or named
    near = getattr(error, "possibilities", None)
    hint = "用 kcbx --help 或 kcbx 命令 --help 查看用法。"
    if type(error).__name__ == "NoSuchOption":
        hint = f"是不是 {'、'.join(sorted(near))}?" if near else hint
        return KcbxError(f"没有「{named}」这个选项", hint, "usage")
    if type(error).__name__ == "MissingParameter":
        return KcbxError(f"缺少「{named}」", hint, "usage")
    if named:
        hint = "日期写成 2021-10-31 的样子。" if getattr(parameter, "metavar", "") == "日期" else hint
        return KcbxError(f"「{named}」的值写得不对", hint, "usage")
    return KcbxError("命令写得不对:没有这个命令,或多写了一个词", hint, "usage")


def _told(error: Exception) -> KcbxError:
    """Any other exception as a message without its text, which could hold a cell of the lists."""
    if isinstance(error, OSError):
        named = f"「{error.filename}」" if error.filename else ""
        return KcbxError(
            f"文件操作失败{named}:{reason(error)}", "请检查磁盘空间、权限,以及文件是否被打开。", "os_error"
        )
    if isinstance(error, MemoryError):
        return KcbxError("内存不够", "请关掉别的程序,或把名单分成几份。", "memory")
    place = traceback.extract_tb(error.__traceback__)[-1]
    return KcbxError(
        f"程序内部错误:{type(error).__name__}({Path(place.filename).name} 第 {place.lineno} 行),什么都没有写",
        "请把这一行和 kcbx --version 的结果报给维护人员;不要附上名单。",
        "internal",
    )

"""The help of every command, in Chinese: the parser's own headings are English, and it counts columns as letters."""

from __future__ import annotations

import shutil
from functools import partial
from typing import Any

from kcbx_cli.terminal import columns, wrapped

_NARROWEST, _WIDEST = 40, 100


def in_chinese(command: Any, called: str = "kcbx") -> Any:
    """The command, and all below it, with Chinese help."""
    command.format_help = partial(_write, command, called)
    for name, sub in getattr(command, "commands", {}).items():
        in_chinese(sub, f"{called} {name}")
    return command


def _write(command: Any, called: str, context: Any, formatter: Any) -> None:
    """What `--help` shows."""
    width = min(max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST), _WIDEST)
    parameters = command.get_params(context)
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    commands = getattr(command, "commands", {})
    usage = [
        called,
        "[选项]" if options else "",
        *(f"<{p.metavar}>" for p in arguments),
        "命令 ..." if commands else "",
    ]
    lines = ["用法: " + " ".join(filter(None, usage)), "", *wrapped(command.help or "", width)]
    lines += _section("参数", [(p.metavar, _told(p)) for p in arguments], width)
    lines += _section("选项", [(_named(p), _told(p)) for p in options], width)
    lines += _section("命令", [(name, c.help or "") for name, c in commands.items()], width)
    formatter.write("\n".join(lines) + "\n")


def _named(option: Any) -> str:
    """`--out 文件夹`; what takes no value has none."""
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag or option.name == "help" else f"{names} {option.metavar or '值'}"


def _told(parameter: Any) -> str:
    if parameter.name == "help":
        return "显示这一页"
    default = parameter.default
    shown = "" if callable(default) or default in (None, "", False, True) else default
    shown = f"{shown:%Y-%m-%d}" if hasattr(shown, "strftime") else shown
    told = getattr(parameter, "help", "") or ""
    if parameter.required and parameter.param_type_name == "option":
        told += "(必填)"
    return f"{told}(默认 {shown})" if str(shown) not in ("", ".") and "默认" not in told else told


def _section(title: str, rows: list[tuple[str, str]], width: int) -> list[str]:
    """A heading and two columns; a name that is too long stands on a line of its own."""
    if not rows:
        return []
    left = min(max(columns(name) for name, _ in rows), width // 3) + 4
    lines = ["", f"{title}:"]
    for name, told in rows:
        body = list(wrapped(told, width - left)) or [""]
        if columns(name) + 4 > left:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {name}{' ' * (left - 2 - columns(name))}{body.pop(0)}".rstrip())
        lines += [" " * left + line for line in body]
    return lines

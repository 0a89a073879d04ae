"""Writes docs/cli.md and docs/settings.md from the code; with --check says whether they are stale.

Usage: python scripts/build_cli_docs.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer.main

from kcbx_cli import configuration, problems
from kcbx_cli.app import app
from kcbx_cli.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


def cli_page() -> str:
    """Every command with its arguments and options, as they are declared."""
    parts = [
        "# 命令",
        "由代码生成(`make docs`),不要手改。退出码:0 完成;1 完成但名单质量低于设定;2 没有完成,什么都没有写。",
    ]
    root = typer.main.get_command(app)
    for name, command in _commands(root):
        parts += [f"## kcbx {name}", command.help or "", "| 选项 | 说明 | 默认 |\n|---|---|---|"]
        rows = []
        for parameter in command.params:
            shown = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.metavar
            default = "" if callable(parameter.default) or parameter.default in (None, "", False) else parameter.default
            default = f"{default:%Y-%m-%d}" if hasattr(default, "strftime") else default
            metavar = f" {parameter.metavar}" if parameter.param_type_name == "option" and parameter.metavar else ""
            rows.append(f"| `{shown}{metavar}` | {getattr(parameter, 'help', '') or ''} | {default} |")
        parts[-1] += "\n" + "\n".join(rows)
    return "\n\n".join(parts) + "\n"


def _commands(group: Any, before: str = "") -> list[tuple[str, Any]]:
    """Every command with its full name; a group's own sub-commands follow it."""
    found = []
    for name, command in group.commands.items():
        found.append((before + name, command))
        found += _commands(command, f"{before}{name} ") if hasattr(command, "commands") else []
    return found


def settings_page() -> str:
    """The explained kcbx.toml."""
    head = "# 设置\n\n由代码生成(`make docs`),不要手改。`kcbx init` 写出的就是这个文件。"
    return f"{head}\n\n```toml\n{configuration.template(Settings())}```\n"


def problems_page() -> str:
    """Every code of 数据问题.xlsx and data/problems.csv."""
    rows = "\n".join(
        f"| {k.code} | {problems.SEVERITIES[k.severity]} | {k.sentence} | {k.remedy} |"
        for _, k in sorted(problems.KINDS.items())
    )
    return f"# 数据问题\n\n由代码生成(`make docs`),不要手改。\n\n| 代码 | 级别 | 问题 | 处理办法 |\n|---|---|---|---|\n{rows}\n"


def main() -> int:
    """Writes the pages, or compares them."""
    pages = {"cli.md": cli_page(), "settings.md": settings_page(), "problems.md": problems_page()}
    stale = [n for n, text in pages.items() if not (DOCS / n).exists() or (DOCS / n).read_text("utf-8") != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/{name} is stale: run make docs")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages[name], "utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

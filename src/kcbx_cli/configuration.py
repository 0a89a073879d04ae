"""kcbx.toml and the environment become frozen Settings; Settings become an explained kcbx.toml.

There is one file and no searching: `--config PATH`, else kcbx.toml in the working directory when there is one.
"""

from __future__ import annotations

import difflib
import itertools
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

from kcbx_cli import credentials
from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.passwords import LEDGER_KEYS
from kcbx_cli.plainfile import content, from_toml
from kcbx_cli.settings import DISPOSITIONS, PLAIN_SECTIONS, Disposition, Settings, Township
from kcbx_cli.tables import FIELDS

#: The one file name that is looked for in the working directory.
FILE = "kcbx.toml"
#: No settings file is larger (bytes).
_MOST = 4 << 20
#: Environment variables that set a value: KCBX_SECTION__KEY.
PREFIX = "KCBX_"
#: Variables with the prefix that are no settings.
_OTHER_VARIABLES = ("KCBX_PASSWORD", credentials.LEDGER_KEY)


def load(path: Path | None, environ: Mapping[str, str], options: Mapping[str, Any] | None = None) -> Settings:
    """The settings of a run. The key of the case ledger that they name is known to the process from then on.

    Args:
        path: kcbx.toml; None takes the one in the working directory, or the defaults where there is none.
        environ: variables named KCBX_SECTION__KEY override the file.
        options: "section.key" -> value, overrides everything.

    Raises:
        KcbxError: the file cannot be read, or a key or a value is not known; file and key are named.
    """
    settings = Settings()
    sources: dict[str, str] = {}
    file = path if path is not None else (Path(FILE) if Path(FILE).is_file() else None)
    if file is not None:
        settings, sources = _from_file(file)
    for variable, text in sorted(environ.items()):
        if variable.startswith(PREFIX) and variable not in _OTHER_VARIABLES:
            section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
            settings = _set(settings, section, key, _value(text), variable)
            sources[f"{section}.{key}"] = variable
    for name, value in (options or {}).items():
        section, _, key = name.partition(".")
        settings = _set(settings, section, key, value, "命令行选项")
        sources[name] = "option"
    _check(settings, sources)
    named = {name: where for name, where in environ.items() if name == credentials.LEDGER_KEY}
    LEDGER_KEYS.set(partial(credentials.ledger_key, where=settings.security.ledger_key, environ=named))
    return replace(settings, sources=sources)


def _from_file(file: Path) -> tuple[Settings, dict[str, str]]:
    try:
        parsed = from_toml(content(file, _MOST).decode("utf-8-sig"))
    except OSError as error:
        raise KcbxError(f"配置文件「{file}」读不了:{reason(error)}", "请检查路径和权限。", "bad_setting") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KcbxError(
            f"配置文件「{file}」不是有效的 TOML(UTF-8):{error}",
            "请按提示的行号改正(中文的节名要加引号),或用 kcbx init 重新生成。",
            "bad_setting",
        ) from error
    settings = Settings()
    sources: dict[str, str] = {}
    for section, body in parsed.items():
        if section == "townships":
            settings = replace(settings, townships=_townships(body, file))
        elif section == "dispositions":
            settings = replace(settings, dispositions=_dispositions(body, file))
            sources[section] = file.name
        elif section == "layouts":
            settings = replace(settings, layouts=_table(body, section, file))
        else:
            for key, value in _table(body, section, file).items():
                settings = _set(settings, section, key, value, str(file))
                sources[f"{section}.{key}"] = file.name
    if settings.notice.success or settings.notice.failure:
        _check_owner(file)
    return settings, sources


def _check_owner(file: Path) -> None:
    """A file that names programs to run is taken from nobody else: whoever may write it could run anything as this user."""
    if os.name != "posix":
        return
    about = os.stat(file)
    if about.st_uid not in (0, os.geteuid()) or about.st_mode & stat.S_IWOTH:
        raise KcbxError(
            f"配置文件「{file}」里有 [notice](要运行的程序),但它属于别的用户,或别的用户也能改",
            f"请核对内容,再把它改成只有自己能写(chown、chmod go-w {file}),或删去 [notice]。",
            "bad_setting",
        )


def _table(body: Any, section: str, file: Path) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _bad(section, str(file), f"应当写成一节 [{section}]")
    return body


def _townships(body: Any, file: Path) -> tuple[Township, ...]:
    if not isinstance(body, list) or not all(isinstance(t, dict) for t in body):
        raise _bad("townships", str(file), "每个乡镇写成一节 [[townships]],有 code、name、former")
    made: list[Township] = []
    for number, item in enumerate(body, 1):
        unknown = set(item) - {"code", "name", "former"}
        code, name, former = str(item.get("code", "")), item.get("name"), item.get("former", [])
        if unknown or not isinstance(name, str) or not name or not isinstance(former, list):
            raise _bad(
                "townships", str(file), f"第 {number} 个乡镇要有 name,可以有 code 和 former(曾用名列表),不能有别的"
            )
        made.append(Township(code, name, tuple(str(f) for f in former)))
    if len({t.name for t in made}) != len(made) or len({t.code for t in made if t.code}) != sum(
        bool(t.code) for t in made
    ):
        raise _bad("townships", str(file), "有两个乡镇的名称或代码相同")
    return tuple(made)


def _dispositions(body: Any, file: Path) -> tuple[Disposition, ...]:
    """The county's own 核查结论, in place of the built-in ones."""
    if not isinstance(body, list) or not all(isinstance(d, dict) for d in body):
        raise _bad("dispositions", str(file), "每个核查结论写成一节 [[dispositions]],有 label")
    hints = get_type_hints(Disposition)
    made: list[Disposition] = []
    for number, item in enumerate(body, 1):
        for key in item:
            if key not in hints:
                raise _unknown(key, list(hints), f"dispositions.{key}", str(file))
        said = {key: _typed(value, hints[key], f"dispositions.{key}", str(file)) for key, value in item.items()}
        if not said.get("label", "").strip() or said.get("months", 0) < 0:
            raise _bad("dispositions", str(file), f"第 {number} 个核查结论要有 label;months 不能是负数")
        made.append(Disposition(**said))
    if not made or len({d.label for d in made}) != len(made):
        raise _bad("dispositions", str(file), "有两个核查结论同名")
    return tuple(made)


def _value(text: str) -> Any:
    """A variable's text as TOML reads it; plain words need no quotes."""
    try:
        return from_toml(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def _set(settings: Settings, section: str, key: str, value: Any, source: str) -> Settings:
    if section not in PLAIN_SECTIONS:
        raise _unknown(section, [*PLAIN_SECTIONS, "dispositions", "townships", "layouts"], f"[{section}]", source)
    body = getattr(settings, section)
    hints = get_type_hints(type(body))
    if key not in hints:
        raise _unknown(key, list(hints), f"{section}.{key}", source)
    return replace(settings, **{section: replace(body, **{key: _typed(value, hints[key], f"{section}.{key}", source)})})


def _typed(value: Any, kind: Any, name: str, source: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in (bool, int, float, str) and type(value) is kind:
        return value
    if kind == tuple[str, ...] and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
        return tuple(value)
    words = {bool: "true 或 false", int: "整数", float: "数", str: "一段文字(加引号)"}
    should = words.get(kind, '一列文字,例如 ["甲", "乙"]')
    raise _bad(name, source, f"要写成{should}")


def _bad(name: str, source: str, should: str) -> KcbxError:
    return KcbxError(f"设置「{name}」({source})写得不对:{should}", "改好以后再运行。", "bad_setting")


def _unknown(word: str, known: list[str], name: str, source: str) -> KcbxError:
    near = difflib.get_close_matches(word, known, 1)
    hint = f"是不是「{near[0]}」?" if near else "可用的有:" + "、".join(known) + "。"
    return KcbxError(f"没有「{name}」这个设置({source})", hint, "bad_setting")


def _is_span(text: str) -> bool:
    """Whether a text is a date, or two joined with /, the first not after the second."""
    try:
        days = [date.fromisoformat(part) for part in text.split("/")]
    except ValueError:
        return False
    return len(days) <= 2 and days == sorted(days)


def _check(settings: Settings, sources: Mapping[str, str]) -> None:
    """Values that have the right type and still make no sense."""
    month, _, day = settings.school_age.cutoff.partition("-")
    rules = {
        "school_age.cutoff": month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31,
        "school_age.first_age": 5 <= settings.school_age.first_age <= 8,
        "school_age.years": 1 <= settings.school_age.years <= 12,
        "school_age.oldest": settings.school_age.oldest < 18,
        "quality.max_unusable": 0 <= settings.quality.max_unusable <= 1,
        "quality.max_fall": 0 <= settings.quality.max_fall <= 1,
        "quality.min_matched": 0 <= settings.quality.min_matched <= 1,
        "quality.grade_years": 0 <= settings.quality.grade_years <= 9,
        "report.dropout_formula": settings.report.dropout_formula in ("start", "net"),
        "report.suppress": 0 <= settings.report.suppress <= 100,
        "papers.months": settings.papers.months > 0,
        "papers.alert_days": settings.papers.alert_days >= 0,
        "attendance.suspected_days": 1 <= settings.attendance.suspected_days <= settings.attendance.dropout_days,
        "attendance.stale_days": settings.attendance.stale_days >= 0,
        "attendance.holidays": all(_is_span(span) for span in settings.attendance.holidays),
        "checklist.blank_rows": 0 <= settings.checklist.blank_rows <= 500,
        "matching.cost_hidden": settings.matching.cost_hidden >= 0,
        "matching.cost_review": settings.matching.cost_review >= 0,
        "security.retention_months": settings.security.retention_months > 0,
        "security.least_shown": settings.security.least_shown > 1,
        "limits.memory_mb": settings.limits.memory_mb >= 64,
        "limits.seconds": settings.limits.seconds >= 1,
        "limits.unpacked_mb": settings.limits.unpacked_mb >= 1,
        "limits.lock_seconds": 0 <= settings.limits.lock_seconds <= 86_400,
        "log.level": settings.log.level in ("debug", "info", "warning", "error"),
        "log.max_mb": settings.log.max_mb >= 1,
        "log.keep": 0 <= settings.log.keep <= 1000,
        "watch.settle_seconds": settings.watch.settle_seconds >= 0,
        "watch.interval_seconds": settings.watch.interval_seconds >= 1,
    }
    known = ("", *settings.visits.actions)
    rules["dispositions"] = settings.dispositions == DISPOSITIONS or all(
        d.action in known for d in settings.dispositions
    )
    rules["visits.stages"] = bool(settings.visits.stages)
    groups = {name: set(getattr(settings.status, name)) for name in ("attending", "suspended", "left", "alarm")}
    for first, second in itertools.combinations(groups, 2):
        if both := groups[first] & groups[second]:
            word = min(both)
            raise KcbxError(
                f"状态「{word}」同时写在 status.{first} 和 status.{second} 里", "一个状态只能归一类。", "bad_setting"
            )
    for name, good in rules.items():
        if not good:
            raise _bad(name, sources.get(name, "默认值"), "这个值超出了允许的范围")
    costs = settings.matching
    if (costs.cost_hidden > 0) != (costs.cost_review > 0):
        lacking = "matching.cost_review" if costs.cost_hidden > 0 else "matching.cost_hidden"
        raise _bad(lacking, sources.get(lacking, "默认值"), "两种代价要一起写,或者都写 0")


_DISPOSITIONS = """
# 核查结论:核查表上可选的结论,每个一节;写了任何一节,就以这里的为准,自带的不再用。
#   label     名称,即下拉选项
#   evidence  是否必须填佐证材料;没有填的退回
#   months    几个月内有效,到期重新核查;0 表示一直有效
#   dropout   是否计为辍学
#   closes    是否销号
#   deceased  是否表示已去世
#   returned  是否计为返校(月报中的返校人数)
#   attends   是否表示在本县学校上学:核查日期以后又缺勤的,重新列入
#   action    属于六处置(visits.actions)的哪一项"""


def template(settings: Settings) -> str:
    """A kcbx.toml that states and explains every setting."""
    parts = ["# kcbx 的设置。每一项都写着默认值;改了哪一项,就以这里为准。文件用 UTF-8 保存。"]
    for section in PLAIN_SECTIONS:
        body = getattr(settings, section)
        parts.append(f"\n[{section}]")
        for f in fields(body):
            parts.append(f"# {f.metadata['doc']}\n{f.name} = {_toml(getattr(body, f.name))}")
    parts.append(_DISPOSITIONS)
    for d in settings.dispositions:
        parts.append("\n".join(["\n[[dispositions]]", *(f"{f.name} = {_toml(getattr(d, f.name))}" for f in fields(d))]))
    parts.append(
        "\n# 乡镇表:代码、现名、曾用名。没有这张表时,乡镇名称取自名单本身。每个乡镇一节,例如:\n"
        '# [[townships]]\n# code = "500229001"\n# name = "葛城街道"\n# former = ["葛城镇"]'
    )
    for t in settings.townships:
        parts.append(f"\n[[townships]]\ncode = {_toml(t.code)}\nname = {_toml(t.name)}\nformer = {_toml(t.former)}")
    parts.append(
        "\n# 新的导出格式,不用改程序:写明表头对应的字段。例如:\n"
        '# [layouts."本县名单"]\n# role = "households"\n# headers = { name = ["孩子姓名"], id_number = ["身份证"] }\n'
        '## 表头也可以写成列号,例如 ["@C"]。可用的字段:\n'
        + "\n".join(f"##   {f}  {words}" for f, words in FIELDS.items())
    )
    return "\n".join(parts) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)

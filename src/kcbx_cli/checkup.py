"""Whether everything that a month needs is in order, and what to do where it is not. Looks only; mends nothing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from kcbx_cli.errors import KcbxError, reason
from kcbx_cli.halfway import HALF
from kcbx_cli.plainfile import from_json
from kcbx_cli.settings import Settings

State = Literal["good", "note", "bad"]
_WORDS: dict[State, str] = {"good": "正常", "note": "注意", "bad": "要处理"}
#: Megabytes: a month with its copy in the making, and the ledger twice.
_ENOUGH_MB, _SCANT_MB = 2048, 300
#: Days without a backup that are too many: a month has passed by.
_BACKUP_DAYS = 35
#: Windows opens no longer path, unless it was told to.
_WINDOWS_PATH = 200
#: What a killed run leaves beside its results, or in place of a single file.
_LEFT = re.compile(r"\..*\.kcbx-(journal|new|old|try|work)|" + re.escape(HALF))
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)\s*$")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `name` for scripts, how it stands, a Chinese sentence, and what to do."""

    name: str
    state: State
    sentence: str
    remedy: str = ""

    def line(self) -> str:
        """The finding for a person."""
        return f"[{_WORDS[self.state]}] {self.sentence}" + (f" 办法:{self.remedy}" if self.remedy else "")


@dataclass(frozen=True)
class Subject:
    """What is looked at. `settings` is the error where they cannot be read."""

    ledger: Path
    folder: Path
    backups: Path
    settings: Settings | KcbxError
    now: datetime


def look(subject: Subject) -> list[Finding]:
    """Every check in turn; one that cannot be made is a finding itself."""
    found: list[Finding] = []
    for check in _CHECKS:
        try:
            found += check(subject)
        except OSError as error:
            found.append(Finding("look", "bad", f"检查时出错:{reason(error)}", "请检查路径和权限。"))
    return found


def _versions(_: Subject) -> Iterator[Finding]:
    """Python and the libraries, against what this version was declared for."""
    shown = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "good", f"Python {shown},{sys.platform}")
    wrong = []
    for line in importlib.metadata.requires("kcbx-cli") or ():
        needed = _REQUIREMENT.match(line)
        if needed and not _there(needed[1], needed[2]):
            wrong.append(needed[1])
    if wrong:
        yield Finding("libraries", "bad", f"缺少或版本太旧的组件:{'、'.join(wrong)}", "请用安装包重新安装 kcbx。")
    else:
        yield Finding("libraries", "good", "所需组件齐全")


def _there(name: str, least: str) -> bool:
    try:
        return _numbers(importlib.metadata.version(name)) >= _numbers(least)
    except importlib.metadata.PackageNotFoundError:
        return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def _encodings(_: Subject) -> Iterator[Finding]:
    """File names and the screen must be able to hold Chinese."""
    names, screen = sys.getfilesystemencoding(), getattr(sys.stdout, "encoding", None) or "?"
    if not _holds_chinese(names):
        yield Finding(
            "file_names",
            "bad",
            f"系统的文件名编码是 {names},写不了中文文件名",
            "请把系统语言设为 UTF-8(LANG=C.UTF-8)。",
        )
    else:
        yield Finding("file_names", "good", f"文件名编码 {names}")
    if not _holds_chinese(screen):
        yield Finding("screen", "note", f"屏幕编码是 {screen},中文会显示为问号;文件不受影响", "请用支持中文的终端。")
    else:
        yield Finding("screen", "good", f"屏幕编码 {screen}")


def _holds_chinese(encoding: str) -> bool:
    try:
        "城口县".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _configured(subject: Subject) -> Iterator[Finding]:
    """The settings, and the files that they name."""
    if isinstance(subject.settings, KcbxError):
        yield Finding("settings", "bad", subject.settings.message, subject.settings.hint)
        return
    settings = subject.settings
    yield Finding(
        "settings",
        "good",
        f"设置可用,改过 {len(settings.sources)} 项" if settings.sources else "没有改过设置,全部用默认值",
    )
    if not settings.county.name:
        yield Finding("county", "note", "没有写县(区)名称,表的标题上不会有县名", "请在 kcbx.toml 里写明 county.name。")
    if not settings.townships:
        yield Finding(
            "townships",
            "note",
            "没有乡镇表,乡镇名称取自名单本身",
            "请在 kcbx.toml 里写 [[townships]](代码、名称、曾用名)。",
        )
    named = (
        settings.checklist.template,
        settings.documents.pledge,
        settings.documents.dossier,
        settings.matching.model,
    )
    for path in filter(None, named):
        if not Path(path).is_file():
            yield Finding("template", "bad", f"设置里的文件「{path}」找不到", "请改正 kcbx.toml 里的路径。")
    program = next(iter(settings.notice.success or settings.notice.failure), "")
    if program and not (shutil.which(program) or Path(program).is_file()):
        yield Finding("notice", "bad", f"通知程序「{program}」找不到", "请改正 kcbx.toml 里的 [notice]。")


def _disk(subject: Subject) -> Iterator[Finding]:
    """Room, and whether the folder can be written."""
    free = shutil.disk_usage(subject.folder).free >> 20
    state: State = "good" if free >= _ENOUGH_MB else "note" if free >= _SCANT_MB else "bad"
    yield Finding("disk", state, f"磁盘剩余 {free} MB", "" if state == "good" else "请腾出空间;至少留 2 GB。")
    try:
        with tempfile.TemporaryDirectory(prefix=".kcbx-", dir=subject.folder) as made:
            Path(made, "城口县.txt").write_text("城", "utf-8")
    except OSError as error:
        yield Finding("folder", "bad", f"工作文件夹不能写入:{reason(error)}", "请检查权限。")
    else:
        yield Finding("folder", "good", "工作文件夹可以写入")
    if os.name == "nt" and len(str(subject.folder.absolute())) > _WINDOWS_PATH - 100:
        yield Finding(
            "path",
            "note",
            "工作文件夹的路径太长,结果里的文件可能打不开",
            "请把工作文件夹移到浅一些的位置,例如 D:\\控辍保学。",
        )


def _ledger(subject: Subject) -> Iterator[Finding]:
    """The case ledger: sound, of this version, finished, for its owner alone."""
    from kcbx_cli.ledger import open_ledger

    path = subject.ledger
    if not path.exists():
        yield Finding(
            "ledger", "note", f"还没有台账「{path}」", "第一次运行 kcbx reconcile 时会建立;已有的请用 --ledger 指明。"
        )
        return
    try:
        with open_ledger(path, create=False, readonly=True, timeout=2) as book:
            wrong, pending, months = book.check(), book.pending(), sorted(book.months())
    except KcbxError as error:
        state: State = "note" if error.code == "ledger_locked" else "bad"
        yield Finding("ledger", state, error.message, error.hint)
        return
    if wrong:
        yield Finding("ledger", "bad", f"台账已损坏({len(wrong)} 处)", "请用备份恢复:kcbx restore 文件。")
    else:
        until = f",到 {months[-1] // 100}-{months[-1] % 100:02d} 为止" if months else ""
        yield Finding("ledger", "good", f"台账完好({path.stat().st_size / 1e6:.1f} MB){until}")
    if pending:
        yield Finding(
            "pending",
            "note",
            "台账里有一次没有收尾的运行",
            "下一次运行 kcbx reconcile 时会先完成或撤销它,不用手工处理。",
        )
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("permissions", "bad", "台账别的用户也能读", f"请运行:chmod 600 {path}")


def _leftovers(subject: Subject) -> Iterator[Finding]:
    """What killed runs left beside output folders."""
    near = (
        subject.folder,
        subject.folder / "out",
        subject.folder / "退回",
        subject.backups,
        subject.ledger.absolute().parent,
    )
    folders = list(dict.fromkeys(f.absolute() for f in near if f.is_dir()))
    left = [p for f in folders for p in f.iterdir() if _LEFT.match(p.name)]
    if left:
        yield Finding(
            "leftovers",
            "note",
            f"有 {len(left)} 个中断的运行留下的临时文件,例如「{left[0]}」",
            "对同一个文件夹再运行一次,程序会自己收拾;没有别的运行时也可以直接删除。",
        )
    locks = [p.name for f in folders for p in f.rglob("~$*")]
    if locks:
        yield Finding("open_books", "note", f"有 {len(locks)} 个工作簿正在 Excel 里打开", "运行前请关闭。")


def _backups(subject: Subject) -> Iterator[Finding]:
    """When the ledger was last put into safety."""
    if not subject.ledger.exists():
        return
    made = sorted(subject.backups.glob("kcbx-backup-*.zip")) if subject.backups.is_dir() else []
    if not made:
        yield Finding(
            "backup", "note", f"文件夹「{subject.backups}」里没有备份", "请运行 kcbx backup,最好备份到另一块磁盘。"
        )
        return
    days = (subject.now - datetime.fromtimestamp(made[-1].stat().st_mtime)).days
    state: State = "good" if days <= _BACKUP_DAYS else "note"
    yield Finding("backup", state, f"最近的备份在 {days} 天前", "" if state == "good" else "请运行 kcbx backup。")


def _clock(subject: Subject) -> Iterator[Finding]:
    """A clock that has gone back to its beginning would date every case wrongly."""
    newest = ""
    for path in (subject.folder / "out").glob("*/run.json") if (subject.folder / "out").is_dir() else ():
        try:
            newest = max(newest, str(from_json(path.read_bytes()).get("as_of", "")))
        except (OSError, ValueError, AttributeError):
            continue
    if subject.now.year < 2024 or newest[:4].isdigit() and subject.now.year < int(newest[:4]) - 1:
        yield Finding("clock", "bad", f"电脑的日期是 {subject.now:%Y-%m-%d},不对", "请校准日期和时间。")


_CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    _versions, _encodings, _configured, _disk, _ledger, _leftovers, _backups, _clock,
)  # fmt: skip

"""What is told of several counties together: the progress while they are done, and the summary at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from kcbx_cli import __version__, decide
from kcbx_cli.counties import Aside
from kcbx_cli.errors import on_one_line, some
from kcbx_cli.result import Result, Trace
from kcbx_cli.write import commit, exports
from kcbx_cli.write.province import CountyLine, Remark, province_files

#: The folder beside the counties' that holds what is of all of them.
TOGETHER = "汇总"
_NOBODY = pd.DataFrame({"verdict": pd.Series([], dtype=object)})


@dataclass(frozen=True)
class Done:
    """A county that was written, or (`again`) that stands as it would be written again."""

    line: CountyLine
    warnings: tuple[str, ...]
    exit_code: int
    again: bool = False
    #: the word for exit code 1
    short_of: str = ""


@dataclass(frozen=True)
class Summary:
    """A run over several counties: its day and folder, what became of each, and seconds by stage.

    `unread` names those whose pupils could not be had, where other counties miss children.
    """

    as_of: date
    out: Path
    done: Sequence[Done]
    aside: Sequence[Aside]
    seconds: Mapping[str, float]
    unread: Sequence[str] = ()


class Shown:
    """Tells how many counties are done and, from the third on, about how long the others take."""

    def __init__(self, show: Callable[[str], None], what: str, count: int) -> None:
        self._show, self._what, self._count, self._start = show, what, count, time.monotonic()
        show(f"{what}(0/{count} 个县)")

    def __call__(self, done: int) -> None:
        """So many are done."""
        left = (time.monotonic() - self._start) / done * (self._count - done)
        rest = f",这一步大约还要 {left / 60:.0f} 分钟" if left >= 90 else f",这一步大约还要 {left:.0f} 秒"
        self._show(f"{self._what}({done}/{self._count} 个县{rest if 3 <= done < self._count else ''})")


def summary(of: Summary) -> Result:
    """The summary, written and told."""
    done = of.done
    lines = [one.line for one in done]
    aside = sorted(of.aside, key=lambda a: a.name)
    counts = {
        "counties": len(done),
        "set_aside": len(aside),
        "registry_rows": sum(one.pupils for one in lines),
        "listed_rows": sum(one.listed for one in lines),
        "verdicts": {name: sum(one.verdicts[name] for one in lines) for name in decide.tally(_NOBODY)},
        "found_elsewhere": sum(one.found for one in lines),
        "doubtful_elsewhere": sum(one.doubtful for one in lines),
        "work": sum(one.work for one in lines),
    }
    body = {"schema": 1, "kcbx": __version__, "command": "reconcile --by-county", "as_of": of.as_of.isoformat(),
            "counts": counts, "set_aside": [vars(one) for one in aside], "unread": [*of.unread],
            "timings": of.seconds}  # fmt: skip
    remarks = [Remark(one.line.name, one.short_of, one.warnings) for one in done if one.exit_code]
    body["short_of"] = {one.name: one.code for one in remarks}
    said_of_all = _of_all(of)
    files = province_files(lines, aside, remarks, said_of_all, body, of.as_of)
    trace = Trace(exports=exports(files))
    commit.commit(of.out / TOGETHER, [(f.path, f.content) for f in files])
    said = [
        f"截至 {of.as_of.isoformat()},{len(done)} 个县:名单 {counts['listed_rows']} 行、学籍 {counts['registry_rows']} 行。",
        f"要核查的孩子 {counts['work']} 名;另有 {counts['found_elsewhere']} 名在别的县的学籍里找到,"
        f"{counts['doubtful_elsewhere']} 名与别的县的学生相近,还不能确定,见各县的「在外县就读.xlsx」。",
        f"每个县的结果在:{of.out};汇总在:{of.out / TOGETHER}",
    ]
    again = sum(one.again for one in done)
    said += [f"{again} 个县的名单、设置和台账都没有变,结果照旧,没有重算。"] if again else []
    warnings = [f"「{one.name}」没有完成:{on_one_line(one.message, one.hint)}" for one in aside]
    warnings += said_of_all
    warnings += [f"{one.line.name}:{words}" for one in done for words in one.warnings]
    code = 1 if aside or any(one.exit_code for one in done) else 0
    short_of = "set_aside" if aside else next((one.code for one in remarks), "")
    return Result(
        "reconcile",
        body | {"out": str(of.out), "unchanged": again},
        tuple(said),
        tuple(warnings),
        code,
        short_of,
        trace=trace,
    )


def _of_all(of: Summary) -> list[str]:
    """What is to be known of the run as a whole."""
    if not of.unread:
        return []
    return [
        f"{len(of.unread)} 个县的学籍这次没有用上({some(of.unread)}):其他县在这些县就读的孩子这次找不到,可能仍列为疑似辍学"
    ]

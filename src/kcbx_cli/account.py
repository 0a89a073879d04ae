"""What a run says of itself: run.json for scripts, lines for people, the envelope's data. Counts only, no person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd

from kcbx_cli import __version__, decide, read, run
from kcbx_cli.counties import codes_of
from kcbx_cli.errors import KcbxError, some
from kcbx_cli.intake import UNFIT, Input, below_quality, described, traced
from kcbx_cli.problems import KINDS, SEVERITIES
from kcbx_cli.result import Result, Trace
from kcbx_cli.settings import Settings, plain
from kcbx_cli.tables import FIELDS, LISTED, Issued, Month
from kcbx_cli.write.children import records
from kcbx_cli.write.compared_words import comparison_table
from kcbx_cli.write.wording import VERDICT_WORDS

#: What of run.json stands in the envelope of --json.
_ENVELOPE = ("as_of", "counts", "comparisons", "below_quality", "problems", "timings")
#: Of so many rows a share means something.
_MANY = 200
#: Among so many rows of a registry there is nearly always a pupil of school age.
_FEW = 500
#: Of so many children of school age on a list some are always in the county's own registry.
_LISTED = 30
#: Verdicts of people who are of no school age, or of whom nobody can say.
_NO_PUPILS = ("deceased", "adult", "unknown_age", "out_of_age")


def of_month(
    month: Month, settings: Settings, inputs: Sequence[Input], matched: run.Matched, seconds: dict[str, float]
) -> dict[str, Any]:
    """The content of run.json. Apart from `timings` it is the same for the same inputs, settings and ledger."""
    blocks = matched.blocks
    made = blocks[blocks["used"].astype(bool)]
    return {
        "schema": 1,
        "kcbx": __version__,
        "command": "reconcile",
        "as_of": month.as_of.isoformat(),
        "inputs": described(inputs),
        "below_quality": [i.file for i in below_quality(inputs, settings)],
        "counts": {
            "listed_rows": len(month.people),
            "verdicts": decide.tally(month.verdicts),
            "listed_children": int(month.verdicts["child"].nunique()),
            "children": decide.tally(month.verdicts.drop_duplicates("child")),
            "registry_rows": len(month.registry),
            "pupils": len(set(matched.pupil.tolist())),
            "families": len(month.families),
            "special_rows": len(month.special),
            "findings": len(month.findings),
            "work": len(month.work),
            "carried_over": int(month.work["reason"].str.startswith("carried_").sum()),
            "cases": _changed(month),
            "watch": {name: int((month.watch["state"] == name).sum()) for name in ("on", "proposed")},
        },
        "comparisons": _compared(month),
        "problems": _counted(month.problems),
        "model": {"digest": matched.model.digest, "link": matched.model.link, "review": matched.model.review},
        "candidate_pairs": dict(zip(made["key"].tolist(), made["pairs"].tolist(), strict=True)),
        "keys_left_out": int(len(blocks) - len(made)),
        "settings": plain(settings),
        "timings": seconds,
    }


def _changed(month: Month) -> dict[str, int]:
    """Cases on the former list and on this one, and what became of them in between."""
    count = month.changes["change"].value_counts().to_dict()
    new, back, on, gone = (int(count.get(name, 0)) for name in ("new", "reopened", "continuing", "closed"))
    return {"before": on + gone, "new": new, "reopened": back, "continuing": on, "closed": gone, "now": on + new + back}


def _compared(month: Month) -> dict[str, Any]:
    """What was compared with what, and found; of the children found, how many have each group tag."""
    told: dict[str, Any] = {}
    work = month.work
    tags = work["groups"].str.split("|")
    for one in records(month.comparisons):
        mine = (work["comparison"] == one.comparison) | (one.comparison == decide.OVERLAP)
        counted = tags[mine].explode()
        told[one.comparison] = {
            "made": bool(one.made),
            "lacking": [role for role in one.lacking.split("|") if role],
            "compared": int(one.compared),
            "found": int(one.found),
            "earlier": int(one.earlier),
            "kinds": _count(work.loc[mine, "kind"]) if one.comparison != decide.OVERLAP else {},
            "groups": _count(counted[counted.fillna("") != ""]),
        }
    told["registry_attendance"]["schools"] = {"on_roll": month.schools[0], "with_list": month.schools[1]}
    return told


def _count(values: Any) -> dict[str, int]:
    return {str(value): int(n) for value, n in values.value_counts().sort_index().items()}


def of_reconcile(month: Month, told: dict[str, Any], inputs: Sequence[Input], settings: Settings, out: str) -> Result:
    """The result of the main job."""
    counts, low, foreign = told["counts"], below_quality(inputs, settings), _foreign(month, settings)
    lines = [
        f"截至 {month.as_of.isoformat()},读到名单 {counts['listed_rows']} 行、{counts['listed_children']} 人,"
        f"学籍 {counts['registry_rows']} 行。",
        f"  {'名单上的人':　<7}{'行':>7}{'人':>7}  (同一人的几行只算一人)",
    ]
    both = zip(counts["verdicts"].items(), counts["children"].values(), strict=True)
    lines += [f"  {VERDICT_WORDS[name]:　<7}{rows:>8}{people:>8}" for (name, rows), people in both if rows]
    lines.append(
        f"要核查的孩子 {counts['work']} 名(其中只在学籍里的 {counts['findings']} 名),分 {_townships(month)} 个乡镇。"
    )
    lines += comparison_table(month)
    changed = counts["cases"]
    lines.append(
        f"个案:上期 {changed['before']},新增 {changed['new']},重新列入 {changed['reopened']},"
        f"销号 {changed['closed']},本期 {changed['now']};见 月度变化.xlsx。"
    )
    watch = counts["watch"]
    if any(watch.values()):
        lines.append(
            f"有辍学倾向:关注中 {watch['on']} 名,建议关注 {watch['proposed']} 名;见 台账/有辍学倾向学生台账.xlsx。"
        )
    lines += _lacking(month, "K117")
    unused = int((month.problems["code"] == "K115").sum())
    if unused:
        lines.append(f"{unused} 张工作表里有些列没有用到(表头不认得),见 数据问题.xlsx(K115)。")
    lines.append(f"数据问题 {sum(told['problems'].values())} 处,见 数据问题.xlsx。")
    lines.append(f"结果在:{out}")
    return Result(
        "reconcile",
        {"out": out, **{k: told[k] for k in _ENVELOPE}},
        tuple(lines),
        (*foreign, *_warnings(month, low, settings), *_counties(inputs)),
        1 if low or foreign else 0,
        trace=Trace(traced(inputs), counts={"work": counts["work"], **changed}),
    )


def again(result: Result) -> Result:
    """The same month run again with the same lists, settings and ledger: the same files, and a ledger that stays."""
    words = "与上一次运行完全相同:个案台账没有变化,文件照原样重写。"
    return replace(result, lines=(*result.lines, words), data=result.data | {"unchanged": True})


def said_since(result: Result, cases: int) -> Result:
    """The month was run before, and people have said something of so many cases since: its list stays what it was."""
    if not cases:
        return result
    words = f"本月名单写出以后收回的核查结论(涉及个案 {cases} 个)不改变本月的名单和月报,计入下一期。"
    return replace(
        result, lines=(*result.lines[:-1], words, result.lines[-1]), data=result.data | {"said_since": cases}
    )


def rests_on(result: Result, as_of: date, months: Iterable[int]) -> Result:
    """The month was run again and is another than it was: the later ones of these months (yyyymm) were told as the difference
    from what it had been. Exit code 1, for the figures no longer join.
    """
    month = as_of.year * 100 + as_of.month
    later = [f"{m // 100}-{m % 100:02d}" for m in sorted(months) if m > month]
    if not later:
        return result
    words = (
        f"{as_of:%Y-%m} 这次和以前运行的不同,而 {later[0]}{f' 至 {later[-1]}' if later[1:] else ''} 是接着原来的 {as_of:%Y-%m} 算的,"
        f"上期末对不上:请从 {later[0]} 起按月份顺序重新运行到 {later[-1]}"
    )
    short_of = result.short_of if result.exit_code else "later_months"
    return replace(
        result,
        warnings=(words, *result.warnings),
        exit_code=1,
        short_of=short_of,
        data=result.data | {"later_months": later},
    )


def shrunk(result: Result, now: Issued, former: Issued | None, settings: Settings) -> Result:
    """Lists that have far fewer rows than in the report before: what an export that broke off leaves out would be suspected."""
    if former is None:
        return result
    told = []
    for name, words in (("registry_rows", "学籍"), ("listed_rows", "名单")):
        before, rows = int(former.head[name]), int(now.head[name])
        if before >= _MANY and rows < before * (1 - settings.quality.max_fall):
            month = f"{former.month // 100}-{former.month % 100:02d}"
            told.append(f"{words}只有 {rows} 行,{month} 有 {before} 行:请核对导出是否完整,不完整的请重新导出再运行")
    if not told:
        return result
    return replace(result, warnings=(*told, *result.warnings), exit_code=1)


def dry(result: Result) -> Result:
    """The same for a run that writes nothing."""
    return replace(result, lines=(*result.lines[:-1], "试运行,什么都没有写。"), data=result.data | {"dry_run": True})


def _townships(month: Month) -> int:
    return len({*month.work["township"]} - {""})


def _lacking(month: Month, code: str) -> list[str]:
    """The files in which something of this kind was found, in a line."""
    files = "、".join(f"「{f}」" for f in sorted({*month.problems.loc[month.problems["code"] == code, "file"]}))
    return [f"{files}{KINDS[code].sentence}:{KINDS[code].remedy}。"] if files else []


def _foreign(month: Month, settings: Settings) -> list[str]:
    """Lists of which hardly a child is in the registry: one of the two is another county's.

    Rosters of classes do not count: whom the registry has is not among the listed people.
    """
    listed = month.people[["file", "role"]].iloc[month.verdicts["person"].to_numpy()].reset_index(drop=True)
    verdicts = month.verdicts[["child", "verdict", "registry"]].reset_index(drop=True).join(listed)
    verdicts = verdicts[verdicts["role"].isin(LISTED) & ~verdicts["verdict"].isin(_NO_PUPILS)]
    told = []
    for name, rows in (verdicts["registry"] >= 0).groupby([verdicts["file"], verdicts["child"]]).any().groupby(level=0):
        if len(rows) >= _LISTED and rows.mean() < settings.quality.min_matched:
            words = f"「{name}」里学龄的 {len(rows)} 人只有 {int(rows.sum())} 人在学籍里对上"
            told.append(f"{words}:请核对名单和学籍是不是同一个县的,换上对的,再运行一次")
    return told


def _counties(inputs: Sequence[Input]) -> list[str]:
    """Lists of several counties, which are taken for one county's."""
    codes = sorted(codes_of(Path(one.file).name for one in inputs))
    if len(codes) < 2:
        return []
    return [
        f"文件名里有 {len(codes)} 个县(区)的代码({some(codes)}),这次按一个县处理:"
        "几个县一起做请加 --by-county,每种名单给一个文件夹"
    ]


def _warnings(month: Month, low: Sequence[Input], settings: Settings) -> list[str]:
    """What the user must know before trusting the lists."""
    said = [
        f"「{i.file}」有 {i.share_unusable:.0%} 的行无法使用,超过 {settings.quality.max_unusable:.0%},结果要慎用"
        for i in low
        if i.share_unusable > settings.quality.max_unusable
    ]
    for code in (*UNFIT, "K121", "K116"):
        said += _lacking(month, code)
    if not settings.county.name:
        said.append("没有写县(区)名称,表的标题上不会有县名:请在 kcbx.toml 里写明 county.name")
    if month.as_of > date.today():
        said.append(f"截止日期 {month.as_of.isoformat()} 还没有到")
    if not any(_of_school_age(rows, month.as_of, settings) for rows in (month.registry.head(_FEW), month.registry)):
        said.append("学籍里没有一名学龄学生:请检查学籍文件和截止日期")
    return said


def _of_school_age(pupils: pd.DataFrame, as_of: date, settings: Settings) -> bool:
    return bool((decide.ages(pupils, as_of, settings)["window"] == "inside").any())


def of_files(seen: Sequence[tuple[read.Loaded, pd.DataFrame]], failed: Sequence[tuple[str, KcbxError]]) -> Result:
    """The result of `kcbx inspect`: each file with what is wrong in its cells (PROBLEMS); last, those that cannot be read.

    One of these and the result is a failure: its pupils would all become suspects.
    """
    lines: list[str] = []
    for loaded, found in seen:
        lines += [*read.describe(loaded), *_cell_lines(found, len(loaded.tables) > 1), ""]
    for _, error in failed:
        lines += [f"错误:{error.message}", f"  办法:{error.hint}", ""]
    files = [read.as_data(one) | {"cell_problems": _counted(found)} for one, found in seen]
    files += [{"file": name, "error": {"code": error.code, "message": error.message}} for name, error in failed]
    why = _unread([error for _, error in failed], len(files))
    trace = Trace(tuple((one.source.sha256, one.rows_read) for one, _ in seen))
    return Result("inspect", {"files": files}, tuple(lines[:-1]), exit_code=2 if why else 0, error=why, trace=trace)


def _counted(problems: pd.DataFrame) -> dict[str, int]:
    return {str(code): int(n) for code, n in problems["code"].value_counts().sort_index().items()}


def _cell_lines(problems: pd.DataFrame, several: bool) -> list[str]:
    """A line for each kind of problem; the first place is named with its sheet where the file has several."""
    lines = []
    for key, rows in problems.groupby(["code", "field"], sort=True):
        code, name = map(str, cast("tuple[str, str]", key))
        where = f"「{FIELDS[name]}」" if name in FIELDS else ""
        count, row, sheet = len(rows), str(rows["row"].iat[0]), str(rows["sheet"].iat[0])
        place = f"工作表「{sheet}」" if several and sheet else ""
        first = f",先见于{place}第 {row} 行" if row != "0" else ""
        kind = KINDS[code]
        lines.append(f"  {code} {SEVERITIES[kind.severity]} {where}{kind.sentence}({count} 处{first})。{kind.remedy}。")
    return lines


def _unread(failed: Sequence[KcbxError], count: int) -> KcbxError | None:
    """The error of a run over several files, some of which cannot be read."""
    if not failed:
        return None
    if count == 1:
        return failed[0]
    return KcbxError(f"{count} 个文件里有 {len(failed)} 个读不了", "见上面这些文件各自的办法。", failed[0].code)

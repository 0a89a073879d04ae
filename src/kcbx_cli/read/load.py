"""One file from bytes to raw tables: format, sheets, header, layout, rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kcbx_cli.errors import KcbxError
from kcbx_cli.problems import Problem, frame
from kcbx_cli.read import body, headers, questions, taught
from kcbx_cli.read.aliases import BY_CONTENT, SHARED, folded
from kcbx_cli.read.choose import Choice, fitting
from kcbx_cli.read.formats import Opened, open_file
from kcbx_cli.read.gaps import gaps
from kcbx_cli.read.grid import Grid, letter
from kcbx_cli.read.guard import bounded
from kcbx_cli.read.headers import Block
from kcbx_cli.read.layouts import BUILT_IN, SAID, Layout
from kcbx_cli.read.report import SKIPPED, ColumnReport, Loaded, SheetReport, Source
from kcbx_cli.read.second_look import second_look
from kcbx_cli.settings import Settings
from kcbx_cli.tables import RawTable

#: A sheet that is no list of people and yet has so many rows and columns is worth a warning.
_NOTABLE_ROWS, _NOTABLE_COLUMNS = 20, 4
#: More than that above a header is no title, and nobody asks for it.
_LONGEST_TITLE = 500
#: Kinds of rows that are told one by one when they are passed over.
_TOLD = ("title", "total", "signature", "remark")


@dataclass(frozen=True)
class _Plan:
    """A sheet that looks like data, with its header and layout."""

    grid: Grid
    block: Block
    choice: Choice


@dataclass
class _Findings:
    """What gathers while a file is read."""

    tables: list[RawTable] = field(default_factory=list)
    sheets: list[SheetReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def load(source: Source, settings: Settings, password: str | Sequence[str] | None = None) -> Loaded:
    """The data rows of a file, with a report on each sheet.

    Args:
        source: the file; its role, where it has one, says what the file must be.
        settings: `layouts` are taught layouts, `limits` bound what the file may cost.
        password: the password or passwords to try on a protected workbook.

    Raises:
        KcbxError: the file cannot be read (`unreadable_file`), is protected (`password`), is too large (`too_large`),
            has no header that is known (`unknown_layout`), was given in the wrong role (`wrong_role`), or leaves a
            question that only a person can answer (`ambiguous_layout`, `ambiguous_column`, `hidden_sheet`).
    """
    if source.copy_of:
        copy = Problem("K103", source.name, detail=f"与「{source.copy_of}」相同")
        return Loaded(source, "copy", [], [], frame([copy]), 0)
    entries = taught.layouts(settings.layouts)
    known = _known_words(entries)
    passwords = (password,) if isinstance(password, str) else tuple(password or ())
    with bounded(source.name, settings.limits):
        return _read(source, settings, passwords, entries, known)


def _read(
    source: Source, settings: Settings, passwords: Sequence[str], entries: Sequence[Layout], known: frozenset[str]
) -> Loaded:
    started = time.monotonic()
    opened = open_file(source, settings.limits, passwords, known)
    plans = []
    for grid in opened.grids:
        _check_time(source, started, settings)
        plans.append(_plan(grid, entries, source, known))
    _refuse(source, opened, plans)
    found = _Findings()
    found.problems += opened.problems
    for planned in zip(opened.grids, plans, strict=True):
        _check_time(source, started, settings)
        _take(source, opened, planned, known, found)
    rows = sum(len(t.frame) for t in found.tables)
    return Loaded(source, opened.kind, found.tables, found.sheets, frame(found.problems), rows)


def _check_time(source: Source, started: float, settings: Settings) -> None:
    if time.monotonic() - started > settings.limits.seconds:
        raise KcbxError(
            f"「{source.name}」读了 {settings.limits.seconds} 秒还没有读完",
            "请拆分后再试;确实需要时调高配置文件 [limits] 的 seconds。",
            "too_large",
        )


def _known_words(entries: Sequence[Layout]) -> frozenset[str]:
    """Every word that may stand in a header."""
    words = {*SHARED, *map(folded, BY_CONTENT)}
    for layout in (*BUILT_IN, *SAID, *entries):
        words.update(layout.marks, layout.aliases)
    return frozenset(words)


def _plan(grid: Grid, entries: Sequence[Layout], source: Source, known: frozenset[str]) -> _Plan | None:
    """How to read a sheet; None when it is no data."""
    asked = source.role, source.name
    for rows in dict.fromkeys(e.header_rows for e in entries if e.header_rows and e.sheet in ("", grid.name)):
        block = headers.find(grid, known, rows)
        choice = fitting(grid, block, [e for e in entries if e.header_rows == rows], *asked) if block else None
        if block and choice and choice.fits and choice.fits[0].layout.header_rows == rows:
            return _Plan(grid, block, choice)
    block = headers.find(grid, known)
    choice = fitting(grid, block, [e for e in entries if not e.header_rows], *asked) if block else None
    return _Plan(grid, block, choice) if block and choice else None


def _refuse(source: Source, opened: Opened, plans: Sequence[_Plan | None]) -> None:
    """Raises the question or error that stands in the way of reading the visible sheets."""
    visible = [p for p in plans if p and not _passed(p.grid, p)]
    fit = [p for p in visible if p.choice.fits]
    if not fit:
        for plan in visible:
            if plan.choice.other:
                raise questions.wrong_role(source.name, source.role or "", plan.choice.other)
        concealed = [p for p in plans if p and p.choice.fits]
        if concealed:
            raise questions.hidden_only(source.name, concealed[0].grid.name)
        if not any(g.head() for g in opened.grids):
            raise questions.no_data(source.name)
        raise questions.unknown(source.name, [g for g in opened.grids if g.head()], source.role)
    for plan in fit:
        if plan.choice.other:
            raise questions.wrong_role(source.name, source.role or "", plan.choice.other)
        if plan.choice.tied:
            raise questions.tied(source.name, plan.grid, plan.block, plan.choice.tied)
        if plan.choice.fits[0].mapped.rivals:
            raise questions.rivals(source.name, plan.grid, plan.block, plan.choice)


def _passed(grid: Grid, plan: _Plan) -> bool:
    """Whether a hidden sheet stays unread: only a taught layout that names it makes it data."""
    return bool(grid.hidden) and not (plan.choice.fits and plan.choice.fits[0].layout.sheet == grid.name)


def _take(
    source: Source, opened: Opened, planned: tuple[Grid, _Plan | None], known: frozenset[str], found: _Findings
) -> None:
    grid, plan = planned
    if plan is None or not plan.choice.fits:
        found.sheets.append(_not_data(source, grid, plan, found.problems))
        return
    if _passed(grid, plan):
        found.sheets.append(SheetReport(grid.name, "hidden", grid.hidden))
        found.problems.append(Problem("K101", source.name, grid.name))
        return
    best = plan.choice.fits[0]
    title = _title(grid, plan.block)
    rows = body.take(grid, plan.block, best.mapped.columns, best.layout.constants)
    found.problems += gaps(source.name, (grid, plan.block), best, rows, known)
    grid.release()
    mended, problems = second_look(opened.raw, source.name, grid.name, rows, best.mapped.columns)
    found.problems += problems
    found.problems += _doubts(source, plan)
    found.problems += _passed_over(source, grid, rows)
    found.tables.append(RawTable(source.name, grid.name, best.layout.role, best.layout.name, body.frame(mended), title))
    found.sheets.append(_sheet_report(plan, mended))


def _title(grid: Grid, block: Block) -> str:
    """The texts above the header, on one line."""
    texts = (cell for row in grid.head()[: block.first] for cell in row if isinstance(cell, str) and cell.strip())
    return " ".join(" ".join(texts).split())[:_LONGEST_TITLE]


def _not_data(source: Source, grid: Grid, plan: _Plan | None, problems: list[Problem]) -> SheetReport:
    head = grid.head()
    if not any(c not in ("", None) for row in head for c in row):
        return SheetReport(grid.name, "empty", grid.hidden)
    if plan and plan.choice.other and not grid.hidden:
        detail = f"像是「{plan.choice.other.layout.title}」"
        problems.append(Problem("K113", source.name, grid.name, plan.block.last + 1, detail=detail))
        return SheetReport(grid.name, "not_data", grid.hidden)
    full = [sum(c not in ("", None) for c in row) >= _NOTABLE_COLUMNS for row in head]
    if not grid.hidden and sum(full) >= _NOTABLE_ROWS:
        problems.append(Problem("K102", source.name, grid.name))
    return SheetReport(grid.name, "not_data", grid.hidden)


def _doubts(source: Source, plan: _Plan) -> list[Problem]:
    best = plan.choice.fits[0]
    found = [
        Problem(
            "K109",
            source.name,
            plan.grid.name,
            plan.block.last + 1,
            field,
            "、".join(map(letter, columns)) + " 列没有用",
        )
        for field, columns in best.mapped.twins.items()
    ]
    if plan.choice.confidence == "unsure" and source.role is None:
        detail = f"按「{best.layout.title}」读取"
        found.append(Problem("K108", source.name, plan.grid.name, plan.block.last + 1, detail=detail))
    return found


def _passed_over(source: Source, grid: Grid, rows: body.Body) -> list[Problem]:
    """Each line that was taken for a total, a signature, a remark or a title: were it a child's, it must not go unseen."""
    return [
        Problem("K114", source.name, grid.name, int(row), detail=SKIPPED[kind])
        for kind in _TOLD
        for row in rows.skipped.get(kind, ())
    ]


def _sheet_report(plan: _Plan, rows: body.Body) -> SheetReport:
    best, block = plan.choice.fits[0], plan.block
    fields = {column: name for name, column in best.mapped.columns.items()}
    columns = tuple(ColumnReport(letter(h.column), h.text, fields.get(h.column, "")) for h in block.headers)
    lines = plan.grid.numbers()
    number: Callable[[int], Any] = (lambda r: r + 1) if lines is None else (lambda r: int(lines[r]))
    order = list(SKIPPED)
    skipped = {k: len(rows.skipped[k]) for k in order if k in rows.skipped}
    return SheetReport(
        plan.grid.name, "data", plan.grid.hidden, tuple(number(r) for r in range(block.first, block.last + 1)),
        best.layout.name, best.layout.title, best.layout.role, plan.choice.confidence, best.marks, columns,
        len(rows.numbers), skipped,
    )  # fmt: skip

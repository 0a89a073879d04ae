"""What is fuzzed: how a case is made from a seeded generator, and what must hold for it.

A check raises for what must not be: any exception but KcbxError, a wrong result, a message that is not one. A case of
a workbook is the bytes of a file; of all others it is a value.
"""

from __future__ import annotations

import os
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cells
import damage
import openpyxl
from openpyxl.utils.exceptions import IllegalCharacterError

from kcbx_cli import configuration, read
from kcbx_cli.errors import KcbxError
from kcbx_cli.normalise import answers, dates, idcard, names, phones, places, words
from kcbx_cli.normalise.text import label, something, squeezed, text
from kcbx_cli.read import plain
from kcbx_cli.read.returned import returned
from kcbx_cli.settings import Limits, Settings, Status, Township
from kcbx_cli.tables import ID_STATES
from kcbx_cli.write.cells import CELL_LIMIT, clean
from kcbx_cli.write.filenames import safe_stem, sheet_title

HERE = Path(__file__).resolve().parent
_GOLDEN = HERE.parent.parent / "tests" / "read" / "golden"
_SETTINGS = replace(Settings(), limits=Limits(memory_mb=256, seconds=5, unpacked_mb=64))
_KNOWN = places.gazetteer(Settings(townships=(Township("500229001", "葛城街道", ("葛城镇",)),)))


_NEAR = date(2021, 10, 31)


@dataclass(frozen=True)
class Target:
    """`make` gives a case, `check` tries it; `share` is how many cases of a million it gets."""

    name: str
    share: int
    make: Callable[[random.Random], Any]
    check: Callable[[Any], None]


def _must(held: bool, what: str) -> None:
    if not held:
        raise AssertionError(what)


# -- values ------------------------------------------------------------------------------------------------------


def _number(cell: Any) -> None:
    value = idcard.parse(cell)
    _must(value.state in ID_STATES, "a state that is not declared")
    _must(len(value.pattern) in (0, 18), "a number of another length")
    _must(idcard.parse(value.pattern).pattern == value.pattern, "not settled")


def _date(cell: Any) -> None:
    for day in (dates.parse(cell), dates.expiry(cell)):
        parts = day.value // 10000, day.value // 100 % 100, day.value % 100
        _must(day.value in (0, dates.OPEN_ENDED) or bool(dates.joined(*parts)), "a day that does not exist")
    once = dates.parse(cell).value
    _must(dates.parse(str(once)).value == once, "not settled")


def _words(cell: Any) -> None:
    for function in (text, squeezed, something, label, names.clean, phones.parse, words.relation, words.sex):
        once = function(cell)
        _must(isinstance(once, str) and function(once) == once, f"{function.__name__} is not settled")
        once.encode("utf-8")
    _must(words.status(cell, Status())[1] in ("", "attending", "suspended", "left", "alarm"), "an unknown status")
    names.parse(cell)
    labels = [d.label for d in _SETTINGS.dispositions]
    _must(answers.choice(cell, labels) in ("", *labels), "an outcome that is none")
    _must(answers.same(cell) in ("", "?", "yes", "no", "unsure"), "an answer that is none")
    day = answers.day(cell, _NEAR)
    _must(day in (0, -1) or bool(dates.joined(day // 10000, day // 100 % 100, day % 100)), "a day that does not exist")
    for answer in (answers.words(cell), answers.number(cell)):
        answer.encode("utf-8")


def _place(cell: Any) -> None:
    place = places.township(cell, _KNOWN)
    _must(places.township(place.name, _KNOWN)[:3] == place[:3], "township is not settled")
    once = places.village(cell, _KNOWN)
    _must(places.village(once, _KNOWN) == once, "village is not settled")


_FORBIDDEN = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF, 0x202E, 0x200B, 0xFEFF)))


def _written(cell: Any) -> None:
    line = cell if isinstance(cell, str) else str(cell)
    put = clean(line)
    put.encode("utf-8")
    _must(not _FORBIDDEN & set(put) and len(put.encode("utf-16-le")) <= CELL_LIMIT * 2, "not fit for a cell")
    stem = safe_stem(line, "甲")
    _must(bool(stem) and not set('<>:"/\\|?*\n\0') & set(stem), "not fit for a file name")
    _must(stem not in (".", "..") and len(stem.encode()) <= 155, "not fit for a file name")
    title = sheet_title(line, "甲")
    _must(0 < len(title.encode("utf-16-le")) <= 62 and not set("[]:*?/\\") & set(title), "not fit for a sheet")


# -- configuration -----------------------------------------------------------------------------------------------


@cache
def _template() -> bytes:
    return configuration.template(Settings()).encode()


def _setting(rng: random.Random) -> tuple[bytes, dict[str, str]]:
    whole = _template()
    at = rng.randrange(len(whole))
    body = damage.bytes_of(whole[at : at + rng.randrange(20, 600)], rng)
    variable = rng.choice(
        ("KCBX_LIMITS__SECONDS", "KCBX_COUNTY__NAME", "KCBX_STATUS__LEFT", "KCBX_" + rng.choice("XY_Z"))
    )
    value = cells.text(rng).replace("\0", "").encode("utf-8", "replace").decode()
    return body, {variable: value} if rng.random() < 0.3 else {}


def _configured(case: tuple[bytes, dict[str, str]]) -> None:
    body, environ = case
    path = Path(_folder(), "kcbx.toml")
    path.write_bytes(body)
    try:
        configuration.load(path, environ)
    except KcbxError as error:
        _must(bool(error.message and error.hint) and error.code == "bad_setting", "an error without a remedy")


# -- files -------------------------------------------------------------------------------------------------------


@cache
def _folder() -> str:
    made = tempfile.TemporaryDirectory(prefix="kcbx-fuzz-")
    _KEPT.append(made)
    return made.name


_KEPT: list[Any] = []


@cache
def _seeds(kinds: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """The golden files of these extensions; the reading library's own tests know most of their traps."""
    found = [p for p in sorted(_GOLDEN.iterdir()) if p.suffix in kinds and p.name != "protected.xlsx"]
    return [(p.name, p.read_bytes()) for p in found]


def workbook(rng: random.Random) -> tuple[str, bytes]:
    """A golden file of any format, damaged."""
    name, data = rng.choice(_seeds((".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".txt", ".parquet")))
    if data.startswith(b"PK") and rng.random() < 0.5:
        return name, damage.parts_of(data, rng)
    return name, damage.bytes_of(data, rng)


def _plain_text(rng: random.Random) -> tuple[str, bytes]:
    name, data = rng.choice(_seeds((".csv", ".txt")))
    if data.startswith((b"PK", b"\xd0")):
        data = _template()[:800]
    if rng.random() < 0.5:
        return name, damage.bytes_of(data, rng)
    rows = [
        rng.choice(",\t;|").join(cells.text(rng) for _ in range(rng.randrange(1, 9)))
        for _ in range(rng.randrange(1, 9))
    ]
    line = rng.choice(("\n", "\r\n", "\r", "\n\n")).join(rows)
    return name, line.encode(rng.choice(("utf-8", "gb18030", "utf-16", "utf-8-sig", "utf-16-be")), "replace")


def loaded(case: tuple[str, bytes]) -> None:
    """A file ends in rows or in an error that names it; what an archive's own checksums contradict is never read."""
    name, data = case
    path = Path(_folder(), name)
    path.write_bytes(data)
    try:
        (source,) = read.find([str(path)])
        found = read.load(source, _SETTINGS)
    except KcbxError as error:
        _must(
            name in error.message and bool(error.hint) and "Traceback" not in error.message, "an error without a name"
        )
        return
    _must(found.rows_read == sum(len(t.frame) for t in found.tables), "rows that were lost")
    if data.startswith(b"PK"):
        _must(_sound(data), "rows from a part whose checksum is wrong")


def _sound(data: bytes) -> bool:
    """Whether the parts that were read are what their checksums say."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            try:
                archive.read(name)
            except Exception as error:
                if "CRC" in str(error) and any(w in name for w in ("sheet", "content.xml", "sharedStrings")):
                    return False
    return True


def _tabled(case: tuple[str, bytes]) -> None:
    name, data = case
    try:
        rows, _ = plain.read(data, name, frozenset(("姓名", "身份证号")))
    except KcbxError as error:
        _must(name in error.message, "an error without a name")
        return
    lines = rows.numbers()
    _must(lines is None or all(a < b for a, b in zip(lines, lines[1:], strict=False)), "rows out of order")


@cache
def _checklists() -> list[tuple[str, bytes]]:
    return [(p.name, p.read_bytes()) for p in sorted((HERE / "corpus").glob("sheet-*"))]


def _sheet(rng: random.Random) -> tuple[str, bytes]:
    name, data = rng.choice(_checklists())
    how = rng.random()
    if how < 0.4 and data.startswith(b"PK") and name.endswith(".xlsx"):
        return name, _written_over(data, rng)
    return name, damage.parts_of(data, rng) if how < 0.8 else damage.bytes_of(data, rng)


def _written_over(data: bytes, rng: random.Random) -> bytes:
    """A sheet as a careless hand leaves it: any cell written over, digits of the heading too, the stamp thrown away."""
    book = openpyxl.load_workbook(BytesIO(data))
    for sheet in [s for s in book.worksheets if s.sheet_state != "visible" and rng.random() < 0.5]:
        book.remove(sheet)
    for _ in range(rng.randrange(1, 9)):
        sheet = rng.choice(book.worksheets)
        heading = [c for row in sheet.iter_rows(max_row=4) for c in row if any(map(str.isdigit, str(c.value)))]
        place = rng.randint(1, min(sheet.max_row, 12)), rng.randint(1, sheet.max_column)
        cell = rng.choice(heading) if heading and rng.random() < 0.3 else sheet.cell(*place)
        try:
            old = cell.value
            cell.value = _other_digits(old, rng) if isinstance(old, str) and rng.random() < 0.5 else cells.cell(rng)
        except (AttributeError, ValueError, IllegalCharacterError):  # part of a merge, or nothing that a cell can hold
            continue
    made = BytesIO()
    try:
        book.save(made)
    except (ValueError, OverflowError, TypeError, IndexError):  # what no workbook can hold
        return damage.parts_of(data, rng)
    return made.getvalue()


def _other_digits(text: str, rng: random.Random) -> str:
    return "".join(rng.choice("0123456789") if c.isdigit() and rng.random() < 0.5 else c for c in text)


def _returned(case: tuple[str, bytes]) -> None:
    name, data = case
    path = Path(_folder(), name)
    path.write_bytes(data)
    try:
        (source,) = read.find([str(path)])
        found = returned(source, _SETTINGS, ())
    except KcbxError as error:
        _must(name in error.message and bool(error.hint), "an error without a name")
        return
    _must(found is None or found.missing >= 0, "a sheet that makes no sense")


TARGETS = (
    Target("ID numbers", 300_000, cells.cell, _number),
    Target("dates", 250_000, cells.cell, _date),
    Target("names, phones, words", 200_000, cells.cell, _words),
    Target("townships and villages", 120_000, cells.cell, _place),
    Target("cells, file and sheet names written", 90_000, cells.cell, _written),
    Target("configuration and environment", 15_000, _setting, _configured),
    Target("text tables", 15_000, _plain_text, _tabled),
    Target("filled sheets coming back", 2_000, _sheet, _returned),
    Target("workbooks, whole reader", 10_000, workbook, loaded),
)


def corpus() -> Iterator[tuple[Path, Target, Any]]:
    """The saved cases: files whose names begin with the target's number, which failed once and must not again."""
    for path in sorted((HERE / "corpus").glob("[0-9]-*")):
        target = TARGETS[int(path.name[0])]
        yield path, target, (path.name.partition("-")[2], path.read_bytes())


os.environ.setdefault("OMP_NUM_THREADS", "1")

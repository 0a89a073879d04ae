"""The doubtful pairs of a printed review sheet, one by one, for a person at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import ANSWERS, open_ledger
from kcbx_cli.normalise.text import text
from kcbx_cli.read.returned import Entry, Returned, returned
from kcbx_cli.settings import Settings
from kcbx_cli.stamps import HEADERS, REVIEW, SCHEMA

#: The workbook of a month's doubtful pairs.
NAME = "待人工比对.xlsx"
_COMPARED = ("name", "sex", "birth", "id", "home")


@dataclass(frozen=True, slots=True)
class Question:
    """One pair: `rows` are label, the list's cell and the registry's; `sentence` and `probability` come after the answer."""

    rows: tuple[tuple[str, str, str], ...]
    below: tuple[tuple[str, str], ...]
    sentence: str
    probability: float
    left: str
    right: str
    as_of: int
    file: str
    sheet: str
    row: int


def where(given: Path | None) -> Path:
    """The review sheet that is meant: the file, the one in the folder, else that of the newest month in out/.

    Raises:
        KcbxError: there is none.
    """
    if given is not None:
        found = given / NAME if given.is_dir() else given
    else:
        found = max(Path("out").glob(f"*/{NAME}"), key=lambda p: p.parent.name, default=Path("out") / NAME)
    if not found.is_file():
        raise KcbxError(f"找不到「{found}」", f"请写明 {NAME} 或它所在的结果文件夹。", "no_input")
    return found


def questions(sheet: Path, ledger: Path, settings: Settings, passwords: Sequence[str]) -> tuple[list[Question], int]:
    """The pairs of the sheet that nobody has decided yet, in its order, and how many are decided.

    Raises:
        KcbxError: the sheet cannot be read or is another one, or there is no ledger.
    """
    (source,) = read.find([str(sheet)])
    found = returned(source, settings, passwords)
    if found is None or found.kind != REVIEW or found.stamp is None or found.stamp.schema != SCHEMA:
        raise KcbxError(
            f"「{sheet.name}」不是 kcbx 印出的待人工比对表", "请指明本月结果里的那一份。", "not_a_review_sheet"
        )
    with open_ledger(ledger, create=False, readonly=True) as book:
        held = book.answers()
    decided = set(zip(held["left"], held["right"], strict=True))
    asked = [
        _question(entry, found) for entry in found.entries if entry.trust == "sound" and "list_digest" in entry.marks
    ]
    open_pairs = [q for q in asked if (q.left, q.right) not in decided]
    return open_pairs, len(asked) - len(open_pairs)


def _question(entry: Entry, found: Returned) -> Question:
    words = HEADERS[REVIEW]

    def cell(key: str) -> str:
        return str(entry.cells.get(key, "")).strip()

    day = found.as_of
    return Question(
        rows=tuple(
            (words[f"{key}_list"][0].removesuffix("名单"), cell(f"{key}_list"), cell(f"{key}_registry"))
            for key in _COMPARED
        ),
        below=(("名单出处", cell("source")), ("学籍", cell("school"))),
        sentence=cell("sentence"),
        probability=float(entry.marks["probability"]),
        left=entry.marks["list_digest"],
        right=entry.marks["registry_digest"],
        as_of=day.year * 10000 + day.month * 100 + day.day if day else 0,
        file=text(found.source.name),
        sheet=entry.sheet,
        row=entry.row,
    )


def remember(ledger: Path, question: Question, same: str) -> None:
    """Put one answer (yes or no) into the ledger, at once.

    Raises:
        KcbxError: the ledger cannot be written.
    """
    origin = {name: [getattr(question, name)] for name in ("left", "right", "as_of", "file", "sheet", "row")}
    with open_ledger(ledger, create=False) as book:
        book.remember(ANSWERS.frame({**origin, "same": [same]}), "review")

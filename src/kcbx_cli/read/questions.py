"""What a person must decide or mend before a file can be read: clear questions, each with the entry to write.

Headers are quoted; rows of data never are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kcbx_cli.errors import KcbxError
from kcbx_cli.read.aliases import UNUSED
from kcbx_cli.read.choose import Choice, Fit
from kcbx_cli.read.grid import Grid, Row, letter
from kcbx_cli.read.headers import Block
from kcbx_cli.read.layouts import ACCEPTED, ROLE_WORDS
from kcbx_cli.read.quoted import HIDDEN, quoted
from kcbx_cli.tables import FIELDS

_DIGITS = re.compile(r"\d{4,}|\d[.\-/年]\d")
_HEADER_WORDS = re.compile("[名号别期族龄址话系级校班镇乡村型况称码证间注因性省市县]$")
_MOST = 12


def unknown(file: str, grids: Sequence[Grid], role: str | None) -> KcbxError:
    """No sheet has a header that is known."""
    seen = [f"工作表「{g.name}」:" * bool(g.name) + told for g in grids for told in [_guess(g)] if told]
    about = "看到的表头:" + ";".join(seen[:3]) if seen else "前几行里没有像表头的一行"
    sheet = grids[0].name if grids else ""
    headers = next((words for g in grids for words in [_guessed(g)] if words), [])
    return KcbxError(
        f"「{file}」里没有认得的表头,不知道哪一列是姓名、证号。{about}",
        "如果是名单,请在 kcbx.toml 里写明表头:"
        + _entry(
            role or "households",
            sheet,
            (),
            {"name": "……", "id_number": "……"},
            [w for w in headers if quoted(w) != HIDDEN],
        ),
        "unknown_layout",
    )


def no_data(file: str) -> KcbxError:
    """The workbook has sheets, and nothing stands in any of them."""
    return KcbxError(f"「{file}」的工作表都是空的", "请确认导出时选了数据,或提供另一份文件。", "unreadable_file")


def hidden_only(file: str, sheet: str) -> KcbxError:
    """The only sheet that looks like data is hidden."""
    return KcbxError(
        f"「{file}」里像名单的工作表「{sheet}」是隐藏的,没有别的名单",
        "请取消隐藏并保存;如果不该用它,请提供另一份文件。",
        "hidden_sheet",
    )


def wrong_role(file: str, role: str, other: Fit) -> KcbxError:
    """The file was given under one option and clearly is something else."""
    marks = ":有" + "、".join(other.marks[:6]) if other.marks else ""
    return KcbxError(
        f"「{file}」是作为「{ROLE_WORDS[role]}」给的,但它像是「{ROLE_WORDS[other.layout.role]}」{marks}",
        f"请改用 --{_option(other.layout.role)} 给出,或检查文件是否拿错。",
        "wrong_role",
    )


def tied(file: str, grid: Grid, block: Block, fits: Sequence[Fit]) -> KcbxError:
    """Two layouts fit equally and would be read differently."""
    titles = "、".join(f"「{f.layout.title}」({ROLE_WORDS[f.layout.role]})" for f in fits)
    best = fits[0]
    signs = [f.layout.signs.word for f in fits if f.layout.signs]
    named = "或在标题、文件名里写明「" + "」或「".join(signs) + "」," if len(signs) > 1 else ""
    return KcbxError(
        f"{place(file, grid)}分不清是哪一种名单:{titles}都符合",
        f"请用 --{_option(best.layout.role)} 之类的选项说明(kcbx inspect 用 --role {best.layout.role}),{named}"
        "或在 kcbx.toml 里写明:"
        + _entry(best.layout.role, grid.name, _marks(block), *_mapped(block, best.mapped.columns)),
        "ambiguous_layout",
    )


def rivals(file: str, grid: Grid, block: Block, choice: Choice) -> KcbxError:
    """Two columns claim to be the same field, and a wrong guess would mix up people."""
    best = choice.fits[0]
    field, columns = next(iter(best.mapped.rivals.items()))
    texts = {h.column: h.text for h in block.headers}
    listed = "和".join(f"{letter(c)} 列「{texts[c]}」" for c in columns)
    return KcbxError(
        f"{place(file, grid)}有 {len(columns)} 列都像是「{FIELDS[field]}」:{listed}。用哪一列?",
        "请在 kcbx.toml 里写明:"
        + _entry(best.layout.role, grid.name, _marks(block), {field: f"@{letter(columns[0])}"}),
        "ambiguous_column",
    )


def place(file: str, grid: Grid) -> str:
    """File and sheet, as they stand in a message."""
    return f"「{file}」的工作表「{grid.name}」" if grid.name else f"「{file}」"


def _marks(block: Block) -> list[str]:
    return [word for word in dict.fromkeys(h.parts[-1] for h in block.headers) if word != HIDDEN][:6]


def _option(role: str) -> str:
    """The option of `kcbx reconcile` under which a list of this role is given."""
    return next((option for option, roles in ACCEPTED.items() if role in roles and role != "disability"), role)


def _mapped(block: Block, columns: Mapping[str, int]) -> tuple[dict[str, str], list[str]]:
    """Field -> header of what is known, and the headers of the other columns; a word that is not quoted is a column."""
    words = {h.column: f"@{letter(h.column)}" if HIDDEN in h.parts else h.text for h in block.headers}
    known = {field: words[column] for field, column in columns.items()}
    others = [
        words[h.column]
        for h in block.headers
        if h.column not in columns.values() and not any(key in UNUSED for key in h.keys)
    ]
    return known, others


def _entry(role: str, sheet: str, marks: Sequence[str], fields: Mapping[str, str], others: Sequence[str] = ()) -> str:
    """A `[layouts]` entry to be copied; headers whose field nobody knows stand in it as comments."""
    lines = ["", '[layouts."本县名单"]', f"role = {_quoted(role)}"]
    lines += [f"sheet = {_quoted(sheet)}"] if sheet else []
    lines += [f"marks = [{', '.join(map(_quoted, marks))}]"] if marks else []
    lines += ['[layouts."本县名单".headers]', *(f"{field} = [{_quoted(word)}]" for field, word in fields.items())]
    lines += [f"# 字段 = [{_quoted(word)}]" for word in others]
    return "\n".join([*lines, "# 可用的字段见 kcbx init 写出的 kcbx.toml,或 docs/settings.md"])


def _quoted(word: str) -> str:
    """A word as TOML writes it."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _guess(grid: Grid) -> str:
    """The cells that look like a header as they may be shown."""
    words = _guessed(grid)
    return "、".join(map(quoted, words[:_MOST])) + ("……" if len(words) > _MOST else "")


def _guessed(grid: Grid) -> list[str]:
    """The cells of the row that most looks like a header; none when no row does, for a row of data must not be shown."""
    for row in grid.head()[:20]:
        words = _words(row)
        if len(words) >= 2 and sum(bool(_HEADER_WORDS.search(w)) for w in words) * 2 >= len(words):
            return words
    return []


def _words(row: Row) -> list[str]:
    """The texts of a row, none when one of its cells holds a figure or a number."""
    filled = [c for c in row if c not in ("", None)]
    if any(not isinstance(c, str) or _DIGITS.search(c) or len(c) > 30 for c in filled):
        return []
    return [" ".join(c.split()) for c in filled if c.strip()]

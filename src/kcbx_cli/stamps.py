"""The very hidden sheet `_kcbx` by which a sheet is known again when it comes back, and the words of its columns.

Column A holds keys and column B values: `schema`, `kind`, `month`, `as_of`, `county`, `county_code`, `place`,
`place_code`, `rows` (a number as text), `printed` (the digest of everything that was printed in the rows), `layout`
(`key=letter` of each column as it was printed, joined with `;`) and `identity` (the keys whose cells make a row's
digest, joined with `;`). A blank row follows, then the header `id, digest` and more columns that depend on the kind,
then one row for each printed row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

#: Version of the sheet; it grows when a key or a digest changes its meaning.
SCHEMA = 1
SHEET = "_kcbx"

#: The sheets that people fill in and send back: what each says, kind by kind.
CHECKLISTS = ("township", "school")
REVIEW = "review"
PROBLEMS = "problems"
#: The second sheet of a school's workbook: pupils who may drop out.
WATCH = "watch"

#: Columns of a checklist that are left for people to fill in.
ANSWER = ("method", "checked_on", "outcome", "whereabouts", "evidence", "persuasion", "checker", "checker_phone")
#: The same of the other sheets.
DECISION = ("same", "why", "by")
CORRECTION = ("corrected", "remark")
OPINION = ("opinion", "helper", "helper_phone", "help")
FILLED = frozenset((*ANSWER, *DECISION, *CORRECTION, *OPINION))

_CHECKLIST = {
    "number": ("序号",), "case_id": ("编号", "个案编号"), "place": ("村", "年级班级"), "name": ("姓名", "学生姓名"), "sex": ("性别",),
    "birth": ("出生日期",), "id_number": ("身份证号", "身份证号码", "证件号码"), "family": ("家庭与监护人",),
    "school": ("应读学校与年级", "应读年级与住址"), "reason": ("列入原因",), "near": ("最相近的学籍记录", "学籍登记情况"),
    "responsible": ("责任人",),
    "method": ("核查方式",), "checked_on": ("核查日期",), "outcome": ("核查结论",), "whereabouts": ("去向就读学校", "去向"),
    "evidence": ("佐证材料",), "persuasion": ("劝返记录",), "checker": ("核查人",), "checker_phone": ("联系电话",),
}  # fmt: skip
_SIDES = (("list", "名单"), ("registry", "学籍"))
_COMPARED = (("name", "姓名"), ("sex", "性别"), ("birth", "出生日期"), ("id", "证件号码"), ("home", "家庭"))
_REVIEW = {
    "number": ("序号",), "pair": ("编号",), "source": ("名单出处",),
    **{f"{key}_{side}": (word + label,) for key, word in _COMPARED for side, label in _SIDES},
    "school": ("学校年级与状态",), "sentence": ("比对说明",), "same": ("是否同一人",), "why": ("判断依据",), "by": ("判断人",),
}  # fmt: skip
_PROBLEMS = {
    "number": ("序号",), "place": ("学校或乡镇",), "sheet": ("工作表",), "row": ("行号",), "name": ("姓名原样",),
    "id": ("证件号原样",), "field": ("列",), "severity": ("级别",), "sentence": ("问题",), "remedy": ("处理办法",),
    "corrected": ("更正为",), "remark": ("说明",),
}  # fmt: skip
_WATCH = {
    "number": ("序号",), "case_id": ("编号", "个案编号"), "place": ("年级班级",), "name": ("姓名", "学生姓名"), "sex": ("性别",),
    "birth": ("出生日期",), "id_number": ("身份证号", "身份证号码", "证件号码"), "concern": ("关注原因",), "paired": ("现在的帮扶人",),
    "opinion": ("关注意见",), "helper": ("结对帮扶人", "帮扶人"), "helper_phone": ("帮扶人电话",), "help": ("帮扶情况",),
}  # fmt: skip
#: kind -> key of a column -> its headers without blanks, brackets and punctuation, the printed one first.
HEADERS: dict[str, Mapping[str, tuple[str, ...]]] = {
    "township": _CHECKLIST, "school": _CHECKLIST, WATCH: _WATCH, REVIEW: _REVIEW, PROBLEMS: _PROBLEMS,
}  # fmt: skip
#: kind -> key of the column that holds a row's id.
ID_COLUMN = {"township": "case_id", "school": "case_id", WATCH: "case_id", REVIEW: "pair", PROBLEMS: "number"}
#: The place of children whose township nobody knows.
UNKNOWN_TOWNSHIP = "未明乡镇"
#: How the title above the rows for children who were found door to door begins.
FOUND = "摸排发现"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the hidden sheet says. `rows` start with the id and the digest; `columns` names what follows them."""

    kind: str
    as_of: date
    county: str
    county_code: str
    place: str
    place_code: str
    rows: tuple[tuple[str, ...], ...]
    printed: str
    layout: tuple[tuple[str, str], ...]
    identity: tuple[str, ...]
    columns: tuple[str, ...] = ()
    schema: int = SCHEMA

    def cells(self) -> list[tuple[str, ...]]:
        """The sheet, row by row."""
        head = [
            ("schema", str(self.schema)),
            ("kind", self.kind),
            ("month", f"{self.as_of:%Y-%m}"),
            ("as_of", self.as_of.isoformat()),
            ("county", self.county),
            ("county_code", self.county_code),
            ("place", self.place),
            ("place_code", self.place_code),
            ("rows", str(len(self.rows))),
            ("printed", self.printed),
            ("layout", ";".join(f"{key}={column}" for key, column in self.layout)),
            ("identity", ";".join(self.identity)),
        ]
        return [*head, (), ("id", "digest", *self.columns), *self.rows]

    @classmethod
    def parse(cls, cells: Sequence[Sequence[str]]) -> Stamp:
        """The stamp in these cells; blank cells are "".

        Raises:
            ValueError: this is no stamp, or a damaged one. A stamp of another schema is read as far as it goes.
        """
        said: dict[str, str] = {}
        start = len(cells)
        for number, row in enumerate(cells):
            key, value = (*row, "", "")[:2]
            if key == "id":
                start = number
                break
            if key:
                said[key] = value
        try:
            columns = tuple(c for c in cells[start][2:] if c) if start < len(cells) else ()
            rows = tuple(
                (*row, *[""] * (2 + len(columns)))[: 2 + len(columns)] for row in cells[start + 1 :] if any(row)
            )
            pairs = [part.partition("=") for part in said["layout"].split(";") if part]
            return cls(
                kind=said["kind"],
                as_of=date.fromisoformat(said["as_of"]),
                county=said.get("county", ""),
                county_code=said.get("county_code", ""),
                place=said.get("place", ""),
                place_code=said.get("place_code", ""),
                rows=rows,
                printed=said.get("printed", ""),
                layout=tuple((key, letter) for key, _, letter in pairs),
                identity=tuple(key for key in said["identity"].split(";") if key),
                columns=columns,
                schema=int(said["schema"]),
            )
        except KeyError as error:
            raise ValueError(f"no stamp: {error}") from error


def row_digest(cells: Sequence[str]) -> str:
    """SHA-256 of the printed identity cells of one row, surrounding blanks left out, joined with U+001F."""
    return sha256("\x1f".join(c.strip() for c in cells).encode("utf-8", "surrogatepass")).hexdigest()


def printed_digest(rows: Sequence[Sequence[str]]) -> str:
    """SHA-256 of all printed cells of all rows, rows joined with U+001E."""
    return sha256("\x1e".join("\x1f".join(r) for r in rows).encode("utf-8", "surrogatepass")).hexdigest()

"""Which files are which county's, when folders hold one file or folder for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kcbx_cli import read
from kcbx_cli.errors import KcbxError, some
from kcbx_cli.read.layouts import ROLE_WORDS
from kcbx_cli.tables import LISTED

if TYPE_CHECKING:
    import pandas as pd

#: A county's code begins with its province's (GB/T 2260), which no month like 202111 does.
_CODE = re.compile(r"^((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{4})(?!\d)")
#: The county's name at the beginning: what follows, the month or the list, changes from file to file.
_COUNTY = re.compile(r"^[\d\W_]*([\u3400-\u9fff]+?[县区市旗](?![县区市旗]))")
#: What other programs write before it where a folder is partitioned by county: `county=500229`.
_PARTITION = re.compile(r"^\w+=(?=.)")
#: Roles without which a county cannot be done: its children would all be suspects, or there is nothing to do.
_NEEDED = {"registry": "学籍", "households": "低收入名单"}
#: The code of a county that has a case ledger and no file at all, and what is said of it.
MISSING = "county_missing"
_GONE = (
    "它有个案台账,这次哪个文件夹里都没有它的名单",
    "请补上,再运行一次;另外运行的县,请用 --ledger 把它们的台账分开放;撤并了的,请把它的台账移走。",
)
#: By what a child is known, and known to be in class: where one file of several lacks it, half a county is suspected.
_TELLING = {"name": "姓名", "id_number": "证件号", "birth_date": "出生日期", "status": "学生状态"}
#: Those that one county's lists must not lack where most others have them. Not all exports have birth dates.
_DECIDING = {"registry": ("name", "id_number", "status"), **dict.fromkeys(LISTED, ("name", "id_number"))}
#: What says the same: a 学籍号 or 残疾证号 has the ID number in it, a roster says who is on leave.
_INSTEAD = {
    ("registry", "id_number"): "registry_number",
    ("registry", "status"): "suspended",
    ("disability", "id_number"): "disability_number",
}
#: Where PEOPLE keeps them, and what stands there when the list says nothing.
_KEPT = {"name": ("name", ""), "id_number": ("id_state", "absent"), "status": ("status", "")}
#: By role, which of a county's deciding columns are not there, and a file that lacks it.
Lacks = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class County:
    """One county's lists: its key (the six-digit code its files begin with, else its name), name, and paths by role.

    `without` are the roles for which a folder was given that has nothing of this county.
    """

    key: str
    name: str
    paths: Mapping[str | None, Sequence[str]]
    without: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The six-digit code; empty where its files' names do not begin with one."""
        return self.key if _CODE.match(self.key) else ""

    def size(self) -> int:
        """How many bytes its lists have."""
        found = [Path(path) for paths in self.paths.values() for path in paths]
        files = [file for path in found for file in (path.rglob("*") if path.is_dir() else (path,))]
        return sum(file.stat().st_size for file in files if file.is_file())


@dataclass(frozen=True)
class Aside:
    """A county that was set aside whole, and why. Half of its lists would make suspects of the rest."""

    name: str
    code: str
    message: str
    hint: str

    @classmethod
    def because(cls, county: County, error: KcbxError) -> Aside:
        """A county that failed with this error."""
        return cls(county.name, error.code, error.message, error.hint)


def split(
    paths: Mapping[str | None, Sequence[str]], ledgers: Path, out: Path | None = None
) -> tuple[list[County], list[Aside]]:
    """The counties in the given folders, by key, and those that cannot be told apart or lack a list.

    Every file or folder directly under a given folder is one county's. Those of several roles belong together by the
    six-digit code that their names begin with, else by the county's name at the beginning of theirs, else by the whole
    without extension. A folder's name may be that of a partition, `county=500229`. A county that has a case ledger in
    `ledgers` keeps its name, whatever its files are called this month; without any it is set aside. Results (`out`) and
    ledgers may lie among them.

    Raises:
        KcbxError: a path is no folder, or there is no county in them.
    """
    entries: dict[str, dict[str, list[Path]]] = {}
    results = {path.resolve() for path in (out, ledgers) if path}
    for role, given in paths.items():
        for folder in map(Path, given):
            for entry in _entries(folder, results):
                entries.setdefault(key_of(_name(entry)), {}).setdefault(str(role), []).append(entry)
    standing = dict[str, list[str]]()
    for ledger in sorted(ledgers.glob("*.db")):
        standing.setdefault(key_of(ledger.stem), []).append(ledger.stem)
    counties, aside = [], []
    for key in sorted(entries):
        by_role, known = entries[key], standing.get(key, [])
        names = known or [_called(_name(e)) for role in sorted(by_role) for e in by_role[role]]
        name = max(names, key=lambda n: (len(n), n))
        wrong = _wrong(by_role) or _ledgers(known)
        if wrong:
            aside.append(Aside(read.safe(name), *wrong))
        else:
            without = tuple(str(role) for role in paths if str(role) not in by_role)
            own: dict[str | None, Sequence[str]] = {role: [str(e) for e in by_role[role]] for role in by_role}
            counties.append(County(key, read.safe(name), own, without))
    if not entries:
        raise KcbxError("文件夹里一个县也没有", "每个县放一个文件,或一个子文件夹。", "no_input")
    gone = [names[0] for key, names in sorted(standing.items()) if key not in entries]
    return counties, [*aside, *(Aside(read.safe(name), MISSING, *_GONE) for name in gone)]


def same_files(counties: Sequence[tuple[str, Mapping[str, str]]]) -> list[tuple[str, str, str] | None]:
    """Of each county what is wrong (code, message, hint) where a list of it is another county's, byte for byte.

    `counties` are names, and the names of the files that have rows, by digest. Nobody can say whose file it is.
    """
    owners: dict[str, list[tuple[str, str]]] = {}
    for name, files in counties:
        for digest, file in files.items():
            owners.setdefault(digest, []).append((name, file))
    wrong: list[tuple[str, str, str] | None] = []
    for name, files in counties:
        twins = [(file, *one) for digest, file in files.items() for one in owners[digest] if one[0] != name]
        words = "、".join(f"「{file}」和{other}的「{its}」" for file, other, its in sorted(twins)[:3])
        hint = "请核对是哪个县的,给另一个县换上它自己的名单,再运行一次。"
        wrong.append(("same_file", f"它的{words}内容完全相同", hint) if twins else None)
    return wrong


class File(Protocol):
    """A file that was read: its name, and the fields that its sheets map by role and layout."""

    @property
    def file(self) -> str:
        """The name."""

    @property
    def columns(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The fields."""


def check_columns(files: Sequence[File]) -> None:
    """One county's files of one list have the same telling columns, all of them.

    Raises:
        KcbxError: `schema_drift`, one lacks a column that another one of the same kind has. A number is expected in every
            file of the registry when one has it, whatever kind each is of.
    """
    has: dict[tuple[str, str], set[str]] = {}
    for one in files:
        for (role, layout), fields in one.columns.items():
            has.setdefault((role, layout), set()).update(fields)
            if role == "registry":
                has.setdefault((role, ""), set()).update(fields & {"id_number"})
    for one in files:
        for (role, layout), fields in one.columns.items():
            lacking = (has[role, layout] | has.get((role, ""), set())) - fields
            if said := [word for name, word in _TELLING.items() if name in lacking]:
                raise KcbxError(
                    f"「{one.file}」没有{'、'.join(said)}列,这个县的其他文件有",
                    "这个县的文件格式不一致,请按同一格式重新导出,再运行一次。",
                    "schema_drift",
                )


def lacking(files: Sequence[File], people: pd.DataFrame, registry: pd.DataFrame) -> Lacks:
    """What a county's lists lack of the deciding columns: they are not there, or no row of a list says anything in them.

    Of several files that are not of one kind each must have names and statuses, and one of them ID numbers.

    Args:
        files: as they were read.
        people, registry: PEOPLE, the rows of all lists and those of the registry.
    """
    found: dict[str, dict[str, str]] = {}
    for role, columns in _DECIDING.items():
        rows = registry if role == "registry" else people[(people["role"] == role).to_numpy()]
        given = [(one.file, fields) for one in files for (kind, _), fields in one.columns.items() if kind == role]
        if not len(rows):
            continue
        found[role] = {}
        for name in columns:
            kept, nothing = _KEPT[name]
            known = {_INSTEAD.get((role, name)), name if (rows[kept] != nothing).any() else None}
            without = [file for file, fields in given if not fields & known]
            if without and (name != "id_number" or len(without) == len(given)):
                found[role][name] = without[0]
    return found


def drifted(counties: Sequence[Lacks]) -> list[tuple[str, str, str] | None]:
    """Of each county what is wrong (code, message, hint) where its list lacks what those of most other counties have.

    Of two counties nobody can say which one is as it should be.
    """
    return [next(_drifted(one, [*counties[:n], *counties[n + 1 :]]), None) for n, one in enumerate(counties)]


def _drifted(own: Lacks, others: Sequence[Lacks]) -> Iterator[tuple[str, str, str]]:
    for role, lost in own.items():
        same = [one[role] for one in others if role in one]
        for name, file in lost.items():
            if len(same) > 1 and sum(name not in one for one in same) * 2 > len(same):
                words = f"{ROLE_WORDS[role]}「{file}」没有{_TELLING[name]}列,其他县大多有"
                more = ";本来没有学生状态的花名册,请加一列「休学中」" if name == "status" else ""
                hint = f"请连同这一列重新导出;表头是别的写法的,请在这个县的设置的 [layouts] 里写明是哪一列{more}。"
                yield "schema_drift", words, hint


def _entries(folder: Path, results: Collection[Path]) -> list[Path]:
    if not folder.is_dir():
        raise KcbxError(
            f"「{folder}」不是文件夹",
            "加了 --by-county,每一种名单都要给一个文件夹,里面每县一个文件或子文件夹。",
            "usage",
        )
    found = [e for e in sorted(folder.iterdir()) if not e.name.startswith((".", "~$"))]
    found = [e for e in found if e.resolve() not in results]
    return [e for e in found if e.is_dir() or e.suffix.lower() in read.EXTENSIONS]


def _name(entry: Path) -> str:
    return _PARTITION.sub("", entry.name) if entry.is_dir() else entry.stem


def key_of(name: str) -> str:
    """Which county's something of this name is: the six-digit code that it begins with, else the county's name."""
    code = _CODE.match(name)
    return code[1] if code else title_of(name)


def title_of(name: str) -> str:
    """What a county of this name is called on its sheets: without its code, and without what follows."""
    code, found = _CODE.match(name), _COUNTY.match(name)
    return found[1] if found else name.removeprefix(code[1] if code else "")


def codes_of(names: Iterable[str]) -> set[str]:
    """The counties' codes that files' names begin with."""
    return {code[1] for name in names if (code := _CODE.match(name))}


def _called(name: str) -> str:
    code, found = _CODE.match(name), _COUNTY.match(name)
    return (code[1] if code else "") + found[1] if found else name


def _wrong(by_role: Mapping[str, Sequence[Path]]) -> tuple[str, str, str] | None:
    for role, found in by_role.items():
        if len(found) > 1:
            names = "、".join(f"「{read.safe(e.name)}」" for e in found)
            words = f"{ROLE_WORDS[role]}里的{names}是同一个县的,不知道以哪个为准"
            return "county_twice", words, "请只留下一个,再运行一次。"
        codes = codes_of(e.name for e in found[0].rglob("*"))
        if len(codes) > 1:
            words = f"文件夹「{read.safe(found[0].name)}」里有 {len(codes)} 个县的文件({some(sorted(codes))})"
            return "county_mixed", words, "每个县要有一个文件或子文件夹;一个市的,请直接给出这个市的文件夹。"
    for role, word in _NEEDED.items():
        if role not in by_role:
            return "county_incomplete", f"没有这个县的{word}", "请补上,再运行一次。"
    return None


def _ledgers(known: Sequence[str]) -> tuple[str, str, str] | None:
    if len(known) < 2:
        return None
    words = f"这个县有 {len(known)} 个台账({some([read.safe(name) + '.db' for name in known])}),不知道接着用哪一个"
    return "county_ledgers", words, "请把不用的台账移到别的文件夹,再运行一次。"

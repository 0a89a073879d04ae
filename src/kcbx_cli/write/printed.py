"""What stands in the cells about one child: identity, family, school, nearest record, sources; masked for its reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kcbx_cli.settings import Checklist
from kcbx_cli.tables import Month
from kcbx_cli.write.audience import Audience, tags, view
from kcbx_cli.write.children import Child, Person
from kcbx_cli.write.wording import day

#: Relations to the head of household that need no mention on a child's row.
_PLAIN_RELATIONS = ("", "之子", "之女", "子", "女", "儿子", "女儿")


def identity(child: Child, audience: Audience, *, prefer_registry: bool = False) -> dict[str, str]:
    """Name, sex, birth date and ID number as the reader may see them; the child is the reader's own."""
    who = child.registered if prefer_registry and child.registered is not None else child.person
    return {
        "name": view(audience, "name", who.name),
        "sex": view(audience, "sex", who.sex),
        "birth": view(audience, "birth", day(who.birth or who.id_birth)),
        "id_number": view(audience, "id", id_words(who)),
    }


def id_words(who: Person) -> str:
    """The person's ID number as far as it is known, else the cell as it was written; never another person's."""
    return str(who.id_pattern or ("" if who.id_state == "not_own" else who.id_written))


def family(child: Child, audience: Audience, switches: Checklist) -> str:
    """Head of household, guardian and telephone numbers, a line each."""
    who, other = child.person, child.registered
    guardian, relation, phone = who.guardian_name, who.guardian_relation, who.phone
    if other is not None:
        if not guardian:
            guardian, relation = other.guardian_name, other.guardian_relation
        phone = phone or other.phone
    lines = []
    if who.head_name and who.head_name != guardian:
        relation_to_head = "" if who.relation in _PLAIN_RELATIONS else f"({who.relation})"
        lines.append(view(audience, "head", f"户主:{who.head_name}{relation_to_head}"))
    if guardian:
        lines.append(view(audience, "guardian", f"{relation or '监护人'}:{guardian}"))
    lines.extend(p for p in view(audience, "phone", phone).split("、") if p)
    if audience != "county":
        marks = tags(audience, child.groups, switches)
        lines.extend([marks] if marks else [])
    return "\n".join(line for line in lines if line)


def residence(child: Child) -> str:
    """Township and village of the family, without a break."""
    return f"{child.township}{child.village}"


def school_words(pupil: Person, county: str) -> str:
    """The school's name without the county's, which every reader knows."""
    return str(pupil.school).removeprefix(county)


def class_words(pupil: Person) -> str:
    """Grade and class as the registry has them."""
    return f"{pupil.grade}{pupil.class_name}" if pupil is not None else ""


def near_record(child: Child, audience: Audience, county: str) -> str:
    """The child's own registry row when it is linked, else the nearest one, masked as someone else's."""
    if child.registered is not None:
        return registered_record(child)
    near = child.near
    if near is None:
        return child.near_sentence.removesuffix("。") or "无相近记录"
    number = view(audience, "id", id_words(near), own=False)
    name = view(audience, "name", near.name, own=False)
    where = f"{school_words(near, county)}{class_words(near)}"
    return "\n".join(p for p in (f"相近:{name}", number, where, child.near_sentence.removesuffix("。")) if p)


def registered_record(child: Child) -> str:
    """Status of the child's own registry row and since when, with school and class."""
    pupil = child.registered
    if pupil is None:
        return ""
    since = f"({day(pupil.status_date)})" if pupil.status_date else ""
    return f"学籍状态:{pupil.status or '未填'}{since}"


def sources(child: Child, shortly: Callable[[Person], str]) -> str:
    """Where the child stands: every list row, in the words of `shortly` (see `shorter`)."""
    rows = child.rows or ((child.registered,) if child.registered is not None else ())
    return "\n".join(shortly(r) for r in rows) or "本月名单上没有"


def shorter(month: Month) -> Callable[[Person], str]:
    """File and row of one row, for a narrow column: the sheet only where the file has several, the file's ending only where
    two files have the same name before it."""
    lists = [set(zip(f["file"].tolist(), f["sheet"].tolist(), strict=True)) for f in (month.people, month.registry)]
    sheets = Counter(file for there in lists for file, _ in there)
    stems = Counter(_stem(name) for name in sheets)

    def words(row: Person) -> str:
        file = _stem(row.file) if stems[_stem(row.file)] == 1 else row.file
        sheet = f"〔{row.sheet}〕" if row.sheet and sheets[row.file] > 1 else ""
        return f"{file}{sheet}第{row.row}行"

    return words


def _stem(file: str) -> str:
    return file.rpartition(".")[0] or file


def place(row: Person) -> str:
    """File, sheet and row of one row."""
    sheet = f"〔{row.sheet}〕" if row.sheet else ""
    return f"{row.file}{sheet}第{row.row}行"


def stated(child: Child) -> str:
    """What the lists themselves say of the child's schooling."""
    said: list[str] = []
    for r in child.rows:
        for label, value in (("在校生状况", r.schooling), ("文化程度", r.education), ("未上学原因", r.out_reason)):
            if value and f"{label}:{value}" not in said:
                said.append(f"{label}:{value}")
    return "\n".join(said)


def study_words(paper: Person) -> str:
    """Where the paper's child studies: place and school, the place once."""
    place = "" if paper.study_school.startswith(paper.study_place) else paper.study_place
    return f"{place}{paper.study_school}"


def papers(child: Child) -> str:
    """The row of the special register: category, approval, expiry, school and evidence."""
    paper = child.paper
    if paper is None:
        return ""
    span = "至".join(p for p in (day(paper.approved), day(paper.expires)) if p)
    return "\n".join(p for p in (paper.category, span, study_words(paper), paper.evidence) if p)

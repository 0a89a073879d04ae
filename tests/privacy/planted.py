"""A made-up county in which every field of every list holds a marked value, so that a leak is found by searching."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offices import LIST, REGISTRY, Office, id_number

#: Characters that no word of the program has.
MARKS = "㐀㐁㐂㐃㐄㐅㐆㐇㐈㐉㐊㐋㐌㐍㐎㐏㐐㐑㐒㐓"
_LIST = [*LIST, "户主姓名", "户主证件号码", "户类型", "残疾类别", "残疾证号", "家庭住址", "曾用名", "失学或辍学原因"]
_REGISTRY = [
    *REGISTRY, "现住址", "联系电话", "曾用名", "成员1姓名", "成员1关系", "成员1联系电话", "成员1身份证件号", "成员1是否监护人",
    "残疾类型",
]  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One child: township, and the marked value of each kind (see `audience.VIEWS`)."""

    township: str
    values: dict[str, str]

    def __getitem__(self, kind: str) -> str:
        return self.values[kind]


def child(n: int, township: str, birth: str) -> Planted:
    """The n-th child."""
    mark = MARKS[n]
    return Planted(
        township,
        {
            "name": f"赵{mark}甲", "former_name": f"钱{mark}乙", "id": id_number(birth, 100 + n), "phone": f"139876500{n:02d}",
            "address": f"{mark}巷{n}号", "head": f"孙{mark}丙", "guardian": f"李{mark}丁", "household": f"9988{n:04d}",
            "family": id_number("19800101", 500 + n), "birth": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", "why": f"因{mark}病",
            "registry_number": "G" + id_number(birth, 300 + n), "guardian_phone": f"138765400{n:02d}",
        },
    )  # fmt: skip


CHILDREN = [
    child(0, "甲乡", "20120305"), child(1, "甲乡", "20110412"), child(2, "乙乡", "20120718"), child(3, "乙乡", "20130922"),
    child(4, "甲乡", "20120811"), child(5, "乙乡", "20101230"),
]  # fmt: skip


def _listed(one: Planted, n: int) -> dict[str, Any]:
    birth = one["birth"].replace("-", "")
    return {
        "乡": one.township, "村": "一村", "户编号": one["household"], "人口编号": one["household"] + "01", "姓名": one["name"],
        "性别": "男" if n % 2 else "女", "证件号码": id_number(birth, 100 + n), "与户主关系": "之子", "文化程度": "小学",
        "联系电话": one["phone"], "户主姓名": one["head"], "户主证件号码": one["family"], "户类型": "脱贫不稳定户",
        "残疾类别": "视力残疾" if n % 2 == 0 else "", "家庭住址": one["address"], "曾用名": one["former_name"],
        "失学或辍学原因": one["why"],
    }  # fmt: skip


def _pupil(one: Planted, n: int, **other: str) -> dict[str, Any]:
    birth = one["birth"].replace("-", "")
    row = {
        "学校标识码": "3199000001", "姓名": one["name"], "性别": "男" if n % 2 else "女", "出生日期": birth,
        "身份证件类型": "居民身份证", "身份证件号": id_number(birth, 100 + n), "学籍号": one["registry_number"],
        "学校名称": "甲乡中心小学", "年级": "三年级", "班级": "1班", "学生当前状态": "在读", "状态日期": "20190901",
        "现住址": one["address"], "联系电话": one["phone"], "曾用名": one["former_name"], "成员1姓名": one["guardian"],
        "成员1关系": "母亲", "成员1联系电话": one["guardian_phone"], "成员1是否监护人": "是", "残疾类型": "听力残疾",
    }  # fmt: skip
    return row | other


def plant(office: Office) -> Office:
    """Writes the lists: 0 and 2 are nowhere, 1 dropped out, 3 is enrolled, 4 is doubtful (another name, near number)."""
    office.workbook("脱贫户.xlsx", _LIST, [_listed(one, n) for n, one in enumerate(CHILDREN[:5])], "脱贫户家庭成员信息")
    rows = [
        _pupil(CHILDREN[1], 1, 学生当前状态="辍学"), _pupil(CHILDREN[3], 3),
        _pupil(CHILDREN[4], 4, 身份证件号="", 出生日期="20120812"), _pupil(CHILDREN[5], 5, 学生当前状态="流失"),
    ]  # fmt: skip
    office.workbook("学籍.xlsx", _REGISTRY, rows, "学籍信息")
    return office


def plant_counties(office: Office) -> Office:
    """The same lists as those of one county of two: child 0 is in class in the other, child 4 suspended there, child 2 is
    nowhere."""
    office.workbook("各县/低收入/甲县.xlsx", _LIST, [_listed(one, n) for n, one in enumerate(CHILDREN[:5])], "脱贫户")
    office.workbook("各县/学籍/甲县.xlsx", _REGISTRY, [_pupil(CHILDREN[1], 1), _pupil(CHILDREN[3], 3)], "学籍信息")
    office.workbook("各县/低收入/乙县.xlsx", _LIST, [_listed(CHILDREN[5], 5)], "脱贫户")
    away = _pupil(CHILDREN[4], 4, 学校名称="乙县小学", 学生当前状态="休学", 状态日期="20210901")
    pupils = [_pupil(CHILDREN[0], 0, 学校名称="乙县小学"), away, _pupil(CHILDREN[5], 5)]
    office.workbook("各县/学籍/乙县.xlsx", _REGISTRY, pupils, "学籍信息")
    return office


def plant_roster(office: Office) -> Office:
    """责任人.xlsx: who answers for the children of each place."""
    header = ["层级", "乡镇", "学校", "村", "角色", "姓名", "职务", "电话"]
    office.workbook("责任人.xlsx", header, [
        {"层级": "片", "乡镇": "甲乡", "角色": "包片领导", "姓名": "陈局长", "职务": "局长", "电话": "13900000001"},
        {"层级": "校", "学校": "甲乡中心小学", "角色": "包校职工", "姓名": "褚老师", "电话": "13900000002"},
    ], "责任人名册")  # fmt: skip
    return office


def secrets() -> list[str]:
    """What must stand in no place that is not a workbook for its reader: names, numbers, telephones, addresses."""
    found = []
    for one in CHILDREN:
        found += [v for kind, v in one.values.items() if kind not in ("birth", "household")]
        found.append(one["id"][:17])
    return [*found, *MARKS]


def leaks(content: bytes | str) -> list[str]:
    """The marked values in it."""
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    text = text.encode().decode("unicode_escape", "replace") + text if "\\u" in text else text
    return [secret for secret in secrets() if secret in text]


def printed(path: Path) -> str:
    """Everything that a workbook, document or page holds: cells, hidden sheets, comments, names, properties, rules."""
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        return content.decode("utf-8-sig", "replace")
    with zipfile.ZipFile(path) as archive:
        parts = [
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if not name.endswith(".png")
        ]
    return "\n".join(html.unescape(re.sub(r"</?(?:w:t|w:r|t|r)\b[^>]*>", "", part)) for part in parts)

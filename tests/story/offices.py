"""A made-up office: small lists written on the spot, and a way to run kcbx on them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from kcbx_cli import app

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth: str, sequence: int, area: str = "999999") -> str:
    """A made-up number of an area that does not exist; odd sequences are boys."""
    body = f"{area}{birth}{sequence:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


REGISTRY = [
    "学校标识码",
    "姓名",
    "性别",
    "出生日期",
    "身份证件类型",
    "身份证件号",
    "学籍号",
    "学校名称",
    "年级",
    "班级",
    "学生当前状态",
    "状态日期",
]
LIST = [
    "乡",
    "村",
    "户编号",
    "人口编号",
    "姓名",
    "性别",
    "证件号码",
    "与户主关系",
    "文化程度",
    "在校生状况",
    "联系电话",
]


def pupil(name: str, birth: str, sequence: int, **other: str) -> dict[str, str]:
    """One registry row."""
    number = id_number(birth, sequence)
    row = {"学校标识码": "3199000001", "姓名": name, "性别": "男" if sequence % 2 else "女", "出生日期": birth,
           "身份证件类型": "居民身份证", "身份证件号": number, "学籍号": "G" + number, "学校名称": "甲乡中心小学", "年级": "三年级",
           "班级": "1班", "学生当前状态": "在读", "状态日期": "20190901"}  # fmt: skip
    return row | other


def member(name: str, birth: str, sequence: int, **other: str) -> dict[str, str]:
    """One row of a low-income list."""
    row = {"乡": "甲乡", "村": "一村", "户编号": f"99{sequence:04d}", "人口编号": f"99{sequence:04d}01", "姓名": name,
           "性别": "男" if sequence % 2 else "女", "证件号码": id_number(birth, sequence), "与户主关系": "之子",
           "在校生状况": "小学", "联系电话": "13900000000"}  # fmt: skip
    return row | other


@dataclass
class Office:
    """A folder with lists, and what came of the last run."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    code: int = 0
    stdout: str = ""
    stderr: str = ""
    named: dict[str, Path] = field(default_factory=dict)

    def workbook(self, name: str, header: list[str], rows: list[dict[str, object]], title: str = "") -> Path:
        """Writes a workbook with one sheet."""
        book = openpyxl.Workbook()
        sheet = book.active
        if title:
            sheet.append([title])
        sheet.append(header)
        for row in rows:
            sheet.append([row.get(h) for h in header])
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        return path

    def registry(self, *pupils: dict[str, str], name: str = "学籍.xlsx") -> Path:
        """Writes the registry."""
        return self.workbook(name, REGISTRY, list(pupils), "学籍信息")

    def households(self, *members: dict[str, str], name: str = "脱贫户.xlsx") -> Path:
        """Writes a low-income list."""
        return self.workbook(name, LIST, list(members), "脱贫户家庭成员信息")

    def kcbx(self, *arguments: object) -> int:
        """Runs kcbx in this process."""
        self.code = app.run([str(a) for a in arguments])
        shown = self.capsys.readouterr()
        self.stdout, self.stderr = shown.out, shown.err
        return self.code

    def reconcile(self, *arguments: object, registry: Path | None = None, households: Path | None = None,
                  as_of: str = "2021-10-31") -> int:  # fmt: skip
        """Runs the main job on the office's lists."""
        return self.kcbx(
            "reconcile", "--registry", registry or self.folder / "学籍.xlsx", "--households",
            households or self.folder / "脱贫户.xlsx", "--as-of", as_of, "--out", self.out, *arguments,
        )  # fmt: skip

    @property
    def out(self) -> Path:
        """Where the results go."""
        return self.folder / "结果"

    def verdicts(self) -> list[dict[str, str]]:
        """The rows of data/verdicts.csv."""
        return table(self.out / "data" / "verdicts.csv")

    def verdict_of(self, row: int) -> str:
        """The verdict of one list row."""
        (found,) = [v["verdict"] for v in self.verdicts() if int(v["list_row"]) == row]
        return found

    def problems(self) -> set[str]:
        """The codes in data/problems.csv."""
        return {r["code"] for r in table(self.out / "data" / "problems.csv")}

    def run(self) -> dict[str, object]:
        """run.json."""
        return json.loads((self.out / "run.json").read_text("utf-8"))

    def wrote_nothing(self) -> bool:
        """True where neither results nor a ledger nor anything half-done stands beside the lists."""
        left = {p.name for p in self.folder.iterdir()} - {p.name for p in self.named.values()}
        return not self.out.exists() and not any("kcbx" in name for name in left)


def table(path: Path) -> list[dict[str, str]]:
    """A CSV of kcbx as rows; it must begin with a byte order mark."""
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def by_county(lists: Path, out: Path, *more: str) -> list[str]:
    """The arguments of a run over the counties of `sample --counties`."""
    paths = (("--registry", "学籍"), ("--households", "低收入"), ("--special", "特殊学生台账"), ("--config", "设置"))
    named = [str(part) for option, name in paths for part in (option, lists / name)]
    return ["reconcile", "--by-county", *named, "--as-of", "2021-10-31", "--out", str(out), *more]

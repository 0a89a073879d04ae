"""The real round trip: printed by kcbx, filled in by LibreOffice, saved in four formats, collected, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from offices import Office, member, pupil
from returned_sheets import Sheet
from test_main_job import arguments

from kcbx_cli.ledger import open_ledger

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PYTHON = next(
    (p for p in ("/usr/bin/python3", sys.executable)
     if shutil.which(p) and not subprocess.run([p, "-c", "import uno"], capture_output=True).returncode), "",
)  # fmt: skip
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not (SOFFICE and PYTHON), reason="LibreOffice or its Python API (python3-uno) is not installed"),
]
FORMATS = {
    "xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97", "csv": "Text - txt - csv (StarCalc)",
}  # fmt: skip
DAYS = ("2021-11-05", "2021/11/05", "11/05/2021", "2021年11月5日", "'2021.11.5")
OUTCOMES = ("在校有学籍", "劝返中", "送教上门", "失联", "休学")


def filled_in(folder: Path, jobs: list[dict]) -> None:
    """Has LibreOffice do the jobs."""
    (folder / "jobs.json").write_text(json.dumps(jobs, ensure_ascii=False), "utf-8")
    pipe = f"kcbx{folder.stat().st_ino}"
    office = subprocess.Popen(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        script = Path(__file__).with_name("office_filler.py")
        subprocess.run([PYTHON, script, pipe, folder / "jobs.json"], check=True, timeout=300)
        office.wait(60)
    finally:
        office.kill()


@pytest.fixture(scope="module")
def returned(tmp_path_factory):
    """The county's checklists filled in, row by row; by case number what was written, and a folder a format."""
    from kcbx_cli import app

    folder = tmp_path_factory.mktemp("office")
    assert app.run(["sample", str(folder / "县"), "--scale", "0.3"]) == 0
    assert app.run([str(a) for a in arguments(folder / "县", folder / "结果")]) == 0
    written, jobs = {}, []
    for n, path in enumerate(sorted((folder / "结果" / "乡镇核查表").glob("*.xlsx"))):
        sheet = Sheet(path)
        at = sheet.columns
        cells, rows = [], []
        for row in range(sheet.head + 1, sheet.sheet.max_row + 1):
            case = sheet.sheet.cell(row, at["编号"]).value
            if case:
                k = len(written)
                written[case] = (OUTCOMES[k % 5], f"材料{k}", DAYS[k % 5])
                words = {
                    "核查结论": OUTCOMES[k % 5],
                    "佐证材料": f"材料{k}",
                    "核查日期": DAYS[k % 5],
                    "核查人": '="周"&"老师"',
                }
                cells += [[row - 1, at[word] - 1, text] for word, text in words.items()]
                rows.append(row - 1)
        new = sheet.blank_row
        cells += [[new - 1, at["姓名"] - 1, f"孙新{chr(0x5B50 + n)}"], [new - 1, at["出生日期"] - 1, "'2013-04-05"]]
        job = {"open": str(path), "sheet": "核查表", "hide": rows[:1], "rename": f"上报{n}"}
        plain = [[r, c, "周老师" if t.startswith("=") and (n or r > sheet.head) else t] for r, c, t in cells]
        for kinds, typed in (({"xls"}, plain), (FORMATS.keys() - {"xls"}, cells)):
            save = [[str(folder / kind / f"{path.stem}.{kind}"), FORMATS[kind]] for kind in sorted(kinds)]
            jobs.append(job | {"cells": typed, "save": save})
    for kind in FORMATS:
        (folder / kind).mkdir()
    filled_in(folder, jobs)
    return folder, written, len(jobs) // 2


@pytest.mark.parametrize("kind", FORMATS)
def test_every_entry_lands_in_the_right_case(returned, office, kind):
    folder, written, sheets = returned
    ledger = office.folder / "kcbx-ledger.db"
    shutil.copy(folder / "kcbx-ledger.db", ledger)
    code = office.kcbx("collect", folder / kind, "--config", folder / "县" / "kcbx.toml", "--json")
    told = json.loads(office.stdout)["data"]
    problems = {p["code"] for p in told["problems"]}
    refused = int(kind == "xls")  # the value of a text formula cannot be read from an .xls, and that is said
    assert (code, problems) == (refused, {"csv": {"K606"}, "xls": {"K618"}}.get(kind, set()))
    taken = {"findings": len(written) - refused, "opened": sheets, "rejected": refused, "blank": 0}
    assert told["counts"] | taken == told["counts"]
    with open_ledger(ledger, readonly=True) as book:
        cases = book.cases(date(2021, 10, 31)).set_index("case_id")
        found = book._connection.execute(
            "SELECT number, disposition, evidence, checked_on, checker FROM findings"
        ).fetchall()
    assert len(found) == len(written) - refused and len(written) > 60
    for number, disposition, evidence, checked_on, checker in found:
        case = f"{number // 10**6}-{number % 10**6:04d}"
        assert (disposition, evidence) == written[case][:2]
        assert (checked_on, checker) == (20211105, "周老师"), written[case]
        assert cases.loc[case, "open"] == (disposition in ("劝返中", "失联"))


def test_a_checklist_behind_a_password_goes_there_and_back(office):
    """Encrypted by kcbx, opened by LibreOffice with the password and with no other, filled in, saved behind it, collected."""
    office.registry(pupil("赵在读", "20120305", 101))
    office.households(member("钱失学", "20120307", 105))
    book = office.folder / "密码本.toml"
    book.write_text(
        '"县" = "county-secret"\n"甲乡" = "甲乡的 密码&1"\n"学校" = "school-secret"\n"乡镇" = "other"\n', "utf-8"
    )
    assert office.reconcile() == 0
    sheet = Sheet(office.out / "乡镇核查表" / "甲乡.xlsx")
    found = {"核查结论": "在校有学籍", "佐证材料": "学籍证明", "核查人": "周老师", "核查日期": "2021-11-05"}
    cells = [[sheet.head, sheet.columns[word] - 1, text] for word, text in found.items()]
    assert office.reconcile("--recipients", book) == 0, office.stderr
    path, back = office.out / "乡镇核查表" / "甲乡.xlsx", office.folder / "交回.xlsx"
    dossier, county = office.folder / "档案", office.out / "疑似辍学学生名单.xlsx"
    (office.folder / "kcbx.toml").write_text('[security]\nrecipients = "密码本.toml"\n', "utf-8")
    assert office.kcbx("dossier", "--all", "--out", dossier) == 0, office.stderr
    (document,) = dossier.iterdir()
    none = {"sheet": "", "cells": [], "save": []}
    wrong = [{**none, "open": str(p), "password": w, "refused": True}
             for p, w in ((path, "county-secret"), (path, ""), (county, "甲乡的 密码&1"), (document, "school-secret"))]  # fmt: skip
    filled = {
        "open": str(path),
        "password": "甲乡的 密码&1",
        "sheet": "核查表",
        "cells": cells,
        "save": [[str(back), FORMATS["xlsx"]]],
    }
    read = {"open": str(county), "password": "county-secret", "sheet": "疑似辍学学生名单", "cells": [], "save": []}
    filled_in(office.folder, [*wrong, filled, read])
    assert not back.read_bytes().startswith(b"PK"), "LibreOffice saved it behind the password"
    assert office.kcbx("collect", back) == 1, "without the password it is not taken"
    assert office.kcbx("collect", back, "--password-file", book, "--json") == 0, office.stdout
    assert json.loads(office.stdout)["data"]["counts"]["findings"] == 1


FAMILIES = 12


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A school's workbook with both its sheets filled in by LibreOffice, one after the other: a folder a format."""
    from kcbx_cli import app

    folder = tmp_path_factory.mktemp("school")
    pupils, listed = [], []
    for n in range(FAMILIES):
        family = {"户编号": f"88{n:02d}"}
        brother = (f"赵{chr(0x4E00 + 11 * n)}", f"2012{1 + n:02d}15", 1 + 2 * n)
        sister = (f"钱{chr(0x4E00 + 13 * n)}", f"2013{1 + n:02d}16", 2 + 2 * n)
        pupils += [pupil(*brother, 学生当前状态="流失", 状态日期="20210901"), pupil(*sister)]
        listed += [
            member(*brother, **family, 人口编号=f"88{n:02d}01"),
            member(*sister, **family, 人口编号=f"88{n:02d}02"),
        ]
    given = Office(folder, None)
    lists = ["--registry", given.registry(*pupils), "--households", given.households(*listed)]
    for day in ("2021-09-30", "2021-10-31"):
        more = ("--as-of", day, "--out", folder / "结果", "--ledger", folder / "kcbx-ledger.db", "--quiet")
        assert app.run([str(a) for a in ("reconcile", *lists, *more)]) == 0
    (path,) = (folder / "结果" / "学校核查表").glob("*.xlsx")
    half = folder / "半份.xlsx"
    first, second = Sheet(path), Sheet(path, "关注名单")
    found = {"核查结论": "劝返中", "劝返记录": "电话联系过家长"}
    opinion = {"关注意见": "列入关注", "结对帮扶人": "老师{}", "帮扶人电话": "'1390000{:04d}", "帮扶情况": "每周家访"}
    jobs = [
        {"open": str(path), "sheet": "核查表", "cells": _cells(first, found), "save": [[str(half), FORMATS["xlsx"]]]},
        {"open": str(half), "sheet": "关注名单", "cells": _cells(second, opinion), "rename": "关注",
         "save": [[str(folder / kind / f"学校.{kind}"), FORMATS[kind]] for kind in ("xlsx", "ods", "xls")]},
    ]  # fmt: skip
    for kind in ("xlsx", "ods", "xls"):
        (folder / kind).mkdir()
    filled_in(folder, jobs)
    return folder


def _cells(sheet: Sheet, words: dict[str, str]) -> list[list[object]]:
    """What is typed into each printed row: row and column from 0, text; {} is the row's number."""
    rows = [
        r for r in range(sheet.head + 1, sheet.sheet.max_row + 1) if sheet.sheet.cell(r, sheet.columns["编号"]).value
    ]
    return [
        [row - 1, sheet.columns[word] - 1, text.format(n)] for n, row in enumerate(rows) for word, text in words.items()
    ]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_both_sheets_of_a_school_come_back_whole(watched, office, kind):
    ledger = office.folder / "kcbx-ledger.db"
    shutil.copy(watched / "kcbx-ledger.db", ledger)
    assert office.kcbx("collect", watched / kind, "--json") == 0, office.stdout
    told = json.loads(office.stdout)["data"]
    assert told["problems"] == []
    counts = {"rows": 2 * FAMILIES, "blank": 0, "rejected": 0, "findings": FAMILIES, "watch": FAMILIES, "opened": 0}
    assert told["counts"] | counts == told["counts"]
    with open_ledger(ledger, readonly=True) as book:
        held = book.watched()
        said = book._connection.execute(
            "SELECT COUNT(DISTINCT number) FROM findings WHERE disposition = '劝返中'"
        ).fetchone()
    assert said == (FAMILIES,)
    assert held["state"].tolist() == ["on"] * FAMILIES
    assert sorted(held["helper"]) == sorted(f"老师{n}" for n in range(FAMILIES))
    for name, phone in zip(held["helper"], held["helper_phone"], strict=True):
        assert phone == f"1390000{int(name.removeprefix('老师')):04d}", "each helper with the own telephone"

"""The real round trip: printed by kcbx, filled in by LibreOffice, saved in four formats, collected, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
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

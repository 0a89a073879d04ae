"""Half a year of a county that moves: the ledger equals the truth each month, and what the townships answer is in it."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from offices import Office
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger
from kcbx_cli.sample import Spec, write_months

MONTHS = ("2021-10", "2021-11", "2021-12", "2022-01", "2022-02", "2022-03")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def key(name: str, birth: object, number: str) -> tuple[str, str]:
    """A child as the ledger and the truth have it: by number and birth date, by name where there is no number."""
    return (number or name, str(birth))


def held(day: date) -> dict[tuple[str, str], tuple[str, int]]:
    """State and months of every case, by child."""
    with open_ledger(Path("kcbx-ledger.db"), create=False, readonly=True) as book:
        cases, people = book.cases(day), book.people().set_index("row")
        assert book.check() == []
    cases = cases[cases["first"] > 0]
    who = people.loc[cases["identity"]]
    keys = [
        key(n, b or i, p if s == "valid" else "")
        for n, b, i, p, s in zip(
            *(who[c] for c in ("name", "birth", "id_birth", "id_pattern", "id_state")), strict=True
        )
    ]
    states = [("open" if o else "closed", int(m)) for o, m in zip(cases["open"], cases["months"], strict=True)]
    assert len(set(keys)) == len(keys), "a child has two cases"
    return dict(zip(keys, states, strict=True))


def place(office: Office, month: str, answer: dict[str, str], sheets: dict[Path, Sheet]) -> tuple[Path, int] | None:
    """The checklist and the row of this child: on its township's, else on that where it lived when a list had it last."""
    born = f"{answer['出生日期'][:4]}-{answer['出生日期'][4:6]}-{answer['出生日期'][6:]}"
    paths = sorted(
        (office.folder / "out" / month / "乡镇核查表").glob("*.xlsx"), key=lambda p: answer["乡镇"] not in p.name
    )
    for path in paths:
        sheet = sheets.setdefault(path, Sheet(path))
        at = [sheet.columns[word] for word in ("编号", "身份证号", "姓名", "出生日期")]
        for row in range(sheet.head + 1, sheet.sheet.max_row + 1):
            case, number, name, birth = (sheet.sheet.cell(row, column).value for column in at)
            if case and (number == answer["身份证号"] or (name, birth) == (answer["姓名"], born)):
                return path, row
    return None


def fill(office: Office, month: str, missed: list[object]) -> int:
    """Writes what the townships answer into their checklists, and collects them; returns how many answers there were."""
    done, sheets, touched = 0, {}, set()
    for answer in rows(office.folder / "答复" / f"{month}.csv"):
        if (found := place(office, month, answer, sheets)) is None:
            missed.append((month, "on no checklist", answer))
            continue
        path, row = found
        sheets[path].fill(row, **{word: answer[word] for word in ("核查日期", "核查结论", "佐证材料", "核查人")})
        touched.add(path)
        done += 1
    for path in touched:
        sheets[path].save(office.folder / "收到" / month / path.name)
    if done:
        assert office.kcbx("collect", office.folder / "收到" / month, "--json") == 0, office.stdout
        told = json.loads(office.stdout)["data"]["counts"]
        assert (told["findings"], told["rejected"]) == (done, 0)
    return done


def half_a_year(office: Office, spec: Spec) -> tuple[dict[str, int], list[object]]:
    """Runs the months; returns how many cases were compared and in how many the ledger differs from the truth, and these."""
    write_months(office.folder, spec, len(MONTHS))
    differing: list[object] = []
    seen = {"compared": 0, "unsure": 0, "answers": 0, "lost": 0}
    for month in MONTHS:
        assert office.kcbx("reconcile", "--month", month) == 0, office.stderr
        truth = rows(office.folder / "答案" / f"{month}.csv")
        day = date.fromisoformat(
            max(json.loads((office.folder / "out" / month / "run.json").read_text("utf-8"))["as_of"] for _ in "1")
        )
        cases = held(day)
        sure = {key(t["name"], t["birth"], t["id_number"]): t for t in truth}
        for who, told in sure.items():
            got = cases.get(who, ("none", 0))
            if told["sure"] == "0":
                seen["unsure"] += 1
                continue
            seen["compared"] += 1
            if got != (told["case"], int(told["months"])):
                seen["lost"] += told["case"] == "open" and got[0] != "open"
                differing.append((month, told, got))
        for who, got in cases.items():
            if who not in sure:
                differing.append((month, "not in the truth", who, got))
        seen["answers"] += fill(office, month, differing)
    return seen, differing


def test_the_ledger_equals_the_truth_each_month(office: Office):
    seen, differing = half_a_year(office, Spec(scale=0.05, errors=0))
    assert differing == []
    assert seen["compared"] > 60 and seen["answers"] > 8, seen


@pytest.mark.heavy
def test_a_whole_county(office: Office):
    seen, differing = half_a_year(office, Spec(scale=1, errors=0))
    assert differing == []
    assert seen["compared"] > 1000 and seen["answers"] > 200, seen

"""Half a year of a county that moves: the ledger equals the truth each month, and what the townships answer is in it.

A child is known by the rows in which it stands: 答案/…-出处.csv names them, and verdicts.csv and findings.csv name the case
of each. So the test knows whose case it is where names and numbers are written wrong.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from offices import Office, table
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger
from kcbx_cli.sample import Spec, write_months

MONTHS = ("2021-10", "2021-11", "2021-12", "2022-01", "2022-02", "2022-03")
Row = tuple[str, str, str]


@dataclass
class Followed:
    """Which case is whose, as the months told it."""

    office: Office
    case_of: dict[str, str] = field(default_factory=dict)  # person of the truth -> case
    verdicts: dict[str, set[str]] = field(default_factory=dict)  # of this month's list rows
    differing: list[object] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("compared", "unsure", "answers", "lost"), 0))

    def out(self, month: str) -> Path:
        """The results of a month."""
        return self.office.folder / "out" / month

    def learn(self, month: str) -> None:
        """The cases of the rows of every child of the truth."""
        told: dict[tuple[str, Row], dict[str, str]] = {}
        for role, name, origin in (("list", "verdicts.csv", "list"), ("registry", "findings.csv", "registry")):
            for row in table(self.out(month) / "data" / name):
                told[role, (row[f"{origin}_file"], row[f"{origin}_sheet"], row[f"{origin}_row"])] = row
        found: dict[str, set[str]] = defaultdict(set)
        self.verdicts = defaultdict(set)
        for row in table(self.office.folder / "答案" / f"{month}-出处.csv"):
            if said := told.get((row["role"], (row["file"], row["sheet"], row["row"]))):
                found[row["person"]] |= {said["case_id"]} - {""}
                self.verdicts[row["person"]] |= {said["verdict"]} if "verdict" in said else set()
        for person, cases in found.items():
            cases |= {self.case_of[person]} if person in self.case_of else set()
            if not cases:
                continue
            if len(cases) > 1:
                self.differing.append((month, person, "has more than one case", sorted(cases)))
            self.case_of[person] = min(cases)

    def compare(self, month: str) -> None:
        """The state and the months of every case with the truth."""
        with open_ledger(Path("kcbx-ledger.db"), create=False, readonly=True) as book:
            assert book.check() == []
            held = {case.case_id: (case.state, case.months) for case in book.caseload()}
        truth = {told["person"]: told for told in table(self.office.folder / "答案" / f"{month}.csv")}
        for person, told in truth.items():
            if (
                told["sure"] == "0"
            ):  # the lists allow several answers, or did in a month before: one of these it must be
                self.seen["unsure"] += 1
                wrong = self.verdicts.get(person, set()) - {*told["verdict"].split("|"), "cleared"}
                self.differing += [(month, told, wrong)] if wrong else []
                continue
            self.seen["compared"] += 1
            got = held.get(self.case_of.get(person, ""), ("none", 0))
            if got != (told["case"], int(told["months"])):
                self.seen["lost"] += told["case"] == "open" and got[0] != "open"
                self.differing.append((month, told, got))
        owners = {self.case_of[person] for person in truth if person in self.case_of}
        self.differing += [(month, "nobody's case", case, held[case]) for case in sorted(held.keys() - owners)]

    def answer(self, month: str) -> None:
        """Writes what the townships answer into their checklists, and collects them."""
        sheets: dict[Path, Sheet] = {}
        done, touched = 0, set()
        for said in table(self.office.folder / "答复" / f"{month}.csv"):
            for path in self._checklists(month, said["乡镇"]):
                sheet = sheets.setdefault(path, sheets.get(path) or Sheet(path))
                if row := _row(sheet, self.case_of.get(said["人员序号"], "")):
                    sheet.fill(row, **{word: said[word] for word in ("核查日期", "核查结论", "佐证材料", "核查人")})
                    touched.add(path)
                    done += 1
                    break
            else:
                self.differing.append((month, "on no checklist", said))
        for path in touched:
            sheets[path].save(self.office.folder / "收到" / month / path.name)
        if done:
            office = self.office
            assert office.kcbx("collect", office.folder / "收到" / month, "--json") == 0, office.stdout
            told = json.loads(office.stdout)["data"]["counts"]
            assert (told["findings"], told["rejected"]) == (done, 0)
        self.seen["answers"] += done

    def _checklists(self, month: str, township: str) -> list[Path]:
        """The township's own first; a list may have the child where it lived before."""
        return sorted((self.out(month) / "乡镇核查表").glob("*.xlsx"), key=lambda path: township not in path.name)


def _row(sheet: Sheet, case: str) -> int:
    """The row in which the case is printed, 0 for none."""
    at = sheet.columns["编号"]
    rows = range(sheet.head + 1, sheet.sheet.max_row + 1)
    return next((row for row in rows if case and sheet.sheet.cell(row, at).value == case), 0)


def followed(office: Office, spec: Spec, months: Sequence[str] = MONTHS) -> Followed:
    """Runs the months one after the other, with the townships' answers in between."""
    write_months(office.folder, spec, len(months))
    story = Followed(office)
    for month in months:
        assert office.kcbx("reconcile", "--month", month) == 0, office.stderr
        story.learn(month)
        story.compare(month)
        story.answer(month)
    return story


def test_the_ledger_equals_the_truth_each_month(office: Office):
    story = followed(office, Spec(scale=0.03, errors=1), MONTHS[:4])
    assert story.differing == []
    assert story.seen["compared"] > 35 and story.seen["answers"] > 5, story.seen


@pytest.mark.heavy
@pytest.mark.parametrize("errors", [0, 1])
def test_a_whole_county(office: Office, errors: int):
    story = followed(office, Spec(scale=1, errors=errors))
    assert story.differing == []
    assert story.seen["compared"] > 1000 and story.seen["answers"] > 200, story.seen

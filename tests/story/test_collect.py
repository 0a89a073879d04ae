"""Checklists come back filled in: the ledger knows what was found, and next month starts from there."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime

import pytest
from offices import member, pupil, table
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger

LI, ZHAO, QIAN = ("李红", "20130101", 2), ("赵小雨", "20140202", 4), ("钱多多", "20120909", 6)
FOUND = {"核查方式": "入户走访", "核查日期": date(2021, 11, 5), "核查结论": "在校有学籍", "佐证材料": "在校证明", "核查人": "周老师"}


@pytest.fixture
def month(office):
    """Three children of one township who are on the checklist, and one pupil."""
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member(*LI), member(*ZHAO), member(*QIAN))
    assert office.reconcile() == 0
    return office


def checklist(office):
    return Sheet(next((office.out / "乡镇核查表").glob("*甲乡.xlsx")))


def collect(office, *paths, code=0):
    assert office.kcbx("collect", *paths, "--json") == code, office.stdout + office.stderr
    return json.loads(office.stdout)["data"]


def ledger(office):
    return open_ledger(office.folder / "kcbx-ledger.db", readonly=True)


def cases(office, day=date(2021, 10, 31)):
    """Name -> (open, disposition)."""
    with ledger(office) as book:
        people = dict(zip(book.people()["row"], book.people()["name"], strict=True))
        found = book.cases(day)
    return {people[i]: (o, d) for i, o, d in zip(found["identity"], found["open"], found["disposition"], strict=True)}


def codes(data):
    return sorted({p["code"] for p in data["problems"]})


def test_an_answer_closes_the_case_and_clears_the_child_next_month(month):
    sheet = checklist(month)
    sent = sheet.fill(sheet.row_of("李红"), **FOUND).save(month.folder / "收到" / "甲乡.xlsx")
    told = collect(month, sent)
    assert told["counts"] | {"rows": 3, "blank": 2, "findings": 1, "closed": 1, "rejected": 0} == told["counts"]
    assert cases(month) == {"李红": (False, "在校有学籍"), "赵小雨": (True, ""), "钱多多": (True, "")}
    assert month.kcbx("reconcile", "--registry", month.folder / "学籍.xlsx", "--households", month.folder / "脱贫户.xlsx",
                      "--as-of", "2021-11-30", "--out", month.folder / "十一月") == 0  # fmt: skip
    rows = table(month.folder / "十一月" / "data" / "verdicts.csv")
    assert [r["verdict"] for r in rows] == ["cleared", "suspected", "suspected"]

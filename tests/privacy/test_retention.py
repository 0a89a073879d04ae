"""What is purged is gone from every byte, counts and events stay; a guardian is given all that is held."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest
from planted import CHILDREN, leaks, plant, printed

from kcbx_cli.ledger import open_ledger

GONE = CHILDREN[2]


def _month(office):
    assert plant(office).reconcile() == 0, office.stderr


@pytest.fixture
def office(office, begun):
    return begun(office, _month)


def case_of(office, name: str) -> str:
    with open_ledger(office.folder / "kcbx-ledger.db", readonly=True) as book:
        people, cases = book.people(), book.cases(date(2021, 10, 31))
    (identity,) = people["row"][people["name"] == name]
    (case,) = cases["case_id"][cases["identity"] == identity]
    return case


def closed(office) -> str:
    case = case_of(office, GONE["name"])
    assert office.kcbx("cases", "annotate", case, "--note", f"{GONE['guardian']}说去了外地") == 0
    words = ("--disposition", "在校有学籍", "--evidence", GONE["guardian"], "--whereabouts", GONE["address"])
    assert office.kcbx("cases", "close", case, *words) == 0, office.stderr
    return case


def test_a_child_is_purged_from_the_ledger_and_from_every_output(office):
    case = closed(office)
    assert office.kcbx("dossier", case, "--out", "档案") == 0
    kept = office.folder / "kcbx-ledger.db.kept"
    kept.mkdir()
    (kept / "missed.npz").write_text(GONE["name"], "utf-8")
    told = office.kcbx("purge", case, "--outputs", "结果", "--outputs", "档案", "--why", "监护人要求")
    assert not kept.exists(), "what a county keeps for its next run has the child in it too"
    assert told == 0, office.stderr
    assert "备份" in office.stderr and "inbox" in office.stderr, "what a purge cannot reach is said"
    mine = {
        GONE[kind] for kind in ("name", "former_name", "id", "phone", "address", "head", "guardian", "family", "why")
    }
    content = (office.folder / "kcbx-ledger.db").read_bytes()
    assert not [m for m in mine if m.encode() in content]
    for folder in (office.out, office.folder / "档案"):
        for path in folder.rglob("*"):
            if path.is_file():
                assert case not in printed(path) or path.parent.name == "data", path
    with open_ledger(office.folder / "kcbx-ledger.db", readonly=True) as book:
        assert [e for e in book.history(case)["what"]] == ["opened", "answered"]
        assert book.purged() == {case: "监护人要求"}
        assert book.check() == []
    assert office.kcbx("cases", "show", case) == 0 and GONE["name"] not in office.stdout
    assert office.kcbx("log", "verify") == 0
    assert office.kcbx("purge", case, "--outputs", "结果") == 0  # again: nothing left to do


def test_what_is_asked_about_a_purged_child_says_so(office):
    case = closed(office)
    assert office.kcbx("purge", case, "--outputs", "结果", "--why", "监护人要求") == 0, office.stderr
    assert office.kcbx("cases", "show", case) == 0 and "身份:已清除(监护人要求)" in office.stdout
    assert office.kcbx("dossier", "--all", "--out", "档案") == 0
    assert f"其中 1 份的个人信息已按规定清除,只有经过和结论:{case}。" in office.stdout
    told = printed(office.folder / "档案" / f"{case}.docx")
    assert "已销号（个人信息已清除：监护人要求）" in told
    assert "学籍系统里没有" not in told and "没有登记责任人" not in told
    lists = ("--registry", "学籍.xlsx", "--households", "脱贫户.xlsx", "--as-of", "2021-10-31")
    assert office.kcbx("explain", case, *lists, "--ledger", "kcbx-ledger.db") == 2
    assert "已经清除(监护人要求)" in office.stderr and f"cases show {case}" in office.stderr


def test_what_stays_is_still_whole(office):
    case = closed(office)
    others = case_of(office, CHILDREN[0]["name"])
    assert office.kcbx("purge", case, "--outputs", "结果") == 0
    assert office.kcbx("cases", "list", "--state", "all", "--json") == 0
    assert json.loads(office.stdout)["data"]["count"] == 4
    assert office.kcbx("export", others, "--out", "导出") == 0
    assert CHILDREN[0]["name"] in printed(office.folder / "导出" / f"{others}.xlsx")
    assert office.reconcile() == 0, office.stderr  # the folder with fewer files is still known as kcbx's own


def test_a_dry_run_deletes_nothing_and_says_what_would_go(office):
    case = closed(office)
    before = {p: p.read_bytes() for p in office.folder.rglob("*.*") if p.is_file() and "use" not in p.name}
    assert office.kcbx("purge", case, "--outputs", "结果", "--dry-run", "--json") == 0
    told = json.loads(office.stdout)["data"]
    assert told["rows"]["identities"] >= 1 and told["rows"]["findings"] == 1 and len(told["files"]) >= 4
    assert {p: p.read_bytes() for p in before} == before


def test_an_open_case_is_not_purged(office):
    case = case_of(office, GONE["name"])
    assert office.kcbx("purge", case) == 2 and "没有销号" in office.stderr
    assert office.kcbx("purge", "2021-0999") == 2 and office.kcbx("purge", GONE["name"]) == 2
    assert not leaks(office.stderr)


@pytest.mark.parametrize(("months", "gone"), [(1, 1), (600, 0)])
def test_the_rule_purges_what_was_closed_long_ago_and_months_of_then(office, months, gone):
    closed(office)
    (office.folder / "kcbx.toml").write_text(f"[security]\nretention_months = {months}\n", "utf-8")
    assert office.kcbx("purge", "--outputs", "结果", "--json") == 0, office.stderr
    told = json.loads(office.stdout)["data"]
    assert len(told["cases"]) == gone
    left = {p.name for p in office.out.rglob("*") if p.is_file()}
    kept = {"verdicts.csv", "findings.csv", "problems.csv", "run.json", ".kcbx.json"}
    assert left == kept if gone else left > kept


def test_filled_in_and_not_collected_keeps_a_month_from_being_purged(office):
    closed(office)
    (office.folder / "kcbx.toml").write_text("[security]\nretention_months = 1\n", "utf-8")
    path = office.out / "乡镇核查表" / "甲乡.xlsx"
    path.write_bytes(path.read_bytes() + b"x")
    assert office.kcbx("purge", "--outputs", "结果") == 2 and "collect" in office.stderr
    assert path.exists()


def test_an_encrypted_workbook_is_named_as_not_looked_into(office):
    case = closed(office)
    (office.out / "乡镇核查表" / "乙乡.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 not a zip")
    assert office.kcbx("purge", case, "--outputs", "结果") == 0
    assert "乙乡.xlsx" in office.stderr


def test_a_guardian_is_given_all_that_is_held(office):
    case = closed(office)
    assert office.kcbx("export", case, "--out", "导出") == 0
    told = json.loads((office.folder / "导出" / f"{case}.json").read_bytes())
    book = printed(office.folder / "导出" / f"{case}.xlsx")
    for kind in ("name", "former_name", "id", "phone", "address", "head", "family"):
        assert GONE[kind] in json.dumps(told, ensure_ascii=False), kind
        assert GONE[kind] in book or kind == "family", kind
    for raw in ("20211031", "no_link", "suspected", "opened", "valid", "reconcile", "office", "cases close"):
        assert f">{raw}" not in book, raw
    for words in (
        "2021-10-31",
        "立案",
        "疑似辍学",
        "学籍系统里没有找到",
        "有效",
        "每月比对",
        "已销号",
        "办公室：",
        "办公室销号",
    ):
        assert words in book, words
    assert told["held"]["notes"][0]["text"].startswith(GONE["guardian"])
    assert told["held"]["findings"][0]["evidence"] == GONE["guardian"]
    assert [e["what"] for e in told["held"]["events"]] == ["opened", "answered"]
    for other in CHILDREN[:2]:
        assert other["name"] not in json.dumps(told, ensure_ascii=False)
    assert office.kcbx("export", case, "--out", "导出") == 2  # never over a file that is there
    if os.name != "nt":
        assert {p.stat().st_mode & 0o777 for p in (office.folder / "导出").iterdir()} == {0o600}


def test_every_table_with_a_child_in_it_is_held_and_forgotten():
    """A table that is added later and is left out of either is found here."""
    from kcbx_cli.ledger import database, keeping

    tables = {
        name: [c[1] for c in database.in_memory().execute(f"PRAGMA table_info({name})")]
        for (name,) in database.in_memory().execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    about = {name for name, columns in tables.items() if "number" in columns} - {"migrations", "cases", "purged"}
    held = {query.split(" FROM ")[1].split()[0] for query in keeping._HELD.values()}
    assert held == about
    #: of these nothing identifies a child: what happened, when, and the disposition
    impersonal = {"events", "states", "watch_events"}
    assert set(keeping._FORGOTTEN) | {"findings"} == about - impersonal

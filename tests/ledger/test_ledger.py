"""The ledger's file, its months, and what people say of them."""

import os
import sqlite3
import stat
from hashlib import sha256

import pytest
from made_months import DECEMBER, NOVEMBER, OCTOBER, child, people, run, token, work_of

from kcbx_cli.decide.cases import EVENTS
from kcbx_cli.errors import KcbxError
from kcbx_cli.ledger import ANSWERS, CasePlan, database, digests, open_ledger

THREE = people(child(0), child(1), child(2))


def whats(plan: CasePlan) -> list[tuple[str, str]]:
    return list(zip(plan.events["case_id"], plan.events["what"], strict=True))


def answered(case: str, as_of: int = 20211031, **more):
    row = {"case_id": case, "what": "answered", "as_of": as_of, "disposition": "休学", "closes": True, "file": "核查表.xlsx", "sheet": "表", "row": 5}  # fmt: skip
    row |= more
    return EVENTS.frame({k: [v] for k, v in row.items()})


# -- the file ----------------------------------------------------------------------------------------------------


def test_nothing_is_made_before_something_is_recorded(opened, path):
    with opened() as ledger:
        assert len(ledger.people()) == len(ledger.cases(OCTOBER)) == 0
        ledger.plan_month(OCTOBER, work_of(THREE))
    assert not path.exists()


def test_a_plan_that_is_discarded_leaves_no_file(opened, path):
    with opened() as ledger:
        month = ledger.plan_month(OCTOBER, work_of(THREE))
        with pytest.raises(ZeroDivisionError), ledger.recording(month, token(month)):
            assert path.exists()
            raise ZeroDivisionError
        assert not path.exists()
        assert len(ledger.people()) == 0


def test_a_month_without_work_makes_a_ledger_too(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people()))
        assert path.exists()
        assert ledger.plan_month(OCTOBER, work_of(people())).changes_nothing


def test_the_file_is_marked_locked_safely_kept_and_private(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        settings = {name: ledger._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}  # fmt: skip
        assert settings == {"journal_mode": "delete", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
        assert ledger.check() == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA application_id").fetchone() == (0x6B636278,)
    assert plain.execute("SELECT name FROM migrations ORDER BY number").fetchall() == [
        (n,) for n, _ in database._migrations()
    ]
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"not a database, but a text of some length " * 40, "sqlite"])
def test_another_file_is_refused_and_left_alone(opened, path, content):
    if content == "sqlite":
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE t (x)")
        other.commit()
        other.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(KcbxError) as caught:
        opened()
    assert caught.value.code == "not_a_ledger"
    assert path.read_bytes() == before


def test_a_later_version_is_refused(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        ledger._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(KcbxError) as caught:
        opened()
    assert caught.value.code == "ledger_newer"


def test_a_migration_is_applied_whole_or_not_at_all(opened, path, monkeypatch):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
    first = database._migrations()
    broken = [*first, ("9999_more.sql", "CREATE TABLE more (x);\nCREATE TABLE cases (y);\n")]
    monkeypatch.setattr(database, "_migrations", lambda: broken)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        opened()
    good = [*first, ("9999_more.sql", "CREATE TABLE more (x); -- a remark;\n")]
    monkeypatch.setattr(database, "_migrations", lambda: good)
    with opened() as ledger:
        applied = ledger._connection.execute("SELECT number, name FROM migrations").fetchall()
        assert applied[-1] == (len(first) + 1, "9999_more.sql")
        assert len(ledger.people()) == 3


def test_a_damaged_ledger_is_said_to_be_damaged(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 5] = b"\xff" * 4096 * 4
    path.write_bytes(content)
    with pytest.raises(KcbxError) as caught, opened() as ledger:
        ledger.people()
        ledger.answers()
        ledger.keeps("x")
        ledger.cases(OCTOBER)
    assert caught.value.code == "ledger_damaged"


def test_no_ledger_where_one_is_wanted(opened, path):
    with pytest.raises(KcbxError) as caught:
        opened(create=False)
    assert caught.value.code == "no_ledger"
    path.mkdir()
    with pytest.raises(KcbxError) as caught:
        opened()
    assert caught.value.code == "ledger_not_writable"


def test_an_empty_file_is_taken(opened, path):
    path.touch()
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
    with opened(readonly=True) as ledger:
        assert len(ledger.people()) == 3


def test_two_runs_at_once(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
    with opened():
        for again in (opened, lambda: opened(readonly=True)):
            with pytest.raises(KcbxError) as caught:
                again()
            assert caught.value.code == "ledger_locked"
    with opened(readonly=True) as one, opened(readonly=True) as two:
        assert len(one.people()) == len(two.people()) == 3
        with pytest.raises(KcbxError) as caught:
            one.append(answered("2021-0001"), "collect")
        assert caught.value.code == "ledger_not_writable"


def test_two_first_runs_at_once(opened, path):
    with opened() as one, opened() as two:
        plans = [ledger.plan_month(OCTOBER, work_of(THREE)) for ledger in (one, two)]
        one.record(plans[0], token(plans[0]))
        with pytest.raises(KcbxError) as caught:
            two.record(plans[1], token(plans[1]))
        assert caught.value.code == "ledger_locked"
        one.finish(token(plans[0]))
    with opened() as ledger:
        assert len(ledger.people()) == 3


def test_a_ledger_that_came_into_being_meanwhile(opened, path):
    with opened() as late:
        plan = late.plan_month(OCTOBER, work_of(THREE))
        with opened() as early:
            run(early, OCTOBER, work_of(THREE))
        before = path.read_bytes()
        with pytest.raises(KcbxError) as caught:
            late.record(plan, token(plan))
    assert caught.value.code == "ledger_locked"
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with open_ledger(tmp_path / "file" / "x" / "ledger.db") as ledger:
        month = ledger.plan_month(OCTOBER, work_of(THREE))
        with pytest.raises(KcbxError) as caught:
            ledger.record(month, token(month))
    assert caught.value.code == "ledger_not_writable"


@pytest.mark.parametrize("pages", [2, 40])
def test_disk_full(opened, path, pages, monkeypatch):
    """The engine's own limit stands for the disk's: on the first run nothing is left, later the ledger is as it was."""
    if pages > 2:
        with opened() as ledger:
            run(ledger, OCTOBER, work_of(THREE))
    before = path.read_bytes() if path.exists() else None
    with opened() as ledger:
        month = ledger.plan_month(NOVEMBER, work_of(people(*(child(n, address="路" * 300) for n in range(300)))))
        if before is None:
            make = ledger._make_file
            monkeypatch.setattr(ledger, "_make_file", lambda: (make(), limit(ledger, pages)))
        else:
            limit(ledger, pages)
        with pytest.raises(KcbxError) as caught, ledger.recording(month, token(month)):
            pytest.fail("recorded on a full disk")
        assert caught.value.code == "disk_full"
        assert ledger.check() == []
    assert (path.read_bytes() if path.exists() else None) == before


def limit(ledger, pages: int) -> None:
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")


# -- months ------------------------------------------------------------------------------------------------------


def test_numbers_follow_the_order_of_the_work(opened):
    with opened() as ledger:
        month = run(ledger, OCTOBER, work_of(THREE))
    assert list(month.rows["case_id"]) == ["2021-0001", "2021-0002", "2021-0003"]
    assert whats(month) == [(f"2021-000{n}", "opened") for n in (1, 2, 3)]
    assert list(month.events["row"]) == [2, 3, 4]
    assert set(month.events["sheet"]) == {"葛城街道"}


def test_a_month_run_again_leaves_the_ledger_as_it_is(opened, path):
    with opened() as ledger:
        first = run(ledger, OCTOBER, work_of(THREE))
    before = sha256(path.read_bytes()).hexdigest()
    with opened() as ledger:
        known = list(ledger.known(THREE))
        second = run(ledger, OCTOBER, work_of(THREE, known))
    assert second.changes_nothing
    assert second.rows.equals(first.rows)
    assert second.month.equals(first.month)
    assert sha256(path.read_bytes()).hexdigest() == before


def test_carried_closed_and_reopened(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        november = run(
            ledger,
            NOVEMBER,
            work_of(people(child(0), child(9)), ["2021-0001", ""], {"2021-0002": "enrolled"}),
        )
        assert whats(november) == [
            ("2021-0001", "carried"),
            ("2021-0002", "closed"),
            ("2021-0003", "carried"),
            ("2021-0004", "opened"),
        ]
        assert november.unlisted == ("2021-0003",)
        assert list(november.rows["change"]) == ["carried", "opened"]
        assert list(november.rows["months"]) == [2, 1]
        assert list(november.rows["first"]) == [20211031, 20211130]
        december = run(ledger, DECEMBER, work_of(people(child(1)), ["2021-0002"], {"2021-0001": "elsewhere"}))
        assert whats(december)[1] == ("2021-0002", "reopened")
        assert list(december.rows["months"]) == [2]
        cases = ledger.cases(DECEMBER).set_index("case_id")
        assert cases["open"].to_dict() == {"2021-0001": False, "2021-0002": True, "2021-0003": True, "2021-0004": True}
        assert cases["months"].to_dict() == {"2021-0001": 2, "2021-0002": 2, "2021-0003": 3, "2021-0004": 2}
        assert list(ledger.history("2021-0002")["what"]) == ["opened", "closed", "reopened"]


def test_the_same_month_with_better_lists(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        better = run(ledger, OCTOBER, work_of(people(child(0)), ["2021-0001"], {"2021-0002": "enrolled"}))
        assert whats(better) == [("2021-0002", "closed"), ("2021-0003", "closed")]
        assert list(better.events["kind"]) == ["enrolled", "superseded"] and better.superseded == ("2021-0003",)
        assert list(better.changes["case_id"]) == ["2021-0001"], "what never should have been opened is not told"
        back = run(ledger, OCTOBER, work_of(THREE, ["2021-0001", "2021-0002", "2021-0003"]))
        assert whats(back) == [("2021-0002", "reopened"), ("2021-0003", "reopened")] and back.superseded == ()
        assert list(ledger.cases(OCTOBER)["months"]) == [1, 1, 1]


def test_a_past_month_reuses_numbers_and_changes_no_case(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        run(ledger, DECEMBER, work_of(people(child(0)), ["2021-0001"], {"2021-0002": "enrolled"}))
        before = ledger.cases(DECEMBER)
        known = ["2021-0001", "2021-0002", "2021-0003"]
        october = run(ledger, OCTOBER, work_of(THREE, known))
        assert october.changes_nothing
        assert list(october.rows["months"]) == [1, 1, 1]
        november = run(ledger, NOVEMBER, work_of(people(child(1, address="改"), child(7)), ["2021-0002", ""]))
        assert whats(november) == [("2021-0004", "opened")]
        assert ledger.cases(DECEMBER)[:3].equals(before)


def test_numbers_start_anew_each_year_and_pass_9999(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people(*(child(n) for n in range(10_001)))))
        assert list(ledger.cases(OCTOBER)["case_id"].tail(2)) == ["2021-10000", "2021-10001"]
        later = ledger.plan_month(OCTOBER.replace(year=2022), work_of(THREE))
        assert list(later.rows["case_id"]) == ["2022-0001", "2022-0002", "2022-0003"]


def test_an_unknown_number_is_a_mistake_of_the_caller(opened):
    with opened() as ledger:
        with pytest.raises(ValueError, match="no case 2021-0007"):
            ledger.plan_month(OCTOBER, work_of(people(child(0)), ["2021-0007"]))
        with pytest.raises(ValueError, match="not a case number"):
            ledger.plan_month(OCTOBER, work_of(people(child(0)), ["7"]))


def test_two_rows_of_one_case_make_one_event(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people(child(0))))
        month = run(ledger, NOVEMBER, work_of(people(child(0), child(0, row=40)), ["2021-0001"] * 2))
        assert whats(month) == [("2021-0001", "carried")]
        assert list(month.events["row"]) == [2]


def test_a_child_found_in_the_registry_only(opened):
    registry = people(child(5, file="学籍.xlsx", role="registry"))
    work = work_of(people(child(0)), registry=registry, linked=[0])
    work.frame["person"] = -1
    with opened() as ledger:
        month = run(ledger, OCTOBER, work)
        assert list(month.events["file"]) == ["学籍.xlsx"]
        assert list(ledger.people()["name"]) == ["测试5"]


def test_a_plan_waits_for_its_files_and_can_be_finished_later(opened):
    with opened() as ledger:
        month = ledger.plan_month(OCTOBER, work_of(THREE))
        ledger.record(month, token(month))
    with opened() as ledger:
        waiting = ledger.pending()
        assert waiting == token(month)
        assert ledger.keeps(waiting["id"])
        assert len(ledger.cases(OCTOBER)) == 0
        for refused in (
            lambda: ledger.record(month, token(month)),
            lambda: ledger.append(answered("2021-0001"), "collect"),
        ):
            with pytest.raises(KcbxError) as caught:
                refused()
            assert caught.value.code == "ledger_busy"
        ledger.settle(waiting, "other files")
        assert ledger.pending() is None
        assert not ledger.keeps(waiting["id"])
        ledger.record(month, token(month))
        ledger.settle(token(month), token(month)["id"])
        assert len(ledger.cases(OCTOBER)) == 3
        assert ledger.keeps(waiting["id"])
        ledger.finish(token(month))
        assert not ledger.discard(token(month))
        assert len(ledger.cases(OCTOBER)) == 3


def test_interrupted_after_the_last_transaction_the_month_stands(opened, monkeypatch):
    with opened() as ledger:
        month = ledger.plan_month(OCTOBER, work_of(THREE))
        finish = ledger.finish

        def interrupted(given):
            finish(given)
            raise KeyboardInterrupt

        monkeypatch.setattr(ledger, "finish", interrupted)
        with ledger.recording(month, token(month)):
            pass
        assert len(ledger.cases(OCTOBER)) == 3


# -- history is not rewritten ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "UPDATE cases SET number = 2021000009",
        "DELETE FROM cases",
        "INSERT INTO events SELECT 99, number, as_of, 'opened', '', '', '', 0, 0, 0, '', source, row, run FROM events LIMIT 1",
        "UPDATE answers SET same = 'no'",
    ],
)
def test_history_is_append_only(opened, statement):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        ledger.remember(ANSWERS.frame({"left": ["a"], "right": ["b"], "same": ["yes"], "as_of": [20211031]}), "review")
        with pytest.raises(sqlite3.IntegrityError):
            ledger._connection.execute(statement)


def test_identities_can_be_purged_and_the_numbers_stay(opened, path):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        ledger._connection.execute("DELETE FROM identities WHERE number = 2021000001")
        assert list(ledger.people()["name"]) == ["测试1", "测试2"]
        cases = ledger.cases(OCTOBER)
        assert list(cases["identity"]) == [0, 2, 3]
        assert list(ledger.people()["row"]) == [2, 3]
        assert list(ledger.history("2021-0001")["what"]) == ["opened"]
        assert ledger.check() == []
    assert "测试0".encode() not in path.read_bytes()


def test_no_name_outside_the_identities(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(THREE))
        tables = [row[0] for row in ledger._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        holding = {t for t in tables if "测试" in str(ledger._connection.execute(f"SELECT * FROM {t}").fetchall())}
        assert holding == {"identities"}


# -- what people say ---------------------------------------------------------------------------------------------


def test_a_closing_answer_holds_until_it_expires_or_the_case_is_reopened(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people(child(0))))
        ledger.append(answered("2021-0001", expires=20211215, who="村小教师"), "collect", who="乡镇")
        case = ledger.cases(NOVEMBER).iloc[0]
        assert (case["open"], case["in_force"], case["closes"], case["disposition"]) == (False, True, True, "休学")
        assert not ledger.cases(DECEMBER).iloc[0]["in_force"]
        run(ledger, NOVEMBER, work_of(people(), resolved={"2021-0001": "cleared"}))
        month = run(ledger, DECEMBER, work_of(people(child(0)), ["2021-0001"]))
        assert list(month.rows["change"]) == ["reopened"]
        case = ledger.cases(NOVEMBER).iloc[0]
        assert (case["open"], case["in_force"], case["disposition"]) == (True, False, "")
        assert list(ledger.history("2021-0001")["who"]) == ["", "村小教师", ""]


def test_an_answer_that_does_not_close_leaves_the_case_open(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people(child(0))))
        ledger.append(answered("2021-0001", closes=False, disposition="劝返中"), "collect")
        case = ledger.cases(NOVEMBER).iloc[0]
        assert (case["open"], case["closes"], case["disposition"]) == (True, False, "劝返中")
        assert whats(run(ledger, NOVEMBER, work_of(people(child(0)), ["2021-0001"]))) == [("2021-0001", "carried")]
        assert ledger.cases(NOVEMBER).iloc[0]["disposition"] == "劝返中"


def test_what_belongs_together_goes_in_together(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people(child(0))))
        with pytest.raises(ValueError, match="opened once"), ledger.transaction():
            ledger.append(answered("2021-0001"), "collect")
            ledger.append(answered("2021-0099"), "collect")
        assert list(ledger.history("2021-0001")["what"]) == ["opened"]
        with pytest.raises(ValueError, match="CHECK"):
            ledger.append(answered("2021-0001", what="forgotten"), "collect")


def test_decided_pairs_are_remembered(opened):
    pair = {
        "left": ["l", "l"],
        "right": ["r", "s"],
        "same": ["yes", "no"],
        "as_of": [20211031] * 2,
        "who": ["甲", "甲"],
    }
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(people()))
        assert len(ledger.answers()) == 0
        ledger.remember(ANSWERS.frame(pair), "collect")
        ledger.remember(ANSWERS.frame({"left": ["l"], "right": ["r"], "same": ["no"], "as_of": [20211130]}), "review")
    with opened(readonly=True) as ledger:
        held = ledger.answers()
        assert list(zip(held["right"], held["same"], held["as_of"], strict=True)) == [
            ("s", "no", 20211031),
            ("r", "no", 20211130),
        ]
    with opened() as ledger, pytest.raises(ValueError, match="CHECK"):
        ledger.remember(ANSWERS.frame({"left": ["l"], "right": ["r"], "same": ["perhaps"]}), "review")


def test_a_pair_can_be_remembered_before_the_first_month(opened):
    with opened() as ledger:
        ledger.remember(ANSWERS.frame({"left": ["l"], "right": ["r"], "same": ["no"]}), "review")
        assert len(ledger.answers()) == 1


def test_digests_tell_persons_apart_and_stay_the_same():
    one, two, three = digests(people(child(0), child(0, phone="123"), child(0, name="测试", former_name="0")))
    assert one == two == "40b59b71347342a3c7df46f19b1527cf"
    assert one != three


def test_permissions_of_the_process_do_not_matter(opened, path):
    old = os.umask(0)
    try:
        with opened() as ledger:
            run(ledger, OCTOBER, work_of(THREE))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

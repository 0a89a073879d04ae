"""Who the cases are about, how the ledger learns it, and whom it knows again without the kernel."""

import pytest
from made_months import DECEMBER, NOVEMBER, OCTOBER, child, run, work_of

from kcbx_cli.tables import PEOPLE

NUMBER, OTHER = "999999201203050017", "999999201203050025"


def with_id(n: int, number: str = NUMBER, state: str = "valid", **more):
    return child(n, id_pattern=number, id_state=state, id_birth=20120305) | more


def frame(*rows):
    columns = sorted({name for row in rows for name in row})
    blank = PEOPLE.frame({"name": [""]}).iloc[0]
    return PEOPLE.frame({name: [row.get(name, blank[name]) for row in rows] for name in columns})


def known(opened, stored, asked) -> list[str]:
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(*stored)))
        return list(ledger.known(frame(*asked)))


def test_an_id_number_with_the_name_is_known_whatever_else_changed(opened):
    moved = with_id(0, township="修齐镇", birth=0, row=99)
    assert known(opened, [with_id(0), child(1)], [moved, with_id(0, name="别人"), with_id(0, OTHER)]) == [
        "2021-0001",
        "",
        "",
    ]


def test_an_id_number_that_is_not_valid_proves_nothing(opened):
    assert known(opened, [with_id(0, state="masked", birth=0)], [with_id(0, state="masked", birth=0)]) == [""]


def test_without_an_id_number_name_birth_date_and_township_do(opened):
    asked = [child(0), child(1, township="修齐镇"), child(2, birth=20120199), child(3, name="测试4")]
    assert known(opened, [child(n) for n in range(4)], asked) == ["2021-0001", "", "", ""]


@pytest.mark.parametrize("birth", [0, 20120100, 20120001])
def test_half_a_birth_date_is_none(opened, birth):
    assert known(opened, [child(0, birth=birth)], [child(0, birth=birth)]) == [""]


@pytest.mark.parametrize("name", ["", "测试?", "测□"])
def test_a_name_that_is_not_whole_is_none(opened, name):
    assert known(opened, [with_id(0, name=name)], [with_id(0, name=name)]) == [""]


def test_a_number_on_one_side_only_is_no_contradiction_on_both_it_is(opened):
    assert known(opened, [with_id(0)], [child(0)]) == ["2021-0001"]
    assert known(opened, [], [with_id(0)]) == ["2021-0001"]


def test_the_number_came_later(opened):
    assert known(opened, [child(0)], [with_id(0)]) == ["2021-0001"]


def test_two_numbers_are_two_children(opened):
    assert known(opened, [with_id(0)], [with_id(0, OTHER)]) == [""]


def test_the_date_inside_a_valid_number_serves_where_the_column_is_empty(opened):
    assert known(opened, [with_id(0, birth=0)], [child(0, birth=20120305)]) == ["2021-0001"]


def test_what_two_cases_or_two_rows_claim_is_left_to_the_kernel(opened):
    assert known(opened, [with_id(0), with_id(0, OTHER)], [child(0), with_id(0, OTHER)]) == ["", "2021-0002"]
    assert known(opened, [], [child(0), child(0, row=9)]) == ["", ""]
    twice = [with_id(0), with_id(0, row=9)]
    assert known(opened, [], twice) == ["2021-0001", "2021-0001"]


def test_nobody_is_known_to_an_empty_ledger(opened):
    with opened() as ledger:
        assert list(ledger.known(frame(with_id(0)))) == [""]
        assert list(ledger.known(PEOPLE.frame())) == []


def test_all_names_that_a_case_has_had(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(with_id(0, name="甲", former_name="丙"))))
        run(ledger, NOVEMBER, work_of(frame(with_id(0, name="乙")), ["2021-0001"]))
        assert list(ledger.known(frame(*(with_id(0, name=name) for name in "甲乙丙丁")))) == ["2021-0001"] * 3 + [""]
        held = ledger.people().iloc[0]
        assert (held["name"], held["former_name"]) == ("乙", "甲")
        assert len(ledger.people()) == 1


def test_a_corrected_name_becomes_the_former_name(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(with_id(0, name="甲"))))
        run(ledger, NOVEMBER, work_of(frame(with_id(0, name="乙")), ["2021-0001"]))
        held = ledger.people().iloc[0]
        assert (held["name"], held["former_name"], held["role"], held["usable"]) == ("乙", "甲", "ledger", True)


def test_nothing_known_is_lost_to_a_poorer_row(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(with_id(0, guardian_name="家长", village="一村"))))
        poorer = with_id(0, "9999992012030500**", "masked", village="二村", township="")
        run(ledger, NOVEMBER, work_of(frame(poorer), ["2021-0001"]))
        held = ledger.people().iloc[0]
        assert (held["id_pattern"], held["id_state"], held["guardian_name"]) == (NUMBER, "valid", "家长")
        assert (held["village"], held["township"]) == ("二村", "葛城街道")


def test_a_better_number_replaces_a_damaged_one_as_a_whole(opened):
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(with_id(0, "9999992012030500**", "masked"))))
        run(ledger, NOVEMBER, work_of(frame(with_id(0)), ["2021-0001"]))
        assert ledger.people()[["id_pattern", "id_state"]].iloc[0].to_list() == [NUMBER, "valid"]


def test_the_same_again_adds_no_row(opened):
    with opened() as ledger:
        for month in (OCTOBER, NOVEMBER, DECEMBER):
            run(ledger, month, work_of(frame(child(0)), list(ledger.known(frame(child(0))))))
        assert ledger._connection.execute("SELECT COUNT(*) FROM identities").fetchone() == (1,)


def test_the_linked_registry_row_fills_what_the_list_lacks(opened):
    registry = frame(child(9), with_id(0, registry_number="G" + NUMBER, name="测试〇", village="三村"))
    with opened() as ledger:
        run(ledger, OCTOBER, work_of(frame(child(0, village="一村")), registry=registry, linked=[1]))
        held = ledger.people().iloc[0]
    assert held[["name", "former_name", "village", "id_pattern", "registry_number"]].to_list() == [
        "测试0", "测试〇", "一村", NUMBER, "G" + NUMBER,
    ]  # fmt: skip

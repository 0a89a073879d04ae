"""A past month run again with other lists: the months after it rest on what it was, and the run says so."""

import json

import pytest
from offices import member, pupil

MONTHS = ("2021-10-31", "2021-11-30", "2021-12-31")


def _three_months(office):
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2))
    for as_of in MONTHS:
        assert run(office, as_of) == 0


def run(office, as_of, *more):
    return office.reconcile(
        "--out", office.folder / as_of[:7], "--ledger", office.folder / "台账.db", *more, as_of=as_of
    )


@pytest.fixture
def known(office, begun):
    return begun(office, _three_months)


def cases(office, as_of):
    return json.loads((office.folder / as_of[:7] / "run.json").read_text("utf-8"))["counts"]["cases"]


def test_nothing_is_said_of_a_month_that_is_as_it_was_or_the_newest(known):
    assert run(known, MONTHS[0]) == 0 and "2021-11" not in known.stderr
    known.households(member("张小明", "20120315", 1))
    assert run(known, MONTHS[2]) == 0


@pytest.mark.parametrize("more", [("赵小雨",), ()])
def test_a_past_month_that_differs_names_the_months_that_rest_on_it(known, more):
    """A child more, or one less."""
    known.households(member("张小明", "20120315", 1), *(member(name, "20120317", 4) for name in more),
                     *([member("李小红", "20120316", 2)] if more else []))  # fmt: skip
    assert run(known, MONTHS[0], "--dry-run") == 1
    assert run(known, MONTHS[0], "--json") == 1
    told = json.loads(known.stdout)
    assert told["status"] == "later_months" and told["data"]["later_months"] == ["2021-11", "2021-12"]
    assert "请从 2021-11 起按月份顺序重新运行到 2021-12" in told["warnings"][0]


def test_the_months_that_are_run_again_in_order_join(known):
    known.households(member("张小明", "20120315", 1), member("李小红", "20120316", 2), member("赵小雨", "20120317", 4))
    assert run(known, MONTHS[0]) == 1
    assert cases(known, MONTHS[0])["now"] != cases(known, MONTHS[1])["before"]
    assert run(known, MONTHS[1]) == 1 and run(known, MONTHS[2]) == 0
    told = [cases(known, month) for month in MONTHS]
    assert [one["now"] for one in told[:-1]] == [one["before"] for one in told[1:]]
    assert told[0]["now"] == 3

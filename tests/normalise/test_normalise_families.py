"""Household-level lists: read as families, and used to tag people."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kcbx_cli.normalise import families, people, tag_families
from kcbx_cli.normalise.checkdigit import check_character
from kcbx_cli.settings import Settings, Township
from kcbx_cli.tables import FAMILIES, PEOPLE, RawTable

SETTINGS = Settings(townships=(Township("500229001", "葛城街道", ("葛城镇",)),))


def number(birth: int, serial: int = 123) -> str:
    body = f"500229{birth}{serial:03d}"
    return body + check_character(body)


HEAD, MOTHER, CHILD, OTHER = number(19800101, 11), number(19820202, 22), number(20120305, 31), number(19700101, 41)


def raw(rows, role="families", file="低保户.xlsx", sheet=""):
    return RawTable(
        file, sheet, role, "plain", pd.DataFrame([{"row": i, **r} for i, r in enumerate(rows, start=2)]).astype(object)
    )


def listed(rows, **given):
    found, _ = families([raw(rows, **given)], SETTINGS)
    return found


def persons(rows, role="households"):
    return people([raw(rows, role, "名单.xlsx")], SETTINGS, date(2021, 10, 31))[0]


HOUSEHOLD = [
    {"name": "张父", "relation": "户主", "household": "5002290010000001", "id_number": HEAD},
    {"name": "李母", "relation": "配偶", "household": "5002290010000001", "id_number": MOTHER},
    {"name": "张三", "relation": "之子", "household": "5002290010000001", "id_number": CHILD},
    {"name": "王五", "relation": "户主", "household": "5002290010000002", "id_number": OTHER},
]


def test_families_of_a_civil_affairs_list():
    found, problems = families(
        [raw([{"head_name": " 张 父", "id_number": HEAD, "allowance_number": "D001", "township": "葛城镇", "village": "葛城街道东方红社区", "phone": 13912345678.0}])],
        SETTINGS,
    )  # fmt: skip
    assert list(found.columns) == FAMILIES.names and problems.empty
    assert found.iloc[0].tolist() == [
        "低保户.xlsx",
        "",
        2,
        "张父",
        HEAD,
        "D001",
        "葛城街道",
        "东方红社区",
        "13912345678",
        "低保",
    ]


def test_the_heads_name_and_number_may_stand_in_the_persons_columns():
    found = listed([{"name": "张父", "id_number": HEAD}])
    assert found[["head_name", "head_id"]].iloc[0].tolist() == ["张父", HEAD]


@pytest.mark.parametrize(
    "damaged", [HEAD[:17] + ("0" if HEAD[17] != "0" else "1"), float(HEAD[:15] + "000"), "500229********1234", None]
)
def test_a_damaged_number_names_no_head(damaged):
    found, problems = families([raw([{"head_name": "张父", "head_id": damaged}])], SETTINGS)
    assert found["head_id"][0] == "" and len(problems) == 1 and problems["field"][0] == "head_id"


def test_a_row_with_neither_name_nor_number():
    _, problems = families([raw([{"head_name": "无", "head_id": None}])], SETTINGS)
    assert problems["code"].tolist() == ["K206", "K235"]


@pytest.mark.parametrize(
    ("cells", "file", "group"),
    [
        ({"household_type": "特困供养"}, "低保户.xlsx", "特困"),
        ({"household_type": "其他"}, "低保户.xlsx", "低保"),
        ({"household_type": "其他", "monitored_type": "突发严重困难户"}, "低保户.xlsx", "监测对象"),
        ({"household_type": "特困供养", "monitored_type": "突发严重困难户"}, "低保户.xlsx", "特困|监测对象"),
        ({}, "监测对象.xlsx", "监测对象"),
        ({}, "名单.xlsx", "低收入"),
        ({"allowance_number": "D1"}, "名单.xlsx", "低保"),
    ],
)
def test_what_a_family_is_tagged_with(cells, file, group):
    assert listed([{"head_name": "张父", "head_id": HEAD, **cells}], file=file)["group"][0] == group


def test_a_list_of_families_may_be_empty():
    found, problems = families([RawTable("x", "", "families", "", pd.DataFrame({"row": []}))], SETTINGS)
    assert found.empty and problems.empty


def test_the_heads_number_tags_the_household_and_no_other():
    found = tag_families(persons(HOUSEHOLD), listed([{"head_name": "张父", "head_id": HEAD}]))
    assert list(found.columns) == PEOPLE.names
    assert found["groups"].tolist() == ["低保", "低保", "低保", ""]


def test_another_adult_of_the_household_may_be_the_head_of_the_list():
    found = tag_families(persons(HOUSEHOLD), listed([{"head_name": "李母", "head_id": MOTHER}]))
    assert found["groups"].tolist()[2:] == ["低保", ""]


def test_a_childs_own_number_tags_nobody():
    found = tag_families(persons(HOUSEHOLD), listed([{"head_name": "张三", "head_id": CHILD}]))
    assert found["groups"].tolist() == ["", "", "", ""]


def test_the_households_number_tags_when_it_is_long_or_the_head_agrees():
    long_one = listed([{"head_name": "别人", "household": "5002290010000001"}])
    assert tag_families(persons(HOUSEHOLD), long_one)["groups"].tolist() == ["低保", "低保", "低保", ""]
    short = [r | {"household": r["household"][-1]} for r in HOUSEHOLD]
    assert not tag_families(persons(short), listed([{"head_name": "别人", "household": "1"}]))["groups"].any()
    assert tag_families(persons(short), listed([{"head_name": "张父", "household": "1"}]))["groups"].tolist() == [
        "低保"
    ] * 3 + [""]


def test_tags_add_up_in_order():
    rows = [r | {"household_type": "脱贫户"} for r in HOUSEHOLD]
    lists = [{"head_name": "张父", "head_id": HEAD, "household_type": "特困"}, {"head_name": "张父", "head_id": HEAD}]
    assert tag_families(persons(rows), listed(lists))["groups"].tolist() == ["低保|特困|脱贫户"] * 3 + ["脱贫户"]


def test_nothing_to_tag_leaves_people_alone():
    found = persons(HOUSEHOLD)
    assert tag_families(found, FAMILIES.frame()) is found
    assert tag_families(PEOPLE.frame(), listed([{"head_name": "张父"}])).empty

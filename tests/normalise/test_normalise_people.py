"""Whole sheets of people: what the columns of a row say about each other, and what the rows say about each other."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kcbx_cli.normalise import people
from kcbx_cli.normalise.checkdigit import check_character
from kcbx_cli.problems import KINDS
from kcbx_cli.settings import Settings, Township
from kcbx_cli.tables import PEOPLE, PROBLEMS, RawTable

AS_OF = date(2021, 10, 31)
SETTINGS = Settings(townships=(Township("500229001", "葛城街道", ("葛城镇",)), Township("500229110", "咸宜镇")))


def number(birth: int, serial: int = 123) -> str:
    body = f"500229{birth}{serial:03d}"
    return body + check_character(body)


CHILD, TWIN, FATHER, MOTHER = number(20120305, 11), number(20120305, 13), number(19800101, 11), number(19820202, 22)


def table(rows, role="households", file="名单.xlsx", sheet="", layout="plain"):
    frame = pd.DataFrame([{"row": i, **r} for i, r in enumerate(rows, start=3)]).astype(object)
    return RawTable(file, sheet, role, layout, frame.where(frame.notna(), None))


def clean(rows, **given):
    found, problems = people([table(rows, **given)], SETTINGS, AS_OF)
    assert list(found.columns) == PEOPLE.names and list(problems.columns) == PROBLEMS.names
    assert set(problems["code"]) <= set(KINDS)
    return found, problems


def codes(problems, row=None):
    return problems["code"].tolist() if row is None else problems["code"][problems["row"] == row].tolist()


def test_a_plain_row():
    found, problems = clean(
        [{"name": "张 三", "sex": "男", "birth_date": "2012-03-05", "id_number": CHILD, "township": "葛城镇", "village": "葛城街道东方红社区",
          "status": "1", "status_date": "2021-09-01", "registry_number": "g" + CHILD, "phone": 13912345678.0, "grade": 3.0}],
        role="registry",
    )  # fmt: skip
    row = found.iloc[0]
    assert row[["file", "sheet", "row", "role"]].tolist() == ["名单.xlsx", "", 3, "registry"]
    assert row[["name", "sex", "birth", "id_birth"]].tolist() == ["张三", "男", 20120305, 20120305]
    assert row[["id_pattern", "id_state", "id_written"]].tolist() == [CHILD, "valid", ""]
    assert row[["township_code", "township", "village"]].tolist() == ["500229001", "葛城街道", "东方红社区"]
    assert row[["status", "status_group", "status_date"]].tolist() == ["在读", "attending", 20210901]
    assert row[["registry_number", "phone", "grade"]].tolist() == ["G" + CHILD, "13912345678", "3"]
    assert row["usable"] and problems.empty


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows_and_no_known_column(count):
    found, problems = people(
        [RawTable("x", "", "households", "", pd.DataFrame({"row": range(count)}))], SETTINGS, AS_OF
    )
    assert len(found) == count and not found["usable"].any()
    assert codes(problems).count("K231") == count


def test_the_sex_of_a_valid_number_fills_an_empty_cell_only():
    found, problems = clean(
        [{"name": "甲", "sex": None, "id_number": CHILD}, {"name": "乙", "sex": "女", "id_number": TWIN}]
    )
    assert found["sex"].tolist() == ["男", "女"]
    assert codes(problems) == ["K214"]


@pytest.mark.parametrize(
    ("cell", "code", "state", "written"),
    [
        (float(CHILD[:15] + "000"), "K201", "numeric", CHILD[:15] + "000"),
        (CHILD[:17] + "5", "K202", "bad_check", CHILD[:17] + "5"),
        ("5OO229201203051231", "K203", "malformed", "5OO229201203051231"),
        ("111111111111111111", "K204", "absent", ""),
        ("500229********1234", "K205", "masked", "500229********1234"),
        (None, "K206", "absent", ""),
        ("500229120305123", "K207", "fifteen", "500229120305123"),
        (CHILD + "43", "K208", "valid", ""),
        ("000001201203051236", "K210", "valid", ""),
        ("护照E1234567", "K203", "malformed", "护照E1234567"),
        ("E12345678", None, "foreign", "E12345678"),
    ],
)
def test_each_damage_is_told(cell, code, state, written):
    found, problems = clean([{"name": "张三", "id_number": cell}])
    assert (found["id_state"][0], found["id_written"][0]) == (state, written)
    assert codes(problems) == ([code] if code else [])
    assert CHILD not in "".join(problems["detail"])


def test_another_kind_of_document_is_no_damage():
    found, problems = clean([{"name": "张三", "id_type": "台湾居民来往大陆通行证", "id_number": "12345679"}])
    assert found["id_state"][0] == "foreign" and problems.empty


def test_a_column_of_masked_numbers_is_one_problem():
    rows = [
        {"name": f"张{c}", "id_number": f"500229********{i:04d}"}
        for i, c in enumerate("一二三四五六七八九甲乙丙丁戊己庚辛壬癸子丑")
    ]
    _, problems = clean(rows)
    assert codes(problems) == ["K205"] and problems["row"][0] == 0 and "21" in problems["detail"][0]


def test_a_list_without_numbers_is_one_problem():
    _, problems = clean([{"name": "张" + c} for c in "一二三四五六七八九甲乙丙丁戊己庚辛壬癸子丑"])
    assert codes(problems) == ["K206"]


def test_dates_that_cannot_be():
    rows = [{"birth_date": c, "name": "张" + n, "id_number": number(20100101, 5 * i)} for i, (n, c) in enumerate(zip("甲乙丙丁", ["不知道", "2012-02-30", "2022-01-01", "12.03.05"], strict=True))]  # fmt: skip
    found, problems = clean(rows)
    assert found["birth"].tolist() == [0, 0, 20220101, 20120305]
    assert [codes(problems, r) for r in (3, 4, 5, 6)] == [["K220"], ["K221"], ["K215", "K222"], ["K215", "K223"]]


@pytest.mark.parametrize(
    ("birth", "detail"),
    [
        ("20130305", "年份不同"),
        ("20120503", "月和日颠倒"),
        ("20120306", "月或日不同"),
        ("201204", "月或日不同"),
        ("2012", None),
        ("201203", None),
    ],
)
def test_birth_date_against_number(birth, detail):
    _, problems = clean([{"name": "张三", "birth_date": birth, "id_number": CHILD}])
    assert problems["detail"].tolist() == ([detail] if detail else [])


def test_a_number_from_the_future():
    assert codes(clean([{"name": "张三", "id_number": number(20220305)}])[1]) == ["K216"]


def test_rows_without_name_or_number():
    found, problems = clean(
        [{"name": None, "id_number": CHILD}, {"name": "无", "id_number": "/"}, {"name": "123", "id_number": None}]
    )
    assert found["usable"].tolist() == [True, False, False]
    assert codes(problems, 3) == ["K230"]
    assert "K231" in codes(problems, 4) and {"K231", "K234"} <= set(codes(problems, 5))


def test_an_empty_number_is_filled_from_a_g_number_that_agrees():
    rows = [
        {"name": "甲", "birth_date": "2012-03-05", "registry_number": "G" + CHILD},
        {"name": "乙", "birth_date": "2011-03-05", "registry_number": "G" + TWIN},
        {"name": "丙", "birth_date": "2012-03-05", "registry_number": "L" + TWIN},
        {"name": "丁", "birth_date": "2012-03-05", "registry_number": "J" + TWIN},
        {"name": "戊", "birth_date": "2012年3月", "registry_number": "G" + number(20120307)},
    ]
    found, problems = clean([{"id_number": None, **r} for r in rows], role="registry")
    assert found["id_pattern"].tolist() == [CHILD, "", "", "", number(20120307)]
    assert [codes(problems, r)[-1] for r in (3, 4, 7)] == ["K219", "K206", "K219"]


def test_an_empty_number_is_filled_from_the_disability_certificate():
    found, problems = clean([{"name": "甲", "id_number": "无", "disability_number": CHILD + "43"}])
    assert (found["id_pattern"][0], found["groups"][0]) == (CHILD, "残疾")
    assert codes(problems) == ["K208"]


HOUSEHOLD = [
    {"name": "张父", "relation": "户主", "household": "H1", "head_name": "张父", "head_id": FATHER, "id_number": FATHER, "birth_date": "1980-01-01"},
    {"name": "李母", "relation": "配偶", "household": "H1", "head_name": "张父", "head_id": FATHER, "id_number": MOTHER, "birth_date": "1982-02-02"},
    {"name": "张三", "relation": "之子", "household": "H1", "head_name": "张父", "head_id": FATHER, "id_number": CHILD, "birth_date": "2012-03-05"},
]  # fmt: skip


def household(**child):
    return [*HOUSEHOLD[:2], HOUSEHOLD[2] | child]


def test_the_family_of_a_household():
    found, problems = clean(HOUSEHOLD)
    assert problems.empty
    assert found["family_names"].tolist() == ["李母", "张父", "张父|李母"]
    assert found["family_ids"][2] == "|".join(sorted([FATHER, MOTHER]))
    assert found[["head_name", "guardian_name", "guardian_relation"]].iloc[2].tolist() == ["张父", "张父", "户主"]


def test_the_head_is_found_by_the_household_number():
    rows = [{k: v for k, v in r.items() if not k.startswith("head")} for r in HOUSEHOLD]
    found, _ = clean(rows + [{"name": "王五", "relation": "之子", "household": "H2", "id_number": TWIN}])
    assert found["head_name"].tolist() == ["张父", "张父", "张父", ""]
    assert found["family_names"].tolist() == ["李母", "张父", "张父|李母", ""]


def test_the_household_number_on_the_heads_row_alone_is_carried_down():
    rows = [{k: v for k, v in r.items() if not k.startswith("head")} for r in HOUSEHOLD]
    found, _ = clean([rows[0], rows[1] | {"household": None}, rows[2] | {"household": None}])
    assert found["household"].tolist() == ["H1", "H1", "H1"]
    assert found["family_names"][2] == "张父|李母"


def test_the_heads_number_on_a_childs_row_is_not_the_childs():
    found, problems = clean(household(id_number=FATHER))
    assert found[["id_pattern", "id_state", "id_birth", "birth", "id_written"]].iloc[2].tolist() == [
        "",
        "not_own",
        0,
        20120305,
        FATHER,
    ]
    assert found["id_state"][0] == "valid" and codes(problems) == ["K211"]
    assert FATHER in found["family_ids"][2]


def test_a_birth_date_derived_from_the_heads_number_goes_with_it():
    found, _ = clean(household(id_number=FATHER, birth_date="1980-01-01"))
    assert found[["id_state", "birth"]].iloc[2].tolist() == ["not_own", 0]


def test_the_mothers_number_on_a_childs_row_is_not_the_childs():
    found, problems = clean(household(id_number=MOTHER))
    assert found["id_state"].tolist() == ["valid", "valid", "not_own"]
    assert codes(problems) == ["K211"]


def test_a_childs_own_number_in_the_heads_column_stays_the_childs():
    found, problems = clean(household(head_id=CHILD))
    assert found["id_state"][2] == "valid" and "K211" not in codes(problems)


def test_one_number_on_all_rows_of_a_household():
    rows = [{"name": n, "household": "H1", "id_number": FATHER} for n in ("甲", "乙", "丙")]
    found, problems = clean(rows)
    assert found["id_state"].tolist() == ["not_own"] * 3 and codes(problems) == ["K211"] * 3


def test_twins_with_one_number_keep_it_and_are_reported():
    rows = [{"name": n, "household": "H1", "birth_date": "2012-03-05", "id_number": CHILD} for n in ("张一", "张二")]
    found, problems = clean(rows)
    assert found["id_state"].tolist() == ["valid", "valid"] and codes(problems) == ["K212", "K212"]


def test_a_crowd_under_one_household_number_is_no_household():
    found, problems = clean(
        [{"name": f"张{chr(0x4E00 + i)}", "household": "1", "id_number": number(19800101, 5 * i)} for i in range(31)]
    )
    assert set(codes(problems)) == {"K260"} and (found["family_names"] == "").all()


def test_registry_families_and_guardians():
    near = {"member1_name": "李母", "member1_relation": "52", "member1_phone": "13812345678", "member1_guardian": "否", "member1_id": MOTHER,
            "member2_name": "张父", "member2_relation": "父亲", "member2_phone": "13912345678", "member2_guardian": "是", "member2_id": FATHER[:17] + "9"}  # fmt: skip
    rows = [
        {"name": "张三", "id_number": CHILD, **near},
        {"name": "张四", "id_number": MOTHER, **near, "member2_guardian": "否"},
    ]
    found, problems = clean(rows, role="registry")
    assert found["guardian_name"].tolist() == ["张父", "李母"]
    assert found["guardian_relation"].tolist() == ["父亲", "母亲"]
    assert found["phone"].tolist() == ["13912345678、13812345678", "13812345678、13912345678"]
    assert found["family_names"].tolist() == ["张父|李母"] * 2
    assert found["family_ids"].tolist() == [MOTHER] * 2
    assert found["id_state"].tolist() == ["valid", "not_own"] and codes(problems) == ["K211"]


def test_telephones_of_several_columns_are_told_once():
    found, _ = clean(
        [{"name": "甲", "id_number": CHILD, "phone": "13912345678/13812345678", "household_phone": "13812345678"}]
    )
    assert found["phone"][0] == "13912345678、13812345678"


def test_parents_of_a_county_roster():
    found, _ = clean(
        [{"name": "张三", "id_number": CHILD, "father_name": "张父", "mother_name": "李母"}], role="registry"
    )
    assert found[["guardian_name", "guardian_relation", "family_names"]].iloc[0].tolist() == [
        "张父",
        "父亲",
        "张父|李母",
    ]


def test_a_grown_ups_number_with_a_childs_birth_date_goes_to_the_family():
    rows = [
        {"name": "张三", "birth_date": "2012-03-05", "id_number": FATHER},
        {"name": "张父", "birth_date": "1990-01-01", "id_number": FATHER},
    ]
    found, problems = clean(rows, role="registry")
    assert found["id_state"].tolist() == ["not_own", "valid"] and found["birth"][0] == 20120305
    assert found["family_ids"].tolist() == [FATHER, ""]
    assert codes(problems) == ["K211", "K215"]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"relation": "之子", "schooling": "小学"}, "not_own"), ({"relation": "之孙子", "schooling": "七年级"}, "not_own"),
        ({"schooling": "学龄前儿童"}, "not_own"), ({"grade": "三年级"}, "not_own"), ({"grade": 3.0}, "not_own"), ({"grade": "初二"}, "not_own"),
        ({"relation": "之子", "schooling": "九年级", "education": "小学"}, "not_own"),
        ({"relation": "之子", "schooling": "小学", "birth_date": "1980-01-01"}, "not_own"),
        ({"relation": "之子", "education": "初中"}, "valid"), ({"relation": "之子"}, "valid"), ({"relation": "之子", "schooling": "高中一年级"}, "valid"),
        ({"relation": "之子", "schooling": "本科三年级"}, "valid"), ({"relation": "之子", "schooling": "初中毕业"}, "valid"),
        ({"relation": "户主", "schooling": "小学"}, "valid"), ({"relation": "之儿媳", "schooling": "小学"}, "valid"),
        ({"relation": "之女", "schooling": "小学", "education": "高中"}, "valid"), ({"grade": "高二"}, "valid"), ({"grade": "十一年级"}, "valid"),
        ({"relation": "之子", "schooling": "小学", "birth_date": "1979-12-01"}, "valid"),
    ],
)  # fmt: skip
def test_a_grown_ups_number_on_a_pupils_row_is_not_the_pupils(given, state):
    found, problems = clean([{"name": "张三", "id_number": FATHER, **given}])
    assert found["id_state"][0] == state
    assert ("K211" in codes(problems)) == (state == "not_own")
    if state == "not_own":
        assert found[["id_pattern", "id_birth", "birth", "family_ids"]].iloc[0].tolist() == ["", 0, 0, FATHER]


def test_a_grown_up_in_the_registry_keeps_the_number():
    found, problems = clean([{"name": "张三", "id_number": FATHER, "grade": "九年级"}], role="registry")
    assert found["id_state"][0] == "valid" and "K211" not in codes(problems)


def test_a_pupils_own_number_stays():
    found, problems = clean([{"name": "张三", "id_number": CHILD, "schooling": "小学", "relation": "之子"}])
    assert found["id_state"][0] == "valid" and problems.empty


@pytest.mark.parametrize(
    ("said", "reason", "found"),
    [("是", None, "名单标明失学辍学"), ("是", "厌学", "名单标明失学辍学：厌学"), ("是", "无", "名单标明失学辍学"), ("辍学", None, "名单标明失学辍学"),
     ("否", None, ""), ("否", "厌学", "厌学"), (None, None, ""), ("无", None, ""), ("未辍学", None, "")],
)  # fmt: skip
def test_the_lists_own_word_on_being_out_of_school(said, reason, found):
    rows, _ = clean([{"name": "张三", "id_number": CHILD, "list_out": said, "out_reason": reason}])
    assert rows["out_reason"][0] == found


def test_a_misspelt_township_is_told():
    found, problems = clean([{"name": "甲", "id_number": CHILD, "township": "葛成街道"}])
    assert found["township_code"][0] == "500229001"
    assert problems[["code", "detail"]].values.tolist() == [["K241", "按「葛城街道」处理"]]


def test_one_number_under_two_names():
    found, problems = clean(
        [
            {"name": "张三", "id_number": CHILD},
            {"name": "李四", "id_number": CHILD},
            {"name": "王五", "id_number": TWIN},
        ]
    )
    assert problems[["code", "row"]].values.tolist() == [["K212", 3], ["K212", 4]]
    assert found["id_state"].tolist() == ["valid"] * 3


def test_the_same_person_twice_is_told_for_lists():
    rows = [{"name": "张三", "id_number": CHILD}, {"name": "张 三", "id_number": CHILD}]
    assert clean(rows)[1][["code", "row"]].values.tolist() == [["K218", 4]]
    assert clean(rows, role="registry")[1].empty


def dragged_bodies(count):
    return [str(int(CHILD[:17]) + i) for i in range(count)]


@pytest.mark.parametrize(("count", "told"), [(3, False), (4, True), (6, True)])
def test_numbers_that_count_up(count, told):
    numbers = [b + check_character(b) for b in dragged_bodies(count)]
    _, problems = clean([{"name": "张" + chr(0x4E00 + i), "id_number": n} for i, n in enumerate(numbers)])
    assert codes(problems) == (["K213"] * count if told else [])


def test_last_digits_that_count_up_with_wrong_check_digits():
    first = int(number(20120305, 120)[:17] + "1")
    _, problems = clean([{"name": "张" + chr(0x4E00 + i), "id_number": str(first + i)} for i in range(5)])
    assert codes(problems).count("K213") == 5


def test_township_by_column_address_sheet_or_file():
    rows = [
        {"name": "甲", "township": "北屏乡", "address": "葛城街道1号"},
        {"name": "乙", "township": None, "address": "重庆市城口县葛城街道东方红社区1号"},
        {"name": "丙", "township": None, "address": "重庆市渝中区某某街道某某路某某大厦(户籍咸宜镇)"},
        {"name": "丁", "township": None, "address": None},
    ]
    found, problems = clean([{"id_number": None, **r} for r in rows], sheet="咸宜镇")
    assert found["township"].tolist() == ["北屏乡", "葛城街道", "咸宜镇", "咸宜镇"]
    assert found["township_code"].tolist() == ["", "500229001", "500229110", "500229110"]
    assert problems["code"].tolist().count("K240") == 1
    found, _ = clean([{"name": "甲"}], file="500229001_葛城街道.xlsx")
    assert found["township"][0] == "葛城街道"


def test_area_code_of_registration():
    found, _ = clean(
        [{"name": "甲", "hukou_area": "500229110000"}, {"name": "乙", "hukou_area": 500229}], role="registry"
    )
    assert found["township"].tolist() == ["咸宜镇", ""]


def test_without_townships_names_stay():
    found, problems = people(
        [table([{"name": "甲", "id_number": CHILD, "township": "城口县葛城街道"}])], Settings(), AS_OF
    )
    assert found["township"][0] == "葛城街道" and problems.empty


@pytest.mark.parametrize(
    ("cells", "tags"),
    [
        ({"household_type": "脱贫户"}, "脱贫户"),
        ({"household_type": "一般脱贫户、低保户"}, "低保|脱贫户"),
        ({"household_type": "脱贫不稳定户"}, "监测对象"),
        ({"household_type": "边缘易致贫户"}, "监测对象"),
        ({"household_type": "低保边缘家庭"}, "低保边缘"),
        ({"household_type": "非低保户"}, ""),
        ({"household_type": "监测户", "monitored_type": "脱贫不稳定户、低保户"}, "低保|监测对象"),
        ({"household_type": "脱贫户", "monitored_type": "边缘易致贫户"}, "监测对象|脱贫户"),
        ({"monitored_type": "边缘易致贫户"}, "监测对象"),
        ({"household_type": "脱贫户", "monitored_type": "无"}, "脱贫户"),
        ({"household_type": "特困供养"}, "特困"),
        ({"disability": "智力", "left_behind": "是"}, "残疾|留守"),
        ({"disability": "无", "left_behind": "非留守儿童"}, ""),
        ({"left_behind": "随迁子女"}, "随迁"),
        ({"left_behind": "双亲留守儿童", "migrant": "否", "orphan": "1"}, "孤儿|留守"),
        ({"health": "残疾"}, "残疾"),
        ({"health": "健康"}, ""),
        ({"allowance_number": "A1"}, "低保"),
    ],
)
def test_groups(cells, tags):
    found, _ = clean([{"name": "甲", "id_number": CHILD, **cells}])
    assert found["groups"][0] == tags


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({"file": "低保户.xlsx"}, "低保"),
        ({"sheet": "监测对象"}, "监测对象"),
        ({"file": "低保、特困.xlsx"}, ""),
        ({"file": "低保户.xlsx", "role": "registry"}, ""),
    ],
)
def test_the_name_of_a_list_tags_it(given, tags):
    assert clean([{"name": "甲", "id_number": CHILD}], **given)[0]["groups"][0] == tags


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"removed_reason": "死亡"}, "死亡"),
        ({"removed_reason": "其他", "removed_on": "2021-05-01"}, "注销"),
        ({"note": "该生已死亡"}, "死亡"),
        ({"removed_reason": "失踪注销"}, "失踪"),
        ({"removed_reason": "失踪"}, "失踪"),
        ({"removed_reason": "下落不明注销", "removed_on": "2021-05-01"}, "失踪"),
        ({"removed_reason": "注销", "note": "该童失踪多年"}, "失踪"),
        ({"removed_reason": "注销", "note": "父亲失踪"}, "注销"),
        ({"removed_reason": "参军注销"}, "参军"),
        ({"removed_reason": "注销(重户)"}, ""),
        ({"removed_reason": "重复户口注销", "removed_on": "2021-05-01"}, ""),
        ({"removed_reason": "注销", "note": "重户"}, ""),
        ({"note": "重复户口，已注销"}, ""),
        ({"removed_reason": "宣告失踪后死亡注销"}, "死亡"),
        ({"note": "失踪"}, ""),
        ({"note": "父亲去世"}, ""),
        ({"name": "张三(已故)"}, "死亡"),
        ({}, ""),
    ],
)
def test_removed(cells, told):
    assert clean([{"name": "张三", "id_number": CHILD, **cells}])[0]["removed"][0] == told


def test_status_and_suspension():
    rows = [
        {"status": "在读", "suspended": "是"}, {"status": None, "suspended": "休学"}, {"status": "流失", "suspended": "是"},
        {"status": "在读", "suspended": "否"}, {"status": "神游", "suspended": None},
    ]  # fmt: skip
    found, problems = clean([{"name": "甲", "id_number": None, **r} for r in rows], role="registry")
    assert found["status"].tolist() == ["休学", "休学", "流失", "在读", "神游"]
    assert found["status_group"].tolist() == ["suspended", "suspended", "alarm", "attending", ""]
    assert problems["code"].tolist().count("K250") == 1


def test_the_special_register():
    found, problems = clean(
        [{"name": "张三(复核)", "id_number": CHILD, "category": " 送教上门 ", "approved_on": "2021年9月", "valid_until": "2021年9月—2022年8月",
          "study_place": "/", "study_school": "某小学", "evidence": "证明", "note": "按月送教"}],
        role="special",
    )  # fmt: skip
    row = found.iloc[0]
    assert row[["category", "approved", "expires"]].tolist() == ["送教上门", 20210900, 20220800]
    assert row[["study_place", "study_school", "evidence", "note"]].tolist() == ["", "某小学", "证明", "按月送教；复核"]
    assert codes(problems) == ["K233"]


def test_the_former_name_of_its_column_goes_before_that_in_brackets():
    rows = [{"name": "张三(曾用名张山)", "former_name": "张 珊"}, {"name": "张三(曾用名张山)", "former_name": None}]
    assert clean([{"id_number": None, **r} for r in rows])[0]["former_name"].tolist() == ["张珊", "张山"]


def test_numbers_of_households_lose_the_point_of_a_number_cell():
    rows = [{"name": "甲", "household": c} for c in (12.0, "12.0", " 12 ", "无")]
    assert clean(rows)[0]["household"].tolist() == ["12", "12", "12", ""]


def test_rows_keep_their_order_and_number():
    rows = [{"name": "张" + chr(0x4E00 + i), "id_number": number(20120305, i)} for i in (5, 3, 9)]
    assert clean(rows)[0]["row"].tolist() == [3, 4, 5]


def test_a_child_is_no_adult_of_its_own_household_nor_of_its_brothers():
    """Registered by itself, as orphans and pupils with a collective registration are, a child heads its household."""
    found, _ = clean(
        [
            {
                "name": "张三",
                "relation": "户主",
                "household": "H1",
                "head_name": "张三",
                "head_id": CHILD,
                "id_number": CHILD,
            },
            {
                "name": "张四",
                "relation": "之弟",
                "household": "H1",
                "head_name": "张三",
                "head_id": CHILD,
                "birth_date": "2014-02-02",
            },
            {"name": "张*", "relation": "户主", "household": "H2", "head_name": "张五", "birth_date": "2014-02-02"},
            {
                "name": "李六",
                "household": "H3",
                "head_name": "李六",
                "birth_date": "2014-02-02",
                "guardian_name": "李父",
            },
            {"name": "王父", "relation": "户主", "household": "H4", "head_name": "王父", "birth_date": "1980-02-02"},
        ],
        role="population",
    )
    assert found["head_name"].tolist() == ["", "", "", "", "王父"]
    assert found["guardian_name"].tolist() == ["", "", "", "李父", ""]
    assert found["family_names"].tolist() == ["", "", "", "李父", ""]


def test_each_sheet_is_cleaned_by_itself():
    one = table([{"name": "甲", "id_number": CHILD}, {"name": "乙", "id_number": TWIN}], sheet="一班")
    two = table([{"name": "丙", "id_number": CHILD, "birth_date": "2012-13-05"}], sheet="二班")
    found, problems = people([one, two], SETTINGS, AS_OF)
    apart = [people([sheet], SETTINGS, AS_OF) for sheet in (one, two)]
    assert found.equals(PEOPLE.concat([rows for rows, _ in apart]))
    assert problems.equals(PROBLEMS.concat([wrong for _, wrong in apart]))
    assert "K221" in codes(problems) and "K212" not in codes(problems), "two schools may have written one number"

"""Which list a file is, which column is which, and the questions that are asked instead of guessing."""

from __future__ import annotations

import tomllib

import pytest
from regenerate import GOLDEN

from kcbx_cli import read
from kcbx_cli.errors import KcbxError
from kcbx_cli.read.aliases import ALIASES, SHARED, combined, folded, keys
from kcbx_cli.settings import Settings
from kcbx_cli.tables import FIELDS

_ID = "999999201203050016"
_HEAD_ID = "999999198001010054"


@pytest.fixture
def loaded(tmp_path):
    """Reads a text table that is given as lines of words."""

    def load(*lines, role=None, layouts=None, name="低收入名单.csv"):
        path = tmp_path / name
        path.write_text("\n".join(",".join(line.split()) for line in lines) + "\n", "utf-8")
        (source,) = read.find([str(path)], role)
        return read.load(source, Settings(layouts=layouts or {}))

    return load


def mapped(loaded):
    return {c.header: c.field for s in loaded.sheets for c in s.columns if c.field}


_NATIONAL = "学校标识码 姓名 性别 出生日期 身份证件类型 身份证件号 学籍辅号 班内学号 年级 班级 入学年月 就读方式 现住址 成员1姓名 成员1身份证件号 学籍号 学生当前状态"
_ROSTER = "所在镇乡（街道） 学段 学校名称 年级 班级 班内编号 学生姓名 性别 民族 学籍主号 户籍省县 户籍镇街 户籍社区/村 父亲姓名 母亲姓名 是否为随迁子女或留守儿童 休学中 备注"
_PINYIN = "grbsm xjfh xm xbm csrq sfzjlxm sfzjh xxbsm njm bjm jdfsm"
_FIRST = "省 市 县 乡/镇 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族 文化程度 在校生状况 劳动技能 务工状况 脱贫属性 贫困户属性 主要致贫原因 联系电话"
_CIVIL = "地区(行政区划) 户主姓名 身份证号 低保证号 起始保障年月"
_CIVIL_MEMBERS = "乡镇 户主姓名 户主身份证号 姓名 身份证号 与户主关系 低保证号 保障人数 起始保障年月"
_POLICE = "户号 户主姓名 户主或与户主关系 姓名 曾用名 性别 出生日期 公民身份号码 住址 注销户口日期和原因"
_DISABLED = "姓名 身份证号 残疾证号 残疾类别 残疾等级 未入学原因 安置方式"
_CENSUS = "序号 村 组 户主姓名 儿童姓名 性别 出生日期 身份证号 父亲姓名 母亲姓名 是否入学 就读学校 备注"
_MOVES = "派出所 乡镇 村 户号 户主姓名 与户主关系 姓名 性别 出生日期 公民身份号码 户籍地址 变动类型 变动日期"
_ROLL = "序号 学校 年级 班级 姓名 性别 身份证号 是否到校 点名日期 备注"
_ROLL_PLAIN = "序号 姓名 性别 是否在校"
_ABSENT = "学校名称 年级 班级 姓名 性别 身份证号 缺勤起始日期 缺勤天数 缺勤原因 家访情况 是否返校 返校日期 报告日期"
_DEFERRED = "学生姓名 性别 出生年月 身份证号 应入学时间 家庭住址 监护人 延缓期限 鉴定意见"
_SPECIAL = "序号 姓名 身份证号 类别 批准日期 有效期至 就读地 就读学校 证明材料 备注"
_HAND = "序号 村(社区) 户主姓名 姓名 性别 与户主关系 出生年月 身份证号 联系电话 就读学校 年级 备注"


@pytest.mark.parametrize(
    ("headers", "layout", "role"),
    [
        (_NATIONAL, "registry_national", "registry"), (_ROSTER, "registry_roster", "registry"), (_PINYIN, "registry_pinyin", "registry"),
        (_FIRST, "monitoring_1", "households"), (_CIVIL, "civil_families", "families"), (_CIVIL_MEMBERS, "civil_members", "households"),
        (_POLICE, "population", "population"), (_DISABLED, "disability", "disability"), (_DEFERRED, "special_deferral", "special"),
        (_CENSUS, "population_census", "population"), (_MOVES, "population", "population"), (_ROLL, "roll_call", "attendance"),
        (_ROLL_PLAIN, "roll_call", "attendance"), (_ABSENT, "absence_report", "attendance"),
        (_SPECIAL, "special_register", "special"), (_HAND, "list_households", "households"),
        ("姓名 学校 年级 班级 学号", "list_registry", "registry"), ("户主姓名 身份证号 人数 户类型", "families_plain", "families"),
    ],
)  # fmt: skip
def test_each_declared_layout_is_known_by_its_headers(loaded, headers, layout, role):
    words = headers.split()
    found = loaded(headers, " ".join(f"值{i}" for i in range(len(words))))
    assert [(t.layout, t.role) for t in found.tables] == [(layout, role)]
    assert found.rows_read == 1


def test_fields_of_the_pinyin_dump(loaded):
    assert mapped(loaded(_PINYIN, "G 1 甲 1 20120305 1 2 3 4 5 6"))["sfzjh"] == "id_number"


def test_the_heads_number_in_a_household_level_list_is_the_heads(loaded):
    found = loaded(_CIVIL, f"某乡 甲大 {_HEAD_ID} 0001 202101")
    assert mapped(found) == {
        "地区(行政区划)": "hukou_area", "户主姓名": "head_name", "身份证号": "head_id", "低保证号": "allowance_number",
    }  # fmt: skip


def test_a_household_level_list_that_says_only_name(loaded):
    found = loaded("姓名 身份证号 低保证号 保障人数 保障金额", f"甲大 {_HEAD_ID} 0001 3 900")
    assert [t.role for t in found.tables] == ["families"]
    assert {"姓名": "head_name", "身份证号": "head_id"}.items() <= mapped(found).items()


def test_own_and_heads_columns_in_a_person_level_list(loaded):
    found = mapped(loaded(_CIVIL_MEMBERS, f"某乡 甲大 {_HEAD_ID} 甲小一 {_ID} 之子 0001 3 202101"))
    assert (found["身份证号"], found["户主身份证号"], found["姓名"]) == ("id_number", "head_id", "name")


@pytest.mark.parametrize(
    ("cell", "field"), [(_ID, "id_number"), (f"G{_ID}", "registry_number"), ("20120001", "registry_number")]
)
def test_what_the_main_number_is_depends_on_its_cells(loaded, cell, field):
    assert mapped(loaded(_ROSTER, f"某镇 小学 实验小学 三年级 1班 5 甲小一 男 汉族 {cell} 某县"))["学籍主号"] == field


def test_the_main_number_beside_an_id_number_is_not_taken_for_it(loaded):
    found = mapped(loaded(f"身份证号 {_ROSTER}", f"{_ID} 某镇 小学 实验小学 三年级 1班 5 甲小一 男 汉族 {_ID} 某县"))
    assert "学籍主号" not in found


@pytest.mark.parametrize(("cell", "field"), [("05", "class_number"), (f"G{_ID}", "registry_number")])
def test_what_the_pupils_number_is_depends_on_its_cells(loaded, cell, field):
    assert mapped(loaded("姓名 学校 年级 班级 学号", f"甲小一 实验小学 三年级 1班 {cell}"))["学号"] == field


def test_of_several_columns_for_one_field_the_better_header_that_is_filled_wins(loaded):
    words = "姓名 身份证号 户编号 与户主关系 户类型 低收入类别 户联系电话 成员联系电话 家庭成员联系电话"
    found = mapped(loaded(words, f"甲小一 {_ID} 1 之子  突发严重困难户 1 2"))
    assert (found["户类型"], found["户联系电话"]) == ("household_type", "household_phone")
    found = mapped(loaded("姓名,身份证号,户编号,与户主关系,户类型,低收入类别", f"甲小一,{_ID},1,之子,,突发严重困难户"))
    assert found["低收入类别"] == "household_type"
    assert "户类型" not in found


def test_two_columns_of_the_same_header_are_noted(loaded):
    found = loaded("姓名 身份证号 与户主关系 户主姓名 备注 备注", f"甲小一 {_ID} 之子 甲大 甲 乙")
    assert found.problems[["code", "field", "detail"]].to_numpy().tolist() == [["K109", "note", "F 列没有用"]]


def test_two_columns_that_claim_to_be_the_person_are_a_question(loaded):
    with pytest.raises(KcbxError, match="有 2 列都像是「姓名」:A 列「姓名」和D 列「姓名」") as told:
        loaded("姓名 身份证号 与户主关系 姓名 电话", f"甲小一 {_ID} 之子 甲大 1")
    assert told.value.code == "ambiguous_column"
    assert "[layouts." in told.value.hint
    assert "甲" not in str(told.value) + told.value.hint


def test_the_answer_to_that_question_is_taken(loaded):
    lines = "姓名 身份证号 与户主关系 姓名 电话", f"甲小一 {_ID} 之子 甲大 1"
    with pytest.raises(KcbxError) as told:
        loaded(*lines)
    answer = tomllib.loads(told.value.hint.partition(":")[2].replace("@A", "@D"))["layouts"]
    assert loaded(*lines, layouts=answer).tables[0].frame["name"].tolist() == ["甲大"]


def test_a_second_column_that_is_empty_or_the_same_is_no_question(loaded):
    same = loaded("姓名 身份证号 与户主关系 身份证号码", f"甲小一 {_ID} 之子 {_ID}")
    empty = loaded("姓名,身份证号,与户主关系,身份证号码", f"甲小一,,之子,{_ID}", name="低收入另一份.csv")
    assert same.tables[0].frame["id_number"].tolist() == empty.tables[0].frame["id_number"].tolist() == [_ID]


def test_a_header_that_nobody_knows(loaded):
    with pytest.raises(KcbxError, match="甲方编号、乙方名称、备用日期") as told:
        loaded("甲方编号 乙方名称 备用日期", "一 二 三")
    assert told.value.code == "unknown_layout"
    assert "[layouts." in told.value.hint


def test_rows_of_data_never_stand_in_the_question(loaded):
    with pytest.raises(KcbxError) as told:
        loaded(f"甲小一 {_ID} 男 一村", f"乙小二 {_ID} 女 二村")
    assert "甲小一" not in told.value.message + told.value.hint
    assert _ID not in told.value.message + told.value.hint


def test_a_registry_given_as_households(loaded):
    with pytest.raises(KcbxError, match="作为「低收入家庭名单\\(按人\\)」给的,但它像是「学籍」") as told:
        loaded(_NATIONAL, " ".join("值" for _ in _NATIONAL.split()), role="households")
    assert told.value.code == "wrong_role"


def test_a_monitoring_list_given_as_registry(loaded):
    with pytest.raises(KcbxError) as told:
        loaded(_FIRST, " ".join("值" for _ in _FIRST.split()), role="registry")
    assert told.value.code == "wrong_role"


def test_a_plain_list_is_what_the_option_says(loaded):
    for role in ("registry", "households", "population"):
        assert [t.role for t in loaded("姓名 身份证号", f"甲小一 {_ID}", role=role).tables] == [role]
    assert [t.role for t in loaded("姓名 身份证号 类别", f"甲小一 {_ID} 免学", role="special").tables] == ["special"]


def test_a_household_level_list_may_stand_among_the_households(loaded):
    assert [t.role for t in loaded(_CIVIL, "某乡 甲大 1 2 3", role="households").tables] == ["families"]


def test_a_plain_list_without_a_role_is_a_question(loaded):
    with pytest.raises(KcbxError, match="分不清是哪一种名单") as told:
        loaded("姓名 身份证号", f"甲小一 {_ID}", name="名单.csv")
    assert told.value.code == "ambiguous_layout"


_HOMES = "乡镇 村 户主姓名 姓名 性别 出生日期 身份证号码 {} 备注"


@pytest.mark.parametrize(
    ("title", "header", "file", "role"),
    [
        ("户籍适龄儿童名册", "户口状态", "名册.csv", "population"),
        ("名册", "户口状态", "名册.csv", "population"),
        ("名册", "户籍状态", "名册.csv", "population"),
        ("户籍适龄儿童名册", "民族", "名册.csv", "population"),
        ("名册", "民族", "某县户口底册.csv", "population"),
        ("适龄儿童名册", "民族", "名册.csv", "population"),
        ("户籍适龄儿童名册", "家庭类别", "名册.csv", "population"),
        ("脱贫人口适龄儿童名册", "民族", "名册.csv", "households"),
        ("名册", "民族", "低保对象.csv", "households"),
        ("名册", "困难类型", "名册.csv", "households"),
        ("低收入家庭名册", "户口状态", "名册.csv", "households"),
    ],
)
def test_signs_tell_which_home_made_list_it_is(loaded, title, header, file, role):
    headers = _HOMES.format(header)
    found = loaded(title, headers, f"某镇 一村 甲大 甲小一 男 20120305 {_ID} 迁出 无", name=file)
    assert [t.role for t in found.tables] == [role]
    assert found.sheets[0].confidence == "likely"


@pytest.mark.parametrize(
    ("title", "header"), [("名册", "民族"), ("户籍儿童低保情况", "民族"), ("名册", "户口类别 家庭类别")]
)
def test_a_home_made_list_with_no_sign_or_with_both_is_a_question(loaded, title, header):
    with pytest.raises(KcbxError, match="分不清是哪一种名单:「自建名单」.*「自建户籍名单」") as told:
        loaded(title, _HOMES.format(header), f"某镇 一村 甲大 甲小一 男 20120305 {_ID} 迁出 无 无", name="名单.csv")
    assert told.value.code == "ambiguous_layout"
    assert "写明「低收入」或「户籍」" in told.value.hint


def test_a_removal_in_a_home_made_list_of_residents_is_read(loaded):
    found = loaded("户籍适龄儿童名册", _HOMES.format("户口状态"), f"某镇 一村 甲大 甲小一 男 20120305 {_ID} 迁出 无")
    assert found.tables[0].frame["removed_reason"].tolist() == ["迁出"]


def test_how_sure_it_is(loaded):
    sure = {
        w: loaded(w, " ".join("值" for _ in w.split())).sheets[0].confidence for w in (_NATIONAL, _HAND, "姓名 年级")
    }
    assert sure == {_NATIONAL: "certain", _HAND: "likely", "姓名 年级": "unsure"}
    assert "K108" in loaded("姓名 年级", "甲小一 三年级").problems["code"].tolist()


def test_a_taught_layout_reads_an_export_that_nobody_knows(loaded):
    taught = {
        "新系统": {"role": "households", "headers": {"name": ["娃儿"], "id_number": ["号"], "village": ["哪个村"]}}
    }
    found = loaded("说明", "娃儿 号 哪个村 电话", f"甲小一 {_ID} 一村 138", layouts=taught)
    assert (found.tables[0].layout, found.tables[0].role, found.sheets[0].confidence) == (
        "新系统",
        "households",
        "certain",
    )
    assert mapped(found) == {"娃儿": "name", "号": "id_number", "哪个村": "village", "电话": "phone"}


def test_a_taught_layout_that_does_not_fit_changes_nothing(loaded):
    taught = {"新系统": {"role": "households", "headers": {"name": ["娃儿"]}}}
    assert (
        loaded(_NATIONAL, " ".join("值" for _ in _NATIONAL.split()), layouts=taught).tables[0].layout
        == "registry_national"
    )


def test_a_taught_header_row(loaded):
    taught = {
        "两行": {
            "role": "registry",
            "header_row": 3,
            "marks": ["甲", "乙"],
            "headers": {"name": ["@A"], "school": ["@B"]},
        }
    }
    found = loaded("姓名 学校 年级", "x y z", "甲 乙 丙", "甲小一 实验小学 三年级", layouts=taught)
    assert found.tables[0].frame[["row", "name"]].to_numpy().tolist() == [[4, "甲小一"]]


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ("x", "layouts.新"), ({"headers": {"name": ["姓"]}}, "role"), ({"role": "pupils", "headers": {"name": ["姓"]}}, "role"),
        ({"role": "registry"}, "headers"), ({"role": "registry", "headers": {"nmae": ["姓"]}}, "headers.nmae"),
        ({"role": "registry", "headers": {"name": [1]}}, "headers.name"), ({"role": "registry", "headers": {"name": []}}, "headers.name"),
        ({"role": "registry", "headers": {"name": ["姓"], "school": ["姓"]}}, "headers.school"),
        ({"role": "registry", "headers": {"name": ["姓"]}, "header_row": 0}, "header_row"),
        ({"role": "registry", "headers": {"name": ["姓"]}, "sheet": 1}, "sheet"),
        ({"role": "registry", "headers": {"name": ["姓"]}, "marks": "姓"}, "marks"),
        ({"role": "registry", "headers": {"name": ["@B"]}}, "marks"),
        ({"role": "registry", "headers": {"name": ["姓"]}, "colour": 1}, "colour"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named(loaded, entry, key):
    with pytest.raises(KcbxError, match=key) as told:
        loaded("姓名 学校", "甲 乙", layouts={"新": entry})
    assert told.value.code == "bad_setting"


@pytest.mark.parametrize(
    ("header", "folds_to"),
    [("姓 名*", "姓名"), ("乡(镇)", "乡镇"), ("村（社区）", "村社区"), ("乡/镇", "乡镇"), ("证件\n号码", "证件号码"), ("务工时间（月）", "务工时间月"), ("ＧＲＢＳＭ", "grbsm"),
     ("家庭成员一姓名", "成员1姓名"), ("★ 性别:", "性别")],
)  # fmt: skip
def test_headers_are_folded(header, folds_to):
    assert folded(header) == folds_to


def test_numbering_and_units_are_left_out_as_a_second_try():
    assert keys("3、身份证号(18位)") == ("3身份证号18位", "身份证号18位", "身份证号")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("证件号码（户主）", "head_id"), ("身份证号(填户主的)", "head_id"), ("*身份证号【户主】(18位)", "head_id"), ("姓名（户主）", "head_name"),
        ("姓名（监护人）", "guardian_name"), ("姓名（父亲）", "father_name"), ("联系电话（监护人）", "guardian_phone"), ("联系电话（户主）", "household_phone"),
        ("身份证号（监护人）", None), ("身份证号（父亲）", None), ("身份证号（户主或母亲）", None), ("出生日期（母亲）", None), ("文化程度（户主）", None),
        ("身份证号（学生本人，勿填户主）", "id_number"), ("姓名（家庭成员）", "name"), ("身份证号（18位）", "id_number"), ("关系（与户主）", "relation"),
        ("与户主关系（户主、配偶、之子等）", "relation"), ("乡镇（户主户籍地）", "township"),
    ],
)  # fmt: skip
def test_a_bracket_that_says_whose_it_is(header, field):
    assert next((SHARED[k][0] for k in keys(header) if k in SHARED), None) == field


def test_the_heads_number_in_brackets_is_not_the_childs(loaded):
    found = mapped(
        loaded(
            "村 户主姓名 证件号码（户主） 学生姓名 就读年级", f"东大街 钱甲 {_HEAD_ID} 钱乙 三年级", role="households"
        )
    )
    assert found["证件号码（户主）"] == "head_id" and "id_number" not in found.values()


def test_a_member_of_a_group_that_is_about_somebody_else():
    assert "姓名" in combined(("学生基本信息", "姓名"))
    assert "监护人姓名" in combined(("监护人", "姓名"))
    assert "姓名" not in combined(("监护人", "姓名"))


def test_the_shared_table_speaks_of_declared_fields():
    assert set(ALIASES) <= set(FIELDS)


def test_a_title_above_a_repeated_header_is_told_from_a_name(loaded):
    header = "姓名 身份证号 与户主关系 户主姓名"
    people = [f"甲小{n} {_ID} 之子 甲大" for n in "一二"]
    found = loaded(header, people[0], "某乡低收入家庭名单第二页", header, people[1], "欧阳小三", header, people[1])
    assert found.tables[0].frame["row"].tolist() == [2, 5, 6, 8]
    assert found.sheets[0].skipped == {"repeated_header": 2, "title": 1}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("合计 3人", "total"), ("总 3", "data"), ("本页小计:2人", "total"), ("填表人:甲", "signature"), ("(盖章)", "signature"), ("2021年10月31日", "signature"),
        ("注:一式两份", "remark"), ("示例", "remark"), ("注小一", "data"), ("合小一", "data"), (f"合计 {_ID}", "data"), ("校长签字:", "signature"),
    ],
)  # fmt: skip
def test_rows_that_are_no_people(loaded, line, kind):
    found = loaded("姓名 身份证号 与户主关系 户主姓名", f"甲小一 {_ID} 之子 甲大", line)
    assert found.rows_read == (2 if kind == "data" else 1)
    assert found.sheets[0].skipped == ({} if kind == "data" else {kind: 1})


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["1 甲小一 2012年9月13日 大村", "2 甲小二 2010年10月30日 大村"], [2, 3]),  # a date of birth under 出生
        (["1 甲小一 2012-09-13 学校:一小", "2 甲小二 x 学校:一小"], [2, 3]),
        (["合计 甲小一 x 大村", "2 甲小二 x 大村"], [2, 3]),  # in the middle
        (["1 甲小一 x 大村", "填表人: 乙主任 2021年10月30日"], [2]),
        (["1 甲小一 x 大村", "填表人: 乙主任", "审核人: 丙主任 2021年10月30日", "合计 2人"], [2]),
        (["1 甲小一 x 大村", "填表人: 乙主任", "序号 姓名 情况 家庭住址", "2 甲小二 x 大村"], [2, 5]),  # foot of a page
        (["负责人:乙 甲小一 x 大村", "负责人:乙 甲小二 x 大村", "负责人:乙 甲小三 x 大村"], [2, 3, 4]),
    ],
)
def test_a_row_with_a_name_is_passed_over_only_at_the_foot_of_a_page(loaded, lines, rows):
    found = loaded("序号 姓名 情况 家庭住址", *lines)
    assert found.tables[0].frame["row"].tolist() == rows


def test_each_line_that_is_passed_over_is_told_with_its_row(loaded):
    found = loaded("姓名 身份证号 与户主关系", f"甲小一 {_ID} 之子", "合计 1人", "", "填表人:乙", "注:一式两份")
    told = found.problems[found.problems["code"] == "K114"]
    assert sorted(told[["row", "detail"]].itertuples(index=False, name=None)) == [
        (3, "合计行"), (5, "签字落款行"), (6, "说明行"),
    ]  # fmt: skip


def test_columns_that_hold_something_and_are_not_used_are_told(loaded):
    header = "序号 姓名 身份证号 与户主关系 念书情况 家里几亩地 王小明 空列 主要致贫原因"
    found = loaded(header, *[f"{n} 甲小{n} {_ID} 之子 在家 {n} x - 病" for n in (1, 2, 3)], "4 甲小四 x 之子 - - - y -")
    told = found.problems[found.problems["code"] == "K115"]
    assert told["row"].tolist() == [1]
    assert told["detail"].tolist() == ["E 列「念书情况」、F 列「家里几亩地」、G 列"]


def test_a_national_export_is_as_wide_as_it_likes(loaded):
    header = "户编号 人口编号 姓名 证件号码 与户主关系 在校生状况 户类型 监测对象类别 家里几亩地"
    found = loaded(header, f"1 1 钱甲 {_ID} 之子 小学 监测户 边缘易致贫户 3")
    assert found.sheets[0].layout == "monitoring_3" and found.problems.empty


def test_a_list_without_birth_dates_and_numbers_is_told(loaded):
    header, rows = "姓名 身份证号 与户主关系", ["甲小一 - 之子", "甲小二 - 之女"]
    assert loaded(header, *rows, role="households").problems["code"].tolist() == ["K116"]
    assert loaded(header, *rows[:1], f"甲小二 {_ID} 之女", role="households").problems.empty


def test_what_villages_call_birth_date_township_and_village(loaded):
    found = mapped(
        loaded("孩子姓名 出生 家长 所属镇 哪个村 关系", "甲小一 2012-09-13 甲大 东镇 西村 父子", role="households")
    )
    assert found == {
        "孩子姓名": "name", "出生": "birth_date", "家长": "guardian_name", "所属镇": "township", "哪个村": "village",
    }  # fmt: skip


def test_the_suggested_entry_names_every_header_and_works_when_it_is_copied(loaded):
    header, row = "孩子姓名 出生 证件号 家长 所属镇 念书情况 王小明", f"甲小一 2012-03-05 {_ID} 甲大 东镇 在家 x"
    with pytest.raises(KcbxError) as told:
        loaded(header, row, name="名单.csv")
    hint = told.value.hint
    assert "--households" in hint and "kcbx inspect 用 --role households" in hint
    assert '# 字段 = ["念书情况"]\n# 字段 = ["@G"]' in hint and "王小明" not in hint
    entry = tomllib.loads(hint[hint.index("\n[") :])["layouts"]
    assert entry["本县名单"]["headers"]["township"] == ["所属镇"]
    found = loaded(header, row, layouts=entry)
    assert found.tables[0].role == "households" and mapped(found)["出生"] == "birth_date"


def test_a_list_of_families_is_given_as_a_list_of_households(loaded):
    with pytest.raises(KcbxError) as told:
        loaded(_CIVIL, f"甲乡 甲大 {_HEAD_ID} D1 2020-01", role="registry")
    assert "--households" in told.value.hint


def test_a_hidden_sheet_that_the_settings_name_is_read(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes((GOLDEN / "sheets.xlsx").read_bytes())
    taught = {"藏": {"role": "households", "sheet": "旧数据", "headers": {"name": ["姓名"]}}}
    loaded = read.load(read.find([str(path)])[0], Settings(layouts=taught))
    assert [t.sheet for t in loaded.tables] == ["葛城街道", "复兴街道", "旧数据"]


def test_the_monitoring_lists_own_word_on_being_out_of_school(loaded):
    third = "户编号 人口编号 姓名 证件号码 与户主关系 在校生状况 户类型 监测对象类别 是否义务教育阶段适龄儿童（少年）失学辍学"
    found = mapped(loaded(third, f"1 1 钱甲 {_ID} 之子 小学 监测户 边缘易致贫户 是", role="households"))
    assert {"list_out", "household_type", "monitored_type"} <= set(found.values())

"""Registry quality goes back to the schools, and what they have mended is noticed."""

import json

import openpyxl
import pytest
from offices import Office, id_number, member
from offices import pupil as made_up
from returned_sheets import Sheet


def pupil(name: str, birth: str, sequence: int, **other: str) -> dict[str, str]:
    """A pupil whose number begins with an area that there is, so that nothing is wrong with it."""
    number = id_number(birth, sequence, "500229")
    return made_up(name, birth, sequence, **({"身份证件号": number, "学籍号": "G" + number} | other))


def rows_of(office: Office, name: str) -> list[list[str]]:
    sheet = openpyxl.load_workbook(office.out / "学籍质量" / f"{name}.xlsx").worksheets[0]
    return [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]


def flaws(office: Office, school: str) -> list[tuple[str, str, str]]:
    """Name, whether it is new, and the problem."""
    return [(r[2], r[5], r[7]) for r in rows_of(office, school) if r[0].isdigit()]


def months(office: Office, as_of: str, *pupils: dict[str, str]) -> None:
    office.registry(*pupils)
    assert office.reconcile(as_of=as_of) == 0


def test_new_left_over_and_mended(office: Office):
    office.households(member("张小明", "20120315", 1))
    wrong = pupil("李小红", "20120316", 2, 身份证件号="500229201203160011", 学籍号="")
    other = pupil("赵国庆", "20120517", 3, 学籍号="L500229201205170031", 学校名称="乙校")
    good = pupil("王大力", "20120101", 9)
    months(office, "2021-09-30", good, wrong, other)
    assert [(n, s) for n, s, _ in flaws(office, "甲乡中心小学")] == [("李小红", "新增")]
    (temporary,) = flaws(office, "乙校")
    assert temporary[:2] == ("赵国庆", "新增") and "L 或 J" in temporary[2]

    late = pupil("孙雅琴", "20120618", 4, 年级="九年级")
    months(office, "2021-10-31", late, good, wrong, pupil("赵国庆", "20120517", 3, 学校名称="乙校"))
    assert [(n, s) for n, s, _ in flaws(office, "甲乡中心小学")] == [("李小红", "上期遗留"), ("孙雅琴", "新增")]
    assert not (office.out / "学籍质量" / "乙校.xlsx").exists()
    counts = {r[0]: r[1:6] for r in rows_of(office, "汇总") if len(r) > 5 and r[1].isdigit()}
    assert counts["合计"] == ["4", "2", "1", "1", "1"]

    months(office, "2021-11-30", late, good, pupil("李小红", "20120316", 2))
    assert [(n, s) for n, s, _ in flaws(office, "甲乡中心小学")] == [("孙雅琴", "上期遗留")]
    note = rows_of(office, "甲乡中心小学")[1][0]
    assert "本期新增 0，上期遗留 1；上期的已改 1" in note

    written = (office.out / "学籍质量" / "甲乡中心小学.xlsx").read_bytes()
    assert office.reconcile(as_of="2021-11-30") == 0
    assert (office.out / "学籍质量" / "甲乡中心小学.xlsx").read_bytes() == written


def test_schools_of_one_name_mend_their_own_pupils_only(office: Office):
    office.households(member("张小明", "20120315", 1))
    east, west = (
        pupil(name, birth, n, 学校名称="希望小学", 学校标识码=code, 学籍号="L" + id_number(birth, n, "500229"))
        for n, (name, birth, code) in enumerate(
            (("李小红", "20120316", "3150000001"), ("赵国庆", "20120517", "3150000002")), 2
        )
    )
    months(office, "2021-09-30", east, west)
    books = {path.stem for path in (office.out / "学籍质量").glob("*.xlsx")}
    assert books == {"汇总", "希望小学（3150000001）", "希望小学（3150000002）"}
    assert [n for n, _, _ in flaws(office, "希望小学（3150000001）")] == ["李小红"]
    assert [n for n, _, _ in flaws(office, "希望小学（3150000002）")] == ["赵国庆"]
    assert rows_of(office, "希望小学（3150000002）")[0][0].startswith("希望小学（3150000002）学籍问题")
    months(office, "2021-10-31", east, west | {"学籍号": "G500229201205170031"})
    assert [s for _, s, _ in flaws(office, "希望小学（3150000001）")] == ["上期遗留"]
    assert not (office.out / "学籍质量" / "希望小学（3150000002）.xlsx").exists()


@pytest.mark.parametrize("stamped", [True, False])
def test_a_sheet_that_comes_back_counts_for_its_own_school_of_two_with_one_name(office: Office, stamped: bool):
    twins = [("李小红", "20120316", "3150000001"), ("赵国庆", "20120517", "3150000002")]
    office.households(*(member(name, birth, n) for n, (name, birth, _) in enumerate(twins, 2)))
    office.registry(
        *(
            pupil(name, birth, n, 学校名称="希望小学", 学校标识码=code, 学生当前状态="辍学")
            for n, (name, birth, code) in enumerate(twins, 2)
        )
    )
    assert office.reconcile(as_of="2021-09-30") == 0
    back = Sheet(office.out / "学校核查表" / "希望小学（3150000002）.xlsx")
    back.fill(back.row_of("赵国庆"), 核查方式="入户走访", 核查日期="2021-10-05", 核查结论="劝返中", 核查人="周老师")
    if not stamped:
        del back.book["_kcbx"]
    assert office.kcbx("collect", back.save(office.folder / "收到" / "希望.xlsx")) == 0
    assert office.kcbx("report", "--as-of-now", "--json") == 0
    schools = [p for p in json.loads(office.stdout)["data"]["progress"] if p["kind"] == "school"]
    assert [(p["place"], p["returned"], p["answered"]) for p in schools] == [
        ("希望小学（3150000001）", False, 0),
        ("希望小学（3150000002）", True, 1),
    ]

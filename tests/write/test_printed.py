"""What stands in cells about one child."""

from months import month, person

from kcbx_cli.write.children import records
from kcbx_cli.write.printed import shorter


def test_a_place_names_the_sheet_of_several_and_the_ending_that_tells_two_files_apart():
    people = [
        person(file="名单.xlsx", sheet="一乡", row=3), person(file="名单.xlsx", sheet="二乡", row=3),
        person(file="户籍.xlsx", sheet="学龄", row=4), person(file="台账.xls", sheet="", row=5), person(file="台账.csv", sheet="", row=6),
    ]  # fmt: skip
    made = month(people, [person(role="registry", file="学籍.xlsx", sheet="小学", row=7)])
    words = shorter(made)
    assert [words(row) for row in records(made.people)] == [
        "名单〔一乡〕第3行",
        "名单〔二乡〕第3行",
        "户籍第4行",
        "台账.xls第5行",
        "台账.csv第6行",
    ]
    assert [words(row) for row in records(made.registry)] == ["学籍第7行"]

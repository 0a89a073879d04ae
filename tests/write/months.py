"""Made-up months to write from. No person here exists: area code 999999 is no one's, all digits are generated."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from kcbx_cli.settings import Checklist, County, Settings, Township
from kcbx_cli.tables import (
    CHANGES,
    COMPARISONS,
    CONTRADICTIONS,
    FAMILIES,
    FINDINGS,
    LINKS,
    PEOPLE,
    PROBLEMS,
    STANDING,
    VERDICTS,
    WATCH,
    WORK,
    Month,
)

AS_OF = date(2021, 10, 31)
TOWNSHIPS = (
    Township("999999001", "青石街道", ("青石镇",)),
    Township("999999102", "云岭镇"),
    Township("999999103", "白鹤乡"),
)
SETTINGS = Settings(county=County("青石县", "999999"), townships=TOWNSHIPS, checklist=Checklist(age_ledger=True))
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = "明华芳丽娟强磊洋艳勇军杰涛超霞平刚桂英子涵梓轩欣怡"
_VILLAGES = ("石门村", "双河社区居委会", "大坪村", "岩口村")


def person(**over: Any) -> dict[str, Any]:
    """One PEOPLE row; what is not given is a plain child of 青石街道."""
    base = {
        "file": "低收入名单.xlsx", "sheet": "Sheet1", "row": 5, "role": "households", "name": "赵明华", "sex": "男",
        "id_pattern": number("20120305", 1, 1), "id_state": "valid", "birth": 20120305, "id_birth": 20120305,
        "township_code": "999999001", "township": "青石街道", "village": "石门村", "relation": "之子",
        "head_name": "赵大山", "guardian_name": "钱小芳", "guardian_relation": "母亲", "phone": "13800000001",
        "groups": "低保|残疾", "schooling": "", "education": "小学", "usable": True,
    }  # fmt: skip
    return base | over


def number(birth: str, sequence: int, sex: int) -> str:
    """An 18-digit number of area 999999 whose check digit is right; `sex` is 1 for boys, 0 for girls."""
    body = f"999999{birth}{sequence:02d}{sex}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def table(declared: Any, rows: list[dict[str, Any]]) -> Any:
    """A frame of the declared table from rows that may leave columns out."""
    blank = declared.frame(length=1).iloc[0].to_dict()
    return declared.frame({n: [r.get(n, blank[n]) for r in rows] for n in declared.names}, length=len(rows))


def month(
    people: list[dict[str, Any]] | None = None,
    registry: list[dict[str, Any]] | None = None,
    **others: list[dict[str, Any]],
) -> Month:
    """A month from plain rows; tables that are not given are empty, verdicts are `suspected` for each listed person."""
    people = people or []
    verdicts = others.get("verdicts")
    if verdicts is None:
        verdicts = [
            {"person": i, "child": i, "verdict": "suspected", "registry": -1, "near": -1, "paper": -1}
            for i in range(len(people))
        ]
    return Month(
        as_of=AS_OF,
        people=table(PEOPLE, people),
        registry=table(PEOPLE, registry or []),
        special=table(PEOPLE, others.get("special", [])),
        families=table(FAMILIES, others.get("families", [])),
        verdicts=table(VERDICTS, verdicts),
        findings=table(FINDINGS, others.get("findings", [])),
        work=table(WORK, others.get("work", [])),
        near=table(LINKS, others.get("near", [])),
        problems=table(PROBLEMS, others.get("problems", [])),
        known=table(PEOPLE, others.get("known", [])),
        changes=table(CHANGES, others.get("changes", [])),
        cases=table(STANDING, others.get("cases", [])),
        watch=table(WATCH, others.get("watch", [])),
        comparisons=table(COMPARISONS, others.get("comparisons", [])),
        contradictions=table(CONTRADICTIONS, others.get("contradictions", [])),
    )


def work(**over: Any) -> dict[str, Any]:
    """One WORK row for the first listed person."""
    base = {
        "case_id": "2021-0001", "child": 0, "person": 0, "registry": -1, "near": -1, "paper": -1, "kind": "suspected",
        "reason": "no_link", "sentence": "低收入名单在列,学籍库中查无此人", "expected_grade": "小学三年级",
        "township_code": "999999001", "township": "青石街道", "village": "石门村", "groups": "低保|残疾",
        "comparison": "households_registry",
    }  # fmt: skip
    return base | over


def small() -> Month:
    """Eight children who show every kind of work, an alarm in the registry, review pairs, papers and problems."""
    names = ["赵明华", "钱子涵", "孙阿依古丽·买买提艾力", "李欣", "周梓轩", "吴勇", "郑霞", "王桂英"]
    people = [
        person(row=5 + i, name=n, id_pattern=number("20120305", i + 1, i % 2), village=_VILLAGES[i % 4])
        for i, n in enumerate(names)
    ]
    people[1] |= {"township": "云岭镇", "township_code": "999999102", "phone": "13800000002、023-59220000"}
    people[3] |= {"id_pattern": "99999920120305****", "id_state": "numeric", "id_written": "999999201203050000"}
    people[4] |= {"township": "不知何处乡", "township_code": "", "village": ""}
    people.append(person(row=77, file="低保/成员.csv", sheet="", schooling="小学", education="", out_reason="因病"))
    pupil = {"role": "registry", "file": "学籍.xlsx", "sheet": "小学", "phone": "13900000009", "groups": "", "head_name": "",
             "school_code": "2199000001", "school": "青石县第一小学", "grade": "三年级", "class_name": "2班", "status": "在读"}  # fmt: skip
    registry = [
        person(**pupil | {"row": 12, "name": "钱梓涵", "id_pattern": number("20120305", 2, 1)}),
        person(**pupil | {"row": 13, "name": "吴勇", "status": "流失", "status_date": 20210301}),
        person(**pupil | {"row": 14, "name": "冯平", "status": "辍学", "village": "大坪村", "id_pattern": number("20090811", 7, 1),
                          "birth": 20090811, "school_code": "2199000002", "school": "云岭镇中心学校", "grade": "七年级"}),
        person(**pupil | {"row": 15, "name": "李昕", "id_pattern": number("20120306", 4, 1), "birth": 20120306}),
    ]  # fmt: skip
    special = [
        person(
            role="special",
            file="特殊学生.xlsx",
            category="送教上门",
            approved=20200901,
            expires=20210831,
            evidence="评估表",
        )
    ]
    items = [
        work(),
        work(case_id="2021-0002", child=1, person=1, near=0, kind="review", township_code="999999102", township="云岭镇",
             village="双河社区居委会", sentence="与一条学籍记录相近,待人工比对", near_sentence="出生日期一致;姓名相近;乡镇不同"),
        work(case_id="2021-0003", child=2, person=2, village="大坪村"),
        work(case_id="2021-0004", child=3, person=3, near=3, village="岩口村", near_sentence="姓名同音;出生日期差一天"),
        work(case_id="2021-0005", child=4, person=4, kind="unknown_age", township_code="", township="不知何处乡", village=""),
        work(case_id="2021-0006", child=5, person=5, registry=1, kind="suspected", sentence="学籍状态为流失"),
        work(case_id="2021-0007", child=6, person=6, paper=0, kind="papers_expired", sentence="特殊安排手续已到期"),
        work(case_id="2021-0008", child=-1, person=-1, registry=2, kind="alarm_status", sentence="学籍状态为辍学,不在任何名单上",
             expected_grade="初中七年级", village="大坪村", groups="", comparison="registry_status"),
    ]  # fmt: skip
    verdicts = [
        {"person": i, "child": i, "verdict": v, "reason": "r", "registry": r, "near": -1, "paper": -1, "probability": p, "case_id": c}
        for i, (v, r, p, c) in enumerate(
            [("suspected", -1, float("nan"), "2021-0001"), ("review", 0, 0.87654321, "2021-0002"),
             ("suspected", -1, float("nan"), "2021-0003"), ("review", 3, 0.5, "2021-0004"),
             ("unknown_age", -1, float("nan"), "2021-0005"), ("suspected", 1, 0.999999, "2021-0006"),
             ("papers_expired", -1, float("nan"), "2021-0007"), ("enrolled", 0, 1.0, "")]
        )
    ]  # fmt: skip
    verdicts.append(verdicts[0] | {"person": 8})
    changes = [
        {"case_id": c["case_id"], "change": "new" if n < 4 else "continuing", "kind": c["kind"], "first": 20211031 if n < 4 else 20210930,
         "months": 1 if n < 4 else 2, "identity": -1} for n, c in enumerate(items)
    ]  # fmt: skip
    changes[5] |= {"change": "reopened"}
    known = [
        person(role="ledger", row=3, name="陈平", township="白鹤乡", township_code="999999103"),
        person(role="ledger", row=4, name="褚英"),
    ]
    changes += [
        {"case_id": "2020-0007", "change": "closed", "kind": "answered", "disposition": "在校有学籍", "who": "钱校长", "first": 20201231,
         "months": 9, "identity": 0},
        {"case_id": "2021-0009", "change": "closed", "kind": "enrolled", "first": 20210930, "months": 1, "identity": 1},
        {"case_id": "2021-0010", "change": "continuing", "kind": "unlisted", "first": 20210630, "months": 5, "identity": -1},
    ]  # fmt: skip
    return month(
        people, registry, special=special, work=items, verdicts=verdicts,
        findings=[{"registry": 2, "finding": "alarm_status", "sentence": "学籍状态为辍学", "case_id": "2021-0008"}],
        known=known, changes=changes, cases=[{"case_id": "2021-0007", "disposition": "劝返中"}, {"case_id": "2021-0008", "disposition": "失联"}],
        comparisons=[{"comparison": "population_registry", "made": False, "lacking": "population"},
                     {"comparison": "households_registry", "made": True, "compared": 9, "found": 7},
                     {"comparison": "registry_status", "made": True, "compared": 4, "found": 1}],
        contradictions=[{"code": "K406", "file": people[0]["file"], "sheet": people[0]["sheet"], "row": people[0]["row"], "field": "name",
                         "other_file": registry[0]["file"], "other_sheet": registry[0]["sheet"], "other_row": registry[0]["row"]}],
        near=[{"left": 1, "right": 0, "weight": 9.1, "probability": 0.87, "band": "review", "sentence": "姓名同音"},
              {"left": 3, "right": 3, "weight": 7.0, "probability": 0.5, "band": "review", "sentence": "姓名同音;出生日期差一天"},
              {"left": 3, "right": 0, "weight": 3.0, "probability": 0.1, "band": "near", "sentence": ""}],
        watch=[{"case_id": "2021-0011", "state": "proposed", "since": 20211031, "reason": "sibling_open", "person": -1, "registry": 0,
                "sentence": "同一家庭有孩子疑似失学，多月没有办结"},
               {"case_id": "2021-0012", "state": "on", "since": 20210930, "reason": "persuaded_back", "person": 0, "registry": 3,
                "sentence": "劝返复学不久", "helper": "周老师", "helper_phone": "13800000009", "help": "每周家访一次"},
               {"case_id": "2021-0008", "state": "on", "since": 20210930, "person": -1, "registry": 2, "at_work": True,
                "sentence": "学校提出"}],
        problems=[{"code": "K999", "file": "低收入名单.xlsx", "sheet": "Sheet1", "row": 8, "field": "id_number", "detail": "末三位已丢失"},
                  {"code": "K999", "file": "学籍.xlsx", "sheet": "小学", "row": 14, "field": "birth_date", "detail": "与证件号不一致"},
                  {"code": "K999", "file": "学籍.xlsx", "sheet": "", "row": 0, "field": "", "detail": "有一列没有对应"}],
    )  # fmt: skip


def county(townships: int = 25, each: int = 20, seed: int = 1) -> tuple[Month, Settings]:
    """A whole county's month: `townships` places with `each` children in each; every third has a near record."""
    rng = random.Random(seed)
    table_ = tuple(Township(f"999999{100 + i}", f"第{i + 1}{'街道' if i < 2 else '镇'}") for i in range(townships))

    def name() -> str:
        return rng.choice(_SURNAMES) + "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2))))

    people, registry, items, verdicts, near = [], [], [], [], []
    for i in range(townships * each):
        t = table_[i // each]
        birth = f"{rng.randint(2007, 2015)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
        who = person(row=i + 5, name=name(), birth=int(birth), id_pattern=number(birth, rng.randint(0, 99), i % 2),
                     sex="男女"[(i + 1) % 2], township=t.name, township_code=t.code, village=rng.choice(_VILLAGES),
                     head_name=name(), guardian_name=name(), phone=f"138{rng.randint(0, 99999999):08d}")  # fmt: skip
        people.append(who)
        item = work(
            case_id=f"2021-{i + 1:04d}",
            child=i,
            person=i,
            township=t.name,
            township_code=t.code,
            village=who["village"],
        )
        if i % 3 == 0:
            registry.append(person(row=i + 3, role="registry", file="学籍.xlsx", name=name(), birth=int(birth),
                                   school=f"青石县第{i % 40}中心小学", grade="三年级", class_name="1班", status="在读",
                                   id_pattern=number(birth, rng.randint(0, 99), i % 2)))  # fmt: skip
            side = "registry" if i % 6 == 0 else "near"
            item |= {side: len(registry) - 1, "near_sentence": "出生日期一致;姓名同音;村不同"}
            if side == "near":
                near.append(
                    {
                        "left": i,
                        "right": len(registry) - 1,
                        "weight": 5.0,
                        "band": "review",
                        "sentence": "出生日期一致;姓名同音",
                    }
                )
        items.append(item)
        verdicts.append({"person": i, "child": i, "verdict": "suspected", "registry": -1, "near": -1, "paper": -1,
                         "case_id": item["case_id"]})  # fmt: skip
    problems = [{"code": "K999", "file": "低收入名单.xlsx", "sheet": "Sheet1", "row": 5 + i, "field": "id_number",
                 "detail": "末三位已丢失"} for i in range(0, len(people), 2)]  # fmt: skip
    made = month(people, registry, work=items, verdicts=verdicts, near=near, problems=problems)
    return made, Settings(county=County("青石县", "999999"), townships=table_, checklist=Checklist())

"""Every output of every command, for every audience, walked through for marked values that should not be there."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from planted import CHILDREN, Planted, leaks, plant, plant_counties, plant_roster, printed
from returned_sheets import Sheet

from kcbx_cli.tables import PEOPLE
from kcbx_cli.write.audience import OUTPUTS, SWITCHED, VIEWS, mask_id, mask_phone, output
from kcbx_cli.write.children import Child, records
from kcbx_cli.write.printed import near_record

_KINDS = sorted(set(VIEWS) & set(CHILDREN[0].values) - {"household"})
_OF_COUNTIES = ("在外县就读.xlsx", "elsewhere.csv", "doubtful_elsewhere.csv", "各县汇总.xlsx", "counties.csv")
_GROUP_WORDS = {"disability": ("残疾",), "poverty": ("脱贫", "低保", "监测对象")}


@pytest.fixture
def office(office):
    return plant(office)


def outputs(office) -> dict[str, Path]:
    """Every file of every command that writes one, by the name under which it is declared."""
    run = office.kcbx
    assert office.reconcile("--age-ledger", "--responsible", "责任人.xlsx") == 0, office.stderr
    assert run("cases", "list", "--state", "all", "--out", "个案.xlsx") == 0
    assert run("dossier", "--all", "--out", "档案") == 0
    assert run("export", "2021-0001", "--out", "导出") == 0
    assert run("publish", "--out", "公告") == 0
    lists = ("--registry", "学籍.xlsx", "--households", "脱贫户.xlsx", "--as-of", "2021-10-31")
    assert run("explain", "2021-0001", *lists, "--ledger", "kcbx-ledger.db", "--out", "解释.html") == 0, office.stderr
    assert run("evaluate", *lists, "--out", "评估.html") == 0, office.stderr
    assert run("train", *lists, "--out", "模型.json") in (0, 1), office.stderr
    assert run("report", "--out", "月报") == 0
    counties = ("--registry", "各县/学籍", "--households", "各县/低收入", "--as-of", "2021-10-31", "--out", "各县结果")
    assert run("reconcile", "--by-county", *counties) == 0, office.stderr
    sheet = Sheet(office.out / "乡镇核查表" / "甲乡.xlsx")
    sheet.fill(sheet.head + 1, 核查结论="在校有学籍").save(office.folder / "填好" / "甲乡.xlsx")
    assert run("collect", "填好") == 1  # no evidence: it goes back
    found = {p.relative_to(office.out).as_posix(): p for p in office.out.rglob("*") if p.is_file()}
    del found[".kcbx.json"]
    found["cases list: 个案.xlsx"] = office.folder / "个案.xlsx"
    found["explain: 解释.html"] = office.folder / "解释.html"
    found["evaluate: 评估.html"] = office.folder / "评估.html"
    found["collect: 退回_甲乡.xlsx"] = office.folder / "退回" / "退回_甲乡.xlsx"
    found["train: 模型.json"] = office.folder / "模型.json"
    for folder in ("甲县", "汇总"):
        here = office.folder / "各县结果" / folder
        found |= {p.relative_to(here).as_posix(): p for p in here.rglob("*") if p.name in _OF_COUNTIES}
    for command, folder in (("dossier", "档案"), ("export", "导出"), ("publish", "公告"), ("report", "月报")):
        found |= {f"{command}: {p.name}": p for p in (office.folder / folder).iterdir()}
    return found


@pytest.fixture(scope="module")
def written(shared_office):
    """The office with everything in it, and its files."""
    plant_roster(plant_counties(plant(shared_office)))
    return shared_office, outputs(shared_office)


def own(path: str, one: Planted) -> bool:
    """Whether the child is of the township or school whose sheet this is."""
    if path.startswith(("学校", "学籍质量", "责任人走访表/包校")):
        return one in (CHILDREN[1], CHILDREN[3], CHILDREN[4], CHILDREN[5])
    return one.township in ("甲乡" if path.startswith("责任人走访表/包片") else path) or "未明" in path


def test_every_output_holds_what_is_declared_for_its_audience_and_nothing_else(written):
    _, found = written
    assert len(found) > 20
    seen = set()
    for path, file in found.items():
        declared = output(path)
        text = printed(file)
        for one in CHILDREN:
            for kind in _KINDS:
                if one[kind] not in text:
                    continue
                seen.add((declared.audience, kind))
                assert kind in declared.holds, (path, kind)
                shown = VIEWS[kind][declared.audience][0 if own(path, one) else 1]
                assert declared.audience == "county" or shown == "full", (path, kind, shown)
        for kind, words in _GROUP_WORDS.items():
            if declared.audience in ("township", "school"):
                assert not any(word in text.replace("脱贫户.xlsx", "") for word in words), (path, kind)
    assert {("county", "id"), ("township", "id"), ("township", "phone"), ("township", "guardian")} <= seen


@pytest.mark.parametrize("audience", ["township", "school"])
def test_a_near_match_elsewhere_is_masked(audience):
    near = PEOPLE.frame(
        {"name": ["周甲"], "id_pattern": [CHILDREN[0]["id"]], "phone": ["13900000000"], "birth": [20120305],
         "registry_number": [CHILDREN[0]["registry_number"]], "address": ["甲巷"], "school": ["乙校"]}, length=1,
    )  # fmt: skip
    (row,) = records(near)
    shown = near_record(Child(**{f.name: "" for f in fields(Child)} | {"registered": None, "near": row}), audience, "")
    assert "周甲" in shown and mask_id(CHILDREN[0]["id"]) in shown
    for hidden in (CHILDREN[0]["id"], CHILDREN[0]["registry_number"], "13900000000", "2012-03-05", "甲巷"):
        assert hidden not in shown
    assert mask_phone("13900000000") == "139****0000"


@pytest.mark.parametrize("what", sorted(SWITCHED))
def test_disability_and_poverty_are_shown_where_the_county_switched_them_on(office, what):
    (office.folder / "kcbx.toml").write_text(f"[checklist]\n{SWITCHED[what].partition('.')[2]} = true\n", "utf-8")
    assert office.reconcile() == 0
    text = printed(office.out / "乡镇核查表" / "甲乡.xlsx")
    assert any(word in text for word in _GROUP_WORDS[what])
    other = next(w for w in SWITCHED if w != what)
    assert not any(word in text for word in _GROUP_WORDS[other])


def test_machine_files_and_file_names_hold_nobody(written):
    for path, file in written[1].items():
        assert not leaks(path), path
        if not output(path).holds:
            assert not leaks(printed(file)), path


def test_every_declared_output_is_written_by_something(written):
    office, found = written
    assert {o.pattern for o in OUTPUTS} == {output(path).pattern for path in found}
    other = {p.name: printed(p) for p in (office.folder / "各县结果" / "乙县").rglob("*") if p.is_file()}
    assert len(other) > 10 and not [name for name, text in other.items() if CHILDREN[2]["name"] in text]

"""The matching itself, as a user sees it: kcbx train, kcbx evaluate, kcbx explain."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from offices import LIST, id_number, member, pupil, table

from kcbx_cli import console, intake, run
from kcbx_cli.assess.doubt import doubt
from kcbx_cli.decide.cases import CASES
from kcbx_cli.ledger import ANSWERS, digests, open_ledger
from kcbx_cli.sample import Spec, write_county
from kcbx_cli.settings import Settings
from kcbx_cli.tables import PEOPLE

COUNTY = Path(__file__).resolve().parents[2] / "data_samples" / "小县"
LISTS = ["--registry", COUNTY / "学籍", "--households", COUNTY / "低收入", "--config", COUNTY / "kcbx.toml",
         "--as-of", "2021-10-31"]  # fmt: skip
NAMES = ["王小明", "李红", "赵小雨", "周子涵", "吴思雨"]


@pytest.fixture
def lists(office):
    """Four children at school, one of them spelt differently; one whom the registry does not know."""
    births = ["20120305", "20130101", "20140202", "20110909", "20120808"]
    people = list(zip(NAMES, births, range(1, 6), strict=True))
    office.registry(*(pupil(*one) for one in people[:3]), pupil("周子晗", births[3], 4))
    office.households(*(member(*one, 户编号=str(one[2])) for one in people))
    return office


def asked(office, *more):
    """The lists of this office, and more options."""
    return ["--registry", office.folder / "学籍.xlsx", "--households", office.folder / "脱贫户.xlsx",
            "--as-of", "2021-10-31", *more]  # fmt: skip


# -- train ------------------------------------------------------------------------------------------------------------


def test_a_model_is_learnt_written_with_its_provenance_and_used(office):
    assert office.kcbx("train", *LISTS) == 0
    assert "已收敛" in office.stdout and "几乎见不到" in office.stdout
    body = json.loads((office.folder / "model.json").read_text("utf-8"))
    told = body["provenance"]
    assert (told["kind"], told["as_of"], told["converged"]) == ("trained", "2021-10-31", True)
    sums = {hashlib.sha256(p.read_bytes()).hexdigest() for p in COUNTY.rglob("*") if p.is_file()}
    assert {i["sha256"] for i in told["inputs"]} < sums
    assert told["decided"] == {"yes": 0, "no": 0}
    text = (office.folder / "model.json").read_text("utf-8")
    assert not re.search(r"[1-9]\d{16}[\dX]", re.sub(r'"[0-9a-f]{64}"', "", text))
    office.folder.joinpath("kcbx.toml").write_text('[matching]\nmodel = "model.json"\n', "utf-8")
    assert office.kcbx("evaluate", *[a for a in LISTS if a not in ("--config", COUNTY / "kcbx.toml")], "--json") == 0
    from kcbx_cli.match import load_model

    assert json.loads(office.stdout)["data"]["model"]["digest"] == load_model("model.json").digest


def test_every_weight_that_was_not_learnt_is_named_and_keeps_its_value(office):
    assert office.kcbx("train", *LISTS, "--json") == 0
    told = json.loads(office.stdout)["data"]
    shipped = json.loads((Path(console.__file__).parent / "match" / "model.json").read_text("utf-8"))
    learnt = json.loads((office.folder / "model.json").read_text("utf-8"))
    assert told["not_learnt"] and told["probabilities"] > len(told["not_learnt"])
    kept = [name.split(".") for name in told["not_learnt"]]
    for comparison, level, kind in kept:
        before = shipped["comparisons"][comparison][level][kind]
        assert learnt["comparisons"][comparison][level][kind] == pytest.approx(before, rel=1e-4)


def test_the_same_lists_teach_the_same_model(office):
    for name in ("一.json", "二.json"):
        assert office.kcbx("train", *LISTS, "--out", name) == 0
    assert (office.folder / "一.json").read_bytes() == (office.folder / "二.json").read_bytes()


def test_a_model_is_never_replaced_unless_told_to(office):
    (office.folder / "model.json").write_text("mine", "utf-8")
    assert office.kcbx("train", *LISTS) == 2
    assert "已经有了" in office.stderr
    assert (office.folder / "model.json").read_text("utf-8") == "mine"
    assert office.kcbx("train", *LISTS, "--force") == 0
    assert [p.name for p in office.folder.iterdir()] == ["model.json"]


def test_lists_without_a_common_child_teach_nothing(office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member("李红", "20130101", 2, 乡="乙乡", 村="二村"))
    assert office.kcbx("train", *asked(office)) == 2
    assert "学不出" in office.stderr
    assert not (office.folder / "model.json").exists()


def decided(office, same):
    """The ledger's answer about the child who is spelt differently."""
    from kcbx_cli import configuration, intake
    from kcbx_cli.asked import lists_of

    paths = {"registry": [str(office.folder / "学籍.xlsx")], "households": [str(office.folder / "脱贫户.xlsx")]}
    from datetime import date

    which = lists_of(paths, date(2021, 10, 31), "", ())
    settings = configuration.load(None, {})
    taken = intake.take_in(which.paths, which.as_of, settings, (), lambda stage: None)
    left, right = digests(taken.people.iloc[[3]]), digests(taken.registry.iloc[[3]])
    ledger = office.folder / "台账.db"
    with open_ledger(ledger) as book:
        said = {"left": left, "right": right, "same": [same], "as_of": [20211031], "who": [""], "file": [""], "sheet": [""], "row": [0]}  # fmt: skip
        book.remember(ANSWERS.frame(said), "review")
    return ledger


def test_decided_pairs_are_labels(lists):
    ledger = decided(lists, "yes")
    assert lists.kcbx("train", *asked(lists, "--ledger", ledger), "--json") == 0
    assert json.loads(lists.stdout)["data"]["decided"] == {"yes": 1, "no": 0}
    assert lists.kcbx("evaluate", *asked(lists, "--ledger", ledger), "--json") == 0
    data = json.loads(lists.stdout)["data"]
    assert (data["labels"], data["answers"], data["found"]["of"]) == ("decided", 1, 1)
    assert data["review"]["of"] == 5


def test_a_model_that_did_not_settle_is_written_with_a_warning(office, monkeypatch):
    from dataclasses import replace

    from kcbx_cli.run import training

    learn = training.learn
    monkeypatch.setattr(training, "learn", lambda *given: replace(learn(*given), converged=False))
    assert office.kcbx("train", *LISTS) == 1
    assert "没有收敛" in office.stderr
    assert json.loads((office.folder / "model.json").read_text("utf-8"))["provenance"]["converged"] is False


# -- evaluate ---------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """What a page asks for from elsewhere, its ids, and its text."""

    def __init__(self, html):
        super().__init__()
        self.outside, self.ids, self.text, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href") and not value.startswith("#"):
                self.outside.append(value)

    def handle_data(self, data):
        self.text.append(data)


def page_of(path):
    """The page, checked to stand alone and to be told in words."""
    html = path.read_text("utf-8")
    page = _Page(html)
    assert not page.outside and "script" not in page.tags and "@import" not in html
    assert not re.search(r"url\((?!['\"]?#)", html)
    assert len(page.ids) == len(set(page.ids))
    svgs = html.count("<svg ") - html.count("<svg x=")
    assert html.count('role="img" aria-labelledby="') == html.count("<figure>") <= svgs
    for label in re.findall(r'aria-labelledby="([^"]+)"', html):
        assert set(label.split()) <= set(page.ids)
    return page


def test_the_county_with_its_truth(office):
    assert office.kcbx("evaluate", *LISTS, "--truth", COUNTY / "truth.csv", "--out", "评估.html", "--json") == 0
    data = json.loads(office.stdout)["data"]
    assert data["labels"] == "truth" and data["answers"] >= 90
    assert data["precision"]["share"] == 1.0 and data["precision"]["low"] > 0.9
    assert data["recall"]["share"] > 0.95
    assert data["hidden"]["hits"] == 0 and data["hidden"]["high"] > 0
    assert sum(b["pairs"] for b in data["calibration"]) >= data["precision"]["of"]
    assert {"hidden", "review_cost", "link", "review", "made", "wrong", "asked"} == set(data["costs"][0])
    page = page_of(office.folder / "评估.html")
    text = "".join(page.text)
    for words in ("精确率", "召回率", "95% 区间", "人工比对", "由代价定界限", "对双胞胎", "图 4"):
        assert words in text
    assert page.tags.count("figure") == 4 and page.tags.count("table") >= 6


def test_the_page_is_the_same_every_time_and_shows_no_person(office):
    for name in ("一.html", "二.html"):
        assert office.kcbx("evaluate", *LISTS, "--truth", COUNTY / "truth.csv", "--out", name) == 0
    html = (office.folder / "一.html").read_text("utf-8")
    assert html == (office.folder / "二.html").read_text("utf-8")
    assert not re.search(r"[1-9]\d{16}[\dX]", html)


def test_without_answers_the_estimates_say_that_they_are_estimates(lists):
    assert lists.kcbx("evaluate", *asked(lists, "--out", "评估.html")) == 0
    assert "没有答案" in lists.stdout and "约 " in lists.stdout
    assert "无法检验" in "".join(page_of(lists.folder / "评估.html").text)


def test_costs_in_the_configuration_make_the_thresholds(lists):
    (lists.folder / "kcbx.toml").write_text("[matching]\ncost_hidden = 500\ncost_review = 0.5\n", "utf-8")
    assert lists.kcbx("evaluate", *asked(lists, "--json")) == 0
    data = json.loads(lists.stdout)["data"]
    assert data["model"]["link"] == pytest.approx(9.9643, abs=1e-3) and data["model"]["review"] == 0
    first = data["costs"][0]
    assert (first["hidden"], first["review_cost"], first["link"]) == (500, 0.5, pytest.approx(9.9643, abs=1e-3))


def test_one_cost_without_the_other_is_refused(lists):
    (lists.folder / "kcbx.toml").write_text("[matching]\ncost_hidden = 500\n", "utf-8")
    assert lists.kcbx("evaluate", *asked(lists)) == 2
    assert "cost_review" in lists.stderr


def test_a_truth_file_of_other_lists_is_refused(lists):
    assert lists.kcbx("evaluate", *asked(lists, "--truth", COUNTY / "truth.csv")) == 2
    assert "没有一行" in lists.stderr


@pytest.mark.parametrize("text", ["甲,乙\n1,2\n", "", "\x00\xff"])
def test_what_is_no_truth_file_is_refused(lists, text):
    (lists.folder / "答案.csv").write_bytes(text.encode("latin-1", "replace") if "\xff" in text else text.encode())
    assert lists.kcbx("evaluate", *asked(lists, "--truth", "答案.csv")) == 2
    assert "答案文件" in lists.stderr


def test_a_small_truth_file_by_hand_is_enough(lists):
    head = "list_file,list_sheet,list_row,registry_file,registry_sheet,registry_row\n"
    rows = [f"脱贫户.xlsx,Sheet,{n + 3},学籍.xlsx,Sheet,{n + 3}\n" for n in range(4)]
    (lists.folder / "答案.csv").write_text(
        head + "".join(rows) + "脱贫户.xlsx,Sheet,7,,,\n脱贫户.xlsx,Sheet,99,,,\n", "utf-8"
    )
    assert lists.kcbx("evaluate", *asked(lists, "--truth", "答案.csv", "--json")) == 0
    told = json.loads(lists.stdout)
    assert told["data"]["recall"]["of"] == 4 and told["data"]["hidden"] is None
    assert "1 行" in told["warnings"][0]


# -- explain ----------------------------------------------------------------------------------------------------------


def on_a_terminal(monkeypatch, columns=80):
    monkeypatch.setattr(console, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))


def wide(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_names_are_shown_to_a_person_only(lists, monkeypatch):
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists, "--out", "解释.html")) == 0
    assert "周**" in lists.stdout and not [n for n in (*NAMES, "周子晗") if n in lists.stdout]
    page = page_of(lists.folder / "解释.html")
    assert "周**" in "".join(page.text) and "周子" not in "".join(page.text)
    on_a_terminal(monkeypatch)
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists)) == 0
    assert "周子涵" in lists.stdout and "周子晗" in lists.stdout and "同音" in lists.stdout
    assert id_number("20110909", 4) not in lists.stdout


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_adds_up_and_fits_the_screen(lists, monkeypatch, columns):
    on_a_terminal(monkeypatch, columns)
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists)) == 0
    lines = lists.stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("比较的项目"))
    end = next(n for n, line in enumerate(lines) if line.startswith("合计"))
    rows = lines[start : end + 1]
    assert len({wide(row) for row in rows if re.search(r"\d$", row)}) == 1
    assert max(map(wide, rows)) <= columns
    steps = [float(m[1]) for row in rows[1:-1] if (m := re.search(r"([+-]\d+\.\d\d)\s+-?\d+\.\d\d$", row))]
    total = float(rows[-1].split()[-1])
    assert len(steps) >= 4
    assert sum(steps) == pytest.approx(total, abs=0.001)


def test_scripts_get_codes_and_weights_that_add_up_and_no_name(lists):
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists, "--json")) == 0
    data = json.loads(lists.stdout)["data"]
    assert data["verdict"] == "enrolled" and data["subject"] == {
        "kind": "list",
        "file": "脱贫户.xlsx",
        "sheet": "Sheet",
        "row": 6,
    }
    (found,) = data["candidates"]
    assert (found["registry"]["row"], found["band"]) == (6, "link")
    assert sum(level["weight"] for level in found["levels"]) == pytest.approx(found["pair_weight"], abs=1e-4)
    assert not [n for n in (*NAMES, "周子晗") if n in lists.stdout]
    assert not re.search(r"[1-9]\d{16}[\dX]", lists.stdout)


@pytest.fixture
def doubts(office):
    """Children for whom a person is asked, each for another reason; the last stands on two rows."""
    office.registry(
        *(pupil("李雪梅", "20120202", n, 学校名称=f"{n}校") for n in (2, 4)),
        pupil("吴馨云", "20120303", 6),
        pupil("钱多多", "20120404", 8),
        pupil("孙小美", "20120505", 12),
        pupil("张思睿", "20120606", 21),
        pupil("陈一一", "20120808", 25),
        pupil("王诗源", "20120707", 23),
    )

    def child(name, birth, sequence, number=""):
        return member(name, birth, sequence, 证件号码=number, 出生日期=birth)

    rows = [
        child("李雪梅", "20120202", 2),
        child("吴鑫云", "20120303", 6),
        child("赵大宝", "20120404", 8, id_number("20120404", 8)),
        child("孙小美", "20120505", 14, id_number("20120505", 14)),
        child("张震", "20120606", 21),
        child("陈一二", "20120808", 25),
        child("王詩源", "20120707", 23),
        child("王诗源", "20120707", 27),
    ]
    office.workbook("脱贫户.xlsx", [*LIST, "出生日期"], rows, "脱贫户家庭成员信息")
    return office


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (3, "rival_pupil", "学籍里另一名学生也像这个孩子,分不出是哪一个。"),
        (4, "no_evidence", "姓名不完全一致,没有证号"),
        (5, "number_of_another", "号码一致,姓名却像另一个人的"),
        (6, "namesakes", "两个号码不同"),
        (7, "between", "得分 1.5,够不上自动认定的 5,又高于不算的 -7。"),
        (8, "between", "得分 -0.2,够不上"),
    ],
)
def test_why_a_person_is_asked(doubts, row, code, words):
    assert doubts.kcbx("explain", f"脱贫户.xlsx:{row}", *asked(doubts, "--json")) == 0
    first, *others = json.loads(doubts.stdout)["data"]["candidates"]
    assert (first["band"], first["asked"]) == ("review", code) and not any(other["asked"] for other in others)
    assert doubts.kcbx("explain", f"脱贫户.xlsx:{row}", *asked(doubts)) == 0
    assert f"待人工比对:{words}" in doubts.stdout and "要请人核对:\n" in doubts.stdout


def test_what_a_question_or_another_row_adds_is_not_put_down_to_others(doubts):
    assert doubts.kcbx("explain", "脱贫户.xlsx:8", *asked(doubts)) == 0
    assert "要请人核对的,得分最低记 0" in doubts.stdout and "家里其他孩子" not in doubts.stdout
    assert doubts.kcbx("explain", "脱贫户.xlsx:9", *asked(doubts)) == 0
    assert "名单上还有这个孩子的一行更像" in doubts.stdout and "家里其他孩子" not in doubts.stdout


def test_every_pair_that_is_put_to_a_person_has_its_reason(tmp_path):
    write_county(tmp_path, Spec(scale=0.04, errors=12, seed=12))
    paths = {"registry": [str(tmp_path / "学籍")], "households": [str(tmp_path / "低收入")]}
    lists = intake.take_in(paths, date(2021, 10, 31), Settings(), (), lambda _: None)
    given = run.Lists(lists.people, lists.registry, lists.special, PEOPLE.frame(), CASES.frame())
    matched = run.match_month(given, date(2021, 10, 31), Settings())
    reasons = [doubt(matched, lists.people, lists.registry, link) for link in matched.links.itertuples(index=False)]
    told = [reason for reason, band in zip(reasons, matched.links["band"], strict=True) if band == "review"]
    assert len(told) >= 5 and all(told)
    assert sum(reason is not None for reason in reasons) == len(told)


def test_a_child_whom_nothing_resembles(lists):
    assert lists.kcbx("explain", "脱贫户.xlsx:7", *asked(lists)) == 0
    assert "疑似辍学" in lists.stdout and "没有" in lists.stdout
    assert lists.kcbx("explain", "脱贫户.xlsx:7", *asked(lists, "--json")) == 0
    assert json.loads(lists.stdout)["data"]["verdict"] == "suspected"


def test_an_adult_was_not_compared_and_is_not_said_to_be_unlike_anybody(office):
    office.registry(pupil("王小明", "20120305", 1))
    office.households(member("王小明", "20120305", 1), member("王大山", "19800305", 3, 与户主关系="户主"))
    assert office.kcbx("explain", "脱贫户.xlsx:4", *asked(office)) == 0
    assert "成年人不与学籍比对" in office.stdout and "相近" not in office.stdout


def test_a_case_is_explained_by_its_number(lists):
    assert lists.reconcile() == 0
    (case,) = {v["case_id"] for v in lists.verdicts()} - {""}
    ledger = lists.folder / "kcbx-ledger.db"
    before = ledger.read_bytes()
    assert lists.kcbx("explain", case, *asked(lists, "--ledger", ledger)) == 0
    assert f"个案 {case}" in lists.stdout and "疑似辍学" in lists.stdout
    assert ledger.read_bytes() == before


def test_a_pupil_with_an_alarm_who_is_on_no_list(office):
    office.registry(pupil("王小明", "20120305", 1), pupil("李红", "20130101", 2, 学生当前状态="辍学"))
    office.households(member("王小明", "20120305", 1))
    assert office.kcbx("explain", "学籍.xlsx:4", *asked(office)) == 0
    assert "学籍有异常" in office.stdout and "名单上没有" in office.stdout
    assert office.kcbx("explain", "学籍.xlsx:Sheet:3", *asked(office)) == 0
    assert "就是名单上的孩子" in office.stdout


@pytest.mark.parametrize(
    ("which", "said"),
    [("2021-0001", "--ledger"), ("没有.xlsx:3", "没有「没有.xlsx:3」"), ("脱贫户.xlsx", "不是个案编号"), ("脱贫户.xlsx:一", "不是个案编号"),
     ("脱贫户.xlsx:2", "没有「脱贫户.xlsx:2」")],
)  # fmt: skip
def test_what_cannot_be_found_is_said(lists, which, said):
    assert lists.kcbx("explain", which, *asked(lists)) == 2
    assert said in lists.stderr


def test_what_a_person_decided_is_told_as_decided(lists):
    ledger = decided(lists, "yes")
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists, "--ledger", ledger)) == 0
    assert "人工比对过,认定是同一人" in lists.stdout and "其他候选" not in lists.stdout
    no = decided(lists, "no")
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists, "--ledger", no, "--json")) == 0
    assert json.loads(lists.stdout)["data"]["verdict"] == "suspected"


def test_an_unknown_case_is_said(lists):
    assert lists.reconcile() == 0
    ledger = lists.folder / "kcbx-ledger.db"
    assert lists.kcbx("explain", "2021-9999", *asked(lists, "--ledger", ledger)) == 2
    assert "2021-9999" in lists.stderr


def test_a_page_that_is_there_is_kept(lists):
    (lists.folder / "解释.html").write_text("mine", "utf-8")
    assert lists.kcbx("explain", "脱贫户.xlsx:6", *asked(lists, "--out", "解释.html")) == 2
    assert (lists.folder / "解释.html").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("command", "name", "right"),
    [
        (["explain", "脱贫户.xlsx:6"], "解释.xlsx", "解释.html"),
        (["evaluate"], "评估", "评估.html"),
        (["train"], "模型.txt", "模型.json"),
    ],
)
def test_a_file_has_the_name_that_its_kind_has(lists, command, name, right):
    assert lists.kcbx(*command, *asked(lists, "--out", name)) == 2
    assert f"例如 {right}" in lists.stderr and not (lists.folder / name).exists()


def test_a_month_of_the_workspace_with_its_ledger(lists):
    inbox = lists.folder / "inbox" / "2021-10"
    inbox.mkdir(parents=True)
    for name in ("学籍.xlsx", "脱贫户.xlsx"):
        (lists.folder / name).rename(inbox / name)
    assert lists.kcbx("reconcile", "--month", "2021-10") == 0
    (case,) = {v["case_id"] for v in table(lists.folder / "out" / "2021-10" / "data" / "verdicts.csv")} - {""}
    assert lists.kcbx("explain", case, "--month", "2021-10") == 0
    assert lists.kcbx("train", "--month", "2021-10") == 0
    assert lists.kcbx("evaluate", "--month", "2021-10", "--out", "评估.html") == 0
    assert lists.kcbx("evaluate", "--month", "2021-10", "--registry", inbox) == 2
